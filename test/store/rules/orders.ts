import { and, asc, eq } from 'drizzle-orm';
import { expect } from 'vitest';
import type { HeardFacts } from '../../../src/domain/order.ts';
import { checkLedger } from '../../../src/store/stock/ledger-check.ts';
import { loadOrders } from '../../../src/store/orders/order-rows.ts';
import { FINN, NOW, planFor, seeded } from '../../support/plan.ts';
import { heard, lineOf, orderOf, refundOf } from '../../support/orders.ts';
import type { Ground, Rules } from '../contract.ts';

const LATER = NOW + 60_000;

async function levelOf({ store, teamId }: Ground, sku: string) {
  const answer = await store.team(teamId).stock.board({ sku, nowMs: LATER });
  if (answer.kind !== 'board') throw new Error(`no ${sku}`);
  return answer.items[0]?.level;
}

const ledgerOf = ({ engine, teamId }: Ground, cause: string) => {
  const { movements } = engine.tables;
  return engine.read((db) =>
    db
      .select({ sku: movements.sku, kind: movements.kind, units: movements.units })
      .from(movements)
      .where(and(eq(movements.teamId, teamId), eq(movements.cause, cause)))
      .orderBy(asc(movements.seq)),
  );
};

const noticesOf = ({ engine, teamId }: Ground) => {
  const { posts } = engine.tables;
  return engine.read((db) =>
    db
      .select({ key: posts.key, revision: posts.revision })
      .from(posts)
      .where(and(eq(posts.teamId, teamId), eq(posts.kind, 'notice')))
      .orderBy(asc(posts.key)),
  );
};

const tell = ({ store, teamId }: Ground, facts: HeardFacts['facts'], nowMs = LATER) =>
  store.team(teamId).orders.record(heard(facts), nowMs);

const base = { onHand: 40, committed: 0, reserve: 0, held: 0, damaged: 0 };

