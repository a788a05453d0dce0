import { createHash } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import type { Purpose } from '../../domain/team.ts';
import type { Lane, PostFacts } from '../../ports/post.ts';
import type { Tx } from '../engine/engine.ts';
import { isWaiting } from './post-row.ts';

/** A message a channel should show. The same key again makes a new revision of the same message. */
export type Desired = {
  readonly key: string;
  readonly destinationId: string;
  readonly facts: PostFacts;
  readonly lane: Lane;
  readonly nowMs: number;
  readonly dueMs?: number; // not before; now unless given
  readonly expiresAtMs?: number | null;
  readonly replyToKey?: string | null; // the living card of the same destination that a ring answers
  readonly held?: boolean; // promotion is paused
};

/** A post's id, the same for the same team, key and destination: what is found again on a platform, even after a restore. */
export function postId(teamId: string, key: string, destinationId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([teamId, key, destinationId]))
    .digest('base64url')
    .slice(0, 22);
}

/** Writes what one destination should show, in the transaction of the fact that causes it. */
export async function desire(tx: Tx, desired: Desired): Promise<string> {
  const { posts } = tx.tables;
  const id = postId(tx.teamId, desired.key, desired.destinationId);
  const replyToId = desired.replyToKey == null ? null : postId(tx.teamId, desired.replyToKey, desired.destinationId);
  const dueMs = desired.dueMs ?? desired.nowMs;
  await tx.db
    .insert(posts)
    .values({
      id,
      teamId: tx.teamId,
      key: desired.key,
      destinationId: desired.destinationId,
      kind: desired.facts.kind,
      facts: desired.facts,
      lane: desired.lane,
      revision: 1,
      deliveredRevision: 0,
      replyToId,
      state: 'waiting',
      held: desired.held ?? false,
      createdAtMs: desired.nowMs,
      dueMs,
      expiresAtMs: desired.expiresAtMs ?? null,
      attemptCount: 0,
      inDoubt: false,
      claimedRevision: 0,
      repostCount: 0,
      editAfterMs: 0,
    })
    .onConflictDoUpdate({
      target: posts.id,
      set: {
        facts: desired.facts,
        lane: desired.lane,
        revision: sql`${posts.revision} + 1`,
        state: 'waiting',
        dueMs: paced(posts, dueMs),
        expiresAtMs: desired.expiresAtMs ?? null,
        attemptCount: 0,
        ...(desired.replyToKey === undefined ? {} : { replyToId }), // a ring that became several answers no one card
      },
    });
  tx.desiredPosts += 1;
  return id;
}

/**
 * Shows newer facts wherever this key is shown already, and nowhere else: what a living card whose numbers change a thousand
 * times a minute costs is one statement.
 */
export async function desireAgain(tx: Tx, desired: Pick<Desired, 'key' | 'facts' | 'lane' | 'nowMs'>): Promise<void> {
  const { posts } = tx.tables;
  const rows = await tx.db
    .update(posts)
    .set({
      facts: desired.facts,
      lane: desired.lane,
      revision: sql`${posts.revision} + 1`,
      state: 'waiting',
      dueMs: paced(posts, desired.nowMs),
      attemptCount: 0,
    })
    .where(and(eq(posts.teamId, tx.teamId), eq(posts.key, desired.key)))
    .returning({ id: posts.id });
  tx.desiredPosts += rows.length;
}

/** When newer facts may go: as wanted, but not before the pace of the last edit allows. */
export function paced({ editAfterMs }: Tx['tables']['posts'], dueMs: number) {
  return sql`case when ${editAfterMs} > ${dueMs} then ${editAfterMs} else ${dueMs} end`;
}

/** Takes back a post nobody has seen yet, everywhere or at one destination. One being sent at this moment still arrives. */
export async function withdraw(tx: Tx, key: string, destinationId?: string): Promise<void> {
  const { posts } = tx.tables;
  await tx.db
    .update(posts)
    .set({ state: 'withdrawn' })
    .where(
      and(
        eq(posts.teamId, tx.teamId),
        eq(posts.key, key),
        destinationId === undefined ? undefined : eq(posts.destinationId, destinationId),
        eq(posts.deliveredRevision, 0),
        isWaiting(posts),
      ),
    );
}

/** Channels of the team's own where it can be told what another does not show: the main ones, else alerts, else the host's. */
export async function channelsBeside(tx: Tx, isTheOther: (destinationId: string) => boolean): Promise<readonly string[]> {
  const { destinations } = tx.tables;
  const rows = await tx.db
    .select({ id: destinations.id, purposes: destinations.purposes })
    .from(destinations)
    .where(eq(destinations.teamId, tx.teamId))
    .orderBy(destinations.id);
  for (const purpose of ['team', 'alerts', 'host']) {
    const beside = rows.filter(({ id, purposes }) => purposes.includes(purpose) && !isTheOther(id)).map(({ id }) => id);
    if (beside.length > 0) return beside;
  }
  return [];
}

/** Ids of the destinations bound to a purpose; with none bound, the team's main ones, so that nothing goes unsaid. */
export async function destinationsFor(tx: Tx, purpose: Purpose): Promise<readonly string[]> {
  const { destinations } = tx.tables;
  const rows = await tx.db
    .select({ id: destinations.id, purposes: destinations.purposes })
    .from(destinations)
    .where(eq(destinations.teamId, tx.teamId))
    .orderBy(destinations.id);
  const bound = rows.filter(({ purposes }) => purposes.includes(purpose));
  const chosen = bound.length > 0 ? bound : rows.filter(({ purposes }) => purposes.includes('team'));
  return chosen.map(({ id }) => id);
}
