import { eq } from 'drizzle-orm';
import type { Lane, PostFacts } from '../../ports/post.ts';
import type { Tx } from '../engine/engine.ts';
import type { PostRow } from './courier-claim.ts';
import { desire } from './desire.ts';
import { copiesOf, elsewhereKey } from './ring-copies.ts';

/**
 * Posts a ring once more in a channel of another platform that showed it without ringing these people: the platform they were to be
 * rung on does not take it. At most one such copy a channel; whichever copy arrives first rings, and the other does not.
 */
export async function ringElsewhere(
  tx: Tx,
  { row, personIds, nowMs }: { readonly row: PostRow; readonly personIds: readonly string[]; readonly nowMs: number },
): Promise<void> {
  const { accounts } = tx.tables;
  const key = elsewhereKey(row.key);
  if (key === row.key) return; // the second copy failed too: escalation is what is left
  const copies = await copiesOf(tx.db, tx.tables, row);
  const mine = copies.find(({ id }) => id === row.id);
  const known = await tx.db
    .select({ platform: accounts.platform, personId: accounts.personId })
    .from(accounts)
    .where(eq(accounts.teamId, tx.teamId));
  const reaches = (platform: string) => known.some((one) => one.platform === platform && personIds.includes(one.personId));
  const where = copies.find(
    ({ platform, deliveredRevision }) => platform !== mine?.platform && deliveredRevision > 0 && reaches(platform),
  );
  if (where === undefined || copies.some((copy) => copy.key === key)) return;
  await desire(tx, {
    key,
    destinationId: where.destinationId,
    facts: row.facts as PostFacts,
    lane: row.lane as Lane,
    nowMs,
    replyToKey: await cardKeyOf(tx, row),
  });
}

async function cardKeyOf({ db, tables: { posts } }: Tx, { replyToId }: PostRow): Promise<string | null> {
  if (replyToId === null) return null;
  const [card] = await db.select({ key: posts.key }).from(posts).where(eq(posts.id, replyToId));
  return card?.key ?? null;
}
