import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Telling } from '../../src/ports/message.ts';
import type { StockBoard, StockBundle, StockItem } from '../../src/ports/store/stock.ts';
import { VERSION } from '../../src/words/health.ts';
import { stockAnswer, stockPost, thresholdWords } from '../../src/words/stock.ts';
import { stockChanged } from '../../src/words/stock-change.ts';
import { oneLine, summarized } from '../../src/words/summary.ts';
import { HOODIE as SAMPLE_HOODIE } from '../support/sample-facts.ts';

const AS_OF = Date.UTC(2027, 0, 30, 0, 4, 11);
const TELLING: Telling = { locale: 'en', zone: 'America/New_York', nameOf: (personId) => personId.toUpperCase() };

const HOODIE: StockItem = { ...SAMPLE_HOODIE, dropId: 'run' };
const SHORT: StockItem = {
  ...HOODIE,
  sku: 'PIN',
  name: 'PIN',
  level: { onHand: 5, committed: 8, reserve: 0, held: 0, damaged: 0 },
  incomingUnits: 0,
  availableUnits: 0,
  oversoldUnits: 3,
  bucket: 'sold out',
  priceMinor: null,
  paused: true,
  thresholds: [],
};
const BOX: StockBundle = {
  sku: 'BOX',
  name: 'Box',
  dropId: 'run',
  availableUnits: 7,
  oversoldUnits: 0,
  bindingSku: 'PIN',
  components: [
    { sku: 'HOODIE-M', unitsPerBundle: 1, availableUnits: 46 },
    { sku: 'PIN', unitsPerBundle: 2, availableUnits: 15 },
  ],
  bucket: 'low',
  priceMinor: 7200,
  currency: 'JPY',
  paused: false,
  thresholds: [],
};
const board = (items: readonly StockItem[], bundles: readonly StockBundle[] = []): StockBoard => ({
  asOfMs: AS_OF,
  items,
  bundles,
});
const AS_OF_LINE = { kind: 'context', text: ['As of ', { kind: 'time', atMs: AS_OF, style: 'clock' }] };

describe('to the team', () => {
  test('one item is its formula with numbers', () => {
    expect(stockAnswer({ audience: 'team', board: board([HOODIE]) }, TELLING)).toEqual({
      summary: 'Hoodie, medium (HOODIE-M): 46 left to sell',
      tone: 'plain',
      mentions: [],
      parts: [
        { kind: 'text', text: [{ kind: 'strong', text: 'Hoodie, medium (HOODIE-M)' }] },
        { kind: 'text', text: '60 on hand − 12 committed − 2 reserve − 0 held − 0 damaged = 46 left to sell' },
        {
          kind: 'fields',
          rows: [
            ['Price', '$58.00'],
            ['Incoming', '20 on their way'],
            ['Alerts at', '20 % of sellable (routine), sold out (critical), oversold (critical)'],
          ],
        },
        AS_OF_LINE,
      ],
    });
  });

  test('oversold stands apart and is critical, paused is said', () => {
    const message = stockAnswer({ audience: 'team', board: board([SHORT]) }, TELLING);
    expect(message.summary).toBe('PIN: oversold by 3, none left to sell; its promotion is paused');
    expect(message.tone).toBe('critical');
    expect(message.parts[1]).toEqual({
      kind: 'text',
      text: '5 on hand − 8 committed − 0 reserve − 0 held − 0 damaged = −3 left to sell',
    });
    expect(message.parts[2]).toEqual({
      kind: 'fields',
      rows: [
        ['Oversold', 'by 3: more were sold than may be sold'],
        ['Promotion', 'paused'],
      ],
    });
  });

  test('a bundle names the component that limits it', () => {
    const message = stockAnswer({ audience: 'team', board: board([], [BOX]) }, TELLING);
    expect(message.summary).toBe('Box (BOX): 7 left to sell');
    expect(message.parts.slice(1, 4)).toEqual([
      { kind: 'text', text: '7 left to sell, limited by PIN (15 left, 2 in each bundle)' },
      {
        kind: 'table',
        columns: ['Component', 'Left to sell', 'In one bundle', 'Enough for'],
        rows: [
          ['HOODIE-M', '46', '1', '46'],
          ['PIN (limits it)', '15', '2', '7'],
        ],
      },
      { kind: 'fields', rows: [['Price', '¥7,200']] },
    ]);
  });

  test('a board is a table with oversold apart, and the formula below', () => {
    const message = stockAnswer({ audience: 'team', board: board([HOODIE, SHORT], [BOX]) }, TELLING);
    expect(message.summary).toBe('Stock: 3 items, 1 oversold, 1 low, 1 paused');
    expect(message.parts[0]).toEqual({
      kind: 'table',
      columns: ['Item', 'Left', 'Oversold', 'On hand', 'Committed', 'Reserve', 'Held', 'Damaged'],
      rows: [
        ['HOODIE-M', '46', '', '60', '12', '2', '0', '0'],
        ['PIN (paused)', '0', '3', '5', '8', '0', '0', '0'],
      ],
    });
    expect(message.parts[1]).toEqual({
      kind: 'table',
      columns: ['Bundle', 'Left', 'Oversold', 'Limited by'],
      rows: [['BOX', '7', '', 'PIN']],
    });
  });

  test('a long board begins with what needs somebody', () => {
    const items = Array.from({ length: 25 }, (_, at): StockItem => ({
      ...HOODIE,
      sku: `S${at}`,
      bucket: at === 20 ? 'low' : 'available',
    }));
    const [table] = stockAnswer({ audience: 'team', board: board([...items, SHORT]) }, TELLING).parts;
    const skus = table?.kind === 'table' ? table.rows.map(([sku]) => sku) : [];
    expect(skus.slice(0, 4)).toEqual(['PIN (paused)', 'S20', 'S0', 'S1']);
    expect(skus).toHaveLength(26);
  });
});

