// The intake bench on PostgreSQL: one process, and two on one database, against a floor that is a bare `pg` batch insert of the same rows.
//   npm run bench:intake:postgres           (-- --orders 3000 --rounds 5); BENCH_DATABASE_URL names a server instead of starting one
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { BENCH_SECRET, benchPlan, benchTeams } from './support/orders.ts';
import { inTurns, judged, load, median, print } from './support/measure.ts';
import { run, startServing } from './support/process.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');
const FLOOR = join(import.meta.dirname, 'floor-intake-postgres.ts');
const TEAMS = 8;
const CONNECTIONS = [32, 256];
const WARM_UP = 4_000;
const AIM = 0.7; // of the floor's orders a second
const P99_AIM = 2; // times the floor's
const TWO_AIM = 1.5; // times what one process takes

const { values } = parseArgs({
  options: { orders: { type: 'string', default: '3000' }, rounds: { type: 'string', default: '5' } },
});
const orderCount = Number(values.orders);
const rounds = Number(values.rounds);
const server = process.env['BENCH_DATABASE_URL'] ?? process.env['TEST_DATABASE_URL'];
if (server === undefined) throw new Error('set BENCH_DATABASE_URL, or run it as npm run bench:intake:postgres');

const named = (database: string): string => Object.assign(new URL(server), { pathname: `/${database}` }).href;
const OURS = `showcaller_bench_${process.pid}`;
const BARE = `${OURS}_floor`;

/** Both databases with our migrations and plans in them, and nothing else. */
async function makeDatabases(admin: Client, folder: string): Promise<void> {
  await admin.query(`create database ${OURS}`);
  for (const team of benchTeams(TEAMS)) {
    const plan = join(folder, `${team}.yaml`);
    writeFileSync(plan, benchPlan(team));
    await run([MAIN, 'import', plan], { DATABASE_URL: named(OURS) });
  }
  await admin.query(`create database ${BARE} template ${OURS}`);
}

/** What a database holds of the orders, but for when each was heard and in which turn: the rows both must have alike. */
async function rowsOf(database: string): Promise<Readonly<Record<string, string>>> {
  const client = new Client({ connectionString: named(database) });
  await client.connect();
  const { rows } = await client.query<Record<string, string>>(`select
    (select count(*) from orders) as orders, (select count(*) from movements) as movements, (select count(*) from events) as events,
    (select sum(length(lines::text) + length(buyer_key) + placed_at_ms % 1000003 + updated_at_ms % 1000003) from orders) as told,
    (select string_agg(team_id || sku || committed, ',' order by team_id, sku) from levels) as levels,
    (select sum(units) || ' ' || sum(length(cause)) || ' ' || sum(length(key)) from movements) as moved,
    (select string_agg(team_id || movement_seq, ',' order by team_id) from teams) as seqs`);
  await client.end();
  return rows[0] ?? {};
}

async function compare(): Promise<void> {
  const env = {
    DATABASE_URL: named(OURS),
    PORT: '0',
    SHOPIFY_WEBHOOK_SECRET: benchTeams(TEAMS)
      .map((team) => `${team}=${BENCH_SECRET}`)
      .join(),
    SHOWCALLER_LOG_LEVEL: 'info',
  };
  const [ours, second] = [await startServing([MAIN], env), await startServing([MAIN], env)];
  const floor = await startServing([FLOOR, named(BARE)], {});
  let [told, kept] = [1, 1]; // the next order for ours, for the floor
  const send = async (ports: readonly number[], connections: number, count: number) => {
    const answer = await load({ ports, connections, from: told, count, teams: TEAMS });
    told += count;
    return answer;
  };
  const sendFloor = async (connections: number, count: number) => {
    const answer = await load({ ports: [floor.port], connections, from: kept, count, teams: TEAMS });
    kept += count;
    return answer;
  };
  await send([ours.port, second.port], 32, WARM_UP);
  await sendFloor(32, WARM_UP);
  for (const connections of CONNECTIONS) {
    const { perSecond, ratio, p99Ratio } = await inTurns(`${connections} connections`, rounds, {
      ours: () => send([ours.port], connections, orderCount),
      floor: () => sendFloor(connections, orderCount),
    });
    print(
      `  ${connections} connections, one process: ${perSecond.toFixed(0)} orders/s, median ratio ${ratio.toFixed(2)} (aim ${AIM}): ${judged(ratio >= AIM)}; ` +
        `median p99 ${p99Ratio.toFixed(2)} times the floor's (aim ${P99_AIM}): ${judged(p99Ratio <= P99_AIM)}\n`,
    );
  }
  await compareTwo((ports) => send(ports, 256, orderCount), [ours.port, second.port]);
  await sendFloor(256, told - kept); // the same orders for both, so that both must hold the same rows
  for (const each of [ours, second, floor]) await each.stop();
}

async function compareTwo(send: (ports: readonly number[]) => ReturnType<typeof load>, ports: readonly number[]): Promise<void> {
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const [one, two] = [await send(ports.slice(0, 1)), await send(ports)];
    ratios.push(two.perSecond / one.perSecond);
    print(`  256 connections, run ${round}: one process ${one.perSecond.toFixed(0)}/s, two ${two.perSecond.toFixed(0)}/s`);
  }
  const cores = availableParallelism();
  // The load generator, the server and two processes want a core each before a second process can add anything.
  const allowed = cores >= 4 ? '' : `; ${cores} cores carry the load, the server and both processes, which does not allow it`;
  const ratio = median(ratios);
  print(
    `  two processes take ${ratio.toFixed(2)} times what one takes (aim ${TWO_AIM}): ${judged(ratio >= TWO_AIM)}${allowed}\n`,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'showcaller-bench-'));
const admin = new Client({ connectionString: server });
await admin.connect();
try {
  await makeDatabases(admin, folder);
  const { rows } = await admin.query<{ fsync: string; sync: string }>(
    `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as sync`,
  );
  print(
    `PostgreSQL with fsync ${rows[0]?.fsync}, synchronous_commit ${rows[0]?.sync}; ${TEAMS} teams, ${availableParallelism()} cores.\n`,
  );
  await compare();
  const [a, b] = [await rowsOf(OURS), await rowsOf(BARE)];
  print(
    `Showcaller holds ${a['orders']} orders and ${a['movements']} movements; the floor ${b['orders']} and ${b['movements']}.`,
  );
  if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error(`the rows differ:\n${JSON.stringify(a)}\n${JSON.stringify(b)}`);
  print('Both hold the same rows.');
} finally {
  for (const database of [OURS, BARE]) await admin.query(`drop database if exists ${database} with (force)`);
  await admin.end();
  rmSync(folder, { recursive: true, force: true });
}
