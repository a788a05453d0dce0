import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Delivered, Json } from './types.ts';
import type { World } from './world.ts';
import { halfFrame } from '../half-frame.ts';

const CONNECTIONS_MAX = 10;
const PING_EVERY_MS = 5_000;
const RECONNECT_WITHIN_MS = 10_000; // how long an unacknowledged envelope waits for another connection

export type Envelope = {
  readonly type: Delivered['type'];
  readonly payload: Json;
  readonly acceptsResponse: boolean;
};
export type Acknowledged = { readonly acked: boolean; readonly afterMs: number | null; readonly payload: Json };
export type SocketMode = ReturnType<typeof createSocketMode>;

type Pending = {
  readonly envelope: Envelope;
  readonly settle: (ack: Acknowledged) => void;
  id: string;
  attempt: number;
  socket: WebSocket | null;
  sentAtMs: number; // real time
  timer: NodeJS.Timeout | null;
};

const NOT_ACKED: Acknowledged = { acked: false, afterMs: null, payload: {} };

/** Slack's Socket Mode: one-use tickets, envelopes, acknowledgements within three seconds, redelivery when a socket dies. */
export function createSocketMode(world: World, { ackWithinMs }: { readonly ackWithinMs: number }) {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const sockets = new Set<WebSocket>();
  const pending = new Map<string, Pending>();
  const answered = new Set<string>();
  const superseded = new Set<string>(); // sent again under another id, or given up: an acknowledgement of these changes nothing
  let turn = 0;
  let twice = false;
  let cutsNext = false;
  const lines = new WeakMap<WebSocket, Duplex>();

  const ping = setInterval(() => sockets.forEach((socket) => socket.ping()), PING_EVERY_MS);
  ping.unref();

  function ticket(): string {
    const id = world.nextId('ticket');
    tickets.add(id);
    return id;
  }

  function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const id = new URL(request.url ?? '/', 'ws://localhost').searchParams.get('ticket') ?? '';
    if (!tickets.delete(id) || sockets.size >= CONNECTIONS_MAX) {
      world.complain(
        'socket',
        sockets.size >= CONNECTIONS_MAX ? 'too many connections' : 'a connection address was used twice, or never given',
      );
      stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    server.handleUpgrade(request, stream, head, (socket) => {
      lines.set(socket, stream);
      welcome(socket);
    });
  }

  function welcome(socket: WebSocket): void {
    socket.on('message', (data: Buffer) => heard(data.toString('utf8')));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      sockets.delete(socket);
      for (const one of pending.values()) if (one.socket === socket) waitElsewhere(one);
      world.tell();
    });
    sockets.add(socket);
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: sockets.size,
        debug_info: { host: 'applink-0', build_number: 1, approximate_connection_time: 3600 },
        connection_info: { app_id: world.ids.appId },
      }),
    );
    for (const one of pending.values()) if (one.socket === null) send(one);
    world.tell();
  }

  function settle(one: Pending, ack: Acknowledged): void {
    if (one.timer !== null) clearTimeout(one.timer);
    pending.delete(one.id);
    one.settle(ack);
    world.tell();
  }

  function heard(text: string): void {
    const { envelope_id, payload = {} } = JSON.parse(text) as { envelope_id?: string; payload?: Json };
    const one = pending.get(envelope_id ?? '');
    if (one === undefined) {
      const late = superseded.has(envelope_id ?? '') || world.ackTimeouts.includes(envelope_id ?? '');
      if (!late)
        world.complain(
          'socket',
          answered.has(envelope_id ?? '') ? 'an envelope was acknowledged twice' : 'an unknown envelope was acknowledged',
        );
      return;
    }
    const afterMs = performance.now() - one.sentAtMs;
    const { type, acceptsResponse } = one.envelope;
    if (!acceptsResponse && Object.keys(payload).length > 0)
      world.complain('socket', `an answer inside the acknowledgement of ${type}`);
    answered.add(one.id);
    const at = world.deliveries.findIndex(({ envelopeId }) => envelopeId === one.id);
    const delivery = world.deliveries[at];
    if (delivery !== undefined) world.deliveries[at] = { ...delivery, ackedAfterMs: afterMs };
    settle(one, { acked: true, afterMs, payload });
  }

  function send(one: Pending): void {
    const open = [...sockets].filter((socket) => socket.readyState === socket.OPEN);
    const socket = open[(turn += 1) % Math.max(1, open.length)];
    if (socket === undefined) return waitElsewhere(one);
    if (one.timer !== null) clearTimeout(one.timer);
    pending.delete(one.id);
    one.id = world.nextId('envelope-');
    one.socket = socket;
    one.attempt += 1;
    one.sentAtMs = performance.now();
    one.timer = setTimeout(() => overdue(one), ackWithinMs);
    pending.set(one.id, one);
    const { type, payload, acceptsResponse } = one.envelope;
    world.deliveries.push({ envelopeId: one.id, type, attempt: one.attempt, ackedAfterMs: null });
    const retry = type === 'events_api' ? { retry_attempt: one.attempt - 1, retry_reason: one.attempt > 1 ? 'timeout' : '' } : {};
    const text = JSON.stringify({ envelope_id: one.id, type, payload, accepts_response_payload: acceptsResponse, ...retry });
    if (!cutsNext) return socket.send(text);
    cutsNext = false;
    const line = lines.get(socket);
    line?.write(halfFrame(text), () => line.destroy());
  }

  function overdue(one: Pending): void {
    world.ackTimeouts.push(one.id);
    world.complain('socket', `${one.envelope.type} was not acknowledged within ${ackWithinMs} ms`);
    settle(one, NOT_ACKED);
  }

  /** Sends it over another connection, or waits a little for one. */
  function waitElsewhere(one: Pending): void {
    if (one.timer !== null) clearTimeout(one.timer);
    superseded.add(one.id);
    one.socket = null;
    pending.set(one.id, one);
    one.timer = setTimeout(() => settle(one, NOT_ACKED), RECONNECT_WITHIN_MS);
    if ([...sockets].some((socket) => socket.readyState === socket.OPEN)) send(one);
  }

  function once(envelope: Envelope): Promise<Acknowledged> {
    const { promise, resolve } = Promise.withResolvers<Acknowledged>();
    send({ envelope, settle: resolve, id: world.nextId('waiting-'), attempt: 0, socket: null, sentAtMs: 0, timer: null });
    return promise;
  }

  /** Delivers an envelope. A person's act fails at once where no connection is open; an event waits for one. */
  async function deliver(envelope: Envelope): Promise<Acknowledged> {
    if (sockets.size === 0 && envelope.type !== 'events_api') return NOT_ACKED;
    const first = once(envelope);
    const second = twice ? once(envelope) : null;
    const ack = await first;
    await second;
    return ack;
  }

  function say(message: Json): void {
    for (const socket of sockets) socket.send(JSON.stringify(message));
  }

  return {
    ticket,
    upgrade,
    deliver,
    count: () => [...sockets].filter((socket) => socket.readyState === socket.OPEN).length,
    deliverTwice: (isOn: boolean): void => void (twice = isOn),
    cutMidFrame: (): void => void (cutsNext = true),
    drop: (): void => sockets.forEach((socket) => socket.terminate()),
    disconnect: (reason: 'warning' | 'refresh_requested' | 'link_disabled'): void =>
      say({ type: 'disconnect', reason, debug_info: { host: 'applink-0' } }),
    close(): void {
      clearInterval(ping);
      for (const one of pending.values()) settle(one, NOT_ACKED);
      sockets.forEach((socket) => socket.terminate());
      server.close();
    },
  };
}
