import { asc, eq, sql } from 'drizzle-orm';
import { EMPTY_LEVEL, MOVEMENT_KINDS, moved, raisesCommitted, type Level, type MovementKind } from '../../domain/stock.ts';
import type { Engine } from '../engine/engine.ts';

/** Where a stored level and the fold of its movements disagree. There should never be one. */
export type LedgerDrift = { readonly sku: string; readonly stored: Level; readonly folded: Level };

/** Folds the team's ledger anew and compares it with the stored levels, in one snapshot. */
export function checkLedger({ read, tables: { levels, movements } }: Engine, teamId: string): Promise<readonly LedgerDrift[]> {
  return read(async (db) => {
    const stored = await db.select().from(levels).where(eq(levels.teamId, teamId)).orderBy(asc(levels.sku));
    const sums = await db
      .select({ sku: movements.sku, kind: movements.kind, units: sql<number>`sum(${movements.units})`.mapWith(Number) })
      .from(movements)
      .where(eq(movements.teamId, teamId))
      .groupBy(movements.sku, movements.kind);
    return stored.flatMap(({ sku, onHand, committed, reserve, held, damaged }) => {
      const level = { onHand, committed, reserve, held, damaged };
      const folded = foldSums(sums.filter((sum) => sum.sku === sku));
      return JSON.stringify(folded) === JSON.stringify(level) ? [] : [{ sku, stored: level, folded }];
    });
  });
}

/** Every effect is linear, so the kinds' sums fold like the movements; what adds to `committed` goes first. */
function foldSums(sums: readonly { readonly kind: string; readonly units: number }[]): Level {
  const unitsOf = (kind: MovementKind) => sums.find((sum) => sum.kind === kind)?.units ?? 0;
  // A sum may be negative: of an order from before the count, only what is corrected since is in the ledger.
  const raises = (kind: MovementKind) => Number(raisesCommitted(kind, unitsOf(kind)));
  const kinds = MOVEMENT_KINDS.toSorted((a, b) => raises(b) - raises(a));
  return kinds.reduce((level, kind) => moved(level, kind, unitsOf(kind)), EMPTY_LEVEL);
}
