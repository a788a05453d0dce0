import { eq } from 'drizzle-orm';
import { same } from '../domain/plan-diff.ts';
import type { Actor } from '../domain/team.ts';
import type { Plan } from '../ports/plan.ts';
import type { PlanAnswer, PlanStore } from '../ports/store/drops.ts';
import { remember } from './audit.ts';
import type { Tx } from './engine/engine.ts';
import { importAnnouncements, importDrop, importMilestones, importPolicy, importTeam } from './plan-drop.ts';
import type { PlanImport } from './plan-import.ts';
import { importItems, keepingOpenings } from './plan-items.ts';
import { importChannels, importPeople, importPermissions } from './plan-people.ts';
import type { TeamContext } from './team-context.ts';

/** Makes a team as its plan file says, and brings it to each edited one. */
export function planStore({ engine, teamId }: TeamContext): PlanStore {
  return {
    apply: ({ plan, by, nowMs }) => engine.write(teamId, (tx) => applyPlan(tx, { plan, by, nowMs })),
  };
}

async function applyPlan(tx: Tx, ask: { plan: Plan; by: Actor | null; nowMs: number }): Promise<PlanAnswer> {
  const { plan, by, nowMs } = ask;
  const { teams } = tx.tables;
  if (plan.team.id !== tx.teamId) throw new Error(`a plan for ${plan.team.id} was given to ${tx.teamId}`);
  const [row] = await tx.db.select({ plan: teams.plan }).from(teams).where(eq(teams.teamId, tx.teamId));
  // What this store wrote there was checked when the plan file was read.
  const before = (row?.plan ?? null) as Plan | null;
  const run: PlanImport = { tx, before, plan, nowMs, changes: [], warnings: [] };
  await importTeam(run);
  await importChannels(run);
  await importPeople(run);
  await importPermissions(run);
  await importDrop(run);
  await importPolicy(run);
  await importItems(run);
  await importMilestones(run);
  await importAnnouncements(run);

  const kept = keepingOpenings(run);
  if (!same(before, kept)) await tx.db.update(teams).set({ plan: kept }).where(eq(teams.teamId, tx.teamId));
  const { changes, warnings } = run;
  if (changes.length > 0) {
    await remember(tx, { by, action: 'plan.import', target: plan.drop.id, before: null, after: changes, reason: null, nowMs });
  }
  return { teamId: tx.teamId, changes, warnings };
}
