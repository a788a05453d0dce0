import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createButtonNumbers } from '../../../src/chat/console/buttons.ts';
import { connectConsole } from '../../../src/chat/console/connect.ts';
import { createDesk } from '../../../src/chat/console/desk.ts';
import { BUTTONS_MAX, LINES_MAX, widthOf } from '../../../src/chat/console/limits.ts';
import { parseLine } from '../../../src/chat/console/parse.ts';
import { buttonRecord, readRecord } from '../../../src/chat/console/record.ts';
import { renderMessage, type Look } from '../../../src/chat/console/render.ts';
import { consoleSender } from '../../../src/chat/console/send.ts';
import type { Option } from '../../../src/ports/command.ts';
import { text, whole } from '../../../src/ports/command.ts';
import type { Button, Message, Part } from '../../../src/ports/message.ts';
import { say } from '../../../src/ports/message.ts';
import type { Delivery } from '../../../src/ports/post.ts';

const AT = Date.UTC(2027, 0, 30, 0, 4, 11); // 19:04:11 in New York
const LOOK: Look = { width: 60, zone: 'America/New_York', locale: 'en', nowMs: AT, colours: false, buttonNumbers: [] };
const bodyOf = (parts: readonly Part[], look: Partial<Look> = {}) =>
  renderMessage(say('s', { kind: 'text', text: 'head' }, ...parts), { ...LOOK, ...look }).body;
const button = (label: string, confirm: Button['confirm'] = null): Button => {
  return { label, style: 'plain', call: { name: 'stock', input: {} }, confirm };
};

test.each([
  ['  /stock HOODIE-M ', { kind: 'command', text: '/stock HOODIE-M' }],
  ['3', { kind: 'button', number: 3 }],
  ['[3]', { kind: 'button', number: 3 }],
  ['press 12', { kind: 'button', number: 12 }],
  ['#12', { kind: 'button', number: 12 }],
  ['3 boxes', { kind: 'other', text: '3 boxes' }],
  ['YES', { kind: 'yes' }],
  ['  ', { kind: 'empty' }],
])('the line %j is %j', (line, parsed) => {
  expect(parseLine(line)).toEqual(parsed);
});

describe('a message is drawn', () => {
  test('with its times in the reader’s zone', () => {
    const time = (style: 'clock' | 'day' | 'moment' | 'relative') => ({ kind: 'time', atMs: AT - 90_000, style }) as const;
    expect(bodyOf([{ kind: 'text', text: ['at ', time('clock'), ', ', time('relative')] }])).toEqual(['at 19:02:41, 90 s ago']);
    expect(bodyOf([{ kind: 'context', text: ['on ', time('day')] }])).toEqual(['on Fri, Jan 29, 2027']);
    expect(bodyOf([{ kind: 'context', text: [time('moment')] }])).toEqual(['Fri, Jan 29, 2027, 19:02 EST']);
  });

  test('with aligned fields and tables, numbers to the right', () => {
    expect(
      bodyOf([
        {
          kind: 'fields',
          rows: [
            ['Due', 'today'],
            ['Owner', `Finn ${'x'.repeat(50)} y`],
          ],
        },
        {
          kind: 'table',
          columns: ['Item', 'Left', 'Note'],
          rows: [
            ['HOODIE-M', '7', 'low'],
            ['👩‍👩‍👧 PIN', '1,200', ''],
            ['界', '−3', 'x'],
          ],
        },
      ]),
    ).toEqual([
      'Due    today',
      'Owner  Finn',
      `       ${'x'.repeat(50)} y`,
      'Item       Left  Note',
      'HOODIE-M      7  low',
      '👩‍👩‍👧 PIN    1,200',
      '界           −3  x',
    ]);
  });

  test('with the numbers of its buttons, never broken apart', () => {
    const buttons = [button('Acknowledge'), button('Snooze 10 min'), button('Dismiss'), button('Show here')];
    expect(bodyOf([{ kind: 'buttons', buttons }], { width: 40, buttonNumbers: [1, 2, 3] })).toEqual([
      '[1] Acknowledge   [2] Snooze 10 min',
      '[3] Dismiss   [Show here]',
    ]);
  });

  test('and says what it left out', () => {
    const rows = Array.from({ length: 45 }, (_, at) => [String(at)]);
    expect(bodyOf([{ kind: 'table', columns: ['N'], rows }]).at(-1)).toBe('… and 15 more rows, left out here.');
    const lines = bodyOf([{ kind: 'text', text: Array.from({ length: 60 }, (_, at) => `line ${at}`).join('\n') }]);
    expect(lines).toHaveLength(LINES_MAX);
    expect(lines.at(-1)).toBe('… and 21 more lines, left out here.');
  });

  test('with a sign besides the colour, and colours only where asked for', () => {
    const critical: Message = { ...say('Sold out'), tone: 'critical' };
    expect(renderMessage(critical, LOOK).headline).toEqual(['● Sold out']);
    expect(renderMessage(critical, { ...LOOK, colours: true }).headline[0]).toContain('\u001B[');
  });

  test.each([
    [undefined, 100],
    [20, 40],
    [88, 88],
    [300, 120],
  ])('a terminal of %s columns is drawn %s wide', (columns, width) => {
    expect(widthOf(columns)).toBe(width);
  });
});

