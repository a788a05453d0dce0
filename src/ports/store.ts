import type { AlertStore } from './store/alerts.ts';
import type { DropStore, PlanAnswer, PlanStore, PolicyStore } from './store/drops.ts';
import type { MilestoneStore } from './store/milestones.ts';
import type { OrderStore } from './store/orders.ts';
import type { ButtonStore, CourierStore, TeamPostStore } from './store/posts.ts';
import type { PromotionStore } from './store/promotion.ts';
import type { StockStore } from './store/stock.ts';
import type { AuditStore, TeamSubjectStore } from './store/team.ts';
import type { Actor, Place } from '../domain/team.ts';
import type { Plan } from './plan.ts';

/** Everything one team has. Each method is one intent and one transaction. */
export type TeamStore = {
  readonly teamId: string;
  readonly stock: StockStore;
  readonly orders: OrderStore;
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

/** All teams of this house. */
export type Store = {
  readonly team: (teamId: string) => TeamStore;
  readonly teamIds: () => Promise<readonly string[]>;
  /** Creates the team when there is none of that id, then applies the plan. */
  readonly importPlan: (ask: { plan: Plan; by: Actor | null; nowMs: number }) => Promise<PlanAnswer>;
  /** The team a workspace, server or console belongs to. */
  readonly teamAt: (place: Place) => Promise<string | null>;
  readonly courier: CourierStore;
  readonly close: () => Promise<void>;
};
