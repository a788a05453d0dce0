import { and, eq, like } from 'drizzle-orm';
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { RECHECK_MS, SETTLE_MS } from '../../../src/domain/drift.ts';
import type { ShopTold, ShopTotal } from '../../../src/domain/shop-count.ts';
import type { DriftFacts, PostFacts } from '../../../src/ports/post.ts';
import { DRIFT_NOTICES_MAX } from '../../../src/store/counts/count-notice.ts';
import { checkLedger } from '../../../src/store/stock/ledger-check.ts';
import { heard, lineOf, orderOf } from '../../support/orders.ts';
import { FINN, NOW, seeded } from '../../support/plan.ts';
import type { Ground, Rules } from '../contract.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;
const T = NOW + HOUR; // the opening is long past

const totalOf = (sku: string, availableUnits: number | null, more: Partial<ShopTotal> = {}): ShopTotal => ({
  sku,
  availableUnits,
  onHandUnits: null,
  committedUnits: null,
  ...more,
});
const totals = (countedAtMs: number, ...those: readonly ShopTotal[]): Extract<ShopTold, { kind: 'totals' }> => ({
  kind: 'totals',
  source: 'shopify',
  countedAtMs,
  sequence: null,
  totals: those,
  items: [],
});
const placeOf = (place: string, availableUnits: number, countedAtMs: number): ShopTold => ({
  kind: 'place',
  source: 'shopify',
  itemId: '77',
  place,
  availableUnits,
  countedAtMs,
});

/** A shop beside the books: HOODIE-S has 40 on hand and nothing kept back. */
async function stage(ground: Ground, overrides: Parameters<typeof seeded>[1] = {}) {
  await seeded(ground, overrides);
  const { store, engine, teamId } = ground;
  const { counts, orders, stock } = store.team(teamId);
  const { posts } = engine.tables;
  let orderCount = 0;
  return {
    counts,
    stock,
    sell: async (units: number, atMs: number, sku = 'HOODIE-S') => {
      orderCount += 1;
      const when = { placedAtMs: atMs, version: { updatedAtMs: atMs, eventAtMs: atMs } };
      await orders.record(heard(orderOf(`#${orderCount}`, 0, [lineOf('1', sku, { orderedUnits: units })], when)), atMs);
    },
    notices: async (): Promise<readonly (DriftFacts & { revision: number })[]> => {
      const rows = await engine.read((db) =>
        db
          .select({ facts: posts.facts, revision: posts.revision })
          .from(posts)
          .where(and(eq(posts.teamId, teamId), like(posts.key, 'drift:%')))
          .orderBy(posts.createdAtMs, posts.key),
      );
      return rows.flatMap(({ facts, revision }) => {
        const told = facts as PostFacts;
        return told.kind === 'notice' && told.notice.what === 'drift' ? [{ ...told.notice, revision }] : [];
      });
    },
    lines: (nowMs: number) => counts.lines({ nowMs, driftingOnly: false }),
  };
}

