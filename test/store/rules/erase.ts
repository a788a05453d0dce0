import { expect } from 'vitest';
import type { Actor } from '../../../src/domain/team.ts';
import { exportTeam } from '../../../src/store/export.ts';
import { checkLedger } from '../../../src/store/stock/ledger-check.ts';
import { erasePerson, planErasure } from '../../../src/store/team/erase.ts';
import { sell, start, T } from '../../support/alerts.ts';
import { MAYA, NOW, PRIYA, planFor, seeded } from '../../support/plan.ts';
import { everything } from '../../support/rows.ts';
import type { Ground, Rules } from '../contract.ts';

const NAME = 'Zebulon Quark';
const EARLIER_NAME = 'Zebulon Smith';
const OWN_REASON = 'my daughter is ill';
const ZEB: Actor = { personId: 'p7', place: { platform: 'slack', channel: 'C1' } };
/** Account ids as platforms give them; of each team its own, because the rules share a database. */
const slackId = ({ teamId }: Ground): string => `U0ZEB${teamId.toUpperCase()}`;
const discordId = ({ teamId }: Ground): string => `77000000000000${teamId.replaceAll(/\D/g, '')}`;

function peopleOf(ground: Ground, name: string) {
  const { people } = planFor(ground.teamId);
  const accounts = { slack: slackId(ground), discord: discordId(ground), console: `p7@${ground.teamId}` };
  return { people: { ...people, p7: { name, roles: ['producer', 'ops-lead'], accounts } } };
}

let keyCount = 0;
const change = (by: Actor, nowMs = NOW) => ({ key: `erase-${(keyCount += 1)}`, by, nowMs });

/** A team in which one person has done and been in all that people do and are in. */
async function lived(ground: Ground): Promise<void> {
  const { store, teamId } = ground;
  await seeded(ground, peopleOf(ground, EARLIER_NAME));
  await seeded(ground, peopleOf(ground, NAME));
  const team = store.team(teamId);
  await start(ground, PRIYA);
  await sell(ground, '1', 'HOODIE-S', 40, T);
  const [alert] = await team.alerts.open();
  const alertId = alert?.alertId ?? '';
  await team.alerts.snooze({ ...change(ZEB, T), alertId, forMs: 600_000, reason: OWN_REASON });
  await team.promotion.pause({ ...change(ZEB, T), scope: 'PIN', reason: OWN_REASON, forMs: null });
  await team.promotion.pause({ ...change(MAYA, T), scope: 'HOODIE-M', reason: `${NAME} saw a misprint`, forMs: null });
  await team.stock.adjust({ ...change(ZEB, T), sku: 'PIN', units: -1, reason: OWN_REASON });
  await team.milestones.add({
    ...change(ZEB),
    dropId: null,
    name: 'Pack',
    dueDay: '2027-01-20',
    ownerPersonId: null,
    ownerRole: null,
  });
  await team.milestones.move({ ...change(ZEB), asked: 'Pack', dueDay: '2027-01-21', reason: OWN_REASON, mayManage: true });
  await team.team.grant({ ...change(MAYA), asked: NAME, role: 'host' });
  await team.team.revoke({ ...change(MAYA), asked: `${NAME} Junior`, role: 'host' });
  await team.team.unlink({ ...change(MAYA), asked: NAME, platform: 'discord' });
  await team.team.linkCode({ ...change(MAYA), asked: NAME });
  const code = await team.team.linkCode({ ...change(ZEB), asked: null });
  if (code.kind !== 'code') throw new Error(code.kind);
  const account = { platform: 'discord', accountId: discordId(ground) } as const;
  const place = { platform: 'discord', channel: '1' } as const;
  await team.team.useLink({ key: 'wrong', account, place, code: '222222', nowMs: NOW });
  await team.team.useLink({ key: 'right', account, place, code: code.code, nowMs: NOW });
  await team.team.adoptOwners({ accounts: [{ platform: 'slack', accountId: slackId(ground) }], personId: null, nowMs: NOW });
  const confirm = { title: `Give ${NAME} the role?`, text: `To <@${slackId(ground)}>`, yes: 'Give' };
  await team.buttons.keep([{ name: 'team grant', input: { person: NAME, role: 'host' }, confirm }], NOW);
}

/** Every line of an export and of a raw dump in which one of the words stands. */
async function linesWith(ground: Ground, words: readonly string[]): Promise<readonly string[]> {
  const lines: string[] = [];
  await exportTeam(ground.engine, ground.teamId, (row) => lines.push(JSON.stringify(row)));
  const all = await everything(ground);
  for (const [table, rows] of Object.entries(all)) lines.push(...rows.map((row) => JSON.stringify({ dump: table, row })));
  return lines.filter((line) => words.some((word) => line.toLowerCase().includes(word.toLowerCase())));
}

const wordsOf = (ground: Ground) => ['Zebulon', 'Quark', slackId(ground), discordId(ground), OWN_REASON];
const ask = ({ teamId }: Ground, personId = 'p7') => ({ teamId, personId, nowMs: T + 1_000 });

