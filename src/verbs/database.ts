import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Store } from '../ports/store.ts';
import type { Engine } from '../store/engine/engine.ts';
import { claimServing } from '../store/engine/sqlite-files.ts';
import { openSqlite } from '../store/engine/sqlite.ts';
import { openStore } from '../store/store.ts';
import { Refused } from './refused.ts';

/** Where the data is. */
export type Database = { readonly kind: 'sqlite'; readonly file: string } | { readonly kind: 'postgres'; readonly url: string };

/** Reads a DATABASE_URL that the settings have checked. */
export function databaseOf(url: string): Database {
  return url.startsWith('file:') ? { kind: 'sqlite', file: resolve(url.slice('file:'.length)) } : { kind: 'postgres', url };
}

/** What a database is called where people read it: never with a password. */
export function nameOf(database: Database): string {
  if (database.kind === 'sqlite') return database.file;
  const { hostname, port, pathname } = new URL(database.url);
  return `postgres://${hostname}${port === '' ? '' : `:${port}`}${pathname}`;
}

/** What came of asking that nobody serves a database for a while. */
export type Claim =
  | { readonly kind: 'alone'; readonly release: () => Promise<void> }
  | { readonly kind: 'served'; readonly by: string };

/** Keeps a database from being served until it is released; a database that is served says by whom. */
export async function claimAlone(database: Database): Promise<Claim> {
  if (database.kind === 'postgres') {
    const { claimUnserved } = await import('../store/engine/postgres-serving.ts');
    const claimed = await claimUnserved(database.url);
    return claimed.kind === 'free' ? { ...claimed, kind: 'alone' } : { kind: 'served', by: 'Another process' };
  }
  const serving = claimServing(database.file);
  return serving.kind === 'taken'
    ? { kind: 'served', by: `Process ${serving.pid}` }
    : { kind: 'alone', release: async () => serving.release() };
}

/** Refuses a database file whose folder is not there; nothing is created. */
export function assertFolder(database: Database): void {
  if (database.kind === 'postgres' || existsSync(dirname(database.file))) return;
  throw new Refused(`There is no folder ${dirname(database.file)} for the database.`, 'Make it, or set another DATABASE_URL.');
}

/** Opens it, migrated. PostgreSQL's driver is loaded only where it is used. */
export async function openEngine(database: Database): Promise<Engine> {
  assertFolder(database);
  if (database.kind === 'sqlite') return openSqlite(database.file);
  const { openPostgres } = await import('../store/engine/open-postgres.ts');
  return openPostgres(database.url);
}

/** What a verb works with. */
export type Opened = { readonly engine: Engine; readonly store: Store; readonly database: Database };

/** Opens the store for one verb and closes it after. A database that is not there is made only where `mayCreate` says so. */
export async function withStore<T>(
  database: Database,
  { mayCreate }: { readonly mayCreate: boolean },
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  if (!mayCreate && database.kind === 'sqlite' && !existsSync(database.file)) {
    throw new Refused(`There is no database at ${database.file} yet.`, 'Make one: npm start -- import examples/hoodie-run.yaml');
  }
  const engine = await openEngine(database);
  const store = openStore(engine);
  try {
    return await work({ engine, store, database });
  } finally {
    await store.close();
  }
}
