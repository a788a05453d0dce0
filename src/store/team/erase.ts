import { and, eq, isNull } from 'drizzle-orm';
import { factsWithoutTraces, hasTraces, withoutTraces, type Traces } from '../../domain/erasure.ts';
import type { Account, Role } from '../../domain/team.ts';
import { remember } from '../audit.ts';
import { pagesOf, type CopiedRow } from '../copy/rows.ts';
import { columnOf, COPIED_TABLES, tableOf, type CopiedTable } from '../copy/schema.ts';
import type { Engine, Tx } from '../engine/engine.ts';
import { CARES, type Care } from './erase-places.ts';
import { memberOf, membersOf } from './members.ts';
import { otherFounder } from './team.ts';
import { reasonsWithout, tracesOf } from './traces.ts';

/** What erasing somebody takes away, and what is left for people to see to. */
export type Erasure = {
  readonly personId: string;
  readonly name: string;
  readonly accounts: readonly Account[];
  readonly roles: readonly Role[];
  readonly ownReasonCount: number;
  readonly namingReasonCount: number; // written by others
  readonly changed: readonly { readonly table: string; readonly rowCount: number }[];
  readonly openMilestones: readonly string[]; // which nobody is reminded of any more
  readonly left: readonly { readonly table: string; readonly text: string }[]; // the team's own words that name them
};

export type EraseAnswer =
  | { readonly kind: 'erased'; readonly erasure: Erasure }
  | { readonly kind: 'no-such-person'; readonly personIds: readonly string[] } // those there are
  | { readonly kind: 'erased-already'; readonly atMs: number }
  | { readonly kind: 'last-founder' };

export type EraseAsk = { readonly teamId: string; readonly personId: string; readonly nowMs: number };

/** Ends the transaction of a plan, so that nothing of it stays. */
class Planned extends Error {
  readonly answer: EraseAnswer;
  constructor(answer: EraseAnswer) {
    super('planned');
    this.answer = answer;
  }
}

/** What erasing would do: the same work, taken back at its end. */
export async function planErasure(engine: Engine, ask: EraseAsk): Promise<EraseAnswer> {
  try {
    return await engine.write(ask.teamId, async (tx) => {
      throw new Planned(await erase(engine, tx, ask));
    });
  } catch (fault) {
    if (fault instanceof Planned) return fault.answer;
    throw fault;
  }
}

/**
 * Takes a person out of everything that is kept: name, accounts, roles, codes, the reasons they gave and every copy of them, and what
 * names them in answers, cards and buttons. Their id stays, in the books and in the audit, whose chain goes on verifying.
 */
export function erasePerson(engine: Engine, ask: EraseAsk): Promise<EraseAnswer> {
  return engine.write(ask.teamId, (tx) => erase(engine, tx, ask));
}

async function erase(engine: Engine, tx: Tx, { personId, nowMs }: EraseAsk): Promise<EraseAnswer> {
  const { people, erasures } = tx.tables;
  const mine = (table: typeof people | typeof erasures) => and(eq(table.teamId, tx.teamId), eq(table.personId, personId));
  const [erased] = await tx.db.select().from(erasures).where(mine(erasures));
  if (erased !== undefined) return { kind: 'erased-already', atMs: erased.erasedAtMs };
  const [person] = await tx.db.select().from(people).where(mine(people));
  if (person === undefined) {
    return { kind: 'no-such-person', personIds: (await membersOf(tx, null)).map((member) => member.personId) };
  }
  const member = await memberOf(tx, personId);
  const isFounder = member.assignments.some(({ role, scope }) => role === 'founder' && scope === '*');
  if (isFounder && !(await otherFounder(tx, personId))) return { kind: 'last-founder' };

  const known = await tracesOf(engine, tx, member);
  const { traces, ownReasonCount, namingReasonCount } = await reasonsWithout(engine, tx, known);
  const changed = [];
  for (const table of COPIED_TABLES) {
    const rowCount = await searchTable(engine, tx, { table, traces });
    if (rowCount > 0) changed.push({ table: table.name, rowCount });
  }
  const openMilestones = await openMilestonesOf(tx, personId);
  const left = await businessWordsNaming(engine, tx, traces);
  await deleteRows(tx, personId, known.accounts);
  await tx.db.insert(erasures).values({ teamId: tx.teamId, personId, erasedAtMs: nowMs });
  // By id only: the audit remembers that it happened, and not who it was.
  await remember(tx, { by: null, action: 'person.erase', target: personId, before: null, after: null, reason: null, nowMs });
  const roles = [...new Set(member.assignments.map(({ role }) => role))];
  const { name, accounts } = member;
  return {
    kind: 'erased',
    erasure: { personId, name, accounts, roles, ownReasonCount, namingReasonCount, changed, openMilestones, left },
  };
}

