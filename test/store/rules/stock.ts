import { and, asc, eq } from 'drizzle-orm';
import { expect } from 'vitest';
import { checkLedger } from '../../../src/store/stock/ledger-check.ts';
import { FINN, NOW, seeded } from '../../support/plan.ts';
import { heard, lineOf, orderOf } from '../../support/orders.ts';
import type { Ground, Rules } from '../contract.ts';

const LATER = NOW + 60_000;
const by = { by: FINN, nowMs: LATER } as const;

const stockOf = ({ store, teamId }: Ground) => store.team(teamId).stock;

async function itemOf(ground: Ground, sku: string) {
  const answer = await stockOf(ground).board({ sku, nowMs: LATER });
  if (answer.kind !== 'board' || answer.items[0] === undefined) throw new Error(`no ${sku}`);
  return answer.items[0];
}

const movementsOf = ({ engine, teamId }: Ground, sku: string) => {
  const { movements } = engine.tables;
  return engine.read(async (db) => {
    const rows = await db
      .select()
      .from(movements)
      .where(and(eq(movements.teamId, teamId), eq(movements.sku, sku)))
      .orderBy(asc(movements.seq));
    return rows.map(({ kind, units, cause, key, personId }) => [kind, units, cause, key, personId]);
  });
};

const auditOf = async ({ store, teamId }: Ground) =>
  (await store.team(teamId).audit.list({ fromSeq: 1, limit: 100 })).map(({ action, target, reason }) => [action, target, reason]);

