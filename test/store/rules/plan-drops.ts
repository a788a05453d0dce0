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

  'a plan’s time on a night when the clocks change is answered with the moment that is meant, each time': async (ground) => {
    const drop = { id: 'night', name: 'Night', format: 'hero', stream: '2027-11-07T01:30', zone: 'America/New_York' };
    const early = { id: 'early', kind: 'teaser', at: '2027-03-14T02:30', text: 'Up early.' };
    const usual = { id: 'usual', kind: 'teaser', at: '2027-03-14T03:30', text: 'Up.' };
    const file = { drop, announcements: [early, usual] };
    const warnings = [
      'The stream at 2027-11-07T01:30 America/New_York: 01:30 happens twice that night; the first is meant. That is Sun, Nov 7, 2027, 01:30 EDT.',
      'Announcement early at 2027-03-14T02:30 America/New_York: 02:30 is skipped that night, as the clocks go forward; the time after the jump is meant. That is Sun, Mar 14, 2027, 03:30 EDT.',
    ];
    expect((await plan(ground, file)).warnings).toEqual(warnings);
    expect(await plan(ground, file, NOW + 1)).toEqual({ teamId: ground.teamId, changes: [], warnings });
  },

  'an announcement whose time has passed is not sent, and the answer says so; one that was sent is not spoken of': async (
    ground,
  ) => {
    const { store, teamId } = ground;
    const soon = { id: 'soon', kind: 'teaser', at: '2027-01-15T07:30', text: 'Soon.' }; // half an hour after NOW
    await plan(ground, { announcements: [soon] });
    const HOUR = 3_600_000;
    const late = { id: 'late', kind: 'teaser', at: '2027-01-15T05:00', text: 'Too late.' };
    const answer = await plan(ground, { announcements: [soon, late] }, NOW + HOUR);
    expect(answer.warnings).toEqual([
      'Announcement late: its time, Fri, Jan 15, 2027, 05:00 EST, has passed, so it will not be sent. Give it a later time, or post it by hand.',
    ]);
    const posts = await store.courier.claim({ worker: 'w', leaseMs: 30_000, limit: 1_000, nowMs: NOW + HOUR / 2 });
    const sent = posts.find((post) => post.teamId === teamId && post.facts.kind === 'announcement');
    if (sent === undefined) throw new Error('nothing was due');
    await store.courier.settle({
      post: sent,
      worker: 'w',
      sent: { kind: 'sent', remoteId: 'm1' },
      pinged: [],
      nowMs: NOW + HOUR / 2,
    });
    const edited = { ...soon, text: 'Now.' };
    expect((await plan(ground, { announcements: [edited, late] }, NOW + 5 * HOUR)).warnings).toEqual([]);
  },
};
