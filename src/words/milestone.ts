import type { Drop } from '../domain/drop.ts';
import type { Milestone } from '../domain/milestone.ts';
import { daysLeft } from '../domain/reminder.ts';
import { ROLES } from '../domain/team.ts';
import { dayOf, daysBetween, sayDay, sayMoment, sayZone } from '../domain/time.ts';
import { unreachable } from '../domain/unreachable.ts';
import type { Message, Part, Telling } from '../ports/message.ts';
import { refuse, say } from '../ports/message.ts';
import type { MilestoneAnswer } from '../ports/store/milestones.ts';
import { orList } from './refusal.ts';
import { daysWords, milestoneButton, ownerWords, whenWords } from './reminder.ts';

export type MilestoneVerb = 'add' | 'done' | 'move' | 'assign' | 'snooze' | 'reopen';

/** What an answer needs besides: the milestone's drop where its date matters, and who may manage where somebody may not. */
export type MilestoneFacts = {
  readonly verb: MilestoneVerb;
  readonly answer: MilestoneAnswer;
  readonly drop: Drop | null;
  readonly managers: readonly string[]; // person ids
  readonly nowMs: number;
};

const NAMES_MAX = 4;
const MATCHES_MAX = 5;

/** What a milestone command came to. */
export function milestoneAnswer(facts: MilestoneFacts, telling: Telling): Message {
  const { answer, verb } = facts;
  switch (answer.kind) {
    case 'done':
      return changed(answer, facts, telling);
    case 'not-yours': {
      const { name } = answer.milestone;
      const managers = facts.managers.slice(0, NAMES_MAX).map(telling.nameOf);
      const ask = managers.length === 0 ? '' : ` ${orList(managers)} can do it for you.`;
      const owner = ownerWords(answer.milestone, telling);
      return refuse(
        `${name} belongs to ${owner}: only its owner, or who plans milestones, may change it.${ask} Nothing was changed.`,
      );
    }
    case 'already-done':
      return alreadyDone(answer.milestone, telling);
    case 'exists': {
      const { name, dueDay, id } = answer.milestone;
      const due = sayDay(dueDay, telling.locale);
      return refuse(
        `This drop has a milestone called ${name} already, due ${due}. Nothing was added. To give it another day: /milestone move ${id}.`,
      );
    }
    case 'which':
      return which(answer.matches, verb, telling);
    case 'no-such-milestone': {
      const near = answer.near.length === 0 ? '' : ` Did you mean ${orList(answer.near)}?`;
      return refuse(`No milestone is called "${answer.asked}".${near} /milestone list shows them all. Nothing was changed.`);
    }
    case 'no-drop':
      return refuse('There is no drop yet, so there is nothing to plan towards. Importing a drop plan brings one.');
    default:
      return unreachable(answer);
  }
}

/** The answer when an owner was typed that is nobody. */
export function noSuchOwner(asked: string, names: readonly string[]): Message {
  const people = names.length === 0 ? '' : ` or one of ${names.join(', ')}`;
  return refuse(`Nobody is called "${asked}". Name a role (${ROLES.join(', ')})${people}. Nothing was changed.`);
}

type Done = Extract<MilestoneAnswer, { kind: 'done' }>;

function changed({ milestone, before }: Done, { verb, drop, nowMs }: MilestoneFacts, telling: Telling): Message {
  const { name, id } = milestone;
  const when = whenWords(daysLeft(milestone, nowMs));
  const due = `due ${sayDay(milestone.dueDay, telling.locale)}, ${sayZone(milestone.zone)} (${when})`;
  const owner = ownerWords(milestone, telling);
  switch (verb) {
    case 'add':
      return told(`${name} is on the timeline: ${due}. Its owner is ${owner}.${afterStream(milestone, drop)}`, callIt(id));
    case 'done':
      return { ...told(`${name} is done ✓`, undo(id)), tone: 'good' };
    case 'reopen':
      return told(
        before?.doneAtMs === null ? `${name} is open already: ${due}.` : `${name} is open again: ${due}. Its owner is ${owner}.`,
      );
    case 'assign':
      return told(`${name} is now with ${owner}: ${due}.`);
    case 'snooze': {
      const until = sayMoment(milestone.snoozedUntilMs ?? nowMs, telling.zone, telling.locale);
      return told(`No reminder of ${name} until ${until}; then one comes.`);
    }
    case 'move': {
      const days = before === null ? 0 : daysBetween(before.dueDay, milestone.dueDay);
      if (days === 0) return told(`${name} has that day already: ${due}.`);
      const was = before === null ? '' : sayDay(before.dueDay, telling.locale);
      const shift = `${daysWords(Math.abs(days))} ${days > 0 ? 'later' : 'earlier'} than ${was}`;
      return told(`${name} is now ${due}: ${shift}.${afterStream(milestone, drop)}`);
    }
    default:
      return unreachable(verb);
  }
}

function alreadyDone({ name, id, doneAtMs, doneBy }: Milestone, telling: Telling): Message {
  const by = doneBy === null ? '' : ` by ${telling.nameOf(doneBy)}`;
  const when = doneAtMs === null ? '' : ` on ${sayMoment(doneAtMs, telling.zone, telling.locale)}`;
  const line = `${name} was marked done${by}${when}. Nothing was changed.`;
  return refuse(line, { kind: 'text', text: line }, undo(id));
}

function which(matches: readonly Milestone[], verb: MilestoneVerb, telling: Telling): Message {
  const line = 'More than one milestone is called that. Nothing was changed; say which by its id:';
  const shown = matches.slice(0, MATCHES_MAX);
  const rows = shown.map(({ name, id, dueDay }) => [id, name, sayDay(dueDay, telling.locale)]);
  const more = matches.length - shown.length;
  const parts: Part[] = [
    { kind: 'text', text: line },
    { kind: 'table', columns: ['Id', 'Milestone', 'Due'], rows },
  ];
  if (more > 0) parts.push({ kind: 'context', text: `And ${more} more: /milestone list shows them all.` });
  // Only these need nothing else typed, so only they fit on a button.
  if (verb === 'done' || verb === 'reopen') {
    const buttons = shown.map(({ id }) =>
      milestoneButton(`${verb === 'done' ? 'Done' : 'Reopen'}: ${id}`, `milestone ${verb}`, id),
    );
    parts.push({ kind: 'buttons', buttons });
  }
  return refuse(`${line} ${shown.map(({ id }) => id).join(', ')}`, ...parts);
}

function afterStream({ dueDay }: Milestone, drop: Drop | null): string {
  if (drop === null || drop.state === 'ended' || dueDay <= dayOf(drop.streamAtMs, drop.zone)) return '';
  return ` That is after the stream of ${drop.name}.`;
}

function told(line: string, ...more: readonly Part[]): Message {
  return say(line, { kind: 'text', text: line }, ...more);
}

function undo(id: string): Part {
  return { kind: 'buttons', buttons: [milestoneButton('Not done after all', 'milestone reopen', id)] };
}

function callIt(id: string): Part {
  return { kind: 'context', text: `In commands it is called ${id}.` };
}
