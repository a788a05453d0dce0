import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { desire } from '../../src/store/posts/desire.ts';
import { backupSqlite, claimServing, inspectBackup, restoreSqlite } from '../../src/store/engine/sqlite-files.ts';
import { openSqlite } from '../../src/store/engine/sqlite.ts';
import { temporarySqlite } from '../support/engines.ts';

const ENGINE = new URL('../../src/store/engine/sqlite-files.ts', import.meta.url).pathname;
const TEAM = {
  teamId: 't',
  name: 'T',
  zone: 'UTC',
  locale: 'en',
  returnsRelease: false,
  movementSeq: 0,
  crossingSeq: 0,
  auditSeq: 0,
  auditHash: '',
  heardRecent: 0,
};

test('a second serving process is refused by name, and a killed one leaves no lock', async () => {
  const { file, remove } = temporarySqlite();
  // Held on the global object: a lock whose holder is collected is a lock let go.
  const script = `import { claimServing } from ${JSON.stringify(ENGINE)}; globalThis.held = claimServing(process.argv[1]); console.log(globalThis.held.kind); setInterval(() => {}, 1000);`;
  const first = spawn(process.execPath, ['--input-type=module', '--eval', script, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise((exit) => first.once('exit', exit));
  try {
    await new Promise((said) => first.stdout.once('data', said));

    expect(claimServing(file)).toEqual({ kind: 'taken', pid: String(first.pid) });
  } finally {
    first.kill('SIGKILL');
    await gone;
  }
  const second = claimServing(file);
  expect(second.kind).toBe('serving');
  if (second.kind === 'serving') second.release();
  await remove();
});

test('a backup taken while writes go on is sound, and its restored copy looks before it posts', async () => {
  const { engine, file, remove } = temporarySqlite();
  await engine.write('t', async (tx) => {
    await tx.db.insert(tx.tables.teams).values(TEAM);
    await desire(tx, {
      key: 'k',
      destinationId: 'console:team',
      facts: { kind: 'live', dropName: 'Run', state: 'live', atMs: 1, byPersonId: 'maya' },
      lane: 1,
      nowMs: 1,
    });
  });
  const copy = `${file}.backup`;
  const writes = Array.from({ length: 50 }, (_, n) =>
    engine.write('t', ({ db, tables }) => db.insert(tables.people).values({ teamId: 't', personId: `p${n}`, name: 'P' })),
  );
  const progress: number[] = [];
  await backupSqlite(file, copy, ({ pagesLeft }) => progress.push(pagesLeft));
  await Promise.all(writes);
  expect(inspectBackup(copy)).toBeNull();
  expect(progress.length).toBeGreaterThan(0);

  const restored = `${file}.restored`;
  restoreSqlite(copy, restored, 777);
  const again = openSqlite(restored);
  const [team] = await again.read((db) => db.select().from(again.tables.teams));
  const [post] = await again.read((db) => db.select().from(again.tables.posts).where(eq(again.tables.posts.teamId, 't')));
  expect({ restoredAtMs: team?.restoredAtMs, inDoubt: post?.inDoubt, state: post?.state }).toEqual({
    restoredAtMs: 777,
    inDoubt: true,
    state: 'waiting',
  });
  await again.close();
  await remove();
});

test('what is not a sound backup of ours is told apart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'showcaller-test-'));
  const text = join(folder, 'notes.txt');
  writeFileSync(text, 'not a database at all, whatever its name says. '.repeat(50));
  expect(inspectBackup(join(folder, 'none.db'))).toBe('missing');
  expect(inspectBackup(text)).toBe('not-a-database');
  const { default: Database } = await import('better-sqlite3');
  const other = join(folder, 'other.db');
  const database = new Database(other);
  database.exec('create table cookies (id text)');
  database.close();
  expect(inspectBackup(other)).toBe('not-showcaller');
});
