import {
  DefaultWebSocketManagerOptions,
  SimpleIdentifyThrottler,
  WebSocketShard,
  WebSocketShardEvents,
  WebSocketShardStatus,
} from '@discordjs/ws';
import type { FetchingStrategyOptions, SessionInfo } from '@discordjs/ws';
import { GatewayIntentBits } from 'discord-api-types/v10';
import { IDENTIFY_PAUSE_MAX_MS } from './limits.ts';
import { within } from './sleep.ts';

/** The longest pause between two attempts that do not count against Discord's limits. */
export const PAUSE_MAX_MS = 15_000;

const CLOSE_WITHIN_MS = 2_000;

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
}): WebSocketShard {
  const { token, findUrl, pause, isEnded } = needs;
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
        session = next === null ? null : { ...next, resumeURL: /^wss?:\/\/\S+$/u.test(next.resumeURL) ? next.resumeURL : url };
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
  return made;
}

/**
 * Closes a shard, within `CLOSE_WITHIN_MS`. One in the middle of connecting first gets as far as it can be closed: the
 * library lets go of a socket that is not open yet, and it would stay open afterwards.
 */
export async function closeShard(shard: WebSocketShard): Promise<void> {
  if (shard.status === WebSocketShardStatus.Connecting) {
    const arrived = Promise.withResolvers<void>();
    for (const event of [WebSocketShardEvents.Hello, WebSocketShardEvents.Closed, WebSocketShardEvents.Error] as const) {
      shard.once(event, () => arrived.resolve());
    }
    await within(arrived.promise, CLOSE_WITHIN_MS / 2, undefined);
  }
  await within(shard.destroy({ reason: 'closing' }), CLOSE_WITHIN_MS / 2, undefined);
}
