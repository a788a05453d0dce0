import type { Part } from '../../ports/message.ts';
import { cutPlain, inert, plain, untagged } from './escape.ts';
import { EMBED, TABLE_COLUMNS_MAX, TABLE_ROWS_MAX } from './limits.ts';

type Table = Extract<Part, { readonly kind: 'table' }>;

const CELL_CHARS_MAX = 60;

// A dash says there is no number.
const NUMBER = /^(?:[−-]?[\d.,]*|–)$/u;

/**
 * A table as lines of markdown of at most `charsMax` altogether: aligned letters where that is narrow enough for a
 * phone, else a line a row that names its columns. What does not fit is counted in a last line.
 */
export function tableLines({ columns, rows }: Table, charsMax: number): readonly string[] {
  const cells = rows
    .slice(0, TABLE_ROWS_MAX)
    .map((row) => columns.map((_, at) => cutPlain(plain(row[at] ?? ''), CELL_CHARS_MAX)));
  const names = columns.map((name) => cutPlain(plain(name), CELL_CHARS_MAX));
  const widths = columns.map((_, at) => Math.max(...[names, ...cells].map((row) => lettersOf(row[at] ?? ''))));
  const isNarrow = widths.reduce((sum, width) => sum + width, 2 * (widths.length - 1)) <= TABLE_COLUMNS_MAX;
  return isNarrow
    ? alignedLines(names, cells, { widths, charsMax, rowCount: rows.length })
    : namedLines(names, cells, { charsMax, rowCount: rows.length });
}

/** What is said of rows there was no room for. */
function leftOut(count: number): readonly string[] {
  return count === 0 ? [] : [`… and ${count} more rows, left out here.`];
}

const LEFT_OUT_CHARS = 48;

function alignedLines(
  names: readonly string[],
  cells: readonly (readonly string[])[],
  { widths, charsMax, rowCount }: { readonly widths: readonly number[]; readonly charsMax: number; readonly rowCount: number },
): readonly string[] {
  const isNumber = widths.map((_, at) => cells.every((row) => NUMBER.test(row[at] ?? '')));
  const lines = [names, ...cells].map((row) =>
    untagged(
      widths
        .map((width, at) => {
          const space = ' '.repeat(Math.max(0, width - lettersOf(row[at] ?? '')));
          return isNumber[at] === true ? `${space}${row[at] ?? ''}` : `${row[at] ?? ''}${space}`;
        })
        .join('  ')
        .trimEnd(),
    )
      // Nothing in such a block is markdown, but three of these would end it.
      .replaceAll('`', 'ˋ'),
  );
  const fitting = fittingOf(lines, Math.min(charsMax, EMBED.description) - LEFT_OUT_CHARS - '```\n\n```'.length);
  const left = rowCount - Math.max(0, fitting.length - 1);
  // One unit: a block is closed in the embed that opens it.
  return [['```', ...fitting, '```'].join('\n'), ...leftOut(left)];
}

function namedLines(
  names: readonly string[],
  cells: readonly (readonly string[])[],
  { charsMax, rowCount }: { readonly charsMax: number; readonly rowCount: number },
): readonly string[] {
  // A column of noughts tells nothing row by row. The second is what the table is about, and stays.
  const isNought = names.map((_, at) => at > 1 && cells.length > 1 && cells.every((row) => row[at] === '0'));
  const noughts = names.filter((_, at) => isNought[at]);
  const titles = names.map((name, at) =>
    columnTitle(
      name,
      cells.map((row) => row[at] ?? ''),
    ),
  );
  const lines = cells.map((row) => {
    const told = row.flatMap((cell, at) =>
      at === 0 || cell === '' || cell === '–' || isNought[at] === true ? [] : [`${titles[at] ?? ''} ${inert(cell)}`.trim()],
    );
    return [`**${inert(row[0] ?? '')}**`, ...told].join(' · ');
  });
  const note = noughts.length === 0 ? [] : [`-# ${noughts.map((name) => inert(name)).join(', ')}: 0 in every row`];
  const fitting = fittingOf(lines, charsMax - LEFT_OUT_CHARS - (note[0]?.length ?? 0));
  return [...fitting, ...note, ...leftOut(rowCount - fitting.length)];
}

/** What stands before a column's values: its title, unless that only says what kind of word they are, as a word by itself does. */
function columnTitle(name: string, cells: readonly string[]): string {
  if (!/\s/u.test(name) && !cells.some((cell) => /\d/u.test(cell) && NUMBER.test(cell))) return '';
  return inert(/^\p{Lu}\p{Ll}/u.test(name) ? name.toLowerCase() : name);
}

function fittingOf(lines: readonly string[], charsMax: number): readonly string[] {
  let chars = 0;
  const count = lines.findIndex((line) => (chars += line.length + 1) > charsMax);
  return count === -1 ? lines : lines.slice(0, count);
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const WIDE = /\p{RGI_Emoji}|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/v;

/** Columns a text takes in aligned letters, near enough. */
function lettersOf(text: string): number {
  // Most texts are plain, and finding graphemes is a quarter of the work of answering /stock.
  if (/^[\x20-\x7E]*$/u.test(text)) return text.length;
  let letters = 0;
  for (const { segment } of graphemes.segment(text)) letters += WIDE.test(segment) ? 2 : 1;
  return letters;
}
