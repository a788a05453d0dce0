import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asc, eq, sql } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import type { Engine } from '../../src/store/engine/engine.ts';
import { openSqlite } from '../../src/store/engine/sqlite.ts';
import { checkLedger } from '../../src/store/stock/ledger-check.ts';
import { openItem } from '../../src/store/stock/opening.ts';
import { openStore } from '../../src/store/store.ts';
import { seeded } from '../support/plan.ts';
import { uciOrders } from '../support/uci.ts';

const OPENED_MS = Date.UTC(2011, 10, 28); // the first invoice is of that morning
const COUNT_UNITS = 1_000;
const TRACKED_MAX = 400;

const folder = mkdtempSync(join(tmpdir(), 'showcaller-uci-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { heard, totals } = uciOrders();
const tracked = [...totals]
  .toSorted(([, a], [, b]) => b.lineCount - a.lineCount)
  .map(([sku]) => sku)
  .filter((sku, index) => index < TRACKED_MAX || ['23084', '22086', '85123A', '85123a'].includes(sku));

async function opened(name: string): Promise<{ engine: Engine; file: string; teamId: string }> {
  const file = join(folder, `${name}.db`);
  const engine = openSqlite(file);
  const teamId = 'uci';
  await seeded({ engine, store: openStore(engine), teamId }, { skus: {}, bundles: {} });
  await engine.write(teamId, async (tx) => {
    for (const [position, sku] of tracked.entries()) {
      await openItem(
        tx,
        {
          sku,
          name: sku,
          dropId: null,
          priceMinor: null,
          currency: null,
          countUnits: COUNT_UNITS,
          reserve: { units: 0 },
          incomingUnits: 0,
          position,
          thresholds: null,
        },
        OPENED_MS,
      );
    }
  });
  return { engine, file, teamId };
}

/** What the books say, after checking them against the ledger. */
async function books(engine: Engine, teamId: string) {
  expect(await checkLedger(engine, teamId)).toEqual([]);
  const { levels, movements } = engine.tables;
  const stored = await engine.read((db) => db.select().from(levels).where(eq(levels.teamId, teamId)).orderBy(asc(levels.sku)));
  const sums = await engine.read((db) =>
    db
      .select({ sku: movements.sku, kind: movements.kind, units: sql<number>`sum(${movements.units})`.mapWith(Number) })
      .from(movements)
      .where(eq(movements.teamId, teamId))
      .groupBy(movements.sku, movements.kind)
      .orderBy(asc(movements.sku), asc(movements.kind)),
  );
  const { orders, alerts } = openStore(engine).team(teamId);
  return { stored, sums, unknown: await orders.unknownSkus(), crossings: await alerts.crossings() };
}

const forwards = (async () => {
  const { engine, teamId } = await opened('forwards');
  const answers = await openStore(engine).team(teamId).orders.recordAll(heard, OPENED_MS);
  const found = await books(engine, teamId);
  await engine.close();
  return { answers, ...found };
})();

/** A generator of fixed chance (mulberry32), so that a failure can be seen again. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test('totals, levels and what nobody listed are those of the file', async () => {
  const { answers, stored, sums, unknown, crossings } = await forwards;
  expect(heard).toHaveLength(1456);
  expect(answers.filter(({ kind }) => kind !== 'recorded')).toEqual([]);
  expect(totals.get('23084')).toMatchObject({ soldUnits: 7665, backUnits: 14 });
  const of = (sku: string, kind: string) => sums.find((sum) => sum.sku === sku && sum.kind === kind)?.units ?? 0;
  for (const sku of tracked) {
    const { soldUnits, backUnits } = totals.get(sku) ?? { soldUnits: 0, backUnits: 0 };
    expect([sku, of(sku, 'commit'), of(sku, 'return')]).toEqual([sku, soldUnits, backUnits]);
    const level = stored.find((row) => row.sku === sku);
    expect(level).toMatchObject({
      onHand: COUNT_UNITS + backUnits,
      committed: soldUnits,
      held: backUnits,
      reserve: 0,
      damaged: 0,
    });
  }
  const others = [...totals].filter(([sku]) => !tracked.includes(sku));
  expect(Object.fromEntries(unknown.map(({ sku, units }) => [sku, units]))).toEqual(
    Object.fromEntries(others.map(([sku, { soldUnits }]) => [sku, soldUnits])),
  );
  // 23084 passes all its lines: each once, at its own order.
  const lines = crossings.filter(({ subject }) => subject === '23084').map(({ thresholdId }) => thresholdId);
  expect(lines.at(-1)).toBe('oversold');
  expect(new Set(lines).size).toBe(lines.length);
});

test('shuffled, every event twice, levels and totals are the same', async () => {
  const { engine, teamId } = await opened('shuffled');
  const next = chance(23084);
  const arrived = [...heard, ...heard]
    .map((event) => ({ event, at: next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ event }) => event);
  const answers = await openStore(engine).team(teamId).orders.recordAll(arrived, OPENED_MS);
  expect(answers.filter(({ kind }) => kind === 'repeat')).toHaveLength(heard.length);
  const { stored, sums, unknown } = await books(engine, teamId);
  await engine.close();
  const expected = await forwards;
  expect({ stored, sums, unknown }).toEqual({ stored: expected.stored, sums: expected.sums, unknown: expected.unknown });
});

test('cut at random points with a restart, in other batches and some of it told again, the crossings are the same too', async () => {
  const first = await opened('cut');
  let engine = first.engine;
  const next = chance(22086);
  for (let from = 0; from < heard.length;) {
    const to = from + 1 + Math.floor(next() * 400);
    const { orders } = openStore(engine).team(first.teamId);
    for (let at = Math.max(0, from - 20); at < to;) {
      const until = Math.min(to, at + 1 + Math.floor(next() * 80));
      await orders.recordAll(heard.slice(at, until), OPENED_MS);
      at = until;
    }
    await engine.close();
    engine = openSqlite(first.file);
    from = to;
  }
  const { stored, sums, unknown, crossings } = await books(engine, first.teamId);
  await engine.close();
  const expected = await forwards;
  expect({ stored, sums, unknown, crossings }).toEqual({
    stored: expected.stored,
    sums: expected.sums,
    unknown: expected.unknown,
    crossings: expected.crossings,
  });
});
