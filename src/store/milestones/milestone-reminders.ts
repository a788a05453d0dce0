import { and, eq } from 'drizzle-orm';
import { type DueReminder, dueReminder, nextLookMs, type Slot } from '../../domain/reminder.ts';
import { dayOf } from '../../domain/time.ts';
import type { Mention } from '../../ports/message.ts';
import { LANES, type PostFacts, type ReminderFacts } from '../../ports/post.ts';
import { desire, destinationsFor, withdraw } from '../posts/desire.ts';
import type { Tx } from '../engine/engine.ts';
import {
  type MilestoneRow,
  reminderFacts,
  type RipeMilestone,
  ripeMilestoneRows,
  type Rows,
  toMilestone,
} from './milestone-rows.ts';
import { isWaiting } from '../posts/post-row.ts';

/** More reminders than this at once, as after a week's downtime, ring each owner once for all of theirs. */
const RINGS_APART_MAX = 3;

/** Milestones looked at in one transaction: after an upgrade it is every one the team has. */
const LOOKS_AT_ONCE = 500;

type Due = { readonly row: MilestoneRow; readonly dropName: string; readonly due: DueReminder };
type Ring = { readonly slot: Slot; readonly reminder: ReminderFacts; readonly mention: Mention };

/** What a team's milestones ask for by now: those with a reminder due, and those only to be looked at again later. */
export type Ripe = { readonly dueCount: number; readonly quietIds: readonly string[] };

/** Looks at the milestones that may remind by now. Mostly there is none: the index of look times is all that is read. */
export async function ripeReminders(rows: Rows, nowMs: number): Promise<Ripe> {
  const ripe = await ripeMilestoneRows(rows, { nowMs, ids: null });
  const quietIds = ripe.filter((one) => dueOf(one, nowMs) === null).map(({ row }) => row.id);
  return { dueCount: ripe.length - quietIds.length, quietIds };
}

/** Sets when milestones with nothing due are looked at next, unless they have changed since they were found. */
export async function lookLater(tx: Tx, ids: readonly string[], nowMs: number): Promise<void> {
  for (const one of await ripeMilestoneRows(tx, { nowMs, ids })) {
    if (dueOf(one, nowMs) === null) await setLook(tx, one.row.id, isOver(one) ? null : nextLookMs(toMilestone(one.row), nowMs));
  }
}

/** Ids in parts small enough for one transaction each. */
export function inParts(ids: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(ids.length / LOOKS_AT_ONCE) }, (_, part) =>
    ids.slice(part * LOOKS_AT_ONCE, (part + 1) * LOOKS_AT_ONCE),
  );
}

function dueOf(one: RipeMilestone, nowMs: number): DueReminder | null {
  return isOver(one) ? null : dueReminder(toMilestone(one.row), one.row.remindedSlot, nowMs);
}

/** What was to be done by a show that is over needs nobody any more; what was planned for afterwards does. */
function isOver({ row, dropEndedAtMs }: RipeMilestone): boolean {
  return dropEndedAtMs !== null && row.dueDay <= dayOf(dropEndedAtMs, row.zone);
}

async function setLook({ db, tables: { milestones }, teamId }: Tx, id: string, lookAtMs: number | null): Promise<void> {
  await db
    .update(milestones)
    .set({ lookAtMs })
    .where(and(eq(milestones.teamId, teamId), eq(milestones.id, id)));
}

/** Posts every reminder that is due: the living card of each milestone, and a ring for its owner. */
export async function postDue(tx: Tx, nowMs: number): Promise<void> {
  const rings: Ring[] = [];
  for (const one of await ripeMilestoneRows(tx, { nowMs, ids: null })) {
    const due = dueOf(one, nowMs);
    const ring = due === null ? null : await record(tx, { ...one, due }, nowMs);
    if (ring !== null) rings.push(ring);
  }
  if (rings.length === 0) return;
  await dropRings(tx, new Set(rings.map(({ reminder }) => reminder.milestoneId)), nowMs); // newer ones replace them
  for (const destinationId of await destinationsFor(tx, 'team')) {
    for (const { reminder } of rings) await desireCard(tx, { reminder, destinationId, nowMs });
    for (const together of gathered(rings)) await desireRing(tx, { together, destinationId, nowMs });
  }
}

/** Shows a milestone's change on the cards that are out; a card nobody saw yet goes, and so do its unsent rings. */
export async function refreshReminder(tx: Tx, row: MilestoneRow, nowMs: number, removed = false): Promise<void> {
  const { posts, drops } = tx.tables;
  await dropRings(tx, new Set([row.id]), nowMs);
  const key = cardKey(row.id);
  const cards = await tx.db
    .select({ destinationId: posts.destinationId, deliveredRevision: posts.deliveredRevision, leaseWorker: posts.leaseWorker })
    .from(posts)
    .where(and(eq(posts.teamId, tx.teamId), eq(posts.key, key)));
  if (cards.length === 0) return;
  await withdraw(tx, key);
  const [drop] = await tx.db
    .select({ name: drops.name })
    .from(drops)
    .where(and(eq(drops.teamId, tx.teamId), eq(drops.id, row.dropId)));
  const reminder = reminderFacts(row, { dropName: drop?.name ?? row.dropId, lateMs: 0, nowMs });
  for (const { destinationId, deliveredRevision, leaseWorker } of cards) {
    // One being sent at this moment cannot be taken back, so it is put right instead.
    const isSeen = deliveredRevision > 0 || leaseWorker !== null;
    if (isSeen) await desireCard(tx, { reminder: removed ? { ...reminder, removed } : reminder, destinationId, nowMs });
  }
}

