import { expect, test } from 'vitest';
import { boundariesOf, crashAt } from '../support/faults/crash.ts';
import { crashPoints } from '../support/faults/crash-points.ts';

// One of each kind of boundary; `npm run faults` sweeps them all, on both engines.
const POINTS = [
  'order: before insert into posts',
  'order: after COMMIT',
  'claim: after COMMIT',
  'slack: chat.postMessage sent',
  'discord: POST /channels/:id/messages answered',
  'settle: before COMMIT',
  'command: before insert into receipts',
  'command: after COMMIT',
];

test('the list of crash points is what an evening reaches: a new write is swept too (npm run faults -- --record)', async () => {
  const { boundaries, crash } = await boundariesOf({ kind: 'sqlite' });
  expect(crash.faults).toEqual([]);
  expect(boundaries).toEqual(crashPoints().sqlite);
});

test.concurrent.each(POINTS)('kill -9 at "%s": nothing acknowledged is lost, everything is shown once', async (boundary) => {
  const { faults, died, orders, messages } = await crashAt({ boundary, nth: 1 }, { kind: 'sqlite' });
  expect({ died, faults, orders }).toEqual({ died: true, faults: [], orders: 3 });
  expect(messages).toBeGreaterThan(20);
});
