import { WebSocket, WebSocketServer } from 'ws';
import { halfFrame } from '../half-frame.ts';
import { isBody, textOf } from './shape.ts';
import { wireGuildCreate, wireUser } from './wire.ts';
import { APPLICATION_ID } from './world.ts';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { World } from './world.ts';
import type { Body } from './types.ts';

const INTENTS = { GUILDS: 1 << 0, GUILD_MESSAGES: 1 << 9, DIRECT_MESSAGES: 1 << 12 };
const PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15); // members, presences, message content
const KNOWN_INTENTS = 0x1ffff | (1 << 20) | (1 << 21) | (1 << 24) | (1 << 25);
const NEEDS: Readonly<Record<string, number>> = {
  MESSAGE_CREATE: INTENTS.GUILD_MESSAGES,
  MESSAGE_UPDATE: INTENTS.GUILD_MESSAGES,
  MESSAGE_DELETE: INTENTS.GUILD_MESSAGES,
  INTERACTION_CREATE: 0,
};
const FRAME_BYTES_MAX = 4_096;
const FRAMES_PER_MINUTE = 120;
const HEARTBEAT_GRACE_MS = 500;
const REPLAYED_MAX = 1_000;

type Frame = { readonly op: number; readonly d: unknown; readonly t?: string; readonly s?: number };
type Session = {
  readonly id: string;
  readonly intents: number;
  readonly frames: Frame[]; // kept for a resume
  sequence: number;
  socket: WebSocket | null;
  isResumable: boolean;
};

export type GatewayNeeds = {
  readonly world: World;
  readonly heartbeatMs: number;
  readonly isToken: (token: unknown) => boolean;
  readonly urls: () => { readonly first: string; readonly resume: string };
};
export type Gateway = ReturnType<typeof createGateway>;

