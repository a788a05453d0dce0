import { and, asc, eq, inArray, lte } from 'drizzle-orm';
import { type FoundMilestone, findMilestone, isOwner, type Milestone } from '../../domain/milestone.ts';
import { daysLeft } from '../../domain/reminder.ts';
import type { Role } from '../../domain/team.ts';
import type { ReminderFacts } from '../../ports/post.ts';
import { currentDropOf } from '../drops/drops.ts';
import type { Tx } from '../engine/engine.ts';

/** Written with every change: the next tick works out when a reminder may be due. */
export const LOOK_NOW = 0;

export type MilestoneRow = Tx['tables']['milestones']['$inferSelect'];

/** Where rows are read: a transaction, or a snapshot with its team. */
export type Rows = Pick<Tx, 'db' | 'tables' | 'teamId'>;

/** A milestone as the rest of the house sees it. */
export function toMilestone(row: MilestoneRow): Milestone {
  const { id, dropId, name, ownerPersonId, ownerRole, dueDay, zone, doneAtMs, doneBy, snoozedUntilMs } = row;
  return { id, dropId, name, ownerPersonId, ownerRole: ownerRole as Role | null, dueDay, zone, doneAtMs, doneBy, snoozedUntilMs };
}

/** A drop's milestones, or everybody's, in the order of their days. */
export async function milestoneRows({ db, tables, teamId }: Rows, dropId: string | null): Promise<readonly MilestoneRow[]> {
  const { milestones } = tables;
  const ofDrop = dropId === null ? undefined : eq(milestones.dropId, dropId);
  return db
    .select()
    .from(milestones)
    .where(and(eq(milestones.teamId, teamId), ofDrop))
    .orderBy(asc(milestones.dueDay), asc(milestones.id));
}

/** A milestone that may remind by now, and its drop. */
export type RipeMilestone = { readonly row: MilestoneRow; readonly dropName: string; readonly dropEndedAtMs: number | null };

/** Milestones to be looked at by now, in the order of their days: all of them, or of these. */
export async function ripeMilestoneRows(
  rows: Rows,
  { nowMs, ids }: { readonly nowMs: number; readonly ids: readonly string[] | null },
): Promise<readonly RipeMilestone[]> {
  const { milestones, drops } = rows.tables;
  const found = await rows.db
    .select({ row: milestones, dropName: drops.name, dropEndedAtMs: drops.endedAtMs })
    .from(milestones)
    .leftJoin(drops, and(eq(drops.teamId, milestones.teamId), eq(drops.id, milestones.dropId)))
    .where(
      and(
        eq(milestones.teamId, rows.teamId),
        lte(milestones.lookAtMs, nowMs),
        ids === null ? undefined : inArray(milestones.id, [...ids]),
      ),
    )
    .orderBy(asc(milestones.dueDay), asc(milestones.id));
  return found.map(({ row, dropName, dropEndedAtMs }) => ({ row, dropName: dropName ?? row.dropId, dropEndedAtMs }));
}

/** The milestone somebody means, and its row. */
export async function findRow(
  tx: Tx,
  { asked, nowMs }: { readonly asked: string; readonly nowMs: number },
): Promise<Exclude<FoundMilestone, { kind: 'one' }> | { readonly kind: 'one'; readonly row: MilestoneRow }> {
  const rows = await milestoneRows(tx, null);
  const found = findMilestone(rows.map(toMilestone), asked, (await currentDropOf(tx, null, nowMs))?.id ?? null);
  if (found.kind !== 'one') return found;
  const row = rows.find(({ id }) => id === found.milestone.id);
  if (row === undefined) throw new Error(`milestone ${found.milestone.id} has no row`);
  return { kind: 'one', row };
}

/** Whether the milestone is this person's own. */
export async function isOwnedBy({ db, tables, teamId }: Rows, row: MilestoneRow, personId: string): Promise<boolean> {
  const { assignments } = tables;
  const held = await db
    .select({ role: assignments.role, scope: assignments.scope })
    .from(assignments)
    .where(and(eq(assignments.teamId, teamId), eq(assignments.personId, personId)));
  return isOwner(toMilestone(row), { personId, assignments: held.map(({ role, scope }) => ({ role: role as Role, scope })) });
}

/** What a reminder says of a milestone at `nowMs`. */
export function reminderFacts(
  row: MilestoneRow,
  { dropName, lateMs, nowMs }: { readonly dropName: string; readonly lateMs: number; readonly nowMs: number },
): ReminderFacts {
  const { id, name, ownerPersonId, ownerRole, dueDay, zone, doneAtMs, doneBy, snoozedUntilMs } = toMilestone(row);
  const isSnoozed = snoozedUntilMs !== null && snoozedUntilMs > nowMs;
  return {
    milestoneId: id,
    name,
    dropName,
    ownerPersonId,
    ownerRole,
    dueDay,
    zone,
    daysLeft: daysLeft(row, nowMs),
    lateMs,
    doneAtMs,
    doneBy,
    snoozedUntilMs: isSnoozed ? snoozedUntilMs : null,
  };
}
