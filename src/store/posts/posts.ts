import { and, count, desc, eq, gt, isNotNull, lte, min, or, sql } from 'drizzle-orm';
import { LANES, type PostFacts } from '../../ports/post.ts';
import type { PostHealth, TeamPostStore } from '../../ports/store/posts.ts';
import { desire, paced } from './desire.ts';
import { channelName, destinationId, knownChannel } from './destinations.ts';
import { afterSetBack } from './set-back.ts';
import { watchPlatforms } from './troubles.ts';
import type { Db } from '../engine/engine.ts';
import { intent } from '../intent.ts';
import type { TeamContext } from '../team-context.ts';
import { isDead, isExpired, isWaiting } from './post-row.ts';

const DEAD_SHOWN_MAX = 20; // the newest; an operator acts on kinds of failure, not on each post

/** What commands may do with a team's posts. */
export function teamPostStore(context: TeamContext): TeamPostStore {
  return {
    async show({ facts, place, key, nowMs }) {
      await intent(context, { key: `show:${key}`, nowMs }, async (tx) => {
        const { id } = await knownChannel(tx, { platform: place.platform, address: place.channel });
        await desire(tx, { key: `show:${key}`, destinationId: id, facts, lane: LANES.live, nowMs });
        return 'shown';
      });
    },
    async refresh({ place, remoteId, nowMs }) {
      const { posts } = context.engine.tables;
      const shown = and(
        eq(posts.teamId, context.teamId),
        eq(posts.destinationId, destinationId({ platform: place.platform, address: place.channel })),
        eq(posts.remoteId, remoteId),
        eq(posts.state, 'settled'), // one that waits is about to be shown anew as it is
      );
      await context.engine.write(context.teamId, async (tx) => {
        const again = { revision: sql`${posts.revision} + 1`, state: 'waiting', dueMs: paced(posts, nowMs), attemptCount: 0 };
        const rows = await tx.db.update(posts).set(again).where(shown).returning({ id: posts.id });
        tx.desiredPosts += rows.length;
      });
    },
    watch: (ask) => watchPlatforms(context, ask),
    afterSetBack: (nowMs) => afterSetBack(context, nowMs),
    health: (nowMs) => context.engine.read((db) => health(context, db, nowMs)),
  };
}

async function health({ engine, teamId }: TeamContext, db: Db, nowMs: number): Promise<PostHealth> {
  const { posts, destinations } = engine.tables;
  const mine = eq(posts.teamId, teamId);
  // An announcement of next week is not late, and one that a pause holds is not waiting to be sent; one between two tries is.
  const due = or(lte(posts.dueMs, nowMs), isNotNull(posts.failure));
  const waiting = and(mine, isWaiting(posts), eq(posts.held, false), due);
  const [unsent] = await db
    .select({ waitingCount: count(), oldestMs: min(posts.dueMs) })
    .from(posts)
    .where(waiting);
  const dead = await db
    .select({
      postId: posts.id,
      kind: posts.kind,
      reason: posts.failure,
      platform: destinations.platform,
      address: destinations.address,
      purposes: destinations.purposes,
    })
    .from(posts)
    .innerJoin(destinations, and(eq(destinations.teamId, posts.teamId), eq(destinations.id, posts.destinationId)))
    .where(and(mine, isDead(posts)))
    .orderBy(desc(posts.createdAtMs), desc(posts.id))
    .limit(DEAD_SHOWN_MAX);
  const held = await db
    .select()
    .from(destinations)
    .where(and(eq(destinations.teamId, teamId), gt(destinations.heldUntilMs, nowMs)))
    .orderBy(destinations.id);
  const [expired] = await db
    .select({ expiredCount: count() })
    .from(posts)
    .where(and(mine, isExpired(posts)));
  return {
    waitingCount: unsent?.waitingCount ?? 0,
    oldestWaitingMs: unsent?.oldestMs ?? null,
    dead: dead.toReversed().map(({ postId, kind, reason, ...row }) => ({
      postId,
      kind: kind as PostFacts['kind'],
      where: channelName(row),
      reason: reason ?? 'no reason was given',
    })),
    heldDestinations: held.map((row) => ({ where: channelName(row), untilMs: row.heldUntilMs, reason: row.heldReason })),
    expiredCount: expired?.expiredCount ?? 0,
  };
}
