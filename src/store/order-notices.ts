import type { PostFacts } from '../ports/post.ts';
import { LANES } from '../ports/post.ts';
import { desire, destinationsFor } from './desire.ts';
import type { Tx } from './engine/engine.ts';

type Notice = Extract<PostFacts, { kind: 'notice' }>['notice'];

/** The first order line of a SKU nobody listed. `knownCount`: how many such SKUs there were before it. */
export type FirstHeard = {
  readonly sku: string;
  readonly source: string;
  readonly externalId: string;
  readonly units: number;
  readonly knownCount: number;
};

/**
 * A shop may sell a whole catalogue beside the drop. After so many unlisted SKUs another notice tells the team nothing:
 * `unknownSkus()` lists them all.
 */
export const UNKNOWN_NOTICES_MAX = 20;

/** Shows the team, once, that orders name a SKU nobody listed. */
export async function noticeUnknown(tx: Tx, { sku, source, externalId, units, knownCount }: FirstHeard, nowMs: number) {
  if (knownCount >= UNKNOWN_NOTICES_MAX) return;
  await notice(tx, `notice:unknown-sku:${sku}`, { what: 'unknown-sku', sku, source, externalId, units }, nowMs);
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
