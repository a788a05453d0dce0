import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLog } from '../../src/log.ts';
import { openStore } from '../../src/store/store.ts';
import { completions } from '../../src/verbs/complete.ts';
import { openHouse, type House } from '../../src/verbs/house.ts';
import { temporarySqlite } from '../support/engines.ts';
import { NOW, planFor } from '../support/plan.ts';

const TEAM = 'night-market';
const { engine, remove } = temporarySqlite();
let house: House;
beforeAll(async () => {
  const store = openStore(engine);
  await store.importPlan({ plan: planFor(TEAM), by: null, nowMs: NOW });
  house = openHouse({ store, clock: { now: () => NOW }, log: openLog('error'), senders: new Map() });
});
afterAll(remove);

const tab = (line: string, accountId = `priya@${TEAM}`) =>
  completions({
    line,
    seat: { account: { platform: 'console', accountId }, place: { platform: 'console', channel: `${TEAM}-team` } },
    teamId: TEAM,
    suggest: house.door.suggest,
    words: ['/as'],
  });

test.each([
  ['/sto', ['/stock ']],
  ['/milestone m', ['/milestone move ']],
  ['/a', ['/as ', '/alert ack ', '/alert snooze ', '/alert dismiss ', '/alert test ']],
  ['/stock HOODIE-', ['/stock HOODIE-S ', '/stock HOODIE-M ', '/stock HOODIE-L ']],
  ['/pause p', ['/pause PIN ']],
  ['/nothing x', []],
  ['hello', []],
])('Tab after %j', async (line, proposed) => expect((await tab(line)).toSorted()).toEqual(proposed.toSorted()));

test('nothing is proposed to whom the command is refused', async () => {
  expect(await tab('/pause p', 'a-fan')).toEqual([]);
});
