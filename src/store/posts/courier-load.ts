import { SOMEONE_WHO_LEFT } from '../../domain/erasure.ts';
import { and, eq, inArray } from 'drizzle-orm';
import { RESTORED_LOOK_MS } from '../../domain/courier.ts';
import type { ClaimedPost, Lane, PostFacts, Recipient } from '../../ports/post.ts';
import type { PostRow } from './post-row.ts';
import { toDestination } from './destinations.ts';
import type { Db, Engine, Tables } from '../engine/engine.ts';

type TeamSide = {
  readonly destinations: readonly Tables['destinations']['$inferSelect'][];
  readonly people: readonly { readonly personId: string; readonly name: string }[];
  readonly restoredAtMs: number | null;
};

/** Adds to leased rows what sending them needs: where, and in whose language and zone. `ringing` says whom each ring rings. */
export function loadClaimed(
  engine: Engine,
  { rows, ringing }: { readonly rows: readonly PostRow[]; readonly ringing: ReadonlyMap<string, readonly Recipient[]> },
  nowMs: number,
): Promise<readonly ClaimedPost[]> {
  return engine.read(async (db) => {
    const teams = new Map<string, TeamSide>();
    for (const teamId of new Set(rows.map((row) => row.teamId))) teams.set(teamId, await teamSide(db, engine.tables, teamId));
    const cards = await remoteIds(db, engine.tables, rows);
    return rows.map((row) => {
      const team = teams.get(row.teamId);
      if (team === undefined) throw new Error(`no team ${row.teamId}`);
      return { ...toClaimed(row, team, cards, nowMs), recipients: ringing.get(row.id) ?? [] };
    });
  });
}

function toClaimed(
  row: PostRow,
  team: TeamSide,
  cards: ReadonlyMap<string, string | null>,
  nowMs: number,
): Omit<ClaimedPost, 'recipients'> {
  const destination = team.destinations.find(({ id }) => id === row.destinationId);
  if (destination === undefined) throw new Error(`no destination ${row.destinationId}`);
  const { locale, zone } = destination;
  const restored = team.restoredAtMs !== null && nowMs - team.restoredAtMs < RESTORED_LOOK_MS;
  return {
    id: row.id,
    teamId: row.teamId,
    key: row.key,
    destination: toDestination(destination),
    facts: row.facts as PostFacts,
    lane: row.lane as Lane,
    revision: row.claimedRevision,
    remoteId: row.remoteId,
    replyToRemoteId: row.replyToId === null ? null : (cards.get(row.replyToId) ?? null),
    attemptCount: row.attemptCount,
    repostCount: row.repostCount,
    lookFirst: row.remoteId === null && (row.inDoubt || restored),
    telling: {
      locale,
      zone,
      nameOf: (personId) => team.people.find((person) => person.personId === personId)?.name ?? SOMEONE_WHO_LEFT,
    },
    createdAtMs: row.createdAtMs,
    notBeforeMs: row.dueMs,
  };
}

async function teamSide(db: Db, { teams, destinations, people }: Tables, teamId: string): Promise<TeamSide> {
  const [team] = await db.select({ restoredAtMs: teams.restoredAtMs }).from(teams).where(eq(teams.teamId, teamId));
  return {
    destinations: await db.select().from(destinations).where(eq(destinations.teamId, teamId)),
    people: await db.select({ personId: people.personId, name: people.name }).from(people).where(eq(people.teamId, teamId)),
    restoredAtMs: team?.restoredAtMs ?? null,
  };
}

async function remoteIds(db: Db, { posts }: Tables, rows: readonly PostRow[]): Promise<ReadonlyMap<string, string | null>> {
  const cardIds = rows.flatMap(({ replyToId }) => replyToId ?? []);
  if (cardIds.length === 0) return new Map();
  const cards = await db
    .select({ id: posts.id, remoteId: posts.remoteId })
    .from(posts)
    .where(and(inArray(posts.id, cardIds)));
  return new Map(cards.map(({ id, remoteId }) => [id, remoteId]));
}
