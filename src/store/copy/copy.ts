import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { insertRows } from '../bulk.ts';
import type { Db, Engine, Tx } from '../engine/engine.ts';
import { createTally, encodeRow, fitsPostgres, type Tally } from './checksum.ts';
import { countOf, pagesOf, teamIdsIn } from './rows.ts';
import { COPIED_TABLES, tableOf, type CopiedTable } from './schema.ts';

/** One table after a copy, as both sides have it. */
export type Compared = { readonly table: string; readonly source: Tally; readonly target: Tally };

/** What came of a copy. Anything but `copied` left the target as it was. */
export type CopyAnswer =
  | { readonly kind: 'copied'; readonly teamIds: readonly string[]; readonly tables: readonly Compared[] }
  | { readonly kind: 'no-such-team'; readonly teamIds: readonly string[] } // those there are
  | { readonly kind: 'holds-team'; readonly teamIds: readonly string[] } // of the target, in the way
  | { readonly kind: 'unequal'; readonly tables: readonly Compared[] } // those that differ
  | { readonly kind: 'cannot-hold'; readonly table: string; readonly key: readonly unknown[] }; // a text PostgreSQL refuses

export type CopyAsk = {
  readonly source: Engine;
  readonly target: Engine;
  readonly teamId: string | null; // null: every team
  readonly replace: boolean; // everything the target holds gives way
  readonly takeOver: boolean; // nobody serves the source any more
  readonly onProgress: (done: { readonly table: string; readonly rowCount: number; readonly totalRowCount: number }) => void;
};

// No team's id has a colon: this waits for other copies, and no team waits for it.
const COPIES = 'copy:';

/** Ends the target's transaction, so that nothing of it stays, and is answered as a value. */
class Undone extends Error {
  readonly answer: CopyAnswer;
  constructor(answer: CopyAnswer) {
    super(answer.kind);
    this.answer = answer;
  }
}

/**
 * Copies teams from one engine to another: all from one snapshot of the source, into one transaction of the target, which is
 * committed only if both sides then hold the same. Rows pass a page at a time, so memory stays where it is however much there is.
 */
export async function copyTeams(ask: CopyAsk): Promise<CopyAnswer> {
  const { source, target, teamId } = ask;
  try {
    return await source.read(async (from) => {
      await takeTime(source, from);
      const there = await teamIdsIn(source, from);
      const teamIds = teamId === null ? there : there.filter((each) => each === teamId);
      if (teamIds.length === 0) return { kind: 'no-such-team', teamIds: there };
      return await target.write(COPIES, (tx) => copyInto(tx, { ...ask, from, teamIds }));
    });
  } catch (fault) {
    if (fault instanceof Undone) return fault.answer;
    throw fault;
  }
}

type Run = CopyAsk & { readonly from: Db; readonly teamIds: readonly string[] };

async function copyInto(tx: Tx, run: Run): Promise<CopyAnswer> {
  const { source, target, from, teamIds, replace } = run;
  await takeTime(target, tx.db);
  const held = await teamIdsIn(target, tx.db);
  const inTheWay = replace ? [] : held.filter((teamId) => teamIds.includes(teamId));
  if (inTheWay.length > 0) throw new Undone({ kind: 'holds-team', teamIds: inTheWay });
  if (replace) for (const teamId of held) await clear(tx, { target, teamId });

  const progress = await progressOf(run);
  const tables: Compared[] = [];
  for (const table of COPIED_TABLES) {
    const read = createTally();
    const written = createTally();
    for (const teamId of teamIds) await copyTable(tx, { run, table, teamId, add: read.add, progress });
    for (const teamId of teamIds) {
      for await (const page of pagesOf(target, tx.db, { table, teamId })) {
        for (const row of page) written.add(encodeRow(table, row));
      }
    }
    // Counted by the source itself as well: a walk along an index that is damaged would miss rows, and agree with its own copy.
    let rowCount = 0;
    for (const teamId of teamIds) rowCount += await countOf(source, from, { table, teamId });
    tables.push({ table: table.name, source: { ...read.tally(), rowCount }, target: written.tally() });
  }
  const unequal = tables.filter(({ source, target }) => !sameTally(source, target));
  if (unequal.length > 0) throw new Undone({ kind: 'unequal', tables: unequal });
  if (run.takeOver) await endLeases(tx, teamIds);
  return { kind: 'copied', teamIds, tables };
}

/** A table of one side waits while the other side's is read: that is no process that stands still. */
async function takeTime({ kind }: Engine, db: Db): Promise<void> {
  if (kind === 'sqlite') return;
  const patient = sql`set_config('idle_in_transaction_session_timeout', '0', true)`;
  await db.select({ patient }).from(sql`(select 1) as one`);
}

async function clear({ db }: Tx, { target, teamId }: { readonly target: Engine; readonly teamId: string }): Promise<void> {
  for (const table of COPIED_TABLES) {
    const own = tableOf(target, table);
    await db.delete(own).where(eq(own.teamId, teamId));
  }
}

/**
 * Ends the leases of couriers that served the source: nobody is left to settle them. Whose post it was stays written down, so that
 * whoever claims it next looks on the platform before sending.
 */
async function endLeases({ db, tables: { posts } }: Tx, teamIds: readonly string[]): Promise<void> {
  const leased = and(inArray(posts.teamId, [...teamIds]), isNotNull(posts.leaseWorker));
  await db.update(posts).set({ leaseUntilMs: 0 }).where(leased);
}

async function copyTable(
  { db }: Tx,
  ask: {
    readonly run: Run;
    readonly table: CopiedTable;
    readonly teamId: string;
    readonly add: (encoded: string) => void;
    readonly progress: (table: string, rowCount: number) => void;
  },
): Promise<void> {
  const { run, table, teamId, add, progress } = ask;
  const { source, target, from } = run;
  for await (const page of pagesOf(source, from, { table, teamId })) {
    for (const row of page) {
      const encoded = encodeRow(table, row);
      if (target.kind === 'postgres' && !fitsPostgres(encoded)) {
        throw new Undone({ kind: 'cannot-hold', table: table.name, key: table.key.map((property) => row[property]) });
      }
      add(encoded);
    }
    await insertRows(db, tableOf(target, table), page as never);
    progress(table.name, page.length);
  }
}

async function progressOf({ source, from, teamIds, onProgress }: Run): Promise<(table: string, rowCount: number) => void> {
  let totalRowCount = 0;
  for (const table of COPIED_TABLES) {
    for (const teamId of teamIds) totalRowCount += await countOf(source, from, { table, teamId });
  }
  let done = 0;
  return (table, rowCount) => {
    done += rowCount;
    onProgress({ table, rowCount: done, totalRowCount });
  };
}

function sameTally(one: Tally, other: Tally): boolean {
  return one.rowCount === other.rowCount && one.checksum === other.checksum;
}
