import { describe, expect, test } from 'vitest';
import {
  acknowledged,
  chainOf,
  closed,
  isSilent,
  isWorse,
  ringing,
  snoozed,
  tellsOf,
  timePassed,
  type AlertLife,
} from '../../src/domain/alert.ts';

const MINUTE = 60_000;
const OPEN: AlertLife = { state: 'open', severity: 'critical', test: false, escalationStep: 1, dueMs: 2 * MINUTE };

describe('who is called', () => {
  test.each([
    ['stock', ['founder', 'fulfilment', 'producer', 'ops-lead'], ['fulfilment', 'ops-lead', 'producer', 'founder']],
    ['stock', ['founder', 'host', 'support'], ['founder']],
    ['feed', ['founder', 'fulfilment', 'producer'], ['producer', 'founder']],
    ['feed', [], ['founder']],
  ] as const)('%s, held by %j', (kind, held, chain) => {
    expect(chainOf(kind, new Set<string>(held))).toEqual(chain);
  });
});

describe('worse', () => {
  test.each([
    // severity, line, its limit, state; then the crossing
    ['routine', 'percent:20', 8, 'open', 'live', 'units:5', 5, true],
    ['live', 'units:5', 5, 'open', 'critical', 'units:0', 0, true],
    ['critical', 'units:0', 0, 'acknowledged', 'live', 'units:5', 5, false],
    ['critical', 'units:0', 0, 'open', 'critical', 'oversold', -1, true],
    ['critical', 'oversold', -1, 'open', 'critical', 'units:0', 0, false],
    ['critical', 'oversold', -1, 'acknowledged', 'critical', 'minutes:5', 40, false],
    ['critical', 'oversold', -1, 'open', 'critical', 'oversold', -1, false],
    // a tighter line of the same severity
    ['live', 'units:50', 50, 'open', 'live', 'units:5', 5, true],
    ['live', 'units:50', 50, 'acknowledged', 'live', 'units:5', 5, true],
    ['live', 'units:5', 5, 'acknowledged', 'live', 'units:50', 50, false],
    ['live', 'units:5', 5, 'acknowledged', 'live', 'units:5', 5, false],
    ['live', 'units:50', 50, 'open', 'live', 'percent:10', 20, true],
    ['live', 'percent:10', 20, 'snoozed', 'live', 'percent:10', 18, false], // the same line, of fewer units
    ['live', 'minutes:10', 80, 'open', 'live', 'minutes:5', 90, true], // its rate has grown
    ['live', 'minutes:5', 40, 'snoozed', 'live', 'minutes:10', 30, false],
    // minutes and units cannot be compared: what nobody has taken rings on anyway
    ['live', 'units:5', 5, 'open', 'live', 'minutes:10', 80, false],
    ['live', 'units:5', 5, 'acknowledged', 'live', 'minutes:10', 80, true],
    ['live', 'units:5', 5, 'snoozed', 'live', 'minutes:10', 80, true],
    ['live', 'minutes:10', 80, 'open', 'live', 'units:50', 50, false],
    ['live', 'minutes:10', 80, 'acknowledged', 'live', 'percent:10', 20, true],
    // routine rings nobody
    ['routine', 'percent:20', 8, 'acknowledged', 'routine', 'units:5', 5, false],
    ['routine', 'units:5', 5, 'acknowledged', 'routine', 'minutes:10', 80, false],
  ] as const)('%s %s (%i) %s, then %s %s (%i): %s', (severity, thresholdId, limitUnits, state, next, nextId, limit, worse) => {
    const crossing = { severity: next, thresholdId: nextId, limitUnits: limit };
    expect(isWorse({ severity, thresholdId, limitUnits, state }, crossing)).toBe(worse);
  });

  test.each([
    ['units:50', 'units:5', true],
    ['minutes:10', 'units:50', true], // so that a tighter line after that one is heard
    ['units:50', 'minutes:10', false],
    ['minutes:10', 'minutes:5', true],
    ['oversold', 'units:0', false],
  ] as const)('after %s, the card tells of %s: %s', (thresholdId, nextId, told) => {
    expect(tellsOf({ severity: 'live', thresholdId }, { severity: 'live', thresholdId: nextId })).toBe(told);
    expect(tellsOf({ severity: 'critical', thresholdId }, { severity: 'live', thresholdId: nextId })).toBe(false);
  });
});

describe('opening', () => {
  test.each([
    ['critical', false, 1, 2 * MINUTE],
    ['live', false, 1, 5 * MINUTE],
    ['routine', false, 0, null],
    ['critical', true, 1, 10 * MINUTE],
  ] as const)('%s (test: %s)', (severity, isTest, escalationStep, dueMs) => {
    expect(ringing({ severity, test: isTest, nowMs: 0 })).toEqual({
      state: 'open',
      severity,
      test: isTest,
      escalationStep,
      dueMs,
    });
  });
});

