import { and, asc, eq } from 'drizzle-orm';
import { expect } from 'vitest';
import { FINN, MAYA, NOW, PRIYA, planFor, seeded } from '../../support/plan.ts';
import { heard, lineOf, orderOf } from '../../support/orders.ts';
import { everything } from '../../support/rows.ts';
import type { Ground, Rules } from '../contract.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const STREAM = Date.UTC(2027, 0, 30, 0);
const TEAM = { platform: 'console', channel: 'team' } as const;

const CAPS = {
  drop: { id: 'cap-run', name: 'Cap Run', format: 'hero', stream: '2027-03-26T19:00', zone: 'America/New_York' },
  skus: { CAP: { name: 'Cap', count: 10 } },
  bundles: {},
};

const dropsOf = ({ store, teamId }: Ground) => store.team(teamId).drops;

async function twoDrops(ground: Ground): Promise<void> {
  await seeded(ground);
  await ground.store.importPlan({ plan: planFor(ground.teamId, CAPS), by: null, nowMs: NOW });
}

function start(ground: Ground, asked: string | null = null, nowMs = STREAM, key = `start ${asked}`) {
  return dropsOf(ground).start({ asked, place: null, key, by: PRIYA, nowMs });
}

function end(ground: Ground, nowMs: number, asked: string | null = null, key = `end ${nowMs}`) {
  return dropsOf(ground).end({ asked, place: null, key, by: PRIYA, nowMs });
}

function order(
  ground: Ground,
  id: string,
  counters: Parameters<typeof lineOf>[2],
  { sku = 'HOODIE-M', nowMs = STREAM, version = 1 } = {},
) {
  const facts = orderOf(id, version, [lineOf('1', sku, counters)], { placedAtMs: nowMs });
  return ground.store.team(ground.teamId).orders.record(heard(facts), nowMs);
}

async function livePosts({ engine, teamId }: Ground) {
  const { posts } = engine.tables;
  const rows = await engine.read((db) =>
    db
      .select({ key: posts.key, destinationId: posts.destinationId, facts: posts.facts })
      .from(posts)
      .where(and(eq(posts.teamId, teamId), eq(posts.kind, 'live')))
      .orderBy(asc(posts.key), asc(posts.destinationId)),
  );
  return rows;
}

async function decision(ground: Ground, name: string, nowMs: number) {
  const all = await dropsOf(ground).decisions({ dropId: 'hoodie-run', nowMs });
  return all.find(({ decision }) => decision === name);
}

