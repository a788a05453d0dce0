import * as fc from 'fast-check';
import { asc, eq } from 'drizzle-orm';
import { afterAll, expect, test, vi } from 'vitest';
import type { AlertFacts } from '../../src/ports/post.ts';
import { checkLedger } from '../../src/store/stock/ledger-check.ts';
import { visibleText } from '../fakes/slack/index.ts';
import { setClock } from '../support/faults/clock.ts';
import { openLines, type Lines } from '../support/faults/delivery.ts';
import { quiet } from '../support/faults/outage.ts';
import { reckon } from '../support/faults/reckoning.ts';
import { lifeArb, live, openShop, orderTold, refundTold, type Shop, type Told } from '../support/faults/shop.ts';
import { connected, openShow, sqliteGround, type Order, type Show } from '../support/faults/show.ts';
import { until } from '../support/faults/until.ts';
import { PROPERTY_MS_MAX, runsOf } from '../support/hostile.ts';
import { TEAM } from '../support/on-air.ts';
import { INTAKE_SECRET, rowCounts } from '../support/web.ts';

const RUNS = runsOf(1);
const LIVES = 150 * RUNS;
const REFUNDS = 10_000 * RUNS;
const BACKLOG = 1_500 * RUNS;
const CONNECTIONS = 64;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
// Another evening each time a long run asks for many; the same one in `npm test`.
const SEED = RUNS;
const SKUS = ['HOODIE-S', 'HOODIE-M', 'HOODIE-L', 'PIN'] as const;
const PLENTY = new Map(SKUS.map((sku) => [sku, 10_000_000]));
vi.setConfig({ testTimeout: PROPERTY_MS_MAX });

const sent: string[] = [];
afterAll(() => console.info(`shops: ${sent.join(', ')}`));

const shuffled = <T>(list: readonly T[]): readonly T[] =>
  fc.sample(fc.shuffledSubarray([...list], { minLength: list.length }), { numRuns: 1, seed: SEED })[0] ?? [];

async function openSelling(): Promise<Show> {
  const env = { SHOWCALLER_INTAKE_SECRET: `${TEAM}=${INTAKE_SECRET}` };
  const show = await openShow({ ground: sqliteGround(), counts: PLENTY, env });
  await show.start();
  return show;
}

/** What the ledger holds is what the shop itself counts, and folds to the same. */
async function expectLevels({ engine }: Show, { shelves }: Shop): Promise<void> {
  const { levels } = engine.tables;
  const rows = await engine.read((db) => db.select().from(levels).where(eq(levels.teamId, TEAM)));
  const are = rows.map(({ sku, onHand, committed, held, damaged }) => [sku, { onHand, committed, held, damaged }] as const);
  expect(new Map(are)).toEqual(shelves);
  expect(await checkLedger(engine, TEAM)).toEqual([]);
}

/** What was answered how often: `{"200 {\"repeat\":1}": 12}`. */
async function answersOf(lines: Lines, told: readonly Told[], more?: Parameters<Told['wrapped']>[0]) {
  const answers = await Promise.all(told.map((one) => lines.deliver(one.wrapped(more))));
  return Object.fromEntries(
    [...Map.groupBy(answers, ({ status, text }) => `${status} ${text}`)].map(([answer, all]) => [answer, all.length]),
  );
}

