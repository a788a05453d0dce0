import { expect, test } from 'vitest';
import { faultGround } from '../support/faults/show.ts';
import { soak } from '../support/faults/soak.ts';

// `npm run soak` goes on for half an hour, at 500 orders a second.
test('a quarter of a minute of orders with commands and pauses: levels exact, posts as the platforms show them', async () => {
  const ground = await faultGround('sqlite');
  const { faults, orders, commands, pauses } = await soak({ ground, forMs: 15_000, perSecond: 100 }, () => undefined);
  expect(faults).toEqual([]);
  expect(orders).toBeGreaterThan(500);
  expect(commands).toBeGreaterThanOrEqual(4);
  expect(pauses).toBeGreaterThan(0);
}, 90_000);
