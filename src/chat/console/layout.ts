import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns a text takes on a terminal. */
export function columnsOf(text: string): number {
  return stringWidth(text, { countAnsiEscapeCodes: true });
}

/** The text padded with spaces to `columns`. */
export function padded(text: string, columns: number, side: 'left' | 'right' = 'right'): string {
  const space = ' '.repeat(Math.max(0, columns - columnsOf(text)));
  return side === 'right' ? text + space : space + text;
}

/** The text cut to at most `columns`, ending in … when something was cut. Never cuts inside a letter or an emoji. */
export function clipped(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  return `${taken(text, columns - 1)}…`;
}

/** Breaks a text into lines of at most `columns`, between words where it can. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (columnsOf(joined) <= columns) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    let rest = word;
    while (columnsOf(rest) > columns) {
      const head = taken(rest, columns);
      lines.push(head);
      rest = rest.slice(head.length);
    }
    line = rest;
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}

/** As many whole letters from the start as fit; at least one, so that a loop over the rest ends. */
function taken(text: string, columns: number): string {
  let head = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += columnsOf(segment);
    if (used > columns && head !== '') return head;
    head += segment;
  }
  return head;
}
