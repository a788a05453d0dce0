import { and, asc, eq, lte } from 'drizzle-orm';
import { judged, RECHECK_MS, reckon } from '../../domain/drift.ts';
import type { Level } from '../../domain/stock.ts';
import type { Tx } from '../engine/engine.ts';
import { closeDrift, showDrift } from './count-notice.ts';
import { countOf, movementsSince, type CountRow, type From } from './count-rows.ts';

const JUDGED_MAX = 200; // in one transaction; the rest a second later

/** Counts that have settled, and drifts that are to be looked at again. */
export function dueCounts({ db, tables: { shopCounts }, teamId }: From, nowMs: number): Promise<CountRow[]> {
  return db
    .select()
    .from(shopCounts)
    .where(and(eq(shopCounts.teamId, teamId), lte(shopCounts.judgeAtMs, nowMs)))
    .orderBy(asc(shopCounts.judgeAtMs), asc(shopCounts.source), asc(shopCounts.sku))
    .limit(JUDGED_MAX)
    .execute();
}

/** Holds one count against the books, and shows what came of it. Neither number is changed. */
export async function judge(tx: Tx, row: CountRow, nowMs: number): Promise<void> {
  const level = await levelOf(tx, row.sku);
  if (level === null) return dropCount(tx, row, nowMs);
  const since = await movementsSince(tx, row);
  if (since === null) return keepJudgement(tx, row, { judgeAtMs: nowMs + RECHECK_MS });
  const reckoning = reckon(countOf(row), level, since);
  const { driftUnits, sinceMs, judgeAtMs } = judged({ driftUnits: row.driftUnits, sinceMs: row.driftSinceMs }, reckoning, nowMs);
  if (sinceMs === null) {
    await closeDrift(tx, row, { why: 'agrees', atMs: nowMs });
    return keepJudgement(tx, row, { driftUnits, driftSinceMs: null, judgeAtMs, toldAtMs: null });
  }
  const isTold = await showDrift(tx, row, { reckoning, sinceMs, nowMs });
  await keepJudgement(tx, row, {
    driftUnits,
    driftSinceMs: sinceMs,
    judgeAtMs,
    toldAtMs: row.toldAtMs ?? (isTold ? nowMs : null),
  });
}

async function levelOf({ db, tables: { levels }, teamId }: Tx, sku: string): Promise<Level | null> {
  const [row] = await db
    .select()
    .from(levels)
    .where(and(eq(levels.teamId, teamId), eq(levels.sku, sku)));
  return row ?? null;
}

async function keepJudgement({ db, tables: { shopCounts }, teamId }: Tx, { source, sku }: CountRow, set: Partial<CountRow>) {
  await db
    .update(shopCounts)
    .set(set)
    .where(and(eq(shopCounts.teamId, teamId), eq(shopCounts.source, source), eq(shopCounts.sku, sku)));
}

/** A plan took the item out: there is nothing left to compare with. */
async function dropCount(tx: Tx, row: CountRow, nowMs: number): Promise<void> {
  await closeDrift(tx, row, { why: 'unlisted', atMs: nowMs });
  const { shopCounts } = tx.tables;
  await tx.db
    .delete(shopCounts)
    .where(and(eq(shopCounts.teamId, tx.teamId), eq(shopCounts.source, row.source), eq(shopCounts.sku, row.sku)));
}