export const orderRules: Rules = {
  'an order commits its units, and its event again changes nothing': async (ground) => {
    await seeded(ground);
    const once = heard(orderOf('1', 1, [lineOf('a', 'HOODIE-S', { orderedUnits: 3 })]));
    const { orders } = ground.store.team(ground.teamId);
    expect(await orders.record(once, LATER)).toEqual({ kind: 'recorded', movementCount: 1 });
    expect(await orders.record(once, LATER)).toEqual({ kind: 'repeat' });
    expect(await tell(ground, once.facts)).toEqual({ kind: 'repeat' });
    expect(await levelOf(ground, 'HOODIE-S')).toEqual({ ...base, committed: 3 });
    expect(await ledgerOf(ground, 'order shop 1')).toEqual([{ sku: 'HOODIE-S', kind: 'commit', units: 3 }]);
  },

  'each counter moves stock by its difference': async (ground) => {
    await seeded(ground);
    await tell(ground, orderOf('1', 1, [lineOf('a', 'HOODIE-S', { orderedUnits: 6 })]));
    const now = { orderedUnits: 7, cancelledUnits: 1, shippedUnits: 4, returnedUnits: 2, writtenOffUnits: 1 };
    expect(await tell(ground, orderOf('1', 2, [lineOf('a', 'HOODIE-S', now)]))).toEqual({ kind: 'recorded', movementCount: 5 });
    expect(await levelOf(ground, 'HOODIE-S')).toEqual({ onHand: 38, committed: 1, reserve: 0, held: 2, damaged: 1 });
    expect((await ledgerOf(ground, 'order shop 1')).map(({ kind, units }) => `${kind} ${units}`)).toEqual([
      'commit 6',
      'commit 1',
      'uncommit 2',
      'ship 4',
      'return 2',
      'damage 1',
    ]);
  },

  'returned units go back on sale at once where the team says so': async (ground) => {
    await seeded(ground, { team: { id: ground.teamId, name: 'Night Market', zone: 'America/New_York', returns: 'release' } });
    await tell(ground, orderOf('1', 1, [lineOf('a', 'HOODIE-S', { orderedUnits: 2, shippedUnits: 2, returnedUnits: 1 })]));
    expect(await levelOf(ground, 'HOODIE-S')).toEqual({ ...base, onHand: 39 });
  },

  'an older version never undoes, and an equal one takes the larger counter and asks for reconciliation': async (ground) => {
    await seeded(ground);
    const at = (version: number, orderedUnits: number, cancelledUnits: number) =>
      tell(ground, orderOf('1', version, [lineOf('a', 'HOODIE-S', { orderedUnits, cancelledUnits })]));
    await at(2, 5, 1);
    expect(await at(1, 9, 0)).toEqual({ kind: 'older' });
    expect(await levelOf(ground, 'HOODIE-S')).toEqual({ ...base, committed: 4 });
    expect(await noticesOf(ground)).toEqual([]);
    expect(await at(2, 6, 0)).toEqual({ kind: 'recorded', movementCount: 1 });
    expect(await at(2, 5, 0)).toEqual({ kind: 'repeat' });
    expect(await levelOf(ground, 'HOODIE-S')).toEqual({ ...base, committed: 5 });
    expect(await noticesOf(ground)).toEqual([{ key: 'notice:reconcile:shop:1', revision: 1 }]);
  },

  'a line that a newer order no longer lists is cancelled': async (ground) => {
    await seeded(ground);
    const pin = lineOf('b', 'PIN', { orderedUnits: 2 });
    await tell(ground, orderOf('1', 1, [lineOf('a', 'HOODIE-S', { orderedUnits: 3, shippedUnits: 1 }), pin]));
    await tell(ground, orderOf('1', 2, [pin]));
    expect(await levelOf(ground, 'HOODIE-S')).toEqual({ ...base, onHand: 39 });
  },

  'a refund counts once, alone or inside the order, before it or after': async (ground) => {
    await seeded(ground);
    const refund = { refundId: 'r1', lines: [{ lineId: 'a', units: 1, restock: 'cancel' as const }] };
    expect(await tell(ground, refundOf('1', refund))).toEqual({ kind: 'recorded', movementCount: 0 });
    const order = orderOf('1', 1, [lineOf('a', 'HOODIE-S', { orderedUnits: 3 })]);
    expect(await tell(ground, order)).toEqual({ kind: 'recorded', movementCount: 2 });
    expect(await tell(ground, refundOf('1', refund))).toEqual({ kind: 'repeat' });
    await tell(ground, { ...order, version: { updatedAtMs: NOW + 9, eventAtMs: NOW + 9 }, refunds: [refund] });
    expect(await levelOf(ground, 'HOODIE-S')).toEqual({ ...base, committed: 2 });
  },

  'an order placed before tracking commits only its open units': async (ground) => {
    await seeded(ground);
    const line = { orderedUnits: 5, cancelledUnits: 1, shippedUnits: 2, returnedUnits: 1 };
    const early = { placedAtMs: NOW - 1 };
    await tell(ground, orderOf('1', 1, [lineOf('a', 'HOODIE-S', line)], early));
    expect(await levelOf(ground, 'HOODIE-S')).toEqual({ ...base, committed: 2 });
    await tell(ground, orderOf('1', 2, [lineOf('a', 'HOODIE-S', { ...line, shippedUnits: 3 })], early));
    expect(await levelOf(ground, 'HOODIE-S')).toEqual({ ...base, onHand: 39, committed: 1 });
    await tell(ground, orderOf('2', 1, [lineOf('a', 'HOODIE-S', line)], { placedAtMs: NOW }));
    expect(await levelOf(ground, 'HOODIE-S')).toEqual({ onHand: 38, committed: 3, reserve: 0, held: 1, damaged: 0 });
  },

  'a bundle line moves its components, by the map it was first heard with': async (ground) => {
    await seeded(ground);
    await tell(ground, orderOf('1', 1, [lineOf('a', 'BOX', { orderedUnits: 3 })]));
    await seeded(ground, { bundles: { BOX: { name: 'Box', of: { 'HOODIE-M': 1, PIN: 5 }, price: 72 } } });
    await tell(ground, orderOf('1', 2, [lineOf('a', 'BOX', { orderedUnits: 3, shippedUnits: 3 })]));
    expect(await levelOf(ground, 'HOODIE-M')).toEqual({ ...base, onHand: 57, reserve: 2 });
    expect(await levelOf(ground, 'PIN')).toEqual({ ...base, onHand: 194 });
    await tell(ground, orderOf('2', 1, [lineOf('a', 'BOX', { orderedUnits: 1 })]));
    expect(await levelOf(ground, 'PIN')).toEqual({ ...base, onHand: 194, committed: 5 });
  },

  'units of a SKU nobody listed are kept, shown once, and committed when it is added': async (ground) => {
    await seeded(ground);
    const { orders } = ground.store.team(ground.teamId);
    const cap = (units: number, shippedUnits = 0) => [lineOf('a', 'cap', { orderedUnits: units, shippedUnits })];
    expect(await tell(ground, orderOf('1', 1, cap(2)))).toEqual({ kind: 'recorded', movementCount: 0 });
    await tell(ground, orderOf('1', 2, cap(3, 1)));
    await tell(ground, orderOf('2', 1, cap(4)));
    await tell(ground, orderOf('3', 1, [lineOf('a', 'CAP', { orderedUnits: 1 })]));
    expect(await orders.unknownSkus()).toEqual(
      expect.arrayContaining([
        { sku: 'cap', units: 6, orderCount: 2 },
        { sku: 'CAP', units: 1, orderCount: 1 },
      ]),
    );
    expect((await noticesOf(ground)).map(({ key, revision }) => `${key} ${revision}`).sort()).toEqual([
      'notice:unknown-sku:CAP 1',
      'notice:unknown-sku:cap 1',
    ]);
    const skus = {
      'HOODIE-S': { name: 'Hoodie', count: 40 },
      'HOODIE-M': { name: 'M', count: 60 },
      PIN: { name: 'P', count: 200 },
    };
    await ground.store.importPlan({
      plan: planFor(ground.teamId, {
        skus: { ...skus, cap: { name: 'Cap', count: 10 } },
      }),
      by: null,
      nowMs: LATER,
    });
    expect(await levelOf(ground, 'cap')).toEqual({ ...base, onHand: 10, committed: 6 });
    expect(await orders.unknownSkus()).toEqual([{ sku: 'CAP', units: 1, orderCount: 1 }]);
    await tell(ground, orderOf('1', 3, cap(3, 3)), LATER + 1);
    expect(await levelOf(ground, 'cap')).toEqual({ ...base, onHand: 8, committed: 4 });
    expect(await checkLedger(ground.engine, ground.teamId)).toEqual([]);
  },

  'a fact that cannot be true is kept aside with its reason, and the rest of its batch stands': async (ground) => {
    await seeded(ground);
    const { orders } = ground.store.team(ground.teamId);
    const good = (id: string) => heard(orderOf(id, 1, [lineOf('a', 'HOODIE-S', { orderedUnits: 1 })]));
    const bad = heard(orderOf('bad', 1, [lineOf('a', 'HOODIE-S', { orderedUnits: -2 })]));
    const why = 'units of a line are a whole number from 0 to 10000000: -2';
    const done = { kind: 'recorded', movementCount: 1 };
    expect(await orders.recordAll([good('1'), bad, good('2')], LATER)).toEqual([done, { kind: 'set-aside', why }, done]);
    expect(await orders.setAside()).toEqual([{ source: 'shop', externalId: 'bad', why, atMs: LATER }]);
    expect(await noticesOf(ground)).toEqual([{ key: `notice:set-aside:shop:${bad.eventId}`, revision: 1 }]);
    expect(await levelOf(ground, 'HOODIE-S')).toEqual({ ...base, committed: 2 });
    expect(await orders.record(bad, LATER)).toEqual({ kind: 'repeat' });
  },

  'a NUL character, which PostgreSQL cannot keep, sets a fact aside everywhere': async (ground) => {
    await seeded(ground);
    const { orders } = ground.store.team(ground.teamId);
    const answer = await orders.record(heard(orderOf('1', 1, [lineOf('a', 'CAP\0', { orderedUnits: 1 })])), LATER);
    expect(answer).toEqual({ kind: 'set-aside', why: 'an id or a SKU holds a NUL character' });
    expect(await orders.unknownSkus()).toEqual([]);
    const told = await orders.record(heard(orderOf('2', 1, [lineOf('a', 'PIN', { orderedUnits: 1 })])), LATER);
    expect(told).toEqual({ kind: 'recorded', movementCount: 1 });
  },

  'half of a character, which PostgreSQL cannot keep either, sets a fact aside everywhere': async (ground) => {
    await seeded(ground);
    const { orders } = ground.store.team(ground.teamId);
    const answer = await orders.record(heard(orderOf('1', 1, [lineOf('a', 'CAP\ud83e', { orderedUnits: 1 })])), LATER);
    expect(answer).toEqual({ kind: 'set-aside', why: 'an id or a SKU holds half of a character' });
    expect(await orders.setAside()).toMatchObject([{ externalId: '1', why: 'an id or a SKU holds half of a character' }]);
    const told = await orders.record(heard(orderOf('2', 1, [lineOf('a', 'CAP\ud83e\udde2', { orderedUnits: 1 })])), LATER);
    expect(told).toEqual({ kind: 'recorded', movementCount: 0 });
    expect(await orders.unknownSkus()).toEqual([{ sku: 'CAP\ud83e\udde2', units: 1, orderCount: 1 }]);
  },

  'as many orders as ever named a SKU are looked up, however many values one statement can bind': async ({ engine, teamId }) => {
    const asked = Array.from({ length: 70_000 }, (_, index) => ({ source: 'shop', externalId: `${index}` }));
    expect((await engine.read((db) => loadOrders({ db, tables: engine.tables, teamId }, asked))).size).toBe(0);
  },

  'a shop’s whole catalogue does not flood the team with notices': async (ground) => {
    await seeded(ground);
    const lines = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => lineOf(`${index}`, `OTHER-${from + index}`, { orderedUnits: 1 }));
    await tell(ground, orderOf('1', 1, lines(0, 18)));
    await tell(ground, orderOf('2', 1, lines(10, 18)));
    await tell(ground, orderOf('3', 1, lines(40, 1)));
    expect(await noticesOf(ground)).toHaveLength(20);
    expect(await ground.store.team(ground.teamId).orders.unknownSkus()).toHaveLength(29);
  },

  'facts that arrive together share transactions, in their order, however many': async (ground) => {
    await seeded(ground);
    const { orders } = ground.store.team(ground.teamId);
    const facts = Array.from({ length: 600 }, (_, index) =>
      heard(
        orderOf(`${index % 300}`, 1 + Math.floor(index / 300), [
          lineOf('a', 'PIN', { orderedUnits: 1 + Math.floor(index / 300) }),
        ]),
      ),
    );
    const answers = await orders.recordAll(facts, LATER);
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify({ kind: 'recorded', movementCount: 1 })]),
    );
    expect(await levelOf(ground, 'PIN')).toEqual({ ...base, onHand: 200, committed: 600 });
    expect(await checkLedger(ground.engine, ground.teamId)).toEqual([]);
    const [team] = await ground.engine.read((db) => {
      const { teams } = ground.engine.tables;
      return db.select().from(teams).where(eq(teams.teamId, ground.teamId));
    });
    expect(team).toMatchObject({ heardAtMs: LATER, heardRecent: 600 });
    await tell(ground, orderOf('next', 1, []), LATER + 180_000);
    const [after] = await ground.engine.read((db) => {
      const { teams } = ground.engine.tables;
      return db.select().from(teams).where(eq(teams.teamId, ground.teamId));
    });
    expect(after).toMatchObject({ heardAtMs: LATER + 180_000, heardRecent: 301 });
  },

  'each crossing is at its own order, together or one at a time': async (ground) => {
    const { store, teamId } = ground;
    await seeded(ground);
    const other = { ...ground, teamId: `${teamId}-b` };
    await seeded(other);
    const units = [10, 15, 6, 3, 2, 4, 1]; // of 40: limits 8, 5, 0 and below
    const facts = units.map((orderedUnits, index) => heard(orderOf(`${index}`, 1, [lineOf('a', 'HOODIE-S', { orderedUnits })])));
    const back = heard(orderOf('1', 2, [lineOf('a', 'HOODIE-S', { orderedUnits: 15, cancelledUnits: 15 })]));
    const all = [...facts, back, heard(orderOf('last', 1, [lineOf('a', 'HOODIE-S', { orderedUnits: 12 })]))];
    await store.team(teamId).orders.recordAll(all, LATER);
    for (const each of all) await store.team(other.teamId).orders.record(each, LATER);
    const crossed = await store.team(teamId).alerts.crossings();
    expect(
      crossed.map(({ cause, thresholdId, balanceUnits, limitUnits }) => [cause, thresholdId, balanceUnits, limitUnits]),
    ).toEqual([
      ['order shop 3', 'percent:20', 6, 8],
      ['order shop 4', 'units:5', 4, 5],
      ['order shop 5', 'units:0', 0, 0],
      ['order shop 6', 'oversold', -1, -1],
      ['order shop last', 'units:5', 2, 5],
    ]);
    expect(await store.team(other.teamId).alerts.crossings()).toEqual(crossed);
    const alerts = async (id: string) =>
      (await store.team(id).alerts.open()).map(({ alertId, thresholdId }) => [alertId, thresholdId]);
    expect(await alerts(other.teamId)).toEqual(await alerts(teamId));
  },

  'one order through several thresholds raises the worst, and a bundle names the component that binds it': async (ground) => {
    await seeded(ground);
    await tell(ground, orderOf('1', 1, [lineOf('a', 'HOODIE-M', { orderedUnits: 58 })]));
    const crossed = await ground.store.team(ground.teamId).alerts.crossings();
    expect(
      crossed.map(({ subject, thresholdId, balanceUnits, bindingSku }) => [subject, thresholdId, balanceUnits, bindingSku]),
    ).toEqual([
      ['HOODIE-M', 'units:0', 0, null],
      ['BOX', 'units:0', 0, 'HOODIE-M'],
    ]);
    await tell(ground, orderOf('2', 1, [lineOf('a', 'HOODIE-M', { orderedUnits: 1 })]));
    const stock = ground.store.team(ground.teamId).stock;
    await stock.receive({ sku: 'hoodie-m', units: 3, reason: null, key: 'k', by: FINN, nowMs: LATER });
    await tell(ground, orderOf('3', 1, [lineOf('a', 'HOODIE-M', { orderedUnits: 1 })]));
    const all = await ground.store.team(ground.teamId).alerts.crossings();
    // 58 sellable, one oversold, three in (one of them to the reserve), so one left to sell: sold out again by the third order.
    expect(all.slice(2).map(({ subject, thresholdId, balanceUnits }) => [subject, thresholdId, balanceUnits])).toEqual([
      ['HOODIE-M', 'oversold', -1],
      ['BOX', 'oversold', -1],
      ['HOODIE-M', 'units:0', 0],
      ['BOX', 'units:0', 0],
    ]);
  },
};
