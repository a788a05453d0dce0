import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyTeams, type CopyAnswer } from '../../src/store/copy/copy.ts';
import { COPIED_TABLES } from '../../src/store/copy/schema.ts';
import type { Engine } from '../../src/store/engine/engine.ts';
import { openStore } from '../../src/store/store.ts';
import { checkLedger } from '../../src/store/stock/ledger-check.ts';
import { fillWithAnything } from '../support/any-rows.ts';
import { bootPglite, temporarySqlite } from '../support/engines.ts';
import { MAYA, NOW, seeded } from '../support/plan.ts';
import { stage } from '../support/promotion.ts';
import { temporaryPostgres } from '../support/real-postgres.ts';
import { everything } from '../support/rows.ts';

type Opened = { readonly engine: Engine; readonly close: () => Promise<void> };
type Direction = readonly [name: string, open: () => Promise<readonly [source: Opened, target: Opened]>];

async function pglite(): Promise<Opened> {
  const engine = await bootPglite();
  return { engine, close: engine.close };
}
async function sqlite(): Promise<Opened> {
  const { engine, remove } = temporarySqlite();
  return { engine, close: remove };
}

const serverUrl = process.env.TEST_DATABASE_URL;
const onServer = (url: string | undefined): readonly Direction[] =>
  url === undefined
    ? []
    : [
        ['SQLite to a PostgreSQL server', async () => [await sqlite(), await temporaryPostgres(url)]],
        ['a PostgreSQL server to SQLite', async () => [await temporaryPostgres(url), await sqlite()]],
      ];
const DIRECTIONS: readonly Direction[] = [
  ['SQLite to SQLite', async () => [await sqlite(), await sqlite()]],
  ['SQLite to PGlite', async () => [await sqlite(), await pglite()]],
  ['PGlite to SQLite', async () => [await pglite(), await sqlite()]],
  ...onServer(serverUrl),
];

const silent = { teamId: null, replace: false, takeOver: false, onProgress: () => undefined };
const SOURCE = 'fill-1';

test('every table and every column is copied, from the declarations themselves', async () => {
  const { engine, remove } = temporarySqlite();
  const columns = await engine.read(async (db) =>
    db.all<{ t: string; c: string }>(
      sql`select m.name as t, c.name as c from sqlite_master m join pragma_table_info(m.name) c
          where m.type = 'table' and m.name not like 'sqlite_%' and m.name not like '__drizzle%'`,
    ),
  );
  const counted = COPIED_TABLES.map(({ name, columns: known }) => [name, known.length]);
  const there = [...new Set(columns.map(({ t }) => t))].map((t) => [t, columns.filter((column) => column.t === t).length]);
  expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(there));
  await remove();
});

describe.each(DIRECTIONS)('%s', (_name, open) => {
  let source: Opened;
  let target: Opened;
  beforeAll(async () => {
    [source, target] = await open();
    // More than two pages of each table.
    await fillWithAnything(source.engine, SOURCE, { rowsEach: 1_100, seed: 11 });
    await fillWithAnything(source.engine, 'fill-2', { rowsEach: 3, seed: 12 });
  });
  afterAll(async () => {
    await source.close();
    await target.close();
  });

  test('one team arrives whole, and only that one; rows and checksums are told for every table', async () => {
    const told: number[] = [];
    const answer = await copyTeams({
      source: source.engine,
      target: target.engine,
      teamId: SOURCE,
      replace: false,
      takeOver: false,
      onProgress: ({ rowCount, totalRowCount }) => told.push(rowCount / totalRowCount),
    });
    if (answer.kind !== 'copied') throw new Error(answer.kind);
    expect(answer.teamIds).toEqual([SOURCE]);
    expect(answer.tables.map(({ table }) => table)).toEqual(COPIED_TABLES.map(({ name }) => name));
    expect(answer.tables.map(({ source: read }) => read)).toEqual(answer.tables.map(({ target: written }) => written));
    expect(answer.tables.map(({ source: { rowCount } }) => rowCount)).toEqual(
      COPIED_TABLES.map(({ key }) => (key.length === 0 ? 1 : 1_100)),
    );
    expect(new Set(answer.tables.map(({ source: { checksum } }) => checksum)).size).toBe(COPIED_TABLES.length);
    expect([told.length > COPIED_TABLES.length, told.at(-1), told.toSorted((a, b) => a - b)]).toEqual([true, 1, told]);
    // The same again with the queries the store itself uses.
    expect(await everything({ engine: target.engine, teamId: SOURCE })).toEqual(
      await everything({ engine: source.engine, teamId: SOURCE }),
    );
    expect((await everything({ engine: target.engine, teamId: 'fill-2' })).people).toEqual([]);
  });

  test('a team that is there already is named, and nothing is changed', async () => {
    const before = await everything({ engine: target.engine, teamId: SOURCE });
    const answer = await copyTeams({ source: source.engine, target: target.engine, ...silent });
    expect(answer).toEqual({ kind: 'holds-team', teamIds: [SOURCE] });
    expect(await everything({ engine: target.engine, teamId: SOURCE })).toEqual(before);
    expect((await everything({ engine: target.engine, teamId: 'fill-2' })).teams).toEqual([]);
  });

  test('a team nobody has is named beside those there are', async () => {
    const answer = await copyTeams({ source: source.engine, target: target.engine, ...silent, teamId: 'fill-3' });
    expect(answer).toEqual({ kind: 'no-such-team', teamIds: [SOURCE, 'fill-2'] });
  });

  test('asked to replace, everything the target holds gives way to everything of the source', async () => {
    await fillWithAnything(target.engine, 'older', { rowsEach: 2, seed: 13 });
    const answer = await copyTeams({ source: source.engine, target: target.engine, ...silent, replace: true });
    expect(answer).toMatchObject({ kind: 'copied', teamIds: [SOURCE, 'fill-2'] });
    expect((await everything({ engine: target.engine, teamId: 'older' })).teams).toEqual([]);
    expect((await everything({ engine: target.engine, teamId: 'fill-2' })).posts).toHaveLength(3);
  });
});

