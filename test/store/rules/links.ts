import { expect } from 'vitest';
import { LINK_CODE_MS, LINK_TRIES_MAX } from '../../../src/domain/link-code.ts';
import type { Account, Actor, Place } from '../../../src/domain/team.ts';
import type { LinkAnswer, LinkCodeAnswer } from '../../../src/ports/store/team.ts';
import { NOW, seeded } from '../../support/plan.ts';
import type { Ground, Rules } from '../contract.ts';

const SLACK: Place = { platform: 'slack', channel: 'C1' };
const DISCORD: Place = { platform: 'discord', channel: '1' };
const FINN_ON_SLACK: Actor = { personId: 'finn', place: SLACK };
const MAYA_ON_SLACK: Actor = { personId: 'maya', place: SLACK };

let keyCount = 0;
const key = (): string => `link-${(keyCount += 1)}`;
const teamOf = ({ store, teamId }: Ground) => store.team(teamId).team;
const fan = (accountId: string): Account => ({ platform: 'discord', accountId });

async function codeFor(ground: Ground, by: Actor, asked: string | null = null, nowMs = NOW): Promise<string> {
  const answer: LinkCodeAnswer = await teamOf(ground).linkCode({ key: key(), by, asked, nowMs });
  if (answer.kind !== 'code') throw new Error(answer.kind);
  return answer.code;
}

function type(ground: Ground, code: string, account: Account, nowMs = NOW): Promise<LinkAnswer> {
  const place = account.platform === 'discord' ? DISCORD : SLACK;
  return teamOf(ground).useLink({ key: key(), account, place, code, nowMs });
}

const whoIs = async (ground: Ground, account: Account): Promise<string> => {
  const caller = (await teamOf(ground).asking(account)).caller;
  return caller.kind === 'public' ? 'public' : caller.member.personId;
};

