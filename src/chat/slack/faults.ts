import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { z } from 'zod';
import { unreachable } from '../../domain/unreachable.ts';
import { UNREADABLE_ERROR } from './lenient.ts';

/** Why a call came to nothing, as far as it matters here. */
export type SlackFault =
  | { readonly kind: 'rate-limited'; readonly afterMs: number }
  | { readonly kind: 'unreachable'; readonly told: string } // nothing arrived
  | { readonly kind: 'in-doubt'; readonly told: string } // it may have arrived, and been done
  | { readonly kind: 'refused'; readonly error: string; readonly needed: string | null; readonly details: string | null };

const RATE_LIMIT_USUAL_MS = 1_000;

// What fails while connecting: no byte of the call has left.
const NOT_CONNECTED = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
];
const TLS = /^(?:ERR_TLS|CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/u;

const RATE_LIMITED = ['ratelimited', 'rate_limited', 'message_limit_exceeded'];
const IN_DOUBT = ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'accesslimited'];
const UNREAD = 'Slack answered what cannot be read';

/** Something Slack did that no call of the SDK fails with; its message says what, in words for people. */
export class SlackMisbehaved extends Error {}

/** Reads what the SDK threw. */
export function slackFault(thrown: unknown): SlackFault {
  if (thrown instanceof SlackMisbehaved) return { kind: 'in-doubt', told: thrown.message };
  if (thrown instanceof z.ZodError) return { kind: 'in-doubt', told: UNREAD };
  if (thrown instanceof WebAPIRateLimitedError) return { kind: 'rate-limited', afterMs: thrown.retryAfter * 1_000 };
  if (thrown instanceof WebAPIPlatformError) return refused(thrown);
  if (thrown instanceof WebAPIHTTPError) return byStatus(thrown.statusCode);
  const cause = thrown instanceof WebAPIRequestError ? thrown.original : thrown;
  const codes = codesOf(cause);
  const before = codes.find((code) => NOT_CONNECTED.includes(code) || TLS.test(code));
  if (before !== undefined) return { kind: 'unreachable', told: `Slack cannot be reached (${before})` };
  if (namesOf(cause).includes('TimeoutError')) return { kind: 'in-doubt', told: 'Slack did not answer in time' };
  return { kind: 'in-doubt', told: `the connection to Slack broke${codes[0] === undefined ? '' : ` (${codes[0]})`}` };
}

/** Errors that say the token itself is no good: nothing gets better by trying again soon. */
export const TOKEN_ERRORS: readonly string[] = [
  'invalid_auth',
  'not_authed',
  'http_401',
  'token_revoked',
  'token_expired',
  'account_inactive',
  'not_allowed_token_type',
  'team_access_not_granted',
  'team_disabled',
  'org_login_required',
  'user_removed_from_team',
];

// Slack says `unknown_method`; a lesser server says it in many ways, some of them as an HTTP status.
const UNKNOWN_METHOD =
  /^(?:(?:unknown|no[_ ]such)[_ ]method|method[_ ](?:not[_ ]\w+|deprecated)|not[_ ](?:found|implemented|supported)|http_(?:404|405|501))\b/iu;

/** Whether a server that knows less than Slack does not know the method that was called. */
export function isUnknownMethod(fault: SlackFault): boolean {
  return fault.kind === 'refused' && UNKNOWN_METHOD.test(fault.error);
}

/** What is wrong with a token, and what to do about it. `setting` is the one that holds it. */
export function tokenWords(error: string, setting: 'SLACK_BOT_TOKEN' | 'SLACK_APP_TOKEN'): string {
  const page = setting === 'SLACK_BOT_TOKEN' ? 'Install App' : 'Basic Information, App-Level Tokens';
  switch (error) {
    case 'token_revoked':
    case 'account_inactive':
      return `Slack no longer accepts ${setting} (${error}): install the app again and put in the new token`;
    case 'not_allowed_token_type':
      return `${setting} is a token of the wrong kind (${error}): a bot token starts with xoxb-, an app-level token with xapp-`;
    default:
      return `Slack does not accept ${setting} (${error}): copy it again from the app's page, ${page}`;
  }
}

/** One line about a fault. */
export function faultWords(fault: SlackFault): string {
  switch (fault.kind) {
    case 'rate-limited':
      return `Slack asks to wait ${Math.ceil(fault.afterMs / 1_000)} s`;
    case 'unreachable':
    case 'in-doubt':
      return fault.told;
    case 'refused': {
      if (fault.error.startsWith(HTTP_PREFIX)) return `Slack answered ${fault.error.slice(HTTP_PREFIX.length)}`;
      const needed = fault.needed === null ? '' : `, it needs ${fault.needed}`;
      return `Slack refused (${fault.error}${needed})`;
    }
    default:
      return unreachable(fault);
  }
}

const HTTP_PREFIX = 'http_';
const NOT_ABOUT_THE_CALL = [408, 425, 429]; // too slow, too early, too often: these say nothing about what was asked

/** Slack itself says everything with 200. Another status of the 400s, or 501, is a lesser server that refuses. */
function byStatus(status: number): SlackFault {
  const isRefusal = (status >= 400 && status < 500 && !NOT_ABOUT_THE_CALL.includes(status)) || status === 501;
  if (isRefusal) return { kind: 'refused', error: `${HTTP_PREFIX}${status}`, needed: null, details: null };
  return { kind: 'in-doubt', told: `Slack answered ${status}` };
}

function refused({ data }: WebAPIPlatformError): SlackFault {
  const error = data.error.replaceAll(/\s+/gu, ' ').trim().slice(0, 100);
  if (RATE_LIMITED.includes(error)) {
    const seconds = data.response_metadata?.retryAfter;
    return { kind: 'rate-limited', afterMs: seconds === undefined ? RATE_LIMIT_USUAL_MS : seconds * 1_000 };
  }
  if (error === UNREADABLE_ERROR) return { kind: 'in-doubt', told: UNREAD };
  if (IN_DOUBT.includes(error)) return { kind: 'in-doubt', told: 'Slack failed inside' };
  const messages = data.response_metadata?.messages ?? [];
  const needed = 'needed' in data && typeof data.needed === 'string' ? data.needed : null;
  return { kind: 'refused', error, needed, details: messages.length === 0 ? null : messages.join(' ').slice(0, 200) };
}

/** The codes of an error and everything that caused it, the outermost first. */
function codesOf(thrown: unknown): readonly string[] {
  const codes = chainOf(thrown).flatMap((one) => ('code' in one && typeof one.code === 'string' ? [one.code] : []));
  return codes.filter((code) => !code.startsWith('slack_')); // the SDK's own, which say less
}

function namesOf(thrown: unknown): readonly string[] {
  return chainOf(thrown).map(({ name }) => name);
}

function chainOf(thrown: unknown, depth = 0): readonly Error[] {
  if (!(thrown instanceof Error) || depth > 5) return [];
  const several = thrown instanceof AggregateError ? thrown.errors.flatMap((one) => chainOf(one, depth + 1)) : [];
  return [thrown, ...several, ...chainOf(thrown.cause, depth + 1)];
}
