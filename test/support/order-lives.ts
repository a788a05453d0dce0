import * as fc from 'fast-check';
import { NO_UNITS, RESTOCKS, type LineCounters, type OrderFacts, type Refund, type RefundFacts } from '../../src/domain/order.ts';
import { orderOf, refundOf } from './orders.ts';

export type Fact = OrderFacts | RefundFacts;

/** SKUs that random lives use: three items, a bundle, and one nobody listed. */
export const LIFE_SKUS = ['HOODIE-S', 'HOODIE-M', 'PIN', 'BOX', 'NOBODY'] as const;

const few = fc.integer({ min: 0, max: 4 });
const LINE_IDS = ['a', 'b', 'c'] as const;

// Each line keeps its SKU through most lives; now and then a version says another.
const lineArb = fc.record({
  lineId: fc.constantFrom(...LINE_IDS),
  sku: fc.constantFrom(...LIFE_SKUS),
  counters: fc.record({
    orderedUnits: few,
    cancelledUnits: few,
    shippedUnits: few,
    returnedUnits: few,
    writtenOffUnits: few,
  }),
});

const refundArb = fc.record({
  refundId: fc.constantFrom('r', 's', 't'),
  lines: fc.array(
    fc.record({
      lineId: fc.constantFrom(...LINE_IDS, 'gone'),
      units: fc.integer({ min: 1, max: 3 }),
      restock: fc.constantFrom(...RESTOCKS),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});

const versionArb = fc.record({
  laterMs: fc.integer({ min: 0, max: 2 }), // 0: as old as the one before it
  lines: fc.array(lineArb, { maxLength: 3 }),
  refunds: fc.array(refundArb, { maxLength: 1 }),
});

const lifeArb = fc.record({
  versions: fc.array(versionArb, { minLength: 1, maxLength: 4 }),
  alone: fc.array(refundArb, { maxLength: 2 }),
});

type Life = {
  readonly versions: readonly { laterMs: number; lines: readonly LifeLine[]; refunds: readonly Refund[] }[];
  readonly alone: readonly Refund[];
};
type LifeLine = { readonly lineId: string; readonly sku: string; readonly counters: LineCounters };

/** Everything a shop says about one order, in the order it happened. Counters need not make sense: shops' often do not. */
function factsOf(externalId: string, { versions, alone }: Life, placedAtMs: number): readonly Fact[] {
  let atMs = 0;
  const told = versions.map(({ laterMs, lines, refunds }) => {
    atMs += laterMs;
    const listed = lines.map(({ lineId, sku, counters }) => ({ ...NO_UNITS, ...counters, lineId, sku, unitPriceMinor: 100 }));
    return orderOf(externalId, atMs, listed, { placedAtMs, refunds });
  });
  return [...told, ...alone.map((refund) => refundOf(externalId, refund))];
}

/** What a shop says in the order it happened, and the same as it arrived: shuffled, and some of it twice. */
export function storyArb(
  placedAtMs: number,
): fc.Arbitrary<{ readonly happened: readonly Fact[]; readonly arrived: readonly Fact[] }> {
  return fc.array(lifeArb, { minLength: 1, maxLength: 4 }).chain((lives) => {
    const happened = lives.flatMap((life, index) => factsOf(`order-${index}`, life, placedAtMs));
    const twice = fc.subarray([...happened]).chain((again) => {
      const all = [...happened, ...again];
      return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
    });
    return twice.map((arrived) => ({ happened, arrived }));
  });
}
