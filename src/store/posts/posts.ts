import { and, asc, count, eq, gt, isNotNull, lte, min, or } from 'drizzle-orm';
import { LANES } from '../../ports/post.ts';
import type { PostHealth, TeamPostStore } from '../../ports/store/posts.ts';
import { desire } from './desire.ts';
import { knownChannel } from './destinations.ts';
import type { Db } from '../engine/engine.ts';
import { intent } from '../intent.ts';
import type { TeamContext } from '../team-context.ts';

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
    health: (nowMs) => context.engine.read((db) => health(context, db, nowMs)),
  };
}

async function health({ engine, teamId }: TeamContext, db: Db, nowMs: number): Promise<PostHealth> {
  const { posts, destinations } = engine.tables;
  const mine = eq(posts.teamId, teamId);
  // An announcement of next week is not late, and one that a pause holds is not waiting to be sent; one between two tries is.
  const due = or(lte(posts.dueMs, nowMs), isNotNull(posts.failure));
  const waiting = and(mine, eq(posts.state, 'waiting'), eq(posts.held, false), due);
  const [unsent] = await db
    .select({ waitingCount: count(), oldestMs: min(posts.dueMs) })
    .from(posts)
    .where(waiting);
  const dead = await db
    .select({ postId: posts.id, kind: posts.kind, destinationId: posts.destinationId, reason: posts.failure })
    .from(posts)
    .where(and(mine, eq(posts.state, 'dead')))
    .orderBy(asc(posts.createdAtMs), asc(posts.id));
  const held = await db
    .select({ destinationId: destinations.id, untilMs: destinations.heldUntilMs })
    .from(destinations)
    .where(and(eq(destinations.teamId, teamId), gt(destinations.heldUntilMs, nowMs)))
    .orderBy(destinations.id);
  const [expired] = await db
    .select({ expiredCount: count() })
    .from(posts)
    .where(and(mine, eq(posts.state, 'expired')));
  return {
    waitingCount: unsent?.waitingCount ?? 0,
    oldestWaitingMs: unsent?.oldestMs ?? null,
    dead: dead.slice(-DEAD_SHOWN_MAX).map((post) => ({ ...post, reason: post.reason ?? 'no reason was given' })),
    heldDestinations: held,
    expiredCount: expired?.expiredCount ?? 0,
  };
}
