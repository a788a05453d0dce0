import { afterEach, expect, test } from 'vitest';
import {
  ask,
  expectReceiptsTrue,
  expectTrue,
  lanesShown,
  noticeTrouble,
  openShow,
  sell,
  settle,
  textsIn,
  type Show,
} from '../support/show.ts';
import { runsOf } from '../support/hostile.ts';
import { PLATFORM_FAULTS } from './platform-faults.ts';

let show: Show | null = null;
afterEach(async () => {
  await show?.[Symbol.asyncDispose]();
  show = null;
});

// Every third in `npm test`. A long run plays each as often as it is asked to: what is under way when a fault strikes is another each time.
const IS_SHORT = process.env['FAULTS_RUNS'] === undefined;
const RUNS = runsOf(1);
const FAULTS = PLATFORM_FAULTS.filter((_, index) => !IS_SHORT || index % 3 === 0);
const CLOSE_CODES = [4_009, ...(IS_SHORT ? [] : [4_000, 4_003, 4_007, 4_008])];
const CASES = Array.from({ length: RUNS }, (_, run) =>
  FAULTS.map((fault) => [RUNS === 1 ? fault.name : `${fault.name} (${run + 1})`, fault] as const),
).flat();

test.each(CASES)('%s', async (_, fault) => {
  show = await openShow();
  await fault.begin(show);
  await Promise.all([sell(show, 'HOODIE-S', 36), sell(show, 'HOODIE-M', 58)]);
  expect(await ask(show, fault.typedOn, 'pause', { what: 'all', reason: 'misprint' })).toContain('being told now');
  await show.drain();
  await sell(show, 'HOODIE-L', 7);
  show.forward(11_000); // the reminder
  await noticeTrouble(show);
  await expectReceiptsTrue(show, fault.gone);
  const health = await ask(show, fault.typedOn, 'showcaller health');
  for (const words of fault.health) expect(health).toMatch(words);
  expect(textsIn(show, fault.typedOn, 'team').join('\n')).toMatch(fault.told ?? /./);

  await fault.end?.(show);
  await sell(show, 'HOODIE-L', 30); // three left: an alert after it
  await settle(show);
  await expectTrue(show, fault);
});

test.each(['slack', 'discord'] as const)(
  'when the waiting that %s asked for is over, what is critical goes first',
  async (platform) => {
    show = await openShow();
    const { slack, discord, cast } = show;
    const before = await lanesShown(show, platform);
    for (const channel of ['team', 'alerts'] as const) {
      const waits = { kind: 'rate-limited', retryAfterSeconds: 30 } as const;
      if (platform === 'slack') slack.weather.next('chat.postMessage', waits, { channel: cast.slack.channels[channel] });
      else discord.weather({ ...waits, scope: 'shared' }, { channel: cast.discord.channels[channel] });
    }
    show.forward(11_000);
    await show.tick(); // the reminder comes first, and is held
    await show.drain();
    await sell(show, 'HOODIE-S', 36); // a live alert, then a critical one, then the pause
    await sell(show, 'HOODIE-M', 58);
    await ask(show, platform === 'slack' ? 'discord' : 'slack', 'pause', { what: 'all', reason: 'misprint' });
    await show.drain();
    show.forward(31_000);
    await show.drain();
    const after = await lanesShown(show, platform);
    for (const channel of ['team', 'alerts'] as const) {
      const lanes = after[channel].slice(before[channel].length);
      expect(lanes.length).toBeGreaterThan(1);
      expect([channel, lanes]).toEqual([channel, lanes.toSorted((a, b) => a - b)]);
      expect([channel, lanes[0]]).toEqual([channel, 0]);
    }
    await settle(show);
    await expectTrue(show, {});
  },
);

test.each(CLOSE_CODES)(
  'Discord closes the gateway with %i in the middle of a show: a new command is answered',
  async (code) => {
    show = await openShow();
    const { discord } = show;
    const connectedAgain = discord.gateway.identifies() + discord.gateway.resumes() + 1;
    discord.dropGateway({ code, resumable: code !== 4_007 && code !== 4_009 });
    await sell(show, 'HOODIE-S', 36);
    // Another session may be asked for once in five seconds.
    await discord.until(() => discord.gateway.identifies() + discord.gateway.resumes() >= connectedAgain, 15_000);
    expect(await ask(show, 'discord', 'pause', { what: 'all', reason: 'misprint' })).toContain('being told now');
    expect(await ask(show, 'discord', 'showcaller health')).toMatch(/Discord connected since/);
    await settle(show);
    await expectTrue(show, {});
  },
  30_000,
);
