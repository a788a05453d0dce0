import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client, Pool, type ClientConfig, type PoolClient } from 'pg';
import type { Engine } from './engine.ts';
import { lockOf, POSTGRES_MIGRATIONS, postgresDb, postgresEngine, type Lent } from './postgres.ts';
import { openAlone } from './postgres-alone.ts';
import { openRings } from './postgres-rings.ts';
import { showServing } from './postgres-serving.ts';
import { keepSession } from './postgres-session.ts';

/** Connections of one process, beside the one of its session. */
const CONNECTIONS = 10;
const IDLE_MS = 60_000;

// Nothing waits without end: not for a free connection, for another's lock, for one statement, for a server that fell silent …
const CONNECT_MS = 5_000;
const LOCK_MS = 10_000;
const STATEMENT_MS = 30_000;
const SILENT_MS = STATEMENT_MS + 5_000;
// … nor others for a process that stands still in the middle of a transaction.
const STILL_MS = 15_000;
// Another process may be migrating gigabytes.
const MIGRATION_LOCK_MS = 600_000;

/** Opens a PostgreSQL database, migrating it once however many processes start at the same moment. */
export async function openPostgres(url: string): Promise<Engine> {
  const connection: ClientConfig = {
    connectionString: url,
    application_name: 'showcaller',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  };
  await migrateOnce(connection);
  const pool = new Pool({
    ...connection,
    // What a transaction asks at once goes in one trip.
    pipeline: true,
    max: CONNECTIONS,
    idleTimeoutMillis: IDLE_MS,
    lock_timeout: LOCK_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: SILENT_MS,
    idle_in_transaction_session_timeout: STILL_MS,
  });
  // A server that restarts drops idle connections and lent ones alike. The pool replaces them, and the transaction under way hears
  // of it from its next query: an error nobody listens to would end this process too.
  pool.on('error', ignored);
  pool.on('connect', (lent) => lent.on('error', ignored));
  const databases = new WeakMap<PoolClient, Lent['db']>();
  const rings = openRings(() => session);
  const duties = openAlone(() => session);
  const session = keepSession(connection, [showServing(), rings, duties]);

  async function lend<T>(use: (lent: Lent) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    const db = databases.get(client) ?? postgresDb(drizzle(client));
    databases.set(client, db);
    let spoilt = false;
    try {
      return await use({ db, run: (statements) => client.query(statements), spoil: () => (spoilt = true) });
    } finally {
      client.release(spoilt);
    }
  }

  return postgresEngine({
    lend,
    ring: rings.ring,
    onRing: rings.onRing,
    alone: duties.alone,
    async close() {
      await session.close();
      await pool.end();
    },
  });
}

async function migrateOnce(connection: ClientConfig): Promise<void> {
  const client = new Client({ ...connection, lock_timeout: MIGRATION_LOCK_MS });
  client.on('error', ignored);
  await client.connect();
  try {
    // Held until the connection ends.
    await client.query(`select pg_advisory_lock(${lockOf('migrations')})`);
    await migrate(drizzle(client), { migrationsFolder: POSTGRES_MIGRATIONS });
  } finally {
    await client.end();
  }
}

function ignored(): void {}
