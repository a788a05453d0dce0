import { Agent, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { healthRoute } from '../../src/web/health-route.ts';
import type { Answer, Route } from '../../src/web/route.ts';
import { startServer, type Server } from '../../src/web/server.ts';
import { rememberingLog } from '../support/web.ts';

type Limits = NonNullable<Parameters<typeof startServer>[0]['limits']>;

const SIGNED = { 'x-signed': 'yes' };

/** A server with a signed route that answers when it is let go, and small limits. */
async function open(limits: Limits, answer: () => Promise<Answer> = () => Promise.resolve({ status: 200, body: 'done' })) {
  const signed: Route = {
    method: 'POST',
    path: '/signed',
    bytesMax: 5_001,
    open: false,
    authentic: ({ headers }) => headers['x-signed'] === 'yes',
    answer,
  };
  const routes = [healthRoute(() => Promise.resolve({ ok: true })), signed];
  const log = rememberingLog();
  let nowMs = 0;
  server = await startServer({ port: 0, host: '127.0.0.1', routes, clock: { now: () => nowMs }, log, limits });
  return { port: server.port, log, later: (ms: number) => (nowMs += ms) };
}

let server: Server | null = null;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.close();
  server = null;
});

type Heard = { readonly socket: Socket; readonly said: () => string; readonly closed: () => boolean };

async function connected(port: number): Promise<Heard> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let said = '';
  socket.on('data', (bytes: Buffer) => (said += bytes.toString()));
  socket.on('error', () => undefined);
  await new Promise<void>((done) => socket.once('connect', done));
  return { socket, said: () => said, closed: () => socket.destroyed };
}

const signedBytes = (body: string, length = body.length) =>
  `POST /signed HTTP/1.1\r\nhost: x\r\nx-signed: yes\r\ncontent-length: ${length}\r\n\r\n${body}`;

const HEALTH = 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n';

async function asked({ socket, said }: Heard, bytes: string, answer: RegExp): Promise<void> {
  const before = said().length;
  socket.write(bytes);
  await expect.poll(() => said().slice(before)).toMatch(answer);
}

/** Writes, and resolves when the server has read it: what was asked later is answered by then. */
async function wrote(port: number, { socket }: Heard, bytes: string): Promise<void> {
  await new Promise<void>((done) => socket.write(bytes, () => done()));
  await asked(await connected(port), HEALTH, / 200 /u);
}

test('one connection too many takes the place of the stranger longest of no use, not of a shop', async () => {
  const { port } = await open({ connections: 4 });
  const shop = await connected(port);
  await asked(shop, signedBytes('an order'), / 200 /u);
  const curious = await connected(port);
  const mute = await connected(port);
  mute.socket.write('POST /signed HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nslow'); // never signed, never ends
  const idle = await connected(port);
  await asked(curious, HEALTH, / 200 /u); // younger now than the two that came later

  const fifth = await connected(port);
  await expect.poll(mute.closed).toBe(true);
  const sixth = await connected(port);
  await expect.poll(idle.closed).toBe(true);
  for (const still of [shop, curious, fifth, sixth]) await asked(still, HEALTH, / 200 /u);
});

test('with shops alone, the one longest silent gives way; while all are being answered, the newcomer does', async () => {
  const held = Promise.withResolvers<void>();
  let isHeld = false;
  let heldCount = 0;
  const { port } = await open({ connections: 2 }, async () => {
    if (isHeld) heldCount += 1;
    if (isHeld) await held.promise;
    return { status: 200, body: 'done' };
  });
  const first = await connected(port);
  await asked(first, signedBytes('1'), / 200 /u);
  const second = await connected(port);
  await asked(second, signedBytes('2'), / 200 /u);
  const third = await connected(port);
  await expect.poll(first.closed).toBe(true);

  isHeld = true;
  second.socket.write(signedBytes('4'));
  third.socket.write(signedBytes('5'));
  await expect.poll(() => heldCount).toBe(2);
  const newcomer = await connected(port);
  await expect.poll(newcomer.closed).toBe(true);
  held.resolve();
  for (const { said } of [second, third]) await expect.poll(said).toMatch(/ 200 OK[\s\S]*done\n$/u);
});

test('the largest unfinished body gives way to a smaller one; what is finished does not', async () => {
  const held = Promise.withResolvers<void>();
  const { port } = await open({ waitingBytes: 10_000 }, async () => {
    await held.promise;
    return { status: 200, body: 'done' };
  });
  const finished = await connected(port);
  await wrote(port, finished, signedBytes('f'.repeat(4_000)));
  const large = await connected(port);
  await wrote(port, large, signedBytes('l'.repeat(3_000), 3_001));
  const small = await connected(port);
  await wrote(port, small, signedBytes('s'.repeat(2_000), 2_001));
  const largest = await connected(port);
  await wrote(port, largest, signedBytes('x'.repeat(5_000), 5_001)); // larger than all that are not finished: no room
  const order = await connected(port);
  await wrote(port, order, signedBytes('o'.repeat(1_000)));
  await asked(large, 'l', / 503 [\s\S]*retry-after: 1/u);
  await asked(largest, 'x', / 503 [\s\S]*retry-after: 1/u);
  small.socket.write('s');
  held.resolve();
  for (const { said } of [finished, small, order]) await expect.poll(said).toMatch(/ 200 OK/u);
});

