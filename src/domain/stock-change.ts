import type { Move } from './stock-book.ts';
import { availableToSell, type Level, type MovementKind } from './stock.ts';
import { unreachable } from './unreachable.ts';

/** What a person says happened to one SKU. */
export type HandChange =
  | { readonly what: 'receive'; readonly units: number } // goods arrived
  | { readonly what: 'ship'; readonly units: number } // goods for orders left
  | { readonly what: 'count'; readonly countedUnits: number } // on hand is this many
  | { readonly what: 'adjust'; readonly units: number } // on hand is off by so many
  | { readonly what: 'reserve'; readonly units: number }; // keep back; negative: give back

export type HandAnswer =
  | { readonly kind: 'moves'; readonly moves: readonly Omit<Move, 'sku'>[]; readonly units: number }
  | { readonly kind: 'short'; readonly missingUnits: number };

/** Decides what a change by hand moves, or by how many units it falls short. `reservePercent` of a receipt, rounded up, is kept back. */
export function decideByHand(
  change: HandChange,
  { level, reservePercent, key }: { readonly level: Level; readonly reservePercent: number; readonly key: string },
): HandAnswer {
  switch (change.what) {
    case 'receive': {
      const units = wholeFrom(1, change.units);
      const kept = shareUnits(units, reservePercent);
      const received = move('receive', units, `receive:${key}`);
      return { kind: 'moves', units, moves: [...received, ...move('reserve', kept, `receive-reserve:${key}`)] };
    }
    case 'ship': {
      const units = wholeFrom(1, change.units);
      if (units > level.committed) return { kind: 'short', missingUnits: units - level.committed };
      return { kind: 'moves', units, moves: move('ship', units, `ship:${key}`) };
    }
    case 'count': {
      // A count that agrees is worth a line too: it says when the books were last right.
      const units = wholeFrom(0, change.countedUnits) - level.onHand;
      return { kind: 'moves', units, moves: [{ kind: 'count', units, key: `count:${key}` }] };
    }
    case 'adjust': {
      const units = wholeFrom(-Infinity, change.units);
      const missingUnits = -units - Math.max(0, level.onHand);
      if (units < 0 && missingUnits > 0) return { kind: 'short', missingUnits };
      return { kind: 'moves', units, moves: move('correct', units, `adjust:${key}`) };
    }
    case 'reserve': {
      const units = wholeFrom(-Infinity, change.units);
      const missingUnits = units > 0 ? units - availableToSell(level) : -units - level.reserve;
      if (units !== 0 && missingUnits > 0) return { kind: 'short', missingUnits };
      return { kind: 'moves', units, moves: move('reserve', units, `reserve:${key}`) };
    }
    default:
      return unreachable(change);
  }
}

/** A share of units, rounded up: 3 % of 60 is 2. */
export function shareUnits(units: number, percent: number): number {
  // Hundredths of a percent are whole, so that 7 % of 100 is 7 and not the 8 that binary fractions would round up to.
  return Math.ceil((units * Math.round(percent * 100)) / 10_000);
}

function move(kind: MovementKind, units: number, key: string): readonly Omit<Move, 'sku'>[] {
  return units === 0 ? [] : [{ kind, units, key }];
}

function wholeFrom(least: number, units: number): number {
  if (!Number.isSafeInteger(units) || units < least) throw new RangeError(`units is a whole number from ${least}: ${units}`);
  return units;
}
