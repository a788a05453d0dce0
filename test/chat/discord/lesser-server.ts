import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { connectDiscord } from '../../../src/chat/discord/connect.ts';
import type { DiscordNeeds } from '../../../src/chat/discord/connect.ts';
import { discordNotes } from '../../../src/chat/discord/notes.ts';
import { discordSender } from '../../../src/chat/discord/send.ts';
import { keptLog, recordingDoor } from './stage.ts';

/** An answer: a body of text is sent as it is, anything else as JSON. */
export type LesserAnswer = {
  readonly status?: number;
  readonly type?: string; // its content type
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

/** What a server like Discord, but with less of it, does. What no route names is a page that says 404. */
export type LesserSettings = {
  readonly routes?: Readonly<Record<string, LesserAnswer>>; // by `METHOD /path`, ids written out
  readonly gatewayUrl?: string;
  readonly hello?: unknown;
  readonly onIdentify?: readonly unknown[]; // frames; READY with everything in it unless said otherwise
};

/** Frames as text. */
export function frame(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** READY with this in it. */
export function readyFrame(data: unknown): unknown {
  return { op: 0, t: 'READY', s: 1, d: data };
}

export const READY = { user: { id: '900' }, application: { id: '901' }, session_id: 'x', guilds: [{ id: '100' }] };

/** A lesser Discord on loopback, and what was said to it. */
export async function startLesserDiscord(settings: LesserSettings = {}) {
  const calls: { readonly key: string; readonly body: unknown }[] = [];
  const frames: { readonly op: number }[] = [];
  const sockets = new Set<WebSocket>();
  let beat = 1;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent((request.url ?? '').replace(/^\/api(\/v\d+)?/u, '').replace(/\?.*$/u, ''));
    const key = `${request.method} ${path}`;
    const text = (await request.setEncoding('utf8').toArray()).join('');
    calls.push({ key, body: text === '' ? null : JSON.parse(text) });
    const { port } = server.address() as AddressInfo;
    const gateway: LesserAnswer = { body: { url: settings.gatewayUrl ?? `ws://127.0.0.1:${port}` } };
    const given = settings.routes?.[key] ?? (key === 'GET /gateway/bot' ? gateway : null);
    const { status = 200, type, headers = {}, body } = given ?? { status: 404, body: '<html>There is nothing here</html>' };
    const isPage = typeof body === 'string';
    response.writeHead(status, { 'content-type': type ?? (isPage ? 'text/html' : 'application/json'), ...headers });
    response.end(body === undefined ? '' : isPage ? body : JSON.stringify(body));
  }

  const server = createServer((request, response) => void answer(request, response));
  const gateway = new WebSocketServer({ server });
  gateway.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('message', (data: Buffer) => {
      const said = JSON.parse(data.toString()) as { readonly op: number };
      frames.push(said);
      if (said.op === 1) socket.send('{"op":11}');
      if (said.op === 2) for (const one of settings.onIdentify ?? [readyFrame(READY)]) socket.send(frame(one));
    });
    socket.send(frame(settings.hello ?? { op: 10, d: { heartbeat_interval: 20_000 } }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    calls,
    frames,
    keys: () => calls.map(({ key }) => key),
    connectionCount: () => sockets.size,
    /** Sends a frame to whoever is connected. */
    send(value: unknown): void {
      for (const socket of sockets) socket.send(frame(value));
    },
    dispatch(event: string, data: unknown): void {
      beat += 1;
      for (const socket of sockets) socket.send(frame({ op: 0, t: event, s: beat, d: data }));
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.terminate();
      gateway.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

export type LesserDiscord = Awaited<ReturnType<typeof startLesserDiscord>>;

/** Showcaller connected to a lesser Discord; both closed at the end. */
export async function onLesserStage(settings: LesserSettings = {}, more: Partial<DiscordNeeds> = {}) {
  const discord = await startLesserDiscord(settings);
  const recorded = recordingDoor();
  const log = keptLog();
  const notes = discordNotes();
  const needs = { token: 'token', apiUrl: discord.apiUrl, timeoutMs: 1_500, clock: { now: Date.now }, notes };
  const connection = await connectDiscord({ ...needs, guildId: null, door: recorded.door, log, ...more });
  return {
    ...recorded,
    discord,
    log,
    connection,
    sender: discordSender(needs),
    notes: notes.all,
    [Symbol.asyncDispose]: async () => {
      await connection.close();
      await discord[Symbol.asyncDispose]();
    },
  };
}

/** A sender to a lesser Discord, and what it noted. */
export async function lesserSender(settings: LesserSettings) {
  const discord = await startLesserDiscord(settings);
  const notes = discordNotes();
  const sender = discordSender({ token: 'token', apiUrl: discord.apiUrl, timeoutMs: 1_000, clock: { now: Date.now }, notes });
  return { discord, sender, notes: notes.all, [Symbol.asyncDispose]: discord[Symbol.asyncDispose] };
}
