import { unreachable } from './unreachable.ts';

/** A post that failed this often is given up and shown to an operator. A rate limit is not a failure of the post. */
export const MAX_ATTEMPTS = 8;

/** A critical or live message that somebody deleted is posted anew this often. */
export const MAX_REPOSTS = 1;

// Only a pause ever edits an announcement: posting a deleted one anew would promote what was just stopped.
const NEVER_REPOSTED: readonly string[] = ['announcement'];

/** A ring waits this long for a card that fails: being heard matters more than what it answers. */
export const RING_WAITS_MS = 30_000;

/** A restored store looks for every message before posting it, for this long: what it posted since the backup is not known. */
export const RESTORED_LOOK_MS = 7 * 86_400_000;

/** A living card is edited this often at most: a platform allows about one edit a second, and nobody reads faster. */
export const EDIT_PACE_MS = 1_000;

// What must be seen at once is never held back by the pace of its last edit.
const UNPACED: readonly string[] = ['pause', 'announcement'];

/** When a message of this kind may next be edited, once it has been delivered at `nowMs`. */
export function editAfterMs(kind: string, nowMs: number): number {
  return UNPACED.includes(kind) ? 0 : nowMs + EDIT_PACE_MS;
}

const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MAX_MS = 10 * 60_000;
const HOLD_MIN_MS = 100; // asking again at once is what a rate limit forbids
const HOLD_MAX_MS = 15 * 60_000; // a platform that asks for more is asked again after this

/** Nothing that failed or was held waits longer than this for its next try. */
export const LONGEST_WAIT_MS = Math.max(BACKOFF_MAX_MS, HOLD_MAX_MS);

/** What came of an attempt, whatever the platform. */
export type Outcome =
  | { readonly kind: 'sent'; readonly remoteId: string }
  | {
      readonly kind: 'retry';
      readonly afterMs: number;
      readonly hold: 'post' | 'destination' | 'platform';
      readonly reason: string;
    }
  | { readonly kind: 'gone' }
  | { readonly kind: 'dead'; readonly reason: string };

/** A post as it stands when its attempt comes back. */
export type Attempted = {
  readonly kind: string;
  readonly lane: number; // 0 critical, 1 live, 2 routine
  readonly revision: number; // the newest wanted, maybe newer than the one claimed
  readonly claimedRevision: number;
  readonly deliveredRevision: number;
  readonly remoteId: string | null;
  readonly dueMs: number;
  readonly attemptCount: number; // this one included
  readonly inDoubt: boolean;
  readonly repostCount: number;
};

/** How the post stands afterwards. */
export type Settled = {
  readonly state: 'waiting' | 'settled' | 'dead';
  readonly deliveredRevision: number;
  readonly remoteId: string | null;
  readonly dueMs: number;
  readonly attemptCount: number;
  readonly inDoubt: boolean;
  readonly repostCount: number;
  readonly failure: string | null;
  readonly hold: { readonly what: 'destination' | 'platform'; readonly untilMs: number } | null;
};

/** Milliseconds to wait after the nth failed attempt (n ≥ 1): 1 s, 4 s, 16 s … at most 10 minutes; eight span about 26 minutes. */
export function backoffMs(attemptCount: number): number {
  return Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 4 ** (Math.max(1, attemptCount) - 1));
}

/** Decides how a post stands after an attempt. A revision wanted meanwhile keeps it waiting, whatever came of the older one. */
export function afterAttempt(post: Attempted, outcome: Outcome, nowMs: number): Settled {
  const newer = post.revision > post.claimedRevision;
  const unchanged = {
    deliveredRevision: post.deliveredRevision,
    remoteId: post.remoteId,
    dueMs: post.dueMs,
    attemptCount: post.attemptCount,
    inDoubt: post.inDoubt,
    repostCount: post.repostCount,
    failure: null,
    hold: null,
  };
  switch (outcome.kind) {
    case 'sent': {
      const { remoteId } = outcome;
      const deliveredRevision = post.claimedRevision;
      return { ...unchanged, state: newer ? 'waiting' : 'settled', deliveredRevision, remoteId, attemptCount: 0, inDoubt: false };
    }
    case 'gone':
      return afterGone(post, unchanged, nowMs);
    case 'dead':
      return { ...unchanged, state: newer ? 'waiting' : 'dead', failure: outcome.reason };
    case 'retry':
      return afterFailure(post, unchanged, outcome, nowMs);
    default:
      return unreachable(outcome);
  }
}

function afterGone(post: Attempted, unchanged: Omit<Settled, 'state'>, nowMs: number): Settled {
  if (post.lane <= 1 && post.repostCount < MAX_REPOSTS && !NEVER_REPOSTED.includes(post.kind)) {
    const repostCount = post.repostCount + 1;
    return { ...unchanged, state: 'waiting', remoteId: null, dueMs: nowMs, attemptCount: 0, inDoubt: false, repostCount };
  }
  // Somebody did not want it. Its id is kept, so that a later revision finds it gone again instead of posting anew.
  const state = post.revision > post.claimedRevision ? 'waiting' : 'settled';
  return { ...unchanged, state, deliveredRevision: post.claimedRevision, attemptCount: 0 };
}

function afterFailure(
  post: Attempted,
  unchanged: Omit<Settled, 'state'>,
  outcome: Outcome & { kind: 'retry' },
  nowMs: number,
): Settled {
  if (outcome.hold !== 'post') {
    // The platform refused to listen: nothing arrived, and the post is not to blame.
    const untilMs = nowMs + Math.min(HOLD_MAX_MS, Math.max(HOLD_MIN_MS, outcome.afterMs));
    const attemptCount = Math.max(0, post.attemptCount - 1);
    return { ...unchanged, state: 'waiting', attemptCount, failure: outcome.reason, hold: { what: outcome.hold, untilMs } };
  }
  if (post.attemptCount >= MAX_ATTEMPTS) {
    return {
      ...unchanged,
      state: 'dead',
      inDoubt: true,
      failure: `gave up after ${post.attemptCount} attempts: ${outcome.reason}`,
    };
  }
  const dueMs = nowMs + Math.max(backoffMs(post.attemptCount), Math.min(HOLD_MAX_MS, outcome.afterMs));
  return { ...unchanged, state: 'waiting', dueMs, inDoubt: true, failure: outcome.reason };
}
