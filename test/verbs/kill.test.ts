import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asc, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { readRecord, type RecordEntry } from '../../src/chat/console/record.ts';
import type { PostFacts } from '../../src/ports/post.ts';
import type { Engine } from '../../src/store/engine/engine.ts';
import { openSqlite } from '../../src/store/engine/sqlite.ts';
import { checkLedger } from '../../src/store/stock/ledger-check.ts';
import { crossedBy } from '../support/crossed.ts';
import { exitOf, run, serve } from '../support/serving.ts';

const SECRET = 'hush-hush';
const ORDERS = 2_000;
const KILL_AFTER = [300, 900, 1_500]; // acknowledged orders
const CLIENTS = 32;
const FIRST_ID = 5_000_000;

const skuOf = (n: number) => `SKU-${n % 20}`;
const unitsOf = (n: number) => 1 + (n % 3);
const COUNTS = new Map(Array.from({ length: 20 }, (_, n) => [skuOf(n), 60 + n * 5]));

const PLAN = `
team: { id: kill, name: Kill, zone: UTC }
people: { maya: { name: Maya, roles: [founder], accounts: { console: maya } } }
channels: { team: { console: team }, alerts: { console: alerts }, host: { console: host } }
drop: { id: d, name: Drop, format: hero, stream: '2030-01-01T19:00', zone: UTC }
skus:
${[...COUNTS].map(([sku, count]) => `  ${sku}: { name: Item ${sku}, count: ${count} }`).join('\n')}
`;

function shopifyOrder(n: number): string {
  const at = new Date(Date.UTC(2030, 0, 1) + n * 1_000).toISOString();
  const line = { id: n * 10 + 1, sku: skuOf(n), quantity: unitsOf(n), price: '10.00', current_quantity: unitsOf(n) };
  return JSON.stringify({ id: FIRST_ID + n, created_at: at, updated_at: at, currency: 'USD', line_items: [line], refunds: [] });
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

/** That what was crossed, raised, posted and delivered is what the orders, in the ledger's order, make of the counts. */
async function expectAlerts({ read, tables }: Engine, record: readonly RecordEntry[]): Promise<void> {
  const { movements, crossings, alerts, posts } = tables;
  const commits = await read((db) => db.select().from(movements).where(eq(movements.kind, 'commit')).orderBy(asc(movements.seq)));
  const ns = commits.map(({ cause }) => Number(cause.replace('order shopify ', '')) - FIRST_ID);
  expect(ns.toSorted((a, b) => a - b)).toEqual(Array.from({ length: ORDERS }, (_, n) => n));

  const crossed = await read((db) => db.select().from(crossings).orderBy(asc(crossings.seq)));
  const told = crossed.map(({ subject, thresholdId, severity, cause, balanceUnits, limitUnits }) => {
    return { subject, thresholdId, severity, cause, balanceUnits, limitUnits };
  });
  const sales = ns.map((n) => ({ sku: skuOf(n), units: unitsOf(n), cause: `order shopify ${FIRST_ID + n}` }));
  expect(told).toEqual(crossedBy(COUNTS, sales));
  expect(told.length).toBeGreaterThanOrEqual(60); // twenty items run down past 20 %, 5 units and none

  // Nothing came back into stock, so every item has one alert, which only got worse.
  const raised = await read((db) => db.select().from(alerts).orderBy(asc(alerts.id)));
  expect(raised.map(({ subject }) => subject).toSorted()).toEqual([...COUNTS.keys()].toSorted());
  const alertIds = new Map(raised.map(({ subject, id }) => [subject, id]));
  expect(crossed.map(({ alertId }) => alertId)).toEqual(crossed.map(({ subject }) => alertIds.get(subject)));

  const rows = await read((db) => db.select().from(posts));
  const kept = rows.map((row) => ({ ...row, facts: row.facts as PostFacts }));
  const arrivals = (id: string) => record.filter(({ postId, kind }) => postId === id && kind !== 'edit');
  for (const { id, subject } of raised) {
    const worst = told.findLast((crossing) => crossing.subject === subject);
    expect(worst).toMatchObject({ severity: 'critical', thresholdId: 'oversold' });
    // A critical alert is shown to the team and to the host, not in the alerts channel alone.
    const cards = kept.filter(({ facts }) => facts.kind === 'alert' && facts.alert.alertId === id);
    expect(cards.map(({ destinationId }) => destinationId).toSorted()).toEqual([
      'console:alerts',
      'console:host',
      'console:team',
    ]);
    for (const { id: postId, destinationId, facts } of cards) {
      expect(facts).toMatchObject({ alert: { subject, severity: 'critical', thresholdId: 'oversold' } });
      const delivered = arrivals(postId).map(({ kind, address }) => [kind, address]);
      expect([subject, ...delivered]).toEqual([subject, ['new', destinationId.replace('console:', '')]]);
    }
    // What was heard in the end is the worst of it, whatever was taken back or joined on the way.
    const heard = kept.filter(({ id: postId, destinationId, facts }) => {
      if (facts.kind !== 'alert-ring' || destinationId !== 'console:alerts' || arrivals(postId).length !== 1) return false;
      return facts.rings.some(({ alert }) => alert.alertId === id && alert.thresholdId === 'oversold');
    });
    expect([subject, heard.length]).toEqual([subject, 1]);
  }
}

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
  expect(await run(['import', join(folder, 'plan.yaml')], env)).toMatchObject({ code: 0 });

  let serving = await serve(env);
  serving.process.stdin?.write('/drop start\n');
  // Until a drop is live, routine alerts wait for the digest.
  await expect.poll(() => readRecord(record).map(({ address }) => address), { timeout: 5_000 }).toContain('team');
  const acknowledged = new Set<number>();
  const waiting = Array.from({ length: ORDERS }, (_, n) => n);
  const kills = [...KILL_AFTER];
  let restarting: Promise<void> | null = null;

  async function restart(): Promise<void> {
    const dead = exitOf(serving);
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
  const stopped = exitOf(serving);
  serving.process.kill('SIGTERM');
  expect(await stopped).toBe(0);
  const engine = openSqlite(database);
  const { orders, posts } = engine.tables;
  const kept = await engine.read((db) => db.select({ id: orders.externalId }).from(orders));
  expect(new Set(kept.map(({ id }) => id))).toEqual(new Set([...acknowledged].map((n) => String(FIRST_ID + n))));
  expect(await checkLedger(engine, 'kill')).toEqual([]);
  await expectAlerts(engine, readRecord(record));
  const wantedPosts = await engine.read((db) => db.select().from(posts).where(eq(posts.teamId, 'kill')));
  await engine.close();

  const delivered = readRecord(record).flatMap(({ postId, kind }) => (kind === 'edit' ? [] : [postId]));
  expect(delivered.length).toBe(new Set(delivered).size);
  // A card whose newest edit still waits its second has been delivered all the same.
  const wanted = wantedPosts.filter(({ deliveredRevision }) => deliveredRevision > 0).map(({ id }) => id);
  const undelivered = wantedPosts.filter(({ deliveredRevision }) => deliveredRevision === 0).map(({ state }) => state);
  expect(undelivered.filter((state) => state !== 'withdrawn')).toEqual([]);
  expect(delivered.toSorted()).toEqual(wanted.toSorted());
  rmSync(folder, { recursive: true, force: true });
}, 120_000);
