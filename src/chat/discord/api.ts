import { DiscordAPIError, HTTPError, RateLimitError, REST, RequestMethod } from '@discordjs/rest';
import { unreachable } from '../../domain/unreachable.ts';

/** Where Discord is, who we are there, and the longest a call may take. `apiUrl` null: Discord's own. */
export type ApiNeeds = { readonly token: string; readonly apiUrl: string | null; readonly timeoutMs: number };

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
export function discordApi({ token, apiUrl, timeoutMs }: ApiNeeds): Api {
  const api = apiUrl === null ? {} : { api: apiUrl.replace(/\/+$/u, '') };
  // Without intervals to sweep its caches there is nothing to close.
  const alone = { retries: 0, timeout: timeoutMs, hashSweepInterval: 0, handlerSweepInterval: 0, rejectOnRateLimit: () => true };
  return (method, route, { body, query, isAuthorized = true } = {}) => {
    const rest = new REST({ ...api, ...alone }).setToken(token);
    return rest.request({
      method: METHODS[method],
      fullRoute: route,
      auth: isAuthorized,
      // The library's own time limit ends with the headers; this one covers the body too.
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body }),
      ...(query === undefined ? {} : { query: new URLSearchParams(query) }),
    });
  };
}

/** What went wrong with a call. `code` is Discord's own number, 0 where the answer had none. */
export type ApiFault =
  | { readonly kind: 'rate-limited'; readonly afterMs: number; readonly isGlobal: boolean }
  | { readonly kind: 'refused'; readonly status: number; readonly code: number; readonly told: string }
  | { readonly kind: 'failed'; readonly status: number } // 5xx: it may have been done
  | { readonly kind: 'unreachable'; readonly told: string } // nothing arrived
  | { readonly kind: 'unanswered'; readonly told: string }; // it may have arrived

const RATE_LIMITED_MS = 1_000; // where a 429 does not say how long

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
    return { kind: 'rate-limited', afterMs: Number.isFinite(afterMs) && afterMs > 0 ? afterMs : RATE_LIMITED_MS, isGlobal };
  }
  if (fault instanceof DiscordAPIError) {
    const code = typeof fault.code === 'number' ? fault.code : 0;
    return { kind: 'refused', status: fault.status, code, told: fault.message };
  }
  if (fault instanceof HTTPError) return { kind: 'failed', status: fault.status };
  const told = fault instanceof Error ? fault.name : typeof fault;
  const code = codeOf(fault);
  if (UNREACHABLE.includes(code)) return { kind: 'unreachable', told: code };
  return { kind: 'unanswered', told: code === '' ? told : code };
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