/** A target that changes what is written into one column of one table, as a broken driver or a trigger would. */
async function spoiled(): Promise<Opened> {
  const target = await sqlite();
  await target.engine.write('', async ({ db }) => {
    db.run(
      sql`create trigger spoil after insert on people begin update people set name = name || ' ' where person_id = new.person_id; end`,
    );
  });
  return target;
}

test('a single letter that arrives otherwise fails the copy, names the table, and leaves nothing', async () => {
  const source = await sqlite();
  const target = await spoiled();
  await seeded({ engine: source.engine, store: openStore(source.engine), teamId: 'night' });
  const answer = await copyTeams({ source: source.engine, target: target.engine, ...silent });
  if (answer.kind !== 'unequal') throw new Error(answer.kind);
  expect(answer.tables.map(({ table, source: read, target: written }) => [table, read.rowCount, written.rowCount])).toEqual([
    ['people', 6, 6],
  ]);
  expect(answer.tables.map(({ source: read, target: written }) => read.checksum === written.checksum)).toEqual([false]);
  expect(Object.values(await everything({ engine: target.engine, teamId: 'night' })).flat()).toEqual([]);
  await Promise.all([source.close(), target.close()]);
});

test.each([
  ['a NUL', 'half\u0000'],
  ['half of a pair, in JSON', { text: 'half \ud83e' }],
])('%s, which PostgreSQL cannot hold, is refused with its row, and nothing is copied', async (_what, answer) => {
  const source = await sqlite();
  const target = await pglite();
  await seeded({ engine: source.engine, store: openStore(source.engine), teamId: 'night' });
  await source.engine.write('night', ({ db, tables: { requests } }) =>
    db.insert(requests).values({ teamId: 'night', key: 'the-key', answer, atMs: NOW }),
  );
  const copied = await copyTeams({ source: source.engine, target: target.engine, ...silent });
  expect(copied).toEqual({ kind: 'cannot-hold', table: 'requests', key: ['the-key'] } satisfies CopyAnswer);
  expect((await everything({ engine: target.engine, teamId: 'night' })).teams).toEqual([]);
  await Promise.all([source.close(), target.close()]);
});

test('a team that was moved goes on where it stopped: stock, audit, who is who, what is paused', async () => {
  const source = await sqlite();
  const target = await pglite();
  const teamId = 'night';
  const at = await stage({ engine: source.engine, store: openStore(source.engine), teamId });
  await at.pause(null, { reason: 'misprint' });
  await at.deliver(NOW + 100);
  const change = { sku: 'PIN', reason: null, key: 'r1', by: MAYA, nowMs: NOW };
  await at.team.stock.receive({ ...change, units: 12 });
  expect(await copyTeams({ source: source.engine, target: target.engine, ...silent })).toMatchObject({ kind: 'copied' });

  const team = openStore(target.engine).team(teamId);
  // The same request again is known there too.
  await team.stock.receive({ ...change, units: 12 });
  await team.stock.receive({ ...change, key: 'r2', units: 1 });
  expect(await checkLedger(target.engine, teamId)).toEqual([]);
  const { levels } = target.engine.tables;
  const [level] = await target.engine.read((db) => db.select().from(levels).where(eq(levels.sku, 'PIN')));
  expect(level?.onHand).toBe(213);
  expect((await team.audit.verify()).kind).toBe('intact');
  expect(await team.promotion.standing(NOW)).toEqual(await at.team.promotion.standing(NOW));
  await Promise.all([source.close(), target.close()]);
});

test('a post that was on its way is looked for before it is sent again; what was merely waiting is not', async () => {
  const source = await sqlite();
  const target = await pglite();
  const at = await stage({ engine: source.engine, store: openStore(source.engine), teamId: 'night' });
  await at.pause();
  const ask = { leaseMs: 3_600_000, limit: 1, nowMs: NOW };
  const [claimed] = await at.store.courier.claim({ ...ask, worker: 'of the old one' });
  expect(await copyTeams({ source: source.engine, target: target.engine, ...silent, takeOver: true })).toMatchObject({
    kind: 'copied',
  });

  // Its lease would have lasted an hour, and nobody is left to end it.
  const again = await openStore(target.engine).courier.claim({ ...ask, limit: 100, worker: 'of the new one' });
  expect(again.filter(({ lookFirst }) => lookFirst).map(({ id }) => id)).toEqual([claimed?.id]);
  expect(again.length).toBeGreaterThan(1);
  await Promise.all([source.close(), target.close()]);
});
