import { sayDay } from '../domain/time.ts';
import type { Message, Part, Telling, Text } from '../ports/message.ts';
import type { PostFacts, ReminderFacts } from '../ports/post.ts';
import { alertLine } from './alert.ts';
import { roleWords } from './refusal.ts';

type DigestFacts = Extract<PostFacts, { kind: 'digest' }>;

const LINES_MAX = 20; // each list; what is left out is counted

/** The morning's one message: what stands open and what is overdue. It rings nobody. */
export function digest({ day, alerts, overdue }: DigestFacts, telling: Telling): Message {
  const counts = [
    ...(alerts.length === 0 ? [] : [plural(alerts.length, 'open alert')]),
    ...(overdue.length === 0 ? [] : [`${plural(overdue.length, 'milestone')} overdue`]),
  ];
  const summary = `${sayDay(day, telling.locale)}: ${counts.join(', ')}`;
  const parts: Part[] = [
    { kind: 'text', text: [{ kind: 'strong', text: summary }] },
    ...list(alerts.map((alert) => alertLine(alert, telling))),
    ...list(overdue.map((reminder) => overdueLine(reminder, telling))),
  ];
  if (alerts.length > 0) parts.push({ kind: 'context', text: 'Answer an alert with /alert ack or /alert dismiss and its SKU.' });
  if (overdue.length > 0)
    parts.push({ kind: 'context', text: 'Close a milestone with /milestone done, or give it a new day with /milestone move.' });
  return { summary, tone: 'plain', mentions: [], parts };
}

function list(lines: readonly Text[]): readonly Part[] {
  const shown = lines.slice(0, LINES_MAX).map((text): Part => ({ kind: 'text', text }));
  const more = lines.length - shown.length;
  return more > 0 ? [...shown, { kind: 'text', text: `and ${more} more` }] : shown;
}

function overdueLine({ name, dropName, dueDay, daysLeft, ownerPersonId, ownerRole }: ReminderFacts, telling: Telling): string {
  const owner =
    ownerPersonId === null ? (ownerRole === null ? 'nobody owns it' : roleWords(ownerRole)) : telling.nameOf(ownerPersonId);
  return `${name} (${dropName}) was due ${sayDay(dueDay, telling.locale)}, ${plural(-daysLeft, 'day')} ago; ${owner}`;
}

function plural(count: number, word: string): string {
  return count === 1 ? `1 ${word}` : `${count} ${word}s`;
}
