import { and, eq, isNull, sql } from 'drizzle-orm';
import {
  availableToSell,
  balance,
  bundleAvailability,
  oversoldUnits,
  stockBucket,
  type Component,
  type Level,
} from '../../domain/stock.ts';
import { limitUnits, type Threshold } from '../../domain/threshold.ts';
import type { StockBoard, StockBundle, StockItem } from '../../ports/store/stock.ts';
import { thresholdsOf } from './book-rows.ts';
import type { Db, Tables } from '../engine/engine.ts';
import { select } from '../prepared.ts';
import { skuRows, type SkuRow } from './sku-lookup.ts';

type From = { readonly db: Db; readonly tables: Tables; readonly teamId: string };
type Counted = { readonly level: Level; readonly sellableUnits: number };
type Facts = {
  readonly thresholdsBy: ReadonlyMap<string, readonly Threshold[]>;
  readonly countedBy: ReadonlyMap<string, Counted>;
  readonly pausedScopes: ReadonlySet<string>;
};

/** The whole board, from whatever snapshot or transaction `from` is; with its rows, so that a caller can look up SKUs in them. */
export async function readBoard(
  from: From,
  nowMs: number,
): Promise<{ readonly rows: readonly SkuRow[]; readonly board: StockBoard }> {
  const rows = await skuRows(from);
  const facts: Facts = {
    thresholdsBy: await thresholdsOf(
      from,
      rows.map(({ sku }) => sku),
    ),
    countedBy: await countedBySku(from),
    pausedScopes: await pausedScopes(from),
  };
  const items = rows.filter(({ components }) => components === null).map((row) => stockItem(row, facts));
  const bundles = rows.flatMap((row) => (row.components === null ? [] : [stockBundle(row, row.components, facts)]));
  return { rows, board: { asOfMs: nowMs, items, bundles } };
}

async function countedBySku({ db, tables: { levels }, teamId }: From): Promise<ReadonlyMap<string, Counted>> {
  const { sku, onHand, committed, reserve, held, damaged, sellableUnits } = levels;
  const rows = await select(
    db,
    {
      name: 'all levels',
      columns: { sku, onHand, committed, reserve, held, damaged, sellableUnits },
      build: (columns) =>
        db
          .select(columns)
          .from(levels)
          .where(eq(levels.teamId, sql.placeholder('teamId'))),
    },
    { teamId },
  );
  return new Map(
    rows.map(({ sku, onHand, committed, reserve, held, damaged, sellableUnits }) => {
      return [sku, { level: { onHand, committed, reserve, held, damaged }, sellableUnits }];
    }),
  );
}

async function pausedScopes({ db, tables: { pauses }, teamId }: From): Promise<ReadonlySet<string>> {
  const rows = await select(
    db,
    {
      name: 'paused scopes',
      columns: { scope: pauses.scope },
      build: (columns) =>
        db
          .select(columns)
          .from(pauses)
          .where(and(eq(pauses.teamId, sql.placeholder('teamId')), isNull(pauses.resumedAtMs))),
    },
    { teamId },
  );
  return new Set(rows.map(({ scope }) => scope));
}

function stockItem(row: SkuRow, facts: Facts): StockItem {
  const { level, sellableUnits } = counted(facts, row.sku);
  const availableUnits = availableToSell(level);
  return {
    ...shared(row, facts),
    level,
    incomingUnits: row.incomingUnits,
    availableUnits,
    oversoldUnits: oversoldUnits(level),
    bucket: bucket(row, facts, availableUnits, sellableUnits),
  };
}

function stockBundle(row: SkuRow, components: readonly Component[], facts: Facts): StockBundle {
  const { availableUnits, balanceUnits, bindingSku } = bundleAvailability(components, (sku) =>
    balance(counted(facts, sku).level),
  );
  const sellable = bundleAvailability(components, (sku) => counted(facts, sku).sellableUnits);
  return {
    ...shared(row, facts),
    availableUnits,
    oversoldUnits: Math.max(0, -balanceUnits),
    bindingSku,
    components: components.map(({ sku, unitsPerBundle }) => {
      return { sku, unitsPerBundle, availableUnits: availableToSell(counted(facts, sku).level) };
    }),
    bucket: bucket(row, facts, availableUnits, sellable.availableUnits),
  };
}

function shared({ sku, name, dropId, priceMinor, currency }: SkuRow, { thresholdsBy, pausedScopes }: Facts) {
  const thresholds = (thresholdsBy.get(sku) ?? []).map(({ id, unit, value, severity }) => ({ id, unit, value, severity }));
  return { sku, name, dropId, priceMinor, currency, paused: pausedScopes.has('*') || pausedScopes.has(sku), thresholds };
}

function counted({ countedBy }: Facts, sku: string): Counted {
  const known = countedBy.get(sku);
  if (known === undefined) throw new Error(`SKU ${sku} has no level`);
  return known;
}

/** To the public, stock is low at the first line that would alert the team: its highest limit in units or as a share. */
function bucket({ sku }: SkuRow, { thresholdsBy }: Facts, availableUnits: number, sellableUnits: number): StockItem['bucket'] {
  const limits = (thresholdsBy.get(sku) ?? []).map((threshold) => limitUnits(threshold, sellableUnits) ?? 0);
  return stockBucket(availableUnits, Math.max(0, ...limits));
}
