import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqlite } from '../../src/store/engine/sqlite.ts';
import { exitOf, run, serve, type Serving } from '../support/serving.ts';
import { INTAKE_SECRET, standardRequest, type Request } from '../support/web.ts';

const PLAN = `
team: { id: stop, name: Stop, zone: UTC }
people: { maya: { name: Maya, roles: [founder], accounts: { console: maya } } }
channels: { team: { console: team } }
drop: { id: d, name: Drop, format: hero, stream: '2030-01-01T19:00', zone: UTC }
skus: { PIN: { name: Pin, count: 100000 } }
`;

let folder: string;
let serving: Serving;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'showcaller-stop-'));
  writeFileSync(join(folder, 'plan.yaml'), PLAN);
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: `file:${join(folder, 'stop.db')}`,
    PORT: '0',
    SHOWCALLER_INTAKE_SECRET: `stop=${INTAKE_SECRET}`,
    SHOWCALLER_LOG_LEVEL: 'error',
  };
  const { code, told } = await run(['import', join(folder, 'plan.yaml')], env);
  if (code !== 0) throw new Error(told);
  serving = await serve(env);
});
afterEach(() => {
  serving.process.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A signed delivery of orders `<name>-0` to `<name>-<count − 1>`, a unit each. */
function delivery(name: string, count: number): Request {
  const order = (n: number) => ({
    externalId: `${name}-${n}`,
    placedAt: '2030-01-01T19:00:00Z',
    lines: [{ lineId: '1', sku: 'PIN', orderedUnits: 1 }],
  });
  return standardRequest({ orders: Array.from({ length: count }, (_, n) => order(n)) }, { team: 'stop' });
}

/** A request whose bytes are sent by hand, on a connection of its own unless an agent has one. */
function began(
  { path, body, headers }: Request,
  agent: Agent | false = false,
): { asked: ClientRequest; answer: Promise<Answer> } {
  const asked = httpRequest({
    port: serving.port,
    host: '127.0.0.1',
    path,
    method: 'POST',
    agent,
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
  });
  return { asked, answer: answerOf(asked) };
}

type Answer = { readonly status: number | string; readonly retryAfter: string | undefined };

function answerOf(asked: ClientRequest): Promise<Answer> {
  return new Promise((answered) => {
    asked.once('error', ({ message }) => answered({ status: message, retryAfter: undefined }));
    asked.once('response', (response: IncomingMessage) => {
      response.once('error', ({ message }) => answered({ status: message, retryAfter: undefined }));
      response.once('end', () => answered({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] }));
      response.resume();
    });
  });
}

/** Writes, and waits until the kernel has it: connected and sent, whether or not the server has looked. */
function sent(asked: ClientRequest, part: string | Buffer): Promise<void> {
  return new Promise((done) => asked.write(part, () => done()));
}

async function connected(): Promise<Socket> {
  const socket = connect(serving.port, '127.0.0.1');
  await new Promise<void>((done) => socket.once('connect', done));
  return socket;
}

async function takesConnections(): Promise<boolean> {
  const socket = connect(serving.port, '127.0.0.1');
  const taken = await new Promise<boolean>((known) => {
    socket.once('connect', () => known(true));
    socket.once('error', () => known(false));
  });
  socket.destroy();
  return taken;
}

async function ledgerOrders(): Promise<ReadonlySet<string>> {
  const engine = openSqlite(join(folder, 'stop.db'));
  const { orders, movements } = engine.tables;
  const kept = await engine.read((db) => db.select({ id: orders.externalId }).from(orders));
  const commits = await engine.read((db) => db.select({ cause: movements.cause }).from(movements));
  await engine.close();
  const moved = new Set(commits.map(({ cause }) => cause.split(' ').at(-1)));
  return new Set(kept.map(({ id }) => id).filter((id) => moved.has(id)));
}

test('everybody who had connected and asked before SIGTERM is answered; what was answered 200 is in the ledger', async () => {
  const agent = new Agent({ keepAlive: true });
  const greetings = Array.from({ length: 6 }, () => httpRequest(`${serving.url}/health`, { agent }));
  const greeted = Promise.all(greetings.map(answerOf));
  for (const asked of greetings) asked.end();
  expect(new Set((await greeted).map(({ status }) => status))).toEqual(new Set([200]));

  // Stopped, it looks at nothing: half of these wait in the kernel on new connections, half on kept ones.
  serving.process.kill('SIGSTOP');
  const names = Array.from({ length: 12 }, (_, n) => `rush${n}`);
  const asking = names.map((name, index) => {
    const request = delivery(name, 500);
    return { request, ...began(request, index % 2 === 0 ? agent : false) };
  });
  await Promise.all(asking.map(({ asked, request }) => sent(asked, request.body)));
  const exit = exitOf(serving);
  serving.process.kill('SIGTERM');
  for (const { asked } of asking) asked.end();
  serving.process.kill('SIGCONT');
  const answers = await Promise.all(asking.map(({ answer }) => answer));
  agent.destroy();
  expect(await exit).toBe(0);
  const acceptable = ({ status, retryAfter }: Answer) => status === 200 || (status === 503 && retryAfter !== undefined);
  expect(answers.filter((answer) => !acceptable(answer))).toEqual([]);
  const kept = await ledgerOrders();
  for (const [index, name] of names.entries()) {
    if (answers[index]?.status !== 200) continue;
    expect([name, Array.from({ length: 500 }, (_, n) => kept.has(`${name}-${n}`)).filter(Boolean).length]).toEqual([name, 500]);
  }
}, 30_000);

test('connections in the middle of a request when it stops listening may finish it; those that ask nothing hold nobody', async () => {
  const request = delivery('half', 500);
  const { asked, answer } = began(request);
  const half = Math.floor(request.body.length / 2);
  await sent(asked, request.body.slice(0, half));
  const idle = await connected();
  let health = '';
  idle.on('data', (data: Buffer) => (health += data.toString()));
  idle.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
  await expect.poll(() => health).toContain('200 OK');
  const mute = await connected();
  const heading = await connected();
  heading.write('GET /health HTTP/1.1\r\nhost:');
  const ended = [idle, mute].map((socket) => new Promise((how) => socket.once('close', (failed) => how(failed))));
  let headed = '';
  heading.on('data', (data: Buffer) => (headed += data.toString()));

  const exit = exitOf(serving);
  serving.process.kill('SIGTERM');
  await expect.poll(takesConnections, { timeout: 5_000, interval: 50 }).toBe(false);
  expect(await Promise.all(ended)).toEqual([false, false]); // closed, not reset
  heading.write(' x\r\n\r\n');
  await expect.poll(() => headed).toContain('connection: close');
  expect(headed).toMatch(/^HTTP\/1\.1 200 /u);
  asked.end(request.body.slice(half));
  expect(await answer).toEqual({ status: 200, retryAfter: undefined });
  expect(await Promise.race([exit, wait(5_000, 'still there', { ref: false })])).toBe(0);
  expect((await ledgerOrders()).size).toBe(500);
}, 30_000);
