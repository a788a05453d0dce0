import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { openPostgres } from '../../src/store/engine/open-postgres.ts';
import type { Engine } from '../../src/store/engine/engine.ts';

/** A server to make databases on, for what only a server can show; tests that need one are skipped where none is named. */
export const SERVER_URL = process.env['TEST_DATABASE_URL'] ?? '';

/** A database on a real server, as an operator sees it. */
export type RealDatabase = {
  readonly url: string;
  readonly name: string;
  /** Asks the server, not as Showcaller does. */
  readonly ask: (text: string, values?: readonly unknown[]) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Ends every connection to it, and resolves when they are gone. */
  readonly dropConnections: () => Promise<void>;
  readonly remove: () => Promise<void>;
};

/** An empty database of its own, made for this run. `serverUrl` names any database whose user may make others. */
export async function emptyDatabase(serverUrl: string = SERVER_URL): Promise<RealDatabase> {
  const name = `showcaller_test_${randomUUID().replaceAll('-', '')}`;
  const admin = new Client({ connectionString: serverUrl });
  await admin.connect();
  await admin.query(`create database ${name}`);
  const own = new URL(serverUrl);
  own.pathname = `/${name}`;
  const ask: RealDatabase['ask'] = async (text, values = []) =>
    (await admin.query<Readonly<Record<string, unknown>>>(text, [...values])).rows;
  return {
    url: own.href,
    name,
    ask,
    async dropConnections() {
      // Waits for each to be gone, which takes a loaded server its time.
      await ask('select pg_terminate_backend(pid, 30000) from pg_stat_activity where datname = $1', [name]);
    },
    async remove() {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}

/** The same, opened and migrated. */
export async function temporaryPostgres(serverUrl: string = SERVER_URL): Promise<{
  engine: Engine;
  database: RealDatabase;
  close: () => Promise<void>;
}> {
  const database = await emptyDatabase(serverUrl);
  const engine = await openPostgres(database.url);
  return {
    engine,
    database,
    async close() {
      await engine.close();
      await database.remove();
    },
  };
}
