import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyCommand, Options } from '../../src/ports/command.ts';
import { choice, day, duration, text, whole } from '../../src/ports/command.ts';
import { say } from '../../src/ports/message.ts';
import { checkInput, formatCall, readCommand, readOptions } from '../../src/chat/grammar.ts';
import { usage } from '../../src/words/usage.ts';
import { durationMs, durationText } from '../../src/domain/duration.ts';

function command(name: string, options: Options): AnyCommand {
  return { name, summary: name, may: 'stock.see', options, run: async () => say(name) };
}

const MINUTE = 60_000;
const STOCK = command('stock', {
  sku: text('Item', { charsMax: 64, required: false, suggest: 'sku' }),
  show: choice('Show', ['here'], { required: false }),
});
const PAUSE = command('pause', {
  what: text('What', { charsMax: 64, required: false }),
  reason: text('Why', { charsMax: 200, required: false }),
  for: duration('How long', { minMs: MINUTE, maxMs: 7 * 24 * 60 * MINUTE }),
});
const RECEIVE = command('inventory receive', {
  sku: text('Item', { charsMax: 64 }),
  units: whole('Units', { min: -10, max: 10_000 }),
  reason: text('Why', { charsMax: 200, required: false }),
});
const MOVE = command('milestone move', {
  milestone: text('Which', { charsMax: 100 }),
  to: day('New day'),
  reason: text('Why', { charsMax: 200 }),
});
const GRANT = command('team grant', {
  person: text('Who', { charsMax: 60 }),
  role: choice('Role', ['founder', 'producer', 'ops-lead']),
});
const POLICY = command('policy', {
  topic: choice('Topic', ['returns', 'sizing'], { required: false }),
  about: text('About', { charsMax: 40, required: false }),
});
const LIMIT = command('limit', {
  value: whole('At', { min: 0, max: 99, required: false }),
  unit: choice('Of what', ['units', 'percent'], { required: false }),
  severity: choice('How grave', ['live'], { required: false }),
  replaces: text('Replaces', { charsMax: 40, required: false }),
});
const LIST = command('milestone list', {});
const ALL = [STOCK, PAUSE, RECEIVE, MOVE, GRANT, POLICY, LIMIT, LIST];

describe('a line becomes input', () => {
  test.each<[string, AnyCommand, Record<string, string | number>]>([
    ['/stock', STOCK, {}],
    ['stock HOODIE-M', STOCK, { sku: 'HOODIE-M' }],
    ['/STOCK here', STOCK, { show: 'here' }],
    ['/stock HOODIE-M here', STOCK, { sku: 'HOODIE-M', show: 'here' }],
    ['/stock "here"', STOCK, { sku: 'here' }],
    ['/stock show:here sku:HOODIE-M', STOCK, { sku: 'HOODIE-M', show: 'here' }],
    ['/limit 20% live', LIMIT, { value: 20, unit: 'percent', severity: 'live' }],
    ['/limit 20 % live', LIMIT, { value: 20, unit: 'percent', severity: 'live' }],
    ['/limit 20 units live "5%"', LIMIT, { value: 20, unit: 'units', severity: 'live', replaces: '5%' }],
    ['/pause 20% off', PAUSE, { what: '20%', reason: 'off' }],
    ['/pause', PAUSE, {}],
    ['/pause HOODIE-M label misprint', PAUSE, { what: 'HOODIE-M', reason: 'label misprint' }],
    ['/pause HOODIE-M label misprint for:10m', PAUSE, { what: 'HOODIE-M', reason: 'label misprint', for: 10 * MINUTE }],
    ['/pause for:1h30m HOODIE-M label  misprint', PAUSE, { what: 'HOODIE-M', reason: 'label misprint', for: 90 * MINUTE }],
    ['/pause reason:"the label: wrong" HOODIE-M', PAUSE, { what: 'HOODIE-M', reason: 'the label: wrong' }],
    ['/pause HOODIE-M reason: label misprint', PAUSE, { what: 'HOODIE-M', reason: 'label misprint' }],
    ['/pause * see https://x.test/a:b', PAUSE, { what: '*', reason: 'see https://x.test/a:b' }],
    ['/pause HOODIE-M 10m', PAUSE, { what: 'HOODIE-M', reason: '10m' }],
    ['/pause HOODIE-M said “no”', PAUSE, { what: 'HOODIE-M', reason: 'said “no”' }],
    ['/pause “Box set” 5" pin bent', PAUSE, { what: 'Box set', reason: '5" pin bent' }],
    ['/inventory receive HOODIE-M 5', RECEIVE, { sku: 'HOODIE-M', units: 5 }],
    ['/inventory receive HOODIE-M -3 sent back twice', RECEIVE, { sku: 'HOODIE-M', units: -3, reason: 'sent back twice' }],
    ['/inventory  RECEIVE  units:+5 HOODIE-M', RECEIVE, { sku: 'HOODIE-M', units: 5 }],
    ['/inventory receive Hoodie medium 5 late', RECEIVE, { sku: 'Hoodie medium', units: 5, reason: 'late' }],
    [
      '/milestone move Final QC 2027-01-20 factory closed',
      MOVE,
      { milestone: 'Final QC', to: '2027-01-20', reason: 'factory closed' },
    ],
    ['/team grant Finn Ops-Lead', GRANT, { person: 'Finn', role: 'ops-lead' }],
    ['/policy hats', POLICY, { about: 'hats' }],
    ['/policy sizing hats', POLICY, { topic: 'sizing', about: 'hats' }],
    ['/milestone', LIST, {}],
  ])('%s', (line, expected, input) => {
    expect(readCommand(line, ALL)).toEqual({ kind: 'input', command: expected, input });
  });
});

