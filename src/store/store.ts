import type { Store, TeamStore } from '../ports/store.ts';
import { alertStore } from './alerts/alerts.ts';
import { auditStore } from './team/audit-log.ts';
import { countStore } from './counts/counts.ts';
import { buttonStore } from './posts/buttons.ts';
import { courierStore } from './posts/courier.ts';
import { dropStore } from './drops/drops.ts';
import type { Engine } from './engine/engine.ts';
import { milestoneStore } from './milestones/milestones.ts';
import { orderStore } from './orders/orders.ts';
import { planStore } from './plan/plan.ts';
import { policyStore } from './drops/policy.ts';
import { teamPostStore } from './posts/posts.ts';
import { promotionStore } from './promotion/promotion.ts';
import { shareStore, teamIdsOf } from './share.ts';
import { stockStore } from './stock/stock.ts';
import { teamSubjectStore } from './team/team.ts';
import { bindWorkspace, teamOf } from './team/workspaces.ts';

/** Everything that is kept, on one engine. Closing it closes the engine. */
export function openStore(engine: Engine): Store {
  const teams = new Map<string, TeamStore>();
  function team(teamId: string): TeamStore {
    // Kept, because a team's order batcher gathers what arrives together.
    const known = teams.get(teamId) ?? teamStore({ engine, teamId });
    teams.set(teamId, known);
    return known;
  }
  return {
    team,
    teamIds: () => engine.read((db) => teamIdsOf(engine, db)),
    importPlan: (ask) => team(ask.plan.team.id).plan.apply(ask),
    teamOf: (workspace) => teamOf(engine, workspace),
    bindWorkspace: (ask) => bindWorkspace(engine, ask),
    courier: courierStore(engine),
    share: shareStore(engine),
    close: engine.close,
  };
}

function teamStore(context: { engine: Engine; teamId: string }): TeamStore {
  return {
    teamId: context.teamId,
    stock: stockStore(context),
    orders: orderStore(context),
    counts: countStore(context),
    alerts: alertStore(context),
    milestones: milestoneStore(context),
    promotion: promotionStore(context),
    drops: dropStore(context),
    policy: policyStore(context),
    plan: planStore(context),
    team: teamSubjectStore(context),
    posts: teamPostStore(context),
    buttons: buttonStore(context),
    audit: auditStore(context),
  };
}