export const eraseRules: Rules = {
  'erase: neither an export nor any table keeps a name, an account or a reason of somebody erased': async (ground) => {
    await lived(ground);
    const before = await linesWith(ground, wordsOf(ground));
    const tables = new Set(before.flatMap((line) => /"dump":"(\w+)"/.exec(line)?.[1] ?? []));
    expect([...tables].toSorted((a, b) => a.localeCompare(b))).toEqual([
      'accounts',
      'alerts',
      'buttons',
      'linkTries',
      'people',
      'plans',
      'posts',
      'reasons',
      'requests',
    ]);
    const { store, engine, teamId } = ground;
    expect(await erasePerson(engine, ask(ground))).toMatchObject({
      kind: 'erased',
      erasure: {
        name: NAME,
        roles: ['founder', 'producer', 'host', 'ops-lead'],
        ownReasonCount: 4,
        namingReasonCount: 1,
        openMilestones: ['Pack'],
      },
    });
    expect(await linesWith(ground, wordsOf(ground))).toEqual([]);

    const team = store.team(teamId);
    expect((await team.audit.verify()).kind).toBe('intact');
    expect(await checkLedger(engine, teamId)).toEqual([]);
    const entries = await team.audit.list({ fromSeq: 0, limit: 1_000 });
    expect(entries.at(-1)).toMatchObject({ action: 'person.erase', target: 'p7', personId: null, reason: null });
    expect(entries.filter(({ personId }) => personId === 'p7').map(({ action }) => action)).toContain('promotion.pause');
    expect((await team.promotion.standing(T)).map(({ pause }) => [pause.byPersonId, pause.reason])).toEqual([
      ['p7', null],
      ['maya', null],
    ]);
    expect((await team.team.asking({ platform: 'slack', accountId: slackId(ground) })).caller).toEqual({ kind: 'public' });
  },

  'erase: what others are and said stays as it was': async (ground) => {
    await lived(ground);
    const { store, engine, teamId } = ground;
    const team = store.team(teamId);
    await team.stock.adjust({ ...change(MAYA, T), sku: 'PIN', units: -2, reason: 'found two that are bent' });
    const before = await everything(ground);
    await erasePerson(engine, ask(ground));
    const after = await everything(ground);
    for (const table of [
      'movements',
      'levels',
      'orders',
      'skus',
      'milestones',
      'announcements',
      'destinations',
      'drops',
    ] as const) {
      expect(after[table]).toEqual(before[table]);
    }
    const others = (rows: readonly unknown[] | undefined) =>
      (rows ?? []).filter((row) => (row as { personId: string }).personId !== 'p7');
    for (const table of ['people', 'accounts', 'assignments'] as const) expect(after[table]).toEqual(others(before[table]));
    expect(JSON.stringify(after.reasons)).toContain('found two that are bent');
    expect(after.audit?.slice(0, -1).length).toBe(before.audit?.length);
  },

  'erase: a plan tells what would go, and takes nothing': async (ground) => {
    await lived(ground);
    const before = await everything(ground);
    const plan = await planErasure(ground.engine, ask(ground));
    expect(await everything(ground)).toEqual(before);
    expect(await erasePerson(ground.engine, ask(ground))).toEqual(plan);
    if (plan.kind !== 'erased') throw new Error(plan.kind);
    expect(new Set(plan.erasure.changed.map(({ table }) => table))).toEqual(
      new Set(['alerts', 'buttons', 'plans', 'posts', 'requests']),
    );
  },

  'erase: the plan file brings nobody back, and says so': async (ground) => {
    await lived(ground);
    await erasePerson(ground.engine, ask(ground));
    const answer = await seeded(ground, peopleOf(ground, NAME));
    expect([answer.changes, answer.warnings]).toEqual([[], ['p7 was erased and was left out. Take them out of the plan file.']]);
    expect(await linesWith(ground, wordsOf(ground))).toEqual([]);
  },

  'erase: the last founder who can act, somebody nobody knows, and somebody erased are refused': async (ground) => {
    const { engine } = ground;
    await seeded(ground, peopleOf(ground, NAME));
    const before = await everything(ground);
    expect(await erasePerson(engine, ask(ground, 'maya'))).toEqual({ kind: 'last-founder' });
    expect(await erasePerson(engine, ask(ground, 'nobody'))).toEqual({
      kind: 'no-such-person',
      personIds: ['finn', 'hugo', 'maya', 'olga', 'p7', 'priya', 'sam'],
    });
    expect(await everything(ground)).toEqual(before);
    await erasePerson(engine, ask(ground));
    expect(await erasePerson(engine, ask(ground))).toEqual({ kind: 'erased-already', atMs: T + 1_000 });
  },

  'erase: the words of the business stay and are told, a product may be called like a person': async (ground) => {
    await seeded(ground, {
      ...peopleOf(ground, 'Rose'),
      skus: {
        ROSE: { name: 'Rose', count: 5 },
        MUG: { name: 'Mug for Rose and Ann', count: 5 },
        CUP: { name: 'Roseate cup', count: 5 },
      },
      bundles: {},
    });
    const answer = await erasePerson(ground.engine, ask(ground));
    if (answer.kind !== 'erased') throw new Error(answer.kind);
    expect(answer.erasure.left).toEqual([
      { table: 'skus', text: 'Mug for Rose and Ann' },
      { table: 'skus', text: 'Rose' },
    ]);
    expect((await everything(ground)).skus).toMatchObject([
      { name: 'Roseate cup' },
      { name: 'Mug for Rose and Ann' },
      { name: 'Rose' },
    ]);
  },
};
