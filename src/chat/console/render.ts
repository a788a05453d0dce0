import { createColors } from 'picocolors';
import { dayOf, sayDay, sayDuration, sayMoment } from '../../domain/time.ts';
import { unreachable } from '../../domain/unreachable.ts';
import type { Button, Message, Part, Span, Text, Tone } from '../../ports/message.ts';
import { inert, inertLines } from './escape.ts';
import { clipped, columnsOf, padded, wrapped } from './layout.ts';
import { CELL_COLUMNS_MAX, LINES_MAX, ROWS_MAX } from './limits.ts';

/** How a message is to look: in columns, in whose zone and language, and which number each of its buttons has. */
export type Look = {
  readonly width: number;
  readonly zone: string;
  readonly locale: string;
  readonly nowMs: number;
  readonly colours: boolean;
  readonly buttonNumbers: readonly number[]; // lined up with the message's buttons; shorter: the rest cannot be pressed
};

/** A message as lines of at most `width` columns: the headline, then the rest. Text from outside comes out inert. */
export type Rendered = { readonly headline: readonly string[]; readonly body: readonly string[] };

const NO_BREAK = '\u00A0';

const GLYPHS: Readonly<Record<Tone, string>> = { plain: '', good: '✓ ', warning: '▲ ', critical: '● ', refusal: '✗ ' };

/** Draws a message. `headlineWidth` leaves room for what the caller writes before the first line. */
export function renderMessage(message: Message, look: Look, headlineWidth = look.width): Rendered {
  const [first, ...others] = message.parts;
  // Parts say it all where there are any; the summary stands for those that begin with something else than text.
  const opens = first?.kind === 'text';
  const headText = opens ? plainText(first.text, look) : message.summary;
  const [head = '', ...more] = inertLines(headText);
  const paint = painter(look.colours);
  const headline = wrapped(`${GLYPHS[message.tone]}${head}`, headlineWidth).map((line) => paint.tone(message.tone, line));
  const rest = more.flatMap((line) => wrapped(line, look.width));
  let buttonsBefore = 0;
  const body = (opens ? others : message.parts).flatMap((part) => {
    const lines = partLines(part, look, buttonsBefore);
    if (part.kind === 'buttons') buttonsBefore += part.buttons.length;
    return lines;
  });
  return { headline, body: bounded([...rest, ...body]) };
}

/** Running text with its times in the reader's zone; not yet made inert. */
export function plainText(text: Text, look: Pick<Look, 'zone' | 'locale' | 'nowMs'>): string {
  if (typeof text === 'string') return text;
  return text
    .map((span) => {
      if (typeof span === 'string') return span;
      return spanText(span, look);
    })
    .join('');
}

function spanText(span: Exclude<Span, string>, look: Pick<Look, 'zone' | 'locale' | 'nowMs'>): string {
  switch (span.kind) {
    case 'strong':
      return span.text;
    case 'time':
      return timeWords(span.atMs, span.style, look);
    case 'channel':
      return `#${span.address}`;
    default:
      return unreachable(span);
  }
}