const CARD: Delivery = {
  postId: 'p1',
  address: 'alerts',
  message: {
    summary: 'Hoodie, medium is sold out',
    tone: 'critical',
    mentions: [{ role: 'fulfilment' }, { personId: 'maya' }],
    parts: [
      { kind: 'text', text: 'Hoodie, medium is sold out' },
      { kind: 'buttons', buttons: [button('Acknowledge')] },
    ],
  },
  buttonIds: ['b1'],
  kind: 'card',
  broadcast: false,
  remoteId: null,
  replyToRemoteId: null,
  pings: [
    { mention: { role: 'fulfilment' }, people: [{ personId: 'finn', name: 'Finn', accountIds: ['finn'] }], elsewhere: [] },
    { mention: { personId: 'maya' }, people: [{ personId: 'maya', name: 'Maya', accountIds: ['maya'] }], elsewhere: [] },
  ],
  createdAtMs: AT,
  repostCount: 0,
  zone: 'America/New_York',
  locale: 'en',
};
const RING: Delivery = { ...CARD, postId: 'p2', kind: 'ring', replyToRemoteId: 'p1' };

async function drawn(...deliveries: readonly Delivery[]): Promise<string[]> {
  const lines: string[] = [];
  const sender = consoleSender({ write: (line) => lines.push(line), now: () => AT, width: () => 80 });
  for (const delivery of deliveries) await sender.deliver(delivery);
  return lines;
}

describe('a post is shown', () => {
  test('as a ring, with whom it pings', async () => {
    expect(await drawn(RING)).toEqual([
      '#alerts     19:04:11  RING  ● Hoodie, medium is sold out',
      '  │ 🔔 pings Finn (fulfilment)',
      '  │ 🔔 pings Maya',
      '  │ [1] Acknowledge',
    ]);
  });

  test('as an edit, which pings nobody', async () => {
    const edit = { ...CARD, remoteId: 'p1', pings: [] };
    expect(await drawn(edit, { ...edit, remoteId: 'p3', kind: 'ring' })).toEqual([
      '#alerts     19:04:11  EDIT  ● Hoodie, medium is sold out',
      '  │ [1] Acknowledge',
      '#alerts     19:04:11  EDIT  ● Hoodie, medium is sold out',
      '  │ [1] Acknowledge',
    ]);
  });

  test('as an edit of a card drawn before, with what changed', async () => {
    const fields = (left: string): Part => ({
      kind: 'fields',
      rows: [
        ['SKU', 'HOODIE-M'],
        ['Left', left],
      ],
    });
    const card = (left: string): Delivery => ({
      ...CARD,
      message: { ...CARD.message, parts: [...CARD.message.parts, fields(left)] },
      pings: [],
    });
    const edit = { ...card('3'), remoteId: 'p1', pings: [] };
    const over = { ...edit, buttonIds: [], message: { ...edit.message, tone: 'good', parts: [fields('3')] } } as const;
    expect((await drawn(card('4'), edit, edit, over)).slice(4)).toEqual([
      '#alerts     19:04:11  EDIT  ● Hoodie, medium is sold out',
      '  │ Left  3',
      '#alerts     19:04:11  EDIT  ● Hoodie, medium is sold out',
      '#alerts     19:04:11  EDIT  ✓ Hoodie, medium is sold out',
      '  │ (its buttons are gone)',
    ]);
  });

  test('as new, saying so when nobody holds the role it would ping', async () => {
    const lines = await drawn({ ...CARD, pings: [{ mention: { role: 'host' }, people: [], elsewhere: [] }] });
    expect(lines.slice(0, 2)).toEqual([
      '#alerts     19:04:11  NEW   ● Hoodie, medium is sold out',
      '  │ 🔔 pings nobody: Nobody with the role host has an account here.',
    ]);
  });
});

