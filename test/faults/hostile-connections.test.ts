import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startFakeSlack, visibleText } from '../fakes/slack/index.ts';
import type { FakeSlack } from '../fakes/slack/types.ts';
import { openCrowd, type Crowd, type Manner } from '../support/crowd.ts';
import { planFor } from '../support/plan.ts';
import { run, serve, type Serving } from '../support/serving.ts';
import { INTAKE_SECRET, TEAM, standardRequest } from '../support/web.ts';

const IDLE = 10_000;
const DRIPPING = 2_500; // more than Showcaller keeps open
const DRIP_MS = 100;
const ANSWERED_WITHIN_MS = 5_000; // what Shopify waits

let slack: FakeSlack;
let folder: string;
let serving: Serving;
let channel: string;
let maya: string;
const crowds: Crowd[] = [];
let orderCount = 0;

beforeAll(async () => {
  slack = await startFakeSlack();
  maya = slack.addUser('maya').id;
  channel = slack.addChannel('team').id;
  folder = mkdtempSync(join(tmpdir(), 'showcaller-crowd-'));
  const plan = planFor(TEAM, {
    people: { maya: { name: 'Maya', roles: ['founder'], accounts: { slack: maya } } },
    channels: { team: { slack: channel } },
  });
  writeFileSync(join(folder, 'plan.yaml'), JSON.stringify(plan));
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: `file:${join(folder, 'crowd.db')}`,
    PORT: '0',
    SHOWCALLER_INTAKE_SECRET: `${TEAM}=${INTAKE_SECRET}`,
    SHOWCALLER_LOG_LEVEL: 'error',
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
  };
  const { code, told } = await run(['import', join(folder, 'plan.yaml')], env);
  if (code !== 0) throw new Error(told);
  serving = await serve(env);
  await slack.until('a socket', () => slack.socketCount() > 0);
});
beforeEach(() => expectAnswering());
afterEach(() => {
  for (const crowd of crowds.splice(0)) crowd.leave();
});
afterAll(async () => {
  serving.process.kill('SIGKILL');
  await slack.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A crowd that goes away after the test. */
async function gather(count: number, manner: Manner = {}): Promise<Crowd> {
  const crowd = await openCrowd(serving.port, count, manner);
  crowds.push(crowd);
  return crowd;
}

/** Sends a signed order of a unit, on a connection of its own unless an agent has one. */
function order(agent: Agent | false = false): Promise<number | string> {
  orderCount += 1;
  const { path, body, headers } = standardRequest({
    externalId: `A-${orderCount}`,
    placedAt: '2027-01-29T19:00:00Z',
    lines: [{ lineId: '1', sku: 'PIN', orderedUnits: 1 }],
  });
  return new Promise((answered) => {
    const asked = httpRequest({ port: serving.port, host: '127.0.0.1', path, method: 'POST', agent, headers });
    asked.once('response', (response) => response.resume().once('end', () => answered(response.statusCode ?? 0)));
    asked.once('error', ({ message }) => answered(message));
    asked.setTimeout(ANSWERED_WITHIN_MS, () => asked.destroy(new Error('not answered in time')));
    asked.end(body);
  });
}

/** A shop's order is taken, a person's command is answered, and both in time. */
async function expectAnswering(): Promise<void> {
  expect(serving.process.exitCode).toBe(null);
  const [status, told] = await Promise.all([
    order(),
    slack.slash(maya, channel, '/stock PIN').then(async (act) => visibleText(await act.answer())),
  ]);
  expect(status).toBe(200);
  expect(told).toContain('Enamel pin');
  expect(slack.complaints).toEqual([]);
}

/** Does the work again and again while a letter is sent on every connection, ten times over. */
async function whileDripping({ sockets }: Crowd, work: () => Promise<void>): Promise<void> {
  const rounds = { count: 0 };
  const drip = setInterval(() => {
    rounds.count += 1;
    for (const socket of sockets) if (!socket.destroyed) socket.write('x');
  }, DRIP_MS);
  try {
    while (rounds.count < 10) await work();
  } finally {
    clearInterval(drip);
  }
}

test('10,000 idle connections: orders and commands are answered, and a shop keeps its connection', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  expect(await order(agent)).toBe(200);
  const [kept] = Object.values(agent.freeSockets).flat();
  const { closedCount } = await gather(IDLE);
  await expectAnswering();
  expect(await order(agent)).toBe(200);
  expect(Object.values(agent.freeSockets).flat()[0]).toBe(kept);
  expect(kept?.destroyed).toBe(false);
  agent.destroy();
  await expect.poll(closedCount, { timeout: 10_000 }).toBeGreaterThan(IDLE - 2_500);
});

test.each([
  ['headers', `POST /intake/orders/${TEAM} HTTP/1.1\r\nhost: x\r\nx-slow: `],
  ['a body', `POST /intake/orders/${TEAM} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n`],
  ['a chunked body', `POST /intake/orders/${TEAM} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nfffff\r\n`],
])('%s a letter at a time, on 2,500 connections: orders and commands are answered', async (_, began) => {
  const crowd = await gather(DRIPPING, { began });
  await whileDripping(crowd, expectAnswering);
  await expect.poll(crowd.closedCount).toBeGreaterThan(DRIPPING - 2_100);
});

test('bodies that stop before their end keep no order out, though they fill all there is', async () => {
  // From large to small, until not even an order of a hundred bytes has room.
  for (const [count, bytes] of [
    [20, 5 * 1024 * 1024],
    [300, 20_000],
    [100, 1_000],
    [200, 50],
  ] as const) {
    const headers = `POST /intake/shopify/${TEAM} HTTP/1.1\r\nhost: x\r\ncontent-length: ${bytes}\r\n\r\n`;
    const began = Buffer.concat([Buffer.from(headers), Buffer.alloc(bytes - 1, 'x')]);
    const { sockets } = await gather(count, { began });
    await expect.poll(() => sockets.every(({ writableLength }) => writableLength === 0), { timeout: 10_000 }).toBe(true);
  }
  await expectAnswering();
});

test('answers that nobody reads keep no order out', async () => {
  const many = 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(400);
  await gather(200, { began: many, reads: false });
  for (let n = 0; n < 3; n += 1) await expectAnswering();
});
