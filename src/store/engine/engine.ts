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

/** A database Showcaller can live on. */
export type Engine = {
  readonly kind: 'sqlite' | 'postgres';
  readonly tables: Tables;
  /** One transaction; one writer per team. Rolls back when `work` throws. A nested write throws. */
  readonly write: <T>(teamId: string, work: (tx: Tx) => Promise<T>) => Promise<T>;
  /** One snapshot: two selects of one read never disagree. */
  readonly read: <T>(query: (db: Db) => Promise<T>) => Promise<T>;
  /** Called after each commit that wrote posts. */
  readonly onPosts: (wake: () => void) => void;
  readonly close: () => Promise<void>;
};
