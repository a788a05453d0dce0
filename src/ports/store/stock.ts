import type { Level, StockBucket } from '../../domain/stock.ts';
import type { Threshold } from '../../domain/threshold.ts';
import type { Actor } from '../../domain/team.ts';

/** One SKU as a command shows it, its numbers from one snapshot. */
export type StockItem = {
  readonly sku: string;
  readonly name: string;
  readonly dropId: string | null; // what it is sold in
  readonly level: Level;
  readonly incomingUnits: number;
  readonly availableUnits: number;
  readonly oversoldUnits: number;
  readonly bucket: StockBucket;
  readonly priceMinor: number | null;
  readonly currency: string | null;
  readonly paused: boolean;
  readonly thresholds: readonly Threshold[];
};

/** One bundle: how many can be sold and which component limits it. */
export type StockBundle = {
  readonly sku: string;
  readonly name: string;
  readonly dropId: string | null; // what it is sold in
  readonly availableUnits: number;
  readonly oversoldUnits: number; // bundles' worth by which the binding component is short
  readonly bindingSku: string;
  readonly components: readonly { readonly sku: string; readonly unitsPerBundle: number; readonly availableUnits: number }[];
  readonly bucket: StockBucket;
  readonly priceMinor: number | null;
  readonly currency: string | null;
  readonly paused: boolean;
  readonly thresholds: readonly Threshold[];
};

export type StockBoard = {
  readonly asOfMs: number; // these numbers are true at this time
  readonly items: readonly StockItem[];
  readonly bundles: readonly StockBundle[];
};

/** What `/stock` shows: to the team numbers, to the public buckets only. */
export type StockAnswer = { readonly audience: 'team' | 'public'; readonly board: StockBoard };

/** SKUs are found by exact case first, then by any case when only one matches. */
export type UnknownSku = { readonly kind: 'unknown-sku'; readonly asked: string; readonly near: readonly string[] };

export type StockChange =
  | { readonly kind: 'done'; readonly item: StockItem; readonly units: number } // units moved (for a count: the variance)
  | { readonly kind: 'short'; readonly item: StockItem; readonly missingUnits: number } // nothing was changed
  | { readonly kind: 'is-bundle'; readonly sku: string } // only components are moved by hand
  | UnknownSku;

type Ask = { readonly sku: string; readonly key: string; readonly by: Actor; readonly nowMs: number };

export type StockStore = {
  /** The board in one snapshot; with `sku`, that one only. */
  readonly board: (ask: { sku: string | null; nowMs: number }) => Promise<({ kind: 'board' } & StockBoard) | UnknownSku>;
  /** Goods arrived: on hand rises, the reserve takes its percentage rounded up, incoming falls, thresholds re-arm. */
  readonly receive: (ask: Ask & { units: number; reason: string | null }) => Promise<StockChange>;
  /** Goods for orders left by hand (no shop told us): committed and on hand fall together. Short if fewer are committed. */
  readonly ship: (ask: Ask & { units: number; reason: string | null }) => Promise<StockChange>;
  /** A count replaces the books: the variance becomes a movement with its reason. */
  readonly count: (ask: Ask & { countedUnits: number; reason: string | null }) => Promise<StockChange>;
  /** Corrects on hand by ±units with a reason. */
  readonly adjust: (ask: Ask & { units: number; reason: string }) => Promise<StockChange>;
  /** Keeps `units` back from sale (negative: gives some back). Short when not that many are available, or in the reserve. */
  readonly reserve: (ask: Ask & { units: number; reason: string | null }) => Promise<StockChange>;
  /** Sets, changes or (value null) removes one threshold of a SKU or bundle. */
  readonly threshold: (
    ask: Ask & {
      unit: 'units' | 'percent' | 'minutes';
      value: number | null;
      replaces: string | null; // a threshold id
      severity: 'routine' | 'live' | 'critical';
    },
  ) => Promise<
    | { readonly kind: 'done'; readonly sku: string; readonly thresholds: readonly Threshold[] }
    | { readonly kind: 'no-such-threshold'; readonly sku: string; readonly thresholds: readonly Threshold[] }
    | UnknownSku
  >;
};
