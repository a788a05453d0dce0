import type { KnownBlock } from '@slack/types';
import { unreachable } from '../../domain/unreachable.ts';
import type { Button, Message, Part, Text, Tone } from '../../ports/message.ts';
import type { Ping } from '../../ports/post.ts';
import { pingWords } from '../../words/ping.ts';
import { cut, escapeText, plainLine } from './escape.ts';
import {
  BLOCKS_MAX,
  BODY_CHARS_MAX,
  BUTTONS,
  CELL_CHARS_MAX,
  CONFIRM,
  FALLBACK_CHARS_MAX,
  FIELDS,
  HEADER_CHARS_MAX,
  TABLE_ROWS_MAX,
  TEXT_CHARS_MAX,
} from './limits.ts';
import type { Reader } from './mrkdwn.ts';
import { bold, mrkdwn } from './mrkdwn.ts';

/** How a message is to be shown: its buttons' ids lined up with its buttons, and whom it rings. */
export type Look = Reader & {
  readonly buttonIds: readonly string[]; // shorter: the rest cannot be pressed and are left out
  readonly pings: readonly Ping[]; // the only source of mentions
};

/** What Slack is given: the line for notifications and screen readers, and what is seen. */
export type Rendered = { readonly text: string; readonly blocks: readonly KnownBlock[] };

/** What a press on one of our buttons is called, followed by the button's place in its message. */
export const PRESS_ACTION = 'press';

const GLYPHS: Readonly<Record<Tone, string>> = { plain: '', good: '✓ ', warning: '▲ ', critical: '● ', refusal: '✗ ' };
const ACCOUNT_ID = /^[UW]\w{1,40}$/u;

/** A message as Slack shows it, within Slack's limits: what does not fit is said to be left out. */
export function renderMessage(message: Message, look: Look): Rendered {
  const glyph = GLYPHS[message.tone];
  const pings = pingLines(look.pings);
  const summary = escapeText(message.summary).trim();
  const text = [cut(`${glyph}${summary === '' ? '–' : summary}`, FALLBACK_CHARS_MAX), ...pings].join('\n');
  return { text, blocks: fitted(messageBlocks(message, look, pings), BLOCKS_MAX.message) };
}

/** The blocks alone, for a view of several messages; the buttons of each are told apart by `buttonsBefore`. It rings nobody. */
export function renderBlocks(message: Message, look: Omit<Look, 'pings'>, buttonsBefore: number): readonly KnownBlock[] {
  return messageBlocks(message, { ...look, pings: [] }, [], buttonsBefore);
}

/** Leaves out what is over a bound of Slack's, and says so. Buttons stay: they are what a message is answered with. */
export function fitted(blocks: readonly KnownBlock[], blocksMax: number): readonly KnownBlock[] {
  const chars = blocks.reduce((sum, block) => sum + charsOf(block), 0);
  if (blocks.length <= blocksMax && chars <= BODY_CHARS_MAX) return blocks;
  const rows = blocks.filter(({ type }) => type === 'actions');
  let room = blocksMax - rows.length - 1;
  let charsLeft = BODY_CHARS_MAX;
  const texts = blocks.filter(({ type }) => type !== 'actions');
  const end = texts.findIndex((block) => {
    room -= 1;
    charsLeft -= charsOf(block);
    return room < 0 || charsLeft < 0;
  });
  const kept = blocks.filter((block) => block.type === 'actions' || texts.indexOf(block) < end);
  const left = texts.length - end;
  const words = `… and ${left} more ${left === 1 ? 'part' : 'parts'}, left out here.`;
  return [...kept, { type: 'context' as const, elements: [mrkdwnText(words)] }].slice(-blocksMax);
}

function messageBlocks(message: Message, look: Look, pings: readonly string[], buttonsBefore = 0): readonly KnownBlock[] {
  const glyph = GLYPHS[message.tone];
  const [first, ...others] = message.parts;
  // Parts say it all where there are any; the summary stands for those that begin with something else than text.
  const opens = first?.kind === 'text';
  const shout = opens && message.tone === 'critical' && pings.length === 0 ? shoutOf(first.text) : null;
  const summary: Text = message.parts.length === 0 ? message.summary : [{ kind: 'strong', text: message.summary }];
  const head: Text = opens ? first.text : summary;
  const lead: Text = [glyph, ...(typeof head === 'string' ? [head] : head), pings.length === 0 ? '' : '\n'];
  // Our own mention lines are markup already, so they stand behind the escaped words, in a section of their own if need be.
  const leading: readonly KnownBlock[] =
    shout === null
      ? sections(mrkdwn(lead, look, TEXT_CHARS_MAX), pings.join('\n'))
      : [{ type: 'header', text: plain(`${glyph}${shout}`, HEADER_CHARS_MAX) }];
  let buttonCount = 0;
  const rest = runsOf(opens ? others : message.parts).flatMap((run) => {
    const blocks = runBlocks(run, { ...look, buttonIds: look.buttonIds.slice(buttonCount) }, buttonsBefore + buttonCount);
    if (run.kind === 'buttons') buttonCount += run.buttons.length;
    return blocks;
  });
  return [...leading, ...rest];
}

