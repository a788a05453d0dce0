import type { Place, Platform, Purpose } from '../../domain/team.ts';
import type { Button, CommandCall } from '../message.ts';
import type { ClaimedPost, PostFacts, Sent } from '../post.ts';

/** A channel as people know it: what it is for, and where. */
export type ChannelName = { readonly platform: Platform; readonly address: string; readonly purposes: readonly Purpose[] };

export type PostHealth = {
  readonly waitingCount: number;
  readonly oldestWaitingMs: number | null; // when the oldest unsent post should have gone
  readonly dead: readonly {
    readonly postId: string;
    readonly kind: PostFacts['kind'];
    readonly where: ChannelName;
    readonly reason: string;
  }[];
  readonly heldDestinations: readonly { readonly where: ChannelName; readonly untilMs: number; readonly reason: string | null }[];
  readonly expiredCount: number;
};

/** For one team: what commands may do with posts. */
export type TeamPostStore = {
  /** Shows an answer in the channel it was asked in. */
  readonly show: (ask: { facts: PostFacts; place: Place; key: string; nowMs: number }) => Promise<void>;
  /** Shows the newest facts of a message again, whatever it shows now; nothing happens for a message that is not ours. */
  readonly refresh: (ask: { place: Place; remoteId: string; nowMs: number }) => Promise<void>;
  /** Notices platforms that take nothing, and those that do again, and tells the others. `lost` are this process's
   *  own connections; `platforms` are those it may judge, all unless given: another process may know of a connection we do not keep. */
  readonly watch: (ask: { lost: readonly LostPlatform[]; platforms?: readonly Platform[]; nowMs: number }) => Promise<void>;
  /** Lets go what waits for a time that moved away because the clock was set back. */
  readonly afterSetBack: (nowMs: number) => Promise<void>;
  readonly health: (nowMs: number) => Promise<PostHealth>;
};

/** A connection that is down. */
export type LostPlatform = { readonly platform: Platform; readonly sinceMs: number; readonly reason: string };

/** The workspace or server this process has tokens for, by platform, as far as it is known. Other teams' posts are not its own. */
export type Homes = Readonly<Partial<Record<Platform, string>>>;

/** For the courier: across teams. */
export type CourierStore = {
  /** Claims posts to send now, each under a lease: critical first, oldest first, one in flight per destination (and one critical). */
  readonly claim: (ask: {
    worker: string;
    leaseMs: number;
    limit: number;
    nowMs: number;
    criticalOnly?: boolean;
    homes?: Homes;
  }) => Promise<readonly ClaimedPost[]>;
  /** Settles the revision that was claimed. A settle after the lease was lost changes nothing and answers false. */
  readonly settle: (ask: {
    post: ClaimedPost;
    worker: string;
    sent: Sent;
    pinged: readonly string[]; // person ids this delivery rings, once it has arrived
    nowMs: number;
  }) => Promise<boolean>;
  /** When to look again at the latest; null when nothing waits. */
  readonly nextDueMs: (nowMs: number) => Promise<number | null>;
  /** Before the first claim of a process that alone serves this database: what an earlier one had leased is free again. */
  readonly takeOver: (worker: string) => Promise<void>;
};

/** A button as it is kept: a command typed for somebody, and what is asked before it runs. */
export type KeptButton = CommandCall & { readonly confirm: Button['confirm'] };

/** A button to keep. One that asks nothing may leave `confirm` out. */
export type ButtonToKeep = CommandCall & Partial<Pick<KeptButton, 'confirm'>>;

/** Buttons by id. A button's id is kept once and works after a restart. */
export type ButtonStore = {
  readonly keep: (buttons: readonly ButtonToKeep[], nowMs: number) => Promise<readonly string[]>;
  readonly find: (buttonId: string) => Promise<KeptButton | null>;
};
