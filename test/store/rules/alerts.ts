import { and, asc, eq, sql } from 'drizzle-orm';
import { expect } from 'vitest';
import type { HeardFacts } from '../../../src/domain/order.ts';
import type { Actor } from '../../../src/domain/team.ts';
import type { AlertFacts, PostFacts } from '../../../src/ports/post.ts';
import { postId } from '../../../src/store/desire.ts';
import { FINN, MAYA, NOW, PRIYA, seeded } from '../../support/plan.ts';
import type { Ground, Rules } from '../contract.ts';

const MINUTE = 60_000;
const SECOND = 1_000;
const T = NOW + 60 * MINUTE; // the show begins

type Shown = {
  readonly key: string;
  readonly channel: string;
  readonly state: string;
  readonly revision: number;
  readonly lane: number;
  readonly replyToId: string | null;
  readonly facts: PostFacts;
};

/** Every post of one kind, as the team's channels should show it. */
async function posts({ engine, teamId }: Ground, kind: PostFacts['kind']): Promise<readonly Shown[]> {
  const { posts: table } = engine.tables;
  const rows = await engine.read((db) =>
    db
      .select()
      .from(table)
      .where(and(eq(table.teamId, teamId), eq(table.kind, kind)))
      .orderBy(asc(table.createdAtMs), asc(table.key), asc(table.destinationId)),
  );
  return rows.map(({ key, destinationId, state, revision, lane, replyToId, facts }) => ({
    key,
    channel: destinationId.replace(`console:${teamId}-`, ''),
    state,
    revision,
    lane,
    replyToId,
    facts: facts as PostFacts,
  }));
}

/** Rings that are waiting or were heard: key, channel, who, why and about what. */
async function rings(ground: Ground): Promise<readonly string[]> {
  const all = await posts(ground, 'alert-ring');
  return all
    .filter(({ state }) => state !== 'withdrawn')
    .flatMap(({ facts, channel }) =>
      facts.kind !== 'alert-ring'
        ? []
        : [
            `${channel}: ${facts.rings.map(({ why, alert, mention }) => `${why} ${alert.alertId} ${'role' in mention ? mention.role : mention.personId}`).join(', ')}`,
          ],
    );
}

async function card(ground: Ground, alertId: string): Promise<AlertFacts> {
  const [shown] = (await posts(ground, 'alert')).filter(({ key }) => key === `alert:${alertId}`);
  if (shown?.facts.kind !== 'alert') throw new Error(`no card of ${alertId}`);
  return shown.facts.alert;
}

/** Everything waiting is sent. */
async function sendAll({ engine, teamId }: Ground): Promise<void> {
  const { posts: table } = engine.tables;
  await engine.write(teamId, async ({ db }) => {
    await db
      .update(table)
      .set({ state: 'settled', deliveredRevision: sql`${table.revision}` })
      .where(and(eq(table.teamId, teamId), eq(table.state, 'waiting')));
  });
}

function order(externalId: string, sku: string, units: number, atMs: number): HeardFacts {
  const none = { cancelledUnits: 0, shippedUnits: 0, returnedUnits: 0, writtenOffUnits: 0 };
  return {
    eventId: `event-${externalId}`,
    facts: {
      kind: 'order',
      source: 'shop',
      externalId,
      version: { updatedAtMs: atMs, eventAtMs: atMs },
      placedAtMs: atMs,
      buyerKey: null,
      currency: null,
      lines: [{ lineId: '1', sku, orderedUnits: units, ...none, unitPriceMinor: 0 }],
      refunds: [],
    },
  };
}

async function sell({ store, teamId }: Ground, externalId: string, sku: string, units: number, atMs: number): Promise<void> {
  const heard = await store.team(teamId).orders.record(order(externalId, sku, units, atMs), atMs);
  expect(heard.kind).toBe('recorded');
}

async function goLive(ground: Ground, overrides: Parameters<typeof seeded>[1] = {}): Promise<void> {
  await seeded(ground, overrides);
  const started = await ground.store
    .team(ground.teamId)
    .drops.start({ asked: null, place: null, key: 'start', by: PRIYA, nowMs: T });
  expect(started.kind).toBe('done');
}

const alertsOf = ({ store, teamId }: Ground) => store.team(teamId).alerts;
const ask = (key: string, alertId: string | null, nowMs: number, by: Actor = FINN) => ({ key, alertId, by, nowMs });

