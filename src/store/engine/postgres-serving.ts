import { Client } from 'pg';
import { lockOf } from './postgres.ts';
import type { Ask, SessionPart } from './postgres-session.ts';

const CONNECT_MS = 5_000;

/** What came of asking that nobody serves a database for a while. */
export type NotServing = { readonly kind: 'free'; readonly release: () => Promise<void> } | { readonly kind: 'served' };

/**
 * Shows that this process serves, for as long as its session lasts: any number of processes share the lock, and whoever must not
 * have any of them serving asks for it alone.
 */
export function showServing(): SessionPart {
  let isShown = false;
  async function show(ask: Ask): Promise<void> {
    const [row] = await ask(`select pg_try_advisory_lock_shared(${lockOf('serving')}) as got`);
    isShown = row?.['got'] === true;
  }
  return {
    up: show,
    look: async (ask) => (isShown ? undefined : show(ask)),
    without: () => undefined,
    heard: () => undefined,
  };
}

/** Keeps a database from being served until it is released or this process ends; or says that it is served now. */
export async function claimUnserved(url: string): Promise<NotServing> {
  return claim(url, 'pg_try_advisory_lock');
}

/** Whether somebody who must be alone, a move or a restore, has the database at this moment. */
export async function isClaimed(url: string): Promise<boolean> {
  const claimed = await claim(url, 'pg_try_advisory_lock_shared');
  if (claimed.kind === 'served') return true;
  await claimed.release();
  return false;
}

async function claim(url: string, how: 'pg_try_advisory_lock' | 'pg_try_advisory_lock_shared'): Promise<NotServing> {
  const client = new Client({ connectionString: url, application_name: 'showcaller', connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => undefined); // a connection that is lost has let go; what it was for fails by itself
  await client.connect();
  try {
    const { rows } = await client.query<{ got: boolean }>(`select ${how}(${lockOf('serving')}) as got`);
    if (rows[0]?.got === true) return { kind: 'free', release: () => client.end() };
  } catch (fault) {
    await client.end();
    throw fault;
  }
  await client.end();
  return { kind: 'served' };
}
