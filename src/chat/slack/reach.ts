import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { PlatformReach } from '../../ports/reach.ts';
import { faultWords, isUnknownMethod, slackFault, TOKEN_ERRORS, tokenWords } from './faults.ts';
import type { SlackNotes } from './notes.ts';

const AGAIN_FIRST_MS = 1_000;
const AGAIN_MAX_MS = 30_000;
const TOKEN_AGAIN_MS = 60_000; // a token that was refused is seldom accepted later, but an operator may just have fixed it

/** How Slack can be reached. */
export type Reach = {
  readonly state: () => PlatformReach;
  readonly connected: () => void;
  readonly lost: (reason: string) => void;
};

/** Keeps how Slack can be reached, and logs each change once. */
export function createReach({
  clock,
  log,
  notes,
}: {
  readonly clock: Clock;
  readonly log: Log;
  readonly notes: SlackNotes;
}): Reach {
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

type Setting = 'SLACK_BOT_TOKEN' | 'SLACK_APP_TOKEN';

class NotConnected extends Error {
  readonly setting: Setting; // whose call it was

  constructor(cause: unknown, setting: Setting) {
    super('not connected to Slack', { cause });
    this.setting = setting;
  }
}

/** Throws on, with whose call it was. */
export function because(setting: Setting): (thrown: unknown) => never {
  return (thrown) => {
    throw new NotConnected(thrown, setting);
  };
}

/** How long to wait after so many failures one after another. */
export function againMs(failures: number): number {
  return Math.min(AGAIN_MAX_MS, AGAIN_FIRST_MS * 2 ** failures);
}

/** Why there is no connection, and how long to wait, usually `waitMs`, before trying again. */
export function whyNot(thrown: unknown, waitMs: number): { readonly reason: string; readonly waitMs: number } {
  const fault = slackFault(thrown instanceof NotConnected ? thrown.cause : thrown);
  if (fault.kind === 'rate-limited') return { reason: faultWords(fault), waitMs: Math.max(waitMs, fault.afterMs) };
  if (fault.kind !== 'refused' || !(thrown instanceof NotConnected)) return { reason: faultWords(fault), waitMs };
  if (TOKEN_ERRORS.includes(fault.error)) return { reason: tokenWords(fault.error, thrown.setting), waitMs: TOKEN_AGAIN_MS };
  if (isUnknownMethod(fault)) {
    return { reason: 'This Slack server has no Socket Mode (apps.connections.open)', waitMs: TOKEN_AGAIN_MS };
  }
  return { reason: faultWords(fault), waitMs };
}
