import { and, eq } from 'drizzle-orm';
import { applyOrder } from '../../domain/order-fold.ts';
import type { Component } from '../../domain/stock.ts';
import type { Balance, Move, StockBook } from '../../domain/stock-book.ts';
import { shareUnits } from '../../domain/stock-change.ts';
import { balance, bundleAvailability, EMPTY_LEVEL } from '../../domain/stock.ts';
import { armFresh, withGuards, type ArmedThreshold, type Threshold } from '../../domain/threshold.ts';
import { afterStock } from '../alerts/alert-life.ts';
import { loadBook, saveBook } from './book-rows.ts';
import { insertRows } from '../bulk.ts';
import type { Tx } from '../engine/engine.ts';
import { loadOrders, orderKey, saveOrders } from '../orders/order-rows.ts';

/** What is kept back of the opening count, and of every receipt when it is a share. Rounded up. */
export type OpeningReserve = { readonly units: number } | { readonly percent: number };

/** A SKU as a plan lists it. */
export type NewItem = {
  readonly sku: string;
  readonly name: string;
  readonly dropId: string | null;
  readonly priceMinor: number | null;
  readonly currency: string | null;
  readonly countUnits: number; // on hand when tracking starts
  readonly reserve: OpeningReserve;
  readonly incomingUnits: number;
  readonly position: number; // its place in the plan
  readonly thresholds: readonly Threshold[] | null; // null: the defaults
};

/** A set of SKUs, all of them opened before. */
export type NewBundle = {
  readonly sku: string;
  readonly name: string;
  readonly dropId: string | null;
  readonly priceMinor: number | null;
  readonly currency: string | null;
  readonly components: readonly Component[];
  readonly position: number;
  readonly thresholds: readonly Threshold[] | null;
};

/** What may change about a SKU or bundle later. What is left out stays; its count and its ledger are not touched. */
export type ItemEdit = {
  readonly name?: string;
  readonly dropId?: string | null;
  readonly priceMinor?: number | null;
  readonly currency?: string | null;
  readonly incomingUnits?: number;
  readonly position?: number;
  readonly reservePercent?: number; // of units received from now on
  readonly components?: readonly Component[]; // of a bundle; orders keep those they were exploded with
};

/**
 * Starts tracking a SKU: its opening count, what is kept back of it, its thresholds; and commits the open units of orders that
 * named it before anybody listed it. Throws for a SKU or bundle that exists.
 */
export async function openItem(tx: Tx, item: NewItem, nowMs: number): Promise<void> {
  const { db, tables, teamId } = tx;
  const { sku, name, dropId, priceMinor, currency, incomingUnits, position, countUnits } = item;
  const reservePercent = 'percent' in item.reserve ? item.reserve.percent : 0;
  await db.insert(tables.skus).values({
    teamId,
    sku,
    name,
    dropId,
    components: null,
    priceMinor,
    currency,
    trackedFromMs: nowMs,
    reservePercent,
    incomingUnits,
    position,
  });
  await db.insert(tables.levels).values({ teamId, sku, ...EMPTY_LEVEL, sellableUnits: 0, rateUnits: 0, rateSeq: 0 });
  const reserveUnits = 'units' in item.reserve ? item.reserve.units : shareUnits(countUnits, item.reserve.percent);
  const moves: Move[] = [{ sku, kind: 'count', units: countUnits, key: `opening:${sku}` }];
  if (reserveUnits > 0) moves.push({ sku, kind: 'reserve', units: reserveUnits, key: `opening-reserve:${sku}` });
  const book = await loadBook(tx, [sku]);
  book.record(moves, { cause: 'opening', basis: 'receipt', atMs: nowMs, personId: null, reasonId: null });
  await saveBook(tx, book, nowMs);
  const { level, sellableUnits } = requiredItem(book, sku);
  const standing = { balanceUnits: balance(level), sellableUnits, receipt: false };
  await writeThresholds(tx, sku, armFresh(withGuards(item.thresholds), standing));
  await commitKeptLines(tx, sku, nowMs);
}

/** Starts selling a set; orders that named it before are committed now, as for a SKU. Throws for one that exists. */
export async function openBundle(tx: Tx, bundle: NewBundle, nowMs: number): Promise<void> {
  const { db, tables, teamId } = tx;
  const { sku, name, dropId, priceMinor, currency, components, position } = bundle;
  await db.insert(tables.skus).values({
    teamId,
    sku,
    name,
    dropId,
    components,
    priceMinor,
    currency,
    trackedFromMs: nowMs,
    reservePercent: 0,
    incomingUnits: 0,
    position,
  });
  await setThresholds(tx, sku, bundle.thresholds, nowMs);
  await commitKeptLines(tx, sku, nowMs);
}

/** Changes what a plan may change about a SKU or bundle. Answers false when there is none of that name. */
export async function setItem(tx: Tx, sku: string, edit: ItemEdit): Promise<boolean> {
  const { db, tables, teamId } = tx;
  if (Object.keys(edit).length === 0) return true;
  const changed = await db
    .update(tables.skus)
    .set(edit)
    .where(and(eq(tables.skus.teamId, teamId), eq(tables.skus.sku, sku)))
    .returning({ sku: tables.skus.sku });
  return changed.length > 0;
}