describe('people', () => {
  test('an acknowledgement is due in ten minutes, a routine one never, a test’s at its own end', () => {
    expect(acknowledged(OPEN, MINUTE)).toEqual({ ...OPEN, state: 'acknowledged', dueMs: 11 * MINUTE });
    expect(acknowledged({ ...OPEN, severity: 'routine', dueMs: null }, MINUTE)?.dueMs).toBe(null);
    expect(acknowledged({ ...OPEN, test: true, dueMs: 10 * MINUTE }, MINUTE)?.dueMs).toBe(10 * MINUTE);
    expect(acknowledged({ ...OPEN, state: 'snoozed' }, MINUTE)?.state).toBe('acknowledged');
  });
  test.each(['acknowledged', 'dismissed', 'recovered'] as const)('%s is not acknowledged again', (state) => {
    expect(acknowledged({ ...OPEN, state }, 0)).toBe(null);
  });
  test.each(['dismissed', 'recovered'] as const)('%s is neither snoozed nor closed again', (state) => {
    expect(snoozed({ ...OPEN, state }, MINUTE)).toBe(null);
    expect(closed({ ...OPEN, state }, 'dismissed')).toBe(null);
  });
  test('closed, time changes nothing more', () => {
    expect(closed(OPEN, 'dismissed')).toEqual({ ...OPEN, state: 'dismissed', dueMs: null });
  });
});

describe('time', () => {
  const now = { chainLength: 4, followedUp: false, nowMs: 2 * MINUTE };
  test.each([
    [2 * MINUTE - 1, 'nothing', null, null],
    [2 * MINUTE, 'rings', 2, 4 * MINUTE],
    [4 * MINUTE - 1, 'rings', 2, 4 * MINUTE],
    [4 * MINUTE, 'rings', 3, 6 * MINUTE],
    [60 * MINUTE, 'rings', 4, null], // steps missed are one ring, to the last
  ] as const)('critical at %i ms: %s, step %s', (nowMs, kind, step, dueMs) => {
    const passed = timePassed(OPEN, { ...now, nowMs });
    expect(passed.kind).toBe(kind);
    expect('life' in passed ? [passed.life.escalationStep, passed.life.dueMs] : [null, null]).toEqual([step, dueMs]);
  });
  test('live climbs every five minutes', () => {
    const live = { ...OPEN, severity: 'live', dueMs: 5 * MINUTE } as const;
    expect(timePassed(live, { ...now, nowMs: 5 * MINUTE })).toMatchObject({ why: 'escalated', life: { dueMs: 10 * MINUTE } });
  });
  test('with nobody further to call it rests', () => {
    expect(timePassed(OPEN, { ...now, chainLength: 1 })).toEqual({ kind: 'rests', life: { ...OPEN, dueMs: null } });
  });
  test('acknowledged: followed up it rests, else it opens again and the wait begins anew', () => {
    const taken = { ...OPEN, state: 'acknowledged', escalationStep: 3 } as const;
    expect(timePassed(taken, { ...now, followedUp: true })).toEqual({ kind: 'rests', life: { ...taken, dueMs: null } });
    expect(timePassed(taken, now)).toEqual({ kind: 'rings', why: 'reverted', life: { ...OPEN, dueMs: 4 * MINUTE } });
  });
  test('a snooze ends', () => {
    expect(timePassed({ ...OPEN, state: 'snoozed' }, now)).toEqual({
      kind: 'rings',
      why: 'snooze-over',
      life: { ...OPEN, dueMs: 4 * MINUTE },
    });
  });
  test.each(['open', 'acknowledged', 'snoozed'] as const)('a test that is %s closes by itself', (state) => {
    const life = { ...OPEN, test: true, state };
    expect(timePassed(life, now)).toEqual({ kind: 'test-over', life: { ...life, state: 'recovered', dueMs: null } });
  });
  test.each(['dismissed', 'recovered'] as const)('%s stays so', (state) => {
    expect(timePassed({ ...OPEN, state }, { ...now, nowMs: 99 * MINUTE })).toEqual({ kind: 'nothing' });
  });
});

describe('silence', () => {
  // 8.656 orders, decayed, are the rhythm that predicts three in ninety seconds: 3 / (90 · ln 2 / 180).
  test.each([
    [1_000, 8.66, 91_001, true],
    [1_000, 8.66, 91_000, false], // ninety seconds are not more than ninety
    [1_000, 8.65, 91_001, false],
    [999, 100, 200_000, false], // heard before this show
    [null, 0, 200_000, false],
  ] as const)('last heard at %s with %s recent, at %i: %s', (heardAtMs, heardRecent, nowMs, silent) => {
    expect(isSilent({ heardAtMs, heardRecent, liveSinceMs: 1_000 }, nowMs)).toBe(silent);
  });
});
