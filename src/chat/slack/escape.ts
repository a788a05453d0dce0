// Bidirectional controls could turn a line around, and format characters hide text. The two joiners stay: emoji and several
// scripts are made with them.
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u115F\u1160\u3164\uFFA0]|(?![\u200C\u200D])\p{Cf}/gu;

// Slack's mrkdwn has no escape character, and an invisible one between would travel along when a SKU is copied. So what would
// format is shown by a sign that looks alike. Underscores inside a word format nothing and stay: SKUs are full of them.
const LOOKALIKES: Readonly<Record<string, string>> = { '*': '∗', _: 'ˍ', '~': '∼', '`': 'ˋ' };
const FORMATS = /[*~`]|(?<![\p{L}\p{N}_])_+|_+(?![\p{L}\p{N}_])/gu;
const EMOJI = /:(?=[a-z_+'-][\w+'-]*:|\d+[a-z_+'-][\w+'-]*:|(?:100|1234):)/giu; // not the colons of 12:30:45
const QUOTE = /^(\s*)>/gmu;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Text from outside on its own lines, without anything unseen. Not yet safe in mrkdwn. */
export function visible(text: string): string {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/u)
    .map((line) => line.replaceAll(/\t/gu, ' ').replaceAll(UNSAFE, ''))
    .join('\n')
    .toWellFormed();
}

/** The same on one line, for labels and other places that know plain text only. At most `charsMax`, never empty. */
export function plainLine(text: string, charsMax: number): string {
  const line = visible(text).replaceAll(/\s+/gu, ' ').trim();
  return line === '' ? '–' : cut(line, charsMax);
}

/** Text from outside as mrkdwn that formats, links and calls nobody, and reads as it was written. */
export function escapeText(text: string): string {
  return visible(text)
    .replaceAll(QUOTE, '$1›')
    .replaceAll(FORMATS, (signs) => (LOOKALIKES[signs[0] ?? ''] ?? '').repeat(signs.length))
    .replaceAll(EMOJI, '∶')
    .replaceAll(/[&<>]/gu, (sign) => ENTITIES[sign] ?? sign);
}

/** What Slack escaped in what somebody typed, as it was typed. */
export function unescapeText(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** The text cut to at most `charsMax`, ending in … when something was cut. Never inside a letter, an emoji or an escape. */
export function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  return `${head(text, charsMax - 1).trimEnd()}…`;
}

/** Breaks a text into pieces of at most `charsMax`, losing nothing: after a line where it can, then a word, then a letter. */
export function pieces(text: string, charsMax: number): readonly string[] {
  const found: string[] = [];
  let rest = text;
  while (rest.length > charsMax) {
    const most = head(rest, charsMax);
    const line = most.lastIndexOf('\n') + 1;
    const word = most.lastIndexOf(' ') + 1;
    const end = line > 0 ? line : word > charsMax / 2 ? word : most.length;
    found.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return rest === '' && found.length > 0 ? found : [...found, rest];
}

/** As many whole letters and escapes from the start as fit; at least one code point, so that a loop over the rest ends. */
export function head(text: string, charsMax: number): string {
  let end = 0;
  for (const match of text.slice(0, charsMax + 8).matchAll(/&(?:amp|lt|gt);|[^&]+|&/gu)) {
    const units = match[0].startsWith('&') ? [match[0]] : [...graphemes.segment(match[0])].map(({ segment }) => segment);
    for (const unit of units) {
      if (end + unit.length > charsMax) return text.slice(0, end > 0 ? end : firstChars(text, charsMax));
      end += unit.length;
    }
  }
  return text.slice(0, end);
}

// Hundreds of marks on one letter are one grapheme: it may be cut, but never a surrogate pair.
function firstChars(text: string, charsMax: number): number {
  const code = text.charCodeAt(charsMax - 1);
  return Math.max(1, code >= 0xd800 && code < 0xdc00 ? charsMax - 1 : charsMax);
}
