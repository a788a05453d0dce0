import { and, inArray, lt } from 'drizzle-orm';
import type { Engine } from './engine/engine.ts';

const DAY_MS = 86_400_000;

// The ledger, the orders and the audit never go. These do: senders retry for hours, not months, and nobody presses a button
// of last spring.
const EVENTS_KEPT_MS = 30 * DAY_MS;
const REQUESTS_KEPT_MS = 7 * DAY_MS;
const POSTS_KEPT_MS = 180 * DAY_MS;
const BUTTONS_KEPT_MS = 180 * DAY_MS;

/** Deletes what has passed its age: event ids, answered requests, posts that need no more sending, buttons, link codes. */
export async function retire(engine: Engine, nowMs: number): Promise<void> {
  // No team's rules read these rows together with others, so one transaction of nobody's team will do.
  await engine.write('', async ({ db, tables: { buttons, events, links, linkTries, posts, requests } }) => {
    await db.delete(links).where(lt(links.expiresAtMs, nowMs - DAY_MS));
    await db.delete(linkTries).where(lt(linkTries.sinceMs, nowMs - DAY_MS));
    await db.delete(events).where(lt(events.heardAtMs, nowMs - EVENTS_KEPT_MS));
    await db.delete(requests).where(lt(requests.atMs, nowMs - REQUESTS_KEPT_MS));
    await db.delete(buttons).where(lt(buttons.keptAtMs, nowMs - BUTTONS_KEPT_MS));
    const over = ['settled', 'withdrawn', 'expired', 'dead'];
    await db.delete(posts).where(and(inArray(posts.state, over), lt(posts.dueMs, nowMs - POSTS_KEPT_MS)));
  });
}
