import type { Outcome } from '../domain/courier.ts';
import type { Reckoning } from '../domain/drift.ts';
import type { Announcement, Pause, Receipt } from '../domain/promotion.ts';
import type { PolicyVersion } from '../domain/policy.ts';
import type { Destination, Place, Platform, Purpose, Role } from '../domain/team.ts';
import type { Severity } from '../domain/threshold.ts';
import { unreachable } from '../domain/unreachable.ts';
import type { Message, Mention, Telling } from './message.ts';
import type { StockAnswer } from './store/stock.ts';

/** What must not wait behind what: pause, oversell and sold out first; digests last. Smaller goes first. */
export const LANES = { critical: 0, live: 1, routine: 2 } as const satisfies Record<Severity, number>;
export type Lane = (typeof LANES)[keyof typeof LANES];

export type AlertState = 'open' | 'acknowledged' | 'snoozed' | 'dismissed' | 'recovered';

/** One alert as its card shows it. */
export type AlertFacts = {
  readonly alertId: string; // `stock:HOODIE-M:3:…`: the third time this SKU's stock raised one, and when
  readonly subjectKind: 'stock' | 'feed';
  readonly subject: string; // the SKU or bundle; 'feed' for silence
  readonly name: string; // the SKU's name
  readonly severity: Severity;
  readonly state: AlertState;
  readonly test: boolean;
  readonly cause: string; // see Crossing.cause
  readonly thresholdId: string;
  readonly limitUnits: number;
  readonly crossedBalanceUnits: number; // at the crossing
  readonly minutesLeft: number | null;
  readonly bindingSku: string | null;
  readonly balanceNowUnits: number; // at `asOfMs`
  readonly openedAtMs: number; // when this severity was reached
  readonly asOfMs: number;
  readonly actedBy: string | null; // who acknowledged, snoozed or dismissed
  readonly actedPlace: Place | null;
  readonly actedAtMs: number | null;
  readonly reason: string | null;
  readonly snoozedUntilMs: number | null;
  readonly escalatedTo: Role | null;
};

export type RingWhy = 'opened' | 'worse' | 'escalated' | 'reverted' | 'snooze-over';

/** What a reminder card shows. `lateMs` is how late this reminder itself is, after downtime. */
export type ReminderFacts = {
  readonly milestoneId: string;
  readonly name: string;
  readonly dropName: string;
  readonly ownerPersonId: string | null;
  readonly ownerRole: Role | null;
  readonly dueDay: string;
  readonly zone: string;
  readonly daysLeft: number; // negative: overdue
  readonly lateMs: number;
  readonly doneAtMs: number | null;
  readonly doneBy: string | null;
  readonly snoozedUntilMs: number | null;
  readonly removed?: boolean; // a plan took it out; its card says so
};

export type PauseFacts = {
  readonly pause: Pause;
  readonly scopeName: string; // 'every promotion' or the SKU's name
  readonly receipts: readonly Receipt[];
  readonly heldCount: number; // announcements stopped before they went out
  readonly inFlight: readonly string[]; // announcements being sent as the pause fell
  readonly markedCount: number; // sent in the last 48 h, now marked paused
  readonly unitsSoldMeanwhile: number;
  readonly asOfMs: number;
  readonly audience: 'team' | 'public'; // a channel the community reads is not told who, why and how many
};

/** What one channel did not take, told in the others. */
export type UndeliveredFacts = {
  readonly platform: Platform;
  readonly address: string;
  readonly purposes: readonly Purpose[];
  readonly kinds: readonly PostFacts['kind'][]; // what was given up, each kind once
  readonly count: number;
  readonly reason: string; // of the newest
};

/** A platform that takes nothing, told on the others; `backAtMs` is set once it does again. */
export type TroubleFacts = {
  readonly platform: Platform;
  readonly sinceMs: number;
  readonly reason: string;
  readonly waitingCount: number; // when it was told; once back: still on their way
  readonly backAtMs: number | null;
  readonly tooLateCount: number; // once back: what had passed its time meanwhile
};

/** A shop whose own count of an item is not what the books say; `over` once that has ended, and why. */
export type DriftFacts = Reckoning & {
  readonly source: string;
  readonly sku: string;
  readonly name: string;
  readonly shownUnits: number; // by the shop
  readonly sinceMs: number;
  readonly countedAtMs: number;
  readonly over: { readonly why: 'agrees' | 'uncounted' | 'unlisted'; readonly atMs: number } | null;
};

