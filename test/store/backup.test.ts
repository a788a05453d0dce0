import { existsSync } from 'node:fs';
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { backupInto, restoreInto } from '../../src/store/copy/backup.ts';
import type { Engine } from '../../src/store/engine/engine.ts';
import { inspectBackup, restoreSqlite } from '../../src/store/engine/sqlite-files.ts';
import { openSqlite } from '../../src/store/engine/sqlite.ts';
import { checkLedger } from '../../src/store/stock/ledger-check.ts';
import { openStore } from '../../src/store/store.ts';
import { bootPglite, temporarySqlite } from '../support/engines.ts';
import { heard, lineOf, orderOf } from '../support/orders.ts';
import { NOW } from '../support/plan.ts';
import { stage } from '../support/promotion.ts';
import { temporaryPostgres } from '../support/real-postgres.ts';
import { everything } from '../support/rows.ts';

type Opened = { readonly engine: Engine; readonly close: () => Promise<void> };

async function pglite(): Promise<Opened> {
  const engine = await bootPglite();
  return { engine, close: engine.close };
}

const serverUrl = process.env.TEST_DATABASE_URL;
const ENGINES: readonly (readonly [name: string, open: () => Promise<Opened>])[] = [
  ['PGlite', pglite],
  ...(serverUrl === undefined ? [] : [['a PostgreSQL server', () => temporaryPostgres(serverUrl)] as const]),
];

const TEAM = 'night';
const silent = (): void => undefined;

/** Sells one pin an order, over and over, until told to stop; answers how many orders were recorded. */
function sellOn({ engine }: Opened): { readonly sold: () => number; readonly stop: () => Promise<number> } {
  const { orders } = openStore(engine).team(TEAM);
  let count = 0;
  const stopping = new AbortController();
  async function sell(): Promise<void> {
    while (!stopping.signal.aborted) {
      count += 1;
      await orders.record(heard(orderOf(`order-${count}`, count, [lineOf('1', 'PIN', { orderedUnits: 1 })])), NOW + count);
    }
  }
  const selling = sell();
  return {
    sold: () => count,
    async stop() {
      stopping.abort();
      await selling;
      return count;
    },
  };
}

describe.each(ENGINES)('of %s', (_name, open) => {
  test('a backup taken while orders come in is of one moment, and restores into either engine', async () => {
    const source = await open();
    const ground = temporarySqlite(); // only for its folder
    const file = `${ground.file}.backup`;
    const at = await stage({ engine: source.engine, store: openStore(source.engine), teamId: TEAM });
    await at.pause(null, { reason: 'misprint' });
    const selling = sellOn(source);
    await expect.poll(selling.sold).toBeGreaterThan(20);
    const answer = await backupInto(source.engine, file, silent);
    const soldCount = await selling.stop();
    expect(answer.kind).toBe('copied');
    expect([inspectBackup(file), existsSync(`${file}.part`), existsSync(`${file}-wal`)]).toEqual([null, false, false]);

    restoreSqlite(file, `${file}.db`, NOW);
    const onFile = openSqlite(`${file}.db`);
    const target = await open();
    expect(await restoreInto(target.engine, { from: file, nowMs: NOW, onProgress: silent })).toMatchObject({ kind: 'copied' });
    for (const engine of [onFile, target.engine]) {
      const { levels, movements, orders } = engine.tables;
      expect(await checkLedger(engine, TEAM)).toEqual([]);
      expect((await openStore(engine).team(TEAM).audit.verify()).kind).toBe('intact');
      const [pins] = await engine.read((db) => db.select().from(levels).where(eq(levels.sku, 'PIN')));
      const kept = await engine.read((db) => db.select().from(orders));
      const commits = await engine.read((db) => db.select().from(movements).where(eq(movements.kind, 'commit')));
      expect([pins?.committed, commits.length]).toEqual([kept.length, kept.length]);
      expect(kept.length).toBeGreaterThanOrEqual(20);
      expect(kept.length).toBeLessThan(soldCount);
    }
    expect(await everything({ engine: target.engine, teamId: TEAM })).toEqual(await everything({ engine: onFile, teamId: TEAM }));
    await Promise.all([onFile.close(), source.close(), target.close()]);
    await ground.remove();
  });

  test('a restored team is marked, its waiting posts are in doubt, and what was there before has given way', async () => {
    const { engine, file, remove } = temporarySqlite();
    const at = await stage({ engine, store: openStore(engine), teamId: TEAM });
    await at.pause();
    await at.store.courier.claim({ worker: 'w', leaseMs: 3_600_000, limit: 1, nowMs: NOW });
    expect((await backupInto(engine, `${file}.backup`, silent)).kind).toBe('copied');
    const before = inspectBackup(`${file}.backup`);

    const target = await open();
    await stage({ engine: target.engine, store: openStore(target.engine), teamId: 'older' });
    await restoreInto(target.engine, { from: `${file}.backup`, nowMs: 777, onProgress: silent });
    const rows = await everything({ engine: target.engine, teamId: TEAM });
    expect(rows.teams).toMatchObject([{ restoredAtMs: 777 }]);
    const posts = rows.posts as readonly { readonly inDoubt: boolean; readonly leaseWorker: string | null }[];
    expect(posts.length).toBeGreaterThan(1);
    expect(posts.map(({ inDoubt, leaseWorker }) => [inDoubt, leaseWorker])).toEqual(posts.map(() => [true, null]));
    expect(Object.values(await everything({ engine: target.engine, teamId: 'older' })).flat()).toEqual([]);
    expect([before, inspectBackup(`${file}.backup`)]).toEqual([null, null]);
    await target.close();
    await remove();
  });

  test('nothing to back up is said, and leaves no file', async () => {
    const source = await open();
    const { file, remove } = temporarySqlite();
    expect(await backupInto(source.engine, `${file}.backup`, silent)).toEqual({ kind: 'no-such-team', teamIds: [] });
    expect([existsSync(`${file}.backup`), existsSync(`${file}.backup.part`)]).toEqual([false, false]);
    await source.close();
    await remove();
  });
});
