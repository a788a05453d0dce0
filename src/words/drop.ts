import { COUNT_DAYS, type DecisionName, type Drop, type OpenPoint } from '../domain/drop.ts';
import { clockChangeWords, sayMoment, sayZone } from '../domain/time.ts';
import { unreachable } from '../domain/unreachable.ts';
import { refuse, say, type Message, type Part, type Telling } from '../ports/message.ts';
import type { Decision, DropAnswer } from '../ports/store/drops.ts';
import { roleWords } from './refusal.ts';

const NAMES_MAX = 5;

/** The answer where nothing can be said without a drop. */
export function noDrop(): Message {
  return refuse('There is no drop yet. Importing a drop plan makes one.');
}

/** Every drop of the team, the one commands mean here marked. */
export function dropList({ drops, currentId }: { drops: readonly Drop[]; currentId: string | null }, telling: Telling): Message {
  const [first] = drops;
  if (first === undefined) return noDrop();
  const rows = drops.map((drop) => [
    drop.id === currentId ? `${drop.name} (current here)` : drop.name,
    drop.id,
    drop.format,
    sayMoment(drop.streamAtMs, drop.zone, telling.locale),
    drop.state,
  ]);
  const current = drops.find(({ id }) => id === currentId) ?? first;
  const count = drops.length === 1 ? '1 drop' : `${drops.length} drops`;
  return say(
    `${count}; current here: ${current.name}`,
    { kind: 'table', columns: ['Drop', 'Id', 'Format', 'Stream', 'State'], rows },
    { kind: 'context', text: 'Commands that name no drop mean the current one. /drop use chooses it for this channel.' },
  );
}

/** One drop: when it streams, how it stands, and its decisions with who owns them and what is open. */
export function dropShow({ drop, decisions }: { drop: Drop; decisions: readonly Decision[] }, telling: Telling): Message {
  const openCount = decisions.filter(({ open }) => open.length > 0).length;
  const open = openCount === 0 ? 'every decision is settled' : `${openCount} of ${decisions.length} decisions are open`;
  const rows = decisions.map((decision) => {
    const state = decision.open.length === 0 ? 'settled ✓' : `open: ${decision.open.map(openWords).join('; ')}`;
    return [DECISION_WORDS[decision.decision], `${ownersOf(decision, telling)}, ${state}`] as const;
  });
  const stream = `${streamMoment(drop, telling)}, asked for as ${drop.streamWall.replace('T', ' ')} ${drop.zone}.`;
  const parts: Part[] = [
    { kind: 'text', text: [{ kind: 'strong', text: drop.name }, ` (${drop.id}), ${drop.format}`] },
    {
      kind: 'fields',
      rows: [
        ['Stream', `${stream}${clockChangeWords(drop.streamWall, drop.zone)}`],
        ['State', stateWords(drop, telling)],
      ],
    },
    { kind: 'text', text: 'Decisions, with who owns each:' },
    { kind: 'fields', rows },
  ];
  return { ...say(`${drop.name}: ${drop.state}; ${open}`, ...parts), tone: openCount > 0 ? 'warning' : 'good' };
}

/** What came of choosing, starting or ending a drop. The after-show summary of an ended drop is said elsewhere. */
export function dropAnswer({ verb, answer }: { verb: 'use' | 'start' | 'end'; answer: DropAnswer }): Message {
  switch (answer.kind) {
    case 'done':
      return doneWords(verb, answer.drop);
    case 'unchanged':
      return say(`${answer.drop.name} ${UNCHANGED[verb]}. Nothing was changed.`);
    case 'other-live':
      return refuse(`${answer.drop.name} is live, and one drop is live at a time. End it first: /drop end. Nothing was changed.`);
    case 'ended':
      return refuse(`${answer.drop.name} has ended and stays ended. A new show is a new drop in the plan. Nothing was changed.`);
    case 'not-live':
      return refuse(
        `${answer.drop.name} is not live, so there is nothing to end. /drop start makes it live. Nothing was changed.`,
      );
    case 'no-such-drop': {
      if (answer.asked === null) return noDrop();
      const near = answer.near.length > 0 ? `Did you mean ${answer.near.join(' or ')}?` : '/drop list shows them all.';
      return refuse(`No drop is called “${answer.asked}”. ${near} Nothing was changed.`);
    }
    default:
      return unreachable(answer);
  }
}

const UNCHANGED = { use: 'is what this channel means already', start: 'is live already', end: 'has ended already' } as const;

function doneWords(verb: 'use' | 'start' | 'end', { name }: Drop): Message {
  switch (verb) {
    case 'use':
      return say(`Commands in this channel now mean ${name}, unless another drop is live.`);
    case 'start':
      return { ...say(`${name} is live. Stock alerts ring at once from now on; /drop end ends the show.`), tone: 'good' };
    case 'end':
      return say(`${name} has ended.`);
    default:
      return unreachable(verb);
  }
}

const DECISION_WORDS: Readonly<Record<DecisionName, string>> = {
  moq: 'Order quantity (MOQ)',
  'qc-standards': 'QC standards',
  'broadcast-timing': 'Broadcast timing',
  'returns-policy': 'Returns policy',
  inventory: 'Inventory',
};

function ownersOf({ ownerPersonIds, ownerRole }: Decision, { nameOf }: Telling): string {
  const names = ownerPersonIds.map(nameOf);
  return names.length === 0 ? `nobody yet (${roleWords(ownerRole)})` : `${names.join(', ')} (${roleWords(ownerRole)})`;
}

function openWords(point: OpenPoint): string {
  switch (point.kind) {
    case 'not-tracked':
      return 'not tracked here yet, ask its owner';
    case 'no-owner':
      return 'nobody has the role (/team grant)';
    case 'not-started':
      return 'not live yet (/drop start)';
    case 'milestones-overdue':
      return `${listed(point.names)} overdue`;
    case 'no-policy':
      return 'none is published';
    case 'nothing-to-sell':
      return 'no items are listed';
    case 'not-counted':
      return `${listed(point.skus)} not counted in the ${COUNT_DAYS} days before the stream`;
    case 'oversold':
      return `${listed(point.skus)} oversold`;
    default:
      return unreachable(point);
  }
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMES_MAX;
  return more > 0 ? `${names.slice(0, NAMES_MAX).join(', ')} and ${more} more` : names.join(', ');
}

function streamMoment({ streamAtMs, zone }: Drop, { locale }: Telling): string {
  return `${sayMoment(streamAtMs, zone, locale)} (${sayZone(zone)})`;
}

function stateWords({ state, startedAtMs, endedAtMs, zone }: Drop, { locale }: Telling): string {
  const at = (ms: number | null) => (ms === null ? '' : ` since ${sayMoment(ms, zone, locale)}`);
  switch (state) {
    case 'planned':
      return 'planned, not live yet';
    case 'live':
      return `live${at(startedAtMs)}`;
    case 'ended':
      return `ended${at(endedAtMs).replace(' since', '')}`;
    default:
      return unreachable(state);
  }
}
