import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Pool } from 'pg';
import type { Engine } from './engine.ts';
import { POSTGRES_MIGRATIONS, postgresEngine } from './postgres.ts';

const CONNECTIONS = 10;

// Any number will do, as long as every process of every version asks for the same one.
const MIGRATION_LOCK = 7_046_029_254;

/** Opens a PostgreSQL database, migrating it once however many processes start at the same moment. */
export async function openPostgres(url: string): Promise<Engine> {
  const pool = new Pool({ connectionString: url, max: CONNECTIONS });
  // A server that restarts drops idle connections and lent ones alike. The pool replaces them, and the transaction under way hears
  // of it from its next query: an error nobody listens to would end this process too.
  pool.on('error', ignored);
  pool.on('connect', (lent) => lent.on('error', ignored));
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrate(drizzle(client), { migrationsFolder: POSTGRES_MIGRATIONS });
  } finally {
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    client.release();
  }
  return postgresEngine(drizzle(pool), () => pool.end());
}

function ignored(): void {}
