import { and, eq } from 'drizzle-orm';
import { expect } from 'vitest';
import { factId, saidId } from '../../../src/domain/fact-id.ts';
import { postId } from '../../../src/store/posts/desire.ts';
import { alertsOf, ask, card, goLive, MINUTE, order, posts, rings, SECOND, sell, sendAll, T } from '../../support/alerts.ts';
import { FINN } from '../../support/plan.ts';
import type { Rules } from '../contract.ts';

const HOODIE_S_1 = factId('stock:HOODIE-S:1', T + SECOND);

export const alertRules: Rules = {
  'one order through three thresholds opens one alert, of the worst': async (ground) => {
    await goLive(ground);
    await sell(ground, '7001', 'HOODIE-S', 40, T + SECOND);
    expect(await alertsOf(ground).open()).toEqual([
      {
        alertId: HOODIE_S_1,
        subjectKind: 'stock',
        subject: 'HOODIE-S',
        name: 'Hoodie, small',
        severity: 'critical',
        state: 'open',
        test: false,
        cause: 'order shop 7001',
        thresholdId: 'units:0',
        limitUnits: 0,
        crossedBalanceUnits: 0,
        minutesLeft: null,
        bindingSku: null,
        balanceNowUnits: 0,
        openedAtMs: T + SECOND,
        asOfMs: T + SECOND,
        actedBy: null,
        actedPlace: null,
        actedAtMs: null,
        reason: null,
        snoozedUntilMs: null,
        escalatedTo: null,
      },
    ]);
    const cards = await posts(ground, 'alert');
    expect(cards.map(({ key, channel, lane, revision }) => [key, channel, lane, revision])).toEqual([
      [`alert:${HOODIE_S_1}`, 'alerts', 0, 1],
      [`alert:${HOODIE_S_1}`, 'host', 0, 1],
      [`alert:${HOODIE_S_1}`, 'team', 0, 1],
    ]);
    expect(await rings(ground)).toEqual(['alerts: opened stock:HOODIE-S:1 fulfilment']);
    const [ring] = await posts(ground, 'alert-ring');
    expect(ring?.key).toBe(factId(`alert:${HOODIE_S_1}:ring:1`, T + SECOND));
    expect(ring?.replyToId).toBe(postId(ground.teamId, `alert:${HOODIE_S_1}`, `console:${ground.teamId}-alerts`));
    expect(await alertsOf(ground).crossings()).toHaveLength(1);
  },

  'a graver crossing worsens the standing alert and rings; the balance alone edits its card once a commit': async (ground) => {
    await goLive(ground);
    await sell(ground, '1', 'HOODIE-S', 32, T + SECOND); // 8 left: 20 % of 40, routine
    expect(await rings(ground)).toEqual([]);
    expect((await posts(ground, 'alert')).map(({ channel, revision }) => [channel, revision])).toEqual([['alerts', 1]]);
    await sell(ground, '2', 'HOODIE-S', 1, T + 2 * SECOND);
    expect(await card(ground, 'stock:HOODIE-S:1')).toMatchObject({
      balanceNowUnits: 7,
      crossedBalanceUnits: 8,
      asOfMs: T + 2 * SECOND,
    });
    await sell(ground, '3', 'HOODIE-S', 2, T + 3 * SECOND); // 5 left: live
    expect(await rings(ground)).toEqual(['alerts: worse stock:HOODIE-S:1 fulfilment']);
    await sendAll(ground);
    const two = [order('4', 'HOODIE-S', 1, T + 4 * SECOND), order('5', 'HOODIE-S', 1, T + 4 * SECOND)];
    await ground.store.team(ground.teamId).orders.recordAll(two, T + 4 * SECOND);
    expect((await posts(ground, 'alert')).map(({ channel, revision }) => [channel, revision])).toEqual([['alerts', 4]]);
    expect(await card(ground, 'stock:HOODIE-S:1')).toMatchObject({
      severity: 'live',
      balanceNowUnits: 3,
      crossedBalanceUnits: 5,
    });
    await sell(ground, '6', 'PIN', 1, T + 5 * SECOND); // another SKU: nothing to show
    expect((await posts(ground, 'alert')).map(({ revision }) => revision)).toEqual([4]);
    expect(
      (await alertsOf(ground).crossings()).map(({ thresholdId, balanceUnits, cause }) => [thresholdId, balanceUnits, cause]),
    ).toEqual([
      ['percent:20', 8, 'order shop 1'],
      ['units:5', 5, 'order shop 3'],
    ]);
  },

  'an oversell is heard even after the sell-out was': async (ground) => {
    await goLive(ground);
    await sell(ground, '1', 'HOODIE-S', 40, T + SECOND);
    await sendAll(ground);
    await alertsOf(ground).acknowledge(ask('k1', null, T + 2 * SECOND));
    await sell(ground, '2', 'HOODIE-S', 2, T + 3 * SECOND);
    expect(await rings(ground)).toEqual([
      'alerts: opened stock:HOODIE-S:1 fulfilment',
      'alerts: worse stock:HOODIE-S:1 fulfilment',
    ]);
    expect(await card(ground, 'stock:HOODIE-S:1')).toMatchObject({
      state: 'open',
      thresholdId: 'oversold',
      balanceNowUnits: -2,
      actedBy: null,
    });
  },

  'a bundle’s alert names the component that binds it': async (ground) => {
    await goLive(ground);
    await sell(ground, '1', 'PIN', 191, T + SECOND); // 9 pins: 4 boxes
    const box = (await alertsOf(ground).open()).find(({ subject }) => subject === 'BOX');
    expect(box).toMatchObject({ severity: 'live', bindingSku: 'PIN', crossedBalanceUnits: 4, balanceNowUnits: 4, name: 'Box' });
  },

  'a restock recovers the alert and takes back what nobody heard; the next crossing is a new episode': async (ground) => {
    await goLive(ground);
    await sell(ground, '1', 'HOODIE-S', 40, T + SECOND);
    const { stock } = ground.store.team(ground.teamId);
    await stock.receive({ sku: 'HOODIE-S', units: 30, reason: null, key: 'r', by: FINN, nowMs: T + MINUTE });
    expect(await alertsOf(ground).open()).toEqual([]);
    expect(await card(ground, 'stock:HOODIE-S:1')).toMatchObject({ state: 'recovered', balanceNowUnits: 30, asOfMs: T + MINUTE });
    expect((await posts(ground, 'alert-ring')).map(({ state }) => state)).toEqual(['withdrawn']);
    await sell(ground, '2', 'HOODIE-S', 30, T + 2 * MINUTE);
    expect((await alertsOf(ground).open()).map(({ alertId }) => saidId(alertId))).toEqual(['stock:HOODIE-S:2']);
    expect(await rings(ground)).toEqual(['alerts: opened stock:HOODIE-S:2 fulfilment']);
  },

  'twenty alerts at once ring once and name all; a sent ring is never joined': async (ground) => {
    const names = Array.from({ length: 22 }, (_, index) => `S${String(index + 1).padStart(2, '0')}`);
    const skus = Object.fromEntries(names.map((name) => [name, { name, count: 10 }]));
    await goLive(ground, { skus, bundles: {} });
    const storm = names.slice(0, 20).map((name) => order(name, name, 10, T + SECOND));
    await ground.store.team(ground.teamId).orders.recordAll(storm, T + SECOND);
    const [ring, ...others] = await posts(ground, 'alert-ring');
    expect(others).toEqual([]);
    expect(ring).toMatchObject({ channel: 'alerts', replyToId: null });
    expect((await rings(ground))[0]?.match(/opened stock:S\d\d:1 fulfilment/g)).toHaveLength(20);
    await sell(ground, 'late', 'S21', 10, T + 31 * SECOND); // 30 s later and still unsent: joins
    expect((await rings(ground))[0]?.match(/opened/g)).toHaveLength(21);
    await alertsOf(ground).acknowledge(ask('k', 'S03', T + 32 * SECOND)); // one of them is taken
    expect((await rings(ground))[0]?.match(/opened/g)).toHaveLength(20);
    await sendAll(ground);
    await sell(ground, 'last', 'S22', 10, T + 33 * SECOND);
    expect((await rings(ground)).map((line) => line.match(/opened/g)?.length)).toEqual([20, 1]);
  },

  'a ring older than a storm is left as it is': async (ground) => {
    await goLive(ground);
    await sell(ground, '1', 'HOODIE-S', 40, T);
    await sell(ground, '2', 'HOODIE-L', 40, T + 30 * SECOND + 1);
    expect(await rings(ground)).toEqual([
      'alerts: opened stock:HOODIE-S:1 fulfilment',
      'alerts: opened stock:HOODIE-L:1 fulfilment',
    ]);
  },

  'a tighter line of the same severity is heard, and nobody has it any more': async (ground) => {
    const thresholds = [50, 5].map((units) => ({ units, severity: 'live' }));
    await goLive(ground, { skus: { 'HOODIE-XL': { name: 'Hoodie, extra large', count: 80, thresholds } }, bundles: {} });
    await sell(ground, '1', 'HOODIE-XL', 30, T + SECOND);
    await sendAll(ground);
    await alertsOf(ground).acknowledge(ask('ack', 'HOODIE-XL', T + 2 * SECOND));
    await sell(ground, '2', 'HOODIE-XL', 44, T + 3 * SECOND);
    expect(await card(ground, 'stock:HOODIE-XL:1')).toMatchObject({ state: 'acknowledged', balanceNowUnits: 6 });
    await sell(ground, '3', 'HOODIE-XL', 1, T + 4 * SECOND);
    expect(await card(ground, 'stock:HOODIE-XL:1')).toMatchObject({
      state: 'open',
      severity: 'live',
      thresholdId: 'units:5',
      balanceNowUnits: 5,
      actedBy: null,
    });
    expect(await rings(ground)).toEqual([
      'alerts: opened stock:HOODIE-XL:1 fulfilment',
      'alerts: worse stock:HOODIE-XL:1 fulfilment',
    ]);
  },

  'what got worse before anybody heard of it is heard once, as new': async (ground) => {
    await goLive(ground);
    await sell(ground, '1', 'HOODIE-S', 35, T);
    await sell(ground, '2', 'HOODIE-S', 5, T + SECOND);
    const all = await posts(ground, 'alert-ring');
    expect(all.map(({ state, lane }) => [state, lane])).toEqual([
      ['withdrawn', 1],
      ['waiting', 0],
    ]);
    expect(await rings(ground)).toEqual(['alerts: opened stock:HOODIE-S:1 fulfilment']);
  },

  'a ring being sent, or sent and being edited, is not joined': async (ground) => {
    await goLive(ground);
    const { posts: table } = ground.engine.tables;
    const mark = (set: { leaseWorker: string | null; deliveredRevision: number }) =>
      ground.engine.write(ground.teamId, async ({ db }) => {
        await db
          .update(table)
          .set(set)
          .where(and(eq(table.teamId, ground.teamId), eq(table.kind, 'alert-ring')));
      });
    await sell(ground, '1', 'HOODIE-S', 40, T);
    await mark({ leaseWorker: 'courier', deliveredRevision: 0 });
    await sell(ground, '2', 'HOODIE-L', 40, T + SECOND);
    await mark({ leaseWorker: null, deliveredRevision: 1 });
    await sell(ground, '3', 'PIN', 200, T + 2 * SECOND); // the pin, and the box it is in
    expect(await rings(ground)).toEqual([
      'alerts: opened stock:HOODIE-S:1 fulfilment',
      'alerts: opened stock:HOODIE-L:1 fulfilment',
      'alerts: opened stock:PIN:1 fulfilment, opened stock:BOX:1 fulfilment',
    ]);
  },

  'a change that leaves the balance as it was edits nothing': async (ground) => {
    await goLive(ground);
    await sell(ground, '1', 'HOODIE-S', 36, T);
    await sendAll(ground);
    const heard = order('2', 'HOODIE-S', 1, T + SECOND);
    if (heard.facts.kind !== 'order') throw new Error('an order');
    const lines = heard.facts.lines.map((line) => ({ ...line, cancelledUnits: 1 }));
    await ground.store.team(ground.teamId).orders.record({ ...heard, facts: { ...heard.facts, lines } }, T + SECOND);
    expect((await posts(ground, 'alert')).map(({ revision, state }) => [revision, state])).toEqual([[1, 'settled']]);
  },

  'a sold bundle crosses the thresholds of every other bundle that shares a component': async (ground) => {
    const of = (pins: number) => ({ name: `${pins} pins`, of: { PIN: pins } });
    await goLive(ground, { bundles: { PAIR: of(2), SIX: of(6) } });
    await sell(ground, '1', 'PAIR', 85, T + SECOND); // 30 of 200 pins are left: 15 pairs, 5 times six
    const crossings = await alertsOf(ground).crossings();
    expect(crossings.map(({ subject, thresholdId, balanceUnits }) => [subject, thresholdId, balanceUnits])).toEqual([
      ['PIN', 'percent:20', 30],
      ['PAIR', 'percent:20', 15],
      ['SIX', 'units:5', 5],
    ]);
  },

  'an alert that ends says what ended it, whatever was sold in the same commit': async (ground) => {
    await goLive(ground);
    await sell(ground, '1', 'HOODIE-S', 37, T + SECOND);
    const gone = order('1', 'HOODIE-S', 0, T + 2 * SECOND);
    const next = order('2', 'HOODIE-S', 9, T + 2 * SECOND);
    await ground.store.team(ground.teamId).orders.recordAll([{ ...gone, eventId: 'gone' }, next], T + 2 * SECOND);
    expect(await card(ground, 'stock:HOODIE-S:1')).toMatchObject({ state: 'recovered', balanceNowUnits: 40 });
  },
};
