import { and, count, eq, gte, isNotNull } from 'drizzle-orm';
import { PLATFORMS, type Platform } from '../../domain/team.ts';
import { LANES, type PostFacts, type TroubleFacts } from '../../ports/post.ts';
import type { LostPlatform } from '../../ports/store/posts.ts';
import type { Db, Tables, Tx } from '../engine/engine.ts';
import type { TeamContext } from '../team-context.ts';
import { desire, desireAgain, destinationsFor } from './desire.ts';

/** A platform that takes nothing for this long is told about on the others; a hiccup is not. */
export const TOLD_AFTER_MS = 20_000;

type Reading = { readonly db: Db; readonly tables: Tables; readonly teamId: string };
type Trouble = { readonly platform: Platform; readonly sinceMs: number; readonly reason: string };
type Row = Tables['troubles']['$inferSelect'];
type Watching = { readonly lost: readonly LostPlatform[]; readonly nowMs: number };

/** Compares what stands with what was known: begins, tells and ends troubles. Mostly nothing has changed, and nothing is written. */
export async function watchPlatforms({ engine, teamId }: TeamContext, watching: Watching): Promise<void> {
  const look = (db: Db) => lookAround({ db, tables: engine.tables, teamId }, watching);
  const changed = ({ standing, known }: Awaited<ReturnType<typeof lookAround>>) =>
    standing.some(({ platform }) => !known.some((row) => row.platform === platform)) ||
    known.some((row) => !standing.some(({ platform }) => platform === row.platform) || isToTell(row, watching.nowMs));
  if (!changed(await engine.read(look))) return;
  await engine.write(teamId, async (tx) => {
    const { standing, known } = await look(tx.db);
    for (const trouble of standing) {
      if (!known.some(({ platform }) => platform === trouble.platform)) await begin(tx, trouble);
    }
    for (const row of known) {
      const stands = standing.some(({ platform }) => platform === row.platform);
      if (!stands) await end(tx, row, watching.nowMs);
      else if (isToTell(row, watching.nowMs)) await tell(tx, row, watching.nowMs);
    }
  });
}

function isToTell({ toldAtMs, sinceMs }: Row, nowMs: number): boolean {
  return toldAtMs === null && nowMs - sinceMs >= TOLD_AFTER_MS;
}

async function lookAround(
  reading: Reading,
  { lost, nowMs }: Watching,
): Promise<{ readonly standing: readonly Trouble[]; readonly known: readonly Row[] }> {
  const { db, tables, teamId } = reading;
  const known = await db.select().from(tables.troubles).where(eq(tables.troubles.teamId, teamId));
  const channels = await db.select().from(tables.destinations).where(eq(tables.destinations.teamId, teamId));
  const standing: Trouble[] = [];
  for (const platform of PLATFORMS) {
    const bound = channels.filter((channel) => channel.platform === platform && channel.purposes.length > 0);
    if (bound.length === 0) continue;
    const connection = lost.find((one) => one.platform === platform);
    const [refusing] = bound;
    if (connection !== undefined) standing.push(connection);
    else if (refusing !== undefined && bound.every(({ heldReason }) => heldReason !== null)) {
      if ((await failingCount(reading, platform)) === 0) continue;
      standing.push({ platform, sinceMs: nowMs, reason: refusing.heldReason ?? '' });
    }
  }
  return { standing, known };
}

async function failingCount({ db, tables: { posts, destinations }, teamId }: Reading, platform: Platform): Promise<number> {
  const [row] = await db
    .select({ count: count() })
    .from(posts)
    .innerJoin(destinations, and(eq(destinations.teamId, posts.teamId), eq(destinations.id, posts.destinationId)))
    .where(
      and(
        eq(posts.teamId, teamId),
        eq(posts.state, 'waiting'),
        eq(posts.held, false),
        isNotNull(posts.failure),
        eq(destinations.platform, platform),
      ),
    );
  return row?.count ?? 0;
}

async function begin({ db, tables: { troubles }, teamId }: Tx, { platform, sinceMs, reason }: Trouble): Promise<void> {
  await db.insert(troubles).values({ teamId, platform, sinceMs, reason, toldAtMs: null });
}

async function tell(tx: Tx, row: Row, nowMs: number): Promise<void> {
  const { troubles } = tx.tables;
  const facts = await factsOf(tx, row, { backAtMs: null });
  for (const destinationId of await otherTeamChannels(tx, row.platform)) {
    await desire(tx, { key: keyOf(row), destinationId, facts: notice(facts), lane: LANES.live, nowMs });
  }
  await tx.db
    .update(troubles)
    .set({ toldAtMs: nowMs })
    .where(and(eq(troubles.teamId, tx.teamId), eq(troubles.platform, row.platform)));
}

async function end(tx: Tx, row: Row, nowMs: number): Promise<void> {
  const { troubles } = tx.tables;
  await tx.db.delete(troubles).where(and(eq(troubles.teamId, tx.teamId), eq(troubles.platform, row.platform)));
  if (row.toldAtMs === null) return;
  const facts = notice(await factsOf(tx, row, { backAtMs: nowMs }));
  await desireAgain(tx, { key: keyOf(row), facts, lane: LANES.live, nowMs });
  // The platform itself hears what it missed.
  const mine = (await destinationsFor(tx, 'team')).filter((id) => id.startsWith(`${row.platform}:`));
  for (const destinationId of mine) await desire(tx, { key: keyOf(row), destinationId, facts, lane: LANES.live, nowMs });
}

async function factsOf(tx: Tx, row: Row, { backAtMs }: { backAtMs: number | null }): Promise<TroubleFacts> {
  const { posts, destinations } = tx.tables;
  const here = and(eq(posts.teamId, tx.teamId), eq(destinations.platform, row.platform));
  const inChannel = and(eq(destinations.teamId, posts.teamId), eq(destinations.id, posts.destinationId));
  const [waiting] = await tx.db
    .select({ count: count() })
    .from(posts)
    .innerJoin(destinations, inChannel)
    .where(and(here, eq(posts.state, 'waiting'), eq(posts.held, false), isNotNull(posts.failure)));
  const [late] = await tx.db
    .select({ count: count() })
    .from(posts)
    .innerJoin(destinations, inChannel)
    .where(and(here, eq(posts.state, 'expired'), gte(posts.expiresAtMs, row.sinceMs)));
  return {
    platform: row.platform as Platform,
    sinceMs: row.sinceMs,
    reason: row.reason,
    waitingCount: waiting?.count ?? 0,
    backAtMs,
    tooLateCount: late?.count ?? 0,
  };
}

async function otherTeamChannels(tx: Tx, platform: string): Promise<readonly string[]> {
  return (await destinationsFor(tx, 'team')).filter((id) => !id.startsWith(`${platform}:`));
}

function keyOf({ platform, sinceMs }: Row): string {
  return `trouble:${platform}:${sinceMs}`;
}

function notice(facts: TroubleFacts): PostFacts {
  return { kind: 'notice', notice: { what: 'trouble', ...facts } };
}
