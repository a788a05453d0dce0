import { describe, expect, test } from 'vitest';
import { MAX_ATTEMPTS, afterAttempt, backoffMs } from '../../src/domain/courier.ts';
import type { Attempted, Outcome, Settled } from '../../src/domain/courier.ts';

const NOW = 1_000_000;
const POST: Attempted = {
  kind: 'alert',
  lane: 1,
  revision: 3,
  claimedRevision: 3,
  deliveredRevision: 2,
  remoteId: 'm1',
  dueMs: 900_000,
  attemptCount: 1,
  inDoubt: false,
  repostCount: 0,
};
const UNCHANGED = {
  deliveredRevision: 2,
  remoteId: 'm1',
  dueMs: 900_000,
  attemptCount: 1,
  inDoubt: false,
  repostCount: 0,
  failure: null,
  hold: null,
};
const retry = (hold: 'post' | 'destination' | 'platform', afterMs: number): Outcome => ({
  kind: 'retry',
  hold,
  afterMs,
  reason: 'why',
});
const sent: Outcome = { kind: 'sent', remoteId: 'm1' };

const CASES: readonly (readonly [string, Partial<Attempted>, Outcome, Partial<Settled> & Pick<Settled, 'state'>])[] = [
  ['sent is settled', {}, sent, { state: 'settled', deliveredRevision: 3, attemptCount: 0 }],
  [
    'sent first keeps the id',
    { remoteId: null },
    { kind: 'sent', remoteId: 'new' },
    { state: 'settled', deliveredRevision: 3, remoteId: 'new', attemptCount: 0 },
  ],
  ['sent while newer is wanted waits', { revision: 9 }, sent, { state: 'waiting', deliveredRevision: 3, attemptCount: 0 }],
  ['sent ends the doubt', { inDoubt: true }, sent, { state: 'settled', deliveredRevision: 3, attemptCount: 0, inDoubt: false }],
  ['a failure waits its backoff', {}, retry('post', 0), { state: 'waiting', dueMs: NOW + 1_000, inDoubt: true, failure: 'why' }],
  ['or longer, if asked', {}, retry('post', 7_000), { state: 'waiting', dueMs: NOW + 7_000, inDoubt: true, failure: 'why' }],
  [
    'but at most a quarter of an hour',
    {},
    retry('post', 9e9),
    { state: 'waiting', dueMs: NOW + 900_000, inDoubt: true, failure: 'why' },
  ],
  [
    'the eighth failure is the last',
    { attemptCount: MAX_ATTEMPTS },
    retry('post', 0),
    { state: 'dead', inDoubt: true, attemptCount: 8, failure: 'gave up after 8 attempts: why' },
  ],
  [
    'a rate limit is no failure of the post',
    { attemptCount: MAX_ATTEMPTS },
    retry('destination', 5_000),
    { state: 'waiting', attemptCount: 7, failure: 'why', hold: { what: 'destination', untilMs: NOW + 5_000 } },
  ],
  [
    'a rate limit of nothing is still a moment',
    {},
    retry('platform', 0),
    { state: 'waiting', attemptCount: 0, failure: 'why', hold: { what: 'platform', untilMs: NOW + 100 } },
  ],
  [
    'a rate limit keeps a doubt',
    { inDoubt: true },
    retry('platform', 100),
    { state: 'waiting', inDoubt: true, attemptCount: 0, failure: 'why', hold: { what: 'platform', untilMs: NOW + 100 } },
  ],
  [
    'gone is posted anew',
    {},
    { kind: 'gone' },
    { state: 'waiting', remoteId: null, dueMs: NOW, attemptCount: 0, repostCount: 1 },
  ],
  [
    'gone again is left',
    { repostCount: 1 },
    { kind: 'gone' },
    { state: 'settled', deliveredRevision: 3, attemptCount: 0, repostCount: 1 },
  ],
  [
    'a gone announcement is left',
    { kind: 'announcement' },
    { kind: 'gone' },
    { state: 'settled', deliveredRevision: 3, attemptCount: 0 },
  ],
  ['gone and routine is left', { lane: 2 }, { kind: 'gone' }, { state: 'settled', deliveredRevision: 3, attemptCount: 0 }],
  ['dead is dead', {}, { kind: 'dead', reason: 'no channel' }, { state: 'dead', failure: 'no channel' }],
  [
    'dead while newer is wanted is tried again',
    { revision: 4 },
    { kind: 'dead', reason: 'too long' },
    { state: 'waiting', failure: 'too long' },
  ],
];

describe('after an attempt', () => {
  test.each(CASES)('%s', (_name, post, outcome, expected) => {
    expect(afterAttempt({ ...POST, ...post }, outcome, NOW)).toEqual({ ...UNCHANGED, ...expected });
  });

  test('the waits grow fourfold to ten minutes', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 8].map(backoffMs)).toEqual([1_000, 1_000, 4_000, 16_000, 64_000, 256_000, 600_000, 600_000]);
  });
});
