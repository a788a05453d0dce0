import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as commands from '../../commands/milestone.ts';
import { timeline } from '../../commands/timeline.ts';
import { type Action, mayDo } from '../../src/domain/team.ts';
import type { CommandContext } from '../../src/ports/command.ts';
import type { Message } from '../../src/ports/message.ts';
import type { Store } from '../../src/ports/store.ts';
import { openStore } from '../../src/store/store.ts';
import { temporarySqlite } from '../support/engines.ts';
import { NOW, planFor } from '../support/plan.ts';

const { engine, remove } = temporarySqlite();
const place = { platform: 'console', channel: 'team' } as const;
let store: Store;
let teamId = '';
let keyCount = 0;

beforeAll(() => {
  store = openStore(engine);
});
afterAll(remove);
beforeEach(async () => {
  keyCount += 1;
  teamId = `team-${keyCount}`;
  const milestones = [
    { name: 'Final QC', due: '2027-01-20', owner: 'olga' },
    { name: 'Launch', due: '2027-01-29', owner: 'producer' },
  ];
  await store.importPlan({ plan: planFor(teamId, { milestones }), by: null, nowMs: NOW });
});

/** What a command may use, for a member of the team. */
async function as(personId: string): Promise<CommandContext> {
  const team = store.team(teamId);
  const { members, edits } = await team.team.view();
  const member = members.find((each) => each.personId === personId);
  if (member === undefined) throw new Error(`no ${personId}`);
  const caller = { kind: 'member', member } as const;
  keyCount += 1;
  return {
    store: team,
    account: { platform: 'console', accountId: personId },
    caller,
    actor: { personId, place },
    place,
    may: (action: Action) => mayDo({ caller, action, edits, dropId: null }).kind === 'may',
    requestKey: `request-${keyCount}`,
    nowMs: NOW,
    telling: {
      locale: 'en',
      zone: 'America/New_York',
      nameOf: (id) => members.find((each) => each.personId === id)?.name ?? 'someone',
    },
    commands: [],
    reach: [],
  };
}

const said = ({ tone, summary }: Message) => [tone, summary];
const listed = async () =>
  (await store.team(teamId).milestones.list({ dropId: null, nowMs: NOW })).map(({ id, dueDay, doneAtMs }) => [
    id,
    dueDay,
    doneAtMs,
  ]);
const asImported = [
  ['final-qc', '2027-01-20', null],
  ['launch', '2027-01-29', null],
];

describe('a member who plans nothing', () => {
  test('may finish what is theirs', async () => {
    expect(said(await commands.milestoneDone.run({ milestone: 'final' }, await as('olga')))).toEqual([
      'good',
      'Final QC is done ✓',
    ]);
    expect(await listed()).toEqual([['final-qc', '2027-01-20', NOW], asImported[1]]);
  });

  test('is told whose a milestone is and who can help, and nothing changes', async () => {
    const refusal = [
      'refusal',
      'Final QC belongs to Olga: only its owner, or who plans milestones, may change it. Maya, Olga or Priya can do it for you. Nothing was changed.',
    ];
    const hugo = await as('hugo');
    expect(said(await commands.milestoneDone.run({ milestone: 'final' }, hugo))).toEqual(refusal);
    expect(
      said(await commands.milestoneMove.run({ milestone: 'final', day: '2027-01-21', reason: 'no' }, await as('hugo'))),
    ).toEqual(refusal);
    expect(said(await commands.milestoneSnooze.run({ milestone: 'final', for: undefined }, await as('hugo')))).toEqual(refusal);
    expect(await listed()).toEqual(asImported);
    expect(
      await store
        .team(teamId)
        .audit.list({ fromSeq: 1, limit: 10 })
        .then((all) => all.filter(({ action }) => action.startsWith('milestone'))),
    ).toEqual([]);
  });
});

describe('who plans milestones', () => {
  test('adds, for themselves or for an owner', async () => {
    const add = async (owner: string | undefined) =>
      commands.milestoneAdd.run({ name: `Proof for ${owner ?? 'me'}`, day: '2027-01-30', owner }, await as('priya'));
    expect(said(await add(undefined))).toEqual([
      'plain',
      'Proof for me is on the timeline: due Sat, Jan 30, 2027, New York time (in 15 days). Its owner is Priya. That is after the stream of Hoodie Run.',
    ]);
    expect((await add('ops lead')).summary).toContain('Its owner is the ops lead.');
    expect((await add('Finn')).summary).toContain('Its owner is Finn.');
    expect(said(await add('fin'))).toEqual([
      'refusal',
      'Nobody is called "fin". Name a role (founder, producer, host, ops-lead, fulfilment, support) or one of Finn, Hugo, Maya, Olga, Priya, Sam. Nothing was changed.',
    ]);
    expect(await listed()).toHaveLength(5);
  });

  test('moves, assigns, snoozes and reopens anybody’s', async () => {
    const priya = () => as('priya');
    expect(
      (await commands.milestoneMove.run({ milestone: 'final', day: '2027-01-21', reason: 'hall taken' }, await priya())).summary,
    ).toBe('Final QC is now due Thu, Jan 21, 2027, New York time (in 6 days): 1 day later than Wed, Jan 20, 2027.');
    expect((await commands.milestoneAssign.run({ milestone: 'final', owner: 'sam' }, await priya())).summary).toBe(
      'Final QC is now with Sam: due Thu, Jan 21, 2027, New York time (in 6 days).',
    );
    expect((await commands.milestoneSnooze.run({ milestone: 'final', for: undefined }, await priya())).summary).toBe(
      'No reminder of Final QC until Sat, Jan 16, 2027, 07:00 EST; then one comes.',
    );
    await commands.milestoneDone.run({ milestone: 'final' }, await priya());
    expect((await commands.milestoneReopen.run({ milestone: '#final-qc' }, await priya())).summary).toBe(
      'Final QC is open again: due Thu, Jan 21, 2027, New York time (in 6 days). Its owner is Sam.',
    );
    expect(await listed()).toEqual([['final-qc', '2027-01-21', null], asImported[1]]);
  });
});

describe('the timeline', () => {
  test('is every member’s to see, of the current drop or a named one', async () => {
    expect((await timeline.run({ drop: undefined }, await as('hugo'))).summary).toBe('Hoodie Run: 0 of 2 milestones done');
    expect((await timeline.run({ drop: 'HOODIE RUN' }, await as('hugo'))).summary).toBe('Hoodie Run: 0 of 2 milestones done');
    expect(said(await timeline.run({ drop: 'winter' }, await as('hugo')))).toEqual([
      'refusal',
      'No drop is called "winter". There is: Hoodie Run (hoodie-run).',
    ]);
    const [, table] = (await commands.milestoneList.run({ drop: undefined }, await as('hugo'))).parts;
    expect(table).toMatchObject({
      kind: 'table',
      rows: [['Wed, Jan 20, 2027', 'Final QC', 'final-qc', 'Olga', 'due in 5 days'], expect.anything()],
    });
  });
});