/** Writes down that a slot is posted and the missed ones before it are passed over; null when it was posted before. */
async function record(tx: Tx, { row, dropName, due }: Due, nowMs: number): Promise<Ring | null> {
  const { reminders, milestones } = tx.tables;
  const { slot, covered, lateMs } = due;
  const key = { teamId: tx.teamId, milestoneId: row.id };
  const [posted] = await tx.db
    .insert(reminders)
    .values({ ...key, slot: slot.id, dueMs: slot.atMs, postedAtMs: nowMs })
    .onConflictDoNothing()
    .returning();
  if (covered.length > 0) {
    const values = covered.map(({ id, atMs }) => ({ ...key, slot: id, dueMs: atMs, postedAtMs: null }));
    await tx.db.insert(reminders).values(values).onConflictDoNothing();
  }
  await tx.db
    .update(milestones)
    .set({
      remindedSlot: slot.id,
      snoozedUntilMs: null,
      lookAtMs: nextLookMs({ ...toMilestone(row), snoozedUntilMs: null }, nowMs),
    })
    .where(and(eq(milestones.teamId, tx.teamId), eq(milestones.id, row.id)));
  if (posted === undefined) return null;
  const reminder = reminderFacts(row, { dropName, lateMs, nowMs });
  return { slot, reminder, mention: mentionOf(row) };
}

/** Rings as they go out: apart while they are few, else one for each owner. */
function gathered(rings: readonly Ring[]): readonly (readonly Ring[])[] {
  if (rings.length <= RINGS_APART_MAX) return rings.map((ring) => [ring]);
  return [...Map.groupBy(rings, ({ mention }) => JSON.stringify(mention)).values()];
}

type Where = { readonly destinationId: string; readonly nowMs: number };

async function desireCard(tx: Tx, { reminder, ...where }: Where & { readonly reminder: ReminderFacts }): Promise<void> {
  await desire(tx, { ...where, key: cardKey(reminder.milestoneId), facts: { kind: 'reminder', reminder }, lane: LANES.routine });
}

async function desireRing(tx: Tx, { together, ...where }: Where & { readonly together: readonly Ring[] }): Promise<void> {
  const [first] = together;
  if (first === undefined) return;
  const { reminder, slot, mention } = first;
  const facts: PostFacts = { kind: 'reminder-ring', reminders: together.map((ring) => ring.reminder), mention };
  const card = cardKey(reminder.milestoneId);
  // Keys name slots, which no later tick has again: a restored copy finds the ring it rang, and rings for the next one.
  // A ring for several answers no single card; its key names the owner and the newest slot.
  const newestMs = Math.max(...together.map((ring) => ring.slot.atMs));
  const owner = 'personId' in mention ? mention.personId : `role:${mention.role}`;
  const key = together.length === 1 ? `${card}:ring:${slot.id}` : `reminders:${owner}:${newestMs}`;
  await desire(tx, { ...where, key, facts, lane: LANES.routine, replyToKey: together.length === 1 ? card : null });
}

/** Takes these milestones out of rings nobody has seen yet; a ring left with none is taken back. */
async function dropRings(tx: Tx, milestoneIds: ReadonlySet<string>, nowMs: number): Promise<void> {
  const { posts } = tx.tables;
  const unseen = and(eq(posts.kind, 'reminder-ring'), isWaiting(posts), eq(posts.deliveredRevision, 0));
  const rings = await tx.db
    .select({ key: posts.key, destinationId: posts.destinationId, facts: posts.facts })
    .from(posts)
    .where(and(eq(posts.teamId, tx.teamId), unseen));
  for (const { key, destinationId, facts } of rings) {
    const ring = facts as Extract<PostFacts, { kind: 'reminder-ring' }>;
    const reminders = ring.reminders.filter(({ milestoneId }) => !milestoneIds.has(milestoneId));
    if (reminders.length === ring.reminders.length) continue;
    if (reminders.length === 0) await withdraw(tx, key, destinationId);
    else await desire(tx, { key, destinationId, facts: { ...ring, reminders }, lane: LANES.routine, nowMs });
  }
}

function mentionOf({ ownerPersonId, ownerRole }: MilestoneRow): Mention {
  if (ownerPersonId !== null) return { personId: ownerPersonId };
  // Somebody must hear of a milestone whose owner left: the producer keeps the timeline.
  return { role: (ownerRole as ReminderFacts['ownerRole']) ?? 'producer' };
}

function cardKey(milestoneId: string): string {
  return `reminder:${milestoneId}`;
}
