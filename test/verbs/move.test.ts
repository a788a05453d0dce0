import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimAlone, databaseOf, nameOf } from '../../src/verbs/database.ts';
import { move } from '../../src/verbs/move.ts';
import { openSqlite } from '../../src/store/engine/sqlite.ts';
import { openStore } from '../../src/store/store.ts';
import { seeded } from '../support/plan.ts';
import { emptyDatabase } from '../support/real-postgres.ts';
import { exitOf, run, serve } from '../support/serving.ts';
import { everything } from '../support/rows.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'showcaller-move-'));
  const engine = openSqlite(join(folder, 'a.db'));
  const store = openStore(engine);
  for (const teamId of ['moth', 'night']) await seeded({ engine, store, teamId });
  await store.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => `file:${join(folder, name)}`;

/** Moves in this process; answers the exit code and what was told. */
async function moving(from: string, to: string, team: string | null = null) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await move({ from, to, team }, { write: (line) => out.push(line), warn: (line) => err.push(line) });
  return { code, out, err };
}

async function rowsOf(file: string, teamId: string) {
  const engine = openSqlite(join(folder, file));
  const rows = await everything({ engine, teamId });
  await engine.close();
  return rows;
}

test('a team is moved to a new file and its proof printed, a line for each table', async () => {
  const { code, out, err } = await moving(at('a.db'), at('b.db'), 'night');
  expect({ code, err }).toEqual({ code: 0, err: [] });
  expect(out.find((line) => line.startsWith('people '))).toMatch(/^people +6 {2}[0-9a-f]{16} {2}equal$/);
  expect(out.filter((line) => line.endsWith('equal'))).toHaveLength(Object.keys(await rowsOf('a.db', 'night')).length);
  expect(out.join('\n')).toContain(`Moved night from ${join(folder, 'a.db')} to ${join(folder, 'b.db')}`);
  expect(await rowsOf('b.db', 'night')).toEqual(await rowsOf('a.db', 'night'));
  expect((await rowsOf('b.db', 'moth')).teams).toEqual([]);
});

test('a move of all meets the team that is there, and changes neither side', async () => {
  await moving(at('a.db'), at('c.db'), 'night');
  const before = readFileSync(join(folder, 'a.db'));
  expect(await moving(at('a.db'), at('c.db'))).toEqual({
    code: 1,
    out: [],
    err: [`${join(folder, 'c.db')} has the team night already. Nothing was changed.`],
  });
  expect((await rowsOf('c.db', 'moth')).teams).toEqual([]);
  expect(readFileSync(join(folder, 'a.db')).equals(before)).toBe(true);
});

test('a team that is not there, and a move that comes to nothing, leave no file behind', async () => {
  expect(await moving(at('a.db'), at('none.db'), 'owl')).toMatchObject({
    code: 1,
    err: ['There is no such team. Teams there: moth, night. Nothing was changed.'],
  });
  expect(existsSync(join(folder, 'none.db'))).toBe(false);
});

test('one database by two names, a kind nobody knows, and a source that is not there are refused', async () => {
  symlinkSync(join(folder, 'a.db'), join(folder, 'link.db'));
  await expect(moving(at('a.db'), at('link.db'))).rejects.toThrow('FROM and TO are the same database');
  await expect(moving('postgres://one:secret@127.0.0.1/x', 'postgres://other@127.0.0.1/x')).rejects.toThrow('the same database');
  await expect(moving('mysql://host/x', at('x.db'))).rejects.toThrow('FROM and TO are like file:');
  await expect(moving(at('nowhere.db'), at('x.db'))).rejects.toThrow('There is no database at');
  expect([existsSync(join(folder, 'x.db')), existsSync(join(folder, 'nowhere.db'))]).toEqual([false, false]);
});

test('neither a file that is served, as source or as target, is touched', async () => {
  const serving = await serve({ ...process.env, DATABASE_URL: at('a.db'), PORT: '0' });
  const by = `Process ${serving.process.pid} is serving ${join(folder, 'a.db')}. Stop it first; nothing was changed.`;
  try {
    expect(await moving(at('a.db'), at('d.db'))).toEqual({ code: 1, out: [], err: [by] });
    expect(await moving(at('b.db'), at('a.db'))).toEqual({ code: 1, out: [], err: [by] });
  } finally {
    const ended = exitOf(serving);
    serving.process.kill();
    await ended;
  }
  expect(existsSync(join(folder, 'd.db'))).toBe(false);
});

const serverUrl = process.env.TEST_DATABASE_URL ?? '';

test.skipIf(serverUrl === '')('there and back again by way of a PostgreSQL server, every row is what it was', async () => {
  const { url, remove } = await emptyDatabase(serverUrl);
  expect(await moving(at('a.db'), url)).toMatchObject({ code: 0, err: [] });
  const back = await moving(url, at('back.db'));
  expect(back).toMatchObject({ code: 0, err: [] });
  for (const teamId of ['moth', 'night']) expect(await rowsOf('back.db', teamId)).toEqual(await rowsOf('a.db', teamId));
  expect(back.out.join('\n')).not.toContain('postgres@'); // who logs in there is nobody's business
  await remove();
});

test.skipIf(serverUrl === '')(
  'a server’s database that any process serves is left alone, and is not served while it is moved',
  async () => {
    const { url, name, ask, remove } = await emptyDatabase(serverUrl);
    const env = { ...process.env, DATABASE_URL: url, PORT: '0' };
    const serving = await serve(env);
    const shown = `select 1 from pg_locks join pg_database on pg_database.oid = pg_locks.database
    where datname = $1 and locktype = 'advisory' and mode = 'ShareLock' and granted`;
    await expect.poll(async () => (await ask(shown, [name])).length, { timeout: 20_000 }).toBe(1);
    const served = {
      code: 1,
      out: [],
      err: [`Another process is serving ${nameOf(databaseOf(url))}. Stop it first; nothing was changed.`],
    };
    expect(await moving(at('a.db'), url)).toEqual(served);
    expect(await moving(url, at('e.db'))).toEqual(served);
    expect(existsSync(join(folder, 'e.db'))).toBe(false);
    const ended = exitOf(serving);
    serving.process.kill('SIGKILL'); // it frees nothing by itself: the server does
    await ended;
    await expect.poll(async () => (await ask(shown, [name])).length, { timeout: 20_000 }).toBe(0);

    const claim = await claimAlone(databaseOf(url));
    expect(claim.kind).toBe('alone');
    expect(await run([], env)).toMatchObject({ code: 1, told: expect.stringContaining('is being moved or restored') });
    if (claim.kind === 'alone') await claim.release();
    expect(await moving(at('a.db'), url)).toMatchObject({ code: 0 });
    await remove();
  },
);
