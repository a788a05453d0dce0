import {
  DefaultWebSocketManagerOptions,
  SimpleIdentifyThrottler,
  WebSocketShard,
  WebSocketShardEvents,
  WebSocketShardStatus,
} from '@discordjs/ws';
import type { FetchingStrategyOptions, SessionInfo } from '@discordjs/ws';
import { GatewayIntentBits } from 'discord-api-types/v10';
import { isGatewayUrl, readFrame } from './frame.ts';
import { IDENTIFY_PAUSE_MAX_MS } from './limits.ts';
import { within } from './sleep.ts';

/** The longest pause between two attempts that do not count against Discord's limits. */
export const PAUSE_MAX_MS = 15_000;

const CLOSE_WITHIN_MS = 1_000;

/**
 * One connection to Discord's gateway: @discordjs/ws beats, resumes and reconnects. When it connects anew is paced here,
 * because by itself it would try twice a second and identify more often than Discord forgives; and once it has ended it
 * never does.
 */
export function pacedShard(needs: {
  readonly token: string;
  readonly url: string;
  /** Where the gateway is now; null when that cannot be asked. */
  readonly findUrl: () => Promise<string | null>;
  readonly pause: (longestMs: number) => Promise<boolean>;
  readonly isEnded: () => boolean;
  /** A frame that says nothing came, and was dropped. */
  readonly onUnread: () => void;
  /** The library met something it did not expect: this shard is to be given up. */
  readonly onFault: (fault: unknown) => void;
}): WebSocketShard {
  const { token, findUrl, pause, isEnded, onUnread, onFault } = needs;
  let url = needs.url;
  const throttler = new SimpleIdentifyThrottler(1);
  const limits = { total: 1_000, remaining: 1_000, reset_after: 0, max_concurrency: 1 };
  const options: FetchingStrategyOptions = {
    ...DefaultWebSocketManagerOptions,
    token,
    intents: GatewayIntentBits.Guilds,
    shardCount: 1,
    get gatewayInformation() {
      return { url, shards: 1, session_start_limit: limits };
    },
    handshakeTimeout: 10_000,
    helloTimeout: 10_000,
  };
  let session: SessionInfo | null = null;
  let isFirst = true;
  let identifiedInVain = 0;

  const made: WebSocketShard = new WebSocketShard(
    {
      options,
      async retrieveSessionInfo() {
        // The one moment between two connections: only a shard that connects anew asks while it is idle.
        if (made.status === WebSocketShardStatus.Idle) {
          if (!isFirst && (await pause(identifiedInVain > 1 ? IDENTIFY_PAUSE_MAX_MS : PAUSE_MAX_MS)) && session === null) {
            url = (await findUrl()) ?? url;
          }
          isFirst = false;
          // The library cannot be told to stop once it has begun to start over, so it is left waiting here.
          if (isEnded()) await new Promise<never>(() => undefined);
        }
        return session;
      },
      updateSessionInfo(_, next) {
        // What has no name cannot be resumed, whatever the types say; it is opened anew.
        const isNamed = next !== null && typeof next.sessionId === 'string';
        session = isNamed ? { ...next, resumeURL: isGatewayUrl(next.resumeURL) ? next.resumeURL : url } : null;
      },
      async waitForIdentify(shardId, signal) {
        await throttler.waitForIdentify(shardId, signal);
        identifiedInVain += 1;
      },
    },
    0,
  );
  made.on(WebSocketShardEvents.Ready, () => {
    identifiedInVain = 0;
  });
  guard(made, { onUnread, onFault });
  return made;
}

// Called by the library with nobody waiting: what is thrown in them would end the process.
const UNAWAITED = ['internalConnect', 'onMessage', 'onClose', 'heartbeat'] as const;

/**
 * The library takes every frame for well made, and reads it where nobody catches. So frames are read by us, and what
 * goes wrong in it all the same is told. Its types hide these methods, which is why they are replaced by name.
 */
function guard(shard: WebSocketShard, { onUnread, onFault }: { onUnread: () => void; onFault: (fault: unknown) => void }): void {
  Reflect.set(shard, 'unpackMessage', (data: unknown) => {
    const frame = readFrame(data);
    if (frame === null) onUnread();
    return Promise.resolve(frame);
  });
  for (const name of UNAWAITED) {
    const method: unknown = Reflect.get(shard, name);
    if (typeof method !== 'function') throw new TypeError(`@discordjs/ws has no ${name} any more`);
    Reflect.set(shard, name, async (...given: readonly unknown[]): Promise<void> => {
      try {
        await Reflect.apply(method, shard, given);
      } catch (fault) {
        onFault(fault);
      }
    });
  }
}

type Socket = {
  readonly addEventListener: (event: 'error', listener: () => void) => void;
  readonly terminate: () => void;
};

function isSocket(value: unknown): value is Socket {
  return typeof value === 'object' && value !== null && 'terminate' in value && 'addEventListener' in value;
}

/**
 * Closes a shard, within `CLOSE_WITHIN_MS`; at once where it is still connecting. The library lets go of a socket in the
 * middle of connecting, which would stay open afterwards, and waits for ever for an answer to its goodbye.
 */
export async function closeShard(shard: WebSocketShard): Promise<void> {
  const socket: unknown = Reflect.get(shard, 'connection');
  const withinMs = shard.status === WebSocketShardStatus.Connecting ? 0 : CLOSE_WITHIN_MS;
  await within(shard.destroy({ reason: 'closing' }), withinMs, undefined).catch(() => undefined);
  if (!isSocket(socket)) return;
  // Cutting a handshake short is an error to the socket, and the library listens no more.
  socket.addEventListener('error', () => undefined);
  socket.terminate();
}
