import type { DecisionName, Drop, OpenPoint } from '../../domain/drop.ts';
import type { Policy, PolicyVersion } from '../../domain/policy.ts';
import type { Actor, Place, Role } from '../../domain/team.ts';
import type { Plan } from '../plan.ts';

type Change = { readonly key: string; readonly by: Actor; readonly nowMs: number };

export type DropAnswer =
  | { readonly kind: 'done'; readonly drop: Drop }
  | { readonly kind: 'unchanged'; readonly drop: Drop } // it is so already
  | { readonly kind: 'other-live'; readonly drop: Drop } // one live drop per team
  | { readonly kind: 'ended'; readonly drop: Drop }
  | { readonly kind: 'not-live'; readonly drop: Drop }
  | { readonly kind: 'no-such-drop'; readonly asked: string | null; readonly near: readonly string[] };

/** One row of the decision table every drop carries: who owns it, and what is still open. */
export type Decision = {
  readonly decision: DecisionName;
  readonly ownerRole: Role;
  readonly ownerPersonIds: readonly string[];
  readonly open: readonly OpenPoint[]; // empty: settled
};

export type DropStore = {
  readonly list: () => Promise<readonly Drop[]>;
  /** What people mean here when they name none. */
  readonly current: (ask: { place: Place | null; nowMs: number }) => Promise<Drop | null>;
  /** A drop by its id or its name in any case; with none asked, the current one. */
  readonly find: (ask: {
    asked: string | null;
    place: Place | null;
    nowMs: number;
  }) => Promise<{ readonly kind: 'found'; readonly drop: Drop } | Extract<DropAnswer, { kind: 'no-such-drop' }>>;
  readonly use: (ask: Change & { asked: string; place: Place }) => Promise<DropAnswer>;
  readonly start: (ask: Change & { asked: string | null; place: Place | null }) => Promise<DropAnswer>;
  readonly end: (ask: Change & { asked: string | null; place: Place | null }) => Promise<DropAnswer>;
  readonly decisions: (ask: { dropId: string; nowMs: number }) => Promise<readonly Decision[]>;
  /** What happened, per SKU and in all. */
  readonly report: (ask: { dropId: string | null; nowMs: number }) => Promise<AfterShow>;
};

/** The after-show summary. Every number comes from the ledger, the crossings, the alerts and the pauses. */
export type AfterShow = {
  readonly dropName: string | null;
  readonly orderCount: number;
  readonly skus: readonly {
    readonly sku: string;
    readonly name: string;
    readonly onHandUnits: number;
    readonly soldUnits: number; // ordered, gross
    readonly cancelledUnits: number;
    readonly broughtBackUnits: number; // returned
    readonly shippedUnits: number;
    readonly availableUnits: number;
    readonly oversoldUnits: number;
    readonly alertCount: number;
    readonly pauseCount: number; // that stopped its promotion, alone or with others
  }[];
  /** What is sold of a bundle is in its components' lines: the ledger knows units, not what they were sold as. */
  readonly bundles: readonly {
    readonly sku: string;
    readonly name: string;
    readonly alertCount: number;
    readonly pauseCount: number;
  }[];
  readonly alertCount: number; // of SKUs, of bundles, and of no orders heard
  readonly silenceAlertCount: number;
  readonly pauses: readonly {
    readonly scope: string;
    readonly atMs: number;
    readonly lastedMs: number | null;
    readonly unitsSoldMeanwhile: number;
  }[];
  readonly unknownSkus: readonly { readonly sku: string; readonly units: number; readonly orderCount: number }[];
};

export type PolicyStore = {
  readonly current: () => Promise<PolicyVersion | null>;
  readonly publish: (ask: Change & { policy: Policy }) => Promise<PolicyVersion>;
};

export type PlanAnswer = {
  readonly teamId: string;
  readonly changes: readonly string[]; // one line each, in words; empty: the plan changed nothing
  readonly warnings: readonly string[]; // what a plan may no longer change (an opening count) and what to use instead
};

export type PlanStore = {
  /** Makes the team as the plan says. Compares with the last plan of the same drop, so what was changed in chat since stays unless the plan's own line changed. */
  readonly apply: (ask: { plan: Plan; by: Actor | null; nowMs: number }) => Promise<PlanAnswer>;
};
