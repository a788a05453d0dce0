// Orders per second from HMAC to 2xx after the commit: the whole of Showcaller against a floor that does the least, in turns.
//   npm run bench:intake            (-- --orders 8000 --rounds 7)
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { BENCH_SECRET, BENCH_TEAM, benchPlan } from './support/orders.ts';
import { inTurns, judged, load, print } from './support/measure.ts';
import { run, startServing } from './support/process.ts';
import type { Serving } from './support/process.ts';
import { sharesOf } from './support/profile.ts';

const ROOT = new URL('..', import.meta.url).pathname;
const MAIN = join(ROOT, 'src/main.ts');
const CONNECTIONS = [32, 256];
// A stream lasts an hour: what is measured is a process that has run for some seconds.
const WARM_UP = 6_000;
const AIM = 0.7; // of the floor's orders a second
const P99_AIM = 2; // times the floor's

const { values } = parseArgs({
  options: { orders: { type: 'string', default: '8000' }, rounds: { type: 'string', default: '7' } },
});
const orderCount = Number(values.orders);
const rounds = Number(values.rounds);

const folder = mkdtempSync(join(tmpdir(), 'showcaller-bench-'));
const planFile = join(folder, 'bench.yaml');
writeFileSync(planFile, benchPlan());

const envOf = (file: string): Record<string, string> => ({
  DATABASE_URL: `file:${file}`,
  PORT: '0',
  SHOPIFY_WEBHOOK_SECRET: `${BENCH_TEAM}=${BENCH_SECRET}`,
  SHOWCALLER_LOG_LEVEL: 'info',
});

async function openOurs(name: string, flags: readonly string[] = []): Promise<Serving & { file: string }> {
  const file = join(folder, `${name}.db`);
  await run([MAIN, 'import', planFile], { DATABASE_URL: `file:${file}` });
  return { file, ...(await startServing([...flags, MAIN], envOf(file))) };
}

async function openFloor(): Promise<Serving & { file: string }> {
  const file = join(folder, 'floor.db');
  // Our migrations and our plan, so that both write into the same tables with the same rows to begin with.
  await run([MAIN, 'import', planFile], { DATABASE_URL: `file:${file}` });
  return { file, ...(await startServing([join(ROOT, 'bench/floor-intake.ts'), file], {})) };
}

/** What a database holds of the orders, but for when each was heard and in which turn: the rows both must have alike. */
function rowsOf(file: string): { readonly orders: number; readonly movements: number; readonly digest: string } {
  const db = new Database(file, { readonly: true });
  const one = (query: string): unknown => db.prepare(query).pluck().get();
  const digest = [
    `SELECT count(*) FROM events`,
    `SELECT sum(length(lines) + length(buyer_key) + placed_at_ms % 1000003 + updated_at_ms % 1000003) FROM orders`,
    `SELECT group_concat(sku || committed) FROM (SELECT sku, committed FROM levels ORDER BY sku)`,
    `SELECT sum(units) || ' ' || sum(length(cause)) || ' ' || sum(length(key)) || ' ' || max(seq) FROM movements`,
    `SELECT movement_seq FROM teams`,
  ].map(one);
  const counts = { orders: Number(one('SELECT count(*) FROM orders')), movements: Number(one('SELECT count(*) FROM movements')) };
  db.close();
  return { ...counts, digest: JSON.stringify(digest) };
}

async function compare(ours: Serving, floor: Serving): Promise<void> {
  let from = 1;
  const warm = await load({ ports: [ours.port], connections: 32, from, count: WARM_UP });
  await load({ ports: [floor.port], connections: 32, from, count: WARM_UP });
  from += WARM_UP;
  print(
    `Orders of ${warm.bytes} bytes with their headers, each signed and each another; ${orderCount} a run, ${rounds} runs each, in turns.\n`,
  );
  for (const connections of CONNECTIONS) {
    let next = from;
    const side = (server: Serving) => () => load({ ports: [server.port], connections, from: next, count: orderCount });
    const { perSecond, ratio, p99Ratio } = await inTurns(`${connections} connections`, rounds, {
      ours: side(ours),
      async floor() {
        const answer = await side(floor)();
        next += orderCount;
        return answer;
      },
    });
    from = next;
    print(
      `  ${connections} connections: ${perSecond.toFixed(0)} orders/s, median ratio ${ratio.toFixed(2)} (aim ${AIM}): ${judged(ratio >= AIM)}; ` +
        `median p99 ${p99Ratio.toFixed(2)} times the floor's (aim ${P99_AIM}): ${judged(p99Ratio <= P99_AIM)}\n`,
    );
  }
}

async function profile(): Promise<void> {
  const profiles = join(folder, 'profiles');
  mkdirSync(profiles);
  const ours = await openOurs('profiled', ['--cpu-prof', '--cpu-prof-dir', profiles]);
  await load({ ports: [ours.port], connections: 32, from: 1, count: WARM_UP + orderCount });
  await ours.stop();
  print('Where the time goes (32 connections, busy time of the serving process, its start included):');
  for (const { where, percent } of sharesOf(profiles).filter((share) => share.percent >= 0.5)) {
    print(`  ${percent.toFixed(1).padStart(5)} %  ${where}`);
  }
}

try {
  const [ours, floor] = [await openOurs('ours'), await openFloor()];
  await compare(ours, floor);
  await ours.stop();
  await floor.stop();
  const [a, b] = [rowsOf(ours.file), rowsOf(floor.file)];
  print(`Showcaller holds ${a.orders} orders and ${a.movements} movements; the floor ${b.orders} and ${b.movements}.`);
  if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error(`the rows differ:\n${a.digest}\n${b.digest}`);
  print('Both hold the same rows.\n');
  await profile();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
