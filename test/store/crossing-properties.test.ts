import { eq } from 'drizzle-orm';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { HeardFacts } from '../../src/domain/order.ts';
import type { AlertFacts, PostFacts } from '../../src/ports/post.ts';
import { checkLedger } from '../../src/store/stock/ledger-check.ts';
import { openStore } from '../../src/store/store.ts';
import { temporarySqlite } from '../support/engines.ts';
import { lineOf, orderOf } from '../support/orders.ts';
import { FINN, MAYA, NOW, seeded } from '../support/plan.ts';
import type { Ground } from './contract.ts';

// Few units and many sales: thresholds are crossed, recover and are crossed again within a handful of orders.
const PLAN = {
  skus: {
    A: { name: 'A', count: 12 },
    B: {
      name: 'B',
      count: 30,
      thresholds: [
        { units: 15, severity: 'live' },
        { percent: 20, severity: 'live' },
        { units: 2, severity: 'live' },
      ],
    },
    C: { name: 'C', count: 20 },
  },
  bundles: { BOX: { name: 'Box', of: { A: 1, B: 2 } }, SET: { name: 'Set', of: { B: 3, C: 1 } } },
};

/** One order that sells, an earlier one that is cancelled or comes back, or goods that arrive. */
type Step =
  | { readonly kind: 'sell'; readonly sku: string; readonly units: number }
  | { readonly kind: 'cancel' | 'return'; readonly nth: number }
  | { readonly kind: 'receive'; readonly sku: string; readonly units: number };

const stepArb: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('sell' as const),
      sku: fc.constantFrom('A', 'B', 'C', 'BOX', 'SET'),
      units: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'return' as const), nth: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('receive' as const),
      sku: fc.constantFrom('A', 'B', 'C'),
      units: fc.integer({ min: 1, max: 30 }),
    }),
  },
);

const sqlite = temporarySqlite();
afterAll(() => sqlite.remove());
const store = openStore(sqlite.engine);
let teamCount = 0;

/** Plays the steps in batches of at most `together` facts; goods arrive between two batches. */
async function play(steps: readonly Step[], together: number, isLive: boolean): Promise<Ground> {
  teamCount += 1;
  const ground: Ground = { engine: sqlite.engine, store, teamId: `team-${teamCount}` };
  await seeded(ground, PLAN);
  const team = store.team(ground.teamId);
  if (isLive) await team.drops.start({ asked: null, place: null, key: 'start', by: MAYA, nowMs: NOW });
  const sold: { readonly sku: string; readonly units: number }[] = [];
  let batch: HeardFacts[] = [];
  async function flush(): Promise<void> {
    await team.orders.recordAll(batch, NOW + 5);
    batch = [];
  }
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'receive') {
      await flush();
      await team.stock.receive({
        sku: step.sku,
        units: step.units,
        key: `receive-${index}`,
        by: FINN,
        nowMs: NOW + 5,
        reason: null,
      });
      continue;
    }
    const fact = factOf(step, index, sold);
    if (fact !== null) batch.push({ eventId: `event-${index}`, facts: fact });
    if (batch.length >= together) await flush();
  }
  await flush();
  expect(await team.orders.setAside()).toEqual([]);
  return ground;
}

function factOf(step: Exclude<Step, { kind: 'receive' }>, index: number, sold: { sku: string; units: number }[]) {
  if (step.kind === 'sell') {
    sold.push({ sku: step.sku, units: step.units });
    return orderOf(`order-${sold.length - 1}`, index, [lineOf('1', step.sku, { orderedUnits: step.units })]);
  }
  if (sold.length === 0) return null;
  const nth = step.nth % sold.length;
  const { sku = '', units = 0 } = sold[nth] ?? {};
  const gone = step.kind === 'cancel' ? { cancelledUnits: units } : { shippedUnits: units, returnedUnits: units };
  return orderOf(`order-${nth}`, index, [lineOf('1', sku, { orderedUnits: units, ...gone })]);
}

/** Everything about alerts that somebody could see or act on. */
async function outcome({ engine, teamId }: Ground) {
  const { alerts, posts, levels, thresholds } = engine.tables;
  const rows = await engine.read(async (db) => ({
    alerts: await db.select().from(alerts).where(eq(alerts.teamId, teamId)),
    posts: await db.select().from(posts).where(eq(posts.teamId, teamId)),
    levels: await db.select().from(levels).where(eq(levels.teamId, teamId)),
    thresholds: await db.select().from(thresholds).where(eq(thresholds.teamId, teamId)),
  }));
  const unnamed = (row: object) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'teamId'));
  const channel = (destinationId: string) => destinationId.replace(teamId, '');
  const sorted = (of: readonly unknown[]) => of.map((one) => JSON.stringify(one)).toSorted();
  return {
    crossings: await store.team(teamId).alerts.crossings(),
    alerts: sorted(rows.alerts.map(({ facts, episode, state, dueMs }) => ({ facts, episode, state, dueMs }))),
    levels: sorted(rows.levels.map(unnamed)),
    thresholds: sorted(rows.thresholds.map(unnamed)),
    cards: sorted(
      rows.posts
        .filter(({ kind }) => kind === 'alert')
        .map(({ key, destinationId, facts, lane }) => ({ key, channel: channel(destinationId), facts, lane })),
    ),
    rings: sorted(
      rows.posts
        .filter(({ kind, state }) => kind === 'alert-ring' && state === 'waiting')
        .flatMap(({ destinationId, facts }) =>
          ringsOf(facts as PostFacts).map((ring) => ({ channel: channel(destinationId), ...ring })),
        ),
    ),
  };
}

function ringsOf(
  facts: PostFacts,
): readonly { readonly why: string; readonly alertId: AlertFacts['alertId']; readonly mention: unknown }[] {
  return facts.kind === 'alert-ring'
    ? facts.rings.map(({ why, alert, mention }) => ({ why, alertId: alert.alertId, mention }))
    : [];
}

test('however orders share their transactions, crossings, alerts, cards and rings are the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepArb, { minLength: 4, maxLength: 40 }), fc.boolean(), async (steps, isLive) => {
      const alone = await play(steps, 1, isLive);
      const expected = await outcome(alone);
      for (const together of [7, 64]) expect(await outcome(await play(steps, together, isLive))).toEqual(expected);
      expect(await checkLedger(sqlite.engine, alone.teamId)).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
