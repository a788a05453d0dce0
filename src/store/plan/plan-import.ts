import type { Plan } from '../../ports/plan.ts';
import type { Tx } from '../engine/engine.ts';

/** One import under way: what was imported before, what is asked for now, and what has come of it so far. */
export type PlanImport = {
  readonly tx: Tx;
  readonly before: Plan | null; // the drop's own last plan, or else the newest of another drop; null: the team is new
  readonly plan: Plan;
  readonly nowMs: number;
  // One line each. They go into the audit chain, so people are named by id only.
  readonly changes: string[];
  readonly warnings: string[];
  readonly left: Set<string>; // SKUs and bundles that were not touched, because a live drop sells them
};

/** The drop's own last plan: what a drop's own lines are compared with. */
export function sameDropBefore({ before, plan }: PlanImport): Plan | null {
  return before !== null && before.drop.id === plan.drop.id ? before : null;
}
