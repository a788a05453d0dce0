import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { columnsOf, ordersFile, planFile, type FileReading } from '../../src/verbs/files.ts';
import { temporarySqlite } from '../support/engines.ts';
import { hostileText, PROPERTY_MS_MAX, runsOf } from '../support/hostile.ts';
import { NOW } from '../support/plan.ts';

const HOODIES = readFileSync(new URL('../../examples/hoodie-run.yaml', import.meta.url), 'utf8');
const RUNS = runsOf(150);
vi.setConfig({ testTimeout: PROPERTY_MS_MAX });
const READ_MS_MAX = 3_000;
// What a terminal would obey: controls, and marks that reorder or hide what follows. The joiners of emoji are letters here.
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}]|(?![\u200C\u200D])\p{Cf}/u;

let folder: string;
let ground: ReturnType<typeof temporarySqlite>;
let caseCount = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'showcaller-hostile-'));
  ground = temporarySqlite();
});
afterAll(async () => {
  await ground.remove();
  rmSync(folder, { recursive: true, force: true });
  console.info(`hostile-files: ${caseCount} files`);
});

/** Reads what somebody made, from a real file: in time, as something or as faults in plain lines. */
function expectSane<T>(content: string | Buffer, read: (file: string) => FileReading<T>): FileReading<T> {
  caseCount += 1;
  const file = join(folder, 'file');
  writeFileSync(file, content);
  const began = performance.now();
  const reading = read(file);
  expect(performance.now() - began).toBeLessThan(READ_MS_MAX);
  const lines = reading.kind === 'faulty' ? reading.lines : [];
  expect(reading.kind === 'faulty' ? lines.length > 1 : true).toBe(true);
  expect(lines.length).toBeLessThanOrEqual(52);
  for (const line of lines) {
    expect([line, OBEYED.exec(line)]).toEqual([line, null]);
    expect(line.length).toBeLessThanOrEqual(1_000);
  }
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  return reading;
}

// Nine levels of nine aliases each: 387 million words, were they all written out.
const BOMB = Array.from(
  { length: 9 },
  (_, at) =>
    `l${at}: &l${at} [${Array(9)
      .fill(at === 0 ? 'x' : `*l${at - 1}`)
      .join(', ')}]\n`,
).join('');
const YAML = [
  BOMB,
  '&x [*x]',
  '<<: *nobody',
  '<<: { team: { id: evil } }',
  '? { a: b }\n: c\n',
  '? [1, 2]\n: c\n',
  '!!js/function "function () { return 1 }"',
  '!!python/object/apply:os.system ["id"]',
  '!!binary aGVsbG8=',
  '!<tag:yaml.org,2002:set> { a, b }',
  '%YAML 1.1\n---\n',
  '---\n...\n---\n',
  '__proto__: { polluted: true }\n',
  'constructor: { prototype: { polluted: true } }\n',
  '"\\u001b[2J\\u0007": 1\n',
  '"\\ud800": 1\n',
  '.inf',
  '1e400',
  '0o17',
  '2027-13-45',
  '| \n  x\n',
  '[[[[[[[[[[[[[[[[',
  `${'['.repeat(3_000)}${']'.repeat(3_000)}`,
  '\t- x',
  '\uFEFF',
  '\u0000',
  '\u001b]0;title\u0007',
  "x'; drop table people; --",
  '../../../etc/passwd',
];

const yamlPiece = fc.oneof(
  fc.constantFrom(...YAML),
  hostileText(120),
  hostileText(60).map((text) => JSON.stringify(text)),
);

