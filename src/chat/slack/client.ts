import type { Logger } from '@slack/bolt';
import { LogLevel } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { Log } from '../../ports/log.ts';
import { lenient } from './lenient.ts';

/** Where Slack is, and how long one call may take. `apiUrl` null: Slack itself. */
export type SlackServer = { readonly apiUrl: string | null; readonly timeoutMs: number };

type ClientOptions = NonNullable<ConstructorParameters<typeof WebClient>[1]>;

/** How every client here is set up: it neither retries nor queues, for those who call it decide what a failure means. */
export function clientOptions({ apiUrl, timeoutMs }: SlackServer): ClientOptions {
  return {
    ...(apiUrl === null ? {} : { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs,
    fetch: lenient(globalThis.fetch),
    maxRequestConcurrency: 1_000, // its own queue would let a slow routine call hold up a critical one
    logger: quiet(),
  };
}

/** A client that makes each call once, and at once. */
export function slackClient(
  token: string,
  server: SlackServer,
  fetch: Parameters<typeof lenient>[0] = globalThis.fetch,
): WebClient {
  return new WebClient(token, { ...clientOptions(server), fetch: lenient(fetch) });
}

/** A logger for the SDK that tells only that something was an error: its lines hold payloads, and addresses with tickets. */
export function quiet(log?: Log): Logger {
  const silent = (): void => undefined;
  return {
    debug: silent,
    info: silent,
    warn: silent,
    error: () => log?.warn('slack.sdk_error'),
    setLevel: silent,
    getLevel: () => LogLevel.ERROR,
    setName: silent,
  };
}
