import { expect } from 'vitest';
import { factId, saidId } from '../../../src/domain/fact-id.ts';
import {
  alertsOf,
  ask,
  auditOf,
  card,
  goLive,
  MINUTE,
  posts,
  rings,
  SECOND,
  sell,
  sendAll,
  start,
  T,
} from '../../support/alerts.ts';
import { FINN, MAYA, seeded, planFor } from '../../support/plan.ts';
import type { Rules } from '../contract.ts';

export const alertPeopleRules: Rules = {
  'nobody answers: critical climbs to the next role every two minutes and ends at the founder': async (ground) => {
    await goLive(ground);
    await sell(ground, '1', 'HOODIE-S', 40, T);
    for (const minute of [2, 4, 6, 8, 10]) {
      await sendAll(ground);
      await alertsOf(ground).tick(T + minute * MINUTE - 1);
      await alertsOf(ground).tick(T + minute * MINUTE);
      await alertsOf(ground).tick(T + minute * MINUTE);
    }
    expect(await rings(ground)).toEqual([
      'alerts: opened stock:HOODIE-S:1 fulfilment',
      'alerts: escalated stock:HOODIE-S:1 ops-lead',
      'alerts: escalated stock:HOODIE-S:1 producer',
      'alerts: escalated stock:HOODIE-S:1 founder',
    ]);
    expect((await card(ground, 'stock:HOODIE-S:1')).escalatedTo).toBe('founder');
  },

  'after downtime one ring goes to the role now due, and roles nobody holds are skipped': async (ground) => {
    const people = {
      maya: { name: 'Maya', roles: ['founder'] },
      olga: { name: 'Olga', roles: ['ops-lead'] },
      priya: { name: 'Priya', roles: ['producer'] },
    };
    await goLive(ground, { people });
    await sell(ground, '1', 'HOODIE-S', 35, T); // 5 left: live, five minutes a step
    expect(await rings(ground)).toEqual(['alerts: opened stock:HOODIE-S:1 ops-lead']);
    await sendAll(ground);
    await alertsOf(ground).tick(T + 60 * MINUTE);
    expect(await rings(ground)).toEqual([
      'alerts: opened stock:HOODIE-S:1 ops-lead',
      'alerts: escalated stock:HOODIE-S:1 founder',
    ]);
  },

  'an acknowledgement says who and where, stops the climb, and a second one is told so': async (ground) => {
    await goLive(ground);
    await sell(ground, '1', 'HOODIE-S', 40, T);
    const done = await alertsOf(ground).acknowledge(ask('k1', 'hoodie-s', T + MINUTE));
    expect(done).toMatchObject({ kind: 'done', alert: { state: 'acknowledged', actedBy: 'finn', actedPlace: FINN.place } });
    expect(await alertsOf(ground).acknowledge(ask('k1', 'hoodie-s', T + 2 * MINUTE))).toEqual(done);
    expect(await rings(ground)).toEqual([]); // it was not sent yet, and nobody has to be called now
    const before = (await posts(ground, 'alert')).map(({ revision }) => revision);
    expect(await alertsOf(ground).acknowledge(ask('k2', 'stock:HOODIE-S:1', T + 2 * MINUTE, MAYA))).toMatchObject({
      kind: 'closed',
      alert: { state: 'acknowledged', actedBy: 'finn', actedAtMs: T + MINUTE },
    });
    expect((await posts(ground, 'alert')).map(({ revision }) => revision)).toEqual(before.map((revision) => revision + 1));
    await alertsOf(ground).tick(T + 9 * MINUTE);
    expect(await rings(ground)).toEqual([]);
    expect(await auditOf(ground)).toEqual([
      { action: 'alert.acknowledge', personId: 'finn', target: 'stock:HOODIE-S:1', reason: null },
    ]);
  },

  'an acknowledgement nobody followed up is taken back after ten minutes': async (ground) => {
    await goLive(ground);
    await sell(ground, '1', 'HOODIE-S', 40, T);
    await alertsOf(ground).acknowledge(ask('k1', null, T + MINUTE));
    await alertsOf(ground).tick(T + 11 * MINUTE - 1);
    expect((await card(ground, 'stock:HOODIE-S:1')).state).toBe('acknowledged');
    await alertsOf(ground).tick(T + 11 * MINUTE);
    expect(await card(ground, 'stock:HOODIE-S:1')).toMatchObject({ state: 'open', actedBy: 'finn' });
    expect(await rings(ground)).toEqual(['alerts: reverted stock:HOODIE-S:1 fulfilment']);
    await sendAll(ground);
    await alertsOf(ground).tick(T + 13 * MINUTE);
    expect((await rings(ground)).at(-1)).toBe('alerts: escalated stock:HOODIE-S:1 ops-lead');
  },

  'an acknowledgement followed up by hand, or by a pause, stays': async (ground) => {
    await goLive(ground);
    await sell(ground, '1', 'HOODIE-S', 40, T);
    await sell(ground, '2', 'HOODIE-L', 40, T);
    await alertsOf(ground).acknowledge(ask('k1', 'HOODIE-S', T + MINUTE));
    await alertsOf(ground).acknowledge(ask('k2', 'HOODIE-L', T + MINUTE));
    const { stock, promotion } = ground.store.team(ground.teamId);
    await stock.receive({ sku: 'HOODIE-S', units: 1, reason: null, key: 'r', by: FINN, nowMs: T + 2 * MINUTE });
    await promotion.pause({ scope: 'HOODIE-L', reason: null, forMs: null, key: 'p', by: FINN, nowMs: T + 3 * MINUTE });
    await sendAll(ground);
    await alertsOf(ground).tick(T + 30 * MINUTE);
    expect((await alertsOf(ground).open()).map(({ subject, state }) => [subject, state])).toEqual([
      ['HOODIE-L', 'acknowledged'],
      ['HOODIE-S', 'acknowledged'],
    ]);
    expect((await posts(ground, 'alert-ring')).filter(({ state }) => state === 'waiting')).toEqual([]);
  },

  'a snooze is quiet until its time, then rings; what gets worse meanwhile rings at once': async (ground) => {
    await goLive(ground);
    await sell(ground, '1', 'HOODIE-S', 35, T);
    await sell(ground, '2', 'HOODIE-L', 35, T);
    const snooze = (key: string, sku: string) =>
      alertsOf(ground).snooze({ ...ask(key, sku, T + MINUTE), forMs: 10 * MINUTE, reason: 'counting' });
    expect(await snooze('k1', 'HOODIE-S')).toMatchObject({
      kind: 'done',
      alert: { state: 'snoozed', snoozedUntilMs: T + 11 * MINUTE, reason: 'counting' },
    });
    await snooze('k2', 'HOODIE-L');
    await alertsOf(ground).tick(T + 11 * MINUTE - 1);
    expect(await rings(ground)).toEqual([]);
    await sell(ground, '3', 'HOODIE-L', 5, T + 5 * MINUTE);
    expect(await rings(ground)).toEqual(['alerts: worse stock:HOODIE-L:1 fulfilment']);
    await sendAll(ground);
    await alertsOf(ground).tick(T + 11 * MINUTE);
    expect((await rings(ground)).slice(1)).toContain('alerts: snooze-over stock:HOODIE-S:1 fulfilment');
    expect(await card(ground, 'stock:HOODIE-S:1')).toMatchObject({ state: 'open' });
  },

  'a dismissed alert is closed with its reason; the next crossing opens another': async (ground) => {
    await goLive(ground);
    await sell(ground, '1', 'HOODIE-S', 35, T);
    const dismiss = (key: string) =>
      alertsOf(ground).dismiss({ ...ask(key, 'stock:HOODIE-S:1', T + MINUTE), reason: 'more is on its way' });
    expect(await dismiss('k1')).toMatchObject({ kind: 'done', alert: { state: 'dismissed', reason: 'more is on its way' } });
    expect(await dismiss('k2')).toMatchObject({ kind: 'closed', alert: { state: 'dismissed' } });
    expect(await alertsOf(ground).open()).toEqual([]);
    expect(await auditOf(ground)).toEqual([
      { action: 'alert.dismiss', personId: 'finn', target: 'stock:HOODIE-S:1', reason: 'more is on its way' },
    ]);
    await sell(ground, '2', 'HOODIE-S', 5, T + 2 * MINUTE);
    expect((await alertsOf(ground).open()).map(({ alertId }) => saidId(alertId))).toEqual(['stock:HOODIE-S:2']);
  },

  'asked for nothing, the only open alert is meant; none or several are said': async (ground) => {
    await goLive(ground);
    expect(await alertsOf(ground).acknowledge(ask('k1', null, T))).toEqual({ kind: 'none-open' });
    await sell(ground, '1', 'HOODIE-S', 35, T);
    await sell(ground, '2', 'HOODIE-L', 35, T);
    const which = await alertsOf(ground).acknowledge(ask('k2', null, T + SECOND));
    expect(which.kind === 'which' && which.open.map(({ subject }) => subject)).toEqual(['HOODIE-L', 'HOODIE-S']);
    expect(await alertsOf(ground).acknowledge(ask('k3', 'PIN', T + SECOND))).toEqual({ kind: 'no-such-alert', asked: 'PIN' });
    expect(await auditOf(ground)).toEqual([]);
    expect((await alertsOf(ground).open()).map(({ state }) => state)).toEqual(['open', 'open']);
  },

  'a test alert rings the same people, touches no stock, never climbs, and closes by itself': async (ground) => {
    await goLive(ground);
    const { stock } = ground.store.team(ground.teamId);
    const before = await stock.board({ sku: null, nowMs: T });
    const test = { sku: 'pin', key: 'k1', by: MAYA, nowMs: T };
    expect(await alertsOf(ground).test(test)).toMatchObject({
      kind: 'done',
      alert: { alertId: factId('test:1', T), test: true, subject: 'PIN', balanceNowUnits: 200, severity: 'live' },
    });
    expect((await posts(ground, 'alert')).map(({ key, channel }) => [saidId(key), channel])).toEqual([
      ['alert:test:1', 'alerts'],
    ]);
    expect(await rings(ground)).toEqual(['alerts: opened test:1 fulfilment']);
    await sendAll(ground);
    await alertsOf(ground).tick(T + 10 * MINUTE - 1);
    await alertsOf(ground).acknowledge(ask('k2', null, T + 10 * MINUTE - 1));
    expect(await card(ground, 'test:1')).toMatchObject({ state: 'acknowledged', actedBy: 'finn' });
    await alertsOf(ground).tick(T + 10 * MINUTE);
    expect(await card(ground, 'test:1')).toMatchObject({ state: 'recovered', actedBy: 'finn' });
    expect(await rings(ground)).toHaveLength(1);
    expect(await alertsOf(ground).crossings()).toEqual([]);
    expect(await stock.board({ sku: null, nowMs: T })).toEqual(before);
    expect(await alertsOf(ground).test({ ...test, sku: 'PIM', key: 'k3' })).toEqual({
      kind: 'unknown-sku',
      asked: 'PIM',
      near: ['PIN'],
    });
  },

  'orders after an acknowledgement follow nothing up': async (ground) => {
    await goLive(ground);
    await sell(ground, '1', 'HOODIE-S', 35, T);
    await alertsOf(ground).acknowledge(ask('k1', null, T + MINUTE));
    await sell(ground, '2', 'HOODIE-S', 1, T + 2 * MINUTE);
    await alertsOf(ground).tick(T + 11 * MINUTE);
    expect(await card(ground, 'stock:HOODIE-S:1')).toMatchObject({ state: 'open', balanceNowUnits: 4 });
  },

  'who holds a role for another drop is not called': async (ground) => {
    const people = {
      maya: { name: 'Maya', roles: ['founder'] },
      finn: { name: 'Finn', roles: [{ role: 'fulfilment', drop: 'spring' }] },
      olga: { name: 'Olga', roles: [{ role: 'ops-lead', drop: 'hoodie-run' }] },
    };
    await seeded(ground, { people });
    await start(ground, MAYA);
    await sell(ground, '1', 'HOODIE-S', 40, T);
    expect(await rings(ground)).toEqual(['alerts: opened stock:HOODIE-S:1 ops-lead']);
  },

  'a line that is taken away takes its alert along, and no escalation is left behind': async (ground) => {
    await goLive(ground, { skus: { A: { name: 'A', count: 40, thresholds: [{ units: 5, severity: 'live' }] } }, bundles: {} });
    await sell(ground, '1', 'A', 36, T + SECOND);
    expect(await alertsOf(ground).open()).toHaveLength(1);
    const { stock } = ground.store.team(ground.teamId);
    const away = { sku: 'A', unit: 'units', value: null, replaces: 'units:5', severity: 'live' } as const;
    await stock.threshold({ ...away, key: 'away', by: FINN, nowMs: T + 2 * SECOND });
    expect(await alertsOf(ground).open()).toEqual([]);
    expect(await card(ground, 'stock:A:1')).toMatchObject({ state: 'recovered', balanceNowUnits: 4 });
    expect(await rings(ground)).toEqual([]);
  },

  'a bundle that leaves the plan takes its alert along': async (ground) => {
    await goLive(ground);
    await sell(ground, '1', 'HOODIE-M', 55, T + SECOND);
    expect((await alertsOf(ground).open()).map(({ subject }) => subject)).toEqual(['BOX', 'HOODIE-M']);
    const plan = planFor(ground.teamId, { bundles: {} });
    await ground.store.importPlan({ plan, by: null, nowMs: T + 2 * SECOND });
    expect((await alertsOf(ground).open()).map(({ subject }) => subject)).toEqual(['HOODIE-M']);
  },
};
