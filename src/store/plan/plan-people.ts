import { and, eq, isNull } from 'drizzle-orm';
import { diffByKey } from '../../domain/plan-diff.ts';
import type { Account, Assignment, Platform, Purpose } from '../../domain/team.ts';
import type { Plan } from '../../ports/plan.ts';
import { rerouteAnnouncements } from '../promotion/announce.ts';
import { bindPurpose, unbindPurpose } from '../posts/destinations.ts';
import type { PlanImport } from './plan-import.ts';

type PersonPlan = Plan['people'][string];

/** Brings people, their accounts and their roles to what the plan says. */
export async function importPeople(run: PlanImport): Promise<void> {
  const diff = diffByKey(run.before?.people ?? {}, run.plan.people);
  for (const [personId, person] of diff.removed) await removePerson(run, personId, person);
  for (const [personId, was, person] of diff.changed) await changePerson(run, personId, was, person);
  for (const [personId, person] of diff.added) await addPerson(run, personId, person);
  await keepAFounder(run);
}

/** Brings the edits to the default permissions to what the plan says. */
export async function importPermissions({ tx, before, plan, changes }: PlanImport): Promise<void> {
  const { permissionEdits } = tx.tables;
  const diff = diffByKey(editsByKey(before), editsByKey(plan));
  const said = (role: string, action: string) => `permission ${action} for ${role}`;
  for (const [, { role, action }] of diff.removed) {
    const gone = await tx.db
      .delete(permissionEdits)
      .where(and(eq(permissionEdits.teamId, tx.teamId), eq(permissionEdits.role, role), eq(permissionEdits.action, action)))
      .returning({ role: permissionEdits.role });
    if (gone.length > 0) changes.push(`${said(role, action)}: back to the default`);
  }
  const edits = [...diff.added.map(([, edit]) => edit), ...diff.changed.map(([, , edit]) => edit)];
  for (const { role, action, allowed } of edits) {
    await tx.db
      .insert(permissionEdits)
      .values({ teamId: tx.teamId, role, action, allowed })
      .onConflictDoUpdate({
        target: [permissionEdits.teamId, permissionEdits.role, permissionEdits.action],
        set: { allowed },
      });
    changes.push(`${said(role, action)}: ${allowed ? 'allowed' : 'not allowed'}`);
  }
}

/** Brings the channels' purposes to what the plan says. */
export async function importChannels({ tx, before, plan, nowMs, changes }: PlanImport): Promise<void> {
  const countBefore = changes.length;
  const diff = diffByKey(bindings(before), bindings(plan));
  for (const [, binding] of diff.removed) {
    if (await unbindPurpose(tx, binding)) changes.push(`${binding.platform} channel for ${binding.purpose}: none`);
  }
  for (const binding of [...diff.added.map(([, is]) => is), ...diff.changed.map(([, , is]) => is)]) {
    const { changed } = await bindPurpose(tx, binding);
    if (changed) changes.push(`${binding.platform} channel for ${binding.purpose}: ${binding.address}`);
  }
  if (changes.length > countBefore) await rerouteAnnouncements(tx, nowMs);
}

type Binding = { readonly purpose: Purpose; readonly platform: Platform; readonly address: string };

function bindings(plan: Plan | null): Readonly<Record<string, Binding>> {
  const all = Object.entries(plan?.channels ?? {}).flatMap(([purpose, addresses]) =>
    Object.entries(addresses).map(([platform, address]) => ({
      purpose: purpose as Purpose,
      platform: platform as Platform,
      address,
    })),
  );
  return Object.fromEntries(all.map((binding) => [`${binding.purpose} ${binding.platform}`, binding]));
}

function editsByKey(plan: Plan | null): Readonly<Record<string, Plan['permissions'][number]>> {
  return Object.fromEntries((plan?.permissions ?? []).map((edit) => [`${edit.role} ${edit.action}`, edit]));
}

function accountsOf(person: PersonPlan | null): Readonly<Record<string, Account>> {
  const entries = Object.entries(person?.accounts ?? {});
  return Object.fromEntries(entries.map(([platform, accountId]) => [platform, { platform: platform as Platform, accountId }]));
}

function assignmentsOf(person: PersonPlan | null): Readonly<Record<string, Assignment>> {
  const all = (person?.roles ?? []).map((role) =>
    typeof role === 'string' ? { role, scope: '*' } : { role: role.role, scope: role.drop },
  );
  return Object.fromEntries(all.map((assignment) => [sayAssignment(assignment), assignment]));
}

function sayAssignment({ role, scope }: Assignment): string {
  return scope === '*' ? role : `${role} for ${scope}`;
}

async function addPerson(run: PlanImport, personId: string, person: PersonPlan): Promise<void> {
  const { tx, changes } = run;
  const { people } = tx.tables;
  await tx.db
    .insert(people)
    .values({ teamId: tx.teamId, personId, name: person.name })
    .onConflictDoUpdate({ target: [people.teamId, people.personId], set: { name: person.name } });
  const roles = Object.keys(assignmentsOf(person));
  changes.push(`${personId}: added${roles.length > 0 ? ` as ${roles.join(', ')}` : ''}`);
  await changeAccounts(run, personId, null, person);
  await changeRoles(run, personId, null, person);
}

