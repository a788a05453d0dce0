import { and, eq, gt, lte, or } from 'drizzle-orm';
import { EDIT_PACE_MS, LONGEST_WAIT_MS } from '../../domain/courier.ts';
import type { Db, Tables } from '../engine/engine.ts';
import type { TeamContext } from '../team-context.ts';
import { isWaiting } from './post-row.ts';

// Clocks of several machines differ by this much at most; it is no clock that was set back.
const SKEW_MS = 5_000;

/**
 * Lets go what waits for a time that moved away because the clock was set back: a card would stand still, and a channel be held,
 * for as long as the clock was set back by. What somebody wants at a time, as an announcement, waits for that time.
 */
export async function afterSetBack({ engine, teamId }: TeamContext, nowMs: number): Promise<void> {
  const { posts, destinations } = engine.tables;
  const postsStuck = and(eq(posts.teamId, teamId), stuck(engine.tables, nowMs));
  const channelsStuck = and(eq(destinations.teamId, teamId), gt(destinations.heldUntilMs, nowMs + LONGEST_WAIT_MS));
  const any = async (db: Db): Promise<boolean> => {
    const waiting = await db.select({ id: posts.id }).from(posts).where(postsStuck).limit(1);
    const held = await db.select({ id: destinations.id }).from(destinations).where(channelsStuck).limit(1);
    return waiting.length + held.length > 0;
  };
  // Mostly nothing is stuck, and nothing is written.
  if (!(await engine.read(any))) return;
  await engine.write(teamId, async (tx) => {
    await tx.db.update(destinations).set({ heldUntilMs: 0 }).where(channelsStuck);
    await tx.db.update(posts).set({ dueMs: nowMs, editAfterMs: 0 }).where(postsStuck);
    tx.desiredPosts += 1;
  });
}

function stuck({ posts }: Tables, nowMs: number) {
  const wantedLater = and(gt(posts.createdAtMs, nowMs + SKEW_MS), lte(posts.dueMs, posts.createdAtMs));
  const pacedLater = and(gt(posts.editAfterMs, nowMs + EDIT_PACE_MS + SKEW_MS), lte(posts.dueMs, posts.editAfterMs));
  const triedLater = and(gt(posts.attemptCount, 0), gt(posts.dueMs, nowMs + LONGEST_WAIT_MS));
  return and(isWaiting(posts), eq(posts.held, false), gt(posts.dueMs, nowMs), or(wantedLater, pacedLater, triedLater));
}
