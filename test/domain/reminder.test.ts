import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Milestone } from '../../src/domain/milestone.ts';
import { daysLeft, dueReminder, nextLookMs, passedSlot } from '../../src/domain/reminder.ts';
import { addDays, dayAtMs, msToWall } from '../../src/domain/time.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const milestone = (over: Partial<Milestone> = {}): Milestone => ({
  id: 'final-qc',
  dropId: 'run',
  name: 'Final QC',
  ownerPersonId: 'olga',
  ownerRole: null,
  dueDay: '2027-01-29',
  zone: 'America/New_York',
  doneAtMs: null,
  doneBy: null,
  snoozedUntilMs: null,
  ...over,
});

type Posted = { readonly slot: string; readonly atMs: number; readonly lateMs: number; readonly covered: readonly string[] };

/** What a process that wakes at these times posts, keeping the newest slot as the store does. */
function run(of: Milestone, ticks: Iterable<number>, first: string | null): { posted: Posted[]; last: string | null } {
  const posted: Posted[] = [];
  let last = first;
  let now = of;
  for (const nowMs of ticks) {
    const due = dueReminder(now, last, nowMs);
    if (due === null) continue;
    posted.push({ slot: due.slot.id, atMs: nowMs, lateMs: due.lateMs, covered: due.covered.map(({ id }) => id) });
    last = due.slot.id;
    now = { ...now, snoozedUntilMs: null };
  }
  return { posted, last };
}

function* every(stepMs: number, fromMs: number, toMs: number): Generator<number> {
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += stepMs) yield nowMs;
}

