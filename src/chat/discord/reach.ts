import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';

/** How the connection stands, since when, and why it is lost (null while connected). */
export type ConnectionState = {
  readonly kind: 'connected' | 'lost';
  readonly sinceMs: number;
  readonly reason: string | null;
};

export const TOKEN_REFUSED = 'Discord does not accept the bot’s token. Put a new one into DISCORD_TOKEN and restart.';

export type Reach = {
  readonly state: () => ConnectionState;
  /** Resolves when it became something for the first time, or `settle` was called. */
  readonly settled: Promise<void>;
  readonly settle: () => void;
  readonly become: (kind: ConnectionState['kind'], reason: string | null) => void;
};

/** Remembers how Discord can be reached, and logs each change once. */
export function createReach({ clock, log }: { readonly clock: Clock; readonly log: Log }): Reach {
  const settled = Promise.withResolvers<void>();
  let state: ConnectionState = { kind: 'lost', sinceMs: clock.now(), reason: 'not connected yet' };
  return {
    state: () => state,
    settled: settled.promise,
    settle: settled.resolve,
    become(kind, reason) {
      settled.resolve();
      if (state.kind === kind && state.reason === reason) return;
      state = { kind, reason, sinceMs: state.kind === kind ? state.sinceMs : clock.now() };
      if (kind === 'connected') log.info('discord.connected');
      else log.warn('discord.lost', { reason });
    },
  };
}
