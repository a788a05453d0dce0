import { and, eq } from 'drizzle-orm';
import { expect } from 'vitest';
import type { Plan } from '../../../src/ports/plan.ts';
import type { PlanAnswer } from '../../../src/ports/store/drops.ts';
import { FINN, MAYA, NOW, planFor, seeded } from '../../support/plan.ts';
import { everything } from '../../support/rows.ts';
import type { Ground, Rules } from '../contract.ts';

type Overrides = Partial<Record<keyof Plan, unknown>>;

const LATER = NOW + 3_600_000;

const MILESTONES = [
  { name: 'Count the stock', due: '2027-01-26', owner: 'fulfilment' },
  { name: 'Rehearsal', due: '2027-01-28', owner: 'priya' },
];
const POLICY = {
  window_days: 30,
  condition: 'unworn',
  refund_method: 'original-payment',
  refund_within_days: 7,
  who_pays: 'buyer',
  faulty: 'We replace it.',
};
const TEASER = { id: 'teaser', kind: 'teaser', at: '2027-01-28T18:00', text: 'Soon.' };

/** Imports an edited plan an hour after the first. */
function edit({ store, teamId }: Ground, overrides: Overrides): Promise<PlanAnswer> {
  return store.importPlan({ plan: planFor(teamId, overrides), by: MAYA, nowMs: LATER });
}

function skusWith(edits: Readonly<Record<string, unknown>>): Overrides {
  return {
    skus: {
      'HOODIE-S': { name: 'Hoodie, small', count: 40, price: 58 },
      'HOODIE-M': { name: 'Hoodie, medium', count: 60, reserve: '3%', price: 58 },
      'HOODIE-L': { name: 'Hoodie, large', count: 40, price: 58 },
      PIN: { name: 'Enamel pin', count: 200, price: 9 },
      ...edits,
    },
  };
}

async function skuRow({ engine, teamId }: Ground, sku: string) {
  const { skus } = engine.tables;
  const rows = await engine.read((db) =>
    db
      .select()
      .from(skus)
      .where(and(eq(skus.teamId, teamId), eq(skus.sku, sku))),
  );
  return rows[0];
}

async function auditOf({ store, teamId }: Ground) {
  const entries = await store.team(teamId).audit.list({ fromSeq: 1, limit: 100 });
  return entries.map(({ personId, action, target, after }) => ({ personId, action, target, after }));
}

