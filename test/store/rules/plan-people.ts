import { expect } from 'vitest';
import type { Plan } from '../../../src/ports/plan.ts';
import type { PlanAnswer } from '../../../src/ports/store/drops.ts';
import { MAYA, NOW, planFor, seeded } from '../../support/plan.ts';
import type { Ground, Rules } from '../contract.ts';

type Overrides = Partial<Record<keyof Plan, unknown>>;

const LATER = NOW + 3_600_000;

const MILESTONES = [
  { name: 'Count the stock', due: '2027-01-26', owner: 'fulfilment' },
  { name: 'Rehearsal', due: '2027-01-28', owner: 'priya' },
];

/** Imports an edited plan an hour after the first. */
function edit({ store, teamId }: Ground, overrides: Overrides): Promise<PlanAnswer> {
  return store.importPlan({ plan: planFor(teamId, overrides), by: MAYA, nowMs: LATER });
}

function peopleWith(teamId: string, edits: Readonly<Record<string, unknown>>): Overrides {
  const person = (name: string, role: string) => ({
    name,
    roles: [role],
    accounts: { console: `${name.toLowerCase()}@${teamId}` },
  });
  const people = {
    maya: person('Maya', 'founder'),
    priya: person('Priya', 'producer'),
    hugo: person('Hugo', 'host'),
    olga: person('Olga', 'ops-lead'),
    finn: person('Finn', 'fulfilment'),
    sam: person('Sam', 'support'),
    ...edits,
  };
  return { people: Object.fromEntries(Object.entries(people).filter(([, one]) => one !== null)) };
}

