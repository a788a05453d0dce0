import { and, eq } from 'drizzle-orm';
import { LANES, type PostFacts, type UndeliveredFacts } from '../../ports/post.ts';
import type { Tx } from '../engine/engine.ts';
import type { PostRow } from './post-row.ts';
import { channelsBeside, desire } from './desire.ts';
import { channelName } from './destinations.ts';

const HOUR_MS = 3_600_000; // one card an hour and channel: what keeps failing does not fill the others

/** Tells the team, in its other channels, that a channel did not take a post. Nothing is told of a failed notice. */
export async function tellUndelivered(
  tx: Tx,
  { row, reason, nowMs }: { readonly row: PostRow; readonly reason: string; readonly nowMs: number },
): Promise<void> {
  const { destinations, posts } = tx.tables;
  // Told already, if an older state of the same message died of the same.
  if (isOfThisKind(row.facts as PostFacts) || row.failure === reason) return;
  const key = `undelivered:${row.destinationId}:${Math.floor(nowMs / HOUR_MS)}`;
  const [where] = await tx.db
    .select()
    .from(destinations)
    .where(and(eq(destinations.teamId, tx.teamId), eq(destinations.id, row.destinationId)));
  if (where === undefined) return;
  const [earlier] = await tx.db
    .select({ facts: posts.facts })
    .from(posts)
    .where(and(eq(posts.teamId, tx.teamId), eq(posts.key, key)));
  const before = undeliveredOf(earlier?.facts as PostFacts | undefined);
  const facts: PostFacts = {
    kind: 'notice',
    notice: {
      what: 'undelivered',
      ...channelName(where),
      kinds: [...new Set([...(before?.kinds ?? []), (row.facts as PostFacts).kind])],
      count: (before?.count ?? 0) + 1,
      reason,
    },
  };
  const others = await channelsBeside(tx, (id) => id === row.destinationId);
  for (const destinationId of others) await desire(tx, { key, destinationId, facts, lane: LANES.live, nowMs });
}

function undeliveredOf(facts: PostFacts | undefined): UndeliveredFacts | null {
  return facts?.kind === 'notice' && facts.notice.what === 'undelivered' ? facts.notice : null;
}

function isOfThisKind(facts: PostFacts): boolean {
  return facts.kind === 'notice' && (facts.notice.what === 'undelivered' || facts.notice.what === 'trouble');
}
