import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Show } from './show.ts';
import { until } from './until.ts';

const PRELOAD = new URL('../../faults/preload/clock.ts', import.meta.url).pathname;

/** The wall clock of a process, as an administrator sets it. `env` goes with its start. */
export type SetClock = Disposable & {
  readonly env: NodeJS.ProcessEnv;
  /** Sets it so far ahead of the machine's (or, less than 0, behind it), while it runs. */
  readonly set: (show: Pick<Show, 'process'>, aheadMs: number) => Promise<void>;
};

export function setClock(): SetClock {
  const folder = mkdtempSync(join(tmpdir(), 'showcaller-clock-'));
  const file = join(folder, 'ahead');
  return {
    env: { NODE_OPTIONS: `--import=${PRELOAD}`, CLOCK_FILE: file },
    async set(show, aheadMs) {
      writeFileSync(file, String(aheadMs));
      show.process().process.kill('SIGUSR2');
      await until(
        'the clock to be set',
        () => existsSync(`${file}.set`) && readFileSync(`${file}.set`, 'utf8') === String(aheadMs),
      );
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A zone in which it is between 12:00 and 13:00 now, so that 09:00 of tomorrow is less than a day away and more than an hour past by then. */
export function noonZone(): string {
  const hourIn = (timeZone: string): string =>
    new Intl.DateTimeFormat('en', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(new Date());
  const zone = Intl.supportedValuesOf('timeZone').find((one) => one.includes('/') && hourIn(one) === '12');
  if (zone === undefined) throw new Error('it is noon nowhere');
  return zone;
}