describe('to the public', () => {
  test('one item is a bucket and a price', () => {
    const answer = { audience: 'public', board: board([HOODIE]) } as const;
    expect(stockAnswer(answer, TELLING).summary).toBe('Hoodie, medium (HOODIE-M): available, $58.00');
    expect(stockAnswer(answer, TELLING).parts).toEqual([]);
    expect(stockPost({ answer, shownBy: 'sam' }, TELLING).parts).toEqual([
      { kind: 'text', text: 'Hoodie, medium (HOODIE-M): available, $58.00' },
      { kind: 'context', text: 'Shown by SAM' },
    ]);
  });

  test('a board holds no number of units', () => {
    const message = stockAnswer({ audience: 'public', board: board([HOODIE, SHORT], [BOX]) }, TELLING);
    expect(message).toMatchObject({
      summary: '2 of 3 items can be bought',
      tone: 'plain',
      parts: [
        {
          columns: ['Item', 'SKU', 'Stock', 'Price'],
          rows: [
            ['Hoodie, medium', 'HOODIE-M', 'available', '$58.00'],
            ['PIN', 'PIN', 'sold out', ''],
            ['Box', 'BOX', 'low', '¥7,200'],
          ],
        },
      ],
    });
    expect(message.parts).toHaveLength(1);
  });

  test('an empty board says where items come from', () => {
    expect(stockAnswer({ audience: 'public', board: board([]) }, TELLING).summary).toMatch(/^Nothing is listed yet/);
  });
});

describe('a change by hand', () => {
  const done = (units: number, level = HOODIE.level) => ({ kind: 'done', units, item: { ...HOODIE, level } }) as const;
  test.each([
    [
      'receive',
      20,
      '20 of Hoodie, medium (HOODIE-M) received: on hand 40 → 60.',
      '/inventory adjust HOODIE-M -20 received by mistake',
    ],
    ['ship', 5, '5 of Hoodie, medium (HOODIE-M) shipped: on hand 65 → 60, committed 17 → 12.', null],
    ['count', -2, 'Hoodie, medium (HOODIE-M) counted: on hand 62 → 60 (2 missing).', '/inventory count HOODIE-M <units>'],
    [
      'count',
      3,
      'Hoodie, medium (HOODIE-M) counted: on hand 57 → 60 (3 more than the books said).',
      '/inventory count HOODIE-M <units>',
    ],
    ['count', 0, 'Hoodie, medium (HOODIE-M) counted: 60, as the books said.', null],
    ['adjust', -4, 'Hoodie, medium (HOODIE-M) corrected by −4: on hand 64 → 60.', '/inventory adjust HOODIE-M 4 taken back'],
    ['adjust', 4, 'Hoodie, medium (HOODIE-M) corrected by +4: on hand 56 → 60.', '/inventory adjust HOODIE-M -4 taken back'],
    ['reserve', 2, '2 of Hoodie, medium (HOODIE-M) kept back: reserve 0 → 2.', '/inventory reserve HOODIE-M -2'],
    ['reserve', -1, '1 of Hoodie, medium (HOODIE-M) given back to sale: reserve 3 → 2.', '/inventory reserve HOODIE-M 1'],
  ] as const)('%s %i', (verb, units, summary, hint) => {
    const message = stockChanged(verb, done(units));
    expect(message.summary).toBe(summary);
    const context = message.parts.flatMap((part) =>
      part.kind === 'context' && typeof part.text === 'string' ? [part.text] : [],
    );
    expect(context.map((text) => text.replace(/^A slip\? (Count again: )?/, ''))).toEqual(hint === null ? [] : [hint]);
  });

  test.each([
    [
      { kind: 'is-bundle', sku: 'BOX' },
      'BOX is a bundle: its stock is that of its components. Change those instead. Nothing was changed.',
    ],
    [{ kind: 'unknown-sku', asked: 'X', near: [] }, 'No item is called X. /stock lists them. Nothing was changed.'],
    [{ kind: 'unknown-sku', asked: 'X', near: ['A', 'B'] }, 'No item is called X. Did you mean A or B? Nothing was changed.'],
    [
      { kind: 'short', item: HOODIE, missingUnits: 4 },
      'Hoodie, medium (HOODIE-M) is short by 4: 46 left to sell, 2 in reserve. Nothing was changed.',
    ],
  ] as const)('refused: %j', (answer, summary) => {
    expect(stockChanged('reserve', answer)).toMatchObject({ tone: 'refusal', summary });
  });
});

test.each([
  ['units', 5, '5 left (live)'],
  ['units', 0, 'sold out (live)'],
  ['percent', 20, '20 % of sellable (live)'],
  ['minutes', 10, '10 min left (live)'],
  ['oversold', -1, 'oversold (live)'],
] as const)('a threshold at %s %i reads %s', (unit, value, words) => {
  expect(thresholdWords({ id: 'x', unit, value, severity: 'live' })).toBe(words);
});

test('a summary is one line of at most 150 characters, and what is cut is still said', () => {
  const long = 'x'.repeat(200);
  const message = summarized({ summary: long, tone: 'plain', mentions: [], parts: [] });
  expect(message.summary).toBe(`${'x'.repeat(149)}…`);
  expect(message.parts).toEqual([{ kind: 'text', text: long }]);
  expect(oneLine(' a\n b\t', 10)).toBe('a b');
  expect(oneLine('👩‍👩‍👧👩‍👩‍👧', 10)).toBe('👩‍👩‍👧…');
});

test('the version said is the version released', () => {
  expect(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))).toMatchObject({ version: VERSION });
});
