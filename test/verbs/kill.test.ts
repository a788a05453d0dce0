import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { readRecord } from '../../src/chat/console/record.ts';
import { openSqlite } from '../../src/store/engine/sqlite.ts';
import { checkLedger } from '../../src/store/ledger-check.ts';

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;
const SECRET = 'hush-hush';
const ORDERS = 2_000;
const KILL_AFTER = [300, 900, 1_500]; // acknowledged orders
const CLIENTS = 32;

const PLAN = `
team: { id: kill, name: Kill, zone: UTC }
people: { maya: { name: Maya, roles: [founder], accounts: { console: maya } } }
channels: { team: { console: team }, alerts: { console: alerts }, host: { console: host } }
drop: { id: d, name: Drop, format: hero, stream: '2030-01-01T19:00', zone: UTC }
skus:
${Array.from({ length: 20 }, (_, n) => `  SKU-${n}: { name: Item ${n}, count: ${60 + n * 5} }`).join('\n')}
`;

type Serving = { readonly process: ChildProcess; readonly url: string };

function shopifyOrder(n: number): string {
  const at = new Date(Date.UTC(2030, 0, 1) + n * 1_000).toISOString();
  const line = { id: n * 10 + 1, sku: `SKU-${n % 20}`, quantity: 1 + (n % 3), price: '10.00', current_quantity: 1 + (n % 3) };
  return JSON.stringify({ id: 5_000_000 + n, created_at: at, updated_at: at, currency: 'USD', line_items: [line], refunds: [] });
}

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number | null> {
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: 'ignore' });
  return new Promise((exit) => child.once('exit', exit));
}

async function serve(env: NodeJS.ProcessEnv): Promise<Serving> {
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['pipe', 'ignore', 'pipe'] });
  let told = '';
  const url = await new Promise<string>((found, failed) => {
    child.stderr?.on('data', (data: Buffer) => {
      told += data.toString();
      const said = /serving on (http:\/\/[\d.:]+)/.exec(told)?.[1];
      if (said !== undefined) found(said);
    });
    child.once('exit', () => failed(new Error(told)));
  });
  return { process: child, url };
}

async function send(url: string, n: number): Promise<boolean> {
  const body = shopifyOrder(n);
  const headers = {
    'content-type': 'application/json',
    'x-shopify-topic': 'orders/create',
    'x-shopify-event-id': `event-${n}`,
    'x-shopify-hmac-sha256': createHmac('sha256', SECRET).update(body).digest('base64'),
  };
  try {
    const answer = await fetch(`${url}/intake/shopify/kill`, { method: 'POST', body, headers });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false; // the server died under us: as a shop would, send it again later
  }
}

const gone = ({ process: child }: Serving) => new Promise((exit) => child.once('exit', exit));

test('killed three times in the middle of 2,000 orders: nothing acknowledged is lost, every alert is delivered once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'showcaller-kill-'));
  const record = join(folder, 'posts.jsonl');
  writeFileSync(join(folder, 'plan.yaml'), PLAN);
  const database = join(folder, 'kill.db');
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: `file:${database}`,
    PORT: '0',
    SHOPIFY_WEBHOOK_SECRET: `kill=${SECRET}`,
    SHOWCALLER_CONSOLE_RECORD: record,
    SHOWCALLER_LOG_LEVEL: 'error',
  };
  expect(await run(['import', join(folder, 'plan.yaml')], env)).toBe(0);

  let serving = await serve(env);
  serving.process.stdin?.write('/drop start\n');
  const acknowledged = new Set<number>();
  const waiting = Array.from({ length: ORDERS }, (_, n) => n);
  const kills = [...KILL_AFTER];
  let restarting: Promise<void> | null = null;

  async function restart(): Promise<void> {
    const dead = gone(serving);
    serving.process.kill('SIGKILL');
    await dead;
    serving = await serve(env);
    restarting = null;
  }

  async function client(): Promise<void> {
    for (;;) {
      const n = waiting.shift();
      if (n === undefined) return;
      if (restarting !== null) await restarting;
      if (await send(serving.url, n)) acknowledged.add(n);
      else waiting.push(n);
      if (acknowledged.size >= (kills[0] ?? Number.POSITIVE_INFINITY)) {
        kills.shift();
        restarting = restart();
      }
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client));
  expect({ acknowledged: acknowledged.size, kills: kills.length }).toEqual({ acknowledged: ORDERS, kills: 0 });

  const health = async () => (await (await fetch(`${serving.url}/health`)).json()) as { postsWaiting: number };
  await expect.poll(async () => (await health()).postsWaiting, { timeout: 20_000 }).toBe(0);
  const stopped = gone(serving);
  serving.process.kill('SIGTERM');
  expect(await stopped).toBe(0);
  const engine = openSqlite(database);
  const { orders, posts, crossings } = engine.tables;
  const kept = await engine.read((db) => db.select({ id: orders.externalId }).from(orders));
  expect(new Set(kept.map(({ id }) => id))).toEqual(new Set([...acknowledged].map((n) => String(5_000_000 + n))));
  expect(await checkLedger(engine, 'kill')).toEqual([]);
  const alerts = await engine.read((db) => db.select().from(posts).where(eq(posts.teamId, 'kill')));
  const crossed = await engine.read((db) => db.select().from(crossings));
  await engine.close();

  expect(crossed.length).toBeGreaterThanOrEqual(60); // twenty items run down past 20 %, 5 units and none
  const firsts = readRecord(record).filter(({ kind }) => kind !== 'edit');
  const delivered = firsts.map(({ postId }) => postId);
  expect(delivered.length).toBe(new Set(delivered).size);
  // A card whose newest edit still waits its second has been delivered all the same.
  const wanted = alerts.filter(({ deliveredRevision }) => deliveredRevision > 0).map(({ id }) => id);
  const undelivered = alerts.filter(({ deliveredRevision }) => deliveredRevision === 0).map(({ state }) => state);
  expect(undelivered.filter((state) => state !== 'withdrawn')).toEqual([]);
  expect(delivered.toSorted()).toEqual(wanted.toSorted());
  rmSync(folder, { recursive: true, force: true });
}, 120_000);
