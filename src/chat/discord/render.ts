import { ButtonStyle, ComponentType } from 'discord-api-types/v10';
import type { APIActionRowComponent, APIAllowedMentions, APIButtonComponentWithCustomId, APIEmbed } from 'discord-api-types/v10';
import { unreachable } from '../../domain/unreachable.ts';
import type { Button, Message, Part, Span, Text, Tone } from '../../ports/message.ts';
import type { Ping } from '../../ports/post.ts';
import { pingWords } from '../../words/ping.ts';
import { cutMarkdown, cutPlain, inert, plain, plainLines, splitMarkdown } from './escape.ts';
import { BUTTONS, CONTENT_CHARS_MAX, CUSTOM_ID_CHARS_MAX, EMBED, RUNG_MAX } from './limits.ts';
import { tableLines } from './table.ts';

/** How a message is shown: its buttons' ids lined up, whom it rings, and the post it is (null: a private answer). */
export type Look = {
  readonly kind: 'card' | 'ring';
  readonly buttonIds: readonly string[];
  readonly pings: readonly Ping[];
  readonly postId: string | null;
};

export type ButtonRow = APIActionRowComponent<APIButtonComponentWithCustomId>;

/** A message's body as Discord takes it, each part there so that an edit replaces all of it. */
export type Body = {
  readonly content: string;
  readonly embeds: APIEmbed[];
  readonly components: ButtonRow[];
  readonly allowed_mentions: APIAllowedMentions;
  readonly flags: number;
};

const SUPPRESS_EMBEDS = 1 << 2;
const SIGNS: Readonly<Record<Tone, string>> = { plain: '', good: '✓ ', warning: '▲ ', critical: '● ', refusal: '✗ ' };
const COLOURS: Readonly<Record<Tone, number>> = {
  plain: 0x5865f2,
  good: 0x2e9e5b,
  warning: 0xe69f00,
  critical: 0xd7263d,
  refusal: 0x80848e,
};
const TITLE_SPARE_CHARS = 30; // for its sign and its escapes
const PIECE_CHARS_MAX = 1_500; // one line of text; longer ones are broken between words

/**
 * Draws a message: a card is an embed (more when it is long), a ring is content, which is what a phone's notification
 * shows. Only `pings` ever ring anybody. Times are shown in each reader's own zone by Discord itself.
 */
export function renderMessage(message: Message, look: Look): Body {
  const { pings, kind } = look;
  const rows = buttonRows(message, look.buttonIds);
  const shared = { components: rows.rows, allowed_mentions: allowedMentions(pings) };
  if (kind === 'ring') {
    return { ...shared, content: ringContent(message, pings, rows.leftOut), embeds: [], flags: SUPPRESS_EMBEDS };
  }
  const content = cutMarkdown(pings.map(pingLine).join('\n'), CONTENT_CHARS_MAX);
  return { ...shared, content, embeds: embedsOf(message, look.postId, rows.leftOut), flags: 0 };
}

/** What stands in the footer of a post's message, so that it is found again. */
export function footerOf(postId: string): string {
  return `sc·${postId}`;
}

/** A row of buttons that are no command of a message: a question's answers, a form opened again. */
export function buttonRow(buttons: readonly Pick<APIButtonComponentWithCustomId, 'label' | 'style' | 'custom_id'>[]): ButtonRow {
  return {
    type: ComponentType.ActionRow,
    components: buttons.map((button) => ({ type: ComponentType.Button, ...button, label: labelOf(button.label ?? '') })),
  };
}

function allowedMentions(pings: readonly Ping[]): APIAllowedMentions {
  return { parse: [], users: accountsOf(pings).slice(0, RUNG_MAX), replied_user: false };
}

function accountsOf(pings: readonly Ping[]): string[] {
  const ids = pings.flatMap(({ people }) => people.flatMap(({ accountIds }) => accountIds));
  return [...new Set(ids)].filter((id) => /^\d{1,20}$/u.test(id));
}

function pingLine(ping: Ping): string {
  const named = accountsOf([ping]).map((id) => `<@${id}>`);
  return ['🔔', ...named, inert(pingWords(ping))].join(' ').trim();
}

/** The summary in words and whom it rings; more lines only where one ring is about several things. */
function ringContent(message: Message, pings: readonly Ping[], buttonsLeftOut: readonly string[]): string {
  const { summary, tone, parts } = message;
  const calls = cutMarkdown(pings.map(pingLine).join('\n'), CONTENT_CHARS_MAX / 2);
  const lines =
    parts.length === 0 ? [inert(summary, true)] : blocksOf(parts, CONTENT_CHARS_MAX / 2).flatMap(({ lines }) => lines);
  const said = [`${SIGNS[tone]}${lines[0] ?? ''}`, ...lines.slice(1), ...buttonsLeftOut];
  const kept = fitted(said, CONTENT_CHARS_MAX - calls.length - 1);
  // Whom it rings stands second, so that a notification, which shows the beginning, says what happened and to whom.
  return [kept[0] ?? '', calls, ...kept.slice(1)].filter((line) => line !== '').join('\n');
}