test('a body sent a letter a piece counts what it costs to keep', async () => {
  const { port } = await open({ waitingBytes: 10_000 });
  const one = await connected(port);
  const headers = 'POST /signed HTTP/1.1\r\nhost: x\r\nx-signed: yes\r\ntransfer-encoding: chunked\r\n\r\n';
  await asked(one, `${headers}${'1\r\nx\r\n'.repeat(40)}0\r\n\r\n`, / 200 OK/u);
  await asked(one, `${headers}${'1\r\nx\r\n'.repeat(60)}0\r\n\r\n`, / 503 [\s\S]*retry-after: 1/u);
});

test('requests beyond what is worked on at once are told to come again', async () => {
  const held = Promise.withResolvers<void>();
  let working = 0;
  const { port } = await open({ workingRequests: 3 }, async () => {
    working += 1;
    await held.promise;
    return { status: 200, body: 'done' };
  });
  const agent = new Agent({ maxSockets: 10 });
  const ask = (): Promise<readonly [number | undefined, string | undefined]> =>
    new Promise((answered) => {
      const request = httpRequest({ port, host: '127.0.0.1', path: '/signed', method: 'POST', headers: SIGNED, agent });
      request.once('response', (response) => {
        response.resume();
        answered([response.statusCode, response.headers['retry-after']]);
      });
      request.end('an order');
    });
  const first = [ask(), ask(), ask()];
  await expect.poll(() => working).toBe(3);
  expect(await ask()).toEqual([503, '1']);
  held.resolve();
  expect(await Promise.all(first)).toEqual(Array.from({ length: 3 }, () => [200, undefined]));
  expect(await ask()).toEqual([200, undefined]);
  agent.destroy();
});

test('a pipeline is answered up to a point, in its order; then its sender is told to come again', async () => {
  const held = Promise.withResolvers<Answer>();
  const { port } = await open({ requestsPerConnection: 4 }, () => held.promise);
  const one = await connected(port);
  await wrote(port, one, signedBytes('an order').repeat(10));
  held.resolve({ status: 200, body: 'done' });
  await expect.poll(one.closed).toBe(true);
  const answers = one.said().split(/(?=HTTP)/u);
  expect(answers.map((answer) => answer.slice(9, 12))).toEqual(['200', '200', '200', '200', '503']);
  expect(answers.at(-1)).toMatch(/connection: close[\s\S]*retry-after: 1/u);
});

test('a pipeline whose sender is gone is forgotten, and closing does not wait for it', async () => {
  const held = Promise.withResolvers<void>();
  let working = 0;
  const { port } = await open({ workingRequests: 8 }, async () => {
    working += 1;
    await held.promise;
    return { status: 200, body: 'done' };
  });
  const gone = await connected(port);
  gone.socket.write(signedBytes('an order').repeat(5));
  await expect.poll(() => working).toBe(5);
  gone.socket.destroy();
  held.resolve();
  const began = performance.now();
  await server?.close();
  server = null;
  expect(performance.now() - began).toBeLessThan(5_000);
});

test('unsigned requests are logged once a second, with their number', async () => {
  const { port, log, later } = await open({});
  const stranger = await connected(port);
  const unsigned = 'POST /signed HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n';
  const lines = () => log.lines.filter(({ event }) => event === 'web.unsigned').map(({ fields }) => fields);
  for (let n = 0; n < 5; n += 1) await asked(stranger, unsigned, / 401 /u);
  expect(lines()).toEqual([{ path: '/signed', count: 1 }]);
  later(1_000);
  await asked(stranger, unsigned, / 401 /u);
  expect(lines()).toEqual([
    { path: '/signed', count: 1 },
    { path: '/signed', count: 5 },
  ]);
});

test('however many ask after its health at once, the database is asked once', async () => {
  const held = Promise.withResolvers<{ readonly ok: true }>();
  let lookCount = 0;
  const { answer } = healthRoute(() => {
    lookCount += 1;
    return held.promise;
  });
  const ask = () => answer({ headers: {}, params: {}, body: Buffer.alloc(0), nowMs: 0 });
  const asking = Array.from({ length: 100 }, ask);
  held.resolve({ ok: true });
  expect(new Set((await Promise.all(asking)).map(({ status }) => status))).toEqual(new Set([200]));
  expect(lookCount).toBe(1);
  await ask();
  expect(lookCount).toBe(2); // and what was seen before is not told again
});