export const stockRules: Rules = {
  'a SKU opens with its count, its reserve rounded up, and its thresholds': async (ground) => {
    await seeded(ground);
    expect(await movementsOf(ground, 'HOODIE-M')).toEqual([
      ['count', 60, 'opening', 'opening:HOODIE-M', null],
      ['reserve', 2, 'opening', 'opening-reserve:HOODIE-M', null],
    ]);
    const item = await itemOf(ground, 'HOODIE-M');
    expect(item).toMatchObject({ availableUnits: 58, oversoldUnits: 0, bucket: 'available', priceMinor: 5800, paused: false });
    expect(item.thresholds.map(({ id }) => id)).toEqual(['units:0', 'oversold', 'units:5', 'percent:20']);
    expect(await checkLedger(ground.engine, ground.teamId)).toEqual([]);
  },

  'the board is in the plan’s order, with bundles by the component that binds': async (ground) => {
    await seeded(ground);
    const board = await stockOf(ground).board({ sku: null, nowMs: LATER });
    if (board.kind !== 'board') throw new Error('no board');
    expect(board.asOfMs).toBe(LATER);
    expect(board.items.map(({ sku }) => sku)).toEqual(['HOODIE-S', 'HOODIE-M', 'HOODIE-L', 'PIN']);
    expect(board.bundles).toMatchObject([
      {
        sku: 'BOX',
        availableUnits: 58,
        oversoldUnits: 0,
        bindingSku: 'HOODIE-M',
        components: [
          { sku: 'HOODIE-M', unitsPerBundle: 1, availableUnits: 58 },
          { sku: 'PIN', unitsPerBundle: 2, availableUnits: 200 },
        ],
        bucket: 'available',
      },
    ]);
  },

  'a SKU is found in any case where only one matches, and a stranger is told what is near': async (ground) => {
    await seeded(ground, {
      skus: { ab: { name: 'Small', count: 1 }, AB: { name: 'Large', count: 2 }, 'HOODIE-M': { name: 'M', count: 60 } },
      bundles: {},
    });
    const ask = (sku: string) => stockOf(ground).board({ sku, nowMs: LATER });
    expect(await ask('AB')).toMatchObject({ kind: 'board', items: [{ sku: 'AB' }], bundles: [] });
    expect(await ask('hoodie-m')).toMatchObject({ kind: 'board', items: [{ sku: 'HOODIE-M' }] });
    expect(await ask('Ab')).toEqual({ kind: 'unknown-sku', asked: 'Ab', near: ['ab', 'AB'] });
    expect(await ask('hoodie')).toEqual({ kind: 'unknown-sku', asked: 'hoodie', near: ['HOODIE-M'] });
    expect(await ask('HOODIE-N')).toEqual({ kind: 'unknown-sku', asked: 'HOODIE-N', near: ['HOODIE-M'] });
    expect(await ask('teapot')).toEqual({ kind: 'unknown-sku', asked: 'teapot', near: [] });
  },

  'a receipt fills the reserve, empties what was incoming and is made once per key': async (ground) => {
    await seeded(ground, { skus: { A: { name: 'A', count: 10, reserve: '3%', incoming: 45 } }, bundles: {} });
    const receive = () => stockOf(ground).receive({ ...by, sku: 'a', units: 40, reason: 'pallet 2', key: 'r1' });
    const first = await receive();
    expect(first).toMatchObject({ kind: 'done', units: 40, item: { sku: 'A', incomingUnits: 5, availableUnits: 47 } });
    expect(await receive()).toEqual(first);
    expect((await movementsOf(ground, 'A')).slice(2)).toEqual([
      ['receive', 40, 'receipt', 'receive:r1', 'finn'],
      ['reserve', 2, 'receipt', 'receive-reserve:r1', 'finn'],
    ]);
    expect((await auditOf(ground)).slice(-1)).toEqual([['stock.receive', 'A', 'pallet 2']]);
  },

  'a count replaces the books by its variance, even by none': async (ground) => {
    await seeded(ground);
    const count = (countedUnits: number, key: string) =>
      stockOf(ground).count({ ...by, sku: 'PIN', countedUnits, reason: 'recount', key });
    expect(await count(193, 'c1')).toMatchObject({ kind: 'done', units: -7, item: { level: { onHand: 193 } } });
    expect(await count(193, 'c2')).toMatchObject({ kind: 'done', units: 0, item: { level: { onHand: 193 } } });
    expect((await movementsOf(ground, 'PIN')).slice(1)).toEqual([
      ['count', -7, 'count', 'count:c1', 'finn'],
      ['count', 0, 'count', 'count:c2', 'finn'],
    ]);
  },

  'short answers change nothing': async (ground) => {
    await seeded(ground);
    const stock = stockOf(ground);
    const before = await auditOf(ground);
    const ask = { ...by, sku: 'HOODIE-S', reason: 'x' };
    expect(await stock.ship({ ...ask, units: 1, key: '1' })).toMatchObject({ kind: 'short', missingUnits: 1 });
    expect(await stock.reserve({ ...ask, units: 42, key: '2' })).toMatchObject({ kind: 'short', missingUnits: 2 });
    expect(await stock.reserve({ ...ask, units: -1, key: '3' })).toMatchObject({ kind: 'short', missingUnits: 1 });
    expect(await stock.adjust({ ...ask, units: -43, key: '4' })).toMatchObject({ kind: 'short', missingUnits: 3 });
    expect(await stock.receive({ ...ask, sku: 'BOX', units: 1, key: '5' })).toEqual({ kind: 'is-bundle', sku: 'BOX' });
    expect(await stock.receive({ ...ask, sku: 'BOXX', units: 1, key: '6' })).toEqual({
      kind: 'unknown-sku',
      asked: 'BOXX',
      near: ['BOX'],
    });
    expect(await movementsOf(ground, 'HOODIE-S')).toHaveLength(1);
    expect(await auditOf(ground)).toEqual(before);
  },

  'goods for orders leave by hand, and what is kept back can be given back': async (ground) => {
    await seeded(ground);
    const { stock, orders } = ground.store.team(ground.teamId);
    await orders.record(heard(orderOf('1', 1, [lineOf('a', 'HOODIE-S', { orderedUnits: 5 })])), LATER);
    const ask = { ...by, sku: 'HOODIE-S', reason: null };
    await stock.ship({ ...ask, units: 2, key: '1' });
    await stock.reserve({ ...ask, units: 4, key: '2' });
    await stock.reserve({ ...ask, units: -1, key: '3' });
    await stock.adjust({ ...ask, units: -3, reason: 'torn', key: '4' });
    expect((await itemOf(ground, 'HOODIE-S')).level).toEqual({ onHand: 35, committed: 3, reserve: 3, held: 0, damaged: 0 });
    expect(await checkLedger(ground.engine, ground.teamId)).toEqual([]);
  },

  'stock moved by hand crosses thresholds too, and a receipt arms them at once': async (ground) => {
    await seeded(ground);
    const { stock, alerts } = ground.store.team(ground.teamId);
    const ask = { ...by, sku: 'HOODIE-S', reason: 'x' };
    await stock.count({ ...ask, countedUnits: 6, key: '1' }); // 20 % of what is now sellable is 1
    await stock.adjust({ ...ask, units: -1, key: '2' });
    await stock.receive({ ...ask, units: 1, key: '3' }); // 6: above 5, though not by the margin
    await stock.reserve({ ...ask, units: 1, key: '4' });
    expect((await alerts.crossings()).map(({ cause, thresholdId, balanceUnits }) => [cause, thresholdId, balanceUnits])).toEqual([
      ['adjust', 'units:5', 5],
      ['reserve', 'units:5', 5],
    ]);
  },

  'a threshold is set, replaced and removed; sold out and oversold stay': async (ground) => {
    await seeded(ground);
    const stock = stockOf(ground);
    let key = 0;
    const set = async (unit: 'units' | 'percent', value: number | null, replaces: string | null) => {
      key += 1;
      const answer = await stock.threshold({ ...by, sku: 'pin', key: `t${key}`, unit, value, replaces, severity: 'live' });
      if (answer.kind === 'unknown-sku') throw new Error('no pin');
      return [answer.kind, answer.thresholds.map(({ id }) => id).sort()];
    };
    expect(await set('units', 12, 'units:5')).toEqual(['done', ['oversold', 'percent:20', 'units:0', 'units:12']]);
    expect(await set('percent', null, null)).toEqual(['done', ['oversold', 'units:0', 'units:12']]);
    expect(await set('units', 3, 'units:7')).toEqual(['no-such-threshold', ['units:12']]);
    expect(await set('units', null, 'oversold')).toEqual(['no-such-threshold', ['units:12']]);
    expect((await itemOf(ground, 'PIN')).thresholds).toEqual([
      { id: 'units:0', unit: 'units', value: 0, severity: 'critical' },
      { id: 'oversold', unit: 'oversold', value: -1, severity: 'critical' },
      { id: 'units:12', unit: 'units', value: 12, severity: 'live' },
    ]);
    expect((await auditOf(ground)).filter(([action]) => action === 'stock.threshold')).toHaveLength(2);
  },

  'the bucket is low at the highest line, and sold out at none': async (ground) => {
    await seeded(ground);
    const stock = stockOf(ground);
    const bucketAt = async (countedUnits: number) => {
      await stock.adjust({
        ...by,
        sku: 'PIN',
        units: countedUnits - (await itemOf(ground, 'PIN')).level.onHand,
        reason: 'x',
        key: `b${countedUnits}`,
      });
      return (await itemOf(ground, 'PIN')).bucket;
    };
    expect([await bucketAt(41), await bucketAt(40), await bucketAt(1), await bucketAt(0)]).toEqual([
      'available',
      'low',
      'low',
      'sold out',
    ]);
  },
};
