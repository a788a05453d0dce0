import type { Reckoning } from '../../domain/drift.ts';
import type { ShopCount, ShopTold } from '../../domain/shop-count.ts';

/** What one told number came to. */
export type CountHeard =
  | 'counted'
  | 'repeat' // known already
  | 'older' // a newer one was known
  | 'uncounted' // the shop does not count this item
  | 'unknown-sku' // nobody listed it: the shop's number is not kept
  | 'bundle' // only components are counted
  | 'unknown-item' // no product told which SKU this is
  | 'waiting'; // one place alone is no total: no product told one yet

/** One SKU as one shop counts it, held against the books as they are now. */
export type CountLine = {
  readonly source: string;
  readonly sku: string;
  readonly name: string;
  readonly count: ShopCount;
  readonly reckoning: Reckoning | null; // null: too much moves to compare
  readonly settling: boolean; // heard so lately that orders may still be on their way
  readonly driftSinceMs: number | null; // a drift that has stood since; null: none is told
};

export type CountStore = {
  /** Keeps what a shop says of its own stock. Neither its number nor ours is changed. */
  readonly hear: (told: ShopTold, nowMs: number) => Promise<readonly CountHeard[]>;
  /** Judges the counts that have settled, and shows, changes or closes the notice of each that drifts. */
  readonly tick: (nowMs: number) => Promise<void>;
  /** Every counted SKU in the plan's order, or only those whose drift stands. */
  readonly lines: (ask: { readonly nowMs: number; readonly driftingOnly: boolean }) => Promise<readonly CountLine[]>;
};