describe('a line is not understood', () => {
  test.each<[string, unknown]>([
    ['', { kind: 'no-such-command', asked: '', near: null }],
    ['/stonk', { kind: 'no-such-command', asked: 'stonk', near: 'stock' }],
    ['/inventory', { kind: 'which-verb', group: 'inventory', asked: null, verbs: [RECEIVE], near: null }],
    ['/inventory recieve X 1', { kind: 'which-verb', group: 'inventory', asked: 'recieve', verbs: [RECEIVE], near: 'receive' }],
    ['/inventory receive', { kind: 'missing', command: RECEIVE, input: {}, missing: ['sku', 'units'] }],
    ['/inventory receive HOODIE-M', { kind: 'missing', command: RECEIVE, input: { sku: 'HOODIE-M' }, missing: ['units'] }],
    [
      '/inventory receive HOODIE-M five',
      {
        kind: 'faults',
        command: RECEIVE,
        faults: [{ kind: 'not-whole', option: 'units', given: 'five', min: -10, max: 10_000 }],
      },
    ],
    [
      '/inventory receive HOODIE-M 2.5',
      { kind: 'faults', command: RECEIVE, faults: [{ kind: 'not-whole', option: 'units', given: '2.5', min: -10, max: 10_000 }] },
    ],
    [
      '/inventory receive HOODIE-M 10001',
      {
        kind: 'faults',
        command: RECEIVE,
        faults: [{ kind: 'out-of-range', option: 'units', given: '10001', min: -10, max: 10_000 }],
      },
    ],
    [
      '/team grant Finn prodcer',
      {
        kind: 'faults',
        command: GRANT,
        faults: [
          {
            kind: 'not-a-choice',
            option: 'role',
            given: 'prodcer',
            choices: ['founder', 'producer', 'ops-lead'],
            near: 'producer',
          },
        ],
      },
    ],
    ['/team grant Finn producer now', { kind: 'faults', command: GRANT, faults: [{ kind: 'too-much', given: 'now' }] }],
    [
      '/milestone move QC 2027-02-30 late',
      { kind: 'faults', command: MOVE, faults: [{ kind: 'not-a-day', option: 'to', given: '2027-02-30' }] },
    ],
    ['/pause for:soon', { kind: 'faults', command: PAUSE, faults: [{ kind: 'not-a-duration', option: 'for', given: 'soon' }] }],
    [
      '/pause for:10s',
      {
        kind: 'faults',
        command: PAUSE,
        faults: [{ kind: 'duration-out-of-range', option: 'for', given: '10s', minMs: MINUTE, maxMs: 7 * 24 * 60 * MINUTE }],
      },
    ],
    ['/pause for:2h for:3h', { kind: 'faults', command: PAUSE, faults: [{ kind: 'given-twice', option: 'for' }] }],
    [`/stock ${'x'.repeat(65)}`, { kind: 'faults', command: STOCK, faults: [{ kind: 'too-long', option: 'sku', charsMax: 64 }] }],
  ])('%s', (line, expected) => {
    expect(readCommand(line, ALL)).toEqual(expected);
  });

  test('a named reason never swallows the thing to pause', () => {
    expect(readCommand('/pause reason:misprint HOODIE-M', ALL)).toMatchObject({
      input: { what: 'HOODIE-M', reason: 'misprint' },
    });
  });
});

