import { describe, expect, test } from 'vitest';
import { decideByHand, shareUnits, type HandChange } from '../../src/domain/stock-change.ts';
import {
  availableToSell,
  balance,
  bundleAvailability,
  EMPTY_LEVEL,
  moved,
  oversoldUnits,
  stockBucket,
  type MovementKind,
} from '../../src/domain/stock.ts';

const level = { onHand: 100, committed: 10, reserve: 5, held: 3, damaged: 2 };

test.each<[MovementKind, object]>([
  ['receive', { onHand: 104 }],
  ['commit', { committed: 14 }],
  ['uncommit', { committed: 6 }],
  ['ship', { committed: 6, onHand: 96 }],
  ['return', { onHand: 104, held: 7 }],
  ['release', { held: -1 }],
  ['hold', { held: 7 }],
  ['reserve', { reserve: 9 }],
  ['draw', { reserve: 1, onHand: 96 }],
  ['damage', { damaged: 6 }],
  ['count', { onHand: 104 }],
  ['correct', { onHand: 104 }],
])('%s of 4', (kind, changed) => {
  expect(moved(level, kind, 4)).toEqual({ ...level, ...changed });
  expect(moved(moved(level, kind, 4), kind, -4)).toEqual(level);
});

test('committed below zero, or half a unit, is a bug', () => {
  expect(() => moved(level, 'ship', 11)).toThrow('committed fell to -1 by ship 11');
  expect(() => moved(level, 'receive', 0.5)).toThrow(RangeError);
});

test.each([
  [level, 80, 80, 0],
  [{ ...level, committed: 91 }, -1, 0, 1],
  [{ ...level, committed: 90 }, 0, 0, 0],
  [EMPTY_LEVEL, 0, 0, 0],
])('of %o the balance is %i: %i to sell, %i oversold', (at, left, available, oversold) => {
  expect([balance(at), availableToSell(at), oversoldUnits(at)]).toEqual([left, available, oversold]);
});

test.each([
  [
    { A: 7, B: 9 },
    { availableUnits: 3, balanceUnits: 3, bindingSku: 'A' },
  ],
  [
    { A: 8, B: 4 },
    { availableUnits: 4, balanceUnits: 4, bindingSku: 'A' },
  ],
  [
    { A: 9, B: 3 },
    { availableUnits: 3, balanceUnits: 3, bindingSku: 'B' },
  ],
  [
    { A: -1, B: 3 },
    { availableUnits: 0, balanceUnits: -1, bindingSku: 'A' },
  ],
])('a bundle of 2 A and 1 B with %o', (balances: Record<string, number>, expected) => {
  const components = [
    { sku: 'A', unitsPerBundle: 2 },
    { sku: 'B', unitsPerBundle: 1 },
  ];
  expect(bundleAvailability(components, (sku) => balances[sku] ?? 0)).toEqual(expected);
});

test('a bundle of nothing is refused', () => expect(() => bundleAvailability([], () => 1)).toThrow(RangeError));

test.each([
  [0, 5, 'sold out'],
  [1, 5, 'low'],
  [5, 5, 'low'],
  [6, 5, 'available'],
  [1, 0, 'available'],
] as const)('%i left with a line at %i is %s', (available, low, bucket) => expect(stockBucket(available, low)).toBe(bucket));

test.each([
  [60, 3, 2],
  [100, 7, 7],
  [100, 29, 29],
  [40, 2.5, 1],
  [41, 2.5, 2],
  [0, 5, 0],
  [50, 0, 0],
])('of %i units, %d %% rounded up is %i', (units, percent, kept) => expect(shareUnits(units, percent)).toBe(kept));

describe('by hand', () => {
  const decide = (change: HandChange) => {
    const answer = decideByHand(change, { level, reservePercent: 3, key: 'k' });
    if (answer.kind === 'short') return `short ${answer.missingUnits}`;
    return [answer.units, ...answer.moves.map(({ kind, units, key }) => `${kind} ${units} ${key}`)];
  };
  test.each<[HandChange, unknown]>([
    [{ what: 'receive', units: 40 }, [40, 'receive 40 receive:k', 'reserve 2 receive-reserve:k']],
    [{ what: 'ship', units: 10 }, [10, 'ship 10 ship:k']],
    [{ what: 'ship', units: 11 }, 'short 1'],
    [{ what: 'count', countedUnits: 90 }, [-10, 'count -10 count:k']],
    [{ what: 'count', countedUnits: 100 }, [0, 'count 0 count:k']],
    [{ what: 'adjust', units: -100 }, [-100, 'correct -100 adjust:k']],
    [{ what: 'adjust', units: -101 }, 'short 1'],
    [{ what: 'adjust', units: 0 }, [0]],
    [{ what: 'reserve', units: 80 }, [80, 'reserve 80 reserve:k']],
    [{ what: 'reserve', units: 81 }, 'short 1'],
    [{ what: 'reserve', units: -5 }, [-5, 'reserve -5 reserve:k']],
    [{ what: 'reserve', units: -7 }, 'short 2'],
    [{ what: 'reserve', units: 0 }, [0]],
  ])('%o', (change, expected) => expect(decide(change)).toEqual(expected));

  test.each<[HandChange]>([
    [{ what: 'receive', units: 0 }],
    [{ what: 'ship', units: -1 }],
    [{ what: 'count', countedUnits: -1 }],
    [{ what: 'adjust', units: 0.5 }],
  ])('%o is refused', (change) => expect(() => decide(change)).toThrow(RangeError));
});
