import { and, eq, inArray, lte } from 'drizzle-orm';
import { shareOf, type Share } from '../domain/share.ts';
import type { ShareAsk, ShareStore } from '../ports/store/share.ts';
import type { Db, Engine, Tx } from './engine/engine.ts';
import { insertRows } from './bulk.ts';
import { leaseClock } from './posts/courier-claim.ts';

const TICKS = 'ticks';
const NOBODYS = ''; // by these leases processes show that they are there
const SHARES = 'shares'; // one process at a time divides

/** Which teams' time a process looks after, of all processes that share a database. */
export function shareStore(engine: Engine): ShareStore {
  return {
    async take(ask) {
      // One process serves a file: all of it is its own.
      if (engine.kind === 'sqlite') return engine.read((db) => teamIdsOf(engine, db));
      const { share } = await engine.read((db) => divided(engine, db, ask));
      if (!share.changes) return share.mine;
      return engine.write(SHARES, async (tx) => {
        const now = await divided(engine, tx.db, ask);
        await keep(tx, now, ask);
        return now.share.mine;
      });
    },
    async leave(worker) {
      const { leases } = engine.tables;
      if (engine.kind === 'postgres') await engine.write(SHARES, ({ db }) => db.delete(leases).where(eq(leases.worker, worker)));
    },
  };
}

type Divided = { readonly share: Share; readonly nowMs: number };

async function divided(engine: Engine, db: Db, { worker, leaseMs }: ShareAsk): Promise<Divided> {
  const nowMs = await leaseClock(engine, db);
  const rows = await db.select().from(engine.tables.leases);
  const all = await teamIdsOf(engine, db);
  const leases = rows.filter(({ teamId, what }) => teamId !== NOBODYS && what === TICKS);
  const share = shareOf(
    {
      all,
      leases: leases.map((row) => ({ ...row, what: row.teamId })),
      processes: rows.filter(({ teamId }) => teamId === NOBODYS),
    },
    { worker, leaseMs, nowMs },
  );
  return { share, nowMs };
}

async function keep({ db, tables: { leases } }: Tx, { share, nowMs }: Divided, { worker, leaseMs }: ShareAsk): Promise<void> {
  await db.delete(leases).where(lte(leases.untilMs, nowMs));
  if (share.givenUp.length > 0) {
    await db.delete(leases).where(and(eq(leases.worker, worker), inArray(leases.teamId, [...share.givenUp])));
  }
  const mine = { worker, untilMs: nowMs + leaseMs };
  const rows = [{ teamId: NOBODYS, what: worker, ...mine }, ...share.mine.map((teamId) => ({ teamId, what: TICKS, ...mine }))];
  await insertRows(db, leases, rows, { target: ['teamId', 'what'], set: ['worker', 'untilMs'] });
}

/** Every team there is, by id. */
export async function teamIdsOf({ tables: { teams } }: Engine, db: Db): Promise<readonly string[]> {
  const rows = await db.select({ teamId: teams.teamId }).from(teams).orderBy(teams.teamId);
  return rows.map(({ teamId }) => teamId);
}