/** Facts of a post, as stored. `words` makes the message when it is sent, in the destination's locale and zone. */
export type PostFacts =
  | { readonly kind: 'alert'; readonly alert: AlertFacts }
  | {
      readonly kind: 'alert-ring';
      readonly rings: readonly { readonly why: RingWhy; readonly alert: AlertFacts; readonly mention: Mention }[]; // a storm is one ring
    }
  | { readonly kind: 'reminder'; readonly reminder: ReminderFacts }
  | { readonly kind: 'reminder-ring'; readonly reminders: readonly ReminderFacts[]; readonly mention: Mention } // after downtime, one for all of an owner's
  | { readonly kind: 'announcement'; readonly announcement: Announcement; readonly paused: { readonly sinceMs: number } | null }
  | { readonly kind: 'pause'; readonly pause: PauseFacts }
  | {
      readonly kind: 'pause-ring';
      readonly why: 'paused' | 'resumed' | 'not-confirmed' | 'still-paused'; // still: its time ended but its cause stands
      readonly pause: PauseFacts;
      readonly surfaces: readonly string[]; // those not confirmed
      readonly mentions: readonly Mention[];
    }
  | {
      readonly kind: 'digest';
      readonly day: string;
      readonly alerts: readonly AlertFacts[];
      readonly overdue: readonly ReminderFacts[];
    }
  | {
      readonly kind: 'live';
      readonly dropName: string;
      readonly state: 'live' | 'ended';
      readonly atMs: number;
      readonly byPersonId: string;
      readonly mayPause?: readonly string[]; // person ids; cards of before this was told have none
    }
  | { readonly kind: 'stock'; readonly answer: StockAnswer; readonly shownBy: string }
  | {
      readonly kind: 'policy';
      readonly version: PolicyVersion;
      readonly topic: string | null;
      readonly dropName: string | null;
      readonly shownBy: string;
    }
  | {
      readonly kind: 'notice';
      readonly notice:
        | {
            readonly what: 'unknown-sku';
            readonly sku: string;
            readonly source: string;
            readonly externalId: string;
            readonly units: number;
          }
        | { readonly what: 'set-aside'; readonly source: string; readonly externalId: string; readonly why: string }
        | { readonly what: 'reconcile'; readonly source: string; readonly externalId: string }
        | { readonly what: 'missed-announcement'; readonly text: string; readonly atMs: number }
        | ({ readonly what: 'undelivered' } & UndeliveredFacts)
        | ({ readonly what: 'trouble' } & TroubleFacts)
        | ({ readonly what: 'drift' } & DriftFacts);
    };

/** Whom facts call on to be rung, as their words will say it. */
export function mentionsIn(facts: PostFacts): readonly Mention[] {
  switch (facts.kind) {
    case 'alert-ring':
      return facts.rings.map(({ mention }) => mention);
    case 'reminder-ring':
      return [facts.mention];
    case 'pause-ring':
      return facts.mentions;
    case 'alert':
    case 'reminder':
    case 'announcement':
    case 'pause':
    case 'digest':
    case 'live':
    case 'stock':
    case 'policy':
    case 'notice':
      return [];
    default:
      return unreachable(facts);
  }
}

/** A claimed post, ready to be made into words and sent. */
export type ClaimedPost = {
  readonly id: string; // 22 characters, from team, key and destination: the same after a restore
  readonly teamId: string;
  readonly key: string;
  readonly destination: Destination;
  readonly facts: PostFacts;
  readonly lane: Lane;
  readonly revision: number; // the one claimed
  readonly remoteId: string | null; // set: edit that message; null: post a new one
  readonly replyToRemoteId: string | null;
  readonly attemptCount: number; // this one included
  readonly repostCount: number; // how often somebody deleted it and it was posted anew
  readonly lookFirst: boolean; // an earlier attempt may have arrived: look before posting
  readonly telling: Telling;
  readonly recipients: readonly Recipient[]; // who `mentions` of these facts may ring
  readonly createdAtMs: number;
  readonly notBeforeMs: number;
};

/** Somebody a mention may name, and how to ring them with this very post. */
export type Recipient = {
  readonly personId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly accountIds: readonly string[]; // on the post's platform; empty: not rung by this post
  readonly rungOn: Platform | null; // the other platform where the same ring reaches them
};

/** A mention as one post carries it: whom it rings here, and who is rung by the same ring elsewhere. */
export type Ping = {
  readonly mention: Mention;
  readonly people: readonly { readonly personId: string; readonly name: string; readonly accountIds: readonly string[] }[];
  readonly elsewhere: readonly { readonly name: string; readonly platform: Platform }[];
};

/** What came of an attempt. */
export type Sent = Outcome;

/** A message on its way to one destination of one platform. */
export type Delivery = {
  readonly postId: string;
  readonly address: string;
  readonly message: Message;
  readonly buttonIds: readonly string[]; // lined up with the message's buttons, in order
  readonly kind: 'card' | 'ring';
  readonly broadcast: boolean; // a critical ring is seen in the channel too, not only in the thread
  readonly remoteId: string | null;
  readonly replyToRemoteId: string | null;
  readonly pings: readonly Ping[]; // empty for an edit: edits ring nobody
  readonly createdAtMs: number; // when it was first wanted: nothing of it can have arrived before
  readonly repostCount: number;
  readonly zone: string;
  readonly locale: string;
};

/** How the courier reaches one platform. Neither call retries or queues. */
export type Sender = {
  /** Posts, or edits when `remoteId` is set. Never throws for what a platform can answer. */
  readonly deliver: (delivery: Delivery) => Promise<Sent>;
  /** Looks for a message this post may already have become. */
  readonly find: (delivery: Delivery) => Promise<{ readonly remoteId: string } | null>;
};