test('the sample plan with something hostile put anywhere in it', async () => {
  const store = openStore(ground.engine);
  const values = [...HOODIES.matchAll(/(?<=: )[^\s{[#|>].*$/gmu)].map(({ index, 0: value }) => [index, value.length] as const);
  const cases = fc.record({
    at: fc.oneof(
      fc.nat(HOODIES.length).map((at) => [at, 0] as const),
      fc.constantFrom(...values),
    ),
    piece: yamlPiece,
  });
  const kinds = new Set<string>();
  await fc.assert(
    fc.asyncProperty(cases, async ({ at: [start, length], piece }) => {
      const reading = expectSane(`${HOODIES.slice(0, start)}${piece}${HOODIES.slice(start + length)}`, planFile);
      kinds.add(reading.kind);
      if (reading.kind === 'read') await store.importPlan({ plan: reading.value, by: null, nowMs: NOW });
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  expect([...kinds].toSorted()).toEqual(['faulty', 'read']);
});

test('any text and any bytes as a plan', () => {
  const texts = fc.oneof(
    fc.array(yamlPiece, { maxLength: 5 }).map((pieces) => pieces.join('\n')),
    fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      expect(expectSane(text, planFile).kind).toBe('faulty');
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
});

test.each<readonly [what: string, text: string, fault: RegExp]>([
  ['aliases that would grow to gigabytes', `${BOMB}team: *l8\n`, /at most 50 uses of YAML anchors/u],
  ['more than a plan can be', `# ${'x'.repeat(1024 * 1024)}\n`, /larger than 1 MiB/u],
  ['lists in lists, far too deep', `team: ${'['.repeat(100_000)}`, /far too deep/u],
  ['a hundred thousand keys', Array.from({ length: 60_000 }, (_, n) => `k${n}: 1`).join('\n'), /unknown key/u],
  ['escape sequences as a key', `${HOODIES}\n"\\e]0;owned\\a\\e[2J": 1\n`, /unknown key/u],
])('%s', (_, text, fault) => {
  const reading = expectSane(text, planFile);
  expect(reading.kind === 'faulty' ? reading.lines.join('\n') : '').toMatch(fault);
});

test('a file larger than any table of orders is not read', () => {
  const file = join(folder, 'huge');
  writeFileSync(file, '');
  truncateSync(file, 300 * 1024 * 1024); // sparse: it takes no room
  for (const read of [planFile, csvFile]) {
    expect(read(file)).toEqual({ kind: 'faulty', lines: [expect.stringMatching(/larger than \d+ MiB, the most it may be\.$/u)] });
  }
});

const COLUMNS = { id: 'id', sku: 'sku', units: 'units', at: 'at', price: 'price' } as const;
const csvFile = (file: string) => ordersFile(file, { columns: COLUMNS, zone: 'UTC' });
const HEADER = 'id,sku,units,at,price\n';

test('a table with hostile cells: quotes, formulas, marks, breaks', () => {
  const raw = fc.constantFrom(
    '"',
    '""',
    '"x',
    'x"y',
    '\r',
    '\n',
    ',',
    '\uFEFF',
    '\0',
    '\u001b[2J',
    '=1+1',
    '@x',
    '1e9',
    '-0',
    'x'.repeat(200_000),
  );
  const quoted = hostileText(80).map((text) => `"${text.replaceAll('"', '""')}"`);
  const row = fc.tuple(
    fc.oneof(fc.constant('A'), quoted, raw),
    fc.oneof(fc.constant('PIN'), quoted, raw),
    fc.oneof(fc.constant('3'), raw),
    fc.oneof(fc.constant('2027-01-29 19:00:07'), quoted, raw),
    fc.oneof(fc.constant('9.00'), raw),
  );
  const tables = fc
    .array(row, { minLength: 1, maxLength: 4 })
    .map((rows) => `${HEADER}${rows.map((cells) => cells.join(',')).join('\n')}\n`);
  fc.assert(
    fc.property(
      fc.oneof(
        tables,
        fc.array(raw, { maxLength: 30 }).map((pieces) => pieces.join('')),
      ),
      (text) => {
        expectSane(text, csvFile);
        expectSane(text, (file) => ordersFile(file, { columns: 'shopify', zone: 'UTC' }));
      },
    ),
    { numRuns: RUNS, endOnFailure: true },
  );
});

test('a table of any bytes, with a byte order mark, with a hundred thousand columns or one giant cell', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => void expectSane(Buffer.from(bytes), csvFile)),
    { numRuns: RUNS },
  );
  expect(expectSane(`\uFEFF${HEADER}A,PIN,3,2027-01-29 19:00:07,9\n`, csvFile).kind).toBe('read');
  expect(expectSane(`${'x,'.repeat(100_000)}\n1\n`, csvFile).kind).toBe('faulty');
  expect(expectSane(`${HEADER}"${'x\n'.repeat(500_000)}",PIN,3,x,9\n`, csvFile).kind).toBe('faulty');
  expect(expectSane(`${HEADER}"never closed\n${'A,PIN,3,2027-01-29 19:00:07,9\n'.repeat(1_000)}`, csvFile).kind).toBe('faulty');
});

test('any text as the names of columns', () => {
  fc.assert(
    fc.property(hostileText(), (text) => {
      const columns = columnsOf(text);
      expect(columns === null || Object.values(columns).every((name) => name !== '')).toBe(true);
    }),
    { numRuns: RUNS },
  );
});
