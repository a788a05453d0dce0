import { schedule } from 'node-cron';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import type { LostPlatform } from '../ports/store/posts.ts';
import { tickTeams } from './ticks.ts';

const EVERY_MS = 1_000;
const EVERY_NIGHT = '17 4 * * *';

/**
 * Wakes the jobs. Each second by a clock nobody sets: cron stands still for as long as the wall clock was set back by, and works off
 * each of the 86,400 seconds of a day that was skipped. Each night by cron, in UTC always, because its schedules pause elsewhere when
 * the clocks go back.
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

  const seconds = setInterval(tick, EVERY_MS);
  const nights = schedule(
    EVERY_NIGHT,
    () => retire(clock.now()).catch((fault: unknown) => log.error('retention.failed', { fault: String(fault) })),
    { timezone: 'UTC', noOverlap: true },
  );
  return {
    async stop() {
      clearInterval(seconds);
      await nights.destroy();
      await running;
    },
  };
}
