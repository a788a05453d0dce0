import { and, asc, eq, inArray } from 'drizzle-orm';
import { copiesThatRing, type PingWhere, type RingCopy } from '../../domain/ping.ts';
import { PLATFORMS, type Platform, type Role } from '../../domain/team.ts';
import type { Mention } from '../../ports/message.ts';
import { mentionsIn, type PostFacts, type Recipient } from '../../ports/post.ts';
import type { Db, Tables, Tx } from '../engine/engine.ts';
import type { PostRow } from './post-row.ts';

const ELSEWHERE = ':elsewhere';

/** The key of a ring that is posted again on another platform, because the first did not take it. */
export function elsewhereKey(key: string): string {
  return isElsewhere(key) ? key : `${key}${ELSEWHERE}`;
}

/** Whether a ring is such a second copy. */
export function isElsewhere(key: string): boolean {
  return key.endsWith(ELSEWHERE);
}

/** Everybody of a team, with what decides where a ring reaches them. */
export type Known = {
  readonly personId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly accounts: readonly { readonly platform: Platform; readonly accountId: string }[];
  readonly lastPlatform: Platform | null;
  readonly pingWhere: PingWhere;
};

/** A post of the same ring in some channel. `pinged` is whom it rings: written when it is claimed, and taken back if it is refused. */
export type Copy = Pick<
  PostRow,
  'id' | 'key' | 'destinationId' | 'facts' | 'state' | 'deliveredRevision' | 'pinged' | 'failure' | 'leaseUntilMs'
> & { readonly platform: Platform; readonly heldReason: string | null };

/** How a person stands with one copy. */
export type Standing = RingCopy & { readonly copy: Copy };

type Reading = { readonly db: Db; readonly tables: Tables };

/** Everybody of a team. */
export async function knownPeople({ db, tables }: Reading, teamId: string): Promise<readonly Known[]> {
  const { people, accounts, assignments } = tables;
  const known = await db.select().from(people).where(eq(people.teamId, teamId)).orderBy(asc(people.personId));
  const theirAccounts = await db.select().from(accounts).where(eq(accounts.teamId, teamId)).orderBy(asc(accounts.accountId));
  const theirRoles = await db.select().from(assignments).where(eq(assignments.teamId, teamId)).orderBy(asc(assignments.role));
  return known.map(({ personId, name, lastPlatform, pingWhere }) => ({
    personId,
    name,
    roles: [...new Set(theirRoles.filter((one) => one.personId === personId).map(({ role }) => role as Role))],
    accounts: theirAccounts
      .filter((one) => one.personId === personId)
      .map(({ platform, accountId }) => ({ platform: platform as Platform, accountId })),
    lastPlatform: lastPlatform as Platform | null,
    pingWhere: pingWhere === 'both' ? 'both' : 'last',
  }));
}

/** All copies of the ring a post belongs to, itself included. */
export async function copiesOf({ db, tables }: Reading, row: Pick<PostRow, 'teamId' | 'key'>): Promise<readonly Copy[]> {
  const { posts, destinations } = tables;
  const base = isElsewhere(row.key) ? row.key.slice(0, -ELSEWHERE.length) : row.key;
  const rows = await db
    .select({
      id: posts.id,
      key: posts.key,
      destinationId: posts.destinationId,
      facts: posts.facts,
      state: posts.state,
      deliveredRevision: posts.deliveredRevision,
      pinged: posts.pinged,
      failure: posts.failure,
      leaseUntilMs: posts.leaseUntilMs,
      platform: destinations.platform,
      heldReason: destinations.heldReason,
    })
    .from(posts)
    .innerJoin(destinations, and(eq(destinations.teamId, posts.teamId), eq(destinations.id, posts.destinationId)))
    .where(and(eq(posts.teamId, row.teamId), inArray(posts.key, [base, elsewhereKey(base)])))
    .orderBy(asc(posts.id));
  return rows.map((one) => ({ ...one, platform: one.platform as Platform }));
}

/** The copies that ring a person, out of those that name them. `choosingId` is the copy about to be sent, if there is one. */
export function ringingCopies(person: Known, copies: readonly Copy[], choosingId?: string): readonly Standing[] {
  const platforms = PLATFORMS.filter((platform) => person.accounts.some((account) => account.platform === platform));
  const asked = copies.filter(({ facts }) => mentionsIn(facts as PostFacts).some((mention) => means(mention, person)));
  return copiesThatRing(
    { platforms, lastPlatform: person.lastPlatform, pingWhere: person.pingWhere },
    asked.map((copy) => standingOf(copy, person.personId, choosingId)),
  );
}

/** Whether a mention names this person. */
export function means(mention: Mention, { personId, roles }: Known): boolean {
  return 'role' in mention ? roles.includes(mention.role) : mention.personId === personId;
}

/**
 * Chooses whom each claimed ring rings and writes it down, one after the other, in the transaction that claims them: so two
 * copies on their way at the same time never ring the same person. Answers the recipients by post id.
 */
export async function chooseRinging(tx: Tx, rows: readonly PostRow[]): Promise<ReadonlyMap<string, readonly Recipient[]>> {
  const { posts } = tx.tables;
  const chosen = new Map<string, readonly Recipient[]>();
  for (const row of rows) {
    // Only what has not arrived can ring.
    if (row.remoteId !== null || mentionsIn(row.facts as PostFacts).length === 0) continue;
    const copies = await copiesOf(tx, row);
    const recipients = recipientsOf(row.id, copies, await knownPeople(tx, row.teamId));
    const pinged = recipients.filter(({ accountIds }) => accountIds.length > 0).map(({ personId }) => personId);
    await tx.db.update(posts).set({ pinged }).where(eq(posts.id, row.id));
    chosen.set(row.id, recipients);
  }
  return chosen;
}

function recipientsOf(postId: string, copies: readonly Copy[], people: readonly Known[]): readonly Recipient[] {
  const here = copies.find(({ id }) => id === postId);
  return people.map((person) => {
    const { personId, name, roles, accounts } = person;
    const ringing = ringingCopies(person, copies, postId);
    const isHere = ringing.some(({ copy }) => copy.id === postId);
    const accountIds = accounts.filter(({ platform }) => platform === here?.platform).map(({ accountId }) => accountId);
    return {
      personId,
      name,
      roles,
      accountIds: isHere ? accountIds : [],
      rungOn: isHere ? null : (ringing[0]?.platform ?? null),
    };
  });
}

function standingOf(copy: Copy, personId: string, choosingId: string | undefined): Standing {
  const { id, destinationId, platform, state, deliveredRevision, pinged, failure, heldReason, leaseUntilMs } = copy;
  // One that is on its way already rings whom it rings.
  const isDecided = leaseUntilMs !== null && pinged !== null && id !== choosingId;
  const arrives = state === 'waiting' && deliveredRevision === 0 && !isDecided;
  return {
    copy,
    destinationId,
    platform,
    state: pinged?.includes(personId) === true ? 'rang' : arrives ? 'waiting' : 'over',
    reachable: failure === null && heldReason === null,
  };
}
