import type { Milestone } from './milestone.ts';
import { addDays, dayAtMs, dayOf, daysBetween } from './time.ts';

/** Reminders go out at this time of day, on the clocks of the milestone's zone. */
export const REMINDER_CLOCK = '09:00';

/** A reminder this much behind its time says so. */
export const SAY_LATE_MS = 3_600_000;

// Before the day and on it; after it, every day is a slot.
const DAYS_LEFT = [7, 2, 0] as const;

/** One time at which a milestone reminds. The id holds the due day, so a moved milestone has slots of its own. */
export type Slot = { readonly id: string; readonly atMs: number };

/** What is due: the slot to post, and the ones missed before it, which are only recorded. */
export type DueReminder = { readonly slot: Slot; readonly covered: readonly Slot[]; readonly lateMs: number };

type Dated = Pick<Milestone, 'dueDay' | 'zone'>;
type Open = Dated & Pick<Milestone, 'doneAtMs' | 'snoozedUntilMs'>;

/**
 * The reminder due now, or null. `lastSlot` is the newest slot posted or passed over (see `passedSlot`).
 * Slots: 7 days before, 2 days before, on the day, then every day overdue, and the end of a snooze. After downtime only the
 * newest is due. A done milestone has none; a snoozed one none until its snooze ends, and that end rings even if no other slot fell.
 */
export function dueReminder(milestone: Open, lastSlot: string | null, nowMs: number): DueReminder | null {
  const { snoozedUntilMs } = milestone;
  if (milestone.doneAtMs !== null || (snoozedUntilMs !== null && nowMs < snoozedUntilMs)) return null;
  const newest = newestSlot(milestone, nowMs);
  if (snoozedUntilMs === null && (newest === null || newest.id === lastSlot)) return null; // most ticks, cheaply
  const afterMs = lastSlot === null ? -Infinity : slotMs(lastSlot, milestone);
  const slots = newest === null ? [] : slotsUpTo(milestone, newest.daysLeft);
  if (snoozedUntilMs !== null) slots.push({ id: snoozeSlot(milestone, snoozedUntilMs), atMs: snoozedUntilMs });
  const missed = slots.filter(({ atMs }) => atMs > afterMs).toSorted((a, b) => a.atMs - b.atMs);
  const slot = missed.pop();
  // A snooze holds slots back on purpose: they are late only from its end.
  return slot === undefined ? null : { slot, covered: missed, lateMs: nowMs - Math.max(slot.atMs, snoozedUntilMs ?? -Infinity) };
}

/**
 * When a reminder may be due next, looked at after whatever was due at `nowMs` is posted; null: never, unless the milestone changes.
 * Before then `dueReminder` answers null.
 */
export function nextLookMs(milestone: Open, nowMs: number): number | null {
  const { doneAtMs, snoozedUntilMs } = milestone;
  if (doneAtMs !== null) return null;
  if (snoozedUntilMs !== null && nowMs < snoozedUntilMs) return snoozedUntilMs;
  const newest = newestSlot(milestone, nowMs);
  const next = newest === null ? DAYS_LEFT[0] : (DAYS_LEFT.find((days) => days < newest.daysLeft) ?? newest.daysLeft - 1);
  return fixedSlot(milestone, next).atMs;
}

/**
 * What counts as posted when a milestone is made, moved or opened again at `nowMs`: whoever did it knows the date, so slots already
 * past stay silent. One due today or overdue is heard of at the next 09:00, by its next overdue slot.
 */
export function passedSlot(milestone: Dated, nowMs: number): string | null {
  return newestSlot(milestone, nowMs)?.id ?? null;
}

/** Calendar days until the due day on the milestone's own clocks; negative when overdue. */
export function daysLeft({ dueDay, zone }: Dated, nowMs: number): number {
  return daysBetween(dayOf(nowMs, zone), dueDay);
}

/** The newest fixed slot at or before `nowMs`. */
function newestSlot(milestone: Dated, nowMs: number): { readonly id: string; readonly daysLeft: number } | null {
  const today = dayOf(nowMs, milestone.zone);
  const left = daysBetween(today, milestone.dueDay);
  if (left > DAYS_LEFT[0]) return null;
  const leftOfMorning = dayAtMs(today, REMINDER_CLOCK, milestone.zone) <= nowMs ? left : left + 1;
  const slotLeft = leftOfMorning <= 0 ? leftOfMorning : DAYS_LEFT.findLast((days) => days >= leftOfMorning);
  return slotLeft === undefined ? null : { id: slotId(milestone, slotLeft), daysLeft: slotLeft };
}

function slotsUpTo(milestone: Dated, lastDaysLeft: number): Slot[] {
  const before = DAYS_LEFT.filter((days) => days >= lastDaysLeft);
  const overdue = Array.from({ length: Math.max(0, -lastDaysLeft) }, (_, index) => -1 - index);
  return [...before, ...overdue].map((days) => fixedSlot(milestone, days));
}

function fixedSlot(milestone: Dated, days: number): Slot {
  return { id: slotId(milestone, days), atMs: dayAtMs(addDays(milestone.dueDay, -days), REMINDER_CLOCK, milestone.zone) };
}

function slotId({ dueDay }: Dated, days: number): string {
  return `${dueDay}/${days === 0 ? 'day' : days > 0 ? `${days}d` : `late-${-days}`}`;
}

function snoozeSlot({ dueDay }: Dated, untilMs: number): string {
  return `${dueDay}/snooze-${untilMs}`;
}

/** When a slot is, on the milestone's clocks of now; a slot of an earlier due day is before all of this one's. */
function slotMs(id: string, milestone: Dated): number {
  const [dueDay = '', name = ''] = id.split('/');
  if (dueDay !== milestone.dueDay) return -Infinity;
  if (name.startsWith('snooze-')) return Number(name.slice('snooze-'.length));
  const days = name === 'day' ? 0 : name.startsWith('late-') ? -Number(name.slice('late-'.length)) : Number(name.slice(0, -1));
  return fixedSlot(milestone, days).atMs;
}
