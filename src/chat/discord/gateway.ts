import { WebSocketShardEvents } from '@discordjs/ws';
import type { WebSocketShard } from '@discordjs/ws';
import { GatewayCloseCodes, Routes } from 'discord-api-types/v10';
import { z } from 'zod';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Api } from './api.ts';
import { faultOf, faultWords, unlessLacking } from './api.ts';
import { isGatewayUrl } from './frame.ts';
import { IDENTIFY_PAUSE_MAX_MS } from './limits.ts';
import { createReach, TOKEN_REFUSED, type ConnectionState, type Reach } from './reach.ts';
import { PAUSE_MAX_MS, closeShard, pacedShard } from './shard.ts';
import { sleep } from './sleep.ts';

export type Gateway = {
  readonly state: () => ConnectionState;
  /** Resolves when it is connected for the first time, a first attempt failed, or it was closed. */
  readonly settled: Promise<void>;
  readonly close: () => Promise<void>;
};

const FIRST_PAUSE_MS = 500;
const REFUSED_PAUSE_MS = 5 * 60_000; // a token or intent that is refused is rarely put right sooner

const NO_ADDRESS = 'Discord names no address that a connection can be opened to';

// Discord will not have us back until somebody changes something.
const REFUSED: Readonly<Record<number, string>> = {
  [GatewayCloseCodes.AuthenticationFailed]: TOKEN_REFUSED,
  [GatewayCloseCodes.InvalidShard]: 'Discord refuses this connection (invalid shard).',
  [GatewayCloseCodes.ShardingRequired]: 'The bot is in more servers than one connection may serve.',
  [GatewayCloseCodes.InvalidAPIVersion]: 'Discord no longer speaks this version of its protocol. Update Showcaller.',
  [GatewayCloseCodes.InvalidIntents]: 'Discord refuses the intents asked for.',
  [GatewayCloseCodes.DisallowedIntents]: 'Discord does not allow the intents asked for.',
};

const GatewayInfo = z.object({ url: z.string().refine(isGatewayUrl) });

export type GatewayNeeds = {
  readonly api: Api;
  readonly token: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onDispatch: (event: string, data: unknown) => void;
};

/**
 * Keeps one connection to Discord's gateway, whatever happens, until closed. A token or an intent that is refused is
 * tried again slowly. `onDispatch` must not throw.
 */
export function openGateway(needs: GatewayNeeds): Gateway {
  const { api, token, log, onDispatch } = needs;
  const closed = new AbortController();
  const { state, settled, settle, become } = createReach(needs);
  let shard: WebSocketShard | null = null;
  const { pause, reset } = patience(closed.signal);
  const mending = patience(closed.signal); // never reset: what breaks after each READY would identify without end
  const findUrl = urlFinder({ api, become, signal: closed.signal });
  const onUnread = once(() => log.warn('discord.unread', { event: 'frame' }));

  /** Starts over with a new shard; it keeps itself connected until a close code forbids that. */
  async function start(): Promise<void> {
    let url: string | null = null;
    while (url === null && !closed.signal.aborted) {
      url = await findUrl();
      if (url === null) await pause(PAUSE_MAX_MS);
    }
    if (url === null || closed.signal.aborted) return;
    const made: WebSocketShard = pacedShard({
      token,
      url,
      findUrl,
      pause(longestMs) {
        settle(); // the attempt before this one has failed
        return pause(longestMs);
      },
      isEnded: () => closed.signal.aborted || shard !== made,
      onUnread,
      onFault: (fault) => broken(made, fault),
    });
    shard = made;
    made.on(WebSocketShardEvents.Dispatch, ({ data }) => onDispatch(data.t, data.d));
    made.on(WebSocketShardEvents.Ready, connected);
    made.on(WebSocketShardEvents.Resumed, connected);
    made.on(WebSocketShardEvents.Error, ({ error }) => log.warn('discord.gateway', { fault: error.message }));
    made.on(WebSocketShardEvents.Closed, ({ code }) => closedWith(made, code));
    // It rejects where the first attempt fails, and goes on trying all the same.
    made.connect().catch(() => undefined);
  }

  function connected(): void {
    reset();
    become('connected', null);
  }

  function broken(made: WebSocketShard, fault: unknown): void {
    log.error('discord.gateway-broke', { fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) });
    if (closed.signal.aborted || shard !== made) return;
    shard = null;
    become('lost', 'the connection to Discord broke');
    void closeShard(made);
    void startLater(mending.pause(IDENTIFY_PAUSE_MAX_MS));
  }

  function closedWith(made: WebSocketShard, code: number): void {
    if (closed.signal.aborted || shard !== made) return;
    const refusal = REFUSED[code];
    become('lost', refusal ?? `the connection to Discord closed (${code})`);
    if (refusal !== undefined) void startLater(sleep(REFUSED_PAUSE_MS, closed.signal));
  }

  const startLater = async (waited: Promise<boolean>): Promise<void> => ((await waited) ? start() : undefined);

  void start();
  return {
    state,
    settled,
    async close() {
      closed.abort();
      settle();
      if (shard !== null) await closeShard(shard);
    },
  };
}

function once(tell: () => void): () => void {
  let isTold = false;
  return () => {
    if (!isTold) tell();
    isTold = true;
  };
}

/** Asks where the gateway is. Resolves with null where that cannot be found out, and then says why; never rejects. */
function urlFinder(needs: { readonly api: Api; readonly become: Reach['become']; readonly signal: AbortSignal }) {
  const { api, become, signal } = needs;
  return async (): Promise<string | null> => {
    try {
      const found = (await unlessLacking(api('GET', Routes.gatewayBot()))) ?? (await api('GET', Routes.gateway()));
      return GatewayInfo.parse(found).url;
    } catch (fault) {
      if (signal.aborted) return null;
      const met = faultOf(fault);
      const isRefused = met.kind === 'refused' && met.status === 401;
      become('lost', isRefused ? TOKEN_REFUSED : met.kind === 'unread' ? NO_ADDRESS : faultWords(met));
      if (isRefused) await sleep(REFUSED_PAUSE_MS, signal);
      if (met.kind === 'rate-limited') await sleep(Math.min(met.afterMs, REFUSED_PAUSE_MS), signal);
      return null;
    }
  };
}

/** Waits longer after each failure in a row, not at all before the first. */
function patience(signal: AbortSignal) {
  let failures = 0;
  return {
    reset: () => {
      failures = 0;
    },
    /** Resolves with false when it was closed meanwhile. */
    pause: (longestMs: number): Promise<boolean> => {
      const ms = failures === 0 ? 0 : Math.min(longestMs, FIRST_PAUSE_MS * 2 ** (failures - 1));
      failures += 1;
      return sleep(ms, signal);
    },
  };
}
