import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import * as tables from '../tables/postgres.ts';
import { postgresDriver } from './driver.ts';
import type { Alone, Db, Engine, Tables, Tx } from './engine.ts';

/** A drizzle database on PostgreSQL, however it is reached. */
export type PostgresDb = PgDatabase<PgQueryResultHKT>;

/** A connection, while it is lent to one transaction. Its database is made once, so that what is prepared on it stays prepared. */
export type Lent = {
  readonly db: Db;
  /** Statements without values, in one trip to the server. */
  readonly run: (statements: string) => Promise<unknown>;
  /** Ends the connection instead of lending it again: nobody knows how it stands. */
  readonly spoil: () => void;
};

/** How an engine reaches its database. */
export type Reach = {
  readonly lend: <T>(use: (lent: Lent) => Promise<T>) => Promise<T>;
  /** Tells processes beside this one that posts were written, and hears it of them. */
  readonly ring: () => void;
  readonly onRing: (wake: () => void) => void;
  readonly alone: (name: string, work: Alone) => { readonly stop: () => Promise<void> };
  readonly close: () => Promise<void>;
};

export const POSTGRES_MIGRATIONS = new URL('../../../migrations/postgres', import.meta.url).pathname;

// The one cast of the store: the queries use only what both dialects build and answer alike, and are always awaited.
const asTables = tables as unknown as Tables;

/** A connection's database, as the store's queries see it. */
export function postgresDb(database: PostgresDb): Db {
  return Object.assign(database, { driver: postgresDriver(database) }) as unknown as Db;
}

/** An engine on an open, migrated PostgreSQL database. `close` ends its connections. */
export function postgresEngine(reach: Reach): Engine {
  const inside = new AsyncLocalStorage<true>();
  const queues = new Map<string, Promise<unknown>>();
  let wake = (): void => undefined;

  // The writers of a team would wait for each other at the server all the same: here they hold no connection meanwhile.
  function queued<T>(teamId: string, work: () => Promise<T>): Promise<T> {
    const done = (queues.get(teamId) ?? Promise.resolve()).then(work);
    const over = (): void => {
      if (queues.get(teamId) === tail) queues.delete(teamId);
    };
    const tail: Promise<void> = done.then(over, over);
    queues.set(teamId, tail);
    return done;
  }

  function transact<T>(teamId: string, work: (tx: Tx) => Promise<T>): Promise<{ answer: T; desiredPosts: number }> {
    // One writer per team, so rules need no row locks.
    const begin = `begin; select pg_advisory_xact_lock(${lockOf(teamId)})`;
    return reach.lend((lent) =>
      bracket(lent, begin, async () => {
        const tx: Tx = { db: lent.db, tables: asTables, teamId, desiredPosts: 0 };
        const answer = await work(tx);
        return { answer, desiredPosts: tx.desiredPosts };
      }),
    );
  }

  return {
    kind: 'postgres',
    tables: asTables,
    async write(teamId, work) {
      if (inside.getStore() === true) throw new Error('a write inside a write would wait for itself');
      const { answer, desiredPosts } = await inside.run(true, () => queued(teamId, () => transact(teamId, work)));
      if (desiredPosts > 0) {
        wake();
        reach.ring();
      }
      return answer;
    },
    async read(query) {
      // It would see nothing of the write, and wait for a second connection while it holds one.
      if (inside.getStore() === true) throw new Error('a read inside a write would not see what it wrote');
      return reach.lend((lent) => bracket(lent, 'begin isolation level repeatable read read only', () => query(lent.db)));
    },
    onPosts(call) {
      wake = call;
      reach.onRing(call);
    },
    alone: reach.alone,
    close: reach.close,
  };
}

/** A transaction around `work`. */
async function bracket<T>(lent: Lent, begin: string, work: () => Promise<T>): Promise<T> {
  try {
    await lent.run(begin);
    const answer = await work();
    await lent.run('commit');
    return answer;
  } catch (fault) {
    // Even where beginning failed: after a lock that did not come in time the transaction stands open.
    await lent.run('rollback').catch(lent.spoil);
    throw fault;
  }
}

/** The number of an advisory lock, the same in every process. */
export function lockOf(name: string): bigint {
  return createHash('sha256').update(`showcaller ${name}`).digest().readBigInt64BE();
}
