import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { addDays, dayOf } from '../../src/domain/time.ts';
import type { PostFacts } from '../../src/ports/post.ts';
import { noonZone, setClock } from '../support/faults/clock.ts';
import { BOUNDARIES } from '../support/faults/crash.ts';
import { quiet, typeIn } from '../support/faults/outage.ts';
import { postsOf, reckon } from '../support/faults/reckoning.ts';
import type { Order, Show } from '../support/faults/show.ts';
import { isWorkerOf, openTwo, passLeases, type TwoProcesses } from '../support/faults/two.ts';
import { until } from '../support/faults/until.ts';
import { TEAM } from '../support/on-air.ts';
import { SERVER_URL } from '../support/real-postgres.ts';
import { exitOf, type Serving } from '../support/serving.ts';

const DAY_MS = 24 * 3_600_000;

/** Which of the two looks after the team's time. */
async function keeperOf({ show, first, second }: TwoProcesses): Promise<Serving> {
  const { leases } = show.engine.tables;
  const find = async (): Promise<Serving | undefined> => {
    const [lease] = await show.engine.read((db) => db.select().from(leases).where(eq(leases.teamId, TEAM)));
    return [first, second].find((serving) => isWorkerOf(serving, lease?.worker ?? null));
  };
  await until('the team to have one', async () => (await find()) !== undefined);
  return (await find()) as Serving;
}

/** What was rung for in Slack: each ring there is, in words. Two of a kind would be two here, whatever their keys. */
async function rung({ engine }: Show): Promise<readonly string[]> {
  const here = (await postsOf(engine)).filter(({ destinationId }) => destinationId.startsWith('slack:'));
  const words = here.flatMap((post) => {
    const facts = post.facts as PostFacts;
    if (facts.kind === 'alert-ring') return facts.rings.map(({ why, alert }) => `${alert.subject} ${why}`);
    if (facts.kind === 'reminder-ring') return facts.reminders.map(({ name, daysLeft }) => `${name}, ${daysLeft} days left`);
    return [];
  });
  return words.toSorted();
}

describe.skipIf(SERVER_URL === '')('what two processes owe together (TEST_DATABASE_URL)', () => {
  test('reminders and escalations come once while both live, and once when the one that looked after the team is killed', async () => {
    using ofFirst = setClock();
    using ofSecond = setClock();
    const zone = noonZone();
    const tomorrow = addDays(dayOf(Date.now(), zone), 1);
    const milestones = [{ name: 'Samples back', due: tomorrow, owner: 'priya' }];
    const drop = { id: 'late', name: 'Late', format: 'limited', stream: `${addDays(tomorrow, 9)}T19:00`, zone, currency: 'USD' };
    await using two = await openTwo({ plan: { milestones, drop }, env: [ofFirst.env, ofSecond.env] });
    const { show, first, second } = two;
    const clockOf = (serving: Serving) => (serving === first ? ofFirst : ofSecond);
    const setTo = (serving: Serving, aheadMs: number) => clockOf(serving).set({ process: () => serving }, aheadMs);
    expect((await show.order({ n: 1, sku: 'HOODIE-M', units: 40 }))?.status).toBe(200);
    await quiet(show);
    await Promise.all([first, second].map((serving) => setTo(serving, DAY_MS)));
    const BY_BOTH = ['HOODIE-M escalated', 'HOODIE-M opened', 'Samples back, 0 days left'];
    await until('the reminder and the escalation', async () => (await rung(show)).length >= BY_BOTH.length);
    await quiet(show);
    expect(await rung(show)).toEqual(BY_BOTH);

    const keeper = await keeperOf(two);
    const left = keeper === first ? second : first;
    expect((await show.order({ n: 2, sku: 'PIN', units: 60 }, left))?.status).toBe(200);
    const dead = exitOf(keeper);
    keeper.process.kill('SIGKILL');
    await dead;
    await passLeases(show, keeper);
    await setTo(left, 2 * DAY_MS);
    const BY_ONE = [...BY_BOTH, 'PIN escalated', 'PIN opened', 'Samples back, -1 days left'].toSorted();
    await until('the next reminder and escalation', async () => (await rung(show)).length >= BY_ONE.length);
    await quiet(show);
    expect(await rung(show)).toEqual(BY_ONE);
    expect((await reckon(show)).faults).toEqual([]);
  }, 120_000);

  const DEATHS = ['claim: before update posts (attempt_count, in_doubt)', 'order: after the 200'];
  test.each(DEATHS)(
    'the process that took an order dies at "%s": the other posts its alert, once',
    async (boundary) => {
      await using two = await openTwo({ env: [{}, { NODE_OPTIONS: BOUNDARIES, CRASH_AT: boundary }] });
      const { show, first, second } = two;
      expect((await show.order({ n: 1, sku: 'HOODIE-M', units: 36 }, second))?.status).toBe(200);
      // Where the first was quicker there is nothing left to claim, and the second dies all the same.
      await until('it to be dead', () => second.process.signalCode === 'SIGKILL', { withinMs: 3_000 }).catch(() => undefined);
      second.process.kill('SIGKILL');
      await until('it to be gone', () => second.process.signalCode === 'SIGKILL');
      await passLeases(show, second);
      await quiet(show);
      expect(first.process.exitCode).toBeNull();
      const alerts = (await postsOf(show.engine)).filter(({ kind }) => kind === 'alert');
      expect(alerts.map(({ state }) => state)).toEqual(alerts.map(() => 'settled'));
      expect(alerts.length).toBeGreaterThanOrEqual(2);
      expect((await reckon(show)).faults).toEqual([]);
    },
    60_000,
  );

  test('/pause in the one reaches every destination while orders go to the other, and each receipt is true', async () => {
    await using two = await openTwo();
    const { show, first, second } = two;
    // Typed into the first, which keeps the connections; one channel takes nothing.
    const closed = show.cast.discord.channels.host;
    show.discord.takePermission(closed, 'SEND_MESSAGES');
    const orders: readonly Order[] = Array.from({ length: 60 }, (_, n) => ({ n: n + 1, sku: 'PIN', units: 1 }));
    let sent = 0;
    const selling = (async () => {
      for (const order of orders) {
        sent += 1;
        await until('the order to be taken', async () => (await show.order(order, second))?.status === 200);
      }
    })();
    await until('orders to be under way', () => sent > 5);
    expect((await typeIn(show, '/pause all misprint')).text).toMatch(/paused/iu);
    const sentByThen = sent;
    await selling;
    expect(sentByThen).toBeLessThan(orders.length);
    const { receipts } = show.engine.tables;
    const told = async () => {
      const rows = await show.engine.read((db) => db.select().from(receipts).where(eq(receipts.verb, 'stop')));
      return Object.fromEntries(rows.map(({ surface, state }) => [surface, state]));
    };
    const { slack, discord } = show.cast;
    const channels = [
      ...Object.values(slack.channels).map((id) => `slack:${id}`),
      ...Object.values(discord.channels).map((id) => `discord:${id}`),
    ];
    const confirmed = Object.fromEntries(['announcements', ...channels].map((surface) => [surface, 'confirmed']));
    const truth = { ...confirmed, [`discord:${closed}`]: 'not-confirmed' };
    await until('every receipt to be decided', async () => !Object.values(await told()).includes('asked'));
    expect(await told()).toEqual(truth);
    await quiet(show);
    expect((await reckon(show)).faults).toEqual([]);
    expect(first.process.exitCode).toBeNull();
  }, 90_000);
});
