import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { APPLICATION, GUILD, WORKSPACE, commandRequest, type Chat } from './commands.ts';

/** What one run of commands came to, in milliseconds since each was sent. */
export type Run = { readonly ackedMs: readonly number[]; readonly answeredMs: readonly number[]; readonly tookMs: number };

/** `asked`: the next is sent when the last was acknowledged, or answered; or `perSecond` are, whatever comes of them. */
export type Pace = { readonly after: 'ack' | 'answer'; readonly connections: number } | { readonly perSecond: number };

/** Both platforms at once, in this process: it sends commands and takes their answers, doing as little as it can. */
export async function openPlatform() {
  const answers = new Map<number, () => void>();
  let next = 0;
  let lastBody = '';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const number = Number(
        /\/commands\/(\d+)|\/token-(\d+)\//u
          .exec(request.url ?? '')
          ?.slice(1)
          .find((found) => found !== undefined),
      );
      if (answers.has(number)) lastBody = Buffer.concat(chunks).toString();
      reply(response, request.url ?? '');
      answers.get(number)?.();
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  /** Sends so many commands, and resolves when all were acknowledged and, where `isAnswered`, answered. */
  async function send(chat: Chat, port: number, count: number, pace: Pace, isAnswered = true): Promise<Run> {
    const requests = Array.from({ length: count }, (_, at) => commandRequest(chat, next + at, url));
    const first = next;
    next += count;
    const ackedMs: number[] = [];
    const answeredMs: number[] = [];
    const all = Promise.withResolvers<void>();
    let left = count * (isAnswered ? 2 : 1);
    const startedMs = performance.now();
    const done = (list: number[], sentMs: number): void => {
      list.push(performance.now() - sentMs);
      left -= 1;
      if (left === 0) all.resolve();
    };
    let at = 0;
    const line = await openLine(port, 'perSecond' in pace ? 64 : pace.connections);
    const one = (again: boolean): void => {
      const number = first + at;
      const bytes = requests[at];
      at += 1;
      if (bytes === undefined) return;
      const sentMs = performance.now();
      const goOn = (when: 'ack' | 'answer') => again && 'after' in pace && pace.after === when && one(true);
      if (isAnswered)
        answers.set(number, () => {
          answers.delete(number);
          done(answeredMs, sentMs);
          goOn('answer');
        });
      line.send(bytes, () => {
        done(ackedMs, sentMs);
        goOn('ack');
      });
    };
    if ('perSecond' in pace) await paced(pace.perSecond, count, () => one(false));
    else for (let nth = 0; nth < pace.connections; nth += 1) one(true);
    await all.promise;
    line.close();
    return { ackedMs, answeredMs, tookMs: performance.now() - startedMs };
  }

  return { url, send, lastBody: () => lastBody, close: () => void server.close(() => undefined) };
}

/** Calls so often, evenly, catching up where a timer came late. */
async function paced(perSecond: number, count: number, call: () => void): Promise<void> {
  const startedMs = performance.now();
  for (let made = 0; made < count;) {
    const due = Math.min(count, Math.floor(((performance.now() - startedMs) * perSecond) / 1000) + 1);
    for (; made < due; made += 1) call();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

type Socket = { readonly write: (bytes: Buffer, heard: () => void) => void; readonly end: () => void };

/** Connections of which each carries one request at a time; what is too much waits. */
async function openLine(port: number, connections: number) {
  const free: Socket[] = [];
  const waiting: { readonly bytes: Buffer; readonly heard: () => void }[] = [];
  const sockets = await Promise.all(Array.from({ length: connections }, () => openSocket(port)));
  free.push(...sockets);

  function go(socket: Socket, bytes: Buffer, heard: () => void): void {
    socket.write(bytes, () => {
      const later = waiting.shift();
      if (later === undefined) free.push(socket);
      else go(socket, later.bytes, later.heard);
      heard();
    });
  }

  return {
    send(bytes: Buffer, heard: () => void): void {
      const socket = free.pop();
      if (socket === undefined) waiting.push({ bytes, heard });
      else go(socket, bytes, heard);
    },
    close: () => sockets.forEach((socket) => socket.end()),
  };
}

function openSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    let said = Buffer.alloc(0);
    let heard: (() => void) | null = null;
    const socket = connect(port, '127.0.0.1', () =>
      resolve({
        write(bytes, then) {
          heard = then;
          socket.write(bytes);
        },
        end: () => socket.end(),
      }),
    );
    socket.setNoDelay(true);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      said = said.length === 0 ? chunk : Buffer.concat([said, chunk]);
      const headEnd = said.indexOf('\r\n\r\n');
      if (headEnd === -1) return;
      const head = said.toString('latin1', 0, headEnd);
      if (!head.startsWith('HTTP/1.1 200')) throw new Error(`not acknowledged: ${said.toString()}`);
      // A bare app may answer without a length, in chunks.
      const length = /content-length: (\d+)/iu.exec(head)?.[1];
      const isWhole =
        length === undefined ? said.includes('0\r\n\r\n', headEnd + 4) : said.length >= headEnd + 4 + Number(length);
      if (!isWhole) return;
      said = Buffer.alloc(0);
      heard?.();
    });
  });
}

const TOLD: readonly (readonly [path: RegExp, told: unknown])[] = [
  [/\/auth\.test$/u, { ok: true, team_id: WORKSPACE, team: 'Bench', user_id: 'U0BOT', user: 'showcaller', bot_id: 'B0BOT' }],
  [/\/users\/@me\/guilds$/u, [{ id: GUILD, name: 'Bench' }]],
  [/\/(users|applications)\/@me$/u, { id: APPLICATION, username: 'showcaller' }],
  [/\/commands$/u, []],
];

function reply(response: ServerResponse, path: string): void {
  const told = TOLD.find(([pattern]) => pattern.test(path))?.[1] ?? { ok: true, id: '940000000000000001' };
  const body = JSON.stringify(told);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
}
