import type { Engine } from '../store/engine/engine.ts';
import { erasePerson, planErasure, type EraseAnswer, type Erasure } from '../store/team/erase.ts';
import type { ExitCode, Terminal } from './terminal.ts';

export type EraseVerbAsk = {
  readonly team: string | undefined;
  readonly teamIds: readonly string[];
  readonly person: string;
  readonly isSure: boolean; // --yes
  readonly nowMs: number;
};

/** `erase --person ID`: says what would go, and with --yes, or a yes typed at the terminal, takes it away. */
export async function erase(
  engine: Engine,
  ask: EraseVerbAsk,
  {
    terminal: { write, warn },
    confirm,
  }: { readonly terminal: Terminal; readonly confirm: (question: string) => Promise<boolean> },
): Promise<ExitCode> {
  const teamId = ask.team ?? (ask.teamIds.length === 1 ? ask.teamIds[0] : undefined);
  if (teamId === undefined || !ask.teamIds.includes(teamId)) {
    warn(`Of which team? Say --team with one of: ${ask.teamIds.join(', ') || 'none yet'}.`);
    return 2;
  }
  const asked = { teamId, personId: ask.person, nowMs: ask.nowMs };
  const plan = await planErasure(engine, asked);
  if (plan.kind !== 'erased') return refused(warn, plan, ask.person);
  planLines(plan.erasure).forEach(write);
  if (!ask.isSure && !(await confirm(`Erase ${plan.erasure.name} for good? Type the id ${ask.person} to do it: `))) {
    warn('Nothing was erased. Say --yes to do it without asking.');
    return 1;
  }
  const done = await erasePerson(engine, asked);
  if (done.kind !== 'erased') return refused(warn, done, ask.person);
  write(`Erased. ${ask.person} is someone who left from now on, and the audit keeps only that this happened.`);
  afterLines(done.erasure).forEach(write);
  return 0;
}

function planLines({ personId, name, accounts, roles, ownReasonCount, namingReasonCount, changed }: Erasure): readonly string[] {
  const places = accounts.map(({ platform }) => platform);
  const reasons = namingReasonCount === 0 ? '' : `, and ${namingReasonCount} that others gave and that name them`;
  return [
    `${name} (${personId}) would be erased:`,
    `  their name, ${places.length === 0 ? 'no account' : `their accounts on ${[...new Set(places)].join(', ')}`}, ${
      roles.length === 0 ? 'no role' : `their roles (${roles.join(', ')})`
    }, and every link code`,
    `  the text of ${ownReasonCount} reasons they gave${reasons}`,
    ...changed.map(({ table, rowCount }) => `  what names them, or copies their reasons, in ${rowCount} rows of ${table}`),
    '  Their id stays in the books and in the audit. Messages that were sent cannot be unsent: cards say "someone who left" once they change.',
  ];
}

function afterLines({ openMilestones, left, personId, accounts }: Erasure): readonly string[] {
  return [
    `Take ${personId} out of the plan files too: an import leaves them out, and says so each time.`,
    ...(accounts.length === 0
      ? []
      : ['If SHOWCALLER_OWNERS names an account of theirs, take it out: a start would list it again.']),
    ...openMilestones.map((name) => `“${name}” has nobody now. Give it to somebody with /milestone assign.`),
    ...left.map(({ table, text }) => `Left as it is, because it is the team's own word (${table}): ${text.slice(0, 100)}`),
    'Backups and exports from before still hold what was erased: delete them when their time is over.',
  ];
}

function refused(warn: Terminal['warn'], answer: Exclude<EraseAnswer, { kind: 'erased' }>, person: string): ExitCode {
  if (answer.kind === 'last-founder') {
    warn(`${person} is the last founder who can act. Make somebody else one first: /team grant. Nothing was erased.`);
  } else if (answer.kind === 'erased-already') {
    warn(`${person} was erased already, on ${new Date(answer.atMs).toISOString().slice(0, 10)}.`);
  } else {
    warn(`Nobody has the id ${person}. Ids there are: ${answer.personIds.join(', ')}. Nothing was erased.`);
  }
  return 1;
}
