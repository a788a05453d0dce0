import { describe, expect, test } from 'vitest';
import type { Drop } from '../../src/domain/drop.ts';
import type { Milestone } from '../../src/domain/milestone.ts';
import { wallToMs } from '../../src/domain/time.ts';
import type { MilestoneAnswer } from '../../src/ports/store/milestones.ts';
import { milestoneAnswer, type MilestoneVerb, noSuchOwner } from '../../src/words/milestone.ts';
import { noTimeline, timeline } from '../../src/words/timeline.ts';

const names: Readonly<Record<string, string>> = { maya: 'Maya', olga: 'Olga', priya: 'Priya' };
const telling = { locale: 'en', zone: 'America/New_York', nameOf: (id: string) => names[id] ?? 'someone who left' };
const nowMs = Date.UTC(2027, 0, 15, 12);

const milestone = (over: Partial<Milestone> = {}): Milestone => ({
  id: 'final-qc',
  dropId: 'run',
  name: 'Final QC',
  ownerPersonId: 'olga',
  ownerRole: null,
  dueDay: '2027-01-20',
  zone: 'America/New_York',
  doneAtMs: null,
  doneBy: null,
  snoozedUntilMs: null,
  ...over,
});

const drop = (streamWall = '2027-01-29T19:00', state: Drop['state'] = 'planned'): Drop => ({
  id: 'run',
  name: 'Hoodie Run',
  format: 'limited',
  streamWall,
  zone: 'America/New_York',
  streamAtMs: wallToMs(streamWall, 'America/New_York'),
  state,
  startedAtMs: null,
  endedAtMs: null,
});

describe('the timeline', () => {
  const milestones = [
    milestone({ id: 'pack', name: 'Packing', dueDay: '2027-01-12', ownerPersonId: null, ownerRole: 'fulfilment' }),
    milestone({ id: 'proof', name: 'Proof', dueDay: '2027-01-14', doneAtMs: 1 }),
    milestone({ id: 'book', name: 'Freight', dueDay: '2027-01-15', snoozedUntilMs: Date.UTC(2027, 0, 16, 12) }),
    milestone(),
  ];

  test('shows days with weekdays, owners and states', () => {
    const message = timeline({ drop: drop(), milestones, nowMs, withIds: false }, telling);
    expect(message.summary).toBe('Hoodie Run: 1 of 4 milestones done, 1 overdue');
    expect(message.tone).toBe('warning');
    expect(message.parts).toEqual([
      {
        kind: 'text',
        text: [{ kind: 'strong', text: 'Hoodie Run' }, '. The stream is on Fri, Jan 29, 2027, 19:00 EST (New York time).'],
      },
      {
        kind: 'table',
        columns: ['Day', 'Milestone', 'Owner', 'State'],
        rows: [
          ['Tue, Jan 12, 2027', 'Packing', 'fulfilment', '3 days overdue'],
          ['Thu, Jan 14, 2027', 'Proof', 'Olga', 'done ✓'],
          ['Fri, Jan 15, 2027', 'Freight', 'Olga', 'due today, snoozed until Sat, Jan 16, 2027, 07:00 EST'],
          ['Wed, Jan 20, 2027', 'Final QC', 'Olga', 'due in 5 days'],
        ],
      },
      {
        kind: 'context',
        text: 'Days are in New York time. Reminders come at 09:00, 7 days and 2 days before, on the day, and daily after it.',
      },
    ]);
  });

  test('with ids for commands', () => {
    const [, table] = timeline({ drop: drop(), milestones: [milestone()], nowMs, withIds: true }, telling).parts;
    expect(table).toMatchObject({
      columns: ['Day', 'Milestone', 'Id', 'Owner', 'State'],
      rows: [[expect.any(String), 'Final QC', 'final-qc', 'Olga', 'due in 5 days']],
    });
  });

  test.each([
    ['2027-11-07T01:30', 'Sun, Nov 7, 2027, 01:30 EDT (New York time). 01:30 happens twice that night; the first is meant.'],
    [
      '2027-03-14T02:30',
      'Sun, Mar 14, 2027, 03:30 EDT (New York time). 02:30 is skipped that night, as the clocks go forward; the time after the jump is meant.',
    ],
  ])('a stream at %s says which time is meant', (wall, said) => {
    const [first] = timeline({ drop: drop(wall), milestones: [milestone()], nowMs, withIds: false }, telling).parts;
    expect(first).toMatchObject({ text: [expect.anything(), `. The stream is on ${said}`] });
  });

  test('with nothing on it says how to begin', () => {
    expect(timeline({ drop: drop(), milestones: [], nowMs, withIds: false }, telling).parts).toEqual([
      {
        kind: 'text',
        text: 'Hoodie Run has no milestones yet. The stream is on Fri, Jan 29, 2027, 19:00 EST (New York time). Add one: /milestone add.',
      },
    ]);
  });

  test('of a drop that is not there', () => {
    expect(noTimeline({ asked: 'rum', drops: [drop()] })).toMatchObject({
      tone: 'refusal',
      summary: 'No drop is called "rum". There is: Hoodie Run (run).',
    });
    expect(noTimeline({ asked: null, drops: [] }).summary).toBe(
      'There is no drop yet, so there is no timeline. Importing a drop plan brings both.',
    );
  });
});

