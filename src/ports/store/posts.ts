import type { Place } from '../../domain/team.ts';
import type { ClaimedPost, PostFacts, Sent } from '../post.ts';

export type PostHealth = {
  readonly waitingCount: number;
  readonly oldestWaitingMs: number | null; // when the oldest unsent post should have gone
  readonly dead: readonly {
    readonly postId: string;
    readonly kind: string;
    readonly destinationId: string;
    readonly reason: string;
  }[];
  readonly heldDestinations: readonly { readonly destinationId: string; readonly untilMs: number }[];
  readonly expiredCount: number;
};

/** For one team: what commands may do with posts. */
export type TeamPostStore = {
  /** Shows an answer in the channel it was asked in. */
  readonly show: (ask: { facts: PostFacts; place: Place; key: string; nowMs: number }) => Promise<void>;
  readonly health: (nowMs: number) => Promise<PostHealth>;
};

/** For the courier: across teams. */
export type CourierStore = {
  /** Claims posts to send now, each under a lease: critical first, oldest first, one in flight per destination (and one critical). */
  readonly claim: (ask: {
    worker: string;
    leaseMs: number;
    limit: number;
    nowMs: number;
    criticalOnly?: boolean;
  }) => Promise<readonly ClaimedPost[]>;
  /** Settles the revision that was claimed. A settle after the lease was lost changes nothing and answers false. */
  readonly settle: (ask: { post: ClaimedPost; worker: string; sent: Sent; nowMs: number }) => Promise<boolean>;
  /** When to look again at the latest; null when nothing waits. */
  readonly nextDueMs: (nowMs: number) => Promise<number | null>;
  /** Before the first claim of a process that alone serves this database: what an earlier one had leased is free again. */
  readonly takeOver: (worker: string) => Promise<void>;
};

/** Buttons by id. A button is a command typed for you; its id is kept once and works after a restart. */
export type ButtonStore = {
  readonly keep: (
    calls: readonly { readonly name: string; readonly input: Readonly<Record<string, string | number>> }[],
    nowMs: number,
  ) => Promise<readonly string[]>;
  readonly find: (
    buttonId: string,
  ) => Promise<{ readonly name: string; readonly input: Readonly<Record<string, string | number>> } | null>;
};
