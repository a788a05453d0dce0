import type { Drop } from '../domain/drop.ts';
import type { Milestone } from '../domain/milestone.ts';
import { daysLeft } from '../domain/reminder.ts';
import { rolesFor, type Member } from '../domain/team.ts';
import { sayDay } from '../domain/time.ts';
import { say, type Button, type Message, type Part, type Telling } from '../ports/message.ts';
import type { AlertFacts, PauseFacts } from '../ports/post.ts';
import type { StockAnswer } from '../ports/store/stock.ts';
import { alertLine } from './alert.ts';
import { resumeButton, scopeWords } from './pause.ts';
import { daysLeftWords } from './reminder.ts';
import { stockAnswer } from './stock.ts';

const MINE_MAX = 8;
const ALERTS_MAX = 5;

export type HomeFacts = {
  readonly member: Member;
  readonly drop: Drop | null;
  readonly milestones: readonly Milestone[]; // of that drop
  readonly board: StockAnswer['board'];
  readonly pauses: readonly PauseFacts[]; // those that stand
  readonly alerts: readonly AlertFacts[]; // those open
  readonly mayPause: boolean;
  readonly nowMs: number;
};

/** One person's page: whether promotion runs, what alerts are open, their own milestones, and what is left to sell. */
export function homeCard(facts: HomeFacts, telling: Telling): Message {
  const { member, drop, nowMs, pauses } = facts;
  const state = drop?.state === 'live' ? `${drop.name} is live` : (drop?.name ?? 'No drop yet');
  const paused = pauses.length === 0 ? '' : `, promotion paused: ${pauses.map(scopeWords).join(', ')}`;
  const { parts } = stockAnswer({ audience: 'team', board: facts.board }, telling);
  const head: Part = { kind: 'text', text: [{ kind: 'strong', text: state }] };
  const stops = pauseParts(facts);
  return {
    ...say(
      `${state}${paused}`,
      ...(pauses.length === 0 ? [head, ...stops] : [...stops, head]), // what is stopped is seen before all else
      ...alertParts(facts, telling),
      ...mineParts(facts, telling),
      ...parts.filter(({ kind }) => kind !== 'buttons'),
      { kind: 'context', text: [`For ${member.name}, as of `, { kind: 'time', atMs: nowMs, style: 'clock' }, '.'] },
    ),
    tone: pauses.length > 0 ? 'critical' : 'plain',
  };
}

function pauseParts({ pauses, mayPause }: HomeFacts): readonly Part[] {
  const stop: Button = { label: 'Pause promotion', style: 'danger', call: { name: 'pause', input: {} }, confirm: null };
  const buttons = [...(mayPause && pauses.every(({ pause }) => pause.scope !== '*') ? [stop] : []), ...pauses.map(resumeButton)];
  const lines = pauses.flatMap((facts): readonly Part[] => {
    const { atMs, reason } = facts.pause;
    return [
      { kind: 'text', text: [{ kind: 'strong', text: `PROMOTION PAUSED — ${scopeWords(facts)}` }] },
      { kind: 'text', text: ['Since ', { kind: 'time', atMs, style: 'clock' }, `: ${reason ?? 'no reason was given'}`] },
    ];
  });
  return buttons.length === 0 ? lines : [...lines, { kind: 'buttons', buttons }];
}

function alertParts({ alerts }: HomeFacts, telling: Telling): readonly Part[] {
  const lines = alerts.slice(0, ALERTS_MAX).map((alert): Part => ({ kind: 'text', text: alertLine(alert, telling) }));
  const more = alerts.length - lines.length;
  return more > 0 ? [...lines, { kind: 'context', text: `… and ${more} more alerts are open.` }] : lines;
}

function mineParts({ member, drop, milestones, nowMs }: HomeFacts, { locale }: Telling): readonly Part[] {
  const roles = rolesFor(member, drop?.id ?? null);
  const mine = milestones.filter(
    ({ ownerPersonId, ownerRole, doneAtMs }) =>
      doneAtMs === null && (ownerPersonId === member.personId || (ownerRole !== null && roles.includes(ownerRole))),
  );
  if (mine.length === 0) return [{ kind: 'text', text: 'You have no open milestones.' }];
  const rows = mine
    .slice(0, MINE_MAX)
    .map((one) => [one.name, `${sayDay(one.dueDay, locale)}, ${daysLeftWords(daysLeft(one, nowMs))}`] as const);
  const more = mine.length - rows.length;
  const head: Part = { kind: 'text', text: [{ kind: 'strong', text: 'Your milestones' }] };
  const rest: readonly Part[] = more > 0 ? [{ kind: 'context', text: `… and ${more} more: /timeline shows all.` }] : [];
  const buttons = mine.slice(0, 3).map(({ id, name }): Button => ({
    label: `Done: ${name}`.slice(0, 75),
    style: 'plain',
    call: { name: 'milestone done', input: { milestone: id } },
    confirm: null,
  }));
  return [head, { kind: 'fields', rows }, ...rest, { kind: 'buttons', buttons }];
}
