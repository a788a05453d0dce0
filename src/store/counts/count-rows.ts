import { and, desc, eq } from 'drizzle-orm';
import { MOVEMENTS_MAX, SETTLE_MS, type MovementSince } from '../../domain/drift.ts';
import type { ShopCount } from '../../domain/shop-count.ts';
import { MOVEMENT_KINDS } from '../../domain/stock.ts';
import type { Db, Tables } from '../engine/engine.ts';

export type From = { readonly db: Db; readonly tables: Tables; readonly teamId: string };
export type CountRow = Tables['shopCounts']['$inferSelect'];

export function countOf({ availableUnits, onHandUnits, committedUnits, countedAtMs, sequence }: CountRow): ShopCount {
  return { availableUnits, onHandUnits, committedUnits, countedAtMs, sequence };
}

/** A SKU's movements that a count may have seen or not, newest first; null when there are too many to say anything. */
export async function movementsSince(
  { db, tables: { movements }, teamId }: From,
  { sku, countedAtMs }: Pick<CountRow, 'sku' | 'countedAtMs'>,
): Promise<readonly MovementSince[] | null> {
  const rows = await db
    .select({ kind: movements.kind, units: movements.units, atMs: movements.atMs })
    .from(movements)
    .where(and(eq(movements.teamId, teamId), eq(movements.sku, sku)))
    .orderBy(desc(movements.seq))
    .limit(MOVEMENTS_MAX + 1);
  // Ordered by sequence and not by time: a clock that went back leaves an older time behind a newer one.
  const sinceCount = rows.findLastIndex(({ atMs }) => atMs >= countedAtMs - SETTLE_MS) + 1;
  if (sinceCount > MOVEMENTS_MAX) return null;
  return rows.slice(0, sinceCount).map(({ kind, units }) => ({ kind: kindOf(kind), units }));
}

function kindOf(kind: string): MovementSince['kind'] {
  const known = MOVEMENT_KINDS.find((each) => each === kind);
  if (known === undefined) throw new Error(`no movement kind ${kind}`);
  return known;
}
