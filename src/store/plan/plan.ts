import { desc, eq } from 'drizzle-orm';
import { same } from '../../domain/plan-diff.ts';
import type { Actor } from '../../domain/team.ts';
import type { Plan } from '../../ports/plan.ts';
import type { PlanAnswer, PlanStore } from '../../ports/store/drops.ts';
import { remember } from '../audit.ts';
import type { Tx } from '../engine/engine.ts';
import { importAnnouncements, importDrop, importMilestones, importPolicy, importTeam } from './plan-drop.ts';
import type { PlanImport } from './plan-import.ts';
import { importItems, keptPlan } from './plan-items.ts';
import { importChannels, importPeople, importPermissions } from './plan-people.ts';
import type { TeamContext } from '../team-context.ts';

/** Makes a team as its plan file says, and brings it to each edited one. */
export function planStore({ engine, teamId }: TeamContext): PlanStore {
  return {
    apply: ({ plan, by, nowMs }) => engine.write(teamId, (tx) => applyPlan(tx, { plan, by, nowMs })),
  };
}

async function applyPlan(tx: Tx, ask: { plan: Plan; by: Actor | null; nowMs: number }): Promise<PlanAnswer> {
  const { by, nowMs } = ask;
  if (ask.plan.team.id !== tx.teamId) throw new Error(`a plan for ${ask.plan.team.id} was given to ${tx.teamId}`);
  const { plan, warnings } = await withoutErased(tx, ask.plan);
  const before = await planBefore(tx, plan.drop.id);
  const run: PlanImport = { tx, before, plan, nowMs, changes: [], warnings, left: new Set() };
  await importTeam(run);
  await importChannels(run);
  await importPeople(run);
  await importPermissions(run);
  await importDrop(run);
  await importPolicy(run);
  await importItems(run);
  await importMilestones(run);
  await importAnnouncements(run);

  await keepPlan(tx, { before, kept: keptPlan(run), nowMs });
  const { changes } = run;
  if (changes.length > 0) {
    await remember(tx, { by, action: 'plan.import', target: plan.drop.id, before: null, after: changes, reason: null, nowMs });
  }
  return { teamId: tx.teamId, changes, warnings };
}

/** The plan without people who were erased: no file brings them back, however often it is imported. */
async function withoutErased(
  { db, tables: { erasures }, teamId }: Tx,
  plan: Plan,
): Promise<{ readonly plan: Plan; readonly warnings: string[] }> {
  const rows = await db.select({ personId: erasures.personId }).from(erasures).where(eq(erasures.teamId, teamId));
  const erased = rows.filter(({ personId }) => Object.hasOwn(plan.people, personId)).map(({ personId }) => personId);
  if (erased.length === 0) return { plan, warnings: [] };
  const people = Object.entries(plan.people).filter(([personId]) => !erased.includes(personId));
  return {
    plan: { ...plan, people: Object.fromEntries(people) },
    warnings: erased.map((personId) => `${personId} was erased and was left out. Take them out of the plan file.`),
  };
}

/**
 * What a plan is compared with: the drop's own last one, so that the plans of two drops, imported again unchanged, change
 * nothing of each other's. A new drop's plan is compared with the newest of any drop, in what belongs to the whole team.
 */
async function planBefore({ db, tables: { plans }, teamId }: Tx, dropId: string): Promise<Plan | null> {
  const rows = await db.select().from(plans).where(eq(plans.teamId, teamId)).orderBy(desc(plans.importedAtMs), plans.dropId);
  const row = rows.find((each) => each.dropId === dropId) ?? rows[0];
  // What this store wrote there was checked when the plan file was read.
  return (row?.plan ?? null) as Plan | null;
}

type Keeping = { readonly before: Plan | null; readonly kept: Plan; readonly nowMs: number };

async function keepPlan({ db, tables: { plans }, teamId }: Tx, { before, kept, nowMs }: Keeping): Promise<void> {
  if (same(before, kept)) return;
  await db
    .insert(plans)
    .values({ teamId, dropId: kept.drop.id, plan: kept, importedAtMs: nowMs })
    .onConflictDoUpdate({ target: [plans.teamId, plans.dropId], set: { plan: kept, importedAtMs: nowMs } });
}
