import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { NO_UNITS, type HeardFacts, type OrderLine } from '../domain/order.ts';
import type { Plan } from '../ports/plan.ts';

const SHOW_MS = 45 * 60_000;
const ORDERS_MAX = 3_000;

// How viewers come: a rush when the drop opens, a lull, and a second rush before the end. Shares of the orders, and where
// in the show they fall.
const WAVES = [
  { share: 0.45, from: 0, to: 0.2 },
  { share: 0.3, from: 0.2, to: 0.8 },
  { share: 0.25, from: 0.8, to: 1 },
] as const;

/**
 * Invents the orders of a 45-minute show from a plan: about as many units as there are, so that something sells out. The same
 * plan and seed give the same orders.
 */
export function simulateOrders(
  plan: Plan,
  { seed, startMs }: { readonly seed: number; readonly startMs: number },
): readonly HeardFacts[] {
  const random = xoroshiro128plus(seed);
  const wanted = [
    ...Object.entries(plan.skus).map(([sku, { count, price }]) => ({
      sku,
      weight: count * (0.5 + uniformFloat64(random)),
      price,
    })),
    ...Object.entries(plan.bundles).map(([sku, { price }]) => ({ sku, weight: 0.15 * unitsIn(plan), price })),
  ].filter(({ weight }) => weight > 0);
  const orderCount = Math.min(ORDERS_MAX, Math.ceil(unitsIn(plan) / 1.5));
  const times = Array.from({ length: orderCount }, (_, index) => {
    const wave = waveAt(index / orderCount);
    return Math.round(startMs + SHOW_MS * (wave.from + (wave.to - wave.from) * uniformFloat64(random)));
  }).toSorted((a, b) => a - b);

  return times.map((placedAtMs, index) => {
    const lineCount = uniformInt(random, 1, 10) > 8 ? 2 : 1;
    const lines = Array.from({ length: lineCount }, (_, line): OrderLine => {
      const { sku, price } = pick(wanted, uniformFloat64(random));
      const orderedUnits = uniformInt(random, 1, 10) > 8 ? 2 : 1;
      return { ...NO_UNITS, lineId: String(line + 1), sku, orderedUnits, unitPriceMinor: Math.round((price ?? 0) * 100) };
    });
    const externalId = `sim-${String(index + 1).padStart(4, '0')}`;
    const version = { updatedAtMs: placedAtMs, eventAtMs: placedAtMs };
    const facts = { source: 'simulated', externalId, version, placedAtMs, buyerKey: null, currency: plan.drop.currency ?? null };
    return { eventId: externalId, facts: { kind: 'order', ...facts, lines, refunds: [] } };
  });
}

function unitsIn(plan: Plan): number {
  return Object.values(plan.skus).reduce((sum, { count }) => sum + count, 0);
}

function waveAt(part: number): (typeof WAVES)[number] {
  let share = 0;
  for (const wave of WAVES) {
    share += wave.share;
    if (part < share) return wave;
  }
  return WAVES[2];
}

function pick<T extends { readonly weight: number }>(among: readonly T[], part: number): T {
  let left = part * among.reduce((sum, { weight }) => sum + weight, 0);
  for (const one of among) {
    left -= one.weight;
    if (left < 0) return one;
  }
  const last = among.at(-1);
  if (last === undefined) throw new RangeError('a plan to rehearse has something to sell');
  return last;
}
