import { aliasedTable, and, asc, eq, gt, inArray, isNull, isNotNull, lte, ne, notExists, notInArray, or, sql } from 'drizzle-orm';
import { MAX_ATTEMPTS, RING_WAITS_MS } from '../../domain/courier.ts';
import { LANES, type Recipient } from '../../ports/post.ts';
import type { Homes } from '../../ports/store/posts.ts';
import type { Db, Engine, Tables, Tx } from '../engine/engine.ts';
import { isWaiting, type PostRow } from './post-row.ts';
import { chooseRinging } from './ring-copies.ts';

type Ask = {
  readonly worker: string;
  readonly leaseMs: number;
  readonly limit: number;
  readonly nowMs: number;
  readonly homes?: Homes;
};
type Times = {
  readonly nowMs: number;
  readonly leaseNowMs: number;
  readonly criticalOnly: boolean;
  readonly homes: Homes;
};

/** The claims of all teams are one queue: one claimer at a time keeps to one post in flight per destination. */
export const CLAIMS = '';

/** What was leased, and whom each ring of it rings. */
export type Claimed = {
  readonly rows: readonly PostRow[];
  readonly ringing: ReadonlyMap<string, readonly Recipient[]>;
};

const NOTHING: Claimed = { rows: [], ringing: new Map() };

/** Leases a batch: at most one post per destination, critical before live before routine, oldest first. */
export async function claimRows(engine: Engine, ask: Ask & { criticalOnly?: boolean }): Promise<Claimed> {
  const { nowMs, limit } = ask;
  const criticalOnly = ask.criticalOnly ?? false;
  const look = async (db: Db) => {
    const leaseNowMs = await leaseClock(engine, db);
    return {
      leaseNowMs,
      ids: await claimable(db, engine.tables, { nowMs, leaseNowMs, criticalOnly, homes: ask.homes ?? {} }, limit),
    };
  };
  // Mostly nothing is due: then the writer is left to those who have something to write.
  if ((await engine.read(look)).ids.length === 0) return NOTHING;
  return engine.write(CLAIMS, async (tx) => {
    const { leaseNowMs, ids } = await look(tx.db);
    if (ids.length === 0) return NOTHING;
    const leased = await lease(engine, tx, ids, { ...ask, leaseNowMs });
    const rows = ids.flatMap((id) => leased.find((row) => row.id === id) ?? []);
    return { rows, ringing: await chooseRinging(tx, rows) };
  });
}

