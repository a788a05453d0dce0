import { and, asc, eq, inArray, like } from 'drizzle-orm';
import { factId } from '../../domain/fact-id.ts';
import { LANES } from '../../ports/post.ts';
import type { PauseFacts, PostFacts } from '../../ports/post.ts';
import { desire, destinationsFor } from '../posts/desire.ts';
import type { Tx } from '../engine/engine.ts';
import type { PauseRow } from './pause-facts.ts';
import { pauseFacts } from './pause-facts.ts';
import { isWaiting } from '../posts/post-row.ts';

type Channel = { readonly id: string; readonly audience: PauseFacts['audience'] };

/** Every channel bound to a purpose. One that the community reads is told less. */
export async function boundChannels({ db, tables: { destinations }, teamId }: Tx): Promise<readonly Channel[]> {
  const rows = await db
    .select({ id: destinations.id, purposes: destinations.purposes })
    .from(destinations)
    .where(eq(destinations.teamId, teamId))
    .orderBy(asc(destinations.id));
  return rows
    .filter(({ purposes }) => purposes.length > 0)
    .map(({ id, purposes }) => ({ id, audience: purposes.includes('community') ? 'public' : 'team' }));
}

/** Writes the pause's living card to every channel, or to those of the team only when nothing changed for the public. */
export async function showCards(tx: Tx, row: PauseRow, nowMs: number, to: 'all' | 'team'): Promise<void> {
  const pause = await pauseFacts(tx, row, nowMs);
  for (const { id, audience } of await boundChannels(tx)) {
    if (to === 'team' && audience === 'public') continue;
    const facts: PostFacts = { kind: 'pause', pause: { ...pause, audience } };
    await desire(tx, { key: row.id, destinationId: id, facts, lane: LANES.critical, nowMs });
  }
}

/** Rings once, in the channels where the team and the host listen, answering the card there. */
export async function ringPause(
  tx: Tx,
  row: PauseRow,
  { why, surfaces, nowMs }: { why: (PostFacts & { kind: 'pause-ring' })['why']; surfaces: readonly string[]; nowMs: number },
): Promise<void> {
  const { pauses } = tx.tables;
  const ringCount = row.ringCount + 1;
  await tx.db
    .update(pauses)
    .set({ ringCount })
    .where(and(eq(pauses.teamId, tx.teamId), eq(pauses.id, row.id)));
  const pause = await pauseFacts(tx, row, nowMs);
  const bound = await boundChannels(tx);
  const team = await destinationsFor(tx, 'team');
  const host = await destinationsFor(tx, 'host');
  for (const destinationId of new Set([...team, ...host])) {
    const audience = bound.find(({ id }) => id === destinationId)?.audience ?? 'team';
    // Each is rung where they listen, and nowhere twice.
    const mentions = [
      ...(team.includes(destinationId) ? [{ role: 'producer' } as const] : []),
      ...(host.includes(destinationId) ? [{ role: 'host' } as const] : []),
    ];
    const facts: PostFacts = { kind: 'pause-ring', why, pause: { ...pause, audience }, surfaces, mentions };
    const key = factId(`${row.id}:ring:${ringCount}`, nowMs);
    await desire(tx, { key, destinationId, facts, lane: LANES.critical, nowMs, replyToKey: row.id });
  }
}

/** Takes back the rings of these kinds that nobody has seen yet. */
export async function withdrawRings(tx: Tx, row: PauseRow, whys: readonly string[]): Promise<void> {
  const { posts } = tx.tables;
  const unseen = await tx.db
    .select({ id: posts.id, facts: posts.facts })
    .from(posts)
    .where(
      and(eq(posts.teamId, tx.teamId), like(posts.key, `${row.id}:ring:%`), isWaiting(posts), eq(posts.deliveredRevision, 0)),
    );
  const ids = unseen.filter(({ facts }) => isRing(facts as PostFacts, whys)).map(({ id }) => id);
  if (ids.length > 0) await tx.db.update(posts).set({ state: 'withdrawn' }).where(inArray(posts.id, ids));
}

function isRing(facts: PostFacts, whys: readonly string[]): boolean {
  return facts.kind === 'pause-ring' && whys.includes(facts.why);
}
