import { asc, eq, sql } from 'drizzle-orm';
import type { HeardFacts } from '../../domain/order.ts';
import type { Heard, OrderStore } from '../../ports/store/orders.ts';
import type { Tx } from '../engine/engine.ts';
import { recordArrivals } from './order-batch.ts';
import { orderBatcher, type Arrival } from './order-batcher.ts';
import { noticeSetAside } from './order-notices.ts';
import type { TeamContext } from '../team-context.ts';

export function orderStore({ engine, teamId }: TeamContext): OrderStore {
  const { setAsideFacts, teams } = engine.tables;
  const enqueue = orderBatcher((arrivals) => recordBatch({ engine, teamId }, arrivals));
  return {
    record: (heard, nowMs) => enqueue(heard, nowMs),
    recordAll: (heard, nowMs) => Promise.all(heard.map((fact) => enqueue(fact, nowMs))),
    async lastHeardMs() {
      const rows = await engine.read((db) =>
        db.select({ heardAtMs: teams.heardAtMs }).from(teams).where(eq(teams.teamId, teamId)),
      );
      return rows[0]?.heardAtMs ?? null;
    },
    setAside: () =>
      engine.read((db) =>
        db
          .select({
            source: setAsideFacts.source,
            externalId: setAsideFacts.externalId,
            why: setAsideFacts.why,
            atMs: setAsideFacts.atMs,
          })
          .from(setAsideFacts)
          .where(eq(setAsideFacts.teamId, teamId))
          .orderBy(asc(setAsideFacts.atMs), asc(setAsideFacts.source), asc(setAsideFacts.eventId)),
      ),
    unknownSkus: () => engine.read((db) => unknownSkus({ db, tables: engine.tables, teamId })),
  };
}

/** What was ordered of SKUs nobody listed, by SKU. */
export function unknownSkus({
  db,
  tables: { unknownLines },
  teamId,
}: Pick<Tx, 'db' | 'tables' | 'teamId'>): ReturnType<OrderStore['unknownSkus']> {
  return db
    .select({
      sku: unknownLines.sku,
      units: sql<number>`sum(${unknownLines.openUnits})`.mapWith(Number),
      orderCount: sql<number>`count(*)`.mapWith(Number),
    })
    .from(unknownLines)
    .where(eq(unknownLines.teamId, teamId))
    .groupBy(unknownLines.sku)
    .orderBy(asc(unknownLines.sku))
    .execute();
}

/** One transaction for all; if it fails, one for each, so that the guilty fact stands alone. */
async function recordBatch(context: TeamContext, arrivals: readonly Arrival[]): Promise<readonly PromiseSettledResult<Heard>[]> {
  const { engine, teamId } = context;
  try {
    const answers = await engine.write(teamId, (tx) => recordArrivals(tx, arrivals));
    return answers.map((value) => ({ status: 'fulfilled', value }));
  } catch (fault) {
    if (isMachineFault(fault)) throw fault;
    const answers: PromiseSettledResult<Heard>[] = [];
    for (const arrival of arrivals) {
      const [answer] = await Promise.allSettled([recordAlone(context, arrival)]);
      answers.push(answer);
    }
    return answers;
  }
}

async function recordAlone({ engine, teamId }: TeamContext, arrival: Arrival): Promise<Heard> {
  try {
    const [answer] = await engine.write(teamId, (tx) => recordArrivals(tx, [arrival]));
    return answer ?? { kind: 'repeat' };
  } catch (fault) {
    if (isMachineFault(fault)) throw fault;
    return engine.write(teamId, (tx) => keepAside(tx, arrival, fault));
  }
}

async function keepAside(tx: Tx, { heard, nowMs }: Arrival, fault: unknown): Promise<Heard> {
  const { db, tables, teamId } = tx;
  const { eventId, facts } = keepable(heard);
  const { source, externalId } = facts;
  const why = causeOf(fault).message;
  await db
    .insert(tables.setAsideFacts)
    .values({ teamId, source, eventId, externalId, facts, why, atMs: nowMs })
    .onConflictDoNothing();
  await db.insert(tables.events).values({ teamId, source, eventId, heardAtMs: nowMs }).onConflictDoNothing();
  await noticeSetAside(tx, { source, eventId, externalId, why }, nowMs);
  return { kind: 'set-aside', why };
}

/** The same facts without what PostgreSQL cannot keep, a NUL or half of a character: one may be why these are here. */
function keepable(heard: HeardFacts): HeardFacts {
  const clean = (_name: string, value: unknown): unknown =>
    typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '') : value;
  return JSON.parse(JSON.stringify(heard), clean) as HeardFacts;
}

/** The first fault of a chain: drizzle wraps a driver's fault in one that quotes the query, values and all. */
function causeOf(fault: unknown): Error & { readonly code?: unknown } {
  if (!(fault instanceof Error)) return new Error(String(fault));
  return fault.cause instanceof Error ? causeOf(fault.cause) : fault;
}

// How faults of the house, better-sqlite3 and pg begin, or read, that carry no code.
const MACHINE_FAULT = /^(no team |Connection terminated|Client has encountered|Cannot use a pool)|not open|closed/;

// A full disk, a lost connection or a missing team is not the fact's doing: the sender is told to try again. PostgreSQL's
// classes 22 (data) and 23 (constraints) and SQLite's constraints are.
function isMachineFault(fault: unknown): boolean {
  const { code, message } = causeOf(fault);
  if (typeof code !== 'string') return !(causeOf(fault) instanceof RangeError) && MACHINE_FAULT.test(message);
  return code.startsWith('SQLITE_') ? !code.startsWith('SQLITE_CONSTRAINT') : !/^2[23]/.test(code);
}
