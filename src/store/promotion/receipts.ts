import { and, eq, inArray, isNull, lte, ne } from 'drizzle-orm';
import { RECEIPT_DUE_MS } from '../../domain/promotion.ts';
import type { PostFacts } from '../../ports/post.ts';
import type { PostRow } from '../posts/post-row.ts';
import type { Tx } from '../engine/engine.ts';
import { markArrived } from './held.ts';
import { boundChannels, ringPause, showCards, withdrawRings } from './pause-cards.ts';
import { pauseById } from './pause-facts.ts';

export type Verb = 'stop' | 'go';

/** Asks every bound channel to confirm, and writes down what this transaction itself did to the announcements. */
export async function askReceipts(
  tx: Tx,
  { pauseId, verb, note, nowMs }: { pauseId: string; verb: Verb; note: string; nowMs: number },
): Promise<void> {
  const { receipts } = tx.tables;
  const asked = { teamId: tx.teamId, pauseId, verb, askedAtMs: nowMs };
  const channels = (await boundChannels(tx)).map(({ id }) => ({
    ...asked,
    surface: id,
    confirmedAtMs: null,
    state: 'asked',
    note: null,
  }));
  // Announcements are stopped by this very commit, so they need nobody's word.
  const announcements = { ...asked, surface: 'announcements', confirmedAtMs: nowMs, state: 'confirmed', note };
  await tx.db.insert(receipts).values([...channels, announcements]);
}

/** What the arrival of a post proves or calls for, in the transaction that settles it. */
export async function afterDelivery(tx: Tx, row: PostRow, nowMs: number): Promise<void> {
  const facts = row.facts as PostFacts;
  if (facts.kind === 'announcement' && row.held) await markArrived(tx, row, nowMs);
  if (facts.kind !== 'pause') return;
  const { pause } = facts.pause;
  const verb = verbOf(pause);
  const { receipts } = tx.tables;
  const confirmed = await tx.db
    .update(receipts)
    .set({ state: 'confirmed', confirmedAtMs: nowMs, note: null })
    .where(
      and(
        eq(receipts.teamId, tx.teamId),
        eq(receipts.pauseId, pause.id),
        eq(receipts.verb, verb),
        eq(receipts.surface, row.destinationId),
        ne(receipts.state, 'confirmed'),
      ),
    )
    .returning();
  // Only a receipt that changed is shown: the cards would otherwise refresh each other for ever.
  if (confirmed.length > 0) await refresh(tx, pause.id, nowMs);
}

/** Says of receipts that are overdue that they are NOT CONFIRMED, and rings once for each. */
export async function overdueReceipts(tx: Tx, nowMs: number): Promise<void> {
  const { receipts } = tx.tables;
  const overdue = await tx.db
    .update(receipts)
    .set({ state: 'not-confirmed' })
    .where(
      and(
        eq(receipts.teamId, tx.teamId),
        eq(receipts.state, 'asked'),
        isNull(receipts.confirmedAtMs),
        lte(receipts.askedAtMs, nowMs - RECEIPT_DUE_MS),
      ),
    )
    .returning();
  for (const pauseId of [...new Set(overdue.map((one) => one.pauseId))].sort()) {
    const surfaces = overdue.filter((one) => one.pauseId === pauseId).map(({ surface }) => surface);
    await noteFailures(tx, pauseId, surfaces);
    const row = await pauseById(tx, pauseId);
    if (row === null) continue;
    await showCards(tx, row, nowMs, 'team');
    await ringPause(tx, row, { why: 'not-confirmed', surfaces: surfaces.toSorted(), nowMs });
  }
}

/** Closes what was asked about the stop: the pause is over, and nobody need be rung about it. */
export async function closeStopReceipts({ db, tables: { receipts }, teamId }: Tx, pauseId: string): Promise<void> {
  await db
    .update(receipts)
    .set({ state: 'not-confirmed', note: 'resumed before it was confirmed' })
    .where(
      and(eq(receipts.teamId, teamId), eq(receipts.pauseId, pauseId), eq(receipts.verb, 'stop'), eq(receipts.state, 'asked')),
    );
}

function verbOf({ resumedAtMs }: { readonly resumedAtMs: number | null }): Verb {
  return resumedAtMs === null ? 'stop' : 'go';
}

async function noteFailures(tx: Tx, pauseId: string, surfaces: readonly string[]): Promise<void> {
  const { receipts, posts } = tx.tables;
  const cards = await tx.db
    .select({ surface: posts.destinationId, failure: posts.failure })
    .from(posts)
    .where(and(eq(posts.teamId, tx.teamId), eq(posts.key, pauseId), inArray(posts.destinationId, [...surfaces])));
  for (const { surface, failure } of cards) {
    if (failure === null) continue;
    await tx.db
      .update(receipts)
      .set({ note: failure })
      .where(
        and(
          eq(receipts.teamId, tx.teamId),
          eq(receipts.pauseId, pauseId),
          eq(receipts.surface, surface),
          eq(receipts.state, 'not-confirmed'),
        ),
      );
  }
}

async function refresh(tx: Tx, pauseId: string, nowMs: number): Promise<void> {
  const row = await pauseById(tx, pauseId);
  if (row === null) return;
  await showCards(tx, row, nowMs, 'team');
  const { receipts } = tx.tables;
  const missing = await tx.db
    .select({ surface: receipts.surface })
    .from(receipts)
    .where(
      and(
        eq(receipts.teamId, tx.teamId),
        eq(receipts.pauseId, pauseId),
        eq(receipts.verb, verbOf(row)),
        eq(receipts.state, 'not-confirmed'),
      ),
    );
  if (missing.length === 0) await withdrawRings(tx, row, ['not-confirmed']);
}