test('lives of orders, doubled, reordered, cut off, by clocks that differ, come to what the shop counts; replays move nothing', async () => {
  await using show = await openSelling();
  using lines = openLines(show.process().port, 32);
  const shop = openShop(PLENTY);
  const placedMs = Date.now() + HOUR_MS; // after the opening count by any of the clocks
  const lives = fc.sample(lifeArb(SKUS), { numRuns: LIVES, seed: SEED });
  const told = lives.flatMap((life, n) => live(shop, life, placedMs + n * 1_000, `life-${n}`));
  const again = told.filter((_, index) => index % 3 === 0);
  const halves = told.filter((_, index) => index % 7 === 0);

  await Promise.all([
    ...shuffled([...told, ...again]).map(async (one) => {
      const { status, text } = await lines.deliver(one.wrapped());
      expect([one.eventKey, status, text]).toEqual([one.eventKey, 200, expect.stringMatching(/recorded|repeat|older/u)]);
    }),
    ...halves.map((one) => lines.deliverHalf(one.wrapped())),
  ]);
  await expectLevels(show, shop);
  const kept = await rowCounts(show);
  expect(kept).toMatchObject({ events: new Set(told.map(({ eventKey }) => eventKey)).size, orders: LIVES, setAside: 0 });

  // The same events once more: each is known by its id.
  expect(await answersOf(lines, told)).toEqual({ '200 {"repeat":1}': told.length });
  expect(await rowCounts(show)).toEqual(kept);

  // A replay that a captured signature still fits, outside five minutes, is nobody's word.
  const standard = told.filter(({ via }) => via === 'standard');
  for (const aheadMs of [-6 * MINUTE_MS, 6 * MINUTE_MS]) {
    const at = new Date(Date.now() + aheadMs);
    const answers = await Promise.all(standard.map((one) => lines.deliver(one.wrapped({ eventId: `late ${one.eventKey}`, at }))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
  }
  expect(await rowCounts(show)).toEqual(kept);

  // Under ids never heard, as when a shop begins anew: versions and refund ids tell that nothing of it is new.
  const anew = await Promise.all(shuffled(told).map((one, index) => lines.deliver(one.wrapped({ eventId: `anew-${index}` }))));
  expect(anew.filter(({ text }) => !/^\{"(repeat|older)":1\}$/u.test(text))).toEqual([]);
  expect((await rowCounts(show)).movements).toBe(kept['movements']);
  await expectLevels(show, shop);
  sent.push(
    `${told.length} facts of ${LIVES} orders in ${told.length * 3 + again.length + halves.length + standard.length * 2} deliveries`,
  );
});

test('ten thousand refunds at once over 64 connections, some before their orders, some twice: each once, levels exact', async () => {
  await using show = await openSelling();
  using lines = openLines(show.process().port, CONNECTIONS);
  const shop = openShop(PLENTY);
  const placedMs = Date.now() + HOUR_MS;
  const orders = Array.from({ length: REFUNDS / 10 }, (_, n) => {
    const order = shop.place([{ sku: SKUS[n % 4] ?? 'PIN', units: 12 }], placedMs + n);
    const [line] = order.lines;
    if (line === undefined) throw new Error('an order has a line');
    // Every other one has left the house: its units come back, to be looked at.
    if (n % 2 === 1) shop.ship(line, 12);
    const created = orderTold(order, 'orders/create', `order-${n}`);
    const refunds = Array.from({ length: 10 }, (__, k) => {
      const how = n % 2 === 1 ? 'return' : k % 2 === 0 ? 'cancel' : 'no_restock';
      return refundTold(order, shop.refund(order, line, 1, how), `refund-${n}-${k}`);
    });
    return { created, refunds };
  });
  const refunds = orders.flatMap((order) => order.refunds);
  const [before, among] = [orders.slice(0, orders.length / 2), orders.slice(orders.length / 2)];
  await answersOf(
    lines,
    before.map(({ created }) => created),
  );

  const burst = shuffled([...refunds, ...refunds.filter((_, index) => index % 10 === 0), ...among.map(({ created }) => created)]);
  const beganMs = performance.now();
  const answers = await answersOf(lines, burst);
  const tookMs = performance.now() - beganMs;
  expect(answers).toEqual({ '200 {"recorded":1}': refunds.length + among.length, '200 {"repeat":1}': refunds.length / 10 });
  await expectLevels(show, shop);
  const rows = await show.engine.read((db) =>
    db.select({ refunds: show.engine.tables.orders.refunds }).from(show.engine.tables.orders),
  );
  const ids = rows.flatMap((row) => (row.refunds as readonly (readonly [refundId: string])[]).map(([refundId]) => refundId));
  expect([ids.length, new Set(ids).size]).toEqual([refunds.length, refunds.length]);
  sent.push(`${burst.length} deliveries of ${refunds.length} refunds in ${Math.round(tookMs)} ms`);
});

/** The alerts, the feed's apart. */
async function alertsOf({ engine }: Show): Promise<readonly AlertFacts[]> {
  const { alerts } = engine.tables;
  const rows = await engine.read((db) => db.select().from(alerts).orderBy(asc(alerts.openedAtMs)));
  return rows.map(({ facts }) => facts as AlertFacts);
}

const alertsOnSlack = ({ slack, cast }: Show) =>
  slack.messages(cast.slack.channels.alerts).map((message) => visibleText(message));

test('down for an hour, then its backlog at once among live orders: alerts once each, late ones say so, silence is told and taken back', async () => {
  using clock = setClock();
  const counts = new Map([...Array.from({ length: 10 }, (_, n) => [`SKU-${n}`, 100] as const), ['LAST', 40] as const]);
  await using show = await openShow({ ground: sqliteGround(), counts, env: clock.env });
  const { slack, cast } = show;
  await show.start();
  await connected(show);
  const lostAtMs = Date.now();
  const taken = async (order: Order): Promise<void> =>
    expect([order.n, (await show.order(order))?.status]).toEqual([order.n, 200]);
  // A rhythm of orders; the card of the last one is told to wait, and the process goes down before it stands there.
  for (let n = 1; n <= 12; n += 1) await taken({ n, sku: 'SKU-0', units: 1, placedAtMs: lostAtMs + n });
  await quiet(show);
  slack.weather.next(
    'chat.postMessage',
    { kind: 'rate-limited', retryAfterSeconds: 600 },
    { channel: cast.slack.channels.alerts },
  );
  await taken({ n: 13, sku: 'LAST', units: 36, placedAtMs: lostAtMs + 13 });
  await until('the card to be held', () => slack.calls.some(({ outcome }) => outcome === 'rate-limited'));
  await show.stop();

  await show.start();
  await connected(show);
  await clock.set(show, HOUR_MS);
  const silence = async () => (await alertsOf(show)).filter(({ subjectKind }) => subjectKind === 'feed');
  await until('the silence to be told', async () => (await silence()).length > 0);
  await until('it to stand there', () => alertsOnSlack(show).some((text) => /no orders are being heard/u.test(text)));
  expect(await silence()).toMatchObject([{ state: 'open', severity: 'live' }]);

  // Oldest last, as queues that are worked off by many come; live ones among them.
  const backlog = Array.from({ length: BACKLOG }, (_, n) => {
    return { n: 14 + n, sku: `SKU-${n % 10}`, units: 1, placedAtMs: lostAtMs + Math.floor((n * HOUR_MS) / BACKLOG) };
  });
  const now = Array.from({ length: 100 }, (_, n) => {
    return { n: 14 + BACKLOG + n, sku: `SKU-${n % 10}`, units: 1, placedAtMs: lostAtMs + HOUR_MS + n };
  });
  const flood = [...shuffled([...backlog, ...now])];
  const beganMs = performance.now();
  const sender = async (): Promise<void> => {
    for (let order = flood.pop(); order !== undefined; order = flood.pop()) await taken(order);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, sender));
  const tookMs = performance.now() - beganMs;
  await until('the silence to be over', async () => (await silence()).every(({ state }) => state === 'recovered'));
  await quiet(show);

  const { faults, messages } = await reckon(show);
  expect(faults).toEqual([]);
  expect(await silence()).toHaveLength(1);
  const ofStock = (await alertsOf(show)).filter(({ subjectKind }) => subjectKind !== 'feed');
  expect(ofStock.map(({ subject }) => subject).toSorted()).toEqual([...counts.keys()].toSorted());
  expect(alertsOnSlack(show).filter((text) => /orders are heard again/u.test(text))).toHaveLength(1);
  const late = alertsOnSlack(show).filter((text) => /1 h(our)? late/u.test(text));
  expect(late.length).toBeGreaterThan(0);
  expect(late.every((text) => /LAST/u.test(text))).toBe(true);
  sent.push(`a flood of ${BACKLOG + 100} orders in ${Math.round(tookMs)} ms, ${messages} messages compared`);
});
