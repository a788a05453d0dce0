import { DefaultRestOptions, DiscordAPIError, HTTPError, RateLimitError, REST, RequestMethod } from '@discordjs/rest';
import type { RESTOptions } from '@discordjs/rest';
import { z } from 'zod';
import { unreachable } from '../../domain/unreachable.ts';
import { Whole, parseJson } from './json.ts';

/** Where Discord is, who we are there, and the longest a call may take. `apiUrl` null: Discord's own. */
export type ApiNeeds = {
  readonly token: string;
  readonly apiUrl: string | null;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal; // cuts calls short
};

export type ApiCall = {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
  readonly isAuthorized?: boolean; // false: the address itself holds a secret, as an interaction's does
};

/** One call to Discord's REST interface. Resolves with the answer's JSON; rejects with what `faultOf` reads. */
export type Api = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', route: `/${string}`, call?: ApiCall) => Promise<unknown>;

const METHODS = {
  GET: RequestMethod.Get,
  POST: RequestMethod.Post,
  PUT: RequestMethod.Put,
  PATCH: RequestMethod.Patch,
  DELETE: RequestMethod.Delete,
} as const;

/**
 * Calls that neither retry nor wait for each other. The library queues the calls of one channel: behind one that hangs,
 * a critical post would wait ten seconds. It also forgets its token after a 401. So each call has a client of its own,
 * which costs nothing.
 */
export function discordApi({ token, apiUrl, timeoutMs, signal }: ApiNeeds): Api {
  const api = apiUrl === null ? {} : { api: apiUrl.replace(/\/+$/u, '') };
  // Without intervals to sweep its caches there is nothing to close.
  const swept = { hashSweepInterval: 0, handlerSweepInterval: 0 };
  const alone = { ...swept, retries: 0, timeout: timeoutMs, rejectOnRateLimit: () => true, makeRequest };
  return (method, route, { body, query, isAuthorized = true } = {}) => {
    const rest = new REST({ ...api, ...alone }).setToken(token);
    return rest.request({
      method: METHODS[method],
      fullRoute: route,
      auth: isAuthorized,
      // A signal of its own: the library never takes its listener off again.
      ...(signal === undefined ? {} : { signal: AbortSignal.any([signal]) }),
      ...(body === undefined ? {} : { body }),
      ...(query === undefined ? {} : { query: new URLSearchParams(query) }),
    });
  };
}

const RATE_LIMITED_SECONDS = 1; // where a 429 does not say how long

const Refusal = z.object({
  code: Whole.catch(0),
  message: z.string().optional().catch(undefined),
  errors: z.record(z.string(), z.unknown()).optional().catch(undefined),
});
const RateLimit = z.object({ retry_after: z.number().positive().catch(RATE_LIMITED_SECONDS), global: z.boolean().catch(false) });

/**
 * One request with its answer read whole, within the library's time limit, and put as the library expects it: a smaller
 * server calls JSON something else, or answers an error with a page, with a code as text, with a limit in its body only.
 */
const makeRequest: RESTOptions['makeRequest'] = async (url, init) => {
  const { headers, ok, status, statusText, ...answer } = await DefaultRestOptions.makeRequest(url, init);
  const text = await answer.text();
  const read = parseJson(text);
  // Nothing here is to be found elsewhere, and the library would take it for done.
  if (status >= 300 && status < 400) throw new HTTPError(status, statusText, init.method ?? '', url, {});
  if (status === 429) {
    const limit = RateLimit.catch({ retry_after: RATE_LIMITED_SECONDS, global: false }).parse(read);
    if (!(Number(headers.get('retry-after')) > 0)) headers.set('retry-after', String(limit.retry_after));
    if (limit.global) headers.set('x-ratelimit-global', 'true');
  }
  const refusal = Refusal.catch({ code: 0 }).parse(read);
  const value = ok ? (read ?? null) : { ...refusal, message: refusal.message ?? statusText };
  headers.set('content-type', 'application/json');
  return { ...answer, headers, ok, status, statusText, json: () => Promise.resolve(value) };
};

/** What went wrong with a call. `code` is Discord's own number, 0 where the answer had none. */
export type ApiFault =
  | { readonly kind: 'rate-limited'; readonly afterMs: number; readonly isGlobal: boolean }
  | { readonly kind: 'refused'; readonly status: number; readonly code: number; readonly told: string }
  | { readonly kind: 'failed'; readonly status: number } // 5xx: it may have been done
  | { readonly kind: 'unread' } // it was done, but what it answered makes no sense
  | { readonly kind: 'unreachable'; readonly told: string } // nothing arrived
  | { readonly kind: 'unanswered'; readonly told: string }; // it may have arrived

// No connection was made, so nothing can have arrived.
const UNREACHABLE: readonly string[] = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
];

/** Reads what a call rejected with. */
export function faultOf(fault: unknown): ApiFault {
  if (fault instanceof RateLimitError) {
    const afterMs = Math.max(fault.retryAfter, fault.timeToReset);
    const isGlobal = fault.global || fault.scope === 'global';
    return {
      kind: 'rate-limited',
      afterMs: Number.isFinite(afterMs) && afterMs > 0 ? afterMs : RATE_LIMITED_SECONDS * 1000,
      isGlobal,
    };
  }
  if (fault instanceof DiscordAPIError) {
    const code = typeof fault.code === 'number' ? fault.code : 0;
    return { kind: 'refused', status: fault.status, code, told: fault.message };
  }
  if (fault instanceof HTTPError) return { kind: 'failed', status: fault.status };
  if (fault instanceof z.ZodError) return { kind: 'unread' };
  const told = fault instanceof Error ? fault.name : typeof fault;
  const code = codeOf(fault);
  if (UNREACHABLE.includes(code)) return { kind: 'unreachable', told: code };
  return { kind: 'unanswered', told: code === '' ? told : code };
}

/** Whether the server does not know the route at all, as one that is smaller than Discord. */
export function isLacking(fault: ApiFault): boolean {
  if (fault.kind === 'failed') return fault.status === 501;
  return fault.kind === 'refused' && fault.code === 0 && (fault.status === 404 || fault.status === 405);
}

/** What a call resolves with; null where the server does not know its route. */
export async function unlessLacking<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (fault) {
    if (isLacking(faultOf(fault))) return null;
    throw fault;
  }
}

/** What went wrong, for a log line or a person who looks after the bot. */
export function faultWords(fault: ApiFault): string {
  switch (fault.kind) {
    case 'rate-limited':
      return `Discord asks us to wait ${Math.ceil(fault.afterMs / 1000)} s`;
    case 'refused':
      return `Discord refused it: ${fault.told.replaceAll('\n', '; ')} (${fault.status}, code ${fault.code})`;
    case 'failed':
      return `Discord failed (${fault.status})`;
    case 'unread':
      return 'Discord’s answer cannot be read';
    case 'unreachable':
      return `Discord cannot be reached (${fault.told})`;
    case 'unanswered':
      return `Discord did not answer (${fault.told})`;
    default:
      return unreachable(fault);
  }
}

function codeOf(fault: unknown): string {
  const code = typeof fault === 'object' && fault !== null && 'code' in fault ? fault.code : null;
  if (typeof code === 'string') return code;
  const cause = fault instanceof Error ? fault.cause : null;
  return cause instanceof Error ? codeOf(cause) : '';
}
