import { and, eq } from 'drizzle-orm';
import { expect } from 'vitest';
import { factId } from '../../../src/domain/fact-id.ts';
import type { Rules } from '../contract.ts';
import { FINN, NOW, PRIYA } from '../../support/plan.ts';
import { MIN, paused, postCount, resumed, stage } from '../../support/promotion.ts';

export const promotionRules: Rules = {
  'promotion: a pause reaches every channel, rings those who must hear it, and each channel’s arrival is its receipt': async (
    ground,
  ) => {
    const at = await stage(ground);
    const facts = paused(await at.pause(null, { reason: 'label misprint' }));
    expect(facts).toMatchObject({
      pause: { id: factId('pause:1', NOW), scope: '*', reason: 'label misprint', byPersonId: 'priya', untilMs: null },
    });
    expect(facts.receipts.map(({ surface, state }) => [surface, state])).toEqual([
      ['announcements', 'confirmed'],
      ...['alerts', 'community', 'host', 'team'].map((name) => [`console:${at.teamId}-${name}`, 'asked']),
    ]);
    await at.deliver(NOW + 180);
    const [standing] = await at.team.promotion.standing(NOW + 180);
    expect(standing?.receipts.map(({ state, confirmedAtMs, askedAtMs }) => [state, (confirmedAtMs ?? 0) - askedAtMs])).toEqual([
      ['confirmed', 0],
      ...Array.from({ length: 4 }, () => ['confirmed', 180]),
    ]);
    expect(at.shows('community')).toEqual([['public paused']]);
    expect(at.now('team')).toEqual(['paused 5/5 held 0 sold 0', 'ring paused']);
    expect(at.now('host')).toEqual(['paused 5/5 held 0 sold 0', 'ring paused']);
    expect(at.now('alerts')).toEqual(['paused 5/5 held 0 sold 0']);
    const [card, ring] = at.platform.channel(`${at.teamId}-team`);
    expect(ring?.replyToRemoteId).toBe(card?.remoteId);
    const { posts } = at.engine.tables;
    const rings = await at.engine.read((db) =>
      db
        .select({ destinationId: posts.destinationId, facts: posts.facts })
        .from(posts)
        .where(and(eq(posts.teamId, at.teamId), eq(posts.kind, 'pause-ring')))
        .orderBy(posts.destinationId),
    );
    expect(rings).toMatchObject([
      { destinationId: `console:${at.teamId}-host`, facts: { mentions: [{ role: 'host' }] } },
      { destinationId: `console:${at.teamId}-team`, facts: { mentions: [{ role: 'producer' }] } },
    ]);
    expect(await at.audit()).toEqual([['promotion.pause', '*', 'label misprint']]);
    const settled = await postCount(at);
    await at.deliver(NOW + 1_000);
    await at.team.promotion.tick(NOW + 60_000);
    expect(await postCount(at)).toBe(settled); // receipts converge: nothing refreshes for ever
  },

  'promotion: the same request twice pauses once; a pause that stands is answered, not repeated': async (ground) => {
    const at = await stage(ground);
    const ask = { scope: null, reason: null, forMs: null, key: 'same', by: PRIYA, nowMs: NOW };
    const first = await at.team.promotion.pause(ask);
    expect(await at.team.promotion.pause({ ...ask, nowMs: NOW + 9 })).toEqual(first);
    const before = await postCount(at);
    expect(await at.pause(null, { nowMs: NOW + 10 })).toMatchObject({
      kind: 'already-paused',
      pause: { pause: { id: factId('pause:1', NOW) } },
    });
    expect(await at.pause('PIN', { nowMs: NOW + 10 })).toMatchObject({
      kind: 'already-paused',
      pause: { pause: { scope: '*' } },
    });
    expect(await postCount(at)).toBe(before);
    expect(await at.team.promotion.history()).toHaveLength(1);
  },

  'promotion: a pause for longer outlasts the shorter one; a wider one is added': async (ground) => {
    const at = await stage(ground);
    await at.pause('PIN', { forMs: 10 * MIN });
    expect(await at.pause('PIN', { nowMs: NOW + MIN })).toMatchObject({
      kind: 'already-paused',
      pause: { pause: { untilMs: null } },
    });
    paused(await at.pause(null, { forMs: MIN, nowMs: NOW + MIN }));
    // Everything runs again in a minute; what is paused for longer needs its own.
    expect(paused(await at.pause('HOODIE-S', { nowMs: NOW + MIN })).pause).toMatchObject({
      id: factId('pause:3', NOW + MIN),
      scope: 'HOODIE-S',
    });
    await at.team.promotion.tick(NOW + 2 * MIN);
    const standing = await at.team.promotion.standing(NOW + 2 * MIN);
    expect(standing.map(({ pause }) => pause.scope)).toEqual(['PIN', 'HOODIE-S']);
  },

  'promotion: a SKU is found in any case; an unknown one pauses nothing and names its neighbours': async (ground) => {
    const at = await stage(ground);
    const before = await postCount(at);
    expect(await at.pause('HOODY-M')).toEqual({ kind: 'unknown-sku', asked: 'HOODY-M', near: ['HOODIE-M'] });
    expect(await at.pause('hoodie')).toMatchObject({ near: ['HOODIE-S', 'HOODIE-M', 'HOODIE-L'] });
    expect(await postCount(at)).toBe(before);
    expect(await at.audit()).toEqual([]);
    expect(paused(await at.pause('hoodie-m'))).toMatchObject({ pause: { scope: 'HOODIE-M' }, scopeName: 'Hoodie, medium' });
  },

  'promotion: a channel that has not confirmed in five seconds is NOT CONFIRMED, rung about once, and confirmed late': async (
    ground,
  ) => {
    const at = await stage(ground);
    at.platform.meets(`${at.teamId}-alerts`, {
      kind: 'retry',
      afterMs: 20_000,
      hold: 'destination',
      reason: 'the platform is busy',
    });
    await at.pause();
    await at.deliver(NOW + 100);
    await at.team.promotion.tick(NOW + 4_999);
    expect(at.now('team')).toEqual(['paused 4/5 held 0 sold 0', 'ring paused']);
    await at.team.promotion.tick(NOW + 5_000);
    await at.team.promotion.tick(NOW + 6_000);
    await at.deliver(NOW + 6_000);
    const [standing] = await at.team.promotion.standing(NOW + 6_000);
    const alerts = `console:${at.teamId}-alerts`;
    expect(standing?.receipts.find(({ surface }) => surface === alerts)).toMatchObject({
      state: 'not-confirmed',
      note: 'the platform is busy',
    });
    expect(at.now('team')).toEqual(['paused 4/5 held 0 sold 0', 'ring paused', `ring not-confirmed ${alerts}`]);
    await at.deliver(NOW + 20_100);
    expect(at.now('alerts')).toEqual(['paused 5/5 held 0 sold 0']);
    expect(at.now('team')[0]).toBe('paused 5/5 held 0 sold 0');
  },

  'promotion: the pauser may take a pause back for 30 seconds, without the gate; nobody else may': async (ground) => {
    const at = await stage(ground);
    await at.oversell('PIN', 201);
    const { id } = paused(await at.pause()).pause;
    const before = await postCount(at);
    expect(await at.undo(id, FINN, NOW + 1)).toMatchObject({ kind: 'not-yours-to-undo' });
    expect(await at.undo(id, PRIYA, NOW + 30_001)).toMatchObject({ kind: 'too-late-to-undo' });
    expect(await at.undo('pause:9', PRIYA, NOW + 1)).toEqual({ kind: 'nothing-paused' });
    expect(await postCount(at)).toBe(before);
    expect(await at.undo(id, PRIYA, NOW + 30_000)).toMatchObject({ kind: 'resumed', undone: true });
    expect(await at.team.promotion.standing(NOW + 30_000)).toEqual([]);
    expect(await at.undo(id, PRIYA, NOW + 30_000)).toEqual({ kind: 'nothing-paused' });
    expect((await at.audit()).map(([action]) => action)).toEqual(['promotion.pause', 'promotion.undo']);
    await at.deliver(NOW + 30_000);
    expect(at.now('team')).toEqual(['resumed 5/5 held 0 sold 0', 'ring resumed']); // the ring of the pause was never seen: withdrawn
  },

  'promotion: a stop that was resumed before it was confirmed rings nobody; a go that is not confirmed does': async (ground) => {
    const at = await stage(ground);
    const busy = { kind: 'retry', afterMs: 60_000, hold: 'destination', reason: 'the platform is busy' } as const;
    at.platform.meets(`${at.teamId}-alerts`, busy);
    await at.pause();
    await at.deliver(NOW);
    await at.resume(NOW + 4_000);
    await at.deliver(NOW + 4_000);
    await at.team.promotion.tick(NOW + 5_000);
    await at.deliver(NOW + 5_000);
    expect(at.now('team')).toEqual(['resumed 4/5 held 0 sold 0', 'ring paused', 'ring resumed']);
    await at.team.promotion.tick(NOW + 9_000);
    await at.deliver(NOW + 9_000);
    expect(at.now('team').at(-1)).toBe(`ring not-confirmed console:${at.teamId}-alerts`);
    await at.deliver(NOW + 60_000);
    expect(at.now('team')[0]).toBe('resumed 5/5 held 0 sold 0');
    expect(at.now('alerts')).toEqual(['resumed 5/5 held 0 sold 0']);
  },

  'promotion: a resume refuses while something is oversold, unless overridden with a reason': async (ground) => {
    const at = await stage(ground);
    await at.pause('BOX');
    await at.oversell('PIN', 207);
    const before = await postCount(at);
    expect(await at.resume(NOW + MIN, 'box')).toEqual({ kind: 'refused', causes: [{ kind: 'oversold', sku: 'PIN', units: 7 }] });
    expect(await at.team.promotion.standing(NOW + MIN)).toHaveLength(1);
    expect(await postCount(at)).toBe(before);
    expect(resumed(await at.resume(NOW + MIN, 'box', 'more pins arrive tonight'))).toHaveLength(1);
    expect(await at.audit()).toEqual([
      ['promotion.pause', 'BOX', null],
      ['promotion.resume', 'BOX', 'more pins arrive tonight'],
    ]);
  },

  'promotion: an oversold SKU elsewhere does not keep this one paused': async (ground) => {
    const at = await stage(ground);
    await at.pause('HOODIE-S');
    await at.oversell('PIN', 207);
    expect(await at.resume(NOW + MIN, 'HOODIE-S')).toMatchObject({ kind: 'resumed' });
  },

  'promotion: while everything is paused one SKU cannot be let go; a bare resume lets all go': async (ground) => {
    const at = await stage(ground);
    expect(await at.resume(NOW)).toEqual({ kind: 'nothing-paused' });
    await at.pause('PIN');
    await at.pause(null, { nowMs: NOW + 1 });
    expect(await at.resume(NOW + 2, 'PIN')).toMatchObject({
      kind: 'covered',
      pause: { pause: { id: factId('pause:2', NOW + 1) } },
    });
    await at.deliver(NOW + 2);
    const pauses = resumed(await at.resume(NOW + MIN));
    expect(pauses.map(({ pause }) => [pause.scope, pause.resumedBy])).toEqual([
      ['PIN', 'maya'],
      ['*', 'maya'],
    ]);
    await at.deliver(NOW + MIN);
    expect(at.now('host').filter((text) => text === 'ring resumed')).toHaveLength(1);
    const [again] = await at.team.promotion.history();
    expect(again).toMatchObject({ id: factId('pause:1', NOW), resumedAtMs: NOW + MIN });
  },

  'promotion: a pause for a while ends by itself, but not while its cause stands': async (ground) => {
    const at = await stage(ground);
    await at.pause('PIN', { forMs: 10 * MIN });
    await at.pause('HOODIE-S', { forMs: 10 * MIN });
    await at.oversell('PIN', 201);
    await at.deliver(NOW);
    await at.team.promotion.tick(NOW + 10 * MIN - 1);
    expect(await at.team.promotion.standing(NOW)).toHaveLength(2);
    await at.team.promotion.tick(NOW + 10 * MIN);
    const standing = await at.team.promotion.standing(NOW + 10 * MIN);
    expect(standing.map(({ pause }) => [pause.scope, pause.untilMs])).toEqual([['PIN', null]]);
    const [, small] = await at.team.promotion.history();
    expect(small).toMatchObject({ scope: 'HOODIE-S', resumedAtMs: NOW + 10 * MIN, resumedBy: null });
    await at.deliver(NOW + 10 * MIN);
    const rings = at.now('team').filter((text) => text?.startsWith('ring'));
    expect(rings.slice(0, 2)).toEqual(['ring paused', 'ring paused']);
    // One instant, one lane: which of these two is heard first does not matter.
    expect(new Set(rings.slice(2))).toEqual(new Set(['ring still-paused', 'ring resumed']));
    await at.team.promotion.tick(NOW + 20 * MIN);
    expect(await at.team.promotion.standing(NOW + 20 * MIN)).toHaveLength(1);
  },

  'promotion: units sold meanwhile are those of the covered SKUs, and the card follows': async (ground) => {
    const at = await stage(ground);
    await at.pause('BOX');
    await at.deliver(NOW);
    const sell = (seq: number, sku: string, units: number) =>
      at.engine.write(at.teamId, async ({ db, tables: { movements, teams } }) => {
        const cause = { kind: 'commit', cause: `order test ${seq}`, key: `sold ${seq}`, atMs: NOW + 1 };
        await db.insert(movements).values({ teamId: at.teamId, seq, sku, units, ...cause });
        await db.update(teams).set({ movementSeq: seq }).where(eq(teams.teamId, at.teamId));
      });
    await sell(1_001, 'PIN', 4);
    await sell(1_002, 'HOODIE-M', 2);
    await sell(1_003, 'HOODIE-S', 9);
    await at.team.promotion.tick(NOW + 30_000);
    await at.deliver(NOW + 30_000);
    expect(at.now('team')[0]).toBe('paused 5/5 held 0 sold 6');
    const [facts] = resumed(await at.resume(NOW + MIN));
    await sell(1_004, 'PIN', 50);
    await at.deliver(NOW + MIN);
    expect(facts?.unitsSoldMeanwhile).toBe(6);
    expect(at.now('team')[0]).toBe('resumed 5/5 held 0 sold 6');
  },

  'promotion: under a wider pause a SKU’s own neither ends by time nor is taken back, and nobody hears that it runs': async (
    ground,
  ) => {
    const at = await stage(ground);
    const { id } = paused(await at.pause('PIN', { forMs: 10 * MIN })).pause;
    await at.pause(null, { nowMs: NOW + 1, forMs: 20 * MIN });
    await at.deliver(NOW + 1);
    const before = await postCount(at);
    expect(await at.undo(id, PRIYA, NOW + 2)).toMatchObject({ kind: 'covered', pause: { pause: { scope: '*' } } });
    await at.team.promotion.tick(NOW + 10 * MIN);
    expect(await postCount(at)).toBe(before);
    expect(await at.team.promotion.standing(NOW + 10 * MIN)).toHaveLength(2);
    // The wider one ends, and the next tick ends what it covered.
    await at.team.promotion.tick(NOW + 1 + 20 * MIN);
    await at.team.promotion.tick(NOW + 2 + 20 * MIN);
    expect(await at.team.promotion.standing(NOW + 21 * MIN)).toEqual([]);
    const history = await at.team.promotion.history();
    expect(history.map(({ scope, resumedAtMs }) => [scope, resumedAtMs])).toEqual([
      ['PIN', NOW + 2 + 20 * MIN],
      ['*', NOW + 1 + 20 * MIN],
    ]);
  },
};
