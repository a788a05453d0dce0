import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as time from '../../src/domain/time.ts';

type Case = { zone: string; wall: string; kind: string; compatibleUTC: string; earlierUTC: string; laterUTC: string };
type DayBefore = { zone: string; stream: string; streamUTC: string; differenceMinutes: number } & Record<
  'minus24h_elapsed' | 'minus1day_wallclock',
  string
>;

const { stableCases, dayBefore } = JSON.parse(readFileSync(new URL('../data/time_cases.json', import.meta.url), 'utf8')) as {
  stableCases: Case[];
  dayBefore: DayBefore[];
};

describe('a wall time in a zone', () => {
  test('the file holds its cases', () => expect([stableCases.length, dayBefore.length]).toEqual([14, 5]));

  test.each(stableCases)('$zone $wall is $kind', ({ zone, wall, kind, compatibleUTC, earlierUTC, laterUTC }) => {
    expect(time.wallTime(wall, zone)).toEqual({
      kind: kind.split(' ')[0],
      ms: Date.parse(compatibleUTC),
      earlierMs: Date.parse(earlierUTC),
      laterMs: Date.parse(laterUTC),
    });
    expect(time.wallToMs(wall, zone)).toBe(Date.parse(compatibleUTC));
  });

  test.each(stableCases.filter(({ kind }) => !kind.startsWith('gap')))(
    '$zone $wall comes back',
    ({ zone, wall, earlierUTC, laterUTC }) => {
      expect(time.msToWall(Date.parse(earlierUTC), zone)).toBe(wall);
      expect(time.msToWall(Date.parse(laterUTC), zone)).toBe(wall);
    },
  );
});

describe('a day before a stream is not 24 h before it', () => {
  test.each(dayBefore)('$zone $stream', (row) => {
    const [day = '', clock = ''] = row.stream.split('T');
    const streamMs = time.wallToMs(row.stream, row.zone);
    const dayBeforeMs = time.dayAtMs(time.addDays(day, -1), clock, row.zone);
    const instant = (said: string) => Date.parse(said.split(' ')[0] ?? '');
    expect(streamMs).toBe(Date.parse(row.streamUTC));
    expect(streamMs - 24 * 3_600_000).toBe(instant(row.minus24h_elapsed));
    expect(dayBeforeMs).toBe(instant(row.minus1day_wallclock));
    expect((dayBeforeMs - (streamMs - 24 * 3_600_000)) / 60_000).toBe(row.differenceMinutes);
  });
});

describe('days', () => {
  test.each([
    ['2027-03-14T04:59:00Z', 'America/New_York', '2027-03-13'],
    ['2027-03-14T05:00:00Z', 'America/New_York', '2027-03-14'],
    ['2027-11-08T04:59:00Z', 'America/New_York', '2027-11-07'],
    ['2026-06-01T18:15:00Z', 'Asia/Kathmandu', '2026-06-02'],
  ])('%s in %s is %s', (utc, zone, day) => expect(time.dayOf(Date.parse(utc), zone)).toBe(day));

  test.each([
    ['2027-01-31', 1, '2027-02-01'],
    ['2028-02-28', 1, '2028-02-29'],
    ['2027-03-01', -1, '2027-02-28'],
    ['2027-01-01', -7, '2026-12-25'],
  ])('%s and %i days is %s', (day, days, after) => {
    expect(time.addDays(day, days)).toBe(after);
    expect(time.daysBetween(day, after)).toBe(days);
  });

  test.each([
    ['2027-02-28', '2027-02-28'],
    [' 2028-02-29 ', '2028-02-29'],
    ['2027-02-29', null],
    ['2027-13-01', null],
    ['2027-1-2', null],
    ['20270102', null],
    ['tomorrow', null],
  ])('%j is read as %s', (typed, day) => expect(time.parseDay(typed)).toBe(day));
});

test.each([
  ['UTC', true],
  ['America/Argentina/Buenos_Aires', true],
  ['America/Port-au-Prince', true],
  ['EST', false],
  ['Eastern Standard Time', false],
  ['+01:00', false],
  ['Europe/Nowhere', false],
  ['', false],
])('zone %j: %s', (zone, is) => expect(time.isZone(zone)).toBe(is));

describe('as people read it', () => {
  const stream = Date.parse('2027-01-30T00:00:00Z');

  test('a moment names weekday and zone', () => {
    expect(time.sayMoment(stream, 'America/New_York', 'en')).toBe('Fri, Jan 29, 2027, 19:00 EST');
    expect(time.sayMoment(stream, 'Europe/London', 'en-GB')).toBe('Sat, 30 Jan 2027, 00:00 GMT');
  });
  test('a clock says which of two 01:30s', () => {
    expect(time.sayClock(Date.parse('2026-11-01T05:30:00Z'), 'America/New_York', 'en')).toBe('01:30 EDT');
    expect(time.sayClock(Date.parse('2026-11-01T06:30:00Z'), 'America/New_York', 'en')).toBe('01:30 EST');
  });
  test('a day is the same day whatever the zone of the machine', () =>
    expect(time.sayDay('2027-01-29', 'en')).toBe('Fri, Jan 29, 2027'));
  test.each([
    ['America/New_York', 'New York time'],
    ['Australia/Lord_Howe', 'Lord Howe time'],
    ['UTC', 'UTC'],
  ])('%s is %s', (zone, said) => expect(time.sayZone(zone)).toBe(said));

  test.each([
    [-5, '0 s'],
    [45, '45 s'],
    [90, '90 s'],
    [120, '2 min'],
    [150, '2 min 30 s'],
    [600, '10 min'],
    [3599, '1 h'],
    [3 * 3600 + 300, '3 h 5 min'],
    [86_400 + 3 * 3600, '1 day 3 h'],
    [2 * 86_400, '2 days'],
    [4 * 86_400 + 60, '4 days'],
    [7 * 86_400 + 40_000, '7 days'],
  ])('%i s is %s', (seconds, said) => expect(time.sayDuration(seconds * 1000)).toBe(said));
});
