import { and, eq, gte, isNotNull, isNull, lte, or } from 'drizzle-orm';
import { MAX_ATTEMPTS, afterAttempt, editAfterMs } from '../../domain/courier.ts';
import type { Settled } from '../../domain/courier.ts';
import type { PostFacts } from '../../ports/post.ts';
import type { CourierStore } from '../../ports/store/posts.ts';
import { leaseClock } from './courier-claim.ts';
import { isWaiting, type PostRow } from './post-row.ts';
import type { Engine, Tables, Tx } from '../engine/engine.ts';
import { tellMissed } from '../promotion/missed.ts';
import { afterDelivery } from '../promotion/receipts.ts';
import { ringElsewhere, type Refusing } from './ring-elsewhere.ts';
import { tellUndelivered } from './undelivered.ts';

const ELSEWHERE_AFTER_MS = 2_000; // a hold this long is worth a ping on another platform

type Settling = Parameters<CourierStore['settle']>[0];
type Times = { readonly nowMs: number; readonly leaseNowMs: number };

/** Writes what came of an attempt, if the lease is still this worker's; false otherwise. */
export async function settlePost(engine: Engine, settling: Settling): Promise<boolean> {
  const { post, worker, sent, nowMs } = settling;
  const settled = await engine.write(post.teamId, async (tx) => {
    const { posts } = tx.tables;
    const mine = and(eq(posts.id, post.id), eq(posts.leaseWorker, worker), eq(posts.claimedRevision, post.revision));
    const [row] = await tx.db.select().from(posts).where(mine);
    if (row === undefined) return null;
    const next = afterAttempt(row, sent, nowMs);
    const written = await tx.db
      .update(posts)
      .set(columns(row, next, settling))
      .where(mine)
      .returning({ id: posts.id });
    if (written.length === 0) return null;
    await follow(tx, { row, next, settling });
    if (next.state === 'waiting') tx.desiredPosts += 1;
    return next;
  });
  if (settled?.hold?.what === 'platform') await holdPlatform(engine, post.destination.platform, settled);
  return settled !== null;
}

/** What an outcome brings about, in the transaction that settles it. */
async function follow(
  tx: Tx,
  { row, next, settling }: { readonly row: PostRow; readonly next: Settled; readonly settling: Settling },
): Promise<void> {
  const { post, sent, nowMs } = settling;
  if (next.hold?.what === 'destination') await holdDestination(tx, row.destinationId, next);
  if (sent.kind === 'sent') {
    await freePlatform(tx, post.destination.platform, nowMs);
    await afterDelivery(tx, { ...row, facts: post.facts }, nowMs);
  }
  if (row.state !== 'waiting') return; // taken back meanwhile: nobody need hear of it
  if (next.state === 'dead') await tellUndelivered(tx, { row, reason: next.failure ?? '', nowMs });
  const refusing = refusingOf(settling, { ...row, state: next.state, failure: next.failure });
  if (refusing !== null) await ringElsewhere(tx, refusing, nowMs);
}

/** What takes nothing, after this outcome; null where waiting a little keeps nobody from hearing, or after one lost answer. */
function refusingOf({ sent, post }: Pick<Settling, 'sent' | 'post'>, row: PostRow): Refusing | null {
  if (row.state === 'dead') return { what: 'post', row };
  if (sent.kind !== 'retry') return null;
  const { hold, afterMs } = sent;
  if (hold === 'post') return post.attemptCount >= 2 ? { what: 'post', row } : null;
  if (afterMs < ELSEWHERE_AFTER_MS) return null;
  return hold === 'platform' ? { what: 'platform', row, platform: post.destination.platform } : { what: 'destination', row };
}

function columns(row: PostRow, next: Settled, settling: Settling): Partial<PostRow> {
  const { sent, pinged, nowMs } = settling;
  const posted = sent.kind === 'sent' && row.remoteId === null;
  const pacedMs = sent.kind === 'sent' ? editAfterMs(row.kind, nowMs) : sent.kind === 'gone' ? 0 : row.editAfterMs;
  return {
    // What was withdrawn while it was being sent has arrived all the same, and stays withdrawn.
    state: row.state === 'waiting' ? next.state : row.state,
    deliveredRevision: next.deliveredRevision,
    remoteId: next.remoteId,
    dueMs: Math.max(next.dueMs, pacedMs),
    editAfterMs: pacedMs,
    attemptCount: next.attemptCount,
    inDoubt: next.inDoubt,
    repostCount: next.repostCount,
    failure: next.failure,
    leaseWorker: null,
    leaseUntilMs: null,
    deliveredAtMs: posted ? nowMs : row.deliveredAtMs,
    // Refused, it has rung nobody: another copy may.
    pinged: posted ? [...pinged] : refusingOf(settling, { ...row, state: next.state }) === null ? row.pinged : null,
  };
}

