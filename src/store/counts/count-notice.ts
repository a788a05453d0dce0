import { and, count, eq, isNotNull } from 'drizzle-orm';
import type { Reckoning } from '../../domain/drift.ts';
import { LANES, type DriftFacts, type PostFacts } from '../../ports/post.ts';
import type { Tx } from '../engine/engine.ts';
import { desire, desireAgain, destinationsFor } from '../posts/desire.ts';
import type { CountRow } from './count-rows.ts';

/**
 * A shop that was connected to the wrong plan differs in everything. After so many open notices another tells the team nothing:
 * `/inventory drift` lists them all.
 */
export const DRIFT_NOTICES_MAX = 20;

type Drifting = { readonly reckoning: Reckoning; readonly sinceMs: number; readonly nowMs: number };

/** Shows a drift, once; afterwards edits what is shown when it changes. Answers whether the team was told now. */
export async function showDrift(tx: Tx, row: CountRow, { reckoning, sinceMs, nowMs }: Drifting): Promise<boolean> {
  const { source, sku, availableUnits: shownUnits, countedAtMs } = row;
  const facts: DriftFacts = {
    source,
    sku,
    name: await nameOf(tx, sku),
    shownUnits,
    ...reckoning,
    sinceMs,
    countedAtMs,
    over: null,
  };
  const key = keyOf(row, sinceMs);
  if (row.toldAtMs !== null) {
    const shown = await shownFacts(tx, key);
    if (shown !== null && differs(shown, facts))
      await desireAgain(tx, { key, facts: noticeOf(facts), lane: LANES.routine, nowMs });
    return false;
  }
  if ((await openNoticeCount(tx)) >= DRIFT_NOTICES_MAX) return false;
  for (const destinationId of await destinationsFor(tx, 'team')) {
    await desire(tx, { key, destinationId, facts: noticeOf(facts), lane: LANES.routine, nowMs });
  }
  return true;
}

/** Ends a drift's notice with the reason. Nothing is said of one nobody was told about. */
export async function closeDrift(tx: Tx, row: CountRow, over: NonNullable<DriftFacts['over']>): Promise<void> {
  if (row.toldAtMs === null || row.driftSinceMs === null) return;
  const key = keyOf(row, row.driftSinceMs);
  const shown = await shownFacts(tx, key);
  if (shown === null) return;
  const { availableUnits: shownUnits, countedAtMs } = row;
  const facts = noticeOf({ ...shown, shownUnits, countedAtMs, over });
  await desireAgain(tx, { key, facts, lane: LANES.routine, nowMs: over.atMs });
}

/** A drift that comes back is news, and gets a notice of its own below what was said since. */
function keyOf({ source, sku }: CountRow, sinceMs: number): string {
  return `drift:${source}:${sku}:${sinceMs}`;
}

function noticeOf(facts: DriftFacts): PostFacts {
  return { kind: 'notice', notice: { what: 'drift', ...facts } };
}

async function shownFacts({ db, tables: { posts }, teamId }: Tx, key: string): Promise<DriftFacts | null> {
  const [row] = await db
    .select({ facts: posts.facts })
    .from(posts)
    .where(and(eq(posts.teamId, teamId), eq(posts.key, key)))
    .limit(1);
  const facts = row?.facts as PostFacts | undefined;
  return facts?.kind === 'notice' && facts.notice.what === 'drift' ? facts.notice : null;
}

function differs(a: DriftFacts, b: DriftFacts): boolean {
  return a.shownUnits !== b.shownUnits || a.driftUnits !== b.driftUnits || a.sellableUnits !== b.sellableUnits;
}

async function openNoticeCount({ db, tables: { shopCounts }, teamId }: Tx): Promise<number> {
  const [row] = await db
    .select({ open: count() })
    .from(shopCounts)
    .where(and(eq(shopCounts.teamId, teamId), isNotNull(shopCounts.toldAtMs)));
  return row?.open ?? 0;
}

async function nameOf({ db, tables: { skus }, teamId }: Tx, sku: string): Promise<string> {
  const [row] = await db
    .select({ name: skus.name })
    .from(skus)
    .where(and(eq(skus.teamId, teamId), eq(skus.sku, sku)));
  return row?.name ?? sku;
}
