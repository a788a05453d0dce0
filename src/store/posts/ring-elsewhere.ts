import { and, eq, inArray, isNull } from 'drizzle-orm';
import { copiesThatRing } from '../../domain/ping.ts';
import type { Platform } from '../../domain/team.ts';
import { mentionsIn, type Lane, type PostFacts } from '../../ports/post.ts';
import type { Tx } from '../engine/engine.ts';
import { isWaiting, type PostRow } from './post-row.ts';
import { desire } from './desire.ts';
import { copiesOf, elsewhereKey, knownPeople, means, ringingCopies, type Copy, type Known } from './ring-copies.ts';

/** What takes nothing at present: one post, one channel, or all of a platform. */
export type Refusing =
  | { readonly what: 'post'; readonly row: PostRow }
  | { readonly what: 'destination'; readonly row: PostRow }
  | { readonly what: 'platform'; readonly row: PostRow; readonly platform: Platform };

const RINGS = ['alert-ring', 'reminder-ring', 'pause-ring'];

/**
 * Rings whoever was to be rung there on another platform they have: each ring that waits where nothing is taken, and each that
 * waits for a card there, is posted once more in a channel that shows it without ringing them. Whichever copy is claimed first
 * rings, and the other does not.
 */
export async function ringElsewhere(tx: Tx, refusing: Refusing, nowMs: number): Promise<void> {
  const people = await knownPeople(tx, tx.teamId);
  for (const ring of await ringsWaiting(tx, refusing)) {
    // So that the copy elsewhere does not leave it to this one.
    if (ring.failure === null) await noteFailure(tx, ring, refusing.row.failure);
    const copies = (await copiesOf(tx, ring)).map((copy) => (isRefused(copy, ring, refusing) ? refusedCopy(copy, ring) : copy));
    const wanted = new Set(people.flatMap((person) => placeFor(person, ring, copies) ?? []));
    for (const destinationId of wanted) {
      if (copies.some((copy) => copy.destinationId === destinationId && copy.key === elsewhereKey(ring.key))) continue;
      await desire(tx, {
        key: elsewhereKey(ring.key),
        destinationId,
        facts: ring.facts as PostFacts,
        lane: ring.lane as Lane,
        nowMs,
        replyToKey: await cardKeyOf(tx, ring),
      });
    }
  }
}

/** The rings that cannot ring now: unseen, and refused themselves or behind what is. */
async function ringsWaiting({ db, tables, teamId }: Tx, refusing: Refusing): Promise<readonly PostRow[]> {
  const { posts, destinations } = tables;
  const { row } = refusing;
  const itself = RINGS.includes(row.kind) && row.deliveredRevision === 0 ? [row] : [];
  const inChannels =
    refusing.what === 'platform'
      ? inArray(
          posts.destinationId,
          db
            .select({ id: destinations.id })
            .from(destinations)
            .where(and(eq(destinations.teamId, teamId), eq(destinations.platform, refusing.platform))),
        )
      : eq(posts.destinationId, row.destinationId);
  const behind = await db
    .select()
    .from(posts)
    .where(
      and(
        eq(posts.teamId, teamId),
        inArray(posts.kind, RINGS),
        isWaiting(posts),
        eq(posts.deliveredRevision, 0),
        refusing.what === 'post' ? eq(posts.replyToId, row.id) : inChannels,
      ),
    )
    .orderBy(posts.createdAtMs, posts.id);
  return [...itself, ...behind.filter(({ id, leaseWorker }) => id !== row.id && leaseWorker === null)];
}

function isRefused(copy: Copy, ring: PostRow, refusing: Refusing): boolean {
  if (copy.id === ring.id) return true;
  if (refusing.what === 'platform') return copy.platform === refusing.platform;
  return refusing.what === 'destination' && copy.destinationId === refusing.row.destinationId;
}

/** A copy where nothing is taken: what it was to do it has not done. */
function refusedCopy(copy: Copy, ring: PostRow): Copy {
  const undone = copy.id === ring.id ? { pinged: null, state: ring.state } : {};
  return { ...copy, ...undone, failure: copy.failure ?? 'refused' };
}

/** The channel in which a person must be rung instead; null when some copy rings them, or none of their platforms shows the ring. */
function placeFor(person: Known, ring: PostRow, copies: readonly Copy[]): string | null {
  if (!mentionsIn(ring.facts as PostFacts).some((mention) => means(mention, person))) return null;
  const ringing = ringingCopies(person, copies);
  if (ringing.some(({ state, reachable }) => state === 'rang' || reachable)) return null;
  // A copy that has arrived, or is on its way, rings nobody any more: beside it there is room for one that does.
  const shown = copies.filter(
    ({ failure, heldReason, deliveredRevision, leaseUntilMs }) =>
      failure === null && heldReason === null && (deliveredRevision > 0 || leaseUntilMs !== null),
  );
  const platforms = [...new Set(person.accounts.map(({ platform }) => platform))];
  const places = shown.map(
    ({ destinationId, platform }) => ({ destinationId, platform, state: 'waiting', reachable: true }) as const,
  );
  return copiesThatRing({ ...person, platforms, pingWhere: 'last' }, places)[0]?.destinationId ?? null;
}

async function noteFailure({ db, tables: { posts } }: Tx, { id }: PostRow, reason: string | null): Promise<void> {
  await db
    .update(posts)
    .set({ failure: reason ?? 'what it answers was not taken' })
    .where(and(eq(posts.id, id), isNull(posts.failure)));
}

async function cardKeyOf({ db, tables: { posts } }: Tx, { replyToId }: PostRow): Promise<string | null> {
  if (replyToId === null) return null;
  const [card] = await db.select({ key: posts.key }).from(posts).where(eq(posts.id, replyToId));
  return card?.key ?? null;
}
