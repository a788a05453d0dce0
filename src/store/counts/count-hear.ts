import { and, eq, inArray } from 'drizzle-orm';
import { SETTLE_MS } from '../../domain/drift.ts';
import { ageOf, sameNumbers, tallied, type ShopCount, type ShopTold } from '../../domain/shop-count.ts';
import type { CountHeard } from '../../ports/store/counts.ts';
import { insertRows } from '../bulk.ts';
import type { Tx } from '../engine/engine.ts';
import { closeDrift } from './count-notice.ts';
import { countOf, type CountRow } from './count-rows.ts';

type Totals = Extract<ShopTold, { readonly kind: 'totals' }>;
type Place = Extract<ShopTold, { readonly kind: 'place' }>;
type Where = { readonly source: string; readonly sku: string };

/** Keeps a shop's totals, and how it calls these items. Answers line up with the totals. */
export async function hearTotals(tx: Tx, told: Totals, nowMs: number): Promise<readonly CountHeard[]> {
  const { db, tables, teamId } = tx;
  const { source, sequence } = told;
  const items = told.items.map((item) => ({ teamId, source, ...item }));
  await insertRows(db, tables.shopItems, items, {
    target: ['teamId', 'source', 'itemId'],
    set: ['sku'],
  });
  const listed = await listedAmong(
    tx,
    told.totals.map(({ sku }) => sku),
  );
  // A clock that runs ahead must not make a count pass for one that has seen orders still to come.
  const countedAtMs = Math.min(told.countedAtMs, nowMs);
  const heard: CountHeard[] = [];
  for (const { sku, availableUnits, onHandUnits, committedUnits } of told.totals) {
    const isBundle = listed.get(sku);
    if (isBundle === undefined) heard.push('unknown-sku');
    else if (isBundle) heard.push('bundle');
    else if (availableUnits === null) heard.push(await forget(tx, { source, sku }, nowMs));
    else {
      const count = { availableUnits, onHandUnits, committedUnits, countedAtMs, sequence };
      heard.push(await hearTotal(tx, { source, sku }, count, nowMs));
    }
  }
  return heard;
}

/** Keeps what one place of a shop has, and with it the total, once the places are known to make it up. */
export async function hearPlace(tx: Tx, told: Place, nowMs: number): Promise<readonly CountHeard[]> {
  const { db, tables, teamId } = tx;
  const { shopItems } = tables;
  const { source, itemId } = told;
  const [item] = await db
    .select({ sku: shopItems.sku })
    .from(shopItems)
    .where(and(eq(shopItems.teamId, teamId), eq(shopItems.source, source), eq(shopItems.itemId, itemId)));
  if (item === undefined) return ['unknown-item'];
  const { sku } = item;
  const isBundle = (await listedAmong(tx, [sku])).get(sku);
  if (isBundle !== false) return [isBundle === undefined ? 'unknown-sku' : 'bundle'];
  const countedAtMs = Math.min(told.countedAtMs, nowMs);
  const age = await keepPlace(tx, { source, sku }, { ...told, countedAtMs });
  if (age !== 'counted') return [age];
  const known = await knownCount(tx, { source, sku });
  if (known === null) return ['waiting'];
  const tally = tallied(known, await placesOf(tx, { source, sku }), known.byPlaces);
  const count = { ...countOf(known), availableUnits: tally.availableUnits, countedAtMs: tally.countedAtMs };
  await keepCount(tx, { source, sku }, { count, byPlaces: tally.byPlaces, known, nowMs });
  return ['counted'];
}

async function hearTotal(tx: Tx, where: Where, count: ShopCount, nowMs: number): Promise<CountHeard> {
  const known = await knownCount(tx, where);
  if (known !== null && !known.byPlaces) {
    const age = ageOf(count, countOf(known));
    if (age !== 'newer') return age;
  }
  const tally = tallied(count, await placesOf(tx, where), known?.byPlaces ?? false);
  const kept = { ...count, availableUnits: tally.availableUnits, countedAtMs: tally.countedAtMs };
  await keepCount(tx, where, { count: kept, byPlaces: tally.byPlaces, known, nowMs });
  return 'counted';
}

