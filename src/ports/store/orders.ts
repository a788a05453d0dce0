import type { HeardFacts } from '../../domain/order.ts';

/** What one heard fact came to. */
export type Heard =
  | { readonly kind: 'recorded'; readonly movementCount: number }
  | { readonly kind: 'repeat' } // this event, or this version of the order, was known
  | { readonly kind: 'older' } // a newer version was known; nothing was undone
  | { readonly kind: 'set-aside'; readonly why: string }; // kept apart and shown; the rest of its batch stands

export type SetAsideOrder = { readonly source: string; readonly externalId: string; readonly why: string; readonly atMs: number };

export type OrderStore = {
  /** Records one fact, committed together with whatever else arrives meanwhile. Resolves only after the commit that holds it. */
  readonly record: (heard: HeardFacts, nowMs: number) => Promise<Heard>;
  /** Records facts in this order, in transactions of at most `ORDER_BATCH_MAX`. Answers line up with the facts. */
  readonly recordAll: (heard: readonly HeardFacts[], nowMs: number) => Promise<readonly Heard[]>;
  /** When an order was last heard from any shop; null: never. */
  readonly lastHeardMs: () => Promise<number | null>;
  readonly setAside: () => Promise<readonly SetAsideOrder[]>;
  readonly unknownSkus: () => Promise<readonly { readonly sku: string; readonly units: number; readonly orderCount: number }[]>;
};
