import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { FrontDoor } from '../../ports/chat.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { PlatformReach } from '../../ports/reach.ts';
import { createAnswering } from './answer.ts';
import type { SlackServer } from './client.ts';
import { slackClient } from './client.ts';
import { createDesk } from './desk.ts';
import { faultWords, slackFault, TOKEN_ERRORS, tokenWords, UNKNOWN_METHOD_ERRORS } from './faults.ts';
import type { Socket, SocketNeeds } from './socket.ts';
import { openSocket } from './socket.ts';

export type SlackNeeds = SlackServer & {
  readonly botToken: string;
  readonly appToken: string;
  readonly door: FrontDoor;
  readonly clock: Clock;
  readonly log: Log;
};

export type SlackConnection = {
  readonly workspaceId: string | null; // null: Slack has not told us yet
  readonly botUserId: string | null;
  readonly state: () => PlatformReach;
  /** Calls the listener at each change from connected to lost and back; returns what stops that. */
  readonly onState: (listener: (state: PlatformReach) => void) => () => void;
  /** Takes no more, and resolves when what was asked has been answered. */
  readonly close: () => Promise<void>;
};

const AGAIN_FIRST_MS = 1_000;
const AGAIN_MAX_MS = 30_000;
const STEADY_MS = 10_000; // a connection that held so long was a good one
const TOKEN_AGAIN_MS = 60_000; // a token that was refused is seldom accepted later, but an operator may just have fixed it

/**
 * Connects to Slack by Socket Mode and stays connected until closed, whatever happens to Slack meanwhile. Resolves after the
 * first attempt, even if it failed: `state` tells.
 */
export async function connectSlack(needs: SlackNeeds): Promise<SlackConnection> {
  const { door, clock, log, timeoutMs } = needs;
  const client = slackClient(needs.botToken, needs);
  const reach = createReach(needs);
  let who: Identity | null = null;
  const answering = createAnswering({ client, clock, log, timeoutMs });
  const desk = createDesk({ door, answering, log, workspaceId: () => who?.team_id ?? null });
  const stopping = new AbortController();
  const firstTried = Promise.withResolvers<void>();

  async function stayConnected(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; failures += 1) {
      let waitMs = againMs(failures);
      try {
        who ??= await identify(client, reach.note);
        const socket = await open({ ...needs, desk, commands: door.commands }, stopping.signal);
        const sinceMs = clock.now();
        reach.connected();
        firstTried.resolve();
        await socket.ended;
        if (stopping.signal.aborted) return;
        reach.lost('Slack closed the connection; connecting again');
        // Slack does this about once an hour. One that ends at once is waited for a little, or it would never stop.
        if (clock.now() - sinceMs >= STEADY_MS) failures = 0;
        waitMs = failures === 0 ? 0 : waitMs;
      } catch (thrown) {
        if (stopping.signal.aborted) return;
        const lost = whyNot(thrown, waitMs);
        reach.lost(lost.reason);
        firstTried.resolve();
        waitMs = lost.waitMs;
      }
      await pause(waitMs, stopping.signal);
    }
  }

  const running = stayConnected().finally(firstTried.resolve);
  await firstTried.promise;
  return {
    get workspaceId() {
      return who?.team_id ?? null;
    },
    get botUserId() {
      return who?.user_id ?? null;
    },
    state: reach.state,
    onState: reach.onState,
    async close() {
      stopping.abort();
      await running;
      await desk.settled();
    },
  };
}

const Identity = z.object({ team_id: z.string(), user_id: z.string() });
type Identity = z.infer<typeof Identity>;

/** Who we are; null on a server that cannot say, which is none of our business then. */
async function identify(client: WebClient, note: (told: string) => void): Promise<Identity | null> {
  try {
    return Identity.parse(await client.auth.test());
  } catch (thrown) {
    const fault = slackFault(thrown);
    const unknown = thrown instanceof z.ZodError || (fault.kind === 'refused' && UNKNOWN_METHOD_ERRORS.includes(fault.error));
    if (!unknown) throw new NotConnected(thrown, 'SLACK_BOT_TOKEN');
    note('This Slack server does not say which workspace it is (auth.test): each request has to name it.');
    return null;
  }
}

/** Opens a socket within the time one call may take, or throws why not. */
async function open(needs: SocketNeeds, stopped: AbortSignal): Promise<Socket> {
  const socket = openSocket(needs);
  const decided = new AbortController();
  const late = pause(needs.timeoutMs, AbortSignal.any([stopped, decided.signal]));
  try {
    const isOpen = await Promise.race([socket.opened.then(() => true), late.then(() => false)]);
    if (!isOpen) throw new Error('Slack did not say hello');
  } catch (thrown) {
    socket.close();
    throw new NotConnected(thrown, 'SLACK_APP_TOKEN');
  } finally {
    decided.abort();
  }
  stopped.addEventListener('abort', socket.close, { once: true });
  void socket.ended.then(() => stopped.removeEventListener('abort', socket.close));
  return socket;
}

class NotConnected extends Error {
  readonly setting: 'SLACK_BOT_TOKEN' | 'SLACK_APP_TOKEN'; // whose call it was

  constructor(cause: unknown, setting: 'SLACK_BOT_TOKEN' | 'SLACK_APP_TOKEN') {
    super('not connected to Slack', { cause });
    this.setting = setting;
  }
}

/** How long to wait after so many failures one after another. */
function againMs(failures: number): number {
  return Math.min(AGAIN_MAX_MS, AGAIN_FIRST_MS * 2 ** failures);
}

/** Why there is no connection, and how long to wait, usually `waitMs`, before trying again. */
function whyNot(thrown: unknown, waitMs: number): { readonly reason: string; readonly waitMs: number } {
  const fault = slackFault(thrown instanceof NotConnected ? thrown.cause : thrown);
  if (fault.kind === 'rate-limited') return { reason: faultWords(fault), waitMs: Math.max(waitMs, fault.afterMs) };
  if (fault.kind !== 'refused' || !(thrown instanceof NotConnected)) return { reason: faultWords(fault), waitMs };
  if (TOKEN_ERRORS.includes(fault.error)) return { reason: tokenWords(fault.error, thrown.setting), waitMs: TOKEN_AGAIN_MS };
  if (UNKNOWN_METHOD_ERRORS.includes(fault.error)) {
    return { reason: `This Slack server has no Socket Mode (${fault.error})`, waitMs: TOKEN_AGAIN_MS };
  }
  return { reason: faultWords(fault), waitMs };
}

/** Keeps how the connection stands, tells who listens, and logs each change once. */
function createReach({ clock, log }: Pick<SlackNeeds, 'clock' | 'log'>) {
  const notes: string[] = [];
  const listeners = new Set<(state: PlatformReach) => void>();
  let state: PlatformReach = { platform: 'slack', kind: 'lost', sinceMs: clock.now(), reason: 'not connected yet', notes };

  function become(kind: PlatformReach['kind'], reason: string | null): void {
    const changed = state.kind !== kind;
    if (!changed && state.reason === reason) return;
    state = { ...state, kind, reason, sinceMs: changed ? clock.now() : state.sinceMs };
    if (kind === 'connected') log.info('slack.connected');
    else log.warn('slack.lost', { reason });
    for (const listener of listeners) listener(state);
  }

  return {
    state: () => state,
    connected: () => become('connected', null),
    lost: (reason: string) => become('lost', reason),
    note: (told: string) => {
      if (!notes.includes(told)) notes.push(told);
    },
    onState: (listener: (state: PlatformReach) => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Waits, or not even that once it is over. */
function pause(ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stopped.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      stopped.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stopped.addEventListener('abort', done);
  });
}