test('what was delivered is on file, is found after a crash, and a torn line is passed over', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'showcaller-record-'));
  try {
    const record = join(folder, 'posts.jsonl');
    const quiet = { write: () => undefined, now: () => AT, record };
    const first = consoleSender(quiet);
    expect(await first.find(CARD)).toBeNull();
    expect(await first.deliver(CARD)).toEqual({ kind: 'sent', remoteId: 'p1' });
    await first.deliver({ ...CARD, remoteId: 'p1', pings: [] });
    appendFileSync(record, '{"postId":"p9","rem');
    const second = consoleSender(quiet);
    expect(await second.find(CARD)).toEqual({ remoteId: 'p1' });
    expect(await second.find({ ...CARD, postId: 'p9' })).toBeNull();
    await second.deliver(RING);
    expect(readRecord(record).map(({ postId, kind, pings }) => [postId, kind, pings])).toEqual([
      ['p1', 'new', ['finn', 'maya']],
      ['p1', 'edit', []],
      ['p2', 'ring', ['finn', 'maya']],
    ]);
    expect(readFileSync(record, 'utf8').endsWith('\n')).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a button keeps its number, and the oldest gives way', () => {
  const numbers = createButtonNumbers();
  expect(numbers.number([button('A'), button('B')], ['a', 'b'])).toEqual([1, 2]);
  expect(numbers.number([button('B'), button('C')], ['b', 'c'])).toEqual([2, 3]);
  for (let at = 0; at < BUTTONS_MAX - 2; at += 1) numbers.number([button('N')], [`n${at}`]);
  expect(numbers.find(1)).toBeNull();
  expect(numbers.find(2)).toMatchObject({ buttonId: 'b', label: 'B' });
  expect(numbers.number([button('A')], ['a'])).toEqual([BUTTONS_MAX + 2]);
});

