import { describe, expect, test } from 'vitest';
import { currentDrop, ledgerWindow, mayEnd, mayStart, openPoints, type Drop, type DropStanding } from '../../src/domain/drop.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.UTC(2027, 0, 29, 12);

function drop(id: string, streamAtMs: number, more: Partial<Drop> = {}): Drop {
  const times = { startedAtMs: null, endedAtMs: null };
  return { id, name: id, format: 'hero', streamWall: '', zone: 'UTC', streamAtMs, state: 'planned', ...times, ...more };
}
const ended = (id: string, streamAtMs: number) =>
  drop(id, streamAtMs, { state: 'ended', startedAtMs: streamAtMs, endedAtMs: streamAtMs + HOUR_MS });

describe('the current drop', () => {
  const late = drop('late', NOW - HOUR_MS);
  const soon = drop('soon', NOW + DAY_MS);
  const far = drop('far', NOW + 9 * DAY_MS);
  const over = ended('over', NOW - DAY_MS);
  const live = drop('live', NOW - 2 * DAY_MS, { state: 'live' });
  test.each([
    ['none', [], null, null],
    ['the live one before all', [far, soon, live], 'far', 'live'],
    ['the chosen one', [soon, far], 'far', 'far'],
    ['not a chosen one that is gone', [soon, far], 'gone', 'soon'],
    ['the nearest to come, in whatever order', [far, soon, over], null, 'soon'],
    ['one that starts late is still the one to come', [far, late], null, 'late'],
    ['one never started, half a day on', [drop('missed', NOW - 12 * HOUR_MS), far], null, 'missed'],
    ['one never started, longer ago', [drop('missed', NOW - 12 * HOUR_MS - 1), far], null, 'far'],
    ['an ended one is not to come', [ended('over', NOW + HOUR_MS), far], null, 'far'],
    ['the latest when none is to come', [over, ended('older', NOW - 9 * DAY_MS)], null, 'over'],
    ['a chosen one that has ended', [over, soon], 'over', 'over'],
  ])('%s', (_, drops, chosen, id) => {
    expect(currentDrop(drops, chosen, NOW)?.id ?? null).toBe(id);
  });
});

test.each([
  ['planned', [], { kind: 'go' }],
  ['live', [], { kind: 'unchanged' }],
  ['ended', [], { kind: 'ended' }],
  ['planned', ['live'], { kind: 'other-live', drop: drop('other', 1, { state: 'live' }) }],
  ['planned', ['ended'], { kind: 'go' }],
  ['ended', ['live'], { kind: 'ended' }],
] as const)('a %s drop beside %j may start: %j', (state, others, answer) => {
  const one = drop('one', 0, { state });
  expect(mayStart(one, [one, ...others.map((other) => drop('other', 1, { state: other }))])).toEqual(answer);
});

test.each([
  ['planned', { kind: 'not-live' }],
  ['live', { kind: 'go' }],
  ['ended', { kind: 'unchanged' }],
] as const)('a %s drop may end: %j', (state, answer) => {
  expect(mayEnd(drop('one', 0, { state }))).toEqual(answer);
});

describe('the part of the ledger that belongs to a drop', () => {
  const first = ended('first', 1_000);
  const second = ended('second', first.streamAtMs + 2 * HOUR_MS);
  const [firstEnd, secondEnd] = [first.endedAtMs, second.endedAtMs];
  const planned = drop('planned', 9 * DAY_MS);
  test.each([
    ['the only one: all of it', first, [first], { fromMs: 0, beforeMs: null }],
    ['the last one, however long ago', first, [first, planned], { fromMs: 0, beforeMs: null }],
    ['followed: to its end', first, [first, second], { fromMs: 0, beforeMs: firstEnd }],
    ['following: from the end before it', second, [first, second], { fromMs: firstEnd, beforeMs: null }],
    ['between', second, [first, second, ended('third', secondEnd ?? 0)], { fromMs: firstEnd, beforeMs: secondEnd }],
    ['not started: from the last end', planned, [first, second, planned], { fromMs: secondEnd, beforeMs: null }],
  ])('%s', (_, one, drops, window) => {
    expect(ledgerWindow(one, drops)).toEqual(window);
  });
});

describe('open points', () => {
  const stream = NOW + DAY_MS;
  const standing: DropStanding = {
    drop: drop('one', stream),
    milestones: [
      { name: 'Done', dueDay: '2027-01-01', zone: 'UTC', doneAtMs: 1 },
      { name: 'Today', dueDay: '2027-01-29', zone: 'UTC', doneAtMs: null },
    ],
    policyPublished: true,
    items: [{ sku: 'A', countedAtMs: stream - 7 * DAY_MS, oversoldUnits: 0 }],
    nowMs: NOW,
  };
  const live = drop('one', stream, { state: 'live' });
  const over = drop('one', stream, { state: 'ended' });
  test.each([
    ['moq', {}, [{ kind: 'not-tracked' }]],
    ['qc-standards', {}, [{ kind: 'not-tracked' }]],
    ['broadcast-timing', {}, [{ kind: 'not-started' }]],
    ['broadcast-timing', { drop: live }, []],
    // Yesterday in Auckland, where the 30th has begun.
    [
      'broadcast-timing',
      { drop: live, milestones: [{ name: 'Far', dueDay: '2027-01-29', zone: 'Pacific/Auckland', doneAtMs: null }] },
      [{ kind: 'milestones-overdue', names: ['Far'] }],
    ],
    ['returns-policy', {}, []],
    ['returns-policy', { policyPublished: false }, [{ kind: 'no-policy' }]],
    ['inventory', {}, []],
    ['inventory', { items: [] }, [{ kind: 'nothing-to-sell' }]],
    [
      'inventory',
      { items: [{ sku: 'A', countedAtMs: stream - 7 * DAY_MS - 1, oversoldUnits: 0 }] },
      [{ kind: 'not-counted', skus: ['A'] }],
    ],
    [
      'inventory',
      { drop: over, items: [{ sku: 'A', countedAtMs: null, oversoldUnits: 2 }] },
      [{ kind: 'oversold', skus: ['A'] }],
    ],
  ] as const)('%s with %j', (decision, edit, points) => {
    expect(openPoints(decision, { ...standing, ...edit })).toEqual(points);
  });
});