export const dropRules: Rules = {
  'a drop goes live once, alone, and the team and the host are told': async (ground) => {
    const { store, teamId } = ground;
    await twoDrops(ground);
    expect(await start(ground, 'hoodie run')).toMatchObject({
      kind: 'done',
      drop: { id: 'hoodie-run', state: 'live', startedAtMs: STREAM },
    });
    // Who has just the role comes before founders.
    const mayPause = ['finn', 'olga', 'priya', 'maya'];
    const facts = { kind: 'live', dropName: 'Hoodie Run', state: 'live', atMs: STREAM, byPersonId: 'priya', mayPause };
    expect(await livePosts(ground)).toEqual([
      { key: 'live:hoodie-run:live', destinationId: `console:${teamId}-host`, facts },
      { key: 'live:hoodie-run:live', destinationId: `console:${teamId}-team`, facts },
    ]);
    const before = await everything(ground);
    expect(await start(ground, 'cap-run')).toMatchObject({ kind: 'other-live', drop: { id: 'hoodie-run' } });
    expect(await start(ground, 'hoodie-run', STREAM, 'again')).toMatchObject({ kind: 'unchanged', drop: { id: 'hoodie-run' } });
    expect(await start(ground, 'hoody-run')).toEqual({ kind: 'no-such-drop', asked: 'hoody-run', near: ['hoodie-run'] });
    const after = await everything(ground);
    expect({ ...after, requests: [] }).toEqual({ ...before, requests: [] });
    expect(
      (await store.team(teamId).audit.list({ fromSeq: 3, limit: 10 })).map(({ personId, action, target, before, after }) => [
        personId,
        action,
        target,
        before,
        after,
      ]),
    ).toEqual([['priya', 'drop.start', 'hoodie-run', 'planned', 'live']]);
  },

  'the same start heard twice answers the same and tells nobody twice': async (ground) => {
    await seeded(ground);
    const first = await start(ground, null, STREAM, 'key');
    const before = await everything(ground);
    expect(await start(ground, null, STREAM + 5, 'key')).toEqual(first);
    expect(await everything(ground)).toEqual(before);
  },

  'a drop ends once, only from live, and stays ended': async (ground) => {
    await seeded(ground);
    expect(await end(ground, STREAM)).toMatchObject({ kind: 'not-live', drop: { state: 'planned' } });
    expect(await livePosts(ground)).toEqual([]);
    await start(ground);
    expect(await end(ground, STREAM + MINUTE_MS)).toMatchObject({
      kind: 'done',
      drop: { state: 'ended', endedAtMs: STREAM + MINUTE_MS },
    });
    expect((await livePosts(ground)).map(({ key }) => key)).toEqual([
      'live:hoodie-run:ended',
      'live:hoodie-run:ended',
      'live:hoodie-run:live',
      'live:hoodie-run:live',
    ]);
    expect(await end(ground, STREAM + 2 * MINUTE_MS)).toMatchObject({
      kind: 'unchanged',
      drop: { endedAtMs: STREAM + MINUTE_MS },
    });
    expect(await start(ground, null, STREAM + 3 * MINUTE_MS, 'restart')).toMatchObject({ kind: 'ended' });
  },

  'a team without a drop is told so': async (ground) => {
    expect(await dropsOf(ground).find({ asked: null, place: null, nowMs: NOW })).toEqual({
      kind: 'no-such-drop',
      asked: null,
      near: [],
    });
    expect(await dropsOf(ground).current({ place: null, nowMs: NOW })).toBeNull();
  },

  'a channel may choose its drop; a live one comes first': async (ground) => {
    const { teamId } = ground;
    await twoDrops(ground);
    const place = { platform: 'console', channel: 'caps' } as const;
    const current = async () => (await dropsOf(ground).current({ place, nowMs: NOW }))?.id;
    const use = (asked: string, key: string) => dropsOf(ground).use({ asked, place, key, by: FINN, nowMs: NOW });
    expect(await current()).toBe('hoodie-run');
    expect(await use('CAP RUN', 'u1')).toMatchObject({ kind: 'done', drop: { id: 'cap-run' } });
    expect(await current()).toBe('cap-run');
    expect((await dropsOf(ground).current({ place: TEAM, nowMs: NOW }))?.id).toBe('hoodie-run');
    expect(await use('cap-run', 'u2')).toMatchObject({ kind: 'unchanged' });
    expect(await use('caps', 'u3')).toMatchObject({ kind: 'no-such-drop', asked: 'caps' });
    const { destinations } = await ground.store.team(teamId).team.view();
    expect(destinations.find(({ id }) => id === 'console:caps')).toEqual({
      id: 'console:caps',
      platform: 'console',
      address: 'caps',
      purposes: [],
      locale: 'en',
      zone: 'America/New_York',
    });
    await start(ground, 'hoodie-run');
    expect(await current()).toBe('hoodie-run');
    const audit = await ground.store.team(teamId).audit.list({ fromSeq: 3, limit: 10 });
    expect(audit.map(({ action }) => action)).toEqual(['drop.use', 'drop.start']);
  },

  'every decision has its owners and what is honestly open': async (ground) => {
    const milestones = [
      { name: 'Sample approved', due: '2027-01-10', owner: 'olga' },
      { name: 'Rehearsal', due: '2027-01-28', owner: 'priya' },
    ];
    await seeded(ground, { milestones });
    expect(await dropsOf(ground).decisions({ dropId: 'hoodie-run', nowMs: NOW })).toEqual([
      { decision: 'moq', ownerRole: 'founder', ownerPersonIds: ['maya'], open: [{ kind: 'not-tracked' }] },
      { decision: 'qc-standards', ownerRole: 'ops-lead', ownerPersonIds: ['olga'], open: [{ kind: 'not-tracked' }] },
      {
        decision: 'broadcast-timing',
        ownerRole: 'producer',
        ownerPersonIds: ['priya'],
        open: [{ kind: 'not-started' }, { kind: 'milestones-overdue', names: ['Sample approved'] }],
      },
      { decision: 'returns-policy', ownerRole: 'support', ownerPersonIds: ['sam'], open: [{ kind: 'no-policy' }] },
      {
        decision: 'inventory',
        ownerRole: 'fulfilment',
        ownerPersonIds: ['finn'],
        open: [{ kind: 'not-counted', skus: ['HOODIE-S', 'HOODIE-M', 'HOODIE-L', 'PIN'] }],
      },
    ]);
    expect(await dropsOf(ground).decisions({ dropId: 'another', nowMs: NOW })).toEqual([]);
  },

  'goods count as counted only in the week before the stream': async (ground) => {
    await seeded(ground);
    const { stock } = ground.store.team(ground.teamId);
    const count = (sku: string, countedUnits: number, nowMs: number) =>
      stock.count({ sku, countedUnits, reason: null, key: `${sku} ${nowMs}`, by: FINN, nowMs });
    await count('PIN', 200, STREAM - 8 * DAY_MS);
    await count('HOODIE-S', 39, STREAM - 7 * DAY_MS);
    await count('HOODIE-L', 40, STREAM - DAY_MS);
    await order(ground, '1', { orderedUnits: 41 }, { sku: 'HOODIE-L' });
    expect((await decision(ground, 'inventory', STREAM))?.open).toEqual([
      { kind: 'oversold', skus: ['HOODIE-L'] },
      { kind: 'not-counted', skus: ['HOODIE-M', 'PIN'] },
    ]);
  },

  'an opening count is no count, however close to the stream': async (ground) => {
    await ground.store.importPlan({ plan: planFor(ground.teamId), by: null, nowMs: STREAM - DAY_MS });
    expect((await decision(ground, 'inventory', STREAM))?.open).toEqual([
      { kind: 'not-counted', skus: ['HOODIE-S', 'HOODIE-M', 'HOODIE-L', 'PIN'] },
    ]);
  },

  'a decision nobody owns says so': async (ground) => {
    await seeded(ground);
    const { team } = ground.store.team(ground.teamId);
    await team.revoke({ asked: 'sam', role: 'support', key: 'r', by: MAYA, nowMs: NOW });
    expect(await decision(ground, 'returns-policy', NOW)).toEqual({
      decision: 'returns-policy',
      ownerRole: 'support',
      ownerPersonIds: [],
      open: [{ kind: 'no-owner' }, { kind: 'no-policy' }],
    });
  },

  'the after-show numbers come from the ledger': async (ground) => {
    await seeded(ground);
    const { promotion, alerts, drops } = ground.store.team(ground.teamId);
    await start(ground);
    await order(ground, '1', { orderedUnits: 5 });
    await order(ground, '2', { orderedUnits: 3 }, { sku: 'BOX' });
    await order(ground, '1', { orderedUnits: 5, cancelledUnits: 1, shippedUnits: 4, returnedUnits: 2 }, { version: 2 });
    await promotion.pause({ scope: 'HOODIE-M', reason: 'label', forMs: null, key: 'p', by: MAYA, nowMs: STREAM + MINUTE_MS });
    await order(ground, '3', { orderedUnits: 45 }, { nowMs: STREAM + 2 * MINUTE_MS });
    await order(ground, '4', { orderedUnits: 1 }, { sku: 'PIN', nowMs: STREAM + 2 * MINUTE_MS });
    await promotion.resume({ scope: null, overrideReason: 'fixed', key: 'r', by: MAYA, nowMs: STREAM + 4 * MINUTE_MS });
    await order(ground, '5', { orderedUnits: 12 }, { nowMs: STREAM + 5 * MINUTE_MS });
    await order(ground, '6', { orderedUnits: 2 }, { sku: 'CAP', nowMs: STREAM + 5 * MINUTE_MS });
    await alerts.test({ sku: 'PIN', key: 't', by: MAYA, nowMs: STREAM + 5 * MINUTE_MS });
    const report = await drops.report({ dropId: null, nowMs: STREAM + 6 * MINUTE_MS });
    const nothing = { soldUnits: 0, cancelledUnits: 0, broughtBackUnits: 0, shippedUnits: 0, oversoldUnits: 0 };
    const untouched = { ...nothing, alertCount: 0, pauseCount: 0 };
    expect(report).toEqual({
      dropName: 'Hoodie Run',
      orderCount: 5,
      skus: [
        { ...untouched, sku: 'HOODIE-S', name: 'Hoodie, small', onHandUnits: 40, availableUnits: 40 },
        {
          sku: 'HOODIE-M',
          name: 'Hoodie, medium',
          onHandUnits: 58, // 60 − 4 shipped + 2 back
          soldUnits: 65, // 5 + 3 in boxes + 45 + 12
          cancelledUnits: 1,
          broughtBackUnits: 2,
          shippedUnits: 4,
          availableUnits: 0,
          oversoldUnits: 6, // 58 − 60 committed − 2 reserve − 2 held
          alertCount: 1,
          pauseCount: 1,
        },
        { ...untouched, sku: 'HOODIE-L', name: 'Hoodie, large', onHandUnits: 40, availableUnits: 40 },
        { ...untouched, sku: 'PIN', name: 'Enamel pin', onHandUnits: 200, soldUnits: 7, availableUnits: 193 },
      ],
      bundles: [{ sku: 'BOX', name: 'Box', alertCount: 1, pauseCount: 1 }], // the pause of what is in it
      alertCount: 2, // HOODIE-M and the box it limits; the test is none
      silenceAlertCount: 0,
      pauses: [{ scope: 'HOODIE-M', atMs: STREAM + MINUTE_MS, lastedMs: 3 * MINUTE_MS, unitsSoldMeanwhile: 45 }],
      unknownSkus: [{ sku: 'CAP', units: 2, orderCount: 1 }],
    });
  },

  'an order edited down was sold, and cancelled in part': async (ground) => {
    await seeded(ground);
    await order(ground, '1', { orderedUnits: 5 }, { sku: 'PIN' });
    await order(ground, '1', { orderedUnits: 3 }, { sku: 'PIN', version: 2 });
    const { skus, orderCount } = await dropsOf(ground).report({ dropId: 'hoodie-run', nowMs: STREAM });
    expect(orderCount).toBe(1);
    expect(skus.find(({ sku }) => sku === 'PIN')).toMatchObject({ soldUnits: 5, cancelledUnits: 2, availableUnits: 197 });
  },

  'two drops of one team share no movement': async (ground) => {
    await seeded(ground);
    await order(ground, 'early', { orderedUnits: 2 }, { sku: 'PIN', nowMs: NOW });
    await start(ground);
    await order(ground, 'live', { orderedUnits: 3 }, { sku: 'PIN' });
    await end(ground, STREAM + DAY_MS);
    await order(ground, 'after', { orderedUnits: 4 }, { sku: 'PIN', nowMs: STREAM + 2 * DAY_MS });
    const sold = async (dropId: string) => {
      const { skus, orderCount } = await dropsOf(ground).report({ dropId, nowMs: STREAM + 90 * DAY_MS });
      return { orderCount, pins: skus.find(({ sku }) => sku === 'PIN')?.soldUnits };
    };
    expect(await sold('hoodie-run')).toEqual({ orderCount: 3, pins: 9 });
    const skus = { PIN: { name: 'Enamel pin', count: 200, price: 9 } };
    await ground.store.importPlan({ plan: planFor(ground.teamId, { ...CAPS, skus }), by: null, nowMs: STREAM + 3 * DAY_MS });
    await start(ground, 'cap-run', STREAM + 50 * DAY_MS);
    await order(ground, 'caps', { orderedUnits: 5 }, { sku: 'PIN', nowMs: STREAM + 50 * DAY_MS });
    expect(await sold('hoodie-run')).toEqual({ orderCount: 2, pins: 5 });
    await order(ground, 'live', { orderedUnits: 1 }, { sku: 'PIN', nowMs: STREAM + 51 * DAY_MS, version: 2 });
    expect(await sold('cap-run')).toEqual({ orderCount: 2, pins: 9 });
  },
};
