/** Units of one SKU by state. All whole numbers; `committed` is sold and not yet shipped. */
export type Level = {
  readonly onHand: number;
  readonly committed: number;
  readonly reserve: number;
  readonly held: number;
  readonly damaged: number;
};

export const EMPTY_LEVEL: Level = { onHand: 0, committed: 0, reserve: 0, held: 0, damaged: 0 };

/** Kinds of movement in the ledger. */
export const MOVEMENT_KINDS = [
  'receive',
  'commit',
  'uncommit',
  'ship',
  'return',
  'release',
  'hold',
  'reserve',
  'draw',
  'damage',
  'count',
  'correct',
] as const;
export type MovementKind = (typeof MOVEMENT_KINDS)[number];

// What one unit of each kind does to each state. Units may be negative (a shipment taken back, a count below the books),
// so a movement and its reversal are the same kind with the sign turned.
const EFFECT: Readonly<Record<MovementKind, Partial<Level>>> = {
  receive: { onHand: 1 },
  commit: { committed: 1 },
  uncommit: { committed: -1 },
  ship: { committed: -1, onHand: -1 },
  return: { onHand: 1, held: 1 }, // held until somebody has looked at it
  release: { held: -1 },
  hold: { held: 1 },
  reserve: { reserve: 1 },
  draw: { reserve: -1, onHand: -1 }, // a replacement leaves the reserve and the building
  damage: { damaged: 1 },
  count: { onHand: 1 }, // the variance of a count; the opening count is the first
  correct: { onHand: 1 },
};

/** The level after `units` of a movement. Throws if `committed` would fall below zero: that is a bug, never a shop's doing. */
export function moved(level: Level, kind: MovementKind, units: number): Level {
  if (!Number.isSafeInteger(units)) throw new RangeError(`units is a whole number: ${units}`);
  const effect = EFFECT[kind];
  const after = {
    onHand: level.onHand + units * (effect.onHand ?? 0),
    committed: level.committed + units * (effect.committed ?? 0),
    reserve: level.reserve + units * (effect.reserve ?? 0),
    held: level.held + units * (effect.held ?? 0),
    damaged: level.damaged + units * (effect.damaged ?? 0),
  };
  if (after.committed < 0) throw new RangeError(`committed fell to ${after.committed} by ${kind} ${units}`);
  return after;
}

/** Whether a movement adds to `committed`. Where several go together these go first, so that it never dips below zero on the way. */
export function raisesCommitted(kind: MovementKind, units: number): boolean {
  return units * (EFFECT[kind].committed ?? 0) > 0;
}

/** Units left before the floor at zero: negative when more was sold than may be sold. */
export function balance(level: Level): number {
  return level.onHand - level.committed - level.reserve - level.held - level.damaged;
}

/** Units that may still be sold: on hand − committed − reserve − held − damaged, never below zero. */
export function availableToSell(level: Level): number {
  return Math.max(0, balance(level));
}

/** Units sold beyond what may be sold. */
export function oversoldUnits(level: Level): number {
  return Math.max(0, -balance(level));
}

/** One component of a bundle. */
export type Component = { readonly sku: string; readonly unitsPerBundle: number };

/** How many bundles can be sold, and the component that limits it (the first in the bundle's order on a tie). */
export type BundleAvailability = { readonly availableUnits: number; readonly balanceUnits: number; readonly bindingSku: string };

/** Bundles available: the minimum over components of floor(available / units per bundle). A bundle has at least one component. */
export function bundleAvailability(components: readonly Component[], balanceOf: (sku: string) => number): BundleAvailability {
  const [first, ...rest] = components.map(({ sku, unitsPerBundle }) => ({
    bindingSku: sku,
    balanceUnits: Math.floor(balanceOf(sku) / unitsPerBundle),
  }));
  if (first === undefined) throw new RangeError('a bundle has at least one component');
  const least = rest.reduce((best, next) => (next.balanceUnits < best.balanceUnits ? next : best), first);
  return { ...least, availableUnits: Math.max(0, least.balanceUnits) };
}

/** What a person outside the team is told instead of a number. */
export type StockBucket = 'available' | 'low' | 'sold out';

/** A SKU's public bucket: low is at or below its highest armed-or-not unit limit. */
export function stockBucket(availableUnits: number, lowUnits: number): StockBucket {
  if (availableUnits <= 0) return 'sold out';
  return availableUnits <= lowUnits ? 'low' : 'available';
}