export const planRules: Rules = {
  'a first plan makes the team and everything in it, and says so line by line': async (ground) => {
    const { store, teamId } = ground;
    const answer = await seeded(ground, { milestones: MILESTONES, policy: POLICY, announcements: [TEASER] });
    expect(answer).toEqual({
      teamId,
      warnings: [],
      changes: [
        'team Night Market: added',
        `console channel for team: ${teamId}-team`,
        `console channel for alerts: ${teamId}-alerts`,
        `console channel for host: ${teamId}-host`,
        `console channel for community: ${teamId}-community`,
        'maya: added as founder',
        'priya: added as producer',
        'hugo: added as host',
        'olga: added as ops-lead',
        'finn: added as fulfilment',
        'sam: added as support',
        'drop Hoodie Run: added, streams 2027-01-29T19:00 America/New_York',
        'returns policy: version 1 published',
        'HOODIE-S: added, 40 on hand',
        'HOODIE-M: added, 60 on hand',
        'HOODIE-L: added, 40 on hand',
        'PIN: added, 200 on hand',
        'BOX: added, a bundle of 1 × HOODIE-M + 2 × PIN',
        'milestone Count the stock: added, due 2027-01-26',
        'milestone Rehearsal: added, due 2027-01-28',
        'announcement teaser: added for 2027-01-28T18:00 America/New_York',
      ],
    });
    expect(await auditOf(ground)).toEqual([
      { personId: null, action: 'plan.import', target: 'hoodie-run', after: answer.changes },
    ]);
    expect(await store.team(teamId).drops.list()).toEqual([
      {
        id: 'hoodie-run',
        name: 'Hoodie Run',
        format: 'limited',
        streamWall: '2027-01-29T19:00',
        zone: 'America/New_York',
        streamAtMs: Date.UTC(2027, 0, 30, 0),
        state: 'planned',
        startedAtMs: null,
        endedAtMs: null,
      },
    ]);
    const row = await skuRow(ground, 'HOODIE-M');
    expect({ ...row, trackedFromMs: 0 }).toEqual({
      teamId,
      sku: 'HOODIE-M',
      name: 'Hoodie, medium',
      dropId: 'hoodie-run',
      components: null,
      priceMinor: 5800,
      currency: 'USD',
      trackedFromMs: 0,
      reservePercent: 3,
      incomingUnits: 0,
      position: 1,
    });
    expect((await skuRow(ground, 'BOX'))?.components).toEqual([
      { sku: 'HOODIE-M', unitsPerBundle: 1 },
      { sku: 'PIN', unitsPerBundle: 2 },
    ]);
  },

  'the same plan twice writes nothing': async (ground) => {
    const overrides = {
      milestones: MILESTONES,
      policy: POLICY,
      announcements: [TEASER],
      permissions: [{ role: 'host', action: 'promotion.pause', allowed: true }],
    };
    await seeded(ground, overrides);
    const before = await everything(ground);
    expect(await edit(ground, overrides)).toEqual({ teamId: ground.teamId, changes: [], warnings: [] });
    expect(await everything(ground)).toEqual(before);
  },

  'an edited line changes that and nothing else': async (ground) => {
    await seeded(ground);
    const before = await everything(ground);
    const { changes, warnings } = await edit(
      ground,
      skusWith({ 'HOODIE-M': { name: 'Hoodie, medium', count: 60, reserve: '3%', price: 62 } }),
    );
    expect(changes).toEqual(['HOODIE-M: price 58.00 USD → 62.00 USD']);
    expect(warnings).toEqual([]);
    const after = await everything(ground);
    const changed = Object.keys(after).filter((table) => JSON.stringify(after[table]) !== JSON.stringify(before[table]));
    expect(changed.toSorted()).toEqual(['audit', 'plans', 'skus', 'teams']);
    expect((await skuRow(ground, 'HOODIE-M'))?.priceMinor).toBe(6200);
    expect(await auditOf(ground)).toContainEqual({
      personId: 'maya',
      action: 'plan.import',
      target: 'hoodie-run',
      after: changes,
    });
  },

  'items listed in another order are shown in that order': async (ground) => {
    const { store, teamId } = ground;
    await seeded(ground);
    const { PIN, ...others } = skusWith({}).skus as Record<string, unknown>;
    expect((await edit(ground, { skus: { PIN, ...others } })).changes).toEqual([]);
    const board = await store.team(teamId).stock.board({ sku: null, nowMs: LATER });
    expect(board.kind === 'board' && board.items.map(({ sku }) => sku)).toEqual(['PIN', 'HOODIE-S', 'HOODIE-M', 'HOODIE-L']);
  },

  'prices keep the digits of their currency': async (ground) => {
    const drop = { id: 'run', name: 'Run', format: 'hero', stream: '2027-01-29T19:00', zone: 'Asia/Tokyo' };
    await seeded(ground, { ...skusWith({ PIN: { name: 'Pin', count: 1, price: 900 } }), drop: { ...drop, currency: 'JPY' } });
    expect(await skuRow(ground, 'PIN')).toMatchObject({ priceMinor: 900, currency: 'JPY' });
    const { changes } = await edit(ground, {
      ...skusWith({ PIN: { name: 'Pin', count: 1, price: 900 } }),
      drop: { ...drop, currency: 'KWD' },
    });
    expect(changes).toContain('PIN: price 900 JPY → 900.000 KWD');
    expect(await skuRow(ground, 'PIN')).toMatchObject({ priceMinor: 900_000, currency: 'KWD' });
  },

  'a plan cannot change an opening count or reserve, and says what to use, each time': async (ground) => {
    await seeded(ground);
    const before = await everything(ground);
    const edited = skusWith({ PIN: { name: 'Enamel pin', count: 150, reserve: 5, price: 9 } });
    const warnings = [
      'PIN: the opening count was 200, and a plan cannot change it to 150. Use /inventory count to set what is there now.',
      'PIN: the opening reserve was 0, and a plan cannot change it to 5. Use /inventory reserve to keep units back or give some back.',
    ];
    expect(await edit(ground, edited)).toEqual({ teamId: ground.teamId, changes: [], warnings });
    expect(await everything(ground)).toEqual(before);
    expect((await edit(ground, edited)).warnings).toEqual(warnings);
  },

  'a SKU taken out leaves the drop, keeps its ledger, and comes back with it': async (ground) => {
    const { store, teamId } = ground;
    await seeded(ground);
    const { PIN: _, ...skus } = skusWith({}).skus as Record<string, unknown>;
    const gone = await edit(ground, { skus, bundles: {} });
    expect(gone.changes).toEqual(['PIN: no longer in the drop', 'BOX: bundle removed']);
    expect(gone.warnings).toEqual(['PIN left the plan. Its stock and its history stay; orders for it are still counted.']);
    expect((await skuRow(ground, 'PIN'))?.dropId).toBeNull();
    expect(await skuRow(ground, 'BOX')).toBeUndefined();
    expect((await everything(ground)).thresholds?.filter((row) => (row as { sku: string }).sku === 'BOX')).toEqual([]);
    const back = await edit(ground, {});
    expect(back.changes).toEqual(['PIN: now in Hoodie Run', 'BOX: added, a bundle of 1 × HOODIE-M + 2 × PIN']);
    expect(back.warnings).toEqual([
      'PIN is tracked already, so its count of 200 was not used. Use /inventory count to set what is there.',
    ]);
    const board = await store.team(teamId).stock.board({ sku: 'PIN', nowMs: LATER });
    expect(board).toMatchObject({ kind: 'board', items: [{ sku: 'PIN', availableUnits: 200 }] });
  },

  'a SKU that would become a bundle is refused by a warning': async (ground) => {
    await seeded(ground, { bundles: {} });
    const { PIN: _, ...skus } = skusWith({}).skus as Record<string, unknown>;
    const { warnings } = await edit(ground, { skus, bundles: { PIN: { name: 'Pins', of: { 'HOODIE-S': 1 } } } });
    expect(warnings).toContain('PIN is already a SKU and cannot become a bundle. Give the bundle another code in the plan.');
    expect((await skuRow(ground, 'PIN'))?.components).toBeNull();
  },

  'thresholds set in chat stay when the plan’s own change': async (ground) => {
    const { store, teamId } = ground;
    const line = (thresholds: unknown) => skusWith({ PIN: { name: 'Enamel pin', count: 200, price: 9, thresholds } });
    await seeded(ground, line([{ units: 20 }, { percent: 50, severity: 'routine' }]));
    const inChat = { sku: 'PIN', unit: 'units', value: 7, replaces: null, severity: 'critical' } as const;
    await store.team(teamId).stock.threshold({ ...inChat, key: 'chat', by: FINN, nowMs: NOW });
    const { changes } = await edit(ground, line([{ units: 30 }, { percent: 50, severity: 'routine' }]));
    expect(changes).toEqual(['PIN: threshold units:20 removed', 'PIN: threshold units:30, live']);
    const board = await store.team(teamId).stock.board({ sku: 'PIN', nowMs: LATER });
    if (board.kind !== 'board') throw new Error(board.kind);
    const ids = board.items[0]?.thresholds.map(({ id, severity }) => `${id} ${severity}`);
    expect(ids?.toSorted()).toEqual([
      'oversold critical',
      'percent:50 routine',
      'units:0 critical',
      'units:30 live',
      'units:7 critical',
    ]);
  },

  'a team that moves takes its channels’ clocks along': async (ground) => {
    const { store, teamId } = ground;
    await seeded(ground);
    const team = { id: teamId, name: 'Night Market', zone: 'Europe/London', returns: 'release' };
    expect((await edit(ground, { team })).changes).toEqual([
      'team zone: America/New_York → Europe/London',
      'team returned units: hold → release',
    ]);
    const view = await store.team(teamId).team.view();
    expect(view.zone).toBe('Europe/London');
    expect(new Set(view.destinations.map(({ zone }) => zone))).toEqual(new Set(['Europe/London']));
  },

  'a stream moves with its wall time, and its announcements with its zone': async (ground) => {
    const { store, teamId } = ground;
    await seeded(ground, { announcements: [TEASER] });
    const drop = { id: 'hoodie-run', name: 'Hoodie Run', format: 'limited', currency: 'USD' };
    const moved = { ...drop, stream: '2027-01-29T20:00', zone: 'Europe/London' };
    expect((await edit(ground, { drop: moved, announcements: [TEASER] })).changes).toEqual([
      'stream: 2027-01-29T19:00 America/New_York → 2027-01-29T20:00 Europe/London',
      'announcement teaser: 2027-01-28T18:00 America/New_York → 2027-01-28T18:00 Europe/London',
    ]);
    const [row] = await store.team(teamId).drops.list();
    expect(row).toMatchObject({ streamWall: '2027-01-29T20:00', zone: 'Europe/London', streamAtMs: Date.UTC(2027, 0, 29, 20) });
    expect((await edit(ground, { drop: moved })).changes).toEqual(['announcement teaser: removed']);
    expect(await store.team(teamId).promotion.announcements()).toEqual([]);
  },

  'an edited policy is the next version; taking it out keeps what buyers were promised': async (ground) => {
    const { store, teamId } = ground;
    const { policy } = store.team(teamId);
    await seeded(ground);
    expect(await policy.current()).toBeNull();
    expect((await edit(ground, { policy: POLICY })).changes).toEqual(['returns policy: version 1 published']);
    expect((await edit(ground, { policy: { ...POLICY, window_days: 14 } })).changes).toEqual([
      'returns policy: version 2 published',
    ]);
    expect(await policy.current()).toMatchObject({
      version: 2,
      publishedAtMs: LATER,
      policy: { windowDays: 14, shipping: null },
    });
    const out = await edit(ground, {});
    expect(out.changes).toEqual([]);
    expect(out.warnings).toEqual(['The plan no longer has a returns policy. The published one stays; buyers were promised it.']);
    expect((await policy.current())?.version).toBe(2);
  },

  'a policy that is in force already is not published again': async (ground) => {
    const { policy } = ground.store.team(ground.teamId);
    await seeded(ground, { policy: POLICY });
    const published = await policy.current();
    await edit(ground, {});
    expect((await edit(ground, { policy: POLICY })).changes).toEqual([]);
    expect(await policy.current()).toEqual(published);
  },

  'the next drop’s plan leaves the last one as it was': async (ground) => {
    const { store, teamId } = ground;
    await seeded(ground, { milestones: MILESTONES, announcements: [TEASER] });
    const next = {
      id: 'cap-run',
      name: 'Cap Run',
      format: 'hero',
      stream: '2027-03-26T19:00',
      zone: 'America/New_York',
      currency: 'USD',
    };
    const { changes, warnings } = await edit(ground, {
      drop: next,
      skus: { CAP: { name: 'Cap', count: 10 }, PIN: { name: 'Enamel pin', count: 200, price: 9 } },
      bundles: {},
      announcements: [{ ...TEASER, at: '2027-03-25T18:00' }],
    });
    expect(changes).toEqual([
      'drop Cap Run: added, streams 2027-03-26T19:00 America/New_York',
      'CAP: added, 10 on hand',
      'PIN: now in Cap Run',
      'announcement teaser: added for 2027-03-25T18:00 America/New_York',
    ]);
    expect(warnings).toEqual([]);
    expect((await skuRow(ground, 'HOODIE-M'))?.dropId).toBe('hoodie-run');
    expect((await store.team(teamId).milestones.list({ dropId: 'hoodie-run', nowMs: LATER })).map(({ name }) => name)).toEqual([
      'Count the stock',
      'Rehearsal',
    ]);
    expect((await store.team(teamId).promotion.announcements()).map(({ id }) => id)).toEqual([
      'hoodie-run/teaser',
      'cap-run/teaser',
    ]);
  },

  'a plan for another team is refused': async ({ store, teamId }) => {
    const wrong = store.team(teamId).plan.apply({ plan: planFor(`${teamId}-other`), by: null, nowMs: NOW });
    await expect(wrong).rejects.toThrow('was given to');
    expect(await store.teamIds()).not.toContain(teamId);
  },
};