/** Which of these SKUs are listed, and whether each is a bundle. Case counts: the shop's bytes are what an order will say too. */
async function listedAmong(
  { db, tables: { skus }, teamId }: Tx,
  asked: readonly string[],
): Promise<ReadonlyMap<string, boolean>> {
  if (asked.length === 0) return new Map();
  const rows = await db
    .select({ sku: skus.sku, components: skus.components })
    .from(skus)
    .where(and(eq(skus.teamId, teamId), inArray(skus.sku, [...new Set(asked)])));
  return new Map(rows.map(({ sku, components }) => [sku, components !== null]));
}

async function knownCount({ db, tables: { shopCounts }, teamId }: Tx, { source, sku }: Where): Promise<CountRow | null> {
  const [row] = await db
    .select()
    .from(shopCounts)
    .where(and(eq(shopCounts.teamId, teamId), eq(shopCounts.source, source), eq(shopCounts.sku, sku)));
  return row ?? null;
}

async function placesOf({ db, tables: { shopPlaces }, teamId }: Tx, { source, sku }: Where) {
  return db
    .select({ place: shopPlaces.place, availableUnits: shopPlaces.availableUnits, countedAtMs: shopPlaces.countedAtMs })
    .from(shopPlaces)
    .where(and(eq(shopPlaces.teamId, teamId), eq(shopPlaces.source, source), eq(shopPlaces.sku, sku)));
}

async function keepPlace(tx: Tx, where: Where, { itemId, place: name, availableUnits, countedAtMs }: Place): Promise<CountHeard> {
  const { db, tables, teamId } = tx;
  const { shopPlaces } = tables;
  const place = `${name} ${itemId}`; // two items of one SKU may lie in one place
  const known = (await placesOf(tx, where)).find((each) => each.place === place);
  if (known !== undefined && countedAtMs < known.countedAtMs) return 'older';
  if (known?.countedAtMs === countedAtMs && known.availableUnits === availableUnits) return 'repeat';
  await insertRows(db, shopPlaces, [{ teamId, ...where, place, availableUnits, countedAtMs }], {
    target: ['teamId', 'source', 'sku', 'place'],
    set: ['availableUnits', 'countedAtMs'],
  });
  return 'counted';
}

type Kept = {
  readonly count: ShopCount;
  readonly byPlaces: boolean;
  readonly known: CountRow | null;
  readonly nowMs: number;
};

async function keepCount(tx: Tx, where: Where, { count, byPlaces, known, nowMs }: Kept): Promise<void> {
  const { db, tables, teamId } = tx;
  const { shopCounts } = tables;
  // The same numbers again have stood since they were first heard: a shop that counts every ten seconds is judged all the same.
  const stands = known !== null && sameNumbers(count, countOf(known));
  const row = {
    teamId,
    ...where,
    ...count,
    byPlaces,
    heardAtMs: stands ? known.heardAtMs : nowMs,
    judgeAtMs: stands && known.judgeAtMs !== null ? known.judgeAtMs : nowMs + SETTLE_MS,
  };
  await insertRows(db, shopCounts, [row], {
    target: ['teamId', 'source', 'sku'],
    set: ['availableUnits', 'onHandUnits', 'committedUnits', 'countedAtMs', 'sequence', 'byPlaces', 'heardAtMs', 'judgeAtMs'],
  });
}

/** The shop does not count this item any more: what it said before means nothing now. */
async function forget(tx: Tx, { source, sku }: Where, nowMs: number): Promise<CountHeard> {
  const known = await knownCount(tx, { source, sku });
  if (known !== null) await closeDrift(tx, known, { why: 'uncounted', atMs: nowMs });
  const { shopCounts, shopPlaces } = tx.tables;
  for (const table of [shopCounts, shopPlaces]) {
    await tx.db.delete(table).where(and(eq(table.teamId, tx.teamId), eq(table.source, source), eq(table.sku, sku)));
  }
  return 'uncounted';
}