export const linkRules: Rules = {
  'link: a code made on one platform makes the account that types it on the other its person, once': async (ground) => {
    await seeded(ground);
    const code = await codeFor(ground, FINN_ON_SLACK);
    expect(code).toMatch(/^[2-9A-HJKMNP-Z]{6}$/);
    expect(await whoIs(ground, fan('99'))).toBe('public');
    expect(await type(ground, code.toLowerCase(), fan('99'))).toMatchObject({ kind: 'linked', member: { personId: 'finn' } });
    expect(await whoIs(ground, fan('99'))).toBe('finn');
    expect(await type(ground, code, fan('100'))).toEqual({ kind: 'no-such-code' });
    expect(await whoIs(ground, fan('100'))).toBe('public');
    const entries = await ground.store.team(ground.teamId).audit.list({ fromSeq: 0, limit: 100 });
    expect(
      entries.slice(-2).map(({ personId, place, action, target, after }) => [personId, place, action, target, after]),
    ).toEqual([
      ['finn', SLACK, 'team.link-code', 'finn', { madeOn: 'slack' }],
      ['finn', DISCORD, 'team.link', 'finn', 'discord'],
    ]);
    expect(JSON.stringify(entries)).not.toContain(code);
  },

  'link: a code is good for ten minutes, and not where it was made': async (ground) => {
    await seeded(ground);
    const code = await codeFor(ground, FINN_ON_SLACK);
    const onSlack: Account = { platform: 'slack', accountId: 'U9' };
    expect(await type(ground, code, onSlack)).toEqual({ kind: 'same-platform', platform: 'slack' });
    expect(await type(ground, code, fan('99'), NOW + LINK_CODE_MS)).toEqual({ kind: 'no-such-code' });
    expect(await type(ground, code, fan('99'), NOW + LINK_CODE_MS - 1)).toMatchObject({ kind: 'linked' });
    expect(await whoIs(ground, onSlack)).toBe('public');
  },

  'link: after five wrong codes an account waits, and a good one changes nothing': async (ground) => {
    await seeded(ground);
    const code = await codeFor(ground, FINN_ON_SLACK, null, NOW + 1_000);
    for (let tried = 0; tried < LINK_TRIES_MAX; tried += 1) {
      expect(await type(ground, tried % 2 === 0 ? '222222' : 'no code', fan('99'), NOW + tried)).toEqual({
        kind: 'no-such-code',
      });
    }
    const refused = { kind: 'too-many-tries', untilMs: NOW + LINK_CODE_MS };
    expect(await type(ground, code, fan('99'), NOW + 2_000)).toEqual(refused);
    expect(await whoIs(ground, fan('99'))).toBe('public');
    expect(await type(ground, code, fan('100'), NOW + 2_000)).toMatchObject({ kind: 'linked' });
  },

  'link: an account that is somebody’s is not taken from them': async (ground) => {
    await seeded(ground);
    const sams = fan('7');
    expect(await type(ground, await codeFor(ground, MAYA_ON_SLACK, 'sam'), sams)).toMatchObject({ kind: 'linked' });
    const code = await codeFor(ground, FINN_ON_SLACK);
    expect(await type(ground, code, sams)).toMatchObject({ kind: 'taken', holder: { personId: 'sam' } });
    expect(await whoIs(ground, sams)).toBe('sam');
    const unlink = { key: key(), by: MAYA_ON_SLACK, asked: 'Sam', platform: 'discord', nowMs: NOW } as const;
    expect(await teamOf(ground).unlink(unlink)).toMatchObject({ kind: 'unlinked', member: { personId: 'sam' } });
    expect(await whoIs(ground, sams)).toBe('public');
    expect(await teamOf(ground).unlink({ ...unlink, key: key() })).toMatchObject({ kind: 'no-account' });
    expect(await type(ground, code, sams)).toMatchObject({ kind: 'linked', member: { personId: 'finn' } });
    expect(await type(ground, await codeFor(ground, FINN_ON_SLACK), sams)).toMatchObject({ kind: 'already-yours' });
  },

  'owners: are founders before anybody lists them, and become who they are with a code': async (ground) => {
    await seeded(ground);
    const owner: Account = { platform: 'slack', accountId: 'U1' };
    for (const nowMs of [NOW, NOW + 1]) await teamOf(ground).adoptOwners({ accounts: [owner], personId: null, nowMs });
    const standIn = await whoIs(ground, owner);
    expect(standIn).toMatch(/^owner:[0-9a-f]{12}$/);
    expect((await teamOf(ground).asking(owner)).caller).toMatchObject({
      kind: 'member',
      member: { personId: standIn, name: 'Owner', assignments: [{ role: 'founder', scope: '*' }] },
    });
    const code = await codeFor(ground, { personId: 'maya', place: { platform: 'console', channel: 'team' } }, 'sam');
    expect(await type(ground, code, owner)).toMatchObject({
      kind: 'linked',
      member: { personId: 'sam', assignments: [{ role: 'support' }] }, // a code passes on no role
    });
    // The stand-in is gone; the settings still say that this account is a founder's.
    expect((await teamOf(ground).view()).members.map(({ personId }) => personId)).not.toContain(standIn);
    await teamOf(ground).adoptOwners({ accounts: [owner], personId: null, nowMs: NOW + 2 });
    expect((await teamOf(ground).asking(owner)).caller).toMatchObject({
      member: { personId: 'sam', assignments: [{ role: 'founder' }, { role: 'support' }] },
    });
    const entries = await ground.store.team(ground.teamId).audit.list({ fromSeq: 0, limit: 100 });
    expect(entries.filter(({ action }) => action === 'team.owner').map(({ target }) => target)).toEqual([standIn, 'sam']);
  },

  'owners: one the plan lists is that person, as founder': async (ground) => {
    await seeded(ground);
    const account: Account = { platform: 'console', accountId: `finn@${ground.teamId}` };
    await teamOf(ground).adoptOwners({ accounts: [account], personId: null, nowMs: NOW });
    // Whoever set Showcaller up said who they are.
    const mayas: Account = { platform: 'slack', accountId: 'U7' };
    await teamOf(ground).adoptOwners({ accounts: [mayas], personId: 'maya', nowMs: NOW });
    expect(await whoIs(ground, mayas)).toBe('maya');
    expect((await teamOf(ground).asking(account)).caller).toMatchObject({
      member: { personId: 'finn', assignments: [{ role: 'founder' }, { role: 'fulfilment' }] },
    });
  },

  'link: no copy of the database holds a code, and the same request again gives none': async (ground) => {
    await seeded(ground);
    const ask = { key: key(), by: FINN_ON_SLACK, asked: null, nowMs: NOW };
    const first = await teamOf(ground).linkCode(ask);
    expect(await teamOf(ground).linkCode(ask)).toEqual({ kind: 'given-already' });
    const { tables } = ground.engine;
    const kept = await ground.engine.read(async (db) => [
      ...(await db.select().from(tables.requests)),
      ...(await db.select().from(tables.links)),
    ]);
    expect(JSON.stringify(kept)).not.toContain(first.kind === 'code' ? first.code : 'a code');
  },

  'link: taking an account away takes codes with it, and never the last founder’s': async (ground) => {
    await seeded(ground);
    const code = await codeFor(ground, FINN_ON_SLACK);
    const ask = { by: MAYA_ON_SLACK, platform: 'console', nowMs: NOW } as const;
    expect(await teamOf(ground).unlink({ ...ask, key: key(), asked: 'finn' })).toMatchObject({ kind: 'unlinked' });
    expect(await type(ground, code, fan('99'))).toEqual({ kind: 'no-such-code' });
    expect(await teamOf(ground).unlink({ ...ask, key: key(), asked: 'maya' })).toMatchObject({ kind: 'last-founder' });
    expect(await whoIs(ground, { platform: 'console', accountId: `maya@${ground.teamId}` })).toBe('maya');
    // A founder nobody can reach is none: Maya stays until Finn has an account again.
    await teamOf(ground).grant({ key: key(), by: MAYA_ON_SLACK, asked: 'finn', role: 'founder', nowMs: NOW });
    expect(
      await teamOf(ground).revoke({ key: key(), by: MAYA_ON_SLACK, asked: 'maya', role: 'founder', nowMs: NOW }),
    ).toMatchObject({ kind: 'last-founder' });
  },

  'workspaces: one belongs to one team, and a team has one of each platform': async (ground) => {
    const { store, teamId } = ground;
    await seeded(ground);
    await seeded({ ...ground, teamId: `${teamId}-b` });
    const slack = (workspaceId: string) => ({ platform: 'slack', workspaceId: `${workspaceId}-${teamId}` }) as const;
    const bind = (workspace: ReturnType<typeof slack>, team = teamId) =>
      store.bindWorkspace({ workspace, teamId: team, nowMs: NOW });
    expect(await store.teamOf(slack('T1'))).toBeNull();
    expect(await bind(slack('T1'))).toEqual({ kind: 'bound', changed: true });
    expect(await bind(slack('T1'))).toEqual({ kind: 'bound', changed: false });
    expect(await bind(slack('T1'), `${teamId}-b`)).toEqual({ kind: 'another-teams', teamId });
    expect(await bind(slack('T2'))).toEqual({ kind: 'has-another', workspaceId: `T1-${teamId}` });
    expect(await store.teamOf(slack('T1'))).toBe(teamId);
    expect(await store.bindWorkspace({ workspace: slack('T2'), teamId, replace: true, nowMs: NOW })).toEqual({
      kind: 'bound',
      changed: true,
    });
    expect([await store.teamOf(slack('T1')), await store.teamOf(slack('T2'))]).toEqual([null, teamId]);
    await store.bindWorkspace({ workspace: slack('T1'), teamId, replace: true, nowMs: NOW });
    expect(await store.teamOf({ ...slack('T1'), platform: 'discord' })).toBeNull();
    expect(await store.bindWorkspace({ workspace: { ...slack('T1'), platform: 'discord' }, teamId, nowMs: NOW })).toEqual({
      kind: 'bound',
      changed: true,
    });
  },
};
