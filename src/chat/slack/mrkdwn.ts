import { dayOf, sayClock, sayDay, sayDuration, sayMoment } from '../../domain/time.ts';
import { unreachable } from '../../domain/unreachable.ts';
import type { Span, Text } from '../../ports/message.ts';
import { escapeText, pieces, plainLine } from './escape.ts';
import { CELL_CHARS_MAX } from './limits.ts';

/** In whose zone and language times are told where Slack cannot show the reader's own. */
export type Reader = { readonly zone: string; readonly locale: string; readonly nowMs: number };

type TimeSpan = Extract<Span, { readonly kind: 'time' }>;
type Token = { readonly kind: 'plain' | 'strong' | 'atom'; readonly text: string };

// Stands between a word and a star, which would not format there; it is our own formatting, in no name that could be copied.
const BOUNDARY = '\u200B';
const CHANNEL_ID = /^[CDG][A-Z0-9]{1,40}$/u;

/** Running text as pieces of mrkdwn of at most `charsMax` each. A time, a link or a bold word is never torn apart. */
export function mrkdwn(text: Text, reader: Reader, charsMax: number): readonly string[] {
  const spans = typeof text === 'string' ? [text] : text;
  const found: string[] = [];
  let piece = '';
  let before: Token | null = null;
  for (const token of spans.flatMap((span) => tokensOf(span, reader, charsMax))) {
    const joined: string = piece === '' ? token.text : `${piece}${between(before, token)}${token.text}`;
    if (joined.length <= charsMax) piece = joined;
    else {
      found.push(...(piece === '' ? [] : [piece]));
      piece = token.text;
    }
    before = token;
  }
  return [...found, piece].filter((one) => one.trim() !== '');
}

/** A text as bold mrkdwn on one line; nothing when there is nothing to show. */
export function bold(text: string): string {
  const line = escapeText(text).replaceAll(/\s+/gu, ' ').trim();
  // Underscores and the like were made harmless above, so the only stars are these two.
  return line === '' ? '' : `*${line}*`;
}

function tokensOf(span: Span, reader: Reader, charsMax: number): readonly Token[] {
  if (typeof span === 'string') return pieces(escapeText(span), charsMax).map((text) => ({ kind: 'plain', text }));
  switch (span.kind) {
    case 'strong':
      return strongTokens(span.text, charsMax);
    case 'time':
      return [{ kind: 'atom', text: dateMarkup(span, reader) }];
    case 'channel': {
      const linked = span.platform === 'slack' && CHANNEL_ID.test(span.address);
      return [
        linked
          ? { kind: 'atom', text: `<#${span.address}>` }
          : { kind: 'plain', text: `#${escapeText(plainLine(span.address, CELL_CHARS_MAX))}` },
      ];
    }
    default:
      return unreachable(span);
  }
}

/** Bold ends with its line on Slack, and a star beside a space is a star. */
function strongTokens(text: string, charsMax: number): readonly Token[] {
  return escapeText(text)
    .split('\n')
    .flatMap((line, at): readonly Token[] => {
      const [, lead = '', words = '', end = ''] = /^(\s*)(.*?)(\s*)$/u.exec(line) ?? [];
      const start = `${at === 0 ? '' : '\n'}${lead}`;
      const strong =
        words === '' ? [] : pieces(words, charsMax - 2).map((piece): Token => ({ kind: 'strong', text: `*${piece}*` }));
      return [{ kind: 'plain' as const, text: start }, ...strong, { kind: 'plain' as const, text: end }].filter(
        (token) => token.text !== '',
      );
    });
}

function between(before: Token | null, after: Token): string {
  const wordBefore = after.kind === 'strong' && /[\p{L}\p{N}*]$/u.test(before?.text ?? '');
  const wordAfter = before?.kind === 'strong' && /^[\p{L}\p{N}*]/u.test(after.text);
  return wordBefore || wordAfter ? BOUNDARY : '';
}

function dateMarkup({ atMs, style }: TimeSpan, reader: Reader): string {
  const fallback = escapeText(timeWords(atMs, style, reader)).replaceAll('|', '/');
  return `<!date^${Math.floor(atMs / 1000)}^${DATE_FORMATS[style]}|${fallback}>`;
}

const DATE_FORMATS = {
  clock: '{time}',
  day: '{date_short}',
  moment: '{date_short} {time}',
  relative: '{ago}',
} as const satisfies Record<TimeSpan['style'], string>;

function timeWords(atMs: number, style: TimeSpan['style'], { zone, locale, nowMs }: Reader): string {
  switch (style) {
    case 'clock':
      return sayClock(atMs, zone, locale);
    case 'day':
      return sayDay(dayOf(atMs, zone), locale);
    case 'moment':
      return sayMoment(atMs, zone, locale);
    case 'relative':
      return atMs <= nowMs ? `${sayDuration(nowMs - atMs)} ago` : `in ${sayDuration(atMs - nowMs)}`;
    default:
      return unreachable(style);
  }
}
