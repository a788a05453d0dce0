import { schedule } from 'node-cron';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import { tickTeams, type Connections } from './ticks.ts';

const EVERY_MS = 1_000;
const EVERY_NIGHT = '17 4 * * *';
const LEASE_MS = 15_000; // a process that dies is missed for this long at most

/** Does a work while no other process does it. */
type Alone = (
  name: string,
  work: { readonly begin: () => void; readonly wait: () => void; readonly end: () => Promise<void> },
) => { readonly stop: () => Promise<void> };

/**
 * Wakes the jobs. Each second by a clock nobody sets: cron stands still for as long as the wall clock was set back by, and works off
 * each of the 86,400 seconds of a day that was skipped. Each night by cron, in UTC always, because its schedules pause elsewhere when
 * the clocks go back. Of several processes each looks after its share of the teams, and one keeps the night.
 */
export function startWaking(needs: {
  store: Store;
  worker: string;
  retire: (nowMs: number) => Promise<void>;
  alone: Alone;
  platforms: Connections;
  clock: Clock;
  log: Log;
}): {
  stop: () => Promise<void>;
} {
  const { store, worker, retire, alone, platforms, clock, log } = needs;
  let running: Promise<void> | null = null;
  let keepsNight = false;
  const share = (): Promise<readonly string[]> => store.share.take({ worker, leaseMs: LEASE_MS });

  function tick(): void {
    // A tick that takes longer than a second is not joined by a second one.
    running ??= tickTeams({ store, log, platforms, share }, clock.now())
      .catch((fault: unknown) => log.error('ticks.failed', { fault: String(fault) }))
      .finally(() => (running = null));
  }

  async function night(): Promise<void> {
    if (!keepsNight) return;
    await retire(clock.now()).catch((fault: unknown) => log.error('retention.failed', { fault: String(fault) }));
  }

  const watch = alone('retention', {
    begin: () => (keepsNight = true),
    wait: () => undefined,
    end: async () => void (keepsNight = false),
  });
  const seconds = setInterval(tick, EVERY_MS);
  const nights = schedule(EVERY_NIGHT, night, { timezone: 'UTC', noOverlap: true });
  return {
    async stop() {
      clearInterval(seconds);
      await Promise.all([nights.destroy(), watch.stop()]);
      await running;
      // One that cannot say so is missed when its lease is over.
      await store.share.leave(worker).catch((fault: unknown) => log.warn('share.kept', { fault: String(fault) }));
    },
  };
}