/**
 * Replaces a SKU's or bundle's thresholds by a team's own list (null: the defaults); the guards at 0 and below stay. A threshold
 * that stays as it was keeps whether it has fired; a new one that is passed already waits for the stock to recover. With no line
 * left that has fired, the alert is over.
 */
export async function setThresholds(
  tx: Tx,
  sku: string,
  chosen: readonly Threshold[] | null,
  nowMs: number,
): Promise<readonly Threshold[]> {
  const book = await loadBook(tx, [sku]);
  const item = book.item(sku);
  const bundle = book.bundle(sku);
  const before = item?.thresholds ?? bundle?.thresholds;
  if (before === undefined) throw new Error(`no SKU or bundle ${sku}`);
  const fired = new Set(before.filter(({ armed }) => !armed).map(({ id }) => id));
  const kept = new Set(before.map(({ id }) => id));
  const fresh = armFresh(withGuards(chosen), standingIn(book, sku));
  const after = fresh.map((threshold) =>
    kept.has(threshold.id) ? { ...threshold, armed: !fired.has(threshold.id) } : threshold,
  );
  await writeThresholds(tx, sku, after);
  if (fired.size > 0 && after.every(({ armed }) => armed)) await endAlert(tx, book, sku, nowMs);
  return after.map(({ id, unit, value, severity }) => ({ id, unit, value, severity }));
}

/** Stops selling a set. Its components stay, and so do the orders that named it; its alert is over. */
export async function removeBundle(tx: Tx, sku: string, nowMs: number): Promise<void> {
  const { skus, thresholds } = tx.tables;
  await endAlert(tx, await loadBook(tx, [sku]), sku, nowMs);
  for (const table of [thresholds, skus]) {
    await tx.db.delete(table).where(and(eq(table.teamId, tx.teamId), eq(table.sku, sku)));
  }
}

/** Ends a subject's alert for want of a line that could: stock alone would never arm it again. */
async function endAlert(tx: Tx, book: StockBook, sku: string, nowMs: number): Promise<void> {
  const { balanceUnits, bindingSku } = standingIn(book, sku);
  await afterStock(tx, { crossings: [], balances: new Map(), recovered: new Map([[sku, { balanceUnits, bindingSku }]]), nowMs });
}

function requiredItem(book: StockBook, sku: string): NonNullable<ReturnType<StockBook['item']>> {
  const item = book.item(sku);
  if (item === undefined) throw new Error(`no SKU ${sku}`);
  return item;
}

function standingIn(book: StockBook, sku: string): Balance & { readonly sellableUnits: number; readonly receipt: false } {
  const bundle = book.bundle(sku);
  const components = bundle?.components ?? [{ sku, unitsPerBundle: 1 }];
  const { balanceUnits, bindingSku } = bundleAvailability(components, (part) => balance(requiredItem(book, part).level));
  const { availableUnits } = bundleAvailability(components, (part) => requiredItem(book, part).sellableUnits);
  return { balanceUnits, bindingSku: bundle === undefined ? null : bindingSku, sellableUnits: availableUnits, receipt: false };
}

async function writeThresholds(tx: Tx, sku: string, after: readonly ArmedThreshold[]): Promise<void> {
  const { db, tables, teamId } = tx;
  await db.delete(tables.thresholds).where(and(eq(tables.thresholds.teamId, teamId), eq(tables.thresholds.sku, sku)));
  await insertRows(
    db,
    tables.thresholds,
    after.map((threshold) => ({ teamId, sku, ...threshold })),
  );
}

/** Tells the ledger about order lines that waited for this SKU or bundle. */
async function commitKeptLines(tx: Tx, sku: string, nowMs: number): Promise<void> {
  const { db, tables, teamId } = tx;
  const { unknownLines, teams } = tables;
  const here = and(eq(unknownLines.teamId, teamId), eq(unknownLines.sku, sku));
  const waiting = await db
    .select({ source: unknownLines.source, externalId: unknownLines.externalId })
    .from(unknownLines)
    .where(here)
    .orderBy(unknownLines.source, unknownLines.externalId);
  if (waiting.length === 0) return;
  const [team] = await db.select({ returnsRelease: teams.returnsRelease }).from(teams).where(eq(teams.teamId, teamId));
  if (team === undefined) throw new Error(`no team ${teamId}`);
  const orders = await loadOrders(tx, waiting);
  const book = await loadBook(tx, new Set([...orders.values()].flatMap(({ lines }) => skusOf(lines))));
  const kept = waiting.flatMap((order) => orders.get(orderKey(order)) ?? []);
  const after = kept.map((order) => applyOrder(order, { book, returnsRelease: team.returnsRelease, nowMs }).order);
  await saveBook(tx, book, nowMs);
  await saveOrders(
    tx,
    after.map((order) => ({ order, heardAtMs: nowMs })),
  );
  await db.delete(unknownLines).where(here);
}

/** Every SKU a kept order's lines may move. */
export function skusOf(
  lines: readonly { readonly sku: string; readonly parts: readonly Component[] | null }[],
): readonly string[] {
  return lines.flatMap(({ sku, parts }) => [sku, ...(parts ?? []).map((part) => part.sku)]);
}
