import { expect, test } from 'vitest';
import { setClock } from '../support/faults/clock.ts';
import { openShow, sqliteGround } from '../support/faults/show.ts';
import { stopFor } from '../support/faults/stopped.ts';

// `npm run faults` waits for the whole five minutes; here the clock is moved on instead.
const STOPPED_MS = 3_000;
const FIVE_MINUTES_MS = 5 * 60_000;

test('stopped for five minutes (SIGSTOP): it goes on by itself, what ended meanwhile is said once, nothing is posted twice', async () => {
  using clock = setClock();
  await using show = await openShow({ ground: sqliteGround(), env: clock.env });
  await show.start();
  const stopped = await stopFor(show, { stoppedMs: STOPPED_MS, standsForMs: FIVE_MINUTES_MS, clock });
  expect(stopped).toMatchObject({ faults: [], doubled: [], orderStatus: 200, resumedTold: 1 });
  expect(stopped.answeredAfterMs).toBeLessThan(5_000);
}, 90_000);
