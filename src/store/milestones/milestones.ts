import { and, eq } from 'drizzle-orm';
import { type Milestone, milestoneId, type Owner } from '../../domain/milestone.ts';
import { passedSlot } from '../../domain/reminder.ts';
import { parseDay } from '../../domain/time.ts';
import type { Actor } from '../../domain/team.ts';
import type { MilestoneAnswer, MilestoneStore } from '../../ports/store/milestones.ts';
import { remember } from '../audit.ts';
import { currentDropOf } from '../drops/drops.ts';
import type { Tx } from '../engine/engine.ts';
import { intent } from '../intent.ts';
import { inParts, lookLater, postDue, refreshReminder, ripeReminders } from './milestone-reminders.ts';
import { findRow, isOwnedBy, LOOK_NOW, type MilestoneRow, milestoneRows, toMilestone } from './milestone-rows.ts';
import type { TeamContext } from '../team-context.ts';

type Ask = { readonly key: string; readonly by: Actor; readonly nowMs: number };
type Change = {
  readonly action: string;
  readonly values: Partial<MilestoneRow>;
  readonly reason: string | null;
};

/** Dated steps and their reminders. */
export function milestoneStore(context: TeamContext): MilestoneStore {
  const { engine, teamId } = context;

  /** Finds the milestone, asks `decide` what is to change, and writes it: one transaction. */
  function changing(
    ask: Ask & { readonly asked: string },
    mayManage: boolean,
    decide: (row: MilestoneRow) => Change | MilestoneAnswer,
  ): Promise<MilestoneAnswer> {
    return intent(context, ask, async (tx) => {
      const found = await findRow(tx, ask);
      if (found.kind === 'none') return { kind: 'no-such-milestone', asked: ask.asked, near: found.near };
      if (found.kind === 'which') return found;
      const { row } = found;
      if (!mayManage && !(await isOwnedBy(tx, row, ask.by.personId))) return { kind: 'not-yours', milestone: toMilestone(row) };
      const decided = decide(row);
      return 'kind' in decided ? decided : write(tx, { row, change: decided, ask });
    });
  }

  return {
    list: ({ dropId, nowMs }) =>
      engine.read(async (db) => {
        const rows = { db, tables: engine.tables, teamId };
        const id = dropId ?? (await currentDropOf(rows, null, nowMs))?.id ?? null;
        return id === null ? [] : (await milestoneRows(rows, id)).map(toMilestone);
      }),
    add: (ask) => intent(context, ask, (tx) => add(tx, ask)),
    done: (ask) =>
      changing(ask, ask.mayManage, (row) =>
        row.doneAtMs !== null
          ? { kind: 'already-done', milestone: toMilestone(row) }
          : {
              action: 'milestone.done',
              values: { doneAtMs: ask.nowMs, doneBy: ask.by.personId, snoozedUntilMs: null },
              reason: null,
            },
      ),
    reopen: (ask) =>
      changing(ask, ask.mayManage, (row) =>
        row.doneAtMs === null
          ? unchanged(row)
          : {
              action: 'milestone.reopen',
              values: { doneAtMs: null, doneBy: null, remindedSlot: passedSlot(row, ask.nowMs) },
              reason: null,
            },
      ),
    move: (ask) => changing(ask, ask.mayManage, (row) => moved(row, ask)),
    assign: (ask) =>
      changing(ask, true, (row) => {
        const { ownerPersonId, ownerRole } = ask;
        if (row.ownerPersonId === ownerPersonId && row.ownerRole === ownerRole) return unchanged(row);
        return { action: 'milestone.assign', values: { ownerPersonId, ownerRole }, reason: null };
      }),
    snooze: (ask) =>
      changing(ask, ask.mayManage, (row) =>
        row.doneAtMs !== null
          ? { kind: 'already-done', milestone: toMilestone(row) }
          : { action: 'milestone.snooze', values: { snoozedUntilMs: ask.nowMs + ask.forMs }, reason: null },
      ),
    async tick(nowMs) {
      // A look first: most minutes nothing is due, and a look does not wait behind the writers.
      const { dueCount, quietIds } = await engine.read((db) => ripeReminders({ db, tables: engine.tables, teamId }, nowMs));
      if (dueCount > 0) await engine.write(teamId, (tx) => postDue(tx, nowMs));
      for (const ids of inParts(quietIds)) await engine.write(teamId, (tx) => lookLater(tx, ids, nowMs));
    },
  };
}