describe('answers', () => {
  const done = (over: Partial<Milestone> = {}, before: Milestone | null = milestone()): MilestoneAnswer => ({
    kind: 'done',
    milestone: milestone(over),
    before,
  });
  const due = 'due Wed, Jan 20, 2027, New York time (in 5 days)';

  test.each<[MilestoneVerb, MilestoneAnswer, string]>([
    ['add', done({}, null), `Final QC is on the timeline: ${due}. Its owner is Olga.`],
    [
      'add',
      done({ dueDay: '2027-01-30' }, null),
      'Final QC is on the timeline: due Sat, Jan 30, 2027, New York time (in 15 days). Its owner is Olga. That is after the stream of Hoodie Run.',
    ],
    ['done', done({ doneAtMs: nowMs }), 'Final QC is done ✓'],
    ['reopen', done({}, milestone({ doneAtMs: 1 })), `Final QC is open again: ${due}. Its owner is Olga.`],
    ['reopen', done(), `Final QC is open already: ${due}.`],
    ['assign', done({ ownerPersonId: null, ownerRole: 'ops-lead' }), `Final QC is now with the ops lead: ${due}.`],
    [
      'move',
      done({ dueDay: '2027-01-21' }),
      'Final QC is now due Thu, Jan 21, 2027, New York time (in 6 days): 1 day later than Wed, Jan 20, 2027.',
    ],
    [
      'move',
      done({ dueDay: '2027-01-15' }),
      'Final QC is now due Fri, Jan 15, 2027, New York time (today): 5 days earlier than Wed, Jan 20, 2027.',
    ],
    ['move', done(), `Final QC has that day already: ${due}.`],
    [
      'snooze',
      done({ snoozedUntilMs: nowMs + 86_400_000 }),
      'No reminder of Final QC until Sat, Jan 16, 2027, 07:00 EST; then one comes.',
    ],
  ])('%s: %#', (verb, answer, said) => {
    const message = milestoneAnswer({ verb, answer, drop: drop(), managers: [], nowMs }, telling);
    expect(message.summary).toBe(said);
    expect(message.tone).toBe(verb === 'done' ? 'good' : 'plain');
    expect(message.mentions).toEqual([]);
  });

  test.each<[MilestoneAnswer, string]>([
    [
      { kind: 'not-yours', milestone: milestone() },
      'Final QC belongs to Olga: only its owner, or who plans milestones, may change it. Maya or Priya can do it for you. Nothing was changed.',
    ],
    [
      { kind: 'already-done', milestone: milestone({ doneAtMs: nowMs, doneBy: 'olga' }) },
      'Final QC was marked done by Olga on Fri, Jan 15, 2027, 07:00 EST. Nothing was changed.',
    ],
    [
      { kind: 'exists', milestone: milestone() },
      'This drop has a milestone called Final QC already, due Wed, Jan 20, 2027. Nothing was added. To give it another day: /milestone move final-qc.',
    ],
    [
      { kind: 'no-such-milestone', asked: 'finl', near: ['Final QC', 'Final count'] },
      'No milestone is called "finl". Did you mean Final QC or Final count? /milestone list shows them all. Nothing was changed.',
    ],
    [
      { kind: 'no-such-milestone', asked: 'zz', near: [] },
      'No milestone is called "zz". /milestone list shows them all. Nothing was changed.',
    ],
    [{ kind: 'no-drop' }, 'There is no drop yet, so there is nothing to plan towards. Importing a drop plan brings one.'],
  ])('refusal %#', (answer, said) => {
    expect(milestoneAnswer({ verb: 'done', answer, drop: null, managers: ['maya', 'priya'], nowMs }, telling)).toMatchObject({
      summary: said,
      tone: 'refusal',
    });
  });

  test('several: shown with ids, and pressed where nothing else is needed', () => {
    const matches = [milestone(), milestone({ id: 'final-count', name: 'Final count' })];
    const answer = (verb: MilestoneVerb) =>
      milestoneAnswer({ verb, answer: { kind: 'which', matches }, drop: null, managers: [], nowMs }, telling);
    expect(answer('done').parts.map(({ kind }) => kind)).toEqual(['text', 'table', 'buttons']);
    expect(answer('done').summary).toBe(
      'More than one milestone is called that. Nothing was changed; say which by its id: final-qc, final-count',
    );
    expect(answer('move').parts.map(({ kind }) => kind)).toEqual(['text', 'table']);
  });

  test('nobody of that name', () => {
    expect(noSuchOwner('ogla', ['Maya', 'Olga']).summary).toBe(
      'Nobody is called "ogla". Name a role (founder, producer, host, ops-lead, fulfilment, support) or one of Maya, Olga. Nothing was changed.',
    );
  });
});
