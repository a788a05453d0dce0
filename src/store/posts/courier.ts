import { and, eq, min } from 'drizzle-orm';
import type { CourierStore } from '../../ports/store/posts.ts';
import { claimRows, takeOver } from './courier-claim.ts';
import { loadClaimed } from './courier-load.ts';
import { endOverdue, settlePost } from './courier-settle.ts';
import type { Engine } from '../engine/engine.ts';
import { isWaiting } from './post-row.ts';

/** What the courier does with the posts of all teams. */
export function courierStore(engine: Engine): CourierStore {
  return {
    async claim(ask) {
      await endOverdue(engine, ask.nowMs);
      const claimed = await claimRows(engine, ask);
      return claimed.rows.length === 0 ? [] : loadClaimed(engine, claimed, ask.nowMs);
    },
    settle: (settling) => settlePost(engine, settling),
    nextDueMs: (nowMs) => nextDueMs(engine, nowMs),
    takeOver: (worker) => takeOver(engine, worker),
  };
}

function nextDueMs({ read, tables: { posts, destinations } }: Engine, nowMs: number): Promise<number | null> {
  return read(async (db) => {
    const rows = await db
      .select({ dueMs: min(posts.dueMs), heldUntilMs: destinations.heldUntilMs })
      .from(posts)
      .innerJoin(destinations, and(eq(destinations.teamId, posts.teamId), eq(destinations.id, posts.destinationId)))
      .where(and(isWaiting(posts), eq(posts.held, false)))
      .groupBy(posts.teamId, posts.destinationId, destinations.heldUntilMs);
    const dues = rows.map(({ dueMs, heldUntilMs }) => Math.max(dueMs ?? nowMs, heldUntilMs));
    return dues.length === 0 ? null : Math.min(...dues);
  });
}
