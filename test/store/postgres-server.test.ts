import { sql } from 'drizzle-orm';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { seeded } from '../support/plan.ts';
import { temporaryPostgres } from '../support/real-postgres.ts';

// What only a server can do: go away. Runs when `TEST_DATABASE_URL` names one.
const serverUrl = process.env.TEST_DATABASE_URL ?? '';

test.skipIf(serverUrl === '')(
  'a server that drops every connection costs the transaction under way, and nothing else',
  async () => {
    const { engine, name, close } = await temporaryPostgres(serverUrl);
    const admin = new Client({ connectionString: serverUrl });
    await admin.connect();
    async function drop(): Promise<void> {
      const others = 'from pg_stat_activity where datname = $1';
      await admin.query(`select pg_terminate_backend(pid) ${others}`, [name]);
      await expect.poll(async () => (await admin.query(`select 1 ${others}`, [name])).rowCount).toBe(0);
    }
    await seeded({ engine, store: openStore(engine), teamId: 'team-1' });

    await drop(); // all of them idle
    const { teams } = engine.tables;
    const count = () => engine.read(async (db) => (await db.select().from(teams)).length);
    await expect.poll(count).toBe(1);

    const cut = engine.write('team-1', async ({ db }) => {
      await db.update(teams).set({ name: 'half' });
      await drop();
      await db.update(teams).set({ zone: 'UTC' });
    });
    await expect(cut).rejects.toThrow(/Failed query/);
    const names = await engine.read((db) => db.select({ name: teams.name }).from(teams));
    expect(names).toEqual([{ name: 'Night Market' }]);
    await engine.write('team-1', ({ db }) => db.update(teams).set({ name: sql`upper(${teams.name})` }));
    expect(await engine.read((db) => db.select({ name: teams.name }).from(teams))).toEqual([{ name: 'NIGHT MARKET' }]);

    await admin.end();
    await close();
  },
);