/** A headline that stands alone. What is critical is told in Slack's largest letters, so that it is seen while scrolling. */
function shoutOf(text: Text): string | null {
  if (typeof text === 'string') return null;
  const [head, ...others] = text;
  if (typeof head !== 'object' || head.kind !== 'strong' || others.some((span) => span !== '')) return null;
  return head.text.trim() !== '' && head.text.length <= HEADER_CHARS_MAX - 2 ? head.text : null;
}

type Run = Exclude<Part, { readonly kind: 'text' }> | { readonly kind: 'texts'; readonly texts: readonly Text[] };

/** Texts that follow each other are one paragraph after another, not blocks with air between. */
function runsOf(parts: readonly Part[]): readonly Run[] {
  const runs: Run[] = [];
  for (const part of parts) {
    const last = runs.at(-1);
    if (part.kind !== 'text') runs.push(part);
    else if (last?.kind === 'texts') runs[runs.length - 1] = { kind: 'texts', texts: [...last.texts, part.text] };
    else runs.push({ kind: 'texts', texts: [part.text] });
  }
  return runs;
}

function runBlocks(run: Run, look: Look, buttonsBefore: number): readonly KnownBlock[] {
  switch (run.kind) {
    case 'texts':
      return sections(filled(run.texts.flatMap((text) => mrkdwn(text, look, TEXT_CHARS_MAX))));
    case 'context':
      return mrkdwn(run.text, look, TEXT_CHARS_MAX).map((text) => ({ type: 'context', elements: [mrkdwnText(text)] }));
    case 'fields':
      return fieldBlocks(run.rows, look);
    case 'table':
      return tableBlocks(run);
    case 'buttons':
      return buttonBlocks(run.buttons, look.buttonIds, buttonsBefore);
    case 'image':
      // Slack shows pictures from an address only, and this one is a file here.
      return [{ type: 'context', elements: [mrkdwnText(cut(`Picture: ${escapeText(run.altText)}`, TEXT_CHARS_MAX))] }];
    default:
      return unreachable(run);
  }
}

function mrkdwnText(text: string): { type: 'mrkdwn'; text: string; verbatim: true } {
  return { type: 'mrkdwn', text, verbatim: true }; // verbatim: addresses and names in it do not become links
}

function sections(texts: readonly string[], tail = ''): readonly KnownBlock[] {
  const last = texts.at(-1) ?? '';
  const whole = `${last}${tail}`;
  const all = whole.length <= TEXT_CHARS_MAX ? [...texts.slice(0, -1), whole] : [...texts, tail];
  return all.filter((text) => text.trim() !== '').map((text) => ({ type: 'section', text: mrkdwnText(text) }));
}

/** Lines gathered into as few texts as they fit in. */
function filled(lines: readonly string[]): readonly string[] {
  const texts: string[] = [];
  for (const line of lines) {
    const joined = `${texts.at(-1) ?? ''}\n${line}`;
    if (texts.length > 0 && joined.length <= TEXT_CHARS_MAX) texts[texts.length - 1] = joined;
    else texts.push(line);
  }
  return texts;
}

type Row = readonly [label: string, value: Text];

/** Short values stand in pairs where there is room, below each other on a phone; if one is longer, each gets a line. */
function fieldBlocks(rows: readonly Row[], look: Look): readonly KnownBlock[] {
  const short = rows.length > 1 && rows.every(([label, value]) => Math.max(label.length, shownChars(value)) <= FIELDS.shortChars);
  const shown = rows.map(([label, value]) => ({
    label: bold(cut(label, FIELDS.labelChars)),
    texts: mrkdwn(value, look, FIELDS.valueChars),
  }));
  if (!short) {
    return sections(filled(shown.flatMap(({ label, texts }) => [`${label}: ${texts[0] ?? ''}`, ...texts.slice(1)])));
  }
  const fields = shown.map(({ label, texts }) => mrkdwnText(`${label}: ${texts[0] ?? ''}`));
  const blocks: KnownBlock[] = [];
  for (let at = 0; at < fields.length; at += FIELDS.max) {
    blocks.push({ type: 'section', fields: fields.slice(at, at + FIELDS.max) });
  }
  return blocks;
}

/** How long a text looks; a time is about eight characters. */
function shownChars(text: Text): number {
  if (typeof text === 'string') return text.length;
  return text.reduce(
    (sum, span) => sum + (typeof span === 'string' ? span.length : span.kind === 'strong' ? span.text.length : 8),
    0,
  );
}

