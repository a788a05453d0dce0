import { readdirSync } from 'node:fs';
import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/store/engine/engine.ts';
import { openPostgres } from '../../src/store/engine/open-postgres.ts';
import { desire } from '../../src/store/posts/desire.ts';
import { POSTGRES_MIGRATIONS } from '../../src/store/engine/postgres.ts';
import { openStore } from '../../src/store/store.ts';
import { NOW, seeded } from '../support/plan.ts';
import { emptyDatabase, SERVER_URL, temporaryPostgres } from '../support/real-postgres.ts';
import { exitOf, serve } from '../support/serving.ts';

const BLOCKED = `select 1 from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'`;

// What only a server can do: go away, and serve several processes. Runs when `TEST_DATABASE_URL` names one.
describe.skipIf(SERVER_URL === '')('a PostgreSQL server (TEST_DATABASE_URL)', () => {
  let opened: Awaited<ReturnType<typeof temporaryPostgres>>;
  const beside: Engine[] = []; // engines of other processes
  beforeEach(async () => {
    opened = await temporaryPostgres();
  });
  afterEach(async () => {
    await Promise.all(beside.splice(0).map((engine) => engine.close()));
    await opened.close();
  });

  async function openBeside(): Promise<Engine> {
    const engine = await openPostgres(opened.database.url);
    beside.push(engine);
    return engine;
  }

  test('dropping every connection costs the transaction under way, and nothing else', async () => {
    const { engine, database } = opened;
    await seeded({ engine, store: openStore(engine), teamId: 'team-1' });
    const { teams } = engine.tables;
    const cut = engine.write('team-1', async ({ db }) => {
      await db.update(teams).set({ name: 'half' });
      await database.dropConnections();
      await db.update(teams).set({ zone: 'UTC' });
    });
    await expect(cut).rejects.toThrow(/Failed query/);
    const names = await engine.read((db) => db.select({ name: teams.name }).from(teams));
    expect(names).toEqual([{ name: 'Night Market' }]);
    await engine.write('team-1', ({ db }) => db.update(teams).set({ name: sql`upper(${teams.name})` }));
    expect(await engine.read((db) => db.select({ name: teams.name }).from(teams))).toEqual([{ name: 'NIGHT MARKET' }]);
  });

  test('connections dropped again and again, idle and lent, are all replaced: none is lost to the pool', async () => {
    const { engine, database } = opened;
    const look = () => engine.read((db) => db.select().from(engine.tables.teams));
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(Array.from({ length: 10 }, look)); // the pool is full, and idle
      const dropped = database.dropConnections();
      // Some of these are lent a connection that is gone, and hear so from its first statement.
      await Promise.allSettled([...Array.from({ length: 10 }, look), dropped]);
      await expect.poll(() => look(), { timeout: 20_000 }).toEqual([]);
    }
    // Each lent at once: were one lost, the last would wait for it in vain.
    let lentCount = 0;
    let allLent = (): void => undefined;
    const together = new Promise<void>((resolve) => (allLent = resolve));
    const hold = () =>
      engine.read(async () => {
        lentCount += 1;
        if (lentCount === 10) allLent();
        await together;
      });
    await Promise.all(Array.from({ length: 10 }, hold));
  });

  test('a statement that waits for another process’s lock is given up, and the connection is as good as before', async () => {
    const { engine } = opened;
    const { database } = opened;
    const other = await openBeside();
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    let begun = (): void => undefined;
    const isHeld = new Promise<void>((resolve) => (begun = resolve));
    const holding = other.write('team-1', async () => {
      begun();
      await held;
    });
    await isHeld;
    // Seen from outside: it waits. Ended from outside too, by what the server's own timeout does.
    // Listened to from the start: it may be refused before the one who cancels it has heard so.
    const refused = engine.write('team-1', () => Promise.resolve('never')).catch((fault: unknown) => fault);
    const blocked = `from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'`;
    await expect.poll(() => database.ask(`select 1 ${blocked}`, [database.name]), { timeout: 5_000 }).toHaveLength(1);
    await database.ask(`select pg_cancel_backend(pid) ${blocked}`, [database.name]);
    expect(String(await refused)).toMatch(/cancel/);
    letGo();
    await holding;
    expect(await engine.write('team-1', () => Promise.resolve('ours'))).toBe('ours');
  });

  test('nothing waits without end: the server is told how long each connection may', async () => {
    const { engine } = opened;
    const names = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];
    const told = await engine.read(async (db) => {
      const rows = await db.select({ name: sql<string>`name`, ms: sql<string>`setting` }).from(sql`pg_settings`);
      return rows.filter(({ name }) => names.includes(name)).map(({ name, ms }) => [name, Number(ms)]);
    });
    expect(Object.fromEntries(told)).toEqual({
      statement_timeout: 30_000,
      lock_timeout: 10_000,
      idle_in_transaction_session_timeout: 15_000,
    });
  });

  test('writers of one team in one process hold one connection, however many they are', async () => {
    const { engine, database } = opened;
    const writing = Array.from({ length: 30 }, () => engine.write('team-1', ({ db }) => db.select().from(engine.tables.teams)));
    const beyond = engine.read((db) => db.select().from(engine.tables.teams)); // waits for none of them
    await Promise.all([...writing, beyond]);
    const [row] = await database.ask('select count(*)::int as n from pg_stat_activity where datname = $1', [database.name]);
    expect(row).toEqual({ n: 2 });
  });

  test('posts written by one process wake the others at once, also after their sessions were lost', async () => {
    const { engine, database } = opened;
    const other = await openBeside();
    await seeded({ engine, store: openStore(engine), teamId: 'team-1' });
    let own = 0;
    let wakes = 0;
    engine.onPosts(() => (own += 1));
    other.onPosts(() => (wakes += 1));
    await expect.poll(() => Math.min(own, wakes), { timeout: 5_000 }).toBe(1); // each looks once when it is connected
    const say = (key: string) =>
      engine.write('team-1', (tx) =>
        desire(tx, {
          key,
          destinationId: 'console:team-1-team',
          facts: { kind: 'live', dropName: 'Run', state: 'live', atMs: 1, byPersonId: 'maya' },
          lane: 1,
          nowMs: 1,
        }),
      );
    await say('one');
    await expect.poll(() => wakes, { timeout: 5_000 }).toBe(2);
    expect(own).toBe(2); // its own commit, and not its own word of it
    await engine.write('team-1', () => Promise.resolve()); // no posts, no word
    await database.dropConnections();
    await expect.poll(() => Math.min(own, wakes), { timeout: 10_000 }).toBe(3); // connected again: whatever was told meanwhile is looked for
    await say('two');
    await expect.poll(() => wakes, { timeout: 5_000 }).toBe(4);
  });

  test('what one process does alone goes to the next when it stops or its session ends', async () => {
    const { database } = opened;
    const record: string[] = [];
    const work = (name: string) => ({
      begin: () => void record.push(`${name} begins`),
      wait: () => void record.push(`${name} waits`),
      async end() {
        record.push(`${name} ends`);
      },
    });
    const [first, second] = [opened.engine, await openBeside()];
    const mine = first.alone('chat', work('first'));
    await expect.poll(() => record, { timeout: 5_000 }).toEqual(['first begins']);
    const theirs = second.alone('chat', work('second'));
    second.alone('something else', work('other'));
    await expect.poll(() => record, { timeout: 5_000 }).toEqual(['first begins', 'second waits', 'other begins']);
    await mine.stop();
    await expect.poll(() => record.slice(3), { timeout: 5_000 }).toEqual(['first ends', 'second begins']);

    // A server that comes back: whoever had it has it again, or the other does and it ends; never both, never neither.
    const again = first.alone('chat', work('first'));
    await expect.poll(() => record.at(-1), { timeout: 5_000 }).toBe('first waits');
    const before = record.length;
    await database.dropConnections();
    const holders = `select count(*)::int as n from pg_locks join pg_database d on d.oid = database
      where locktype = 'advisory' and mode = 'ExclusiveLock' and objsubid = 1 and d.datname = $1`;
    await expect.poll(async () => database.ask(holders, [database.name]), { timeout: 10_000 }).toEqual([{ n: 2 }]);
    const changed = ['second ends', 'first begins'];
    const isSettled = () => {
      const since = record.slice(before).filter((line) => changed.includes(line));
      return since.length === 0 || since.length === 2;
    };
    await expect.poll(isSettled, { timeout: 10_000 }).toBe(true);
    await Promise.all([again.stop(), theirs.stop()]);
  });

  test('many processes that start at once migrate once', async () => {
    const empty = await emptyDatabase();
    const engines = await Promise.all(Array.from({ length: 6 }, () => openPostgres(empty.url)));
    const [tables] = await Promise.all(engines.map((engine) => engine.read((db) => db.select().from(engine.tables.teams))));
    expect(tables).toEqual([]);
    await Promise.all(engines.map((engine) => engine.close()));
    await empty.remove();
  });

  test.each(['there', 'back'])(
    'a platform that takes nothing is held beside a team that writes its channels, in either order (%s)',
    async (order) => {
      const { engine, database } = opened;
      const other = await openBeside();
      const store = openStore(other);
      const channels = { team: { slack: 'C1' }, alerts: { slack: 'C2' }, host: { slack: 'C3' } };
      await seeded({ engine, store, teamId: 'team-1' }, { channels });
      await seeded({ engine, store, teamId: 'team-2' }, { channels: { team: { slack: 'D1' } } });
      const facts = { kind: 'live', dropName: 'Run', state: 'live', atMs: 1, byPersonId: 'maya' } as const;
      await engine.write('team-2', (tx) => desire(tx, { key: 'one', destinationId: 'slack:D1', facts, lane: 1, nowMs: NOW }));
      const [post] = await store.courier.claim({ worker: 'w', leaseMs: 30_000, limit: 1, nowMs: NOW });
      if (post === undefined) throw new Error('nothing was claimed');
      const { destinations } = engine.tables;
      const [first, last] = order === 'there' ? (['slack:C2', 'slack:C3'] as const) : (['slack:C3', 'slack:C2'] as const);
      const sent = { kind: 'retry', hold: 'platform', afterMs: 60_000, reason: 'HTTP 503' } as const;
      const holding = await engine.write('team-1', async ({ db }) => {
        // As a plan does: one channel, and then another of the team.
        const touch = (id: string) =>
          db
            .update(destinations)
            .set({ address: id.slice('slack:'.length) })
            .where(eq(destinations.id, id));
        await touch(first);
        // Another team found that Slack takes nothing.
        const settling = store.courier.settle({ post, worker: 'w', sent, pinged: [], nowMs: NOW });
        await expect.poll(() => database.ask(BLOCKED, [database.name]), { timeout: 5_000 }).toHaveLength(1);
        await touch(last);
        return { settling };
      });
      expect(await holding.settling).toBe(true);
      const held = await engine.read((db) => db.select({ untilMs: destinations.heldUntilMs }).from(destinations));
      expect(held).toEqual(Array.from({ length: 4 }, () => ({ untilMs: NOW + 60_000 })));
    },
  );

  test(
    'four processes started at once on an empty database migrate it once, and all of them serve',
    { timeout: 60_000 },
    async () => {
      const empty = await emptyDatabase();
      const env = { PATH: process.env['PATH'], DATABASE_URL: empty.url, PORT: '0' };
      const serving = await Promise.all(Array.from({ length: 4 }, () => serve(env)));
      const exits = serving.map(exitOf);
      const applied = sql<number>`count(*)::int`.mapWith(Number);
      const migrated = await openPostgres(empty.url);
      const [row] = await migrated.read((db) => db.select({ applied }).from(sql`drizzle.__drizzle_migrations`));
      expect(row).toEqual({ applied: readdirSync(POSTGRES_MIGRATIONS).filter((name) => name.endsWith('.sql')).length });
      await migrated.close();
      for (const one of serving) {
        expect((await fetch(`${one.url}/health`)).status).toBe(200);
        one.process.kill('SIGTERM');
      }
      expect(await Promise.all(exits)).toEqual([0, 0, 0, 0]);
      await empty.remove();
    },
  );
});