// The clocks change on `change`; a milestone is due around it, so that its slots fall on both sides.
const CHANGES = [
  ['America/New_York', '2027-03-14'],
  ['America/New_York', '2027-11-07'],
  ['Europe/London', '2027-03-28'],
  ['Europe/London', '2027-10-31'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['Australia/Lord_Howe', '2027-04-04'],
] as const;

describe('each slot once, at 09:00 on the clocks of the zone, across a change of daylight saving', () => {
  for (const [zone, change] of CHANGES) {
    for (const offset of [-1, 0, 1]) {
      const dueDay = addDays(change, offset);
      test(`${zone}, due ${dueDay}`, () => {
        const of = milestone({ zone, dueDay });
        const fromMs = dayAtMs(addDays(dueDay, -10), '00:00', zone);
        const { posted } = run(
          of,
          every(10 * MINUTE, fromMs, dayAtMs(addDays(dueDay, 3), '12:00', zone)),
          passedSlot(of, fromMs),
        );
        expect(posted.map(({ slot, atMs }) => [slot, msToWall(atMs, zone)])).toEqual([
          [`${dueDay}/7d`, `${addDays(dueDay, -7)}T09:00`],
          [`${dueDay}/2d`, `${addDays(dueDay, -2)}T09:00`],
          [`${dueDay}/day`, `${dueDay}T09:00`],
          [`${dueDay}/late-1`, `${addDays(dueDay, 1)}T09:00`],
          [`${dueDay}/late-2`, `${addDays(dueDay, 2)}T09:00`],
          [`${dueDay}/late-3`, `${addDays(dueDay, 3)}T09:00`],
        ]);
        expect(posted.every(({ lateMs, covered }) => lateMs === 0 && covered.length === 0)).toBe(true);
      });
    }
  }
});

describe('whenever it wakes', () => {
  const dueMs = dayAtMs('2027-03-14', '09:00', 'America/New_York');
  const of = milestone({ dueDay: '2027-03-14' });
  const startMs = dueMs - 12 * DAY;
  const endMs = dueMs + 6 * DAY;
  const always = run(of, every(MINUTE, startMs, endMs), null).posted;

  test('every hour posts what every minute posts', () => {
    expect(run(of, every(HOUR, startMs, endMs), null).posted.map(({ slot }) => slot)).toEqual(always.map(({ slot }) => slot));
  });

  test('at random, and after any downtime, nothing is posted twice or forgotten, and only the newest is posted', () => {
    const wakings = fc.array(fc.integer({ min: startMs, max: endMs }), { maxLength: 60 });
    fc.assert(
      fc.property(wakings, (times) => {
        const ticks = [...times, endMs].toSorted((a, b) => a - b);
        const { posted } = run(of, ticks, null);
        const told = posted.flatMap(({ slot, covered }) => [...covered, slot]);
        expect(told).toEqual(always.map(({ slot }) => slot)); // all, once, in order: posted or passed over
        for (const { slot, atMs, lateMs } of posted) {
          const newest = always.findLast((one) => one.atMs <= atMs);
          expect(slot).toBe(newest?.slot);
          expect(lateMs).toBe(atMs - (newest?.atMs ?? 0));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('never asleep for two days, the same posts however it wakes', () => {
    // Up to the day, slots are at least 47 h apart (the clocks go forward that morning), so such ticks miss none.
    const gaps = fc.array(fc.integer({ min: 30 * MINUTE, max: 47 * HOUR - 1 }), { minLength: 1, maxLength: 20 });
    const upToDay = always.filter(({ slot }) => !slot.includes('late'));
    fc.assert(
      fc.property(gaps, (steps) => {
        const ticks: number[] = [];
        let nowMs = startMs;
        for (let index = 0; nowMs < dueMs; index += 1) {
          ticks.push(nowMs);
          nowMs += steps[index % steps.length] ?? HOUR;
        }
        const { posted } = run(of, [...ticks, dueMs], null);
        expect(posted.map(({ slot }) => slot)).toEqual(upToDay.map(({ slot }) => slot));
        expect(posted.every(({ covered }) => covered.length === 0)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('after a restart, the same tick posts nothing', () => {
    const { last } = run(of, [dueMs], null);
    expect(last).toBe('2027-03-14/day');
    expect(dueReminder(of, last, dueMs)).toBeNull();
    expect(dueReminder(of, last, dueMs - HOUR)).toBeNull(); // nor does a clock that went back
  });
});

describe('a week without power', () => {
  const at = (wall: string) => dayAtMs(wall.slice(0, 10), wall.slice(11), 'America/New_York');

  test.each([
    // due,        back at,            slot,        late (hours), passed over
    ['2027-01-29', '2027-01-25T09:00', '7d', 72, []],
    ['2027-01-22', '2027-01-25T10:00', 'late-3', 1, ['7d', '2d', 'day', 'late-1', 'late-2']],
    ['2027-01-25', '2027-01-25T08:59', '2d', 2 * 24 - 1 / 60, ['7d']],
    ['2027-01-25', '2027-01-25T09:00', 'day', 0, ['7d', '2d']],
  ])('due %s, back at %s: %s', (dueDay, back, slot, lateHours, covered) => {
    expect(dueReminder(milestone({ dueDay }), null, at(back))).toEqual({
      slot: { id: `${dueDay}/${slot}`, atMs: at(back) - Math.round(lateHours * HOUR) },
      covered: covered.map((name) => expect.objectContaining({ id: `${dueDay}/${name}` })),
      lateMs: Math.round(lateHours * HOUR),
    });
  });
});

describe('made or moved late', () => {
  const at = (wall: string) => dayAtMs(wall.slice(0, 10), wall.slice(11), 'America/New_York');

  test.each([
    // due,        made at,            stays silent, then first,   at
    ['2027-01-29', '2027-01-10T12:00', null, '7d', '2027-01-22T09:00'],
    ['2027-01-29', '2027-01-22T08:50', null, '7d', '2027-01-22T09:00'],
    ['2027-01-29', '2027-01-22T09:00', '7d', '2d', '2027-01-27T09:00'],
    ['2027-01-29', '2027-01-28T12:00', '2d', 'day', '2027-01-29T09:00'],
    ['2027-01-29', '2027-01-29T08:00', '2d', 'day', '2027-01-29T09:00'],
    ['2027-01-29', '2027-01-29T10:00', 'day', 'late-1', '2027-01-30T09:00'],
    ['2027-01-29', '2027-02-10T10:00', 'late-12', 'late-13', '2027-02-11T09:00'],
  ])('due %s, made at %s: %s is past, %s comes at %s', (dueDay, made, past, next, nextAt) => {
    const of = milestone({ dueDay });
    const last = passedSlot(of, at(made));
    expect(last).toBe(past === null ? null : `${dueDay}/${past}`);
    const [first] = run(of, every(10 * MINUTE, at(made), at(nextAt)), last).posted;
    expect(first).toEqual({ slot: `${dueDay}/${next}`, atMs: at(nextAt), lateMs: 0, covered: [] });
  });

  test('a slot of an earlier day does not count for the new one', () => {
    expect(dueReminder(milestone({ dueDay: '2027-02-05' }), '2027-01-29/late-1', at('2027-01-29T09:00'))?.slot.id).toBe(
      '2027-02-05/7d',
    );
  });
});

describe('done and snoozed', () => {
  const at = (wall: string) => dayAtMs(wall.slice(0, 10), wall.slice(11), 'America/New_York');

  test('done: none', () => expect(dueReminder(milestone({ doneAtMs: 1 }), null, at('2027-02-10T09:00'))).toBeNull());

  test('snoozed: none until it ends, then one, on time, whatever fell meanwhile', () => {
    const of = milestone({ snoozedUntilMs: at('2027-01-30T10:30') });
    const { posted } = run(of, every(MINUTE, at('2027-01-29T09:30'), at('2027-01-31T12:00')), '2027-01-29/day');
    expect(posted).toEqual([
      {
        slot: `2027-01-29/snooze-${at('2027-01-30T10:30')}`,
        atMs: at('2027-01-30T10:30'),
        lateMs: 0,
        covered: ['2027-01-29/late-1'],
      },
      { slot: '2027-01-29/late-2', atMs: at('2027-01-31T09:00'), lateMs: 0, covered: [] },
    ]);
  });

  test('snoozed long before the first slot: its end reminds all the same', () => {
    const of = milestone({ snoozedUntilMs: at('2027-01-02T10:00') });
    const { posted } = run(of, every(HOUR, at('2027-01-01T10:00'), at('2027-01-03T10:00')), null);
    expect(posted.map(({ atMs }) => atMs)).toEqual([at('2027-01-02T10:00')]);
  });

  test('a snooze that ended during downtime: only what came after it', () => {
    const of = milestone({ snoozedUntilMs: at('2027-01-30T10:30') });
    const due = dueReminder(of, '2027-01-29/day', at('2027-02-01T09:00'));
    expect(due?.slot.id).toBe('2027-01-29/late-3');
    expect(due?.covered.map(({ id }) => id.split('/')[1]?.split('-')[0])).toEqual(['late', 'snooze', 'late']);
  });
});

test('between what was posted and the next look nothing is due, and at the look something is', () => {
  const zones = fc.constantFrom(
    'America/New_York',
    'Europe/London',
    'Asia/Kathmandu',
    'Pacific/Kiritimati',
    'Australia/Lord_Howe',
  );
  const dueDay = '2027-03-14'; // New York's clocks go forward on it, London's a fortnight after
  const noonMs = Date.UTC(2027, 2, 14, 12);
  const aMonth = fc.integer({ min: noonMs - 30 * DAY, max: noonMs + 30 * DAY });
  fc.assert(
    fc.property(
      zones,
      aMonth,
      fc.option(aMonth),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (zone, nowMs, snoozedUntilMs, share) => {
        const found = milestone({ dueDay, zone, snoozedUntilMs });
        const due = dueReminder(found, passedSlot(found, nowMs - 3 * DAY), nowMs);
        const last = due?.slot.id ?? passedSlot(found, nowMs - 3 * DAY);
        const left = due === null ? found : { ...found, snoozedUntilMs: null };
        const lookMs = nextLookMs(left, nowMs) ?? Infinity;
        expect(lookMs).toBeGreaterThan(nowMs);
        const betweenMs = nowMs + 1 + Math.floor(share * (lookMs - nowMs - 2));
        const between = [betweenMs, lookMs - 1].filter((atMs) => atMs > nowMs);
        expect(between.filter((atMs) => dueReminder(left, last, atMs) !== null)).toEqual([]);
        expect(dueReminder(left, last, lookMs)).not.toBeNull();
      },
    ),
    { numRuns: 500 },
  );
});

test('a milestone that is done is never looked at', () => {
  expect(nextLookMs(milestone({ doneAtMs: 1 }), 2)).toBeNull();
});

test.each([
  ['2027-03-13T23:59', 1],
  ['2027-03-14T00:00', 0],
  ['2027-03-15T23:59', -1],
])('on %s, %i days are left', (wall, days) => {
  const zone = 'America/New_York';
  expect(daysLeft({ dueDay: '2027-03-14', zone }, dayAtMs(wall.slice(0, 10), wall.slice(11), zone))).toBe(days);
});
