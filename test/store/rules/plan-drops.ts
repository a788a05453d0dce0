import { and, eq } from 'drizzle-orm';
import { expect } from 'vitest';
import type { Plan } from '../../../src/ports/plan.ts';
import type { PlanAnswer } from '../../../src/ports/store/drops.ts';
import { FINN, MAYA, NOW, planFor, PRIYA } from '../../support/plan.ts';
import { everything } from '../../support/rows.ts';
import type { Ground, Rules } from '../contract.ts';

type Overrides = Partial<Record<keyof Plan, unknown>>;

const POLICY = {
  window_days: 30,
  condition: 'unworn',
  refund_method: 'original-payment',
  refund_within_days: 7,
  who_pays: 'buyer',
  faulty: 'We replace it.',
};
const FIRST: Overrides = {
  policy: POLICY,
  milestones: [{ name: 'Rehearsal', due: '2027-01-28', owner: 'priya' }],
  announcements: [{ id: 'teaser', kind: 'teaser', at: '2027-01-28T18:00', text: 'Soon.' }],
};
/** The next drop: a stricter policy, a pin of the first drop's, and somebody new. */
const SECOND: Overrides = {
  ...FIRST,
  policy: { ...POLICY, window_days: 14 },
  drop: {
    id: 'cap-run',
    name: 'Cap Run',
    format: 'hero',
    stream: '2027-03-26T19:00',
    zone: 'America/New_York',
    currency: 'USD',
  },
  skus: { CAP: { name: 'Cap', count: 10, price: 20 }, PIN: { name: 'Enamel pin', count: 200, price: 9 } },
  bundles: {},
};

function plan({ store, teamId }: Ground, overrides: Overrides, nowMs = NOW): Promise<PlanAnswer> {
  const { people } = planFor(teamId);
  const all = overrides.drop === undefined ? people : { ...people, rosa: { name: 'Rosa', roles: ['support'] } };
  return store.importPlan({ plan: planFor(teamId, { ...overrides, people: all }), by: MAYA, nowMs });
}

async function dropOf({ engine, teamId }: Ground, sku: string): Promise<string | null | undefined> {
  const { skus } = engine.tables;
  const rows = await engine.read((db) =>
    db
      .select({ dropId: skus.dropId })
      .from(skus)
      .where(and(eq(skus.teamId, teamId), eq(skus.sku, sku))),
  );
  return rows[0]?.dropId;
}

export const planDropRules: Rules = {
  'two drops: each plan is compared with its own last one, so both again change nothing': async (ground) => {
    const { store, teamId } = ground;
    await plan(ground, FIRST);
    const next = await plan(ground, SECOND, NOW + 1);
    expect(next.changes).toContain('PIN: now in Cap Run');
    expect(next.changes).toContain('rosa: added as support');
    const inChat = { sku: 'HOODIE-M', unit: 'units', value: 7, replaces: null, severity: 'critical' } as const;
    await store.team(teamId).stock.threshold({ ...inChat, key: 'chat', by: FINN, nowMs: NOW + 2 });
    const before = await everything(ground);
    for (const [index, file] of [FIRST, SECOND, FIRST, SECOND].entries()) {
      expect(await plan(ground, file, NOW + 10 + index)).toEqual({ teamId, changes: [], warnings: [] });
    }
    expect(await everything(ground)).toEqual(before);
    expect((await store.team(teamId).policy.current())?.policy.windowDays).toBe(14);
    expect(await dropOf(ground, 'PIN')).toBe('cap-run');
  },

  'two drops: an edited line of the older plan changes that, and takes nothing from the newer drop': async (ground) => {
    const { store, teamId } = ground;
    await plan(ground, FIRST);
    await plan(ground, SECOND, NOW + 1);
    const team = { id: teamId, name: 'Night Market', zone: 'Europe/London' };
    expect((await plan(ground, { ...SECOND, team }, NOW + 2)).changes).toEqual(['team zone: America/New_York → Europe/London']);
    const renamed = { id: teamId, name: 'Day Market', zone: 'America/New_York' };
    const skus = { ...planFor(teamId).skus, PIN: { name: 'Enamel pin', count: 200, price: 12 } };
    expect((await plan(ground, { ...FIRST, team: renamed, skus }, NOW + 3)).changes).toEqual([
      'team name: Night Market → Day Market',
      'PIN: price 9.00 USD → 12.00 USD',
    ]);
    expect((await store.team(teamId).team.view()).zone).toBe('Europe/London');
    expect(await dropOf(ground, 'PIN')).toBe('cap-run');
    const { PIN: _, ...withoutPin } = skus;
    const taken = await plan(ground, { ...FIRST, team: renamed, skus: withoutPin, bundles: {} }, NOW + 4);
    expect(taken).toEqual({ teamId, changes: ['BOX: bundle removed'], warnings: [] });
    expect(await dropOf(ground, 'PIN')).toBe('cap-run');
  },

  'two drops: what the live drop sells stays in it, and the answer says so until the drop has ended': async (ground) => {
    const { store, teamId } = ground;
    await plan(ground, FIRST);
    const { drops } = store.team(teamId);
    await drops.start({ asked: 'hoodie-run', place: null, key: 'go', by: PRIYA, nowMs: NOW });
    const edited = { ...SECOND, skus: { ...(SECOND.skus as object), PIN: { name: 'Pin, gold', count: 200, price: 30 } } };
    const warning =
      'PIN is in Hoodie Run, which is live: it stays there as it is. Import this plan again once that drop has ended.';
    const first = await plan(ground, edited, NOW + 1);
    expect(first.warnings).toEqual([warning]);
    expect(first.changes.filter((line) => line.startsWith('PIN'))).toEqual([]);
    expect(await plan(ground, edited, NOW + 2)).toEqual({ teamId, changes: [], warnings: [warning] });
    const board = await store.team(teamId).stock.board({ sku: 'PIN', nowMs: NOW + 2 });
    expect(board).toMatchObject({ kind: 'board', items: [{ sku: 'PIN', name: 'Enamel pin' }] });
    expect(await dropOf(ground, 'PIN')).toBe('hoodie-run');
    await drops.end({ asked: 'hoodie-run', place: null, key: 'end', by: PRIYA, nowMs: NOW + 3 });
    expect((await plan(ground, edited, NOW + 4)).changes).toEqual([
      'PIN: name Enamel pin → Pin, gold',
      'PIN: price 9.00 USD → 30.00 USD',
      'PIN: now in Cap Run',
    ]);
  },
};
