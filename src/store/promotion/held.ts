import { and, eq, gt, gte, inArray } from 'drizzle-orm';
import { MARKED_BACK_MS, afterHold, covers } from '../../domain/promotion.ts';
import type { Announcement, Bundles } from '../../domain/promotion.ts';
import { LANES } from '../../ports/post.ts';
import type { PostFacts } from '../../ports/post.ts';
import { announcementKey, announcementsEver, bundlesOf } from './announce.ts';
import { isWaiting, type PostRow } from '../posts/post-row.ts';
import { desire } from '../posts/desire.ts';
import type { Tx } from '../engine/engine.ts';
import { tellMissed } from './missed.ts';
import { standingPauses } from './pause-facts.ts';

type Held = { readonly heldCount: number; readonly inFlight: readonly string[]; readonly markedCount: number };

/** Stops what this pause covers: unsent announcements are held, recent ones marked. Those being sent right now are named. */
export async function holdAnnouncements(tx: Tx, scope: string, nowMs: number): Promise<Held> {
  const { posts } = tx.tables;
  const bundles = await bundlesOf(tx);
  const covered = (await announcementsEver(tx)).filter((one) => covers(scope, one, bundles));
  if (covered.length === 0) return { heldCount: 0, inFlight: [], markedCount: 0 };
  // The same statement that holds them answers which were leased: a claim came before it or finds them held.
  const unsent = await tx.db
    .update(posts)
    .set({ held: true })
    .where(and(ofAnnouncements(tx, covered), isWaiting(posts), eq(posts.deliveredRevision, 0)))
    .returning();
  const named = (rows: readonly PostRow[]): readonly string[] => [...new Set(rows.map(idOf))].sort();
  const marked = await markRecent(tx, covered, nowMs);
  return {
    heldCount: named(unsent.filter(({ leaseWorker }) => leaseWorker === null)).length,
    inFlight: named(unsent.filter(({ leaseWorker }) => leaseWorker !== null)),
    markedCount: named(marked).length,
  };
}

/**
 * Lets go of what no standing pause covers any more. What is still worth sending goes out; what is more than a quarter of an
 * hour late is missed and the team is told. Marks come off.
 */
export async function releaseAnnouncements(
  tx: Tx,
  nowMs: number,
): Promise<{ readonly releasedCount: number; readonly missedCount: number }> {
  const { posts } = tx.tables;
  const free = await uncovered(tx);
  if (free.length === 0) return { releasedCount: 0, missedCount: 0 };
  const held = await tx.db
    .select()
    .from(posts)
    .where(and(ofAnnouncements(tx, free), eq(posts.held, true), isWaiting(posts)));
  const missed = held.filter((row) => afterHold(announcementOf(row), nowMs) === 'missed');
  for (const row of held) {
    const state = missed.includes(row) ? 'expired' : 'waiting';
    await tx.db.update(posts).set({ held: false, state }).where(eq(posts.id, row.id));
  }
  for (const row of missed) await tellMissed(tx, row.facts as PostFacts, nowMs);
  await unmark(tx, free, nowMs);
  if (held.length > 0) tx.desiredPosts += 1;
  const missedIds = new Set(missed.map(idOf));
  const releasedIds = new Set(held.map(idOf).filter((id) => !missedIds.has(id)));
  return { releasedCount: releasedIds.size, missedCount: missedIds.size };
}

/** Marks an announcement that arrived after a pause had already stopped it. */
export async function markArrived(tx: Tx, row: PostRow, nowMs: number): Promise<void> {
  const { posts } = tx.tables;
  await tx.db.update(posts).set({ held: false }).where(eq(posts.id, row.id));
  const bundles = await bundlesOf(tx);
  const pause = (await standingPauses(tx)).find(({ scope }) => covers(scope, announcementOf(row), bundles));
  if (pause !== undefined) await show(tx, row, { sinceMs: pause.atMs }, nowMs);
}

async function markRecent(tx: Tx, covered: readonly Announcement[], nowMs: number): Promise<readonly PostRow[]> {
  const { posts } = tx.tables;
  const recent = await tx.db
    .select()
    .from(posts)
    .where(and(ofAnnouncements(tx, covered), gt(posts.deliveredRevision, 0), gte(posts.deliveredAtMs, nowMs - MARKED_BACK_MS)));
  const unmarked = recent.filter((row) => !isMarked(row));
  for (const row of unmarked) await show(tx, row, { sinceMs: nowMs }, nowMs);
  return unmarked;
}

async function unmark(tx: Tx, free: readonly Announcement[], nowMs: number): Promise<void> {
  const { posts } = tx.tables;
  const seen = await tx.db
    .select()
    .from(posts)
    .where(and(ofAnnouncements(tx, free), gt(posts.deliveredRevision, 0)));
  for (const row of seen.filter(isMarked)) await show(tx, row, null, nowMs);
}

// The lane is live: the pause card itself, which is critical, goes first.
async function show(tx: Tx, row: PostRow, paused: { readonly sinceMs: number } | null, nowMs: number): Promise<void> {
  const facts: PostFacts = { kind: 'announcement', announcement: announcementOf(row), paused };
  await desire(tx, { key: row.key, destinationId: row.destinationId, facts, lane: LANES.live, nowMs });
}

async function uncovered(tx: Tx): Promise<readonly Announcement[]> {
  const bundles: Bundles = await bundlesOf(tx);
  const standing = await standingPauses(tx);
  return (await announcementsEver(tx)).filter((one) => !standing.some(({ scope }) => covers(scope, one, bundles)));
}

function ofAnnouncements({ tables: { posts }, teamId }: Tx, announcements: readonly Announcement[]) {
  return and(
    eq(posts.teamId, teamId),
    inArray(
      posts.key,
      announcements.map(({ id }) => announcementKey(id)),
    ),
  );
}

function announcementOf(row: PostRow): Announcement {
  const facts = row.facts as PostFacts;
  if (facts.kind !== 'announcement') throw new Error(`${row.key} is a ${facts.kind}, not an announcement`);
  return facts.announcement;
}

function idOf(row: PostRow): string {
  return announcementOf(row).id;
}

function isMarked(row: PostRow): boolean {
  const facts = row.facts as PostFacts;
  return facts.kind === 'announcement' && facts.paused !== null;
}
