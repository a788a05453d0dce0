import { and, eq, inArray } from 'drizzle-orm';
import { RESTORED_LOOK_MS } from '../../domain/courier.ts';
import type { Platform, Role } from '../../domain/team.ts';
import { mentionsIn, type ClaimedPost, type Lane, type PostFacts } from '../../ports/post.ts';
import type { PostRow } from './courier-claim.ts';
import { toDestination } from './destinations.ts';
import { copiesOf, recipientsOf, type Copy, type Known } from './ring-copies.ts';
import type { Db, Engine, Tables } from '../engine/engine.ts';

type TeamSide = {
  readonly destinations: readonly Tables['destinations']['$inferSelect'][];
  readonly people: readonly Known[];
  readonly restoredAtMs: number | null;
};

/** Adds to leased rows what sending them needs: where, in whose language and zone, and whom they ring. */
export function loadClaimed(engine: Engine, rows: readonly PostRow[], nowMs: number): Promise<readonly ClaimedPost[]> {
  return engine.read(async (db) => {
    const teams = new Map<string, TeamSide>();
    for (const teamId of new Set(rows.map((row) => row.teamId))) teams.set(teamId, await teamSide(db, engine.tables, teamId));
    const cards = await remoteIds(db, engine.tables, rows);
    const claimed: ClaimedPost[] = [];
    for (const row of rows) {
      const team = teams.get(row.teamId);
      if (team === undefined) throw new Error(`no team ${row.teamId}`);
      // Only what has not arrived can ring, so only then the other copies of a ring matter.
      const rings = row.remoteId === null && mentionsIn(row.facts as PostFacts).length > 0;
      const copies = rings ? await copiesOf(db, engine.tables, row) : [];
      claimed.push(toClaimed(row, { team, cards, copies, nowMs }));
    }
    return claimed;
  });
}

type Around = {
  readonly team: TeamSide;
  readonly cards: ReadonlyMap<string, string | null>;
  readonly copies: readonly Copy[];
  readonly nowMs: number;
};

function toClaimed(row: PostRow, { team, cards, copies, nowMs }: Around): ClaimedPost {
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
      nameOf: (personId) => team.people.find((person) => person.personId === personId)?.name ?? 'someone who left',
    },
    recipients: recipientsOf({ id: row.id, platform: destination.platform as Platform }, copies, team.people),
    createdAtMs: row.createdAtMs,
    notBeforeMs: row.dueMs,
  };
}

async function teamSide(
  db: Db,
  { teams, destinations, people, accounts, assignments }: Tables,
  teamId: string,
): Promise<TeamSide> {
  const [team] = await db.select({ restoredAtMs: teams.restoredAtMs }).from(teams).where(eq(teams.teamId, teamId));
  const known = await db.select().from(people).where(eq(people.teamId, teamId)).orderBy(people.personId);
  const theirAccounts = await db.select().from(accounts).where(eq(accounts.teamId, teamId)).orderBy(accounts.accountId);
  const theirRoles = await db.select().from(assignments).where(eq(assignments.teamId, teamId)).orderBy(assignments.role);
  return {
    destinations: await db.select().from(destinations).where(eq(destinations.teamId, teamId)),
    people: known.map(({ personId, name, lastPlatform, pingWhere }) => ({
      personId,
      name,
      roles: [...new Set(theirRoles.filter((one) => one.personId === personId).map(({ role }) => role as Role))],
      accounts: theirAccounts
        .filter((one) => one.personId === personId)
        .map(({ platform, accountId }) => ({ platform: platform as Platform, accountId })),
      lastPlatform: lastPlatform as Platform | null,
      pingWhere: pingWhere === 'both' ? 'both' : 'last',
    })),
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
