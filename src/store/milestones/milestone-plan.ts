import { and, eq } from 'drizzle-orm';
import { milestoneId, type Owner } from '../../domain/milestone.ts';
import { passedSlot } from '../../domain/reminder.ts';
import { ROLES } from '../../domain/team.ts';
import type { Tx } from '../engine/engine.ts';
import { refreshReminder } from './milestone-reminders.ts';
import { LOOK_NOW, type MilestoneRow, milestoneRows } from './milestone-rows.ts';

/** A milestone's line in a plan file. */
export type PlannedMilestone = { readonly name: string; readonly due: string; readonly owner: string; readonly done: boolean };

type Ask = {
  readonly dropId: string;
  readonly zone: string;
  readonly before: readonly PlannedMilestone[] | null;
  readonly after: readonly PlannedMilestone[];
  readonly nowMs: number;
};

/**
 * Makes a drop's milestones as its plan says. A line is known by its name. Only what differs between the two plans is changed, so
 * that what was moved or done in chat since stays; a line taken out is removed. Answers each change in words.
 */
export async function planMilestones(tx: Tx, { dropId, zone, before, after, nowMs }: Ask): Promise<readonly string[]> {
  const changes: string[] = [];
  const rows = await milestoneRows(tx, null);
  const rowOf = (name: string) => rows.find((row) => row.dropId === dropId && row.name === name);
  const ids = new Set(rows.map(({ id }) => id));
  for (const was of before ?? []) {
    const row = rowOf(was.name);
    if (row === undefined || after.some(({ name }) => name === was.name)) continue;
    await remove(tx, row, nowMs);
    ids.delete(row.id);
    changes.push(`milestone ${was.name}: removed`);
  }
  for (const is of after) {
    const row = rowOf(is.name);
    if (row === undefined) {
      ids.add(await create(tx, { is, dropId, zone, nowMs, id: milestoneId(is.name, (id) => ids.has(id)) }));
      changes.push(`milestone ${is.name}: added, due ${is.due}`);
    } else {
      const was = before?.find(({ name }) => name === is.name) ?? null;
      changes.push(...(await bring(tx, { row, was, is, zone, nowMs })));
    }
  }
  return changes;
}

async function create(
  tx: Tx,
  { is, dropId, zone, nowMs, id }: Omit<Ask, 'before' | 'after'> & { readonly is: PlannedMilestone; readonly id: string },
): Promise<string> {
  await tx.db.insert(tx.tables.milestones).values({
    teamId: tx.teamId,
    id,
    dropId,
    name: is.name,
    ...ownerOf(is.owner),
    dueDay: is.due,
    zone,
    doneAtMs: is.done ? nowMs : null,
    doneBy: null,
    snoozedUntilMs: null,
    remindedSlot: passedSlot({ dueDay: is.due, zone }, nowMs),
  });
  return id;
}

/** Brings a milestone to what its line now says, where the line itself changed. */
async function bring(
  tx: Tx,
  ask: {
    readonly row: MilestoneRow;
    readonly was: PlannedMilestone | null;
    readonly is: PlannedMilestone;
    readonly zone: string;
    readonly nowMs: number;
  },
): Promise<readonly string[]> {
  const { row, was, is, zone, nowMs } = ask;
  const changes: string[] = [];
  let after: MilestoneRow = { ...row, zone }; // a team that moved house keeps its days, on the new clocks
  if (was?.due !== is.due && row.dueDay !== is.due) {
    after = { ...after, dueDay: is.due, snoozedUntilMs: null, remindedSlot: passedSlot({ dueDay: is.due, zone }, nowMs) };
    changes.push(`milestone ${is.name}: due ${row.dueDay} → ${is.due}`);
  }
  const owner = ownerOf(is.owner);
  if (was?.owner !== is.owner && (row.ownerPersonId !== owner.ownerPersonId || row.ownerRole !== owner.ownerRole)) {
    after = { ...after, ...owner };
    changes.push(`milestone ${is.name}: owner ${row.ownerPersonId ?? row.ownerRole ?? 'nobody'} → ${is.owner}`);
  }
  if (was?.done !== is.done && (row.doneAtMs !== null) !== is.done) {
    const done = { doneAtMs: is.done ? nowMs : null, doneBy: null, snoozedUntilMs: null };
    after = { ...after, ...done, remindedSlot: is.done ? after.remindedSlot : passedSlot(after, nowMs) };
    changes.push(`milestone ${is.name}: ${is.done ? 'done' : 'open again'}`);
  }
  if (changes.length === 0 && row.zone === zone) return [];
  const { milestones } = tx.tables;
  await tx.db
    .update(milestones)
    .set({ ...after, lookAtMs: LOOK_NOW })
    .where(and(eq(milestones.teamId, tx.teamId), eq(milestones.id, row.id)));
  await refreshReminder(tx, after, nowMs);
  return changes;
}

async function remove(tx: Tx, row: MilestoneRow, nowMs: number): Promise<void> {
  const { milestones, reminders } = tx.tables;
  await refreshReminder(tx, row, nowMs, true);
  await tx.db.delete(milestones).where(and(eq(milestones.teamId, tx.teamId), eq(milestones.id, row.id)));
  await tx.db.delete(reminders).where(and(eq(reminders.teamId, tx.teamId), eq(reminders.milestoneId, row.id)));
}

function ownerOf(owner: string): Owner {
  const role = ROLES.find((known) => known === owner);
  return role === undefined ? { ownerPersonId: owner, ownerRole: null } : { ownerPersonId: null, ownerRole: role };
}