async function holdDestination(
  { db, tables: { destinations }, teamId }: Tx,
  id: string,
  { hold, failure }: Settled,
): Promise<void> {
  await db
    .update(destinations)
    .set({ heldUntilMs: hold?.untilMs ?? 0, heldReason: failure })
    .where(and(eq(destinations.teamId, teamId), eq(destinations.id, id)));
}

/** One message that arrived proves that its platform takes messages again. */
async function freePlatform({ db, tables: { destinations }, teamId }: Tx, platform: string, nowMs: number): Promise<void> {
  await db
    .update(destinations)
    .set({ heldReason: null })
    .where(
      and(
        eq(destinations.teamId, teamId),
        eq(destinations.platform, platform),
        isNotNull(destinations.heldReason),
        lte(destinations.heldUntilMs, nowMs),
      ),
    );
}

// After the settling, and each team under its own lock: rows of several teams in one transaction could wait for another's in a ring.
async function holdPlatform(engine: Engine, platform: string, { hold, failure }: Settled): Promise<void> {
  const { destinations } = engine.tables;
  const untilMs = hold?.untilMs ?? 0;
  const freeTill = and(eq(destinations.platform, platform), lte(destinations.heldUntilMs, untilMs));
  const teams = await engine.read((db) =>
    db.selectDistinct({ teamId: destinations.teamId }).from(destinations).where(freeTill).orderBy(destinations.teamId),
  );
  for (const { teamId } of teams) {
    await engine.write(teamId, ({ db }) =>
      db
        .update(destinations)
        .set({ heldUntilMs: untilMs, heldReason: failure })
        .where(and(eq(destinations.teamId, teamId), freeTill)),
    );
  }
}

/** Ends posts whose time has passed, and those that were attempted too often without an answer. */
export async function endOverdue(engine: Engine, nowMs: number): Promise<void> {
  const { posts } = engine.tables;
  const teams = await engine.read(async (db) => {
    const leaseNowMs = await leaseClock(engine, db);
    const overdue = or(expired(posts, { nowMs, leaseNowMs }), exhausted(posts, leaseNowMs));
    const rows = await db.selectDistinct({ teamId: posts.teamId }).from(posts).where(overdue);
    return rows.map(({ teamId }) => ({ teamId, leaseNowMs }));
  });
  for (const { teamId, leaseNowMs } of teams) await engine.write(teamId, (tx) => endOverdueOf(tx, { nowMs, leaseNowMs }));
}

async function endOverdueOf(tx: Tx, times: Times): Promise<void> {
  const { posts } = tx.tables;
  const mine = eq(posts.teamId, tx.teamId);
  const failure = `gave up after ${MAX_ATTEMPTS} attempts: none was answered`;
  const dead = await tx.db
    .update(posts)
    .set({ state: 'dead', failure, leaseWorker: null, leaseUntilMs: null })
    .where(and(mine, exhausted(posts, times.leaseNowMs)))
    .returning();
  for (const row of dead) {
    await tellUndelivered(tx, { row, reason: failure, nowMs: times.nowMs });
    await ringElsewhere(tx, { what: 'post', row }, times.nowMs);
  }
  const ended = await tx.db
    .update(posts)
    .set({ state: 'expired' })
    .where(and(mine, expired(posts, times)))
    .returning();
  for (const { facts } of ended) await tellMissed(tx, facts as PostFacts, times.nowMs);
}

// What is being sent at this moment is left to its settle: it may arrive yet.
function expired(posts: Tables['posts'], { nowMs, leaseNowMs }: Times) {
  return and(
    isWaiting(posts),
    eq(posts.held, false),
    eq(posts.deliveredRevision, 0),
    lte(posts.expiresAtMs, nowMs),
    unleased(posts, leaseNowMs),
  );
}

function exhausted(posts: Tables['posts'], leaseNowMs: number) {
  return and(isWaiting(posts), gte(posts.attemptCount, MAX_ATTEMPTS), unleased(posts, leaseNowMs));
}

function unleased(posts: Tables['posts'], leaseNowMs: number) {
  return or(isNull(posts.leaseUntilMs), lte(posts.leaseUntilMs, leaseNowMs));
}
