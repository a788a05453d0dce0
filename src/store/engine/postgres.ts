import { AsyncLocalStorage } from 'node:async_hooks';
import { sql } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import * as tables from '../tables/postgres.ts';
import { postgresDriver } from './driver.ts';
import type { Db, Engine, Tables, Tx } from './engine.ts';

/** A drizzle database on PostgreSQL, however it is reached. */
export type PostgresDb = PgDatabase<PgQueryResultHKT>;

export const POSTGRES_MIGRATIONS = new URL('../../../migrations/postgres', import.meta.url).pathname;

// The one cast of the store: the queries use only what both dialects build and answer alike, and are always awaited.
const asDb = (db: PostgresDb): Db => Object.assign(db, { driver: postgresDriver(db) }) as unknown as Db;
const asTables = tables as unknown as Tables;

/** An engine on an open, migrated PostgreSQL database. `close` ends its connections. */
export function postgresEngine(database: PostgresDb, close: () => Promise<void>): Engine {
  const inside = new AsyncLocalStorage<true>();
  let wake = (): void => undefined;

  return {
    kind: 'postgres',
    tables: asTables,
    async write(teamId, work) {
      if (inside.getStore() === true) throw new Error('a write inside a write would wait for itself');
      let desiredPosts = 0;
      const answer = await database.transaction((transaction) =>
        inside.run(true, async () => {
          // One writer per team, so rules need no row locks.
          await transaction.execute(sql`select pg_advisory_xact_lock(hashtextextended(${teamId}, 0))`);
          const tx: Tx = { db: asDb(transaction), tables: asTables, teamId, desiredPosts: 0 };
          const result = await work(tx);
          desiredPosts = tx.desiredPosts;
          return result;
        }),
      );
      if (desiredPosts > 0) wake();
      return answer;
    },
    read: (query) =>
      database.transaction((transaction) => query(asDb(transaction)), {
        isolationLevel: 'repeatable read',
        accessMode: 'read only',
      }),
    onPosts(call) {
      wake = call;
    },
    close,
  };
}
