import type { Milestone } from '../../domain/milestone.ts';
import type { Actor, Role } from '../../domain/team.ts';

type Change = { readonly key: string; readonly by: Actor; readonly nowMs: number };

export type MilestoneAnswer =
  | { readonly kind: 'done'; readonly milestone: Milestone; readonly before: Milestone | null }
  | { readonly kind: 'not-yours'; readonly milestone: Milestone } // only its owner, or who manages the timeline
  | { readonly kind: 'already-done'; readonly milestone: Milestone }
  | { readonly kind: 'exists'; readonly milestone: Milestone } // the drop has one of that name; nothing was added
  | { readonly kind: 'which'; readonly matches: readonly Milestone[] }
  | { readonly kind: 'no-such-milestone'; readonly asked: string; readonly near: readonly string[] }
  | { readonly kind: 'no-drop' };

export type MilestoneStore = {
  /** A drop's milestones in the order of their days; null: the current drop's. */
  readonly list: (ask: { dropId: string | null; nowMs: number }) => Promise<readonly Milestone[]>;
  /** With neither owner given, it is the asker's own. */
  readonly add: (
    ask: Change & { dropId: string | null; name: string; dueDay: string; ownerPersonId: string | null; ownerRole: Role | null },
  ) => Promise<MilestoneAnswer>;
  /** `asked` is an id, a name, or the start of a name. `mayManage` false: only the owner's own. */
  readonly done: (ask: Change & { asked: string; mayManage: boolean }) => Promise<MilestoneAnswer>;
  readonly reopen: (ask: Change & { asked: string; mayManage: boolean }) => Promise<MilestoneAnswer>;
  /** Its reminders start anew for the new day; those already past stay silent, and a snooze ends. */
  readonly move: (
    ask: Change & { asked: string; dueDay: string; reason: string; mayManage: boolean },
  ) => Promise<MilestoneAnswer>;
  readonly assign: (
    ask: Change & { asked: string; ownerPersonId: string | null; ownerRole: Role | null },
  ) => Promise<MilestoneAnswer>;
  /** No reminder until then; then one, whatever fell meanwhile. */
  readonly snooze: (ask: Change & { asked: string; forMs: number; mayManage: boolean }) => Promise<MilestoneAnswer>;
  /** Posts the reminders that are due: one message per milestone however many were missed, never the same one twice. */
  readonly tick: (nowMs: number) => Promise<void>;
};