/** The gateway: identifies clients, tells them what happens, and lets them resume what they missed. */
export function createGateway({ world, heartbeatMs, isToken, urls }: GatewayNeeds) {
  const sockets = new WebSocketServer({ noServer: true });
  const sessions = new Map<string, Session>();
  const watches = new Map<WebSocket, NodeJS.Timeout>();
  let identifyCount = 0;
  let resumeCount = 0;
  let isMute = false;
  let cutsNext: string | null = null;
  const lines = new WeakMap<WebSocket, Duplex>();

  function send(socket: WebSocket, frame: Frame): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    const text = JSON.stringify({ t: null, s: null, ...frame });
    if (frame.t === undefined || frame.t !== cutsNext) return socket.send(text);
    cutsNext = null;
    const line = lines.get(socket);
    line?.write(halfFrame(text), () => line.destroy());
  }

  function tell(session: Session, event: string, data: Body): void {
    session.sequence += 1;
    const frame = { op: 0, t: event, s: session.sequence, d: data };
    session.frames.push(frame);
    if (session.frames.length > REPLAYED_MAX) session.frames.shift();
    if (session.socket !== null) send(session.socket, frame);
  }

  function seenBy(session: Session, event: string, data: Body): Body | null {
    const needs =
      data['guild_id'] === undefined && event.startsWith('MESSAGE_') ? INTENTS.DIRECT_MESSAGES : (NEEDS[event] ?? INTENTS.GUILDS);
    if (needs !== 0 && (session.intents & needs) === 0) return null;
    const author = isBody(data['author']) ? data['author']['id'] : null;
    const isHidden =
      event.startsWith('MESSAGE_') &&
      needs === INTENTS.GUILD_MESSAGES &&
      author !== world.bot.id &&
      !textOf(data['content']).includes(world.bot.id);
    // Without the privileged intent, what others say in a server comes without its words.
    return isHidden ? { ...data, content: '', embeds: [], components: [], attachments: [] } : data;
  }

  function dispatch(event: string, data: Body): void {
    for (const session of sessions.values()) {
      if (session.socket === null && !session.isResumable) continue;
      const seen = seenBy(session, event, data);
      if (seen !== null) tell(session, event, seen);
    }
  }

  function watch(socket: WebSocket): void {
    clearTimeout(watches.get(socket));
    const lateMs = heartbeatMs * 2;
    const late = (): void => {
      world.complain('missed-heartbeat', `no heartbeat for ${lateMs} ms`);
      end(socket, 4_009, false);
    };
    // A second wait: on a machine that stood still the beat is on its way when the first one ends.
    watches.set(
      socket,
      setTimeout(() => watches.set(socket, setTimeout(late, HEARTBEAT_GRACE_MS)), lateMs),
    );
  }

  function sessionOf(socket: WebSocket): Session | null {
    return [...sessions.values()].find((one) => one.socket === socket) ?? null;
  }

  function end(socket: WebSocket, code: number, isResumable: boolean): void {
    const session = sessionOf(socket);
    if (session !== null) {
      session.isResumable = isResumable;
      session.socket = null;
    }
    if (code === 1_006) socket.terminate();
    else socket.close(code);
    world.changed();
  }

  function identify(socket: WebSocket, data: unknown): void {
    if (sessionOf(socket) !== null) return end(socket, 4_005, false);
    const given = isBody(data) ? data : {};
    const { token, intents, properties, shard, compress } = given;
    if (!isToken(token)) return end(socket, 4_004, false);
    if (typeof intents !== 'number' || !isBody(properties)) return end(socket, 4_002, false);
    if ((intents & ~KNOWN_INTENTS) !== 0) return end(socket, 4_013, false);
    if ((intents & PRIVILEGED) !== 0) {
      world.complain(
        'privileged-intent',
        `IDENTIFY asked for intents ${intents & PRIVILEGED}, which this application was not granted`,
      );
      return end(socket, 4_014, false);
    }
    if (compress === true) return end(socket, 4_002, false);
    const [shardId = 0, shardCount = 1] = Array.isArray(shard) ? shard.map(Number) : [];
    if (shardId >= shardCount) return end(socket, 4_010, false);
    identifyCount += 1;
    const session: Session = { id: `session-${world.snowflake()}`, intents, frames: [], sequence: 0, socket, isResumable: true };
    sessions.set(session.id, session);
    const guilds = [...world.guilds.values()].filter(({ hasBot }) => hasBot);
    tell(session, 'READY', {
      v: 10,
      user: { ...wireUser(world.bot), verified: true, mfa_enabled: false, email: null },
      guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
      session_id: session.id,
      session_type: 'normal',
      resume_gateway_url: urls().resume,
      shard: [shardId, shardCount],
      application: { id: APPLICATION_ID, flags: 0 },
      private_channels: [],
      user_settings: {},
      relationships: [],
      presences: [],
      guild_join_requests: [],
      _trace: [],
    });
    if ((intents & INTENTS.GUILDS) !== 0)
      for (const guild of guilds) tell(session, 'GUILD_CREATE', wireGuildCreate(world, guild));
    world.changed();
  }

  function resume(socket: WebSocket, data: unknown, isResumeUrl: boolean): void {
    const given = isBody(data) ? data : {};
    if (!isToken(given['token'])) return end(socket, 4_004, false);
    // Told to resume on a connection that is still open (op 9, true), a client stays where it is.
    if (!isResumeUrl && sessionOf(socket) === null)
      world.complain('resume-url', 'RESUME came to the first address instead of resume_gateway_url');
    const session = sessions.get(textOf(given['session_id']));
    const sequence = Number(given['seq']);
    if (session === undefined || !session.isResumable) return send(socket, { op: 9, d: false });
    if (!(sequence <= session.sequence)) return end(socket, 4_007, false);
    resumeCount += 1;
    session.socket = socket;
    for (const frame of session.frames.filter(({ s = 0 }) => s > sequence)) send(socket, frame);
    tell(session, 'RESUMED', { _trace: [] });
    world.changed();
  }

  function receive(socket: WebSocket, raw: string, isResumeUrl: boolean): void {
    if (Buffer.byteLength(raw) > FRAME_BYTES_MAX) return end(socket, 4_002, false);
    let frame: unknown = null;
    try {
      frame = JSON.parse(raw);
    } catch {
      return end(socket, 4_002, false);
    }
    const { op, d } = isBody(frame) ? frame : {};
    switch (op) {
      case 1:
        watch(socket);
        return isMute ? undefined : send(socket, { op: 11, d: null });
      case 2:
        return identify(socket, d);
      case 6:
        return resume(socket, d, isResumeUrl);
      case 3:
      case 4:
      case 8:
        return sessionOf(socket) === null ? end(socket, 4_003, false) : undefined;
      default:
        world.complain('gateway', `opcode ${String(op)} is not one a client sends`);
        return end(socket, 4_001, true);
    }
  }

  function connected(socket: WebSocket, request: IncomingMessage): void {
    const url = new URL(request.url ?? '/', 'ws://localhost');
    const frameTimes: number[] = [];
    const isResumeUrl = url.pathname.startsWith('/resume');
    socket.on('error', () => socket.terminate());
    socket.on('close', (code: number) => {
      clearTimeout(watches.get(socket));
      watches.delete(socket);
      const session = sessionOf(socket);
      if (session !== null) {
        session.socket = null;
        // A client that closes with one of these says that it will not come back to this session.
        if (code === 1_000 || code === 1_001) session.isResumable = false;
      }
      world.changed();
    });
    if (url.searchParams.get('v') !== '10') return socket.close(4_012);
    if (url.searchParams.get('encoding') !== 'json' || url.searchParams.has('compress')) return socket.close(4_002);
    socket.on('message', (data: Buffer) => {
      const nowMs = Date.now();
      frameTimes.push(nowMs);
      while ((frameTimes[0] ?? nowMs) < nowMs - 60_000) frameTimes.shift();
      if (frameTimes.length > FRAMES_PER_MINUTE) {
        world.complain('gateway', `more than ${FRAMES_PER_MINUTE} frames in a minute`);
        return end(socket, 4_008, true);
      }
      return receive(socket, data.toString(), isResumeUrl);
    });
    send(socket, { op: 10, d: { heartbeat_interval: heartbeatMs, _trace: [] } });
    return watch(socket);
  }

  return {
    dispatch,
    attach(server: Server): void {
      server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        sockets.handleUpgrade(request, socket, head, (client) => {
          lines.set(client, socket);
          connected(client, request);
        });
      });
    },
    identifies: () => identifyCount,
    resumes: () => resumeCount,
    isConnected: () => [...sessions.values()].some(({ socket }) => socket !== null),
    mute: (mute: boolean) => (isMute = mute),
    /** Cuts the line in the middle of the next frame of this event; the session can be resumed. */
    cutMidFrame: (event: string): void => void (cutsNext = event),
    /** Closes every connection. 1006: without a word, as a broken line does. */
    drop(code: number, isResumable: boolean): void {
      for (const socket of sockets.clients) end(socket, code, isResumable);
    },
    /** Sends op 7 or op 9 to every connected client. */
    order(op: 7 | 9, d: boolean | null): void {
      for (const session of sessions.values()) {
        if (session.socket === null) continue;
        if (op === 9 && d === false) session.isResumable = false;
        send(session.socket, { op, d });
      }
    },
    close(): void {
      for (const timer of watches.values()) clearTimeout(timer);
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
}
