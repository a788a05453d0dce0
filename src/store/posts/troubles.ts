import { and, count, eq, gte, isNotNull } from 'drizzle-orm';
import { PLATFORMS, type Platform } from '../../domain/team.ts';
import { unreachable } from '../../domain/unreachable.ts';
import { LANES, type PostFacts, type TroubleFacts } from '../../ports/post.ts';
import type { LostPlatform } from '../../ports/store/posts.ts';
import type { Db, Tables, Tx } from '../engine/engine.ts';
import type { TeamContext } from '../team-context.ts';
import { channelsBeside, desire, desireAgain } from './desire.ts';
import { isExpired, isWaiting } from './post-row.ts';

/** A platform that takes nothing for this long is told about on the others, and one that takes messages again for as long; a hiccup is not. */
export const TOLD_AFTER_MS = 20_000;

const HOUR_MS = 3_600_000; // one card an hour and platform: what comes and goes does not fill the other channels

type Reading = { readonly db: Db; readonly tables: Tables; readonly teamId: string };
type Trouble = { readonly platform: Platform; readonly sinceMs: number; readonly reason: string };
type Row = Tables['troubles']['$inferSelect'];
type Watching = { readonly lost: readonly LostPlatform[]; readonly platforms?: readonly Platform[]; readonly nowMs: number };

/** Compares what stands with what was known: begins, tells and ends troubles. Mostly nothing has changed, and nothing is written. */
export async function watchPlatforms({ engine, teamId }: TeamContext, watching: Watching): Promise<void> {
  const look = (db: Db) => lookAround({ db, tables: engine.tables, teamId }, watching);
  if ((await engine.read(look)).length === 0) return;
  await engine.write(teamId, async (tx) => {
    for (const step of await look(tx.db)) await take(tx, step, watching.nowMs);
  });
}

/** What is to be done about one platform now. */
type Step =
  | { readonly kind: 'begin'; readonly trouble: Trouble }
  | { readonly kind: 'tell' | 'quiet' | 'again' | 'end'; readonly row: Row };

function take(tx: Tx, step: Step, nowMs: number): Promise<void> {
  switch (step.kind) {
    case 'begin':
      return begin(tx, step.trouble);
    case 'tell':
      return tell(tx, step.row, nowMs);
    case 'quiet':
      return setQuiet(tx, step.row, nowMs);
    case 'again':
      return setQuiet(tx, step.row, null);
    case 'end':
      return end(tx, step.row);
    default:
      return unreachable(step);
  }
}

async function lookAround(reading: Reading, { lost, platforms = PLATFORMS, nowMs }: Watching): Promise<readonly Step[]> {
  const { db, tables, teamId } = reading;
  const known = await db.select().from(tables.troubles).where(eq(tables.troubles.teamId, teamId));
  const channels = await db.select().from(tables.destinations).where(eq(tables.destinations.teamId, teamId));
  const steps: Step[] = [];
  for (const platform of platforms) {
    const bound = channels.filter((channel) => channel.platform === platform && channel.purposes.length > 0);
    const row = known.find((one) => one.platform === platform);
    const connection = bound.length === 0 ? undefined : lost.find((one) => one.platform === platform);
    // Every channel refused something, and none has taken anything since.
    const refused = bound.length > 0 && bound.every(({ heldReason }) => heldReason !== null);
    const [first] = bound;
    if (row !== undefined) steps.push(...nextSteps(row, { stands: connection !== undefined || refused, nowMs }));
    else if (connection !== undefined) steps.push({ kind: 'begin', trouble: connection });
    else if (refused && first !== undefined && (await failingCount(reading, platform)) > 0) {
      steps.push({ kind: 'begin', trouble: { platform, sinceMs: nowMs, reason: first.heldReason ?? '' } });
    }
  }
  return steps;
}

function nextSteps(row: Row, { stands, nowMs }: { readonly stands: boolean; readonly nowMs: number }): readonly Step[] {
  const { quietSinceMs, toldAtMs, sinceMs } = row;
  if (!stands && quietSinceMs === null) return [{ kind: 'quiet', row }];
  // One that nobody was told of needs no proof that it is over.
  if (!stands) return toldAtMs === null || nowMs - (quietSinceMs ?? nowMs) >= TOLD_AFTER_MS ? [{ kind: 'end', row }] : [];
  if (quietSinceMs !== null) return [{ kind: 'again', row }];
  return toldAtMs === null && nowMs - sinceMs >= TOLD_AFTER_MS ? [{ kind: 'tell', row }] : [];
}

