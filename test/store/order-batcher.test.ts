import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { Heard } from '../../src/ports/store/orders.ts';
import { orderBatcher, type Arrival } from '../../src/store/orders/order-batcher.ts';
import { openSqlite } from '../../src/store/engine/sqlite.ts';
import { openStore } from '../../src/store/store.ts';
import { temporarySqlite } from '../support/engines.ts';
import { NOW, seeded } from '../support/plan.ts';
import { heard, lineOf, orderOf } from '../support/orders.ts';

const DONE: Heard = { kind: 'recorded', movementCount: 0 };
const order = (id: number, lineCount = 1) =>
  heard(
    orderOf(
      String(id),
      1,
      Array.from({ length: lineCount }, (_, index) => lineOf(String(index), 'PIN', { orderedUnits: 1 })),
    ),
  );

/** A batcher whose commits are let through one at a time. */
function held() {
  const batches: (readonly Arrival[])[] = [];
  const release: ((fault?: Error) => void)[] = [];
  const record = orderBatcher((arrivals) => {
    batches.push(arrivals);
    return new Promise((resolve, reject) => {
      release.push((fault) =>
        fault === undefined ? resolve(arrivals.map(() => ({ status: 'fulfilled', value: DONE }))) : reject(fault),
      );
    });
  });
  // The batcher lets the event loop turn once before each batch.
  const turn = async () => {
    for (let count = 0; count < 2; count += 1) await new Promise((resume) => setImmediate(resume));
  };
  return { batches, release, record, turn };
}

test('what arrives during a commit goes together in the next, and is answered only after it', async () => {
  const { batches, release, record, turn } = held();
  const answered: number[] = [];
  const tell = (id: number) => record(order(id), 1).then(() => answered.push(id));
  const all = [tell(1), tell(2)];
  await turn();
  all.push(tell(3), tell(4), tell(5));
  await turn();
  expect(batches.map((batch) => batch.length)).toEqual([2]);
  expect(answered).toEqual([]);
  release[0]?.();
  await turn();
  expect(answered).toEqual([1, 2]);
  expect(batches.map((batch) => batch.map(({ heard }) => heard.facts.externalId))).toEqual([
    ['1', '2'],
    ['3', '4', '5'],
  ]);
  release[1]?.();
  await Promise.all(all);
  expect(answered).toEqual([1, 2, 3, 4, 5]);
});

test.each([
  [[256, 44], Array.from({ length: 300 }, () => 1)],
  [
    [2, 1, 1],
    [4_000, 6_000, 10_001, 1],
  ],
])('batches of %o', async (sizes, lineCounts) => {
  const { batches, release, record, turn } = held();
  const all = lineCounts.map((lineCount, id) => record(order(id, lineCount), 1));
  for (const index of sizes.keys()) {
    await turn();
    release[index]?.();
  }
  await Promise.all(all);
  expect(batches.map((batch) => batch.length)).toEqual(sizes);
});

test('a commit that fails fails its own facts only', async () => {
  const { release, record, turn } = held();
  const first = Promise.allSettled([record(order(1), 1)]);
  await turn();
  const second = record(order(2), 1);
  release[0]?.(new Error('disk full'));
  expect(await first).toMatchObject([{ status: 'rejected', reason: { message: 'disk full' } }]);
  await turn();
  release[1]?.();
  expect(await second).toEqual(DONE);
});

test('a database that cannot be written to is not the fact’s doing: the sender hears of it, and nothing is set aside', async () => {
  const { engine, file, remove } = temporarySqlite();
  const teamId = 'night-market';
  const store = openStore(engine);
  await seeded({ engine, store, teamId });
  const full = new Database(file);
  full.exec(`create trigger full before insert on movements begin select raise(fail, 'no room'); end`);
  expect(await store.team(teamId).orders.record(order(1), NOW)).toEqual({ kind: 'set-aside', why: 'no room' });
  full.exec('drop trigger full');
  full.close();
  await engine.close();
  const [answer] = await Promise.allSettled([store.team(teamId).orders.record(order(2), NOW)]);
  expect(answer).toMatchObject({ status: 'rejected', reason: { message: 'The database connection is not open' } });
  const again = openSqlite(file);
  expect((await openStore(again).team(teamId).orders.setAside()).map(({ externalId }) => externalId)).toEqual(['1']);
  await again.close();
  await remove().catch(() => undefined);
});