export const planPeopleRules: Rules = {
  'people, roles and accounts follow the plan; what chat changed since stays': async (ground) => {
    const { store, teamId } = ground;
    await seeded(ground);
    const { team } = store.team(teamId);
    await team.grant({ asked: 'hugo', role: 'producer', key: 'g', by: MAYA, nowMs: NOW });
    await team.revoke({ asked: 'priya', role: 'producer', key: 'r', by: MAYA, nowMs: NOW });
    const { changes, warnings } = await edit(
      ground,
      peopleWith(teamId, {
        sam: null,
        hugo: { name: 'Hugo L.', roles: ['host', { role: 'support', drop: 'hoodie-run' }], accounts: { console: `h@${teamId}` } },
        nia: { name: 'Nia', roles: ['support'], accounts: { slack: 'U123' } },
      }),
    );
    expect(changes).toEqual([
      'sam: removed',
      'hugo: new name',
      'hugo: console account changed',
      'hugo: now support for hoodie-run',
      'nia: added as support',
    ]);
    expect(warnings).toEqual([]);
    const { members } = await team.view();
    expect(
      members.map(({ personId, assignments }) => [personId, ...assignments.map(({ role, scope }) => `${role} ${scope}`)]),
    ).toEqual([
      ['finn', 'fulfilment *'],
      ['hugo', 'producer *', 'host *', 'support hoodie-run'],
      ['maya', 'founder *'],
      ['nia', 'support *'],
      ['olga', 'ops-lead *'],
      ['priya'],
    ]);
    expect((await team.asking({ platform: 'console', accountId: `sam@${teamId}` })).caller).toEqual({ kind: 'public' });
    expect((await team.asking({ platform: 'console', accountId: `hugo@${teamId}` })).caller).toEqual({ kind: 'public' });
    expect((await team.asking({ platform: 'slack', accountId: 'U123' })).caller).toMatchObject({ member: { personId: 'nia' } });
  },

  'two people may swap accounts in one edit': async (ground) => {
    const { store, teamId } = ground;
    await seeded(ground);
    const accounts = { hugo: { console: `sam@${teamId}` }, sam: { console: `hugo@${teamId}` } };
    await edit(
      ground,
      peopleWith(teamId, {
        hugo: { name: 'Hugo', roles: ['host'], accounts: accounts.hugo },
        sam: { name: 'Sam', roles: ['support'], accounts: accounts.sam },
      }),
    );
    const { team } = store.team(teamId);
    expect((await team.asking({ platform: 'console', accountId: `sam@${teamId}` })).caller).toMatchObject({
      member: { personId: 'hugo' },
    });
    expect((await team.asking({ platform: 'console', accountId: `hugo@${teamId}` })).caller).toMatchObject({
      member: { personId: 'sam' },
    });
  },

  'no change line names a person or an account': async (ground) => {
    const { teamId } = ground;
    const { changes } = await seeded(ground);
    const edited = await edit(ground, peopleWith(teamId, { olga: { name: 'Olga Petrova', roles: [], accounts: {} }, sam: null }));
    const all = [...changes, ...edited.changes].join('\n');
    for (const name of ['Maya', 'Olga', 'Petrova', 'Sam', `sam@${teamId}`]) expect(all).not.toContain(name);
    expect(edited.changes).toContain('olga: no longer ops-lead');
  },

  'a team keeps a founder, whatever chat and plan took away': async (ground) => {
    const { store, teamId } = ground;
    await seeded(ground);
    const { team } = store.team(teamId);
    await team.grant({ asked: 'priya', role: 'founder', key: 'g', by: MAYA, nowMs: NOW });
    await team.revoke({ asked: 'maya', role: 'founder', key: 'r', by: MAYA, nowMs: NOW });
    const { changes } = await edit(ground, peopleWith(teamId, { priya: null }));
    expect(changes).toEqual(['priya: removed', 'maya: founder again, because a team keeps one']);
  },

  'a person who leaves and still owns a milestone given out in chat is warned of': async (ground) => {
    const { store, teamId } = ground;
    await seeded(ground, { milestones: MILESTONES });
    await store.team(teamId).milestones.add({
      dropId: 'hoodie-run',
      name: 'Order tape',
      dueDay: '2027-01-20',
      ownerPersonId: 'sam',
      ownerRole: null,
      key: 'm',
      by: MAYA,
      nowMs: NOW,
    });
    const { warnings } = await edit(ground, { milestones: MILESTONES, ...peopleWith(teamId, { sam: null }) });
    expect(warnings).toEqual(['Sam left the plan but still owns “Order tape”. Give it to somebody with /milestone assign.']);
  },

  'channels and permissions follow the plan': async (ground) => {
    const { store, teamId } = ground;
    await seeded(ground, { permissions: [{ role: 'host', action: 'promotion.pause', allowed: true }] });
    const { changes } = await edit(ground, {
      channels: {
        team: { console: `${teamId}-team` },
        alerts: { console: `${teamId}-team` },
        host: { console: `${teamId}-host` },
      },
      permissions: [{ role: 'support', action: 'stock.adjust', allowed: true }],
    });
    expect(changes).toEqual([
      'console channel for community: none',
      `console channel for alerts: ${teamId}-team`,
      'permission promotion.pause for host: back to the default',
      'permission stock.adjust for support: allowed',
    ]);
    const { destinations, edits } = await store.team(teamId).team.view();
    expect(edits).toEqual([{ role: 'support', action: 'stock.adjust', allowed: true }]);
    expect(destinations.map(({ address, purposes }) => [address.slice(teamId.length + 1), ...purposes])).toEqual([
      ['alerts'],
      ['community'],
      ['host', 'host'],
      ['team', 'team', 'alerts'],
    ]);
  },

  'a channel bound in chat stays when the plan’s line does not change': async (ground) => {
    const { store, teamId } = ground;
    await seeded(ground);
    const binding = { purpose: 'alerts', platform: 'console', address: 'elsewhere' } as const;
    await store.team(teamId).team.bindChannel({ ...binding, key: 'b', by: MAYA, nowMs: NOW });
    expect((await edit(ground, { milestones: MILESTONES })).changes).toHaveLength(2);
    const { destinations } = await store.team(teamId).team.view();
    expect(destinations.filter(({ purposes }) => purposes.includes('alerts')).map(({ address }) => address)).toEqual([
      'elsewhere',
    ]);
  },
};
