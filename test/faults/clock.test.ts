import { expect, test } from 'vitest';
import { addDays, dayOf } from '../../src/domain/time.ts';
import { visibleText } from '../fakes/slack/index.ts';
import { noonZone, setClock } from '../support/faults/clock.ts';
import { quiet, typeIn } from '../support/faults/outage.ts';
import { postsOf, reckon } from '../support/faults/reckoning.ts';
import { connected, openShow, sqliteGround, type Show } from '../support/faults/show.ts';
import { until } from '../support/faults/until.ts';

const HOUR_MS = 3_600_000;
const SOON = { withinMs: 20_000 };

const taken = async (show: Show, n: number, sku: string, units: number): Promise<void> =>
  expect((await show.order({ n, sku, units }))?.status).toBe(200);

test('the clock jumps back an hour: cards are edited, alerts ring and receipts fall due as before, and nothing is said twice', async () => {
  using clock = setClock();
  await using show = await openShow({ ground: sqliteGround(), env: clock.env });
  show.discord.takePermission(show.cast.discord.channels.host, 'SEND_MESSAGES');
  await show.start();
  await connected(show);
  await taken(show, 1, 'HOODIE-M', 33);
  await quiet(show);
  await clock.set(show, -HOUR_MS);
  await taken(show, 2, 'HOODIE-M', 4);
  await taken(show, 3, 'HOODIE-M', 4);
  await quiet(show, SOON.withinMs);
  // Ticks go on: a channel that does not confirm is told after five seconds.
  expect((await typeIn(show, '/pause all misprint')).text).toMatch(/paused/iu);
  const { receipts } = show.engine.tables;
  const states = () => show.engine.read((db) => db.select({ state: receipts.state }).from(receipts));
  await until('NOT CONFIRMED', async () => (await states()).some(({ state }) => state === 'not-confirmed'), SOON);
  await quiet(show, SOON.withinMs);
  expect((await reckon(show)).faults).toEqual([]);
}, 90_000);

test('the clock jumps a day forward: what fell due meanwhile is said once, and says that it is late', async () => {
  using clock = setClock();
  const zone = noonZone();
  const tomorrow = addDays(dayOf(Date.now(), zone), 1);
  const milestones = [0, 0, 2, 2, 7].map((days, n) => ({ name: `Step ${n}`, due: addDays(tomorrow, days), owner: 'priya' }));
  const drop = { id: 'late', name: 'Late', format: 'limited', stream: `${addDays(tomorrow, 9)}T19:00`, zone, currency: 'USD' };
  await using show = await openShow({ ground: sqliteGround(), env: clock.env, plan: { milestones, drop } });
  await show.start();
  await connected(show);
  expect((await typeIn(show, '/pause PIN misprint for:30m')).text).toMatch(/paused/iu);
  await quiet(show);
  await clock.set(show, 24 * HOUR_MS);
  const reminded = async () => (await postsOf(show.engine)).filter(({ kind }) => kind.startsWith('reminder'));
  const setMs = performance.now();
  await taken(show, 1, 'PIN', 1);
  // Nothing works off a day's worth of seconds while a shop waits.
  expect(performance.now() - setMs).toBeLessThan(5_000);
  await until('the reminders', async () => (await reminded()).length > 0, SOON);
  await quiet(show, SOON.withinMs);

  const { slack, cast } = show;
  const texts = slack.messages(cast.slack.channels.team).map((message) => visibleText(message));
  const ofSteps = texts.filter((text) => text.includes('Step'));
  // A card for each, and one ring for all of hers.
  expect(ofSteps).toHaveLength(6);
  expect(ofSteps.filter((text) => /late/u.test(text)).length).toBeGreaterThan(0);
  const rings = (await reminded()).filter(({ kind }) => kind === 'reminder-ring');
  expect(new Set(rings.map(({ key }) => key)).size).toBe(1);
  expect(rings.flatMap(({ pinged }) => pinged ?? [])).toEqual(['priya']);
  // Its half hour is over: said once in each channel.
  const over = texts.filter((text) => /resumed|runs again/iu.test(text));
  expect(over.length).toBeGreaterThan(0);
  expect((await reckon(show)).faults).toEqual([]);
}, 90_000);
