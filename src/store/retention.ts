import { and, asc, lt, lte, type SQL } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Engine } from './engine/engine.ts';
import { isOver } from './posts/post-row.ts';

const DAY_MS = 86_400_000;

// The ledger, the orders and the audit never go. These do: senders retry for hours, not months, and nobody presses a button
// of last spring.
const EVENTS_KEPT_MS = 30 * DAY_MS;
const REQUESTS_KEPT_MS = 7 * DAY_MS;
const POSTS_KEPT_MS = 180 * DAY_MS;
const BUTTONS_KEPT_MS = 180 * DAY_MS;

/** Rows that go in one transaction: a night after a great sale takes many short ones, and orders are recorded in between. */
const ROWS_AT_ONCE = 2_000;

/** Deletes what has passed its age: event ids, answered requests, posts that need no more sending, buttons, link codes. */
export async function retire(engine: Engine, nowMs: number): Promise<void> {
  const { buttons, events, links, linkTries, posts, requests } = engine.tables;
  // No team's rules read these rows together with others, so transactions of nobody's team will do.
  await engine.write('', async ({ db }) => {
    await db.delete(links).where(lt(links.expiresAtMs, nowMs - DAY_MS));
    await db.delete(linkTries).where(lt(linkTries.sinceMs, nowMs - DAY_MS));
  });
  await retireRows(engine, { table: events, age: events.heardAtMs, beforeMs: nowMs - EVENTS_KEPT_MS });
  await retireRows(engine, { table: requests, age: requests.atMs, beforeMs: nowMs - REQUESTS_KEPT_MS });
  await retireRows(engine, { table: buttons, age: buttons.keptAtMs, beforeMs: nowMs - BUTTONS_KEPT_MS });
  await retireRows(engine, { table: posts, age: posts.dueMs, beforeMs: nowMs - POSTS_KEPT_MS, which: isOver(posts) });
}

type Ageing = { readonly table: SQLiteTable; readonly age: SQLiteColumn; readonly beforeMs: number; readonly which?: SQL };

/** Deletes the oldest rows, so many at a time, until none is older. Rows of one instant go together, however many they are. */
async function retireRows(engine: Engine, { table, age, beforeMs, which }: Ageing): Promise<void> {
  for (;;) {
    const isLast = await engine.write('', async ({ db }) => {
      const old = and(lt(age, beforeMs), which);
      const [next] = await db.select({ age }).from(table).where(old).orderBy(asc(age)).limit(1).offset(ROWS_AT_ONCE);
      await db.delete(table).where(next === undefined ? old : and(lte(age, next.age as number), which));
      return next === undefined;
    });
    if (isLast) return;
  }
}
