import { and, asc, eq } from 'drizzle-orm';
import { expect } from 'vitest';
import { MAYA, NOW, planFor, seeded } from '../../support/plan.ts';
import { everything } from '../../support/rows.ts';
import type { Ground, Rules } from '../contract.ts';

const teamOf = ({ store, teamId }: Ground) => store.team(teamId).team;

let keyCount = 0;
function asking() {
  keyCount += 1;
  return { key: `team-${keyCount}`, by: MAYA, nowMs: NOW + keyCount };
}

/** Everything but the kept answers, which a refusal may add to. */
async function facts(ground: Ground) {
  return { ...(await everything(ground)), requests: [] };
}

async function auditTail({ store, teamId }: Ground) {
  const entries = await store.team(teamId).audit.list({ fromSeq: 2, limit: 20 });
  return entries.map(({ personId, action, target, before, after }) => [personId, action, target, before, after]);
}

/** Where announcements wait to be posted. */
async function waitingAt({ engine, teamId }: Ground): Promise<readonly string[]> {
  const { posts } = engine.tables;
  const rows = await engine.read((db) =>
    db
      .select({ destinationId: posts.destinationId })
      .from(posts)
      .where(and(eq(posts.teamId, teamId), eq(posts.kind, 'announcement'), eq(posts.state, 'waiting')))
      .orderBy(asc(posts.destinationId)),
  );
  return rows.map(({ destinationId }) => destinationId);
}