export const countRules: Rules = {
  'a count that agrees says nothing, and moves nothing': async (ground) => {
    const { counts, sell, notices, lines } = await stage(ground);
    await sell(4, T);
    expect(await counts.hear(totals(T + SECOND, totalOf('HOODIE-S', 36)), T + SECOND)).toEqual(['counted']);
    await counts.tick(T + SECOND + SETTLE_MS);
    expect(await notices()).toEqual([]);
    const [line] = await lines(T + HOUR);
    expect(line).toMatchObject({
      sku: 'HOODIE-S',
      settling: false,
      driftSinceMs: null,
      reckoning: { driftUnits: 0, expectedUnits: 36 },
    });
    expect(await checkLedger(ground.engine, ground.teamId)).toEqual([]);
  },

  'a difference is told once it has settled, edited as it changes, and closed when it agrees': async (ground) => {
    const { counts, stock, sell, notices, lines } = await stage(ground);
    await counts.hear(totals(T, totalOf('HOODIE-S', 37, { onHandUnits: 40, committedUnits: 3 })), T);
    await counts.tick(T + SETTLE_MS - 1);
    expect(await notices()).toEqual([]);
    expect(await lines(T + SETTLE_MS - 1)).toMatchObject([{ settling: true, reckoning: { driftUnits: -3 } }]);
    await counts.tick(T + SETTLE_MS);
    const told = { source: 'shopify', sku: 'HOODIE-S', name: 'Hoodie, small', shownUnits: 37, driftUnits: -3, expectedUnits: 40 };
    const since = { sinceMs: T + SETTLE_MS, over: null };
    expect(await notices()).toMatchObject([{ ...told, ...since, sellableUnits: 40, liesIn: 'orders', revision: 1 }]);

    for (let n = 1; n < 5; n += 1) await counts.tick(T + SETTLE_MS + n * RECHECK_MS);
    expect(await notices()).toMatchObject([{ revision: 1 }]); // nothing new, nothing edited

    const later = T + HOUR;
    await sell(1, later); // one of the three was heard after all
    await counts.hear(totals(later + 61 * SECOND, totalOf('HOODIE-S', 37)), later + 61 * SECOND);
    await counts.tick(later + 61 * SECOND + SETTLE_MS);
    expect(await notices()).toMatchObject([{ ...since, driftUnits: -2, expectedUnits: 39, revision: 2 }]);
    expect(await counts.lines({ nowMs: later, driftingOnly: true })).toHaveLength(1);

    const counted = later + HOUR;
    const by = { key: 'count', by: FINN, reason: null, nowMs: counted };
    await stock.count({ sku: 'HOODIE-S', countedUnits: 38, ...by });
    await counts.tick(counted + RECHECK_MS);
    const over = { why: 'agrees', atMs: counted + RECHECK_MS };
    expect(await notices()).toMatchObject([{ sku: 'HOODIE-S', shownUnits: 37, sinceMs: T + SETTLE_MS, over, revision: 3 }]);
    expect(await counts.lines({ nowMs: counted, driftingOnly: true })).toEqual([]);

    // A drift that comes back is news: a notice of its own.
    await counts.hear(totals(counted + HOUR, totalOf('HOODIE-S', 30)), counted + HOUR);
    await counts.tick(counted + HOUR + SETTLE_MS);
    expect(await notices()).toMatchObject([{ over }, { driftUnits: -7, over: null, revision: 1 }]);
  },

  'neither number is changed by a drift': async (ground) => {
    const { counts, stock } = await stage(ground);
    const before = await stock.board({ sku: 'HOODIE-S', nowMs: T });
    await counts.hear(totals(T, totalOf('HOODIE-S', 3)), T);
    await counts.tick(T + SETTLE_MS);
    expect(await stock.board({ sku: 'HOODIE-S', nowMs: T })).toEqual(before);
    expect(await counts.lines({ nowMs: T, driftingOnly: true })).toMatchObject([{ count: { availableUnits: 3 } }]);
  },

  'a shop need not know what is kept back; what it may sell is told': async (ground) => {
    const { counts, notices, lines } = await stage(ground); // HOODIE-M: 60 on hand, 2 of them the reserve
    await counts.hear(totals(T, totalOf('HOODIE-M', 60)), T);
    await counts.tick(T + SETTLE_MS);
    expect(await notices()).toEqual([]);
    expect(await lines(T + HOUR)).toMatchObject([{ reckoning: { driftUnits: 0, sellableUnits: 58, keptBackUnits: 2 } }]);
    await counts.hear(totals(T + HOUR, totalOf('HOODIE-M', 59)), T + HOUR);
    await counts.tick(T + HOUR + SETTLE_MS);
    expect(await notices()).toMatchObject([{ driftUnits: -1, expectedUnits: 60, sellableUnits: 58, keptBackUnits: 2 }]);
  },

  'orders that were on their way explain a difference, whichever is heard first': async (ground) => {
    const { counts, sell, notices } = await stage(ground);
    await counts.hear(totals(T, totalOf('HOODIE-S', 35)), T); // five sold there, none heard here
    await sell(2, T + 10 * SECOND);
    await sell(3, T + 50 * SECOND);
    await counts.tick(T + SETTLE_MS);
    expect(await notices()).toEqual([]);
    // The other way about: heard here, and counted before the shop's number fell.
    await sell(1, T + HOUR);
    await counts.hear(totals(T + HOUR, totalOf('HOODIE-S', 35)), T + HOUR + 5 * SECOND);
    await counts.tick(T + 2 * HOUR);
    expect(await notices()).toEqual([]);
  },

  'a shop whose clock runs ahead or behind is not believed to have seen what it cannot': async (ground) => {
    const { counts, sell, notices } = await stage(ground);
    await counts.hear(totals(T + 24 * HOUR, totalOf('HOODIE-S', 40)), T); // tomorrow's date
    await sell(2, T + 120 * SECOND);
    await counts.tick(T + 130 * SECOND);
    expect(await notices()).toEqual([]);
    await counts.hear(totals(T - HOUR, totalOf('HOODIE-S', 40)), T + HOUR); // an old one, late
    await counts.tick(T + 2 * HOUR);
    expect(await notices()).toEqual([]);
    // One that counted before an order and tells it after: the order was not in it.
    await counts.hear({ ...totals(T + 100 * SECOND, totalOf('HOODIE-S', 40)), source: 'till' }, T + HOUR);
    await counts.tick(T + 2 * HOUR);
    expect(await notices()).toEqual([]);
  },

  'counts heard twice, out of order or by an older sequence change nothing': async (ground) => {
    const { counts, lines } = await stage(ground);
    const shown = async () => (await lines(T)).map(({ count }) => [count.availableUnits, count.sequence]);
    const told = totals(T, totalOf('HOODIE-S', 37));
    expect(await counts.hear(told, T)).toEqual(['counted']);
    expect(await counts.hear(told, T + 1)).toEqual(['repeat']);
    expect(await counts.hear(totals(T - SECOND, totalOf('HOODIE-S', 12)), T + 2)).toEqual(['older']);
    expect(await shown()).toEqual([[37, null]]);
    expect(await counts.hear({ ...totals(T + 5, totalOf('HOODIE-S', 36)), sequence: 8 }, T + 5)).toEqual(['counted']);
    expect(await counts.hear({ ...totals(T + 9, totalOf('HOODIE-S', 12)), sequence: 7 }, T + 9)).toEqual(['older']);
    expect(await counts.hear({ ...totals(T - 9, totalOf('HOODIE-S', 35)), sequence: 9 }, T + 9)).toEqual(['counted']);
    expect(await shown()).toEqual([[35, 9]]);
  },

  'a shop that repeats its count every ten seconds is judged all the same': async (ground) => {
    const { counts, notices } = await stage(ground);
    for (let atMs = T; atMs <= T + SETTLE_MS; atMs += 10 * SECOND) {
      await counts.hear(totals(atMs, totalOf('HOODIE-S', 39)), atMs);
      await counts.tick(atMs);
    }
    expect(await notices()).toMatchObject([{ driftUnits: -1 }]);
  },

  'what nobody listed, bundles and items the shop does not count are told apart and not kept': async (ground) => {
    const { counts, lines } = await stage(ground);
    const those = [totalOf('NOBODY', 4), totalOf('BOX', 4), totalOf('PIN', null), totalOf('hoodie-s', 40)];
    expect(await counts.hear(totals(T, ...those), T)).toEqual(['unknown-sku', 'bundle', 'uncounted', 'unknown-sku']);
    expect(await lines(T)).toEqual([]);
    expect(await counts.hear(placeOf('A', 4, T), T)).toEqual(['unknown-item']);
  },

  'an item the shop stops counting ends its notice': async (ground) => {
    const { counts, notices, lines } = await stage(ground);
    await counts.hear(totals(T, totalOf('HOODIE-S', 3)), T);
    await counts.tick(T + SETTLE_MS);
    await counts.hear(totals(T + HOUR, totalOf('HOODIE-S', null)), T + HOUR);
    expect(await notices()).toMatchObject([{ over: { why: 'uncounted', atMs: T + HOUR } }]);
    expect(await lines(T + HOUR)).toEqual([]);
    await counts.tick(T + 2 * HOUR);
    expect(await notices()).toHaveLength(1);
  },

  'places add up to the shop’s number only once a total has borne them out': async (ground) => {
    const { counts, notices, lines } = await stage(ground);
    const shown = async () => (await lines(T)).map(({ count }) => count.availableUnits);
    const items = [{ itemId: '77', sku: 'HOODIE-S' }];
    expect(await counts.hear({ ...totals(T, totalOf('HOODIE-S', 40)), items }, T)).toEqual(['counted']);
    expect(await counts.hear(placeOf('front', 10, T + SECOND), T + SECOND)).toEqual(['counted']);
    expect(await shown()).toEqual([40]); // a place of two is not the shop
    expect(await counts.hear(placeOf('back', 30, T + SECOND), T + SECOND)).toEqual(['counted']);
    expect(await shown()).toEqual([40]);
    await counts.hear(totals(T + 2 * SECOND, totalOf('HOODIE-S', 40)), T + 2 * SECOND);
    expect(await counts.hear(placeOf('back', 28, T + HOUR), T + HOUR)).toEqual(['counted']);
    expect(await shown()).toEqual([38]);
    expect(await counts.hear(placeOf('back', 29, T + HOUR - SECOND), T + HOUR)).toEqual(['older']);
    expect(await counts.hear(placeOf('back', 28, T + HOUR), T + HOUR)).toEqual(['repeat']);
    expect(await shown()).toEqual([38]);
    await counts.tick(T + HOUR + SETTLE_MS);
    expect(await notices()).toMatchObject([{ driftUnits: -2 }]);
  },

  'a place told before any total waits for one': async (ground) => {
    const { counts, lines } = await stage(ground);
    const items = [{ itemId: '77', sku: 'HOODIE-S' }];
    expect(await counts.hear({ ...totals(T), items }, T)).toEqual([]);
    expect(await counts.hear(placeOf('front', 40, T), T)).toEqual(['waiting']);
    expect(await lines(T)).toEqual([]);
    expect(await counts.hear(totals(T + SECOND, totalOf('HOODIE-S', 40)), T + SECOND)).toEqual(['counted']);
    await counts.hear(placeOf('front', 39, T + HOUR), T + HOUR);
    expect((await lines(T)).map(({ count }) => count.availableUnits)).toEqual([39]);
  },

  'a shop that differs in everything fills no channel': async (ground) => {
    const skus = Array.from({ length: DRIFT_NOTICES_MAX + 5 }, (_, at) => `S-${at}`);
    const { counts, notices, lines } = await stage(ground, {
      skus: Object.fromEntries(skus.map((sku) => [sku, { name: sku, count: 10, price: 1 }])),
      bundles: {},
    });
    await counts.hear(totals(T, ...skus.map((sku) => totalOf(sku, 3))), T);
    await counts.tick(T + SETTLE_MS);
    expect(await notices()).toHaveLength(DRIFT_NOTICES_MAX);
    expect((await lines(T)).filter(({ driftSinceMs }) => driftSinceMs !== null)).toHaveLength(skus.length);
    // One that is put right makes room for one that was not told.
    await counts.hear(totals(T + HOUR, totalOf('S-0', 10)), T + HOUR);
    await counts.tick(T + HOUR + SETTLE_MS);
    await counts.tick(T + HOUR + SETTLE_MS + RECHECK_MS);
    expect((await notices()).filter(({ over }) => over === null)).toHaveLength(DRIFT_NOTICES_MAX);
  },

  'an item sold faster than can be compared is left until it is quiet': async (ground) => {
    const { counts, notices, lines } = await stage(ground);
    const { orders } = ground.store.team(ground.teamId);
    const rush = Array.from({ length: 260 }, (_, n) => {
      const when = { placedAtMs: T, version: { updatedAtMs: T, eventAtMs: T } };
      return heard(orderOf(`rush-${n}`, 0, [lineOf('1', 'PIN', { orderedUnits: 1 })], when));
    });
    await orders.recordAll(rush, T);
    await counts.hear(totals(T + SECOND, totalOf('PIN', 9_999)), T + SECOND);
    await counts.tick(T + SECOND + SETTLE_MS);
    expect(await notices()).toEqual([]);
    expect(await lines(T + HOUR)).toMatchObject([{ sku: 'PIN', reckoning: null }]);
    await counts.hear(totals(T + HOUR, totalOf('PIN', 9_999)), T + HOUR);
    await counts.tick(T + HOUR + SETTLE_MS);
    expect(await notices()).toMatchObject([{ sku: 'PIN', shownUnits: 9_999 }]);
  },

  'whatever the order in which orders and the counts that saw them arrive, there is no drift, and a lost order is one': async (
    ground,
  ) => {
    const { counts, sell, notices } = await stage(ground);
    let atMs = T;
    let soldUnits = 0;
    const round = fc.record({
      sales: fc.array(fc.record({ units: fc.integer({ min: 1, max: 3 }), lateMs: fc.integer({ min: 0, max: 40_000 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      countLateMs: fc.integer({ min: 0, max: 40_000 }),
      seen: fc.nat(4),
    });
    await fc.assert(
      fc.asyncProperty(round, async ({ sales, countLateMs, seen }) => {
        if (soldUnits > 28) return;
        atMs += HOUR;
        const start = atMs;
        const before = soldUnits;
        const sold = sales.map(({ units }) => units);
        // The shop counts after `seen` of these sales; everything is heard late, each by its own time.
        const shown = 40 - before - sold.slice(0, seen).reduce((sum, units) => sum + units, 0);
        const arrivals = [
          ...sales.map(({ units, lateMs }) => ({ dueMs: start + lateMs, work: (nowMs: number) => sell(units, nowMs) })),
          { dueMs: start + countLateMs, work: (nowMs: number) => counts.hear(totals(start, totalOf('HOODIE-S', shown)), nowMs) },
        ].toSorted((a, b) => a.dueMs - b.dueMs);
        for (const { dueMs, work } of arrivals) await work(dueMs);
        soldUnits = before + sold.reduce((sum, units) => sum + units, 0);
        for (let n = 0; n < 12; n += 1) await counts.tick(start + n * 10_000 + SETTLE_MS);
        expect(await notices()).toEqual([]);
      }),
      { numRuns: 25 },
    );
    const lost = atMs + HOUR;
    await counts.hear(totals(lost, totalOf('HOODIE-S', 40 - soldUnits - 1)), lost);
    await counts.tick(lost + SETTLE_MS);
    expect(await notices()).toMatchObject([{ driftUnits: -1 }]);
  },
};