async function add(
  tx: Tx,
  ask: Ask & Owner & { readonly dropId: string | null; readonly name: string; readonly dueDay: string },
): Promise<MilestoneAnswer> {
  const { drops, milestones, teams } = tx.tables;
  const { by, nowMs } = ask;
  const name = ask.name.trim();
  const dueDay = checkedDay(ask.dueDay);
  const dropId = ask.dropId ?? (await currentDropOf(tx, null, nowMs))?.id ?? null;
  const [drop] =
    dropId === null
      ? []
      : await tx.db
          .select({ id: drops.id, zone: teams.zone })
          .from(drops)
          .innerJoin(teams, eq(teams.teamId, drops.teamId))
          .where(and(eq(drops.teamId, tx.teamId), eq(drops.id, dropId)));
  if (drop === undefined) return { kind: 'no-drop' };
  const rows = await milestoneRows(tx, null);
  const same = rows.find((row) => row.dropId === drop.id && row.name.toLowerCase() === name.toLowerCase());
  if (same !== undefined) return { kind: 'exists', milestone: toMilestone(same) };
  const isOwned = ask.ownerPersonId !== null || ask.ownerRole !== null;
  const milestone: Milestone = {
    id: milestoneId(name, (id) => rows.some((row) => row.id === id)),
    dropId: drop.id,
    name,
    ownerPersonId: isOwned ? ask.ownerPersonId : by.personId,
    ownerRole: ask.ownerRole,
    dueDay,
    zone: drop.zone,
    doneAtMs: null,
    doneBy: null,
    snoozedUntilMs: null,
  };
  await tx.db.insert(milestones).values({ ...milestone, teamId: tx.teamId, remindedSlot: passedSlot(milestone, nowMs) });
  await remember(tx, { by, action: 'milestone.add', target: milestone.id, before: null, after: milestone, reason: null, nowMs });
  return { kind: 'done', milestone, before: null };
}

function moved(
  row: MilestoneRow,
  ask: { readonly dueDay: string; readonly reason: string; readonly nowMs: number },
): Change | MilestoneAnswer {
  if (row.doneAtMs !== null) return { kind: 'already-done', milestone: toMilestone(row) };
  const dueDay = checkedDay(ask.dueDay);
  if (row.dueDay === dueDay) return unchanged(row);
  const remindedSlot = passedSlot({ dueDay, zone: row.zone }, ask.nowMs);
  return { action: 'milestone.move', values: { dueDay, remindedSlot, snoozedUntilMs: null }, reason: ask.reason };
}

async function write(
  tx: Tx,
  { row, change, ask }: { readonly row: MilestoneRow; readonly change: Change; readonly ask: Ask },
): Promise<MilestoneAnswer> {
  const { milestones } = tx.tables;
  const { by, nowMs } = ask;
  await tx.db
    .update(milestones)
    .set({ ...change.values, lookAtMs: LOOK_NOW })
    .where(and(eq(milestones.teamId, tx.teamId), eq(milestones.id, row.id)));
  const after = { ...row, ...change.values };
  const answer = { kind: 'done', milestone: toMilestone(after), before: toMilestone(row) } as const;
  const { action, reason } = change;
  await remember(tx, { by, action, target: row.id, before: answer.before, after: answer.milestone, reason, nowMs });
  await refreshReminder(tx, after, nowMs);
  return answer;
}

function unchanged(row: MilestoneRow): MilestoneAnswer {
  const milestone = toMilestone(row);
  return { kind: 'done', milestone, before: milestone };
}

function checkedDay(day: string): string {
  const parsed = parseDay(day);
  if (parsed === null) throw new RangeError(`no such day: ${day}`);
  return parsed;
}
