import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { openPostgres } from '../../src/store/engine/open-postgres.ts';
import type { Engine } from '../../src/store/engine/engine.ts';

/** A database of its own on a real server, made for this run and dropped with it. `url` names any database the user may make others from. */
export async function temporaryPostgres(url: string): Promise<{ engine: Engine; name: string; close: () => Promise<void> }> {
  const name = `showcaller_test_${randomUUID().replaceAll('-', '')}`;
  const admin = new Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  const engine = await openPostgres(own.href);
  return {
    engine,
    name,
    async close() {
      await engine.close();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}
