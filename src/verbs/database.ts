import { resolve } from 'node:path';
import type { Engine } from '../store/engine/engine.ts';
import { openSqlite } from '../store/engine/sqlite.ts';

/** Where the data is. */
export type Database = { readonly kind: 'sqlite'; readonly file: string } | { readonly kind: 'postgres'; readonly url: string };

/** Reads a DATABASE_URL that the settings have checked. */
export function databaseOf(url: string): Database {
  return url.startsWith('file:') ? { kind: 'sqlite', file: resolve(url.slice('file:'.length)) } : { kind: 'postgres', url };
}

/** Opens it, migrated. PostgreSQL's driver is loaded only where it is used. */
export async function openEngine(database: Database): Promise<Engine> {
  if (database.kind === 'sqlite') return openSqlite(database.file);
  const { openPostgres } = await import('../store/engine/open-postgres.ts');
  return openPostgres(database.url);
}