/** The clock of an instant to the second: "19:04:11". */
export function clockWords(atMs: number, zone: string): string {
  const shown = { timeZone: zone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
  return new Intl.DateTimeFormat('en-GB', shown).format(atMs);
}

function timeWords(
  atMs: number,
  style: 'clock' | 'day' | 'moment' | 'relative',
  { zone, locale, nowMs }: Pick<Look, 'zone' | 'locale' | 'nowMs'>,
): string {
  switch (style) {
    case 'clock':
      return clockWords(atMs, zone);
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

function partLines(part: Part, look: Look, buttonsBefore: number): readonly string[] {
  const paint = painter(look.colours);
  switch (part.kind) {
    case 'text':
      return inertLines(plainText(part.text, look)).flatMap((line) => wrapped(line, look.width));
    case 'context':
      return inertLines(plainText(part.text, look)).flatMap((line) => wrapped(line, look.width).map(paint.dim));
    case 'fields':
      return fieldLines(part.rows, look);
    case 'table':
      return tableLines(part, look);
    case 'buttons':
      return buttonLines(part.buttons, look.buttonNumbers.slice(buttonsBefore), look.width).map(paint.dim);
    case 'image':
      return wrapped(`[picture: ${inert(part.altText)}]`, look.width);
    default:
      return unreachable(part);
  }
}

function fieldLines(rows: readonly (readonly [string, Text])[], look: Look): readonly string[] {
  const labels = rows.map(([label]) => clipped(inert(label), Math.floor(look.width / 2)));
  const labelColumns = Math.min(Math.floor(look.width / 2), Math.max(0, ...labels.map(columnsOf)));
  const room = look.width - labelColumns - 2;
  return rows.flatMap(([, value], index) => {
    const lines = inertLines(plainText(value, look)).flatMap((line) => wrapped(line, room));
    return lines.map((line, at) => `${padded(at === 0 ? (labels[index] ?? '') : '', labelColumns)}  ${line}`);
  });
}

function tableLines({ columns, rows }: Extract<Part, { readonly kind: 'table' }>, look: Look): readonly string[] {
  const shown = rows.slice(0, ROWS_MAX).map((row) => row.map(inert));
  const cells = [columns.map(inert), ...shown];
  // A dash says there is no number.
  const numeric = columns.map((_, at) => shown.every((row) => /^(?:[−-]?[\d.,]*|–)$/u.test(row[at] ?? '')));
  const widths = fitted(
    columns.map((_, at) => Math.min(CELL_COLUMNS_MAX, Math.max(...cells.map((row) => columnsOf(row[at] ?? ''))))),
    look.width,
  );
  const paint = painter(look.colours);
  const lines = cells.map((row) => {
    const line = widths.map((width, at) => padded(clipped(row[at] ?? '', width), width, numeric[at] === true ? 'left' : 'right'));
    return clipped(line.join('  ').trimEnd(), look.width);
  });
  const [head = '', ...rest] = lines;
  const left = rows.length - shown.length;
  return [paint.dim(head), ...rest, ...(left === 0 ? [] : [`… and ${left} more rows, left out here.`])];
}

/** Takes columns from the widest until the table fits. */
function fitted(widths: readonly number[], width: number): readonly number[] {
  const fitting = [...widths];
  const total = () => fitting.reduce((sum, next) => sum + next, 0) + 2 * (fitting.length - 1);
  while (total() > width && Math.max(...fitting) > 4) {
    const widest = fitting.indexOf(Math.max(...fitting));
    fitting[widest] = (fitting[widest] ?? 0) - 1;
  }
  return fitting;
}

function buttonLines(buttons: readonly Button[], numbers: readonly number[], width: number): readonly string[] {
  const words = buttons.map(({ label }, at) => {
    const number = numbers[at];
    return number === undefined ? `[${inert(label)}]` : `[${number}] ${inert(label)}`;
  });
  // A line never breaks inside a button: a number apart from its label would be pressed for another.
  return wrapped(words.map((button) => button.replaceAll(' ', NO_BREAK)).join('   '), width).map((line) =>
    line.replaceAll(NO_BREAK, ' ').trim(),
  );
}

function bounded(lines: readonly string[]): readonly string[] {
  if (lines.length <= LINES_MAX) return lines;
  const left = lines.length - LINES_MAX + 1;
  return [...lines.slice(0, LINES_MAX - 1), `… and ${left} more lines, left out here.`];
}

type Painter = { readonly tone: (tone: Tone, line: string) => string; readonly dim: (line: string) => string };

function painter(colours: boolean): Painter {
  const { bold, red, yellow, green, dim } = createColors(colours);
  const tones: Readonly<Record<Tone, (line: string) => string>> = {
    plain: bold,
    good: (line) => bold(green(line)),
    warning: (line) => bold(yellow(line)),
    critical: (line) => bold(red(line)),
    refusal: yellow,
  };
  return { tone: (tone, line) => tones[tone](line), dim };
}
