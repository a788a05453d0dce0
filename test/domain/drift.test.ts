import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judged, RECHECK_MS, reckon, type MovementSince } from '../../src/domain/drift.ts';
import type { ShopCount } from '../../src/domain/shop-count.ts';
import { EMPTY_LEVEL, moved, type Level } from '../../src/domain/stock.ts';

// 60 on hand, 12 sold, 2 kept for replacements, 3 came back and are held, 1 damaged: 42 may be sold, 48 is what a plain shop shows.
const LEVEL: Level = { onHand: 60, committed: 12, reserve: 2, held: 3, damaged: 1 };
const countOf = (availableUnits: number, more: Partial<ShopCount> = {}): ShopCount => ({
  availableUnits,
  onHandUnits: null,
  committedUnits: null,
  countedAtMs: 0,
  sequence: null,
  ...more,
});
const commit = (units: number): MovementSince => ({ kind: 'commit', units });

describe('what a shop may show', () => {
  // A shop knows of each of reserve (2), held (3) and damaged (1), or not: 48 less any of 0, 1, 2, 3, 4, 5, 6.
  const cases: readonly [what: string, level: Level, shown: number, drift: number, expected: number][] = [
    ['knows of nothing kept back', LEVEL, 48, 0, 48],
    ['knows of all that is kept back', LEVEL, 42, 0, 42],
    ['knows of the reserve alone', LEVEL, 46, 0, 46],
    ['knows of held and damaged', LEVEL, 44, 0, 44],
    ['shows one more than it can have', LEVEL, 49, 1, 48],
    ['shows one fewer than may be sold', LEVEL, 41, -1, 42],
    ['shows far fewer', LEVEL, 10, -32, 42],
    ['half of a reserve is no reserve', { ...EMPTY_LEVEL, onHand: 50, reserve: 10 }, 45, -5, 50],
    ['nearer to knowing of it', { ...EMPTY_LEVEL, onHand: 50, reserve: 10 }, 42, 2, 40],
    ['as near to either: as most shops show', { ...EMPTY_LEVEL, onHand: 50, reserve: 4 }, 48, -2, 50],
    ['oversold, and the shop shows a minus', { ...EMPTY_LEVEL, onHand: 5, committed: 8 }, -3, 0, -3],
    ['oversold, and the shop shows no minus', { ...EMPTY_LEVEL, onHand: 5, committed: 8 }, 0, 0, -3],
    ['oversold, and the shop goes on selling', { ...EMPTY_LEVEL, onHand: 5, committed: 8 }, 2, 5, -3],
    ['an empty shop that should have some', { ...EMPTY_LEVEL, onHand: 5 }, 0, -5, 5],
  ];
  test.each(cases)('%s', (_, level, shown, drift, expected) => {
    expect(reckon(countOf(shown), level, [])).toMatchObject({ driftUnits: drift, expectedUnits: expected });
  });

  test('tells what may be sold and what is kept back', () => {
    expect(reckon(countOf(49), LEVEL, [])).toEqual({
      driftUnits: 1,
      expectedUnits: 48,
      sellableUnits: 42,
      keptBackUnits: 6,
      liesIn: null,
    });
  });
});

describe('orders around the count', () => {
  const level: Level = { ...EMPTY_LEVEL, onHand: 20, committed: 9 }; // 11 now, 12 before the last order and 14 before the two
  const since = [commit(1), commit(2)]; // newest first

  test.each([
    [11, 0],
    [12, 0],
    [13, 0], // between: one order of the two, or a part of one
    [14, 0],
    [15, 1],
    [10, -1],
  ])('a shop that shows %i drifts by %i', (shown, drift) => {
    expect(reckon(countOf(shown), level, since).driftUnits).toBe(drift);
  });

  test('a count put right explains what the shop showed before and after it', () => {
    const counted: Level = { ...EMPTY_LEVEL, onHand: 17 };
    expect(reckon(countOf(17), counted, [{ kind: 'count', units: -3 }]).driftUnits).toBe(0);
    expect(reckon(countOf(20), counted, [{ kind: 'count', units: -3 }]).driftUnits).toBe(0);
    expect(reckon(countOf(21), counted, [{ kind: 'count', units: -3 }]).driftUnits).toBe(1);
  });

  test('what a shop can have seen of any run of orders is never drift, and one unit beyond is', () => {
    const life = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('commit' as const), units: fc.integer({ min: 1, max: 9 }) }),
        fc.record({ kind: fc.constant('receive' as const), units: fc.integer({ min: 1, max: 9 }) }),
        fc.record({ kind: fc.constant('return' as const), units: fc.integer({ min: 1, max: 9 }) }),
        fc.record({ kind: fc.constant('reserve' as const), units: fc.integer({ min: 1, max: 9 }) }),
      ),
      { maxLength: 12 },
    );
    const known = fc.record({ reserve: fc.boolean(), held: fc.boolean() });
    fc.assert(
      fc.property(life, fc.nat(12), known, (moves, seenAt, knows) => {
        const levels = [EMPTY_LEVEL];
        for (const { kind, units } of moves) levels.push(moved(levels.at(-1) ?? EMPTY_LEVEL, kind, units));
        const shownAt = (level: Level) =>
          level.onHand - level.committed - (knows.reserve ? level.reserve : 0) - (knows.held ? level.held : 0);
        const now = levels.at(-1) ?? EMPTY_LEVEL;
        const seen = levels[Math.min(seenAt, levels.length - 1)] ?? EMPTY_LEVEL;
        const since = moves.toReversed();
        expect(reckon(countOf(shownAt(seen)), now, since).driftUnits).toBe(0);
        const most = Math.max(...levels.map((level) => level.onHand - level.committed));
        expect(reckon(countOf(most + 1), now, since).driftUnits).toBe(1);
      }),
      { numRuns: 500 },
    );
  });
});

describe('where the difference lies', () => {
  test.each([
    ['the same goods, so the orders differ', 60, 'orders'],
    ['other goods', 57, 'goods'],
    ['the shop does not tell', null, null],
  ])('%s', (_, onHandUnits, liesIn) => {
    expect(reckon(countOf(51, { onHandUnits }), LEVEL, []).liesIn).toBe(liesIn);
  });

  test('nowhere, while they agree', () => {
    expect(reckon(countOf(48, { onHandUnits: 1 }), LEVEL, []).liesIn).toBe(null);
  });
});

describe('a judgement', () => {
  const drifting = reckon(countOf(50), LEVEL, []);
  const agreeing = reckon(countOf(48), LEVEL, []);

  test('keeps the time a drift began, and looks again', () => {
    expect(judged({ driftUnits: null, sinceMs: null }, drifting, 1_000)).toEqual({
      driftUnits: 2,
      sinceMs: 1_000,
      judgeAtMs: 1_000 + RECHECK_MS,
    });
    expect(judged({ driftUnits: 5, sinceMs: 400 }, drifting, 1_000).sinceMs).toBe(400);
  });

  test('ends with agreement, and waits for the next count', () => {
    expect(judged({ driftUnits: 2, sinceMs: 400 }, agreeing, 9_000)).toEqual({ driftUnits: 0, sinceMs: null, judgeAtMs: null });
  });
});