describe('input that was not typed', () => {
  test('is held to the same limits', () => {
    expect(checkInput(RECEIVE, { sku: 'PIN', units: 10_001 })).toMatchObject({ kind: 'faults' });
    expect(checkInput(RECEIVE, { sku: 'PIN', units: 1.5 })).toMatchObject({ kind: 'faults' });
    expect(checkInput(RECEIVE, { sku: ' ', units: 1 })).toMatchObject({ kind: 'missing', missing: ['sku'] });
    expect(checkInput(PAUSE, { for: 10 * MINUTE })).toMatchObject({ kind: 'input', input: { for: 10 * MINUTE } });
    expect(checkInput(PAUSE, { for: '10m' })).toMatchObject({ kind: 'input', input: { for: 10 * MINUTE } });
    expect(checkInput(PAUSE, { toString: 'x' })).toMatchObject({ kind: 'faults', faults: [{ kind: 'no-such-option' }] });
    expect(checkInput(PAUSE, { what: { a: 1 } })).toMatchObject({ kind: 'input', input: { what: '{"a":1}' } });
  });
});

test('usage shows what may be left out', () => {
  expect(ALL.map(usage)).toEqual([
    '/stock [sku] [here]',
    '/pause [what] [reason] [for:10m]',
    '/inventory receive <sku> <units> [reason]',
    '/milestone move <milestone> <to> <reason>',
    '/team grant <person> <founder|producer|ops-lead>',
    '/policy [returns|sizing] [about]',
    '/limit [value] [units|percent] [live] [replaces]',
    '/milestone list',
  ]);
});

test.each([
  ['30s', 30_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['1H30M', 5_400_000],
  ['1d2h3m4s', 93_784_000],
  ['', null],
  ['10', null],
  ['30m1h', null],
  ['-5m', null],
])('%s lasts %s ms', (typed, ms) => {
  expect(durationMs(typed)).toBe(ms);
});

const SOME_TEXT = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.stringMatching(/^[a-z":“” \\*@<>/-]{1,30}$/),
  fc.constantFrom('here', '5', 'for:10m', 'reason:x', '2027-01-20', '"', '“x', 'a "b" c', 'a\nb', '/pause'),
);
const VALUE = SOME_TEXT.map((value) => value.trim()).filter((value) => value !== '');

describe('for any text', () => {
  test('reading never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          SOME_TEXT,
          fc.tuple(fc.constantFrom(...ALL), SOME_TEXT).map(([{ name }, rest]) => `/${name} ${rest}`),
        ),
        (line) => {
          readCommand(line, ALL);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const CALLS: fc.Arbitrary<readonly [AnyCommand, Record<string, string | number | undefined>]> = fc.oneof(
    fc.record({ sku: optional(VALUE), show: optional(fc.constant('here')) }).map((input) => [STOCK, input] as const),
    fc
      .record({
        what: optional(VALUE),
        reason: optional(VALUE),
        for: optional(fc.integer({ min: 60, max: 604_800 }).map((s) => s * 1000)),
      })
      .map((input) => [PAUSE, input] as const),
    fc
      .record({ sku: VALUE, units: fc.integer({ min: -10, max: 10_000 }), reason: optional(VALUE) })
      .map((input) => [RECEIVE, input] as const),
    fc.record({ milestone: VALUE, to: fc.constant('2027-01-20'), reason: VALUE }).map((input) => [MOVE, input] as const),
    fc.record({ topic: optional(fc.constant('sizing')), about: optional(VALUE) }).map((input) => [POLICY, input] as const),
  );

  test('a call that is typed out reads back as itself', () => {
    fc.assert(
      fc.property(CALLS, ([called, input]) => {
        const given = Object.fromEntries(
          Object.entries(input).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
        );
        expect(checkInput(called, given).kind).not.toBe('missing');
        const line = formatCall(called, given);
        const limit = checkInput(called, given);
        expect(readCommand(line, ALL)).toEqual(limit);
        expect('input' in limit ? limit.input : given).toEqual(given);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a duration reads back as itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 * 86_400 }), (seconds) => {
        expect(durationMs(durationText(seconds * 1000))).toBe(seconds * 1000);
      }),
    );
  });
});

test('a typed-out call is as short as it can be', () => {
  expect(formatCall(PAUSE, { what: 'HOODIE-M', reason: 'label misprint', for: 10 * MINUTE })).toBe(
    '/pause HOODIE-M label misprint for:10m',
  );
  expect(formatCall(PAUSE, { reason: 'label misprint' })).toBe('/pause reason:"label misprint"');
  expect(formatCall(STOCK, { sku: 'here' })).toBe('/stock sku:here');
  expect(readOptions(STOCK, '"here"')).toMatchObject({ input: { sku: 'here' } });
});
