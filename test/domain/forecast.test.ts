import { describe, expect, test } from 'vitest';
import { minutesLeft, minutesVerdict, smoothed, type Rate } from '../../src/domain/forecast.ts';

describe('the smoothed rate', () => {
  test('follows the worked numbers: half-life 180 s, irregular ticks', () => {
    const ticks = [
      [60, 3, 3],
      [60, 5, 3.412599],
      [60, 2, 3.12118],
      [120, 8, 3.446378],
      [60, 9, 4.592088],
      [60, 12, 6.120336],
    ] as const;
    let rate: Rate | null = null;
    let nowMs = 0;
    for (const [seconds, units, perMinute] of ticks) {
      nowMs += seconds * 1_000;
      rate = smoothed(rate, { units, sinceMs: 0, nowMs });
      expect(rate?.unitsPerMinute).toBeCloseTo(perMinute, 5); // the source printed six digits, the last cut off
      expect(rate?.atMs).toBe(nowMs);
    }
  });
  test('has no first value before a minute', () => {
    expect(smoothed(null, { units: 40, sinceMs: 5_000, nowMs: 64_999 })).toBe(null);
    expect(smoothed(null, { units: 40, sinceMs: 5_000, nowMs: 65_000 })).toEqual({ unitsPerMinute: 40, atMs: 65_000 });
  });
  test('does not change when time does not move, or moves back', () => {
    const before = { unitsPerMinute: 4, atMs: 100_000 };
    expect(smoothed(before, { units: 9, sinceMs: 0, nowMs: 100_000 })).toBe(before);
    expect(smoothed(before, { units: 9, sinceMs: 0, nowMs: 99_000 })).toBe(before);
  });
});

test.each([
  [30, 3, 10],
  [0, 3, 0],
  [-2, 3, 0],
  [30, 0, Number.POSITIVE_INFINITY],
  [0, 0, 0],
])('%i units at %i a minute last %d min', (units, perMinute, minutes) => {
  expect(minutesLeft(units, perMinute)).toBe(minutes);
});

describe('a threshold in minutes', () => {
  test.each([
    [10, true, 10.01, 'stays'],
    [10, true, 10, 'crosses'],
    [10, false, 9, 'stays'],
    [10, false, 11.99, 'stays'],
    [10, false, 12, 're-arms'], // the larger of 2 and 20 %
    [30, false, 35.9, 'stays'],
    [30, false, 36, 're-arms'],
    [10, false, Number.POSITIVE_INFINITY, 're-arms'],
  ] as const)('of %i, armed %s, at %d min: %s', (value, armed, minutes, verdict) => {
    expect(minutesVerdict({ value, armed }, minutes)).toBe(verdict);
  });
});
