import { describe, expect, test } from 'vitest';
import { findMilestone, isOwner, type Milestone, milestoneId, ownerFrom } from '../../src/domain/milestone.ts';

const milestone = (id: string, name: string, over: Partial<Milestone> = {}): Milestone => ({
  id,
  name,
  dropId: 'now',
  ownerPersonId: 'olga',
  ownerRole: null,
  dueDay: '2027-01-20',
  zone: 'UTC',
  doneAtMs: null,
  doneBy: null,
  snoozedUntilMs: null,
  ...over,
});

describe('finding what somebody means', () => {
  const all = [
    milestone('final-qc', 'Final QC'),
    milestone('final-qc-2', 'Final QC photos'),
    milestone('packing', 'Packing', { dropId: 'before' }),
    milestone('packing-2', 'Packing'),
    milestone('launch', 'Launch', { dropId: 'before' }),
    milestone('launch-2', 'launch', { dropId: 'before' }),
  ];

  test.each([
    ['final-qc', ['final-qc']], // an id wins over a start
    ['Final QC', ['final-qc']], // a whole name wins over a start
    ['final qc!', ['final-qc']],
    [' final qc p', ['final-qc-2']],
    ['fin', ['final-qc', 'final-qc-2']],
    ['Packing', ['packing-2']], // the current drop's, though the last drop's has this for its id
    ['packing', ['packing-2']],
    ['#packing', ['packing']],
    ['#packing-2', ['packing-2']],
    ['lau', ['launch', 'launch-2']],
    ['launch', ['launch']],
  ])('%j is %j', (asked, ids) => {
    const found = findMilestone(all, asked, 'now');
    const got = found.kind === 'one' ? [found.milestone] : found.kind === 'which' ? found.matches : [];
    expect(got.map(({ id }) => id)).toEqual(ids);
  });

  test.each([
    ['finla qc', ['Final QC']],
    ['photos', ['Final QC photos']],
    ['', []],
    ['zzzz', []],
    ['#pack', ['Packing']],
  ])('%j is nothing, but near %j', (asked, near) => expect(findMilestone(all, asked, 'now')).toEqual({ kind: 'none', near }));
});

describe('whose it is', () => {
  const olga = { personId: 'olga', assignments: [{ role: 'ops-lead', scope: 'now' }] } as const;

  test.each([
    [{}, true],
    [{ ownerPersonId: 'finn' }, false],
    [{ ownerPersonId: 'finn', ownerRole: 'ops-lead' }, false], // a named person counts, not the role
    [{ ownerPersonId: null, ownerRole: 'ops-lead' }, true],
    [{ ownerPersonId: null, ownerRole: 'ops-lead', dropId: 'before' }, false], // her role is for another drop
    [{ ownerPersonId: null, ownerRole: 'support' }, false],
    [{ ownerPersonId: null }, false],
  ] as const)('%j: %s', (over, is) => expect(isOwner(milestone('m', 'M', over), olga)).toBe(is));
});

test.each([
  ['ops lead', { ownerPersonId: null, ownerRole: 'ops-lead' }],
  ['Support', { ownerPersonId: null, ownerRole: 'support' }],
  ['olga', { ownerPersonId: 'olga', ownerRole: null }],
  ['Finn G', { ownerPersonId: 'finn', ownerRole: null }],
  ['Sam', null], // two of them
  ['nobody', null],
])('an owner typed %j is %j', (typed, owner) => {
  const members = [
    { personId: 'olga', name: 'Olga P' },
    { personId: 'finn', name: 'Finn G' },
    { personId: 's1', name: 'Sam' },
    { personId: 's2', name: 'Sam' },
  ];
  expect(ownerFrom(typed, members)).toEqual(owner);
});

test.each([
  ['Final QC', 'final-qc-3'],
  ['  Count & last control! ', 'count-last-control'],
  ['Étiquettes', 'etiquettes'],
  ['梱包', 'milestone'],
  ['x'.repeat(60), 'x'.repeat(40)],
  [`${'x'.repeat(39)} y`, 'x'.repeat(39)],
])('%j is called %s', (name, id) => {
  expect(milestoneId(name, (taken) => ['final-qc', 'final-qc-2'].includes(taken))).toBe(id);
});
