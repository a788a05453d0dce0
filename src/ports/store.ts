import type { AlertStore } from './store/alerts.ts';
import type { CountStore } from './store/counts.ts';
import type { DropStore, PlanAnswer, PlanStore, PolicyStore } from './store/drops.ts';
import type { MilestoneStore } from './store/milestones.ts';
import type { OrderStore } from './store/orders.ts';
import type { ButtonStore, CourierStore, TeamPostStore } from './store/posts.ts';
import type { ShareStore } from './store/share.ts';
import type { PromotionStore } from './store/promotion.ts';
import type { StockStore } from './store/stock.ts';
import type { AuditStore, TeamSubjectStore } from './store/team.ts';
import type { Actor, Workspace } from '../domain/team.ts';

import type { Plan } from './plan.ts';

/** Everything one team has. Each method is one intent and one transaction. */
export type TeamStore = {
  readonly teamId: string;
  readonly stock: StockStore;
  readonly orders: OrderStore;
  readonly counts: CountStore;
  readonly alerts: AlertStore;
  readonly milestones: MilestoneStore;
  readonly promotion: PromotionStore;
  readonly drops: DropStore;
  readonly policy: PolicyStore;
  readonly plan: PlanStore;
  readonly team: TeamSubjectStore;
  readonly posts: TeamPostStore;
  readonly buttons: ButtonStore;
  readonly audit: AuditStore;
};

/** What came of binding a workspace to a team. */
export type BindAnswer =
  | { readonly kind: 'bound'; readonly changed: boolean }
  | { readonly kind: 'another-teams'; readonly teamId: string }
  | { readonly kind: 'has-another'; readonly workspaceId: string }; // a team has one of each platform

/** All teams of this house. */
export type Store = {
  readonly team: (teamId: string) => TeamStore;
  readonly teamIds: () => Promise<readonly string[]>;
  /** Creates the team when there is none of that id, then applies the plan. */
  readonly importPlan: (ask: { plan: Plan; by: Actor | null; nowMs: number }) => Promise<PlanAnswer>;
  /** The team a workspace or server belongs to. */
  readonly teamOf: (workspace: Workspace) => Promise<string | null>;
  /** `replace`: in place of the one the team had on that platform. */
  readonly bindWorkspace: (ask: {
    workspace: Workspace;
    teamId: string;
    replace?: boolean;
    nowMs: number;
  }) => Promise<BindAnswer>;
  readonly courier: CourierStore;
  readonly share: ShareStore;
  readonly close: () => Promise<void>;
};
