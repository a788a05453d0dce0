import { countDistinct, eq } from 'drizzle-orm';
import type { PostFacts } from '../../ports/post.ts';
import { LANES } from '../../ports/post.ts';
import { desire, destinationsFor } from '../posts/desire.ts';
import type { Tx } from '../engine/engine.ts';

type Notice = Extract<PostFacts, { kind: 'notice' }>['notice'];

/** Units of a SKU nobody listed, in one order. */
export type UnknownLine = {
  readonly sku: string;
  readonly source: string;
  readonly externalId: string;
  readonly openUnits: number;
};

/**
 * A shop may sell a whole catalogue beside the drop. After so many unlisted SKUs another notice tells the team nothing:
 * `unknownSkus()` lists them all.
 */
export const UNKNOWN_NOTICES_MAX = 20;

/** Shows the team, once per SKU, that orders name what nobody listed. Called before these lines are kept. */
export async function noticeUnknown(tx: Tx, first: readonly UnknownLine[], nowMs: number): Promise<void> {
  const { db, tables, teamId } = tx;
  const { unknownLines } = tables;
  const [known] = await db
    .select({ skuCount: countDistinct(unknownLines.sku) })
    .from(unknownLines)
    .where(eq(unknownLines.teamId, teamId));
  for (const { sku, source, externalId, openUnits } of first.slice(
    0,
    Math.max(0, UNKNOWN_NOTICES_MAX - (known?.skuCount ?? 0)),
  )) {
    await notice(tx, `notice:unknown-sku:${sku}`, { what: 'unknown-sku', sku, source, externalId, units: openUnits }, nowMs);
  }
}

/** Shows the team that two versions of one age disagree about an order. */
export function noticeReconcile(tx: Tx, { source, externalId }: { source: string; externalId: string }, nowMs: number) {
  return notice(tx, `notice:reconcile:${source}:${externalId}`, { what: 'reconcile', source, externalId }, nowMs);
}

/** Shows the team a fact that could not be recorded. */
export function noticeSetAside(
  tx: Tx,
  { source, eventId, externalId, why }: { source: string; eventId: string; externalId: string; why: string },
  nowMs: number,
) {
  return notice(tx, `notice:set-aside:${source}:${eventId}`, { what: 'set-aside', source, externalId, why }, nowMs);
}

async function notice(tx: Tx, key: string, notice: Notice, nowMs: number): Promise<void> {
  for (const destinationId of await destinationsFor(tx, 'team')) {
    await desire(tx, { key, destinationId, facts: { kind: 'notice', notice }, lane: LANES.routine, nowMs });
  }
}
