/** What one shop says of one SKU. What it does not tell is null. */
export type ShopCount = {
  readonly availableUnits: number; // below zero where a shop goes on selling
  readonly onHandUnits: number | null;
  readonly committedUnits: number | null;
  readonly countedAtMs: number; // by the shop's clock, never later than we heard it
  readonly sequence: number | null; // the sender's own numbering, where it has one
};

/** Told of a SKU in one delivery. `availableUnits` is null where the shop does not count the item. */
export type ShopTotal = {
  readonly sku: string;
  readonly availableUnits: number | null;
  readonly onHandUnits: number | null;
  readonly committedUnits: number | null;
};

/** One delivery about a shop's own stock: totals of SKUs, or what one place of the shop has of one item. */
export type ShopTold =
  | {
      readonly kind: 'totals';
      readonly source: string;
      readonly countedAtMs: number;
      readonly sequence: number | null;
      readonly totals: readonly ShopTotal[];
      readonly items: readonly { readonly itemId: string; readonly sku: string }[]; // how the shop calls these SKUs elsewhere
    }
  | {
      readonly kind: 'place';
      readonly source: string;
      readonly itemId: string;
      readonly place: string;
      readonly availableUnits: number;
      readonly countedAtMs: number;
    };

export type CountAge = 'newer' | 'repeat' | 'older';

/**
 * How a count stands to the one known: by the sender's sequence where both have one, else by when it was counted. Shops tell whole
 * seconds, so of two that differ within one, the later heard counts.
 */
export function ageOf(count: ShopCount, known: ShopCount): CountAge {
  const step =
    count.sequence !== null && known.sequence !== null ? count.sequence - known.sequence : count.countedAtMs - known.countedAtMs;
  if (step !== 0) return step < 0 ? 'older' : 'newer';
  return sameNumbers(count, known) ? 'repeat' : 'newer';
}

/** Whether two counts tell the same, whenever they were made. */
export function sameNumbers(a: ShopCount, b: ShopCount): boolean {
  return a.availableUnits === b.availableUnits && a.onHandUnits === b.onHandUnits && a.committedUnits === b.committedUnits;
}

/** What one place of a shop has. */
export type PlaceCount = { readonly place: string; readonly availableUnits: number; readonly countedAtMs: number };

/** A shop's total, and whether it is the sum of the places heard of or was told as a total. */
export type Tally = { readonly availableUnits: number; readonly countedAtMs: number; readonly byPlaces: boolean };

/** A told total and the places are of one moment within this time: which of them saw the other cannot be known. */
export const PLACES_AGREE_WITHIN_MS = 60_000;

/**
 * A shop with several places tells each on its own, and never how many there are. Their sum is the total only once it has been
 * seen to equal a total the shop told; until then, and whenever a later total differs, the told one stands. So a place that was
 * never heard of cannot pass for units that are missing.
 */
export function tallied(
  told: Pick<Tally, 'availableUnits' | 'countedAtMs'>,
  places: readonly PlaceCount[],
  wasByPlaces: boolean,
): Tally {
  const newestMs = Math.max(...places.map(({ countedAtMs }) => countedAtMs)); // −Infinity when no place is known
  const availableUnits = places.reduce((sum, place) => sum + place.availableUnits, 0);
  // A total older than a place cannot vouch for the sum: that it equals it is chance.
  if (places.length > 0 && availableUnits === told.availableUnits && told.countedAtMs >= newestMs) {
    return { availableUnits, countedAtMs: told.countedAtMs, byPlaces: true };
  }
  if (wasByPlaces && told.countedAtMs <= newestMs + PLACES_AGREE_WITHIN_MS) {
    return { availableUnits, countedAtMs: newestMs, byPlaces: true };
  }
  return { availableUnits: told.availableUnits, countedAtMs: told.countedAtMs, byPlaces: false };
}
