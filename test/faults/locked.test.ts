import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { sitOut } from '../support/faults/outage.ts';
import { faultGround, openShow } from '../support/faults/show.ts';

// Longer than a write waits for another process; `npm run faults` holds it for 30 s.
const LOCKED_MS = 8_000;

test('another process holds the database: commands are acknowledged and answered, orders sent again, nothing is lost', async () => {
  const ground = await faultGround('sqlite');
  await using show = await openShow({ ground });
  const other = new Database(ground.url.replace('file:', ''));
  const { refused, otherwise, faults, answers, slowestMs, ackSlowestMs } = await sitOut(show, {
    begin: () => void other.exec('BEGIN EXCLUSIVE'),
    end: () => void other.exec('ROLLBACK'),
    lastsMs: LOCKED_MS,
  });
  other.close();
  expect({ otherwise, faults }).toEqual({ otherwise: [], faults: [] });
  expect(refused).toBeGreaterThan(0);
  expect(answers.filter((text) => !text.includes('Something went wrong on our side'))).toEqual([]);
  // Nothing stands still meanwhile: a platform shows "did not respond" after 3 s, a shop hangs up after 5 s or so.
  expect(ackSlowestMs).toBeLessThan(3_000);
  expect(slowestMs).toBeLessThan(LOCKED_MS);
});
