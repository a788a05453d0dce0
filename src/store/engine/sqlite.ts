import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import * as tables from '../tables/sqlite.ts';
import { sqliteDriver } from './driver.ts';
import type { Alone, Db, Engine, Tx } from './engine.ts';

const READERS = 3;
const BUSY_MS = 5_000; // `import` and `backup` may write beside a serving process
const BUSY_AGAIN_MS = 20;
const MIGRATIONS = new URL('../../../migrations/sqlite', import.meta.url).pathname;

/**
 * Opens (creating and migrating) the SQLite file. Every commit is on disk before `write` resolves (WAL, synchronous FULL).
 */
export function openSqlite(file: string): Engine {
  const writer = new Database(file, { timeout: BUSY_MS });
  writer.pragma('journal_mode = WAL');
  writer.pragma('synchronous = FULL');
  writer.pragma('foreign_keys = ON');
  const writerDb = databaseOn(writer);
  migrate(writerDb, { migrationsFolder: MIGRATIONS });
  // From here on we wait by ourselves: SQLite's own waiting stops everything, and nobody who types would be acknowledged.
  writer.pragma('busy_timeout = 0');

  const readers = openReaders(file);
  const inside = new AsyncLocalStorage<true>();
  const begin = writer.prepare('BEGIN IMMEDIATE');
  const commit = writer.prepare('COMMIT');
  const rollback = writer.prepare('ROLLBACK');
  let tail: Promise<unknown> = Promise.resolve();
  let wake = (): void => undefined;

  const whenFree = waiting(() => begin.run());

  async function transact<T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
    await whenFree();
    try {
      const answer = await work(tx);
      commit.run();
      return answer;
    } catch (fault) {
      // A full disk may have ended the transaction already; rolling back twice would hide the first fault.
      if (writer.inTransaction) rollback.run();
      throw fault;
    }
  }

  return {
    kind: 'sqlite',
    tables,
    write(teamId, work) {
      if (inside.getStore() === true) throw new Error('a write inside a write would wait for itself');
      const tx: Tx = { db: writerDb, tables, teamId, desiredPosts: 0 };
      const done = tail.then(() => inside.run(true, () => transact(tx, work)));
      tail = done.then(
        () => (tx.desiredPosts > 0 ? wake() : undefined),
        () => undefined,
      );
      return done;
    },
    async read(query) {
      if (inside.getStore() === true) throw new Error('a read inside a write would not see what it wrote');
      return readers.read(query);
    },
    onPosts(call) {
      wake = call;
    },
    alone: aloneHere,
    async close() {
      await tail;
      readers.close();
      writer.close();
    },
  };
}

function databaseOn(connection: Database.Database): Db {
  return Object.assign(drizzle(connection), { driver: sqliteDriver(connection) });
}

/**
 * Begins as soon as no other process writes. Everything else goes on meanwhile, and nobody waits once it has been busy for
 * `BUSY_MS`: what queued behind the first that waited would wait as long again, each in its turn.
 */
function waiting(begin: () => void): () => Promise<void> {
  let busySinceMs: number | null = null;
  return async () => {
    for (;;) {
      try {
        begin();
        busySinceMs = null;
        return;
      } catch (fault) {
        if (!(fault instanceof Database.SqliteError) || !fault.code.startsWith('SQLITE_BUSY')) throw fault;
        busySinceMs ??= performance.now();
        if (performance.now() - busySinceMs >= BUSY_MS) throw fault;
      }
      await wait(BUSY_AGAIN_MS);
    }
  };
}

/** One process serves a file: whatever one process at a time does is its own until it stops. */
export function aloneHere(_name: string, work: Alone): { readonly stop: () => Promise<void> } {
  work.begin();
  return { stop: work.end };
}

/** A pool of read-only connections, each lent to one snapshot at a time. */
function openReaders(file: string): { read: Engine['read']; close: () => void } {
  const connections = Array.from({ length: READERS }, () => new Database(file, { readonly: true, timeout: BUSY_MS }));
  const free = connections.map((connection) => ({
    begin: connection.prepare('BEGIN'),
    commit: connection.prepare('COMMIT'),
    db: databaseOn(connection),
  }));
  const waiting: (() => void)[] = [];

  return {
    async read<T>(query: (db: Db) => Promise<T>): Promise<T> {
      while (free.length === 0) await new Promise<void>((resume) => waiting.push(resume));
      const lent = free.pop();
      if (lent === undefined) throw new Error('no reader was free');
      lent.begin.run();
      try {
        return await query(lent.db);
      } finally {
        lent.commit.run();
        free.push(lent);
        waiting.shift()?.();
      }
    },
    close() {
      for (const connection of connections) connection.close();
    },
  };
}
