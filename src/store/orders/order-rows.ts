import { and, eq, getTableColumns, inArray, sql } from 'drizzle-orm';
import { NO_UNITS, RESTOCKS, type LineCounters, type Refund } from '../../domain/order.ts';
import { sameCounters, type KeptLine, type KeptOrder } from '../../domain/order-merge.ts';
import type { Component } from '../../domain/stock.ts';
import { insertRows } from '../bulk.ts';
import type { Db, Tables, Tx } from '../engine/engine.ts';
import { selectIn } from '../prepared.ts';

// Lines are kept as short arrays: a stream writes thousands of them a minute, and their names would be most of the bytes.
type StoredCounters = readonly [ordered: number, cancelled: number, shipped: number, returned: number, writtenOff: number];
type StoredParts = 0 | 1 | readonly (readonly [sku: string, unitsPerBundle: number])[]; // 0: unknown SKU; 1: the SKU itself
type StoredLine = readonly [
  lineId: string,
  sku: string,
  unitPriceMinor: number,
  parts: StoredParts,
  base: StoredCounters,
  applied: StoredCounters | 1 | 0, // 1: as the base; 0: nothing
  listedIn?: readonly [updatedAtMs: number, eventAtMs: number], // left out: in the newest version
];
type StoredRefund = readonly [refundId: string, ...(readonly [lineId: string, units: number, restock: number])[]];

type From = { readonly db: Db; readonly tables: Tables; readonly teamId: string };

/** A source and id as one map key. */
export function orderKey({ source, externalId }: { readonly source: string; readonly externalId: string }): string {
  return `${source}\n${externalId}`;
}

/** The kept orders among these, by `orderKey`. */
export async function loadOrders(
  { db, tables: { orders }, teamId }: From,
  asked: readonly { readonly source: string; readonly externalId: string }[],
): Promise<Map<string, KeptOrder>> {
  const kept = new Map<string, KeptOrder>();
  for (const [source, those] of Map.groupBy(asked, ({ source }) => source)) {
    const rows = await selectIn(
      db,
      {
        name: 'orders',
        columns: getTableColumns(orders),
        build: (columns, list) =>
          db
            .select(columns)
            .from(orders)
            .where(
              and(
                eq(orders.teamId, sql.placeholder('teamId')),
                eq(orders.source, sql.placeholder('source')),
                inArray(orders.externalId, list),
              ),
            ),
      },
      { list: those.map(({ externalId }) => externalId), values: { teamId, source } },
    );
    for (const row of rows) kept.set(orderKey(row), keptOrder(row));
  }
  return kept;
}

/** Writes orders as they now stand. */
export async function saveOrders(
  { db, tables: { orders }, teamId }: Tx,
  kept: readonly { readonly order: KeptOrder; readonly heardAtMs: number }[],
): Promise<void> {
  const rows = kept.map(({ order, heardAtMs }) => ({
    teamId,
    source: order.source,
    externalId: order.externalId,
    placedAtMs: order.placedAtMs,
    ...order.version,
    buyerKey: order.buyerKey,
    currency: order.currency,
    lines: order.lines.map(storedLine),
    refunds: order.refunds.map(storedRefund),
    reconcile: order.reconcile,
    heardAtMs,
    changeCount: order.changeCount,
  }));
  await insertRows(db, orders, rows, {
    target: ['teamId', 'source', 'externalId'],
    set: [
      'placedAtMs',
      'updatedAtMs',
      'eventAtMs',
      'buyerKey',
      'currency',
      'lines',
      'refunds',
      'reconcile',
      'heardAtMs',
      'changeCount',
    ],
  });
}

function keptOrder(row: Readonly<Tables['orders']['$inferSelect']>): KeptOrder {
  const { source, externalId, placedAtMs, updatedAtMs, eventAtMs, buyerKey, currency, reconcile, changeCount } = row;
  return {
    source,
    externalId,
    version: { updatedAtMs, eventAtMs },
    placedAtMs,
    buyerKey,
    currency,
    lines: listOf(row.lines, row).map((line) => keptLine(line as StoredLine)),
    refunds: listOf(row.refunds, row).map((refund) => keptRefund(refund as StoredRefund)),
    reconcile,
    changeCount,
  };
}

// Only this file writes these columns, so their shape is trusted; anything but a list of lists is another program's doing.
function listOf(json: unknown, { source, externalId }: { source: string; externalId: string }): readonly unknown[] {
  if (!Array.isArray(json) || !json.every(Array.isArray)) throw new Error(`order ${source} ${externalId} is not as it was kept`);
  return json;
}

function storedLine({ lineId, sku, unitPriceMinor, parts, base, applied, listedIn }: KeptLine): StoredLine {
  const told = sameCounters(applied, base) ? 1 : sameCounters(applied, NO_UNITS) ? 0 : storedCounters(applied);
  const line = [lineId, sku, unitPriceMinor, storedParts(sku, parts), storedCounters(base), told] as const;
  return listedIn === null ? line : [...line, [listedIn.updatedAtMs, listedIn.eventAtMs]];
}

function keptLine([lineId, sku, unitPriceMinor, parts, base, applied, listedIn]: StoredLine): KeptLine {
  const counters = keptCounters(base);
  return {
    lineId,
    sku,
    unitPriceMinor,
    base: counters,
    listedIn: listedIn === undefined ? null : { updatedAtMs: listedIn[0], eventAtMs: listedIn[1] },
    parts: keptParts(sku, parts),
    applied: applied === 1 ? counters : applied === 0 ? NO_UNITS : keptCounters(applied),
  };
}

function storedParts(sku: string, parts: readonly Component[] | null): StoredParts {
  if (parts === null) return 0;
  const [only] = parts;
  if (parts.length === 1 && only?.sku === sku && only.unitsPerBundle === 1) return 1;
  return parts.map((part) => [part.sku, part.unitsPerBundle]);
}

function keptParts(sku: string, parts: StoredParts): readonly Component[] | null {
  if (parts === 0) return null;
  if (parts === 1) return [{ sku, unitsPerBundle: 1 }];
  return parts.map(([part, unitsPerBundle]) => ({ sku: part, unitsPerBundle }));
}

function storedCounters(line: LineCounters): StoredCounters {
  return [line.orderedUnits, line.cancelledUnits, line.shippedUnits, line.returnedUnits, line.writtenOffUnits];
}

function keptCounters([
  orderedUnits,
  cancelledUnits,
  shippedUnits,
  returnedUnits,
  writtenOffUnits,
]: StoredCounters): LineCounters {
  return { orderedUnits, cancelledUnits, shippedUnits, returnedUnits, writtenOffUnits };
}

function storedRefund({ refundId, lines }: Refund): StoredRefund {
  return [refundId, ...lines.map(({ lineId, units, restock }) => [lineId, units, RESTOCKS.indexOf(restock)] as const)];
}

function keptRefund([refundId, ...lines]: StoredRefund): Refund {
  return {
    refundId,
    lines: lines.map(([lineId, units, index]) => {
      const restock = RESTOCKS[index];
      if (restock === undefined) throw new Error(`refund ${refundId} is not as it was kept`);
      return { lineId, units, restock };
    }),
  };
}
