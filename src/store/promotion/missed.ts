import { and, eq } from 'drizzle-orm';
import { LANES } from '../../ports/post.ts';
import type { PostFacts } from '../../ports/post.ts';
import { desire, destinationsFor } from '../posts/desire.ts';
import type { Tx } from '../engine/engine.ts';

/** Tells the team, once, that an announcement did not go out. */
export async function tellMissed(tx: Tx, facts: PostFacts, nowMs: number): Promise<void> {
  if (facts.kind !== 'announcement') return;
  const { id, text, atMs } = facts.announcement;
  const { posts } = tx.tables;
  const key = `notice:missed-announcement:${id}`;
  const told = await tx.db
    .select({ id: posts.id })
    .from(posts)
    .where(and(eq(posts.teamId, tx.teamId), eq(posts.key, key)));
  if (told.length > 0) return;
  for (const destinationId of await destinationsFor(tx, 'team')) {
    const notice = { what: 'missed-announcement', text, atMs } as const;
    await desire(tx, { key, destinationId, facts: { kind: 'notice', notice }, lane: LANES.live, nowMs });
  }
}
