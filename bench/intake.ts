// Orders per second from HMAC to 2xx after the commit: the whole of Showcaller against a floor that does the least, in turns.
//   npm run bench:intake            (-- --orders 10000 --rounds 5)
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { BENCH_SECRET, BENCH_TEAM, benchPlan } from './support/orders.ts';
import { run, startServing } from './support/process.ts';
import type { Serving } from './support/process.ts';
import { sharesOf } from './support/profile.ts';

const ROOT = new URL('..', import.meta.url).pathname;
const MAIN = join(ROOT, 'src/main.ts');
const CONNECTIONS = [32, 256];
const WARM_UP = 2_000;
const AIM = 0.5;

const { values } = parseArgs({
  options: { orders: { type: 'string', default: '8000' }, rounds: { type: 'string', default: '5' } },
});
const orderCount = Number(values.orders);
const rounds = Number(values.rounds);

type Load = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly statuses: object;
  readonly bytes: number;
};

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

async function load(port: number, connections: number, from: number, count: number): Promise<Load> {
  const printed = await run([join(ROOT, 'bench/support/load.ts'), ...[port, connections, from, count].map(String)]);
  const answer = JSON.parse(printed) as Load;
  if (JSON.stringify(answer.statuses) !== JSON.stringify({ 200: count }))
    throw new Error(`not all were 200: ${JSON.stringify(answer.statuses)}`);
  return answer;
}

const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? NaN;
const print = (line: string): void => console.log(line);

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
  const warm = await load(ours.port, 32, from, WARM_UP);
  await load(floor.port, 32, from, WARM_UP);
  from += WARM_UP;
  print(
    `Orders of ${warm.bytes} bytes with their headers, each signed and each another; ${orderCount} a run, ${rounds} runs each, in turns.\n`,
  );
  for (const connections of CONNECTIONS) {
    const ratios: number[] = [];
    const rates: Load[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const a = await load(ours.port, connections, from, orderCount);
      const b = await load(floor.port, connections, from, orderCount);
      from += orderCount;
      ratios.push(a.perSecond / b.perSecond);
      rates.push(a);
      const side = ({ perSecond, p50Ms, p99Ms }: Load): string =>
        `${perSecond.toFixed(0).padStart(6)}/s p50 ${p50Ms.toFixed(1)} p99 ${p99Ms.toFixed(1)} ms`;
      print(
        `  ${connections} connections, run ${round}: Showcaller ${side(a)} | floor ${side(b)} | ratio ${(a.perSecond / b.perSecond).toFixed(2)}`,
      );
    }
    const ratio = median(ratios);
    const rate = median(rates.map(({ perSecond }) => perSecond));
    print(
      `  ${connections} connections: ${rate.toFixed(0)} orders/s, median ratio ${ratio.toFixed(2)} (aim ${AIM}): ${ratio >= AIM ? 'reached' : 'NOT reached'}\n`,
    );
  }
}

async function profile(): Promise<void> {
  const profiles = join(folder, 'profiles');
  mkdirSync(profiles);
  const ours = await openOurs('profiled', ['--cpu-prof', '--cpu-prof-dir', profiles]);
  await load(ours.port, 32, 1, WARM_UP + orderCount);
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
