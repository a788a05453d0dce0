import { and, eq, sql } from 'drizzle-orm';
import { foldFact, type Folded } from '../../domain/order-fold.ts';
import { assertKeepable } from '../../domain/order.ts';
import type { KeptOrder } from '../../domain/order-merge.ts';
import type { Heard } from '../../ports/store/orders.ts';
import { bundleRows, loadBook, saveBook } from '../stock/book-rows.ts';
import { insertNew, insertRows } from '../bulk.ts';
import type { Tx } from '../engine/engine.ts';
import { skusOf } from '../stock/opening.ts';
import type { Arrival } from './order-batcher.ts';
import { noticeReconcile, noticeUnknown } from './order-notices.ts';
import { loadOrders, orderKey, saveOrders } from './order-rows.ts';
import { run, select } from '../prepared.ts';
import { together } from '../together.ts';

/** The rhythm of orders is forgotten by half in this time. */
const RHYTHM_HALF_LIFE_MS = 180_000;

type Recorded = Extract<Folded, { kind: 'recorded' }>;
type Touched = { readonly order: KeptOrder; readonly heardAtMs: number; readonly unknown: Recorded['unknown'] };

/**
 * Records facts one by one in this order, all in this transaction. A fact that cannot be true throws, and with it the
 * whole transaction.
 */
export async function recordArrivals(tx: Tx, arrivals: readonly Arrival[]): Promise<readonly Heard[]> {
  for (const { heard } of arrivals) assertKeepable(heard);
  const [team, fresh, orders, bundles] = await together([
    teamOf(tx),
    freshArrivals(tx, arrivals),
    loadOrders(
      tx,
      arrivals.map(({ heard }) => heard.facts),
    ),
    bundleRows(tx),
  ]);
  const book = await loadBook(tx, skusTouched(fresh, orders), bundles);
  const answers = new Map<Arrival, Heard>();
  const touched = new Map<string, Touched>();
  const conflicts: KeptOrder[] = [];
  for (const arrival of fresh) {
    const { facts } = arrival.heard;
    const key = orderKey(facts);
    const folded = foldFact(orders.get(key) ?? null, facts, { book, returnsRelease: team.returnsRelease, nowMs: arrival.nowMs });
    answers.set(arrival, answerOf(folded));
    if (folded.kind !== 'recorded') continue;
    orders.set(key, folded.order);
    touched.set(key, { order: folded.order, heardAtMs: arrival.nowMs, unknown: folded.unknown });
    if (folded.conflict) conflicts.push(folded.order);
  }
  const nowMs = Math.max(...arrivals.map((arrival) => arrival.nowMs));
  await keepUnknown(tx, [...touched.values()], nowMs);
  await together([saveOrders(tx, [...touched.values()]), keepRhythm(tx, team, arrivals, fresh), saveBook(tx, book, nowMs)]);
  for (const order of conflicts) await noticeReconcile(tx, order, nowMs);
  return arrivals.map((arrival) => answers.get(arrival) ?? { kind: 'repeat' });
}

function answerOf(folded: Folded): Heard {
  return folded.kind === 'recorded' ? { kind: 'recorded', movementCount: folded.movementCount } : folded;
}

type Team = { readonly returnsRelease: boolean; readonly heardAtMs: number | null; readonly heardRecent: number };

async function teamOf({ db, tables: { teams }, teamId }: Tx): Promise<Team> {
  const { returnsRelease, heardAtMs, heardRecent } = teams;
  const [team] = await select(
    db,
    {
      name: 'team',
      columns: { returnsRelease, heardAtMs, heardRecent },
      build: (columns) =>
        db
          .select(columns)
          .from(teams)
          .where(eq(teams.teamId, sql.placeholder('teamId'))),
    },
    { teamId },
  );
  if (team === undefined) throw new Error(`no team ${teamId}`);
  return team;
}

/** Keeps the events of these arrivals, and answers those whose event was not heard before, nor twice among these. */
async function freshArrivals({ db, tables: { events }, teamId }: Tx, arrivals: readonly Arrival[]): Promise<readonly Arrival[]> {
  const rows = arrivals.map(({ heard: { eventId, facts }, nowMs }) => {
    return { teamId, source: facts.source, eventId, heardAtMs: nowMs };
  });
  const kept = await insertNew(db, events, rows, { source: events.source, eventId: events.eventId });
  const fresh = new Set(kept.map(({ source, eventId }) => `${source}\n${eventId}`));
  return arrivals.filter(({ heard: { eventId, facts } }) => fresh.delete(`${facts.source}\n${eventId}`));
}

function skusTouched(fresh: readonly Arrival[], orders: ReadonlyMap<string, KeptOrder>): Set<string> {
  const skus = new Set<string>();
  for (const { facts } of fresh.map(({ heard }) => heard)) {
    if (facts.kind === 'order') for (const { sku } of facts.lines) skus.add(sku);
  }
  for (const { lines } of orders.values()) for (const sku of skusOf(lines)) skus.add(sku);
  return skus;
}

/** How lively orders come in: a count that halves every three minutes, and when the last was heard. */
async function keepRhythm(
  { db, tables: { teams }, teamId }: Tx,
  team: Team,
  arrivals: readonly Arrival[],
  fresh: readonly Arrival[],
) {
  const latestMs = Math.max(...arrivals.map(({ nowMs }) => nowMs), team.heardAtMs ?? -Infinity);
  const sinceMs = latestMs - (team.heardAtMs ?? latestMs);
  const orderCount = fresh.filter(({ heard }) => heard.facts.kind === 'order').length;
  const heardRecent = team.heardRecent * 2 ** (-sinceMs / RHYTHM_HALF_LIFE_MS) + orderCount;
  const set = { heardAtMs: sql`${sql.placeholder('heardAtMs')}`, heardRecent: sql`${sql.placeholder('heardRecent')}` };
  const build = () =>
    db
      .update(teams)
      .set(set)
      .where(eq(teams.teamId, sql.placeholder('teamId')));
  await run(db, 'rhythm', build, { teamId, heardAtMs: latestMs, heardRecent });
}

/** Keeps lines of SKUs nobody listed, and shows each such SKU once. */
async function keepUnknown(tx: Tx, touched: readonly Touched[], nowMs: number): Promise<void> {
  const { db, tables, teamId } = tx;
  const { unknownLines } = tables;
  const rows = touched.flatMap(({ order: { source, externalId }, unknown }) =>
    unknown.map(({ sku, openUnits }) => ({ teamId, sku, source, externalId, openUnits })),
  );
  if (rows.length === 0) return;
  const skus = [...new Set(rows.map(({ sku }) => sku))];
  const seen = new Set<string>();
  for (const sku of skus) {
    // One of its lines will do: a shop may sell a catalogue beside the drop, and have sold of this a hundred thousand times.
    const ofSku = and(eq(unknownLines.teamId, teamId), eq(unknownLines.sku, sku));
    const [line] = await db.select({ sku: unknownLines.sku }).from(unknownLines).where(ofSku).limit(1);
    if (line !== undefined) seen.add(sku);
  }
  const first = rows.filter(({ sku }) => !seen.has(sku) && seen.add(sku));
  if (first.length > 0) await noticeUnknown(tx, first, nowMs);
  await insertRows(db, unknownLines, rows, {
    target: ['teamId', 'sku', 'source', 'externalId'],
    set: ['openUnits'],
  });
}
