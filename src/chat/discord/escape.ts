// Control and bidirectional characters could hide, forge or turn text around; fillers look like nothing. The two joiners stay:
// emoji and several scripts are made with them. Line breaks and tabs are dealt with before.
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u115F\u1160\u3164\uFFA0]|(?![\u200C\u200D])\p{Cf}/gu;

// A bound on marks stacked on one letter: more run over the lines around it.
const STACKED = /(\p{M}{4})\p{M}+/gu;

const BREAK = '\u200B';

// What would be a link, a tag, a mention of everybody, an emoji's name, or a mark of Discord's markdown. What ends a text might
// begin one with what follows it.
const ADDRESS = String.raw`(?<address>https?:\/\/[^\s<>]+)`;
const NAMED = String.raw`@(?=everyone|here|[!&]?\d|$)`;
const TORN = String.raw`(?<torn>\b[a-z][a-z0-9+.-]{1,20}:(?=\/\/)|\bdiscord(?:app)?\.(?=gg\/|com\/)|${NAMED})`;
const TAG = String.raw`(?<tag><(?=\S|$))`;
const MARK = String.raw`(?<mark>:(?=[\w+-]*[A-Za-z_+-][\w+-]*:)|[\\*${'`'}~|]|\](?=\(|$)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}]))`;
const MEANING = new RegExp([ADDRESS, TORN, TAG, MARK].join('|'), 'giu');

// Marks that mean something at the start of a line only: headings, small text, quotes, lists.
const OPENING = /^( *|\s*\d{1,9})((?<=\d)\.(?= )|(?<!\d)(?:-?#{1,3}(?= |$)|[-+](?= |$)|>))/u;

/** Text from outside without anything hidden, its lines kept. For labels, forms and proposals, where no markdown is read. */
export function plainLines(text: string): readonly string[] {
  return text
    .toWellFormed()
    .split(/\r\n|[\n\r\u0085\u2028\u2029]/u)
    .map((line) => line.replaceAll(/\s/gu, ' ').replaceAll(UNSAFE, '').replaceAll(STACKED, '$1'));
}

/** The same on one line. */
export function plain(text: string): string {
  return plainLines(text).join(' ').trim();
}

/** Plain text in which nobody and nothing is named, for aligned letters, where a backslash would be seen. */
export function untagged(text: string): string {
  return text.replaceAll(/@(?=everyone|here|[!&]?\d)|<(?=[@#:/A-Za-z])/giu, `$&${BREAK}`);
}

/**
 * Text from outside as markdown that shows just its letters: nobody is named, nothing is bold, a quote, a heading or a
 * list. A web address stays what it says and unfolds nothing. `lineStart`: whether it opens a line.
 */
export function inert(text: string, lineStart = false): string {
  return plainLines(text)
    .map((line, at) => inertLine(line, lineStart || at > 0))
    .join('\n');
}

function inertLine(line: string, lineStart: boolean): string {
  const marked = line.replaceAll(MEANING, (found: string, ...more: readonly unknown[]) => {
    const { address, torn, tag } = more.at(-1) as Readonly<Record<string, string | undefined>>;
    if (address !== undefined) return linked(address);
    // A zero-width space breaks what a backslash alone might not, wherever this text is read.
    if (torn !== undefined) return `${found}${BREAK}`;
    return tag === undefined ? `\\${found}` : `\\<${BREAK}`;
  });
  return lineStart ? marked.replace(OPENING, '$1\\$2') : marked;
}

/** In angle brackets an address is a link without a picture of what it leads to. What ends a sentence is no part of it. */
function linked(url: string): string {
  const end = /[.,;:!?)'"”’»›…*_~|`\]]+$/u.exec(url)?.[0] ?? '';
  const rest = end.replaceAll(/[*_~|`\]]/gu, '\\$&');
  const named = url.slice(0, url.length - end.length).replaceAll(/@(?=everyone|here)/gi, '%40');
  return `<${named}>${rest}`;
}

// Longer ones are cut: nobody's name needs an emoji joined of a hundred others.
const GRAPHEME_CHARS_MAX = 64;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Plain text cut to `charsMax`, ending in … when something was cut. Never cuts inside a letter or an emoji. */
export function cutPlain(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  let head = '';
  for (const { segment } of graphemes.segment(text)) {
    if (head.length + segment.length > charsMax - 1) break;
    head += segment;
  }
  return `${head}…`;
}

// What must stay whole: a tag or a link, the marks of bold text, an escape with its letter, letters nothing can be joined to.
const WHOLE = /<[^<>\s]{1,2000}>|\*\*|\\?[\w ,.](?=[\w ,.])/uy;

/**
 * Markdown cut to `charsMax`, bold text closed and … at the end when something was cut. Never cuts a letter, an escape
 * or a tag.
 */
export function cutMarkdown(markdown: string, charsMax: number): string {
  if (markdown.length <= charsMax) return markdown;
  const { head, isBold } = headOf(markdown, charsMax - 1);
  return `${head}${isBold ? '**' : ''}…`;
}

/** Markdown in pieces of at most `charsMax`, between words where it can. Bold text that is torn is closed and opened again. */
export function splitMarkdown(markdown: string, charsMax: number): readonly string[] {
  const pieces: string[] = [];
  let rest = markdown;
  while (rest.length > charsMax) {
    const all = headOf(rest, charsMax);
    const space = all.head.lastIndexOf(' ');
    const { head, isBold } = space > charsMax / 2 ? headOf(rest, space) : all;
    if (head === '') return [...pieces, '…']; // one letter or link is longer than the room there is
    pieces.push(isBold ? `${head}**` : head);
    rest = `${isBold ? '**' : ''}${rest.slice(head.length).trimStart()}`;
  }
  return [...pieces, rest];
}

/** As many whole tokens from the start as fit, and whether bold text is open after them; there is room left to close it. */
function headOf(markdown: string, charsMax: number): { readonly head: string; readonly isBold: boolean } {
  let at = 0;
  let isBold = false;
  while (at < markdown.length) {
    const token = tokenAt(markdown, at);
    const isBoldAfter: boolean = token === '**' ? !isBold : isBold;
    if (at + token.length + (isBoldAfter ? 2 : 0) > charsMax) break;
    isBold = isBoldAfter;
    at += token.length;
  }
  return { head: markdown.slice(0, at), isBold };
}

function tokenAt(markdown: string, at: number): string {
  WHOLE.lastIndex = at;
  const whole = WHOLE.exec(markdown)?.[0];
  if (whole !== undefined) return whole;
  const start = markdown[at] === '\\' ? at + 1 : at;
  const [first] = graphemes.segment(markdown.slice(start, start + GRAPHEME_CHARS_MAX));
  return `${markdown.slice(at, start)}${first?.segment ?? ''}`;
}
