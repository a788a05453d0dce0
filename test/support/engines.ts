import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import type { Engine } from '../../src/store/engine/engine.ts';
import { POSTGRES_MIGRATIONS, postgresDb, postgresEngine } from '../../src/store/engine/postgres.ts';
import { aloneHere, openSqlite } from '../../src/store/engine/sqlite.ts';

/** A fresh SQLite file in a folder of its own, below `parent`; `remove` closes and deletes it. */
export function temporarySqlite(parent = tmpdir()): { engine: Engine; file: string; remove: () => Promise<void> } {
  const folder = mkdtempSync(join(parent, 'showcaller-test-'));
  const file = join(folder, 'showcaller.db');
  const engine = openSqlite(file);
  return {
    engine,
    file,
    async remove() {
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL in this process. Booting takes a second or two and half a gigabyte: once per suite. `logQuery` hears each query. */
export async function bootPglite(pglite = new PGlite(), logQuery: (text: string) => void = () => undefined): Promise<Engine> {
  const database = drizzle(pglite, { logger: { logQuery } });
  const db = postgresDb(database);
  await migrate(database, { migrationsFolder: POSTGRES_MIGRATIONS });
  let tail: Promise<unknown> = Promise.resolve(); // it is one connection
  return postgresEngine({
    lend(use) {
      const lent = { db, run: (statements: string) => pglite.exec(statements), spoil: () => undefined };
      const done = tail.then(() => use(lent));
      tail = done.catch(() => undefined);
      return done;
    },
    ring: () => undefined,
    onRing: () => undefined,
    alone: aloneHere,
    close: () => pglite.close(),
  });
}
