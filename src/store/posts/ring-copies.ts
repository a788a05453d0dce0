import { and, eq, inArray } from 'drizzle-orm';
import { copiesThatRing, type PingWhere, type RingCopy } from '../../domain/ping.ts';
import { PLATFORMS, type Platform, type Role } from '../../domain/team.ts';
import type { Mention } from '../../ports/message.ts';
import { mentionsIn, type PostFacts, type Recipient } from '../../ports/post.ts';
import type { Db, Tables } from '../engine/engine.ts';
import type { PostRow } from './courier-claim.ts';

const ELSEWHERE = ':elsewhere';

/** The key of a ring that is posted again on another platform, because the first did not take it. */
export function elsewhereKey(key: string): string {
  return key.endsWith(ELSEWHERE) ? key : `${key}${ELSEWHERE}`;
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

/** A post of the same ring in some channel. */
export type Copy = Pick<
  PostRow,
  'id' | 'key' | 'destinationId' | 'facts' | 'state' | 'deliveredRevision' | 'pinged' | 'failure'
> & {
  readonly platform: string;
  readonly heldUntilMs: number;
  readonly heldReason: string | null;
};

/** All copies of the ring a post belongs to, itself included. */
export async function copiesOf(
  db: Db,
  { posts, destinations }: Tables,
  row: Pick<PostRow, 'teamId' | 'key'>,
): Promise<readonly Copy[]> {
  const base = row.key.endsWith(ELSEWHERE) ? row.key.slice(0, -ELSEWHERE.length) : row.key;
  return db
    .select({
      id: posts.id,
      key: posts.key,
      destinationId: posts.destinationId,
      facts: posts.facts,
      state: posts.state,
      deliveredRevision: posts.deliveredRevision,
      pinged: posts.pinged,
      failure: posts.failure,
      platform: destinations.platform,
      heldUntilMs: destinations.heldUntilMs,
      heldReason: destinations.heldReason,
    })
    .from(posts)
    .innerJoin(destinations, and(eq(destinations.teamId, posts.teamId), eq(destinations.id, posts.destinationId)))
    .where(and(eq(posts.teamId, row.teamId), inArray(posts.key, [base, `${base}${ELSEWHERE}`])))
    .orderBy(posts.id);
}

/** Whom one copy rings, and where the others are rung. `post` is one of `copies`. */
export function recipientsOf(
  post: Pick<PostRow, 'id'> & { readonly platform: Platform },
  copies: readonly Copy[],
  people: readonly Known[],
): readonly Recipient[] {
  return people.map((person) => {
    const { personId, name, roles, accounts, lastPlatform, pingWhere } = person;
    const platforms = PLATFORMS.filter((platform) => accounts.some((account) => account.platform === platform));
    const asked = copies.filter(({ facts }) => mentionsIn(facts as PostFacts).some((mention) => means(mention, person)));
    const standing = asked.map((copy) => ({ ...standingOf(copy, personId), id: copy.id }));
    const chosen = copiesThatRing({ platforms, lastPlatform, pingWhere }, standing);
    const here = chosen.some((copy) => copy.id === post.id && copy.state === 'waiting');
    const accountIds = accounts.filter(({ platform }) => platform === post.platform).map(({ accountId }) => accountId);
    const rungOn = here ? null : (chosen[0]?.platform ?? null);
    return { personId, name, roles, accountIds: here ? accountIds : [], rungOn };
  });
}

function means(mention: Mention, { personId, roles }: Known): boolean {
  return 'role' in mention ? roles.includes(mention.role) : mention.personId === personId;
}

function standingOf(copy: Copy, personId: string): RingCopy {
  const { destinationId, platform, state, deliveredRevision, pinged, failure, heldReason } = copy;
  const rang = pinged?.includes(personId) === true;
  const arrives = state === 'waiting' && deliveredRevision === 0;
  return {
    destinationId,
    platform: platform as Platform,
    state: rang ? 'rang' : arrives ? 'waiting' : 'over',
    reachable: failure === null && heldReason === null,
  };
}