export const teamRules: Rules = {
  'an account is who it belongs to; anybody else is public': async (ground) => {
    const { teamId } = ground;
    await seeded(ground);
    expect((await teamOf(ground).asking({ platform: 'console', accountId: `olga@${teamId}` })).caller).toEqual({
      kind: 'member',
      member: {
        personId: 'olga',
        name: 'Olga',
        assignments: [{ role: 'ops-lead', scope: '*' }],
        accounts: [{ platform: 'console', accountId: `olga@${teamId}` }],
      },
    });
    for (const account of [
      { platform: 'slack', accountId: `olga@${teamId}` },
      { platform: 'console', accountId: `OLGA@${teamId}` },
      { platform: 'console', accountId: 'olga' },
    ] as const) {
      expect((await teamOf(ground).asking(account)).caller).toEqual({ kind: 'public' });
    }
  },

  'an account of one team is public in another': async (ground) => {
    const other = { ...ground, teamId: `${ground.teamId}-other` };
    await seeded(ground);
    await seeded(other);
    expect((await teamOf(other).asking({ platform: 'console', accountId: `maya@${ground.teamId}` })).caller).toEqual({
      kind: 'public',
    });
  },

  'the view has everybody, in order, with every channel': async (ground) => {
    const { teamId } = ground;
    await seeded(ground, { permissions: [{ role: 'host', action: 'promotion.pause', allowed: true }] });
    const view = await teamOf(ground).view();
    expect({
      ...view,
      members: view.members.map(({ personId }) => personId),
      destinations: view.destinations.map(({ id }) => id),
    }).toEqual({
      id: teamId,
      name: 'Night Market',
      zone: 'America/New_York',
      locale: 'en',
      members: ['finn', 'hugo', 'maya', 'olga', 'priya', 'sam'],
      edits: [{ role: 'host', action: 'promotion.pause', allowed: true }],
      destinations: ['alerts', 'community', 'host', 'team'].map((purpose) => `console:${teamId}-${purpose}`),
    });
  },

  'a role is given by id or by name in any case, once, and remembered': async (ground) => {
    await seeded(ground);
    const granted = await teamOf(ground).grant({ ...asking(), asked: ' HUGO ', role: 'producer' });
    expect(granted).toMatchObject({ kind: 'granted', role: 'producer', member: { personId: 'hugo' } });
    if (granted.kind !== 'granted') throw new Error(granted.kind);
    expect(granted.member.assignments).toEqual([
      { role: 'producer', scope: '*' },
      { role: 'host', scope: '*' },
    ]);
    const before = await facts(ground);
    expect(await teamOf(ground).grant({ ...asking(), asked: 'hugo', role: 'producer' })).toMatchObject({ kind: 'unchanged' });
    expect(await teamOf(ground).grant({ ...asking(), asked: 'hugi', role: 'producer' })).toEqual({
      kind: 'no-such-person',
      asked: 'hugi',
      near: ['hugo'],
    });
    expect(await facts(ground)).toEqual(before);
    expect(await auditTail(ground)).toEqual([['maya', 'team.grant', 'hugo', null, 'producer']]);
  },

  'two people of one name are told apart by id': async (ground) => {
    const person = (name: string, role: string) => ({ name, roles: [role] });
    await seeded(ground, {
      people: { maya: person('Maya', 'founder'), 'sam-a': person('Sam', 'host'), 'sam-b': person('sam', 'support') },
    });
    const before = await facts(ground);
    expect(await teamOf(ground).revoke({ ...asking(), asked: 'Sam', role: 'host' })).toMatchObject({
      kind: 'which',
      asked: 'Sam',
      matches: [{ personId: 'sam-a' }, { personId: 'sam-b' }],
    });
    expect(await facts(ground)).toEqual(before);
    expect(await teamOf(ground).revoke({ ...asking(), asked: 'sam-a', role: 'host' })).toMatchObject({ kind: 'revoked' });
  },

  'a role taken away is gone for every drop': async (ground) => {
    const roles = ['host', { role: 'support', drop: 'hoodie-run' }, 'support'];
    await seeded(ground, { people: { maya: { name: 'Maya', roles: ['founder'] }, hugo: { name: 'Hugo', roles } } });
    expect(await teamOf(ground).revoke({ ...asking(), asked: 'hugo', role: 'support' })).toMatchObject({
      kind: 'revoked',
      member: { assignments: [{ role: 'host', scope: '*' }] },
    });
    expect(await auditTail(ground)).toEqual([
      ['maya', 'team.revoke', 'hugo', { role: 'support', scopes: ['*', 'hoodie-run'] }, null],
    ]);
    expect(await teamOf(ground).revoke({ ...asking(), asked: 'hugo', role: 'support' })).toMatchObject({ kind: 'unchanged' });
  },

  'a team keeps one founder': async (ground) => {
    await seeded(ground);
    const before = await facts(ground);
    expect(await teamOf(ground).revoke({ ...asking(), asked: 'maya', role: 'founder' })).toMatchObject({
      kind: 'last-founder',
      member: { personId: 'maya' },
    });
    expect(await facts(ground)).toEqual(before);
    await teamOf(ground).grant({ ...asking(), asked: 'priya', role: 'founder' });
    expect(await teamOf(ground).revoke({ ...asking(), asked: 'maya', role: 'founder' })).toMatchObject({ kind: 'revoked' });
    expect(await teamOf(ground).revoke({ ...asking(), asked: 'priya', role: 'founder' })).toMatchObject({ kind: 'last-founder' });
  },

  'a channel takes a purpose from the platform’s earlier one, and only that': async (ground) => {
    const { teamId } = ground;
    await seeded(ground);
    const bind = (address: string) =>
      teamOf(ground).bindChannel({ ...asking(), purpose: 'alerts', platform: 'console', address });
    await teamOf(ground).bindChannel({ ...asking(), purpose: 'alerts', platform: 'slack', address: 'C1' });
    expect(await bind(`${teamId}-host`)).toMatchObject({ id: `console:${teamId}-host`, purposes: ['host', 'alerts'] });
    const before = await facts(ground);
    expect(await bind(`${teamId}-host`)).toMatchObject({ purposes: ['host', 'alerts'] });
    expect(await facts(ground)).toEqual(before);
    const { destinations } = await teamOf(ground).view();
    expect(destinations.filter(({ purposes }) => purposes.includes('alerts')).map(({ id }) => id)).toEqual([
      `console:${teamId}-host`,
      'slack:C1',
    ]);
    expect(await auditTail(ground)).toEqual([
      ['maya', 'team.channel', 'slack:C1', null, 'alerts'],
      ['maya', 'team.channel', `console:${teamId}-host`, `console:${teamId}-alerts`, 'alerts'],
    ]);
  },

  'an announcement not sent yet moves to the channel that is bound now': async (ground) => {
    const { store, teamId } = ground;
    const teaser = { id: 'teaser', kind: 'teaser', at: '2027-01-28T18:00', text: 'Soon.' };
    await seeded(ground, { announcements: [teaser] });
    expect(await waitingAt(ground)).toEqual([`console:${teamId}-community`]);
    await teamOf(ground).bindChannel({ ...asking(), purpose: 'community', platform: 'console', address: 'fans' });
    expect(await waitingAt(ground)).toEqual(['console:fans']);
    const channels = { team: { console: `${teamId}-team` }, community: { console: 'elsewhere' } };
    await store.importPlan({ plan: planFor(teamId, { announcements: [teaser], channels }), by: MAYA, nowMs: NOW + 100 });
    expect(await waitingAt(ground)).toEqual(['console:elsewhere']);
  },
};
