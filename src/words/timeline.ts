import type { Drop } from '../domain/drop.ts';
import type { Milestone } from '../domain/milestone.ts';
import { daysLeft } from '../domain/reminder.ts';
import { clockChangeWords, sayDay, sayMoment, sayZone } from '../domain/time.ts';
import type { Message, Part, Telling } from '../ports/message.ts';
import { refuse, say } from '../ports/message.ts';
import { daysLeftWords, ownerWords } from './reminder.ts';

/** A drop's milestones in the order of their days, and when its stream is. `withIds` also shows what commands call them. */
export function timeline(
  facts: { readonly drop: Drop; readonly milestones: readonly Milestone[]; readonly nowMs: number; readonly withIds: boolean },
  telling: Telling,
): Message {
  const { drop, milestones, nowMs, withIds } = facts;
  const stream = streamWords(drop, telling);
  if (milestones.length === 0) {
    return say(`${drop.name} has no milestones yet. ${stream}`, {
      kind: 'text',
      text: `${drop.name} has no milestones yet. ${stream} Add one: /milestone add.`,
    });
  }
  const rows = milestones.map((milestone) => [
    sayDay(milestone.dueDay, telling.locale),
    milestone.name,
    ...(withIds ? [milestone.id] : []),
    ownerWords(milestone, telling),
    stateWords(milestone, nowMs, telling),
  ]);
  const zones = [...new Set(milestones.map(({ zone }) => sayZone(zone)))].join(', ');
  const parts: Part[] = [
    { kind: 'text', text: [{ kind: 'strong', text: drop.name }, `. ${stream}`] },
    { kind: 'table', columns: ['Day', 'Milestone', ...(withIds ? ['Id'] : []), 'Owner', 'State'], rows },
    {
      kind: 'context',
      text: `Days are in ${zones}. Reminders come at 09:00, 7 days and 2 days before, on the day, and daily after it.`,
    },
  ];
  const overdueCount = milestones.filter((milestone) => isOverdue(milestone, nowMs)).length;
  return { ...say(summary(drop, milestones, overdueCount), ...parts), tone: overdueCount > 0 ? 'warning' : 'plain' };
}

/** The answer when a drop is named that is not there, or none is. */
export function noTimeline({ asked, drops }: { readonly asked: string | null; readonly drops: readonly Drop[] }): Message {
  if (drops.length === 0) return refuse('There is no drop yet, so there is no timeline. Importing a drop plan brings both.');
  const known = drops.map(({ name, id }) => `${name} (${id})`).join(', ');
  return refuse(asked === null ? `Say which drop: ${known}.` : `No drop is called "${asked}". There is: ${known}.`);
}

function summary(drop: Drop, milestones: readonly Milestone[], overdueCount: number): string {
  const doneCount = milestones.filter(({ doneAtMs }) => doneAtMs !== null).length;
  const overdue = overdueCount === 0 ? '' : `, ${overdueCount} overdue`;
  return `${drop.name}: ${doneCount} of ${milestones.length} milestones done${overdue}`;
}

function isOverdue(milestone: Milestone, nowMs: number): boolean {
  return milestone.doneAtMs === null && daysLeft(milestone, nowMs) < 0;
}

function stateWords(milestone: Milestone, nowMs: number, { zone, locale }: Telling): string {
  if (milestone.doneAtMs !== null) return 'done ✓';
  const { snoozedUntilMs } = milestone;
  const snoozed =
    snoozedUntilMs !== null && snoozedUntilMs > nowMs ? `, snoozed until ${sayMoment(snoozedUntilMs, zone, locale)}` : '';
  return `${daysLeftWords(daysLeft(milestone, nowMs))}${snoozed}`;
}

function streamWords({ streamWall, streamAtMs, zone, state }: Drop, { locale }: Telling): string {
  const at = `${sayMoment(streamAtMs, zone, locale)} (${sayZone(zone)})`;
  if (state === 'live') return `It is live; its stream was set for ${at}.`;
  if (state === 'ended') return `It has ended; its stream was set for ${at}.`;
  return `The stream is on ${at}.${clockChangeWords(streamWall, zone)}`;
}
