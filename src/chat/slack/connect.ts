import type { FrontDoor } from '../../ports/chat.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { PlatformReach } from '../../ports/reach.ts';
import { createAnswering } from './answer.ts';
import type { SlackServer } from './client.ts';
import { slackClient } from './client.ts';
import { createDesk } from './desk.ts';
import { faultWords, isUnknownMethod, slackFault, TOKEN_ERRORS, tokenWords } from './faults.ts';
import { createIdentity } from './identity.ts';
import type { SlackNotes } from './notes.ts';
import { slackNotes } from './notes.ts';
import { createReception } from './reception.ts';
import { sleep, within } from './sleep.ts';
import type { Socket, SocketNeeds } from './socket.ts';
import { openSocket } from './socket.ts';

export type SlackNeeds = SlackServer & {
  readonly botToken: string;
  readonly appToken: string;
  readonly door: FrontDoor;
  readonly clock: Clock;
  readonly log: Log;
  readonly notes?: SlackNotes; // those the sender writes into as well; not given: its own
  readonly stopping?: AbortSignal; // closes it, also while it is still connecting for the first time
};

export type SlackConnection = {
  readonly workspaceId: string | null; // null: nobody has told us yet
  readonly botUserId: string | null;
  readonly state: () => PlatformReach;
  /** Takes no more, and resolves when what was asked has been answered, or takes too long. */
  readonly close: () => Promise<void>;
};

const AGAIN_FIRST_MS = 1_000;
const AGAIN_MAX_MS = 30_000;
const STEADY_MS = 10_000; // a connection that held so long was a good one
const PATIENT_TIMES = 2; // so often is waited for a server to say who we are, before it is done without
const CLOSE_WITHIN_MS = 3_000;
const TOKEN_AGAIN_MS = 60_000; // a token that was refused is seldom accepted later, but an operator may just have fixed it

/**
 * Connects to Slack by Socket Mode and stays connected until closed, whatever happens to Slack meanwhile. Resolves after the
 * first attempt, even if it failed: `state` tells.
 */
export async function connectSlack(needs: SlackNeeds): Promise<SlackConnection> {
  const { door, clock, log, timeoutMs, notes = slackNotes() } = needs;
  const client = slackClient(needs.botToken, needs);
  const reach = createReach({ clock, log, notes });
  const identity = createIdentity(client, notes);
  const answering = createAnswering({ client, clock, log, notes, timeoutMs });
  const desk = createDesk({ door, answering, log, workspaceOf: identity.workspaceOf });
  const receive = createReception(desk, door.commands);
  const stopping = new AbortController();
  const firstTried = Promise.withResolvers<void>();

  async function stayConnected(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; failures += 1) {
      let waitMs = againMs(failures);
      try {
        await identity.ask(failures < PATIENT_TIMES).catch(because('SLACK_BOT_TOKEN'));
        const socket = await open({ ...needs, receive }, stopping.signal);
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
      await sleep(waitMs, stopping.signal);
    }
  }

  let closed: Promise<unknown> | null = null;
  const running = stayConnected().finally(firstTried.resolve);

  async function close(): Promise<void> {
    stopping.abort();
    firstTried.resolve();
    // Whoever stops us has to come to an end, whatever hangs.
    closed ??= within(Promise.all([running, desk.settled()]), CLOSE_WITHIN_MS);
    await closed;
  }

  if (needs.stopping?.aborted === true) void close();
  else needs.stopping?.addEventListener('abort', () => void close(), { once: true });
  await firstTried.promise;
  return {
    get workspaceId() {
      return identity.workspaceId();
    },
    get botUserId() {
      return identity.botUserId();
    },
    state: reach.state,
    close,
  };
}

/** Opens a socket that is closed when all is, or throws why not. */
async function open(needs: SocketNeeds, stopped: AbortSignal): Promise<Socket> {
  stopped.throwIfAborted();
  const socket = openSocket(needs);
  stopped.addEventListener('abort', socket.close, { once: true });
  void socket.ended.then(() => stopped.removeEventListener('abort', socket.close));
  await socket.opened.catch(because('SLACK_APP_TOKEN'));
  return socket;
}

/** Throws on, with whose call it was. */
function because(setting: NotConnected['setting']): (thrown: unknown) => never {
  return (thrown) => {
    throw new NotConnected(thrown, setting);
  };
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
  if (isUnknownMethod(fault)) {
    return { reason: 'This Slack server has no Socket Mode (apps.connections.open)', waitMs: TOKEN_AGAIN_MS };
  }
  return { reason: faultWords(fault), waitMs };
}

/** Keeps how the connection stands, and logs each change once. */
function createReach({ clock, log, notes }: { readonly clock: Clock; readonly log: Log; readonly notes: SlackNotes }) {
  type Standing = Omit<PlatformReach, 'notes'>;
  let standing: Standing = { platform: 'slack', kind: 'lost', sinceMs: clock.now(), reason: 'not connected yet' };

  function become(kind: Standing['kind'], reason: string | null): void {
    const changed = standing.kind !== kind;
    if (!changed && standing.reason === reason) return;
    standing = { ...standing, kind, reason, sinceMs: changed ? clock.now() : standing.sinceMs };
    if (kind === 'connected') log.info('slack.connected');
    else log.warn('slack.lost', { reason });
  }

  return {
    state: (): PlatformReach => ({ ...standing, notes: notes.told() }),
    connected: () => become('connected', null),
    lost: (reason: string) => become('lost', reason),
  };
}
