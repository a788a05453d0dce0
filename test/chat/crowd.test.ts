import { afterEach, beforeEach, expect, test } from 'vitest';
import { COMMANDS } from '../../commands/index.ts';
import { createFrontDoor } from '../../src/chat/dispatch.ts';
import type { FrontDoor } from '../../src/ports/chat.ts';
import type { TeamStore } from '../../src/ports/store.ts';
import { openStage, TEAM, type Stage } from '../commands/stage.ts';
import { NOW } from '../support/plan.ts';
import { rememberingLog } from '../support/web.ts';

const AT_ONCE = 5;
const CROWDED = 'Very much is being asked at once, so this was not done. Please try again in a moment.';
const place = { platform: 'console', channel: `${TEAM}-team` } as const;

let stage: Stage;
let door: FrontDoor;
let requests = 0;
let looking = 0; // who waits for the database
let isHeld = false;
let held = Promise.withResolvers<void>();

/** A front door that works on few at once, before a real store that tells who somebody is only when it is let go. */
beforeEach(async () => {
  stage = await openStage();
  [requests, looking, isHeld, held] = [0, 0, false, Promise.withResolvers<void>()];
  const { store } = stage;
  const slowly = (team: TeamStore): TeamStore => ({
    ...team,
    team: {
      ...team.team,
      async asking(account) {
        looking += 1;
        if (isHeld) await held.promise;
        return team.team.asking(account);
      },
    },
  });
  const needs = { commands: COMMANDS, clock: { now: () => NOW }, log: rememberingLog(), atOnceMax: AT_ONCE };
  door = createFrontDoor({ ...needs, store: { teamOf: store.teamOf, team: (id) => slowly(store.team(id)) } });
});
afterEach(() => stage[Symbol.asyncDispose]());

const account = (accountId: string) => ({ platform: 'console', accountId }) as const;
const ask = async (accountId: string, text: string): Promise<string> => {
  requests += 1;
  const request = { teamId: TEAM, account: account(accountId), place, requestKey: `r${requests}` };
  return (await door.run({ ...request, ask: { kind: 'text', text } })).message.summary;
};
const crowdOf = (count: number, text: string) => Array.from({ length: count }, (_, nth) => ask(`fan-${nth}`, text));

test('beyond what is worked on at once the public is told to try again, and a pause passes', async () => {
  isHeld = true;
  const inside = crowdOf(AT_ONCE, '/stock');
  await expect.poll(() => looking).toBe(AT_ONCE);
  expect(await Promise.all(crowdOf(100, '/stock'))).toEqual(Array.from({ length: 100 }, () => CROWDED));
  expect(await ask('a-fan', 'what is this')).toBe(CROWDED);
  expect(
    await door.suggest({ teamId: TEAM, account: account('a-fan'), place, command: 'stock', option: 'sku', typed: '' }),
  ).toEqual([]);
  expect(looking).toBe(AT_ONCE); // nobody of them cost the database anything
  const pausing = ask(`maya@${TEAM}`, '/pause lost the stream');
  await expect.poll(() => looking).toBe(AT_ONCE + 1);
  held.resolve();
  expect(await pausing).toMatch(/paused/iu);
  for (const answer of await Promise.all(inside)) expect(answer).not.toBe(CROWDED);
  expect(await ask('a-fan', '/stock')).not.toBe(CROWDED); // the room is free again
});

test('strangers who try what only a team may are bounded too; who was seen to be of the team is not', async () => {
  expect(await ask(`maya@${TEAM}`, '/stock')).not.toBe(CROWDED);
  looking = 0;
  isHeld = true;
  const inside = crowdOf(2 * AT_ONCE, '/pause now');
  await expect.poll(() => looking).toBe(2 * AT_ONCE);
  expect(await ask('a-fan', '/pause now')).toBe(CROWDED);
  const pausing = ask(`maya@${TEAM}`, '/pause lost the stream');
  await expect.poll(() => looking).toBe(2 * AT_ONCE + 1);
  held.resolve();
  expect(await pausing).toMatch(/paused/iu);
  for (const answer of await Promise.all(inside)) expect(answer).toContain('You need the role');
});