function embedsOf(message: Message, postId: string | null, buttonsLeftOut: readonly string[]): APIEmbed[] {
  const { tone, parts, summary } = message;
  const footer = postId === null ? null : footerOf(postId);
  const [first, ...others] = parts;
  const head = first?.kind === 'text' ? headOf(first.text) : headOf(summary);
  const titled = head.title === null ? null : cutMarkdown(`${SIGNS[tone]}${inert(head.title, true)}`, EMBED.title);
  const opening = head.rest.map((line, at) => (at === 0 && titled === null ? `${SIGNS[tone]}${line}` : line));
  const rest = first?.kind === 'text' ? others : parts;
  const lastLines = buttonsLeftOut.map((line) => `-# ${line}`);
  const roomChars = EMBED.all - (titled?.length ?? 0) - (footer?.length ?? 0) - LAST_WORDS_CHARS;
  const opened: readonly Block[] = opening.length === 0 ? [] : [{ kind: 'text', lines: opening }];
  const blocks = blocksOf(rest, roomChars - charsOf(opening) - charsOf(lastLines));
  const lines = [...spaced([...opened, ...blocks]), ...lastLines];
  const descriptions = packed(fitted(lines, roomChars));
  const color = COLOURS[tone];
  const embeds: APIEmbed[] = descriptions.map((description) => ({ description, color }));
  if (embeds.length === 0) embeds.push({ color });
  const [opens, last] = [embeds[0], embeds.at(-1)];
  if (opens !== undefined && titled !== null) opens.title = titled;
  if (last !== undefined && footer !== null) last.footer = { text: footer };
  return embeds;
}

const LAST_WORDS_CHARS = 60;

/**
 * A title where the first line is plain words that fit one (times, channels and links are not shown in titles), and what
 * is left.
 */
function headOf(text: Text): Head {
  const spans: readonly Span[] = typeof text === 'string' ? [text] : text;
  const [first, ...others] = spans;
  if (typeof first === 'object' && first.kind === 'strong') {
    const [next, ...more] = others;
    // What is strong is the headline where a sentence of its own follows it.
    const sentence = typeof next !== 'string' ? null : /[.!?]$/u.test(first.text) ? next : /^[.:]\s(.*)$/su.exec(next)?.[1];
    if (fitsTitle(first.text) && typeof sentence === 'string' && sentence.trim() !== '') {
      return { title: first.text, rest: textLines([sentence.trimStart(), ...more]) };
    }
  }
  const words = spans.map((span) => (typeof span === 'string' ? span : span.kind === 'strong' ? span.text : null));
  if (words.includes(null)) return { title: null, rest: textLines(text) };
  const [title = '', ...rest] = plainLines(words.join(''));
  // Several sentences are something to read, not a headline, unless it is seen at a glance.
  const isProse = typeof text === 'string' && title.length > GLANCE_CHARS && /[.!?…]\s(?=[\p{Lu}/])/u.test(title);
  if (isProse || !fitsTitle(title)) return { title: null, rest: textLines(text) };
  return { title, rest: rest.map((line) => inert(line, true)) };
}

const GLANCE_CHARS = 60;

type Head = { readonly title: string | null; readonly rest: readonly string[] };

function fitsTitle(words: string): boolean {
  return words.trim() !== '' && !/\n|:\/\//u.test(words) && words.length <= EMBED.title - TITLE_SPARE_CHARS;
}

type Block = { readonly kind: Part['kind']; readonly lines: readonly string[] };

/** The parts as lines of markdown. Tables share the room that the rest leaves them. */
function blocksOf(parts: readonly Part[], roomChars: number): readonly Block[] {
  const blocks = parts.map((part): Block | null => (part.kind === 'table' ? null : { kind: part.kind, lines: linesOf(part) }));
  const taken = blocks.reduce((sum, block) => sum + (block === null ? 0 : charsOf(block.lines)), 0);
  const tableCount = blocks.filter((block) => block === null).length;
  let left = Math.max(0, roomChars - taken);
  let tablesLeft = tableCount;
  return parts.flatMap((part, at) => {
    const block = blocks[at];
    if (part.kind !== 'table') return block === null || block === undefined || block.lines.length === 0 ? [] : [block];
    // An equal share of what is left: a short table leaves the next one more.
    const lines = tableLines(part, Math.floor(left / tablesLeft));
    left -= charsOf(lines);
    tablesLeft -= 1;
    return [{ kind: 'table' as const, lines }];
  });
}

function charsOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}

function linesOf(part: Exclude<Part, { readonly kind: 'table' }>): readonly string[] {
  switch (part.kind) {
    case 'text':
      return textLines(part.text);
    case 'fields':
      // Lines and not an embed's fields: on a phone those take two lines each, and nothing can stand after them.
      return part.rows.flatMap(([label, value]) => {
        const [first = '', ...more] = valueLines(value);
        return [`**${inert(plain(label))}** ${first}`.trimEnd(), ...more].flatMap((line) => splitMarkdown(line, PIECE_CHARS_MAX));
      });
    case 'context':
      return textLines(part.text)
        .filter((line) => line !== '')
        .map((line) => `-# ${line}`);
    case 'buttons':
      return [];
    case 'image':
      return [`-# Picture: ${cutMarkdown(inert(plain(part.altText)), 300)}`];
    default:
      return unreachable(part);
  }
}

