import type { Announcement, Pause } from '../../domain/promotion.ts';
import type { Actor } from '../../domain/team.ts';
import type { PauseFacts } from '../post.ts';
import type { UnknownSku } from './stock.ts';

type Change = { readonly key: string; readonly by: Actor; readonly nowMs: number };

export type PauseAnswer =
  | { readonly kind: 'paused'; readonly pause: PauseFacts }
  | { readonly kind: 'already-paused'; readonly pause: PauseFacts } // the wider or same pause that stands
  | UnknownSku;

export type ResumeAnswer =
  | { readonly kind: 'resumed'; readonly pauses: readonly PauseFacts[]; readonly undone: boolean }
  | { readonly kind: 'nothing-paused' }
  | { readonly kind: 'covered'; readonly pause: PauseFacts } // this SKU is stopped by a wider pause
  | { readonly kind: 'refused'; readonly causes: readonly ResumeCause[] } // the cause stands; an override needs a reason
  | { readonly kind: 'too-late-to-undo'; readonly pause: PauseFacts }
  | { readonly kind: 'not-yours-to-undo'; readonly pause: PauseFacts }
  | UnknownSku;

/** Why promotion may not run again yet. */
export type ResumeCause = { readonly kind: 'oversold'; readonly sku: string; readonly units: number };

export type PromotionStore = {
  /** One transaction: state, audit, critical posts to every bound channel, a receipt asked of every surface. `scope` null: everything. */
  readonly pause: (ask: Change & { scope: string | null; reason: string | null; forMs: number | null }) => Promise<PauseAnswer>;
  readonly resume: (ask: Change & { scope: string | null; overrideReason: string | null }) => Promise<ResumeAnswer>;
  /** The pauser's own pause, within UNDO_MS, without the gate. */
  readonly undo: (ask: Change & { pauseId: string }) => Promise<ResumeAnswer>;
  readonly standing: (nowMs: number) => Promise<readonly PauseFacts[]>;
  readonly announcements: () => Promise<readonly (Announcement & { readonly state: 'scheduled' | 'held' | 'sent' | 'missed' })[]>;
  readonly history: () => Promise<readonly Pause[]>;
  /** Ends pauses whose time is up and marks receipts overdue as NOT CONFIRMED. */
  readonly tick: (nowMs: number) => Promise<void>;
};
