/** Demand is smoothed so that three minutes halve the weight of what was. */
export const RATE_HALF_LIFE_MS = 180_000;

/** A first rate needs this much of the show: over a few seconds one order looks like a flood. */
export const FIRST_RATE_MS = 60_000;

/** Smoothed demand of one SKU. */
export type Rate = { readonly unitsPerMinute: number; readonly atMs: number };

/**
 * The rate after `units` more were sold up to `nowMs`: an exponentially weighted mean for irregular ticks,
 * w = 2^(-dt/half-life), r = w·r + (1 − w)·units/dt; the first tick is its own mean. Time that does not move changes nothing.
 */
export function smoothed(before: Rate | null, tick: { units: number; sinceMs: number; nowMs: number }): Rate | null {
  const dtMs = tick.nowMs - (before?.atMs ?? tick.sinceMs);
  if (before === null && dtMs < FIRST_RATE_MS) return null;
  if (dtMs <= 0) return before;
  const perMinute = (tick.units * 60_000) / dtMs;
  if (before === null) return { unitsPerMinute: perMinute, atMs: tick.nowMs };
  const weight = 2 ** (-dtMs / RATE_HALF_LIFE_MS);
  return { unitsPerMinute: weight * before.unitsPerMinute + (1 - weight) * perMinute, atMs: tick.nowMs };
}

/** Minutes until nothing is left at this rate; infinite when nothing is being sold. */
export function minutesLeft(availableUnits: number, unitsPerMinute: number): number {
  if (availableUnits <= 0) return 0;
  return unitsPerMinute > 0 ? availableUnits / unitsPerMinute : Number.POSITIVE_INFINITY;
}

/** What a `minutes` threshold does now: crosses when armed and so little time is left, re-arms at its value + the larger of 2 and 20 %. */
export function minutesVerdict(
  threshold: { readonly value: number; readonly armed: boolean },
  minutes: number,
): 'crosses' | 're-arms' | 'stays' {
  const { value, armed } = threshold;
  if (armed) return minutes <= value ? 'crosses' : 'stays';
  return minutes >= value + Math.max(2, value * 0.2) ? 're-arms' : 'stays';
}
