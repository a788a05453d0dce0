import { expect, test } from 'vitest';
import { NO_UNITS, type HeardFacts } from '../../src/domain/order.ts';
import { createShow } from '../../src/verbs/show.ts';
import { simulateOrders } from '../../src/verbs/simulate.ts';
import { planFor } from '../support/plan.ts';

const orderAt = (placedAtMs: number): HeardFacts => ({
  eventId: `o${placedAtMs}`,
  facts: {
    kind: 'order',
    source: 'csv',
    externalId: `o${placedAtMs}`,
    version: { updatedAtMs: placedAtMs, eventAtMs: placedAtMs },
    placedAtMs,
    buyerKey: null,
    currency: null,
    lines: [{ ...NO_UNITS, lineId: '1', sku: 'PIN', orderedUnits: 1, unitPriceMinor: 0 }],
    refunds: [],
  },
});

test('orders arrive at their own time, whatever the steps taken', async () => {
  const heard: string[] = [];
  const show = createShow({
    orders: [1_000, 7_000, 7_000, 90_000].map(orderAt),
    startMs: 0,
    record: async (facts, nowMs) => {
      heard.push(...facts.map(({ eventId }) => `${eventId}@${nowMs}`));
      return facts.map(() => ({ kind: 'recorded', movementCount: 1 }) as const);
    },
    tick: async () => undefined,
    deliver: async () => undefined,
  });
  await show.playTo(500);
  expect(heard).toEqual([]);
  await show.playTo(7_500);
  expect(heard).toEqual(['o1000@1000', 'o7000@7000', 'o7000@7000']);
  await show.playTo(show.endsAtMs);
  expect(heard.at(-1)).toBe('o90000@90000');
  expect({ now: show.nowMs(), played: show.ordersPlayed() }).toEqual({ now: 90_000 + 12 * 60_000, played: 4 });
});

test('a simulated show is the same for the same seed, and asks for about what there is', () => {
  const plan = planFor('t');
  const once = simulateOrders(plan, { seed: 7, startMs: 0 });
  expect(simulateOrders(plan, { seed: 7, startMs: 0 })).toEqual(once);
  expect(simulateOrders(plan, { seed: 8, startMs: 0 })).not.toEqual(once);
  const times = once.map(({ facts }) => facts.version.eventAtMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  const units = once
    .flatMap(({ facts }) => (facts.kind === 'order' ? facts.lines : []))
    .reduce((sum, line) => sum + line.orderedUnits, 0);
  expect(units).toBeGreaterThan(250);
  expect(units).toBeLessThan(450);
});
