import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { openUnits, type HeardFacts } from '../../src/domain/order.ts';
import { foldFact } from '../../src/domain/order-fold.ts';
import { refundedUnits, settled, type KeptOrder } from '../../src/domain/order-merge.ts';
import { openBook } from '../../src/domain/stock-book.ts';
import { EMPTY_LEVEL, moved, type Level } from '../../src/domain/stock.ts';
import { checkLedger } from '../../src/store/stock/ledger-check.ts';
import { openStore } from '../../src/store/store.ts';
import { temporarySqlite } from '../support/engines.ts';
import { LIFE_SKUS, storyArb, type Fact } from '../support/order-lives.ts';
import { NOW, seeded } from '../support/plan.ts';

const ITEMS = ['HOODIE-S', 'HOODIE-M', 'PIN'] as const;
const BOX = [
  { sku: 'HOODIE-M', unitsPerBundle: 1 },
  { sku: 'PIN', unitsPerBundle: 2 },
];

/** Hears facts one after another in memory. */
function hear(facts: readonly Fact[], returnsRelease: boolean) {
  const opening = { trackedFromMs: NOW, level: { ...EMPTY_LEVEL, onHand: 100 }, sellableUnits: 100, thresholds: [] };
  const book = openBook(
    ITEMS.map((sku) => ({ sku, ...opening })),
    [{ sku: 'BOX', components: BOX, thresholds: [] }],
  );
  const orders = new Map<string, KeptOrder>();
  for (const each of facts) {
    const folded = foldFact(orders.get(each.externalId) ?? null, each, { book, returnsRelease, nowMs: NOW });
    if (folded.kind === 'recorded') orders.set(each.externalId, folded.order);
  }
  const levels = Object.fromEntries(ITEMS.map((sku) => [sku, book.item(sku)?.level]));
  return { levels, orders: [...orders.values()], entries: book.close().entries };
}

function openBySku(orders: readonly KeptOrder[]): Record<string, number> {
  const open: Record<string, number> = Object.fromEntries(ITEMS.map((sku) => [sku, 0]));
  for (const order of orders) {
    const refunded = refundedUnits(order);
    for (const line of order.lines) {
      for (const { sku, unitsPerBundle } of line.parts ?? []) {
        open[sku] = (open[sku] ?? 0) + unitsPerBundle * openUnits(settled(line, refunded(line)));
      }
    }
  }
  return open;
}

const committedOf = (levels: Readonly<Record<string, Level | undefined>>) =>
  Object.fromEntries(Object.entries(levels).map(([sku, level]) => [sku, level?.committed]));

test('whatever the order of arrival, however often, levels are those of the order it happened in', () => {
  fc.assert(
    fc.property(storyArb(NOW + 1), fc.boolean(), ({ happened, arrived }, returnsRelease) => {
      expect(hear(arrived, returnsRelease).levels).toEqual(hear(happened, returnsRelease).levels);
    }),
    { numRuns: 3000 },
  );
});

test('levels are the fold of the ledger, and committed is what is open, baseline included', () => {
  fc.assert(
    fc.property(fc.constantFrom(NOW - 1, NOW).chain(storyArb), fc.boolean(), ({ arrived }, returnsRelease) => {
      const { levels, orders, entries } = hear(arrived, returnsRelease);
      for (const sku of ITEMS) {
        const opened: Level = { ...EMPTY_LEVEL, onHand: 100 };
        const folded = entries
          .filter((entry) => entry.sku === sku)
          .reduce((level, { kind, units }) => moved(level, kind, units), opened);
        expect(levels[sku]).toEqual(folded);
      }
      expect(committedOf(levels)).toEqual(openBySku(orders));
      expect(new Set(entries.map(({ key }) => key)).size).toBe(entries.length);
    }),
    { numRuns: 2000 },
  );
});

const sqlite = temporarySqlite();
afterAll(() => sqlite.remove());

test('the store comes to what memory comes to, baseline included, in whatever batches, each event twice', async () => {
  const store = openStore(sqlite.engine);
  let teamCount = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(NOW - 1, NOW).chain(storyArb),
      fc.integer({ min: 1, max: 12 }),
      async ({ arrived }, together) => {
        teamCount += 1;
        const teamId = `team-${teamCount}`;
        const skus = Object.fromEntries(ITEMS.map((sku) => [sku, { name: sku, count: 100 }]));
        await seeded(
          { engine: sqlite.engine, store, teamId },
          { skus, bundles: { BOX: { name: 'Box', of: { 'HOODIE-M': 1, PIN: 2 } } } },
        );
        const { orders, stock } = store.team(teamId);
        const events = arrived.map((facts, index): HeardFacts => ({ eventId: `${index}`, facts }));
        for (let from = 0; from < events.length; from += together) {
          const batch = events.slice(from, from + together);
          await Promise.all([...batch, ...batch].map((event) => orders.record(event, NOW + 5)));
        }
        const board = await stock.board({ sku: null, nowMs: NOW + 6 });
        if (board.kind !== 'board') throw new Error('no board');
        const expected = hear(arrived, false);
        expect(Object.fromEntries(board.items.map(({ sku, level }) => [sku, level]))).toEqual(expected.levels);
        expect(await checkLedger(sqlite.engine, teamId)).toEqual([]);
        const unknown = expected.orders.flatMap((order) => {
          const refunded = refundedUnits(order);
          return order.lines.filter(({ parts }) => parts === null).map((line) => openUnits(settled(line, refunded(line))));
        });
        const kept = await orders.unknownSkus();
        expect(kept.every(({ sku }) => sku === LIFE_SKUS[4])).toBe(true);
        expect(kept.reduce((sum, { units }) => sum + units, 0)).toBe(unknown.reduce((sum, units) => sum + units, 0));
        expect(await orders.setAside()).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});
