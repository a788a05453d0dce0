import { expect, test } from 'vitest';
import { limitFileSize, mayMount, smallDisk } from '../support/faults/disk.ts';
import { sitOut, type Outage } from '../support/faults/outage.ts';
import { openShow, sqliteGround } from '../support/faults/show.ts';

const FULL_MS = 4_000;

function expectServed({ refused, otherwise, faults, answers, ackSlowestMs }: Outage): void {
  expect({ otherwise, faults }).toEqual({ otherwise: [], faults: [] });
  expect(refused).toBeGreaterThan(0);
  // `/stock` only reads, and may be answered; `/pause` has to write.
  expect(answers[1]).toContain('Something went wrong on our side');
  expect(answers[0]).toMatch(/Something went wrong on our side|PIN/u);
  expect(ackSlowestMs).toBeLessThan(3_000);
}

test('no file may grow: orders are told to come again, commands are answered, and all goes on by itself', async () => {
  await using show = await openShow({ ground: sqliteGround() });
  const pid = (): number => show.process().process.pid ?? 0;
  const outage = await sitOut(show, {
    begin: () => limitFileSize(pid(), 1),
    end: () => limitFileSize(pid(), 'unlimited'),
    lastsMs: FULL_MS,
  });
  expectServed(outage);
}, 120_000);

test.skipIf(!mayMount())(
  'a disk with no byte left: the same (skipped where nobody may mount one)',
  async () => {
    using disk = smallDisk();
    await using show = await openShow({ ground: sqliteGround(disk.folder) });
    const outage = await sitOut(show, { begin: disk.fill, end: disk.free, lastsMs: FULL_MS });
    expectServed(outage);
  },
  120_000,
);
