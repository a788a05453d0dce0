import { afterEach, expect, test, vi } from 'vitest';
import type { Answers } from '../../../src/chat/discord/answer.ts';
import { press } from '../../../src/chat/discord/press.ts';
import type { Body } from '../../../src/chat/discord/render.ts';
import { keptLog, recordingDoor } from './stage.ts';

afterEach(() => vi.useRealTimers());

test('a button of which nothing can be found out runs nothing, however long that takes, and says so', async () => {
  vi.useFakeTimers();
  const { door, slow, requests } = recordingDoor();
  slow.until = new Promise(() => undefined);
  const said: string[] = [];
  const shown: Body[] = [];
  const did = (what: string) => (): Promise<boolean> => {
    said.push(what);
    return Promise.resolve(true);
  };
  const answers: Answers = {
    defer: did('defer'),
    deferUpdate: did('deferUpdate'),
    openForm: did('openForm'),
    say: did('say'),
    replace: did('replace'),
    propose: did('propose'),
    complete: (_, body) => {
      shown.push(body);
      return Promise.resolve('1');
    },
  };
  const asker = { interactionId: '1', token: 't', applicationId: '901', guildId: '100', channel: '5', userId: '7' };
  const room = { door, answers, log: keptLog(), typedInto: new Map() };
  const pressed = press(room, asker, { customId: 'v1', messageId: '44' });
  await vi.advanceTimersByTimeAsync(2_100);
  expect([said, shown]).toEqual([['defer'], []]);
  await vi.advanceTimersByTimeAsync(30_000);
  await pressed;
  expect(shown[0]?.embeds[0]?.description).toBe(
    '✗ Finding out what this button does took too long. Nothing was done. Please press it again.',
  );
  expect([said, shown.length, requests]).toEqual([['defer'], 1, []]);
});