async function failingCount({ db, tables: { posts, destinations }, teamId }: Reading, platform: Platform): Promise<number> {
  const [row] = await db
    .select({ count: count() })
    .from(posts)
    .innerJoin(destinations, and(eq(destinations.teamId, posts.teamId), eq(destinations.id, posts.destinationId)))
    .where(
      and(
        eq(posts.teamId, teamId),
        isWaiting(posts),
        eq(posts.held, false),
        isNotNull(posts.failure),
        eq(destinations.platform, platform),
      ),
    );
  return row?.count ?? 0;
}

async function begin({ db, tables: { troubles }, teamId }: Tx, { platform, sinceMs, reason }: Trouble): Promise<void> {
  await db.insert(troubles).values({ teamId, platform, sinceMs, reason, toldAtMs: null, quietSinceMs: null });
}

async function setQuiet({ db, tables: { troubles }, teamId }: Tx, { platform }: Row, quietSinceMs: number | null): Promise<void> {
  await db
    .update(troubles)
    .set({ quietSinceMs })
    .where(and(eq(troubles.teamId, teamId), eq(troubles.platform, platform)));
}

async function tell(tx: Tx, row: Row, nowMs: number): Promise<void> {
  const { troubles } = tx.tables;
  const facts = notice(await factsOf(tx, row, { backAtMs: null }));
  const beside = await channelsBeside(tx, (id) => id.startsWith(`${row.platform}:`));
  for (const destinationId of beside) await desire(tx, { key: keyOf(row), destinationId, facts, lane: LANES.live, nowMs });
  await tx.db
    .update(troubles)
    .set({ toldAtMs: nowMs })
    .where(and(eq(troubles.teamId, tx.teamId), eq(troubles.platform, row.platform)));
}

async function end(tx: Tx, row: Row): Promise<void> {
  const { troubles } = tx.tables;
  await tx.db.delete(troubles).where(and(eq(troubles.teamId, tx.teamId), eq(troubles.platform, row.platform)));
  const backAtMs = row.quietSinceMs;
  if (row.toldAtMs === null || backAtMs === null) return;
  const facts = notice(await factsOf(tx, row, { backAtMs }));
  await desireAgain(tx, { key: keyOf(row), facts, lane: LANES.live, nowMs: backAtMs });
  // The platform itself hears what it missed.
  const mine = await channelsBeside(tx, (id) => !id.startsWith(`${row.platform}:`));
  for (const destinationId of mine)
    await desire(tx, { key: keyOf(row), destinationId, facts, lane: LANES.live, nowMs: backAtMs });
}

async function factsOf(tx: Tx, row: Row, { backAtMs }: { backAtMs: number | null }): Promise<TroubleFacts> {
  const { posts, destinations } = tx.tables;
  const here = and(eq(posts.teamId, tx.teamId), eq(destinations.platform, row.platform));
  const inChannel = and(eq(destinations.teamId, posts.teamId), eq(destinations.id, posts.destinationId));
  const [waiting] = await tx.db
    .select({ count: count() })
    .from(posts)
    .innerJoin(destinations, inChannel)
    .where(and(here, isWaiting(posts), eq(posts.held, false), isNotNull(posts.failure)));
  const [late] = await tx.db
    .select({ count: count() })
    .from(posts)
    .innerJoin(destinations, inChannel)
    .where(and(here, isExpired(posts), gte(posts.expiresAtMs, row.sinceMs)));
  return {
    platform: row.platform as Platform,
    sinceMs: row.sinceMs,
    reason: row.reason,
    waitingCount: waiting?.count ?? 0,
    backAtMs,
    tooLateCount: late?.count ?? 0,
  };
}

function keyOf({ platform, sinceMs }: Row): string {
  return `trouble:${platform}:${Math.floor(sinceMs / HOUR_MS)}`;
}

function notice(facts: TroubleFacts): PostFacts {
  return { kind: 'notice', notice: { what: 'trouble', ...facts } };
}
