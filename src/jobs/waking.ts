import { schedule } from 'node-cron';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import type { LostPlatform } from '../ports/store/posts.ts';
import { tickTeams } from './ticks.ts';

const EVERY_SECOND = '* * * * * *';
const EVERY_NIGHT = '17 4 * * *';

/**
 * Wakes the jobs by the wall clock. Cron only wakes them; in UTC always, because elsewhere its sub-hourly schedules stand
 * still for up to an hour when the clocks go back.
 */
export function startWaking(needs: {
  store: Store;
  retire: (nowMs: number) => Promise<void>;
  lost: () => readonly LostPlatform[];
  clock: Clock;
  log: Log;
}): {
  stop: () => Promise<void>;
} {
  const { store, retire, lost, clock, log } = needs;
  let running: Promise<void> | null = null;

  function tick(): void {
    // A tick that takes longer than a second is not joined by a second one.
    running ??= tickTeams({ store, log, lost }, clock.now())
      .catch((fault: unknown) => log.error('ticks.failed', { fault: String(fault) }))
      .finally(() => (running = null));
  }

  const options = { timezone: 'UTC', noOverlap: true };
  const seconds = schedule(EVERY_SECOND, tick, options);
  const nights = schedule(
    EVERY_NIGHT,
    () => retire(clock.now()).catch((fault: unknown) => log.error('retention.failed', { fault: String(fault) })),
    options,
  );
  return {
    async stop() {
      await Promise.all([seconds.destroy(), nights.destroy()]);
      await running;
    },
  };
}
