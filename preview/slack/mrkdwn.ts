import { nameOf } from '../cast.ts';
import { agoWords, clockWords, type Reading } from '../clock.ts';
import { html, joined, type Html } from '../html.ts';

/** Slack's mrkdwn as its client draws it: entities, bold, italic, struck, code, quotes, emoji names. */
export function drawMrkdwn(text: string, reading: Reading): Html {
  const blocks = text.split(/```\n?([^`]*?)\n?```\n?/u); // what stands between the marks is at every second place
  return html`${blocks.map((block, at) => (at % 2 === 1 ? html`<pre>${unescaped(block)}</pre>` : drawLines(block, reading)))}`;
}

function drawLines(text: string, reading: Reading): Html {
  const lines = text.split('\n').map((line) => {
    const quoted = /^(?:>|&gt;) ?(?<rest>.*)$/u.exec(line)?.groups?.['rest'];
    return quoted === undefined ? drawInline(line, reading) : html`<span class="quote">${drawInline(quoted, reading)}</span>`;
  });
  return joined(lines, html`<br />`);
}

const MARKS = [
  String.raw`<(?<entity>[^<>\n]+)>`,
  String.raw`${'`'}(?<code>[^${'`'}\n]+)${'`'}`,
  ...(
    [
      ['bold', String.raw`\*`],
      ['italic', '_'],
      ['struck', '~'],
    ] as const
  ).map(([name, mark]) => String.raw`(?<![\p{L}\p{N}])${mark}(?=\S)(?<${name}>[^${mark}\n]*[^${mark}\s])${mark}(?![\p{L}\p{N}])`),
  String.raw`(?<emoji>:[a-z0-9_+'-]*[a-z_+'-][a-z0-9_+'-]*:)`,
];
const MARKED = new RegExp(MARKS.join('|'), 'gu');

function drawInline(text: string, reading: Reading): Html {
  const pieces: Html[] = [];
  let end = 0;
  for (const match of text.matchAll(MARKED)) {
    pieces.push(html`${unescaped(text.slice(end, match.index))}`, drawMark(match.groups ?? {}, reading));
    end = match.index + match[0].length;
  }
  return html`${[...pieces, html`${unescaped(text.slice(end))}`]}`;
}

function drawMark(found: Readonly<Record<string, string | undefined>>, reading: Reading): Html {
  const { entity, code, bold, italic, struck, emoji = '' } = found;
  if (entity !== undefined) return drawEntity(entity, reading);
  if (code !== undefined) return html`<code>${unescaped(code)}</code>`;
  if (bold !== undefined) return html`<b>${drawInline(bold, reading)}</b>`;
  if (italic !== undefined) return html`<i>${drawInline(italic, reading)}</i>`;
  if (struck !== undefined) return html`<s>${drawInline(struck, reading)}</s>`;
  return html`<span class="emoji">${emoji}</span>`;
}

function drawEntity(entity: string, reading: Reading): Html {
  const [target = '', label] = entity.split('|');
  if (target.startsWith('@')) return html`<span class="ping">@${nameOf('slack', target.slice(1))}</span>`;
  if (target.startsWith('#')) return html`<span class="link">#${nameOf('slack', target.slice(1))}</span>`;
  const [, seconds, format] = /^!date\^(\d+)\^([^^]+)/u.exec(target) ?? [];
  if (seconds !== undefined && format !== undefined) {
    return html`<span title="${unescaped(label ?? '')}">${dateWords(Number(seconds) * 1_000, format, reading)}</span>`;
  }
  if (target.startsWith('!')) return html`<span class="ping everyone">@${target.slice(1).split('^')[0] ?? ''}</span>`;
  return html`<span class="link">${unescaped(label ?? target)}</span>`;
}

/** Slack's own date tokens. One it does not know stays as it is, as it would there. */
function dateWords(atMs: number, format: string, reading: Reading): string {
  return format.replaceAll(/\{\w+\}/gu, (token) => {
    if (token === '{ago}') return agoWords(atMs, reading);
    const style = TOKENS[token];
    return style === undefined ? token : clockWords(atMs, style, reading);
  });
}

const TOKENS: Readonly<Record<string, Parameters<typeof clockWords>[1]>> = {
  '{time}': 'time',
  '{time_secs}': 'timeSeconds',
  '{date}': 'dateLong',
  '{date_num}': 'dateNumbers',
  '{date_short}': 'dateShort',
  '{date_short_pretty}': 'dateShort',
  '{date_pretty}': 'dateLong',
  '{date_long}': 'dateFull',
  '{date_long_pretty}': 'dateFull',
};

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
