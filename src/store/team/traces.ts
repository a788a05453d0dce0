import { and, eq } from 'drizzle-orm';
import { hasTraces, type Traces } from '../../domain/erasure.ts';
import type { Account, Member, Platform } from '../../domain/team.ts';
import type { Plan } from '../../ports/plan.ts';
import { pagesOf } from '../copy/rows.ts';
import { COPIED_TABLES } from '../copy/schema.ts';
import type { Engine, Tx } from '../engine/engine.ts';
import { CARES } from './erase-places.ts';

/** By what somebody is found, before their reasons are known. */
export type Known = Omit<Traces, 'reasons'> & { readonly accounts: readonly Account[] };

/** The names and accounts somebody has, or had in a plan, and the words of the business that only look like them. */
export async function tracesOf(engine: Engine, tx: Tx, member: Member): Promise<Known> {
  const { db, tables, teamId } = tx;
  const { personId } = member;
  const plans = await db.select({ plan: tables.plans.plan }).from(tables.plans).where(eq(tables.plans.teamId, teamId));
  const planned = plans.flatMap(({ plan }) => (plan as Plan).people[personId] ?? []);
  const plannedAccounts = planned.flatMap(({ accounts }) => Object.entries(accounts));
  const accounts = [
    ...member.accounts,
    ...plannedAccounts.map(([platform, accountId]) => ({ platform: platform as Platform, accountId })),
  ];
  // At the console an account is a short word, often the person's id, and shows nobody who somebody is elsewhere.
  const inChat = accounts.filter(({ platform }) => platform !== 'console');
  return {
    personId,
    names: [...new Set([member.name, ...planned.map(({ name }) => name)])],
    accountIds: [...new Set(inChat.map(({ accountId }) => accountId))],
    accounts,
    businessWords: await businessWords(engine, tx),
  };
}

async function businessWords(engine: Engine, { db, teamId }: Tx): Promise<ReadonlySet<string>> {
  const words = new Set<string>();
  for (const table of COPIED_TABLES) {
    const columns = Object.entries(CARES[table.property]).flatMap(([column, care]) => (care === 'business' ? [column] : []));
    if (columns.length === 0) continue;
    for await (const page of pagesOf(engine, db, { table, teamId })) {
      for (const row of page) for (const column of columns) if (typeof row[column] === 'string') words.add(row[column]);
    }
  }
  return words;
}

/**
 * Deletes the reasons somebody gave, and those of others that name them: what others wrote cannot be changed, because its hash is in
 * the audit's chain, and can be taken away, because only its hash is.
 */
export async function reasonsWithout(
  engine: Engine,
  { db, tables: { reasons }, teamId }: Tx,
  known: Known,
): Promise<{ readonly traces: Traces; readonly ownReasonCount: number; readonly namingReasonCount: number }> {
  const table = COPIED_TABLES.find(({ property }) => property === 'reasons');
  if (table === undefined) throw new Error('no table of reasons');
  const texts = new Set<string>();
  let ownReasonCount = 0;
  let namingReasonCount = 0;
  for await (const page of pagesOf(engine, db, { table, teamId })) {
    for (const row of page) {
      const text = String(row['text']);
      const isOwn = row['personId'] === known.personId;
      if (!isOwn && !hasTraces(text, known)) continue;
      if (isOwn) ownReasonCount += 1;
      else namingReasonCount += 1;
      texts.add(text);
      await db.delete(reasons).where(and(eq(reasons.teamId, teamId), eq(reasons.id, String(row['id']))));
    }
  }
  return { traces: { ...known, reasons: texts }, ownReasonCount, namingReasonCount };
}