test('numbers on file go on after a restart: an old one still means its button', () => {
  const folder = mkdtempSync(join(tmpdir(), 'showcaller-numbers-'));
  try {
    const record = join(folder, 'posts.jsonl');
    const end = { title: 'End?', text: 'It is over then.', yes: 'End it' };
    const before = createButtonNumbers(buttonRecord(record));
    expect(before.number([button('A'), button('End', end)], ['a', 'b'])).toEqual([1, 2]);
    before.number([button('A')], ['a']); // known: nothing to keep
    expect(readFileSync(record, 'utf8').split('\n')).toHaveLength(3);
    appendFileSync(record, '{"button":9,"butt');
    const after = createButtonNumbers(buttonRecord(record));
    expect(after.find(2)).toEqual({ buttonId: 'b', label: 'End', confirm: end });
    expect(after.number([button('C'), button('A')], ['c', 'a'])).toEqual([3, 1]);
    for (let at = 0; at < BUTTONS_MAX; at += 1) after.number([button('N')], [`n${at}`]);
    const later = createButtonNumbers(buttonRecord(record));
    expect([later.find(3), later.find(BUTTONS_MAX + 3)?.buttonId]).toEqual([null, `n${BUTTONS_MAX - 1}`]);
    expect(later.number([button('D')], ['d'])).toEqual([BUTTONS_MAX + 4]);
    expect(readRecord(record)).toEqual([]); // buttons are no deliveries
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('at the desk', () => {
  const SEAT = { account: { platform: 'console', accountId: 'maya' }, place: { platform: 'console', channel: 'team' } } as const;
  type Run = Parameters<typeof createDesk>[0]['run'];
  type Asking = Parameters<Run>[0]['ask'];
  function desk(formOf: (ask: Asking) => Awaited<ReturnType<Run>>['form'] = () => null) {
    const numbers = createButtonNumbers();
    const asked: unknown[] = [];
    const told: string[] = [];
    const made = createDesk({
      teamId: 't',
      numbers,
      run: async ({ ask }) => {
        asked.push(ask);
        return { message: say('done'), buttonIds: [], form: formOf(ask), telling: { zone: 'UTC', locale: 'en' } };
      },
      show: ({ message }) => told.push(message.summary),
    });
    return { numbers, asked, told, type: (line: string) => made.handle(line, SEAT) };
  }

  test('a dangerous button runs only after yes', async () => {
    const { numbers, asked, told, type } = desk();
    numbers.number([button('End', { title: 'End the show?', text: 'It cannot be started again.', yes: 'End it' })], ['b1']);
    await type('1');
    await type('no');
    await type('yes');
    expect(asked).toEqual([]);
    expect(told).toEqual([
      'End the show?',
      'End was not done.',
      'Commands start with a slash: /help lists them. A button is pressed by its number.',
    ]);
    await type('press 1');
    await type('yes');
    await type('yes');
    expect(asked).toEqual([{ kind: 'button', buttonId: 'b1' }]);
  });

  const REASON = text('Why it needs nothing', { charsMax: 300 });
  const DISMISS = {
    name: 'alert dismiss',
    summary: 'Close an alert',
    may: 'alert.acknowledge',
    run: () => Promise.resolve(say('never run by the desk')),
  } as const;
  function needy(missing: Readonly<Record<string, Option>>) {
    const made = desk((ask) =>
      ask.kind === 'button' && ask.buttonId === 'b1'
        ? { command: { ...DISMISS, options: missing }, input: { alert: 'a1' }, missing: Object.keys(missing) }
        : null,
    );
    made.numbers.number([button('Dismiss'), button('Stock')], ['b1', 'b2']);
    return made;
  }

  test('a button whose command needs more asks for it on the next line, then runs with both', async () => {
    const { asked, told, type } = needy({ reason: REASON });
    await type('1');
    expect(told).toEqual(['Dismiss (a1): Why it needs nothing?']);
    await type('  a miscount ');
    expect(asked).toEqual([
      { kind: 'button', buttonId: 'b1' },
      { kind: 'form', name: 'alert dismiss', input: { alert: 'a1', reason: 'a miscount' } },
    ]);
    await type('a miscount'); // nothing is asked any more
    expect(asked).toHaveLength(2);
  });

  test('of several things needed, each is asked for in turn; a number is a number where one is asked for', async () => {
    const { asked, told, type } = needy({ units: whole('How many', { min: 0, max: 9 }), reason: REASON });
    await type('1');
    await type('2');
    await type('yes');
    expect(told).toEqual(['Dismiss (a1): How many?', 'Dismiss (a1, 2): Why it needs nothing?', 'done']);
    expect(asked.at(-1)).toEqual({ kind: 'form', name: 'alert dismiss', input: { alert: 'a1', units: '2', reason: 'yes' } });
  });

  test('an empty line, a command or another button leaves what was asked for undone', async () => {
    for (const line of ['', '/stock', '[2]']) {
      const { asked, told, type } = needy({ reason: REASON });
      await type('1');
      await type(line);
      expect(told[1]).toBe('Dismiss was not done.');
      expect(asked.filter((ask) => (ask as { kind: string }).kind === 'form')).toEqual([]);
      await type('too late');
      expect(asked).toHaveLength(line === '' ? 1 : 2);
    }
  });

  test('commands run, plain buttons run at once, unknown numbers are said so', async () => {
    const { numbers, asked, told, type } = desk();
    numbers.number([button('Stock')], ['b1']);
    await type('/stock');
    await type('1');
    await type('7');
    await type('');
    expect(asked).toEqual([
      { kind: 'text', text: '/stock' },
      { kind: 'button', buttonId: 'b1' },
    ]);
    expect(told.at(-1)).toBe('No button here has the number 7.');
  });
});

test('lines are handled one at a time, in order, to the end of the input', async () => {
  const input = new PassThrough();
  const output = new PassThrough();
  const handled: string[] = [];
  const gate = Promise.withResolvers<void>();
  const connection = connectConsole({
    input,
    output,
    prompt: () => '> ',
    complete: async () => [],
    onLine: async (line) => {
      if (line === 'first') await gate.promise;
      handled.push(line);
    },
  });
  input.end('first\nsecond\nthird');
  connection.write('a post');
  expect(handled).toEqual([]);
  gate.resolve();
  await connection.ended;
  expect(handled).toEqual(['first', 'second', 'third']);
  expect(String(output.read())).toBe('a post\n');
});