/** What leases are measured by: the database's clock on PostgreSQL, a clock that is never set back on SQLite. */
export async function leaseClock(engine: Engine, db: Db): Promise<number> {
  if (engine.kind === 'sqlite') return Math.floor(performance.timeOrigin + performance.now());
  const clock = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`.mapWith(Number);
  const [row] = await db.select({ leaseNowMs: clock }).from(sql`(select 1) as one`);
  if (row === undefined) throw new Error('the database told no time');
  return row.leaseNowMs;
}

async function claimable(db: Db, tables: Tables, times: Times, limit: number): Promise<readonly string[]> {
  const { posts, destinations } = tables;
  const card = aliasedTable(posts, 'card');
  const place = sql<number>`row_number() over (
    partition by ${posts.teamId}, ${posts.destinationId} order by ${posts.lane}, ${posts.createdAtMs}, ${posts.id}
  )`;
  const first = db
    .select({
      id: posts.id,
      lane: posts.lane,
      createdAtMs: posts.createdAtMs,
      place: place.mapWith(Number).as('place'),
    })
    .from(posts)
    .innerJoin(destinations, and(eq(destinations.teamId, posts.teamId), eq(destinations.id, posts.destinationId)))
    .leftJoin(card, eq(card.id, posts.replyToId))
    .where(
      and(
        mayBeClaimed(tables, times),
        ...notOurs(db, tables, times.homes),
        lte(destinations.heldUntilMs, times.nowMs),
        // A ring answers its card: it waits for it, unless the card will never be there or fails for too long.
        or(
          isNull(card.id),
          isNotNull(card.remoteId),
          ne(card.state, 'waiting'),
          and(gt(card.dueMs, times.nowMs), lte(posts.createdAtMs, times.nowMs - RING_WAITS_MS)),
        ),
        notExists(inFlightBefore(db, tables, times)),
      ),
    )
    .as('first');
  const rows = await db
    .select({ id: first.id })
    .from(first)
    .where(eq(first.place, 1))
    .orderBy(asc(first.lane), asc(first.createdAtMs), asc(first.id))
    .limit(limit);
  return rows.map(({ id }) => id);
}

function mayBeClaimed({ posts }: Tables, { nowMs, leaseNowMs, criticalOnly }: Times) {
  return and(
    isWaiting(posts),
    eq(posts.held, false),
    lte(posts.dueMs, nowMs),
    or(isNull(posts.expiresAtMs), gt(posts.expiresAtMs, nowMs), gt(posts.deliveredRevision, 0)),
    sql`${posts.attemptCount} < ${MAX_ATTEMPTS}`,
    or(isNull(posts.leaseUntilMs), lte(posts.leaseUntilMs, leaseNowMs)),
    criticalOnly ? eq(posts.lane, LANES.critical) : undefined,
  );
}

/** Leaves to others the posts of teams that live in another workspace than the one this process has a token for. */
function notOurs(db: Db, { posts, destinations, workspaces }: Tables, homes: Homes) {
  return Object.entries(homes).map(([platform, workspaceId]) => {
    const strangers = db
      .select({ teamId: workspaces.teamId })
      .from(workspaces)
      .where(and(eq(workspaces.platform, platform), ne(workspaces.workspaceId, workspaceId)));
    return or(ne(destinations.platform, platform), notInArray(posts.teamId, strangers));
  });
}

/** What is on its way to the same destination and must arrive first: anything, but for a critical post only a critical one. */
function inFlightBefore(db: Db, { posts }: Tables, { leaseNowMs }: Times) {
  const busy = aliasedTable(posts, 'busy');
  return db
    .select({ id: busy.id })
    .from(busy)
    .where(
      and(
        eq(busy.teamId, posts.teamId),
        eq(busy.destinationId, posts.destinationId),
        isNotNull(busy.leaseWorker),
        gt(busy.leaseUntilMs, leaseNowMs),
        or(eq(busy.lane, LANES.critical), gt(posts.lane, LANES.critical)),
      ),
    );
}

async function lease(
  { kind, tables }: Engine,
  { db }: Tx,
  ids: readonly string[],
  { worker, leaseMs, nowMs, leaseNowMs }: Ask & { readonly leaseNowMs: number },
): Promise<readonly PostRow[]> {
  const { posts } = tables;
  const wanted = and(inArray(posts.id, [...ids]), mayBeClaimed(tables, { nowMs, leaseNowMs, criticalOnly: false, homes: {} }));
  // On PostgreSQL a team may be writing one of these at this moment: it is left for the next round instead of waited for.
  const unlocked = sql`${posts.id} in (select ${posts.id} from ${posts} where ${wanted} for update skip locked)`;
  return db
    .update(posts)
    .set({
      leaseWorker: worker,
      leaseUntilMs: leaseNowMs + leaseMs,
      attemptCount: sql`${posts.attemptCount} + 1`, // counted now: a post that kills its worker still runs out
      claimedRevision: sql`${posts.revision}`,
      inDoubt: sql`(${posts.inDoubt} or ${posts.leaseWorker} is not null)`, // a lease that ran out unsettled
    })
    .where(kind === 'postgres' ? and(unlocked, wanted) : wanted)
    .returning();
}

/** Lets go of what other workers had leased. Only for a file that one process serves: the others are gone. */
export async function takeOver(engine: Engine, worker: string): Promise<void> {
  if (engine.kind !== 'sqlite') return;
  const { posts } = engine.tables;
  await engine.write(CLAIMS, ({ db }) =>
    db
      .update(posts)
      .set({ leaseUntilMs: 0 })
      .where(and(isNotNull(posts.leaseWorker), ne(posts.leaseWorker, worker))),
  );
}
