import { SAY_LATE_MS } from '../domain/reminder.ts';
import { addDays, sayDay, sayDuration, sayZone } from '../domain/time.ts';
import type { Button, Mention, Message, Telling, Text } from '../ports/message.ts';
import type { ReminderFacts } from '../ports/post.ts';
import { roleWords } from './refusal.ts';

const DAY_MS = 86_400_000;

/** The living card of a milestone: what is due, when, whose it is, and what one press can do about it. */
export function reminderCard(reminder: ReminderFacts, telling: Telling): Message {
  const { name, dropName, dueDay, zone, doneAtMs, snoozedUntilMs, removed } = reminder;
  const owner = ownerWords(reminder, telling);
  const rows: (readonly [string, Text])[] = [
    ['Due', `${sayDay(dueDay, telling.locale)}, ${sayZone(zone)}`],
    ['Owner', owner],
  ];
  const title = { kind: 'text', text: [{ kind: 'strong', text: name }, ` for ${dropName}: ${stateWords(reminder)}`] } as const;
  const card = { mentions: [], summary: `${name}: ${stateWords(reminder)} (${owner})` };
  if (removed === true) return { ...card, tone: 'plain', parts: [title] };
  if (doneAtMs !== null) {
    const by = reminder.doneBy === null ? '' : ` by ${telling.nameOf(reminder.doneBy)}`;
    rows.push(['Done', [{ kind: 'time', atMs: doneAtMs, style: 'moment' }, by]]);
    const buttons = [milestoneButton('Not done after all', 'milestone reopen', reminder.milestoneId)];
    return { ...card, tone: 'good', parts: [title, { kind: 'fields', rows }, { kind: 'buttons', buttons }] };
  }
  if (snoozedUntilMs !== null) rows.push(['Snoozed', ['until ', { kind: 'time', atMs: snoozedUntilMs, style: 'moment' }]]);
  // A card stays as it was posted until the next reminder, so it says of which day it speaks.
  const asOf = `As of ${sayDay(addDays(dueDay, -reminder.daysLeft), telling.locale)}.`;
  const note = [lateWords(reminder), asOf, moveHint(reminder)].filter((part) => part !== '').join(' ');
  return {
    ...card,
    tone: reminder.daysLeft < 0 ? 'warning' : 'plain',
    parts: [
      title,
      { kind: 'fields', rows },
      { kind: 'buttons', buttons: openButtons(reminder.milestoneId) },
      { kind: 'context', text: note },
    ],
  };
}

/** One line that rings the owner, or a short list where several came due at once. `reminders` holds at least one. */
export function reminderRing(reminders: readonly ReminderFacts[], mention: Mention, telling: Telling): Message {
  const [only, ...others] = reminders;
  if (only === undefined) throw new RangeError('a ring has at least one reminder');
  const told = (reminder: ReminderFacts) => `${reminder.name} is ${stateWords(reminder)} (${dueWords(reminder, telling)})`;
  const late = lateWords(
    reminders.reduce((latest, next) => (next.lateMs > latest.lateMs ? next : latest)),
    others.length > 0,
  );
  if (others.length === 0) {
    const line = [`${told(only)}.`, late, 'Done, or another day?'].filter((part) => part !== '').join(' ');
    return { summary: line, tone: ringTone(only), mentions: [mention], parts: [{ kind: 'text', text: line }] };
  }
  const summary = `${reminders.length} milestones need you: ${reminders.map(({ name }) => name).join(', ')}`;
  return {
    summary,
    tone: reminders.some(({ daysLeft }) => daysLeft < 0) ? 'warning' : 'plain',
    mentions: [mention],
    parts: [
      { kind: 'text', text: `${reminders.length} milestones need you.${late === '' ? '' : ` ${late}`}` },
      { kind: 'text', text: reminders.map((reminder) => `• ${told(reminder)}`).join('\n') },
      { kind: 'context', text: 'Press Done on each card, or type /milestone done or /milestone move. /timeline shows them all.' },
    ],
  };
}

/** Whose a milestone is, as people read it. */
export function ownerWords(
  { ownerPersonId, ownerRole }: Pick<ReminderFacts, 'ownerPersonId' | 'ownerRole'>,
  telling: Telling,
): string {
  if (ownerPersonId !== null) return telling.nameOf(ownerPersonId);
  if (ownerRole === null) return 'nobody yet';
  // Several people pack and answer buyers; the other roles are somebody.
  return ownerRole === 'fulfilment' || ownerRole === 'support' ? ownerRole : `the ${roleWords(ownerRole)}`;
}

/** How many days are left, in words: "due in 2 days", "due today", "3 days overdue". */
export function daysLeftWords(daysLeft: number): string {
  return daysLeft < 0 ? whenWords(daysLeft) : `due ${whenWords(daysLeft)}`;
}

/** The same beside a date: "in 2 days", "today", "3 days overdue". */
export function whenWords(daysLeft: number): string {
  if (daysLeft === 0) return 'today';
  if (daysLeft === 1) return 'tomorrow';
  return daysLeft > 0 ? `in ${daysWords(daysLeft)}` : `${daysWords(-daysLeft)} overdue`;
}

/** "1 day", "2 days". */
export function daysWords(days: number): string {
  return days === 1 ? '1 day' : `${days} days`;
}

/** A button that types a milestone command, for this very milestone whatever others are called. */
export function milestoneButton(label: string, name: string, milestoneId: string): Button {
  return { label, style: 'plain', call: { name, input: { milestone: `#${milestoneId}` } }, confirm: null };
}

function openButtons(milestoneId: string): readonly Button[] {
  const done = milestoneButton('Done', 'milestone done', milestoneId);
  const snooze = milestoneButton('Snooze 1 day', 'milestone snooze', milestoneId);
  const forADay = { ...snooze.call, input: { ...snooze.call.input, for: DAY_MS } };
  return [
    { ...done, style: 'primary' },
    { ...snooze, call: forADay },
  ];
}

function stateWords({ doneAtMs, daysLeft, removed }: ReminderFacts): string {
  if (removed === true) return 'taken out of the plan';
  return doneAtMs === null ? daysLeftWords(daysLeft) : 'done';
}

function dueWords({ dueDay, daysLeft }: ReminderFacts, { locale }: Telling): string {
  return `${daysLeft < 0 ? 'it was due ' : ''}${sayDay(dueDay, locale)}`;
}

function ringTone({ daysLeft }: ReminderFacts): Message['tone'] {
  return daysLeft < 0 ? 'warning' : 'plain';
}

function lateWords({ lateMs }: ReminderFacts, several = false): string {
  if (lateMs <= SAY_LATE_MS) return '';
  const them = several ? 'These reminders are up to' : 'This reminder is';
  return `${them} ${sayDuration(lateMs)} late: Showcaller could not post ${several ? 'them' : 'it'} on time.`;
}

function moveHint({ milestoneId, dueDay, daysLeft }: ReminderFacts): string {
  const another = addDays(dueDay, Math.max(1, 1 - daysLeft));
  return `Another day? Type /milestone move ${milestoneId} ${another} and the reason.`;
}