/** Replaces what is left of somebody in one table; answers how many rows changed. */
async function searchTable(
  engine: Engine,
  { db, teamId }: Tx,
  { table, traces }: { readonly table: CopiedTable; readonly traces: Traces },
): Promise<number> {
  const cares = Object.entries(CARES[table.property]).filter(
    ([, care]) => care === 'text' || care === 'facts' || care === 'plan',
  );
  if (cares.length === 0) return 0;
  const own = tableOf(engine, table);
  let rowCount = 0;
  for await (const page of pagesOf(engine, db, { table, teamId })) {
    for (const row of page) {
      const changes = cares.flatMap(([property, care]) => changeOf(row[property], { property, care, traces }));
      if (changes.length === 0) continue;
      rowCount += 1;
      const key = table.key.map((property) => eq(columnOf(own, property), row[property]));
      await db
        .update(own)
        .set(Object.fromEntries(changes) as never)
        .where(and(eq(own.teamId, teamId), ...key));
    }
  }
  return rowCount;
}

function changeOf(
  value: unknown,
  { property, care, traces }: { readonly property: string; readonly care: Care; readonly traces: Traces },
): readonly (readonly [property: string, value: unknown])[] {
  if (value === null || value === undefined) return [];
  const changed = care === 'plan' ? planWithout(value, traces.personId) : cleaned(value, traces);
  return JSON.stringify(changed) === JSON.stringify(value) ? [] : [[property, changed]];
}

function cleaned(value: unknown, traces: Traces): unknown {
  return typeof value === 'string' ? withoutTraces(value, traces) : factsWithoutTraces(value, traces);
}

/** The kept plan without somebody's entry. */
function planWithout(plan: unknown, personId: string): unknown {
  if (typeof plan !== 'object' || plan === null || !('people' in plan)) return plan;
  const people = Object.entries(plan.people as Readonly<Record<string, unknown>>).filter(([id]) => id !== personId);
  return { ...plan, people: Object.fromEntries(people) };
}

async function deleteRows(tx: Tx, personId: string, accounts: readonly Account[]): Promise<void> {
  const { tables, teamId } = tx;
  for (const { platform, accountId } of accounts) {
    const { linkTries } = tables;
    const tried = and(eq(linkTries.teamId, teamId), eq(linkTries.platform, platform), eq(linkTries.accountId, accountId));
    await tx.db.delete(linkTries).where(tried);
  }
  for (const table of [tables.links, tables.accounts, tables.assignments, tables.people]) {
    await tx.db.delete(table).where(and(eq(table.teamId, teamId), eq(table.personId, personId)));
  }
}

async function openMilestonesOf({ db, tables: { milestones }, teamId }: Tx, personId: string): Promise<readonly string[]> {
  const rows = await db
    .select({ name: milestones.name })
    .from(milestones)
    .where(and(eq(milestones.teamId, teamId), eq(milestones.ownerPersonId, personId), isNull(milestones.doneAtMs)));
  return rows.map(({ name }) => name);
}

/** Where the team's own words name somebody. */
async function businessWordsNaming(engine: Engine, { db, teamId }: Tx, traces: Traces): Promise<Erasure['left']> {
  const left: { table: string; text: string }[] = [];
  for (const table of COPIED_TABLES) {
    const columns = businessColumnsOf(table);
    if (columns.length === 0) continue;
    for await (const page of pagesOf(engine, db, { table, teamId })) {
      const texts = page.flatMap((row: CopiedRow) => columns.map((column) => textOf(row[column])));
      left.push(...texts.filter((text) => hasTraces(text, traces)).map((text) => ({ table: table.name, text })));
    }
  }
  return left;
}

function businessColumnsOf({ property }: CopiedTable): readonly string[] {
  return Object.entries(CARES[property]).flatMap(([column, care]) => (care === 'business' ? [column] : []));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
