import type { Platform } from '../domain/team.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { PlatformReach } from '../ports/reach.ts';
import type { Engine } from '../store/engine/engine.ts';
import type { Connected } from './platforms.ts';

type Needs = {
  readonly platform: Platform;
  /** The same in every process that would open the same connection. */
  readonly name: string;
  readonly alone: Engine['alone'];
  readonly clock: Clock;
  readonly log: Log;
  readonly connect: (stopping: AbortSignal) => Promise<Connected>;
  readonly stopping: AbortSignal;
};

/**
 * A connection that one process at a time keeps: the others stand by, and the next takes over when it stops or dies. Resolves when
 * it was tried once, or another has it.
 */
export async function byTurns({ platform, name, alone, clock, log, connect, stopping }: Needs): Promise<Connected> {
  const standby = (): PlatformReach => ({ platform, kind: 'standby', sinceMs, reason: null, notes: [] });
  let sinceMs = clock.now();
  let turn: { readonly stop: AbortController; readonly done: Promise<void> } | null = null;
  let open: Connected | null = null;
  let tried = (): void => undefined;
  const once = new Promise<void>((resolve) => (tried = resolve));

  async function openOne(stop: AbortController): Promise<void> {
    try {
      const connection = await connect(AbortSignal.any([stopping, stop.signal]));
      if (stop.signal.aborted) await connection.close();
      else open = connection;
    } catch (fault) {
      log.error('platform.failed', { platform, fault: String(fault) });
    }
    tried();
  }

  const duty = alone(name, {
    begin() {
      log.info('platform.ours', { platform });
      const stop = new AbortController();
      turn = { stop, done: openOne(stop) };
    },
    wait() {
      log.info('platform.standby', { platform });
      sinceMs = clock.now();
      tried();
    },
    async end() {
      const ending = turn;
      ending?.stop.abort();
      await ending?.done;
      await open?.close().catch((fault: unknown) => log.error('platform.failed', { platform, fault: String(fault) }));
      open = null;
      turn = null;
      sinceMs = clock.now();
      log.info('platform.left', { platform });
    },
  });
  // Whose turn it is may not be known yet when this process is asked to stop.
  stopping.addEventListener('abort', tried, { once: true });
  if (stopping.aborted) tried();
  await once;
  if (stopping.aborted) await duty.stop();
  return {
    home: () => open?.home() ?? null,
    reach: () => (open === null ? standby() : { ...open.reach(), alone: true }),
    close: duty.stop,
  };
}
