import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { openPostgres } from '../../src/store/engine/open-postgres.ts';
import type { Engine } from '../../src/store/engine/engine.ts';

/** An empty database of its own on a real server, made for this run. `serverUrl` names any database whose user may make others. */
export async function emptyDatabase(serverUrl: string): Promise<{ url: string; name: string; remove: () => Promise<void> }> {
  const name = `showcaller_test_${randomUUID().replaceAll('-', '')}`;
  const admin = new Client({ connectionString: serverUrl });
  await admin.connect();
  await admin.query(`create database ${name}`);
  const own = new URL(serverUrl);
  own.pathname = `/${name}`;
  return {
    url: own.href,
    name,
    async remove() {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}

/** The same, opened and migrated. */
export async function temporaryPostgres(
  serverUrl: string,
): Promise<{ engine: Engine; name: string; close: () => Promise<void> }> {
  const { url, name, remove } = await emptyDatabase(serverUrl);
  const engine = await openPostgres(url);
  return {
    engine,
    name,
    async close() {
      await engine.close();
      await remove();
    },
  };
}
