import { nameOf } from '../cast.ts';
import { agoWords, clockWords, type Reading } from '../clock.ts';
import { html, type Html } from '../html.ts';

/** What a text may do where it stands: a title names nobody and shows no times. */
export type Place = { readonly isTitle: boolean; readonly rung: readonly string[]; readonly ringsEveryone: boolean };

/** Discord's markdown as its client draws it, line by line. */
export function drawMarkdown(text: string, place: Place, reading: Reading): Html {
  const blocks = text.split(/```(?:\w+\n)?\n?([^]*?)\n?```\n?/u); // what stands between the marks is at every second place
  return html`${blocks.map((block, at) => (at % 2 === 1 ? html`<pre>${block}</pre>` : drawLines(block, place, reading)))}`;
}

function drawLines(text: string, place: Place, reading: Reading): Html {
  if (text === '') return html``;
  const lines = text.replace(/\n$/u, '').split('\n');
  return html`${lines.map((line) => {
    const [, mark = '', rest = line] = /^(-# |#{1,3} |> | *[-*] |)(.*)$/u.exec(line) ?? [];
    const inline = drawInline(rest, place, reading);
    if (line.trim() === '') return html`<div class="gap"></div>`;
    return html`<div class="${LINES[mark.trim()] ?? 'line'}">${inline}</div>`;
  })}`;
}

const LINES: Readonly<Record<string, string>> = {
  '-#': 'small',
  '#': 'heading',
  '##': 'heading',
  '###': 'heading',
  '>': 'quote',
  '-': 'item',
  '*': 'item',
};

const MARKED = new RegExp(
  [
    String.raw`\\(?<escaped>[^\p{L}\p{N}\s])`,
    String.raw`<(?<tag>(?:@[!&]?|#)\d+|t:-?\d+(?::[tTdDfFR])?|a?:\w+:\d+)>`,
    String.raw`<(?<quiet>https?:\/\/[^\s<>]+)>`,
    String.raw`(?<!\\)\[(?<label>[^\]\n]+)\]\((?<target>https?:\/\/[^\s)]+)\)`,
    String.raw`(?<url>https?:\/\/[^\s<>]+)`,
    String.raw`${'`'}(?<code>[^${'`'}\n]+)${'`'}`,
    String.raw`\*\*(?<bold>(?:\\.|[^\\\n])+?)\*\*`,
    String.raw`__(?<underlined>(?:\\.|[^\\\n])+?)__`,
    String.raw`~~(?<struck>(?:\\.|[^\\\n])+?)~~`,
    String.raw`\|\|(?<spoiler>(?:\\.|[^\\\n])+?)\|\|`,
    String.raw`\*(?=\S)(?<star>(?:\\.|[^\\\n*])+?)\*`,
    String.raw`(?<![\p{L}\p{N}])_(?<italic>(?:\\.|[^\\\n_])+?)_(?![\p{L}\p{N}])`,
    String.raw`@(?<all>everyone|here)\b`,
  ].join('|'),
  'gu',
);

function drawInline(text: string, place: Place, reading: Reading): Html {
  const pieces: Html[] = [];
  let end = 0;
  for (const match of text.matchAll(MARKED)) {
    pieces.push(html`${text.slice(end, match.index)}`, drawMark(match.groups ?? {}, match[0], { place, reading }));
    end = match.index + match[0].length;
  }
  return html`${[...pieces, html`${text.slice(end)}`]}`;
}

type Found = Readonly<Record<string, string | undefined>>;
type Around = { readonly place: Place; readonly reading: Reading };

function drawMark(found: Found, whole: string, { place, reading }: Around): Html {
  const { escaped, tag, quiet, label, url, code, bold, underlined, struck, spoiler, star, italic, all } = found;
  const within = (text: string): Html => drawInline(text, place, reading);
  if (escaped !== undefined) return html`${escaped}`;
  if (tag !== undefined) return place.isTitle ? html`${whole}` : drawTag(tag, place, reading);
  const link = label ?? quiet ?? url;
  if (link !== undefined) return html`<span class="link">${link}</span>`;
  if (code !== undefined) return html`<code>${code}</code>`;
  if (bold !== undefined) return html`<b>${within(bold)}</b>`;
  if (underlined !== undefined) return html`<u>${within(underlined)}</u>`;
  if (struck !== undefined) return html`<s>${within(struck)}</s>`;
  if (spoiler !== undefined) return html`<span class="spoiler">${within(spoiler)}</span>`;
  if (all !== undefined) return place.ringsEveryone ? html`<span class="ping everyone">${whole}</span>` : html`${whole}`;
  return html`<i>${within(star ?? italic ?? '')}</i>`;
}

function drawTag(tag: string, { rung }: Place, reading: Reading): Html {
  const [, seconds, style = 'f'] = /^t:(-?\d+)(?::(\w))?$/u.exec(tag) ?? [];
  if (seconds !== undefined) return html`<span class="time">${timeWords(Number(seconds) * 1_000, style, reading)}</span>`;
  const id = tag.replace(/^\D+/u, '');
  if (tag.startsWith('#')) return html`<span class="ping channel">#${nameOf('discord', id)}</span>`;
  if (!tag.startsWith('@')) return html`<span class="emoji">:${tag.split(':')[1] ?? ''}:</span>`;
  return html`<span class="ping${rung.includes(id) ? '' : ' silent'}">@${nameOf('discord', id)}</span>`;
}

/** Discord's own ways to show a time. */
function timeWords(atMs: number, style: string, reading: Reading): string {
  const words = (named: Parameters<typeof clockWords>[1]): string => clockWords(atMs, named, reading);
  switch (style) {
    case 't':
      return words('time');
    case 'T':
      return words('timeSeconds');
    case 'd':
      return words('dateNumbers');
    case 'D':
      return words('dateLong');
    case 'f':
      return `${words('dateLong')} at ${words('time')}`;
    case 'F':
      return `${words('dateFull')} at ${words('time')}`;
    case 'R':
      return agoWords(atMs, reading);
    default:
      throw new Error(`Discord knows no time style ${style}`);
  }
}
