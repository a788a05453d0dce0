import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { visibleText } from '../fakes/slack/index.ts';
import { postsOf, reckon } from '../support/faults/reckoning.ts';
import { causeOf, type Order } from '../support/faults/show.ts';
import { quiet } from '../support/faults/outage.ts';
import { isWorkerOf, openTwo, passLeases } from '../support/faults/two.ts';
import { until } from '../support/faults/until.ts';
import { SERVER_URL } from '../support/real-postgres.ts';
import { exitOf, type Serving } from '../support/serving.ts';

const ORDERS: readonly Order[] = Array.from({ length: 24 }, (_, n) => ({
  n: n + 1,
  sku: n % 4 === 3 ? 'PIN' : 'HOODIE-M',
  units: 2,
}));

describe.skipIf(SERVER_URL === '')('two processes on one PostgreSQL (TEST_DATABASE_URL)', () => {
  test('orders to both, and one is killed in the middle: the other finishes, and nothing is said twice', async () => {
    await using two = await openTwo();
    const { show, first } = two;
    // One connection to each platform, whoever keeps it.
    expect(show.slack.socketCount()).toBe(1);
    const to = (serving: Serving, order: Order) => show.order(order, serving);
    for (const order of ORDERS.slice(0, 12)) {
      await until(
        'the order to be taken',
        async () => (await to(order.n % 2 === 0 ? first : show.process(), order))?.status === 200,
      );
    }
    // Something is on its way from the first when it dies: the platform has it and does not answer.
    show.slack.weather.next('chat.postMessage', { kind: 'accept-then-hang' }, { channel: show.cast.slack.channels.alerts });
    await to(first, { n: 13, sku: 'HOODIE-M', units: 16 });
    const isLeased = async () => (await postsOf(show.engine)).some(({ leaseWorker }) => isWorkerOf(first, leaseWorker));
    // Mostly it is the first that sends it; where the second was faster, the first dies with nothing of its own.
    await until('a post to be on its way', isLeased, { withinMs: 5_000, everyMs: 2 }).catch(() => undefined);
    const dead = exitOf(first);
    first.process.kill('SIGKILL');
    await dead;
    await passLeases(show, first);
    await until('the second to let people in', () => show.slack.socketCount() === 1 && show.discord.gateway.isConnected());
    for (const order of ORDERS.slice(13))
      await until('the order to be taken', async () => (await show.order(order))?.status === 200);
    const { slack, cast } = show;
    const answer = await (await slack.slash(cast.slack.people.priya, cast.slack.channels.team, '/showcaller health')).answer();
    expect(visibleText(answer)).toContain('connected since');
    await quiet(show);
    expect((await reckon(show)).faults).toEqual([]);
    const { movements } = show.engine.tables;
    const causes = await show.engine.read((db) =>
      db.select({ cause: movements.cause }).from(movements).where(eq(movements.kind, 'commit')),
    );
    const sold = causes.map(({ cause }) => cause).toSorted();
    expect(sold).toEqual(ORDERS.map(causeOf).toSorted());
  }, 120_000);

  test('time is looked after by both, each team by one; a process that stops leaves all of it to the other', async () => {
    await using two = await openTwo();
    const { show, first } = two;
    const { leases } = show.engine.tables;
    const rows = () => show.engine.read((db) => db.select().from(leases));
    await until('both to be there', async () => (await rows()).filter(({ teamId }) => teamId === '').length === 2);
    const holders = async () => (await rows()).filter(({ teamId }) => teamId !== '').map(({ worker }) => worker.split('-')[0]);
    await until('the team to have one', async () => (await holders()).length === 1);
    const stopped = exitOf(first);
    first.process.kill('SIGTERM');
    expect(await stopped).toBe(0);
    const second = String(show.process().process.pid);
    await until('the second to have it', async () => (await holders()).join() === second);
    expect((await rows()).filter(({ teamId }) => teamId === '').map(({ worker }) => worker.split('-')[0])).toEqual([second]);
    await until('the second to let people in', () => show.slack.socketCount() === 1);
  }, 60_000);
});