/** A row is a line that says what each number is: a phone shows neither columns nor what stands above them. */
function tableBlocks({ columns, rows }: Extract<Part, { readonly kind: 'table' }>): readonly KnownBlock[] {
  const shown = rows.slice(0, TABLE_ROWS_MAX);
  // A column of noughts tells nothing row by row. The second is what the table is about, and stays.
  const isNought = columns.map((_, at) => at > 1 && rows.length > 1 && rows.every((row) => row[at] === '0'));
  const titles = columns.map((title, at) =>
    columnTitle(
      title,
      rows.map((row) => row[at] ?? ''),
    ),
  );
  const lines = shown.map((row) => {
    const [name = '', ...values] = row.map((cell) => cut(cell, CELL_CHARS_MAX));
    const said = values.flatMap((value, at) =>
      value.trim() === '' || isNought[at + 1] === true ? [] : [`${titles[at + 1] ?? ''} ${escapeText(value)}`.trim()],
    );
    return cut([bold(name), said.join(' · ')].filter((text) => text !== '').join(' — '), TEXT_CHARS_MAX);
  });
  const left = rows.length - shown.length;
  const more = left === 0 ? [] : [`… and ${left} more ${left === 1 ? 'row' : 'rows'}, left out here.`];
  const noughts = columns.filter((_, at) => isNought[at]).map((title) => escapeText(cut(title, CELL_CHARS_MAX)));
  const note = mrkdwnText(`${noughts.join(', ')}: 0 in every row`);
  return [
    ...sections(filled([...lines, ...more])),
    ...(noughts.length === 0 ? [] : [{ type: 'context' as const, elements: [note] }]),
  ];
}

/** What stands before a column's values: its title, unless that only says what kind of word they are, as a word by itself does. */
function columnTitle(title: string, cells: readonly string[]): string {
  if (!/\s/u.test(title.trim()) && !cells.some((cell) => NUMBER.test(cell))) return '';
  return escapeText(cut(/^\p{Lu}\p{Ll}/u.test(title) ? title.toLowerCase() : title, CELL_CHARS_MAX));
}

const NUMBER = /^[−-]?[\d.,]+$/u;

function buttonBlocks(buttons: readonly Button[], buttonIds: readonly string[], before: number): readonly KnownBlock[] {
  const elements = buttons.flatMap((button, at) => {
    const value = buttonIds[at];
    return value === undefined || value.length > BUTTONS.valueChars ? [] : [buttonElement(button, value, before + at)];
  });
  const blocks: KnownBlock[] = [];
  for (let at = 0; at < elements.length; at += BUTTONS.perBlock) {
    blocks.push({ type: 'actions', elements: elements.slice(at, at + BUTTONS.perBlock) });
  }
  return blocks;
}

function buttonElement({ label, style, confirm }: Button, value: string, place: number) {
  return {
    type: 'button' as const,
    text: plain(label, BUTTONS.labelChars),
    action_id: `${PRESS_ACTION}:${place}`,
    value,
    ...(style === 'plain' ? {} : { style }),
    ...(confirm === null
      ? {}
      : {
          confirm: {
            title: plain(confirm.title, CONFIRM.titleChars),
            text: plain(confirm.text, CONFIRM.textChars),
            confirm: plain(confirm.yes, CONFIRM.answerChars),
            deny: plain('Leave it', CONFIRM.answerChars),
            ...(style === 'danger' ? { style } : {}),
          },
        }),
  };
}

function plain(text: string, charsMax: number): { type: 'plain_text'; text: string; emoji: false } {
  return { type: 'plain_text', text: plainLine(text, charsMax), emoji: false };
}

/** One line for each ping: who is called here, then the role and who is called elsewhere. Nobody is called twice. */
function pingLines(pings: readonly Ping[]): readonly string[] {
  const called = new Set<string>();
  return pings.map((ping) => {
    const names = ping.people.flatMap(({ name, accountIds }) => {
      const ids = accountIds.filter((id) => ACCOUNT_ID.test(id) && !called.has(id));
      for (const id of ids) called.add(id);
      return ids.length > 0 ? ids.map((id) => `<@${id}>`) : [escapeText(name)];
    });
    return ['🔔', ...names, escapeText(pingWords(ping))].filter((words) => words !== '').join(' ');
  });
}

function charsOf(block: KnownBlock): number {
  if (block.type === 'section') {
    return (block.text?.text.length ?? 0) + (block.fields ?? []).reduce((sum, { text }) => sum + text.length, 0);
  }
  if (block.type !== 'context') return 0;
  return block.elements.reduce((sum, element) => sum + ('text' in element ? element.text.length : 0), 0);
}
