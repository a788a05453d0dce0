import { and, asc, eq, ne } from 'drizzle-orm';
import { reckon, SETTLE_MS } from '../../domain/drift.ts';
import type { CountLine, CountStore } from '../../ports/store/counts.ts';
import { countOf, movementsSince, type From } from './count-rows.ts';

const LINES_MAX = 500;

type Ask = Parameters<CountStore['lines']>[0];

/** What shops count beside the books, from one snapshot, in the plan's order. */
export async function countLines(from: From, { nowMs, driftingOnly }: Ask): Promise<readonly CountLine[]> {
  const { shopCounts, skus, levels } = from.tables;
  const rows = await from.db
    .select({ row: shopCounts, name: skus.name, level: levels })
    .from(shopCounts)
    .innerJoin(skus, and(eq(skus.teamId, shopCounts.teamId), eq(skus.sku, shopCounts.sku)))
    .innerJoin(levels, and(eq(levels.teamId, shopCounts.teamId), eq(levels.sku, shopCounts.sku)))
    .where(and(eq(shopCounts.teamId, from.teamId), driftingOnly ? ne(shopCounts.driftUnits, 0) : undefined))
    .orderBy(asc(skus.position), asc(skus.sku), asc(shopCounts.source))
    .limit(LINES_MAX);
  const lines: CountLine[] = [];
  for (const { row, name, level } of rows) {
    const count = countOf(row);
    const since = await movementsSince(from, row);
    lines.push({
      source: row.source,
      sku: row.sku,
      name,
      count,
      reckoning: since === null ? null : reckon(count, level, since),
      settling: nowMs < row.heardAtMs + SETTLE_MS,
      driftSinceMs: row.driftSinceMs,
    });
  }
  return lines;
}