const auditOf = async ({ store, teamId }: Ground) =>
  (await store.team(teamId).audit.list({ fromSeq: 0, limit: 500 }))
    .filter(({ action }) => action.startsWith('alert.'))
    .map(({ action, personId, target, reason }) => ({ action, personId, target, reason }));

export const alertRules: Rules = {
  'one order through three thresholds opens one alert, of the worst': async (ground) => {
    await goLive(ground);
    await sell(ground, '7001', 'HOODIE-S', 40, T + SECOND);
    expect(await alertsOf(ground).open()).toEqual([
      {
        alertId: 'stock:HOODIE-S:1',
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
      ['alert:stock:HOODIE-S:1', 'alerts', 0, 1],
      ['alert:stock:HOODIE-S:1', 'host', 0, 1],
      ['alert:stock:HOODIE-S:1', 'team', 0, 1],
    ]);
    expect(await rings(ground)).toEqual(['alerts: opened stock:HOODIE-S:1 fulfilment']);
    const [ring] = await posts(ground, 'alert-ring');
    expect(ring?.key).toBe('alert:stock:HOODIE-S:1:ring:1');
    expect(ring?.replyToId).toBe(postId(ground.teamId, 'alert:stock:HOODIE-S:1', `console:${ground.teamId}-alerts`));
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
    expect((await alertsOf(ground).open()).map(({ alertId }) => alertId)).toEqual(['stock:HOODIE-S:2']);
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
    expect((await alertsOf(ground).open()).map(({ alertId }) => alertId)).toEqual(['stock:HOODIE-S:2']);
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
      alert: { alertId: 'test:1', test: true, subject: 'PIN', balanceNowUnits: 200, severity: 'live' },
    });
    expect((await posts(ground, 'alert')).map(({ key, channel }) => [key, channel])).toEqual([['alert:test:1', 'alerts']]);
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

  'while no drop is live a routine alert waits for the morning’s digest, once a day': async (ground) => {
    await seeded(ground, { milestones: [{ name: 'Freight booked', due: '2027-01-14', owner: 'olga' }] });
    const nine = NOW + 2 * 60 * MINUTE; // 09:00 in New York
    await sell(ground, '1', 'HOODIE-S', 32, NOW + MINUTE);
    expect(await posts(ground, 'alert')).toEqual([]);
    await alertsOf(ground).tick(nine - 1);
    expect(await posts(ground, 'digest')).toEqual([]);
    await alertsOf(ground).tick(nine);
    await alertsOf(ground).tick(nine + MINUTE);
    await sell(ground, '2', 'HOODIE-L', 32, nine + 2 * MINUTE);
    await alertsOf(ground).tick(nine + 3 * MINUTE);
    const [first, ...more] = await posts(ground, 'digest');
    expect(more).toEqual([]);
    expect(first).toMatchObject({ key: 'digest:2027-01-15', channel: 'team', revision: 1, lane: 2 });
    const facts = first?.facts.kind === 'digest' ? first.facts : null;
    expect(facts?.alerts.map(({ alertId }) => alertId)).toEqual(['stock:HOODIE-S:1']);
    expect(facts?.overdue).toEqual([
      {
        milestoneId: expect.any(String),
        name: 'Freight booked',
        dropName: 'Hoodie Run',
        ownerPersonId: 'olga',
        ownerRole: null,
        dueDay: '2027-01-14',
        zone: 'America/New_York',
        daysLeft: -1,
        lateMs: 0,
        doneAtMs: null,
        doneBy: null,
        snoozedUntilMs: null,
      },
    ]);
    await alertsOf(ground).tick(nine + 5 * 24 * 60 * MINUTE); // days of downtime
    expect((await posts(ground, 'digest')).map(({ key }) => key)).toEqual(['digest:2027-01-15', 'digest:2027-01-20']);
    expect(await rings(ground)).toEqual([]);
  },

  'nothing to say, or a drop is live: no digest': async (ground) => {
    await seeded(ground);
    await alertsOf(ground).tick(NOW + 3 * 60 * MINUTE);
    expect(await posts(ground, 'digest')).toEqual([]);
    await sell(ground, '1', 'HOODIE-S', 32, NOW + 4 * 60 * MINUTE);
    const { drops } = ground.store.team(ground.teamId);
    const liveMs = NOW + 20 * 60 * MINUTE;
    await drops.start({ asked: null, place: null, key: 'start', by: PRIYA, nowMs: liveMs });
    await alertsOf(ground).tick(NOW + 27 * 60 * MINUTE);
    expect(await posts(ground, 'digest')).toEqual([]);
    // What had waited is shown now that people are watching, and calls nobody.
    expect((await posts(ground, 'alert')).map(({ key, channel }) => [key, channel])).toEqual([
      ['alert:stock:HOODIE-S:1', 'alerts'],
    ]);
    expect(await rings(ground)).toEqual([]);
  },

  'a live show’s orders stop: one alert for the producer, over when the next order is heard': async (ground) => {
    await goLive(ground);
    for (let index = 0; index < 12; index += 1) await sell(ground, `a${index}`, 'PIN', 1, T + index * 5 * SECOND);
    const lastMs = T + 55 * SECOND;
    await alertsOf(ground).tick(lastMs + 90 * SECOND);
    expect(await alertsOf(ground).open()).toEqual([]);
    await alertsOf(ground).tick(lastMs + 90 * SECOND + 1);
    await alertsOf(ground).tick(lastMs + 91 * SECOND);
    expect(await alertsOf(ground).open()).toMatchObject([
      {
        alertId: 'feed:1',
        subjectKind: 'feed',
        cause: 'silence',
        severity: 'live',
        asOfMs: lastMs,
        openedAtMs: lastMs + 90 * SECOND + 1,
      },
    ]);
    expect(await rings(ground)).toEqual(['alerts: opened feed:1 producer']);
    await sell(ground, 'b', 'PIN', 1, lastMs + 120 * SECOND);
    await alertsOf(ground).tick(lastMs + 121 * SECOND);
    expect(await card(ground, 'feed:1')).toMatchObject({ state: 'recovered' });
    expect(await rings(ground)).toEqual([]);
  },

  'a show without a rhythm is not called silent, and a silence dismissed stays dismissed': async (ground) => {
    await goLive(ground);
    for (let index = 0; index < 8; index += 1) await sell(ground, `a${index}`, 'PIN', 1, T);
    await alertsOf(ground).tick(T + 10 * MINUTE);
    expect(await alertsOf(ground).open()).toEqual([]); // 8 orders predict 2.77 in 90 s
    await sell(ground, 'b', 'PIN', 1, T);
    await alertsOf(ground).tick(T + 10 * MINUTE);
    await alertsOf(ground).dismiss({ ...ask('k', null, T + 11 * MINUTE), reason: 'a break' });
    await alertsOf(ground).tick(T + 12 * MINUTE);
    expect(await alertsOf(ground).open()).toEqual([]);
    expect((await posts(ground, 'alert')).map(({ key }) => key)).toEqual(['alert:feed:1']);
  },

  'minutes left: crosses at the smoothed rate, and arms again as the rate falls': async (ground) => {
    const thresholds = [{ minutes: 10, severity: 'live' }];
    await goLive(ground, { skus: { PIN: { name: 'Enamel pin', count: 100, thresholds } }, bundles: {} });
    await sell(ground, '1', 'PIN', 10, T + 30 * SECOND);
    await alertsOf(ground).pulse(T + 59 * SECOND); // too early for a rate
    expect(await alertsOf(ground).crossings()).toEqual([]);
    await alertsOf(ground).pulse(T + 60 * SECOND);
    await alertsOf(ground).pulse(T + 60 * SECOND);
    expect(await alertsOf(ground).crossings()).toEqual([
      {
        subject: 'PIN',
        thresholdId: 'minutes:10',
        severity: 'live',
        cause: 'pulse',
        balanceUnits: 90,
        limitUnits: 100,
        minutesLeft: 9,
        bindingSku: null,
        atMs: T + 60 * SECOND,
      },
    ]);
    expect(await rings(ground)).toEqual(['alerts: opened stock:PIN:1 fulfilment']);
    await alertsOf(ground).pulse(T + 240 * SECOND); // a half-life without a sale: 5 a minute, 18 minutes
    expect(await card(ground, 'stock:PIN:1')).toMatchObject({ state: 'recovered', minutesLeft: 9 });
    expect(await alertsOf(ground).open()).toEqual([]);
    expect(await alertsOf(ground).crossings()).toHaveLength(1);
  },
};
