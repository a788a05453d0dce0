import type { Milestone } from './milestone.ts';
import type { Role } from './team.ts';
import { dayOf } from './time.ts';
import { unreachable } from './unreachable.ts';

export const DROP_FORMATS = ['hero', 'bundle', 'limited', 'pre-order'] as const;
export type DropFormat = (typeof DROP_FORMATS)[number];

export const DROP_STATES = ['planned', 'live', 'ended'] as const;
export type DropState = (typeof DROP_STATES)[number];

/** One launch, tied to one stream. `streamWall` is what was asked for; `streamAtMs` is that instant under today's zone rules. */
export type Drop = {
  readonly id: string;
  readonly name: string;
  readonly format: DropFormat;
  readonly streamWall: string; // 'YYYY-MM-DDTHH:MM'
  readonly zone: string; // IANA
  readonly streamAtMs: number;
  readonly state: DropState;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
};

/** A drop not started by its stream time is late, not over: for this long it is still the one to come. */
const LATE_MS = 12 * 3_600_000;

/** The drop people mean when they name none: the live one, else the channel's chosen one, else the nearest to come, else the latest. */
export function currentDrop(drops: readonly Drop[], chosenId: string | null, nowMs: number): Drop | null {
  const live = drops.find(({ state }) => state === 'live');
  if (live !== undefined) return live;
  const chosen = drops.find(({ id }) => id === chosenId);
  if (chosen !== undefined) return chosen;
  const byStream = drops.toSorted((a, b) => a.streamAtMs - b.streamAtMs);
  return (
    byStream.find(({ state, streamAtMs }) => state === 'planned' && streamAtMs >= nowMs - LATE_MS) ?? byStream.at(-1) ?? null
  );
}

export type Turn =
  | { readonly kind: 'go' }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'other-live'; readonly drop: Drop }
  | { readonly kind: 'ended' }
  | { readonly kind: 'not-live' };

/** Whether `drop` may go live: once, and alone. */
export function mayStart(drop: Drop, drops: readonly Drop[]): Turn {
  if (drop.state === 'live') return { kind: 'unchanged' };
  if (drop.state === 'ended') return { kind: 'ended' };
  const live = drops.find(({ state }) => state === 'live');
  return live === undefined ? { kind: 'go' } : { kind: 'other-live', drop: live };
}

/** Whether `drop` may end: only while it is live. */
export function mayEnd(drop: Drop): Turn {
  if (drop.state === 'ended') return { kind: 'unchanged' };
  return drop.state === 'live' ? { kind: 'go' } : { kind: 'not-live' };
}

/**
 * The part of the ledger that belongs to a drop: from the end of the drop before it, to its own end once a later one has
 * started. So late orders and returns count for the drop they follow, and no movement counts for two.
 */
export function ledgerWindow(drop: Drop, drops: readonly Drop[]): { readonly fromMs: number; readonly beforeMs: number | null } {
  const others = drops.filter(({ id }) => id !== drop.id);
  const startMs = drop.startedAtMs ?? Infinity;
  const ends = others.flatMap(({ endedAtMs }) => (endedAtMs !== null && endedAtMs <= startMs ? [endedAtMs] : []));
  const followed = others.some(
    ({ startedAtMs }) => drop.endedAtMs !== null && startedAtMs !== null && startedAtMs >= drop.endedAtMs,
  );
  return { fromMs: Math.max(0, ...ends), beforeMs: followed ? drop.endedAtMs : null };
}

export const DECISIONS = ['moq', 'qc-standards', 'broadcast-timing', 'returns-policy', 'inventory'] as const;
export type DecisionName = (typeof DECISIONS)[number];

/** Who owns each decision of a drop, unless the team gives it to somebody else. */
export const DECISION_OWNERS = {
  moq: 'founder',
  'qc-standards': 'ops-lead',
  'broadcast-timing': 'producer',
  'returns-policy': 'support',
  inventory: 'fulfilment',
} as const satisfies Readonly<Record<DecisionName, Role>>;

/** What a decision still lacks. */
export type OpenPoint =
  | { readonly kind: 'not-tracked' } // nothing records it yet, so nobody can say
  | { readonly kind: 'no-owner' } // nobody holds the role
  | { readonly kind: 'not-started' }
  | { readonly kind: 'milestones-overdue'; readonly names: readonly string[] }
  | { readonly kind: 'no-policy' }
  | { readonly kind: 'nothing-to-sell' }
  | { readonly kind: 'not-counted'; readonly skus: readonly string[] }
  | { readonly kind: 'oversold'; readonly skus: readonly string[] };

/** A count older than this at the stream counts as none. */
export const COUNT_DAYS = 7;

const DAY_MS = 86_400_000;

/** What the decisions of a drop are judged by. */
export type DropStanding = {
  readonly drop: Drop;
  readonly milestones: readonly Pick<Milestone, 'name' | 'dueDay' | 'zone' | 'doneAtMs'>[];
  readonly policyPublished: boolean;
  readonly items: readonly { readonly sku: string; readonly countedAtMs: number | null; readonly oversoldUnits: number }[];
  readonly nowMs: number;
};

/** What each decision still lacks, apart from an owner. Nothing is called settled that nobody records. */
export function openPoints(decision: DecisionName, standing: DropStanding): readonly OpenPoint[] {
  switch (decision) {
    case 'moq':
    case 'qc-standards':
      return [{ kind: 'not-tracked' }];
    case 'broadcast-timing':
      return timingPoints(standing);
    case 'returns-policy':
      return standing.policyPublished ? [] : [{ kind: 'no-policy' }];
    case 'inventory':
      return inventoryPoints(standing);
    default:
      return unreachable(decision);
  }
}

function timingPoints({ drop, milestones, nowMs }: DropStanding): readonly OpenPoint[] {
  const overdue = milestones.filter(({ doneAtMs, dueDay, zone }) => doneAtMs === null && dueDay < dayOf(nowMs, zone));
  const names = overdue.map(({ name }) => name);
  return [
    ...(drop.state === 'planned' ? [{ kind: 'not-started' } as const] : []),
    ...(names.length > 0 ? [{ kind: 'milestones-overdue', names } as const] : []),
  ];
}

function inventoryPoints({ drop, items }: DropStanding): readonly OpenPoint[] {
  if (items.length === 0) return [{ kind: 'nothing-to-sell' }];
  const sinceMs = drop.streamAtMs - COUNT_DAYS * DAY_MS;
  const uncounted =
    drop.state === 'ended' ? [] : items.filter(({ countedAtMs }) => countedAtMs === null || countedAtMs < sinceMs);
  const oversold = items.filter(({ oversoldUnits }) => oversoldUnits > 0);
  const skus = (of: typeof items) => of.map(({ sku }) => sku);
  return [
    ...(oversold.length > 0 ? [{ kind: 'oversold', skus: skus(oversold) } as const] : []),
    ...(uncounted.length > 0 ? [{ kind: 'not-counted', skus: skus(uncounted) } as const] : []),
  ];
}