async function changePerson(run: PlanImport, personId: string, was: PersonPlan, person: PersonPlan): Promise<void> {
  const { tx, changes } = run;
  const { people } = tx.tables;
  if (was.name !== person.name) {
    await tx.db
      .update(people)
      .set({ name: person.name })
      .where(and(eq(people.teamId, tx.teamId), eq(people.personId, personId)));
    changes.push(`${personId}: new name`);
  }
  changes.push(...(await changeAccounts(run, personId, was, person)).map((line) => `${personId}: ${line}`));
  changes.push(...(await changeRoles(run, personId, was, person)).map((line) => `${personId}: ${line}`));
}

async function removePerson(run: PlanImport, personId: string, person: PersonPlan): Promise<void> {
  const { tx, changes, warnings } = run;
  const { people, accounts, assignments, milestones } = tx.tables;
  for (const table of [accounts, assignments, people]) {
    await tx.db.delete(table).where(and(eq(table.teamId, tx.teamId), eq(table.personId, personId)));
  }
  changes.push(`${personId}: removed`);
  const planned = new Set(run.before?.milestones.filter(({ owner }) => owner === personId).map(({ name }) => name));
  const owned = await tx.db
    .select({ name: milestones.name })
    .from(milestones)
    .where(and(eq(milestones.teamId, tx.teamId), eq(milestones.ownerPersonId, personId), isNull(milestones.doneAtMs)));
  // The plan's own milestones get the owner the plan names now; those given out in chat need a person's decision.
  for (const { name } of owned.filter((milestone) => !planned.has(milestone.name))) {
    warnings.push(`${person.name} left the plan but still owns “${name}”. Give it to somebody with /milestone assign.`);
  }
}

async function changeAccounts(run: PlanImport, personId: string, was: PersonPlan | null, is: PersonPlan): Promise<string[]> {
  const { db, tables, teamId } = run.tx;
  const { accounts } = tables;
  const diff = diffByKey(accountsOf(was), accountsOf(is));
  const lines: string[] = [];
  for (const { platform, accountId } of [...diff.removed, ...diff.changed].map(([, account]) => account)) {
    await db.delete(accounts).where(
      and(
        eq(accounts.teamId, teamId),
        eq(accounts.platform, platform),
        eq(accounts.accountId, accountId),
        eq(accounts.personId, personId), // an account that has moved to somebody else is theirs
      ),
    );
    lines.push(`${platform} account changed`);
  }
  for (const { platform, accountId } of [...diff.added.map(([, one]) => one), ...diff.changed.map(([, , one]) => one)]) {
    await db
      .insert(accounts)
      .values({ teamId, platform, accountId, personId })
      .onConflictDoUpdate({ target: [accounts.teamId, accounts.platform, accounts.accountId], set: { personId } });
    lines.push(`${platform} account changed`);
  }
  return [...new Set(lines)];
}

async function changeRoles(run: PlanImport, personId: string, was: PersonPlan | null, is: PersonPlan): Promise<string[]> {
  const { db, tables, teamId } = run.tx;
  const { assignments } = tables;
  const diff = diffByKey(assignmentsOf(was), assignmentsOf(is));
  const lines: string[] = [];
  for (const [said, { role, scope }] of diff.removed) {
    const gone = await db
      .delete(assignments)
      .where(
        and(
          eq(assignments.teamId, teamId),
          eq(assignments.personId, personId),
          eq(assignments.role, role),
          eq(assignments.scope, scope),
        ),
      )
      .returning({ role: assignments.role });
    if (gone.length > 0) lines.push(`no longer ${said}`);
  }
  for (const [said, { role, scope }] of diff.added) {
    const made = await db
      .insert(assignments)
      .values({ teamId, personId, role, scope })
      .onConflictDoNothing()
      .returning({ role: assignments.role });
    if (made.length > 0) lines.push(`now ${said}`);
  }
  return lines;
}

/** A team keeps a founder, whatever chat and plan took away between them: without one nobody could grant roles again. */
async function keepAFounder({ tx, plan, changes }: PlanImport): Promise<void> {
  const { assignments } = tx.tables;
  const founders = await tx.db
    .select({ personId: assignments.personId })
    .from(assignments)
    .where(and(eq(assignments.teamId, tx.teamId), eq(assignments.role, 'founder'), eq(assignments.scope, '*')));
  if (founders.length > 0) return;
  for (const [personId] of Object.entries(plan.people).filter(([, { roles }]) => roles.includes('founder'))) {
    await tx.db.insert(assignments).values({ teamId: tx.teamId, personId, role: 'founder', scope: '*' });
    changes.push(`${personId}: founder again, because a team keeps one`);
  }
}