function textLines(text: Text): readonly string[] {
  return markdownOf(text, true)
    .split('\n')
    .flatMap((line) => splitMarkdown(line, PIECE_CHARS_MAX));
}

function valueLines(text: Text): readonly string[] {
  return markdownOf(text, false).split('\n');
}

function markdownOf(text: Text, lineStart: boolean): string {
  if (typeof text === 'string') return inert(text, lineStart);
  let markdown = '';
  for (const span of text) markdown += spanMarkdown(span, markdown === '' ? lineStart : markdown.endsWith('\n'));
  return markdown;
}

// The short forms: with seconds or a weekday they take two lines of a phone.
const TIME_STYLES = { clock: 't', day: 'D', moment: 'f', relative: 'R' } as const;

function spanMarkdown(span: Span, lineStart: boolean): string {
  if (typeof span === 'string') return inert(span, lineStart);
  switch (span.kind) {
    case 'strong': {
      const words = inert(plain(span.text));
      return words === '' ? '' : `**${words}**`;
    }
    case 'time':
      return `<t:${Math.floor(span.atMs / 1000)}:${TIME_STYLES[span.style]}>`;
    case 'channel':
      return span.platform === 'discord' && /^\d{1,20}$/u.test(span.address) ? `<#${span.address}>` : inert(`#${span.address}`);
    default:
      return unreachable(span);
  }
}

/** An empty line between parts of different kinds, so that a card is read in groups; small text keeps to what it is about. */
function spaced(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap(({ kind, lines }, at) => {
    const before = blocks[at - 1]?.kind;
    const apart = before !== undefined && kind !== 'context' && before !== kind;
    return apart ? ['', ...lines] : lines;
  });
}

/** As many lines as fit, and how many were left out. */
function fitted(lines: readonly string[], charsMax: number): readonly string[] {
  if (charsOf(lines) <= charsMax) return lines;
  let chars = 0;
  const over = lines.findIndex((line) => (chars += line.length + 1) > charsMax - LAST_WORDS_CHARS);
  const count = Math.max(0, over);
  return [...lines.slice(0, count), `… and ${lines.length - count} more lines, left out here.`];
}

/** Lines gathered into descriptions, as few as their length allows. */
function packed(lines: readonly string[]): readonly string[] {
  const descriptions: string[] = [];
  let description: string | null = null;
  for (const line of lines) {
    const joined: string = description === null ? line : `${description}\n${line}`;
    if (joined.length <= EMBED.description) {
      description = joined;
      continue;
    }
    if (description !== null) descriptions.push(description);
    description = cutMarkdown(line, EMBED.description);
  }
  return [...descriptions, description ?? ''].map((one) => one.replace(/^\n+|\n+$/gu, '')).filter((one) => one !== '');
}

const STYLES = {
  primary: ButtonStyle.Primary,
  plain: ButtonStyle.Secondary,
  danger: ButtonStyle.Danger,
} as const satisfies Record<Button['style'], ButtonStyle>;

function buttonRows(
  { parts }: Message,
  buttonIds: readonly string[],
): { readonly rows: ButtonRow[]; readonly leftOut: readonly string[] } {
  const seen = new Map<string, number>();
  const groups = parts.map((part) => (part.kind === 'buttons' ? part.buttons : []));
  let at = 0;
  const drawn = groups.map((group) =>
    group.flatMap((button) => {
      const buttonId = buttonIds[at++];
      if (buttonId === undefined || buttonId.length > CUSTOM_ID_CHARS_MAX - 4) return [];
      const times = (seen.get(buttonId) ?? 0) + 1;
      seen.set(buttonId, times);
      // The same command twice in one message is the same id, and Discord wants them distinct.
      const customId = times === 1 ? buttonId : `${buttonId}#${times}`;
      return [
        { type: ComponentType.Button as const, style: STYLES[button.style], label: labelOf(button.label), custom_id: customId },
      ];
    }),
  );
  const rowsOf = (buttons: (typeof drawn)[number]): ButtonRow[] =>
    Array.from({ length: Math.ceil(buttons.length / BUTTONS.perRow) }, (_, row) => ({
      type: ComponentType.ActionRow,
      components: buttons.slice(row * BUTTONS.perRow, (row + 1) * BUTTONS.perRow),
    }));
  // A row for each group while there is room, else all of them side by side.
  const grouped = drawn.flatMap(rowsOf);
  const all = grouped.length <= BUTTONS.rows ? grouped : rowsOf(drawn.flat());
  const left = all.slice(BUTTONS.rows).reduce((sum, { components }) => sum + components.length, 0);
  return { rows: all.slice(0, BUTTONS.rows), leftOut: left === 0 ? [] : [`… and ${left} more buttons, left out here.`] };
}

function labelOf(label: string): string {
  const words = plain(label);
  return words === '' ? '…' : cutPlain(words, BUTTONS.labelChars);
}
