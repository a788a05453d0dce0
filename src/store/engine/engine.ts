import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type * as sqliteTables from '../tables/sqlite.ts';
import type { Driver } from './driver.ts';

export type Tables = typeof sqliteTables;

/** Queries are written once against SQLite's types and always awaited; `engine/postgres.ts` holds the one cast. */
export type Db = BetterSQLite3Database & { readonly driver: Driver };

/** One open transaction of one team. */
export type Tx = {
  readonly db: Db;
  readonly tables: Tables;
  readonly teamId: string;
  /** Counts posts written, so that the courier is woken once, after the commit. */
  desiredPosts: number;
};

/** What one process at a time does, of all that share a database. */
export type Alone = {
  /** It is this process's now. Called again when it was lost and comes back. */
  readonly begin: () => void;
  /** Another process has it. Called once until it is this one's. */
  readonly wait: () => void;
  /** It may be another's from now on: resolves when nothing of it goes on here. Never rejects. */
  readonly end: () => Promise<void>;
};

/** A database Showcaller can live on. */
export type Engine = {
  readonly kind: 'sqlite' | 'postgres';
  readonly tables: Tables;
  /** One transaction; one writer per team. Rolls back when `work` throws. A nested write throws. */
  readonly write: <T>(teamId: string, work: (tx: Tx) => Promise<T>) => Promise<T>;
  /** One snapshot: two selects of one read never disagree. */
  readonly read: <T>(query: (db: Db) => Promise<T>) => Promise<T>;
  /** Called after each commit that wrote posts, whichever process committed. */
  readonly onPosts: (wake: () => void) => void;
  /** Does a named work while no other process does, and stands by while one does. `stop` ends it and leaves it to another. */
  readonly alone: (name: string, work: Alone) => { readonly stop: () => Promise<void> };
  readonly close: () => Promise<void>;
};
