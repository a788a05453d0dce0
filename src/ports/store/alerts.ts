import type { Actor } from '../../domain/team.ts';
import type { Crossing } from '../../domain/threshold.ts';
import type { AlertFacts } from '../post.ts';

type Ask = { readonly alertId: string | null; readonly key: string; readonly by: Actor; readonly nowMs: number };

export type AlertAnswer =
  | { readonly kind: 'done'; readonly alert: AlertFacts }
  | { readonly kind: 'closed'; readonly alert: AlertFacts } // stale button: the card is refreshed
  | { readonly kind: 'which'; readonly open: readonly AlertFacts[] } // several are open and none was named
  | { readonly kind: 'none-open' }
  | { readonly kind: 'no-such-alert'; readonly asked: string };

export type AlertStore = {
  readonly open: () => Promise<readonly AlertFacts[]>;
  /** An id, or a SKU whose alert is open, or null for the only open one. */
  readonly acknowledge: (ask: Ask) => Promise<AlertAnswer>;
  readonly snooze: (ask: Ask & { forMs: number; reason: string | null }) => Promise<AlertAnswer>;
  readonly dismiss: (ask: Ask & { reason: string }) => Promise<AlertAnswer>;
  /** Opens an alert marked [TEST] that rings the people a real one would. It never escalates, and closes by itself in 10 min. */
  readonly test: (ask: {
    sku: string | null;
    key: string;
    by: Actor;
    nowMs: number;
  }) => Promise<AlertAnswer | { kind: 'unknown-sku'; asked: string; near: readonly string[] }>;
  /** Escalates, reverts acknowledgements nobody followed up, ends snoozes, notices silence, posts the digest: whatever is due. */
  readonly tick: (nowMs: number) => Promise<void>;
  /** Thresholds in minutes: recomputes rates and crossings while a drop is live. */
  readonly pulse: (nowMs: number) => Promise<void>;
  /** Every crossing so far, in ledger order. */
  readonly crossings: () => Promise<readonly Crossing[]>;
};
