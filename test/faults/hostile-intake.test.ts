import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { checkLedger } from '../../src/store/stock/ledger-check.ts';
import { expectHarmless } from '../support/harmless.ts';
import { hostileJson, hostileText, mutated, PROPERTY_MS_MAX, runsOf } from '../support/hostile.ts';
import { goOnAir, TEAM, type OnAir } from '../support/on-air.ts';
import { everything } from '../support/rows.ts';
import { post, shopifyRequest, standardRequest, startSite, type Request, type Site } from '../support/web.ts';

const sample = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../data/shopify/webhook_${name}.json`, import.meta.url), 'utf8'));
const ORDER = sample('orders_create');
const REFUND = sample('refunds_create');
const FACTS = {
  source: 'webhook',
  externalId: 'A-1',
  placedAt: '2027-01-29T19:00:00Z',
  updatedAt: '2027-01-29T19:00:00Z',
  buyer: 'b',
  currency: 'USD',
  lines: [{ lineId: '1', sku: 'PIN', orderedUnits: 3, cancelledUnits: 0, shippedUnits: 1, unitPriceMinor: 900 }],
};
const TOPICS = ['orders/create', 'orders/updated', 'orders/paid', 'orders/cancelled', 'orders/fulfilled', 'refunds/create'];
const TAKES_MS_MAX = 3_000;
const RUNS = runsOf(60);
vi.setConfig({ testTimeout: PROPERTY_MS_MAX });

let air: OnAir;
let site: Site;
let caseCount = 0;
const unhandled: unknown[] = [];
const note = (fault: unknown) => void unhandled.push(fault);

beforeAll(async () => {
  air = await goOnAir();
  site = await startSite({ clock: { now: () => Date.now() }, ground: { engine: air.engine, remove: () => Promise.resolve() } });
  process.on('unhandledRejection', note);
});
afterEach(() => expectStillSound());
afterAll(async () => {
  process.off('unhandledRejection', note);
  await site.close();
  await air[Symbol.asyncDispose]();
  console.info(`hostile-intake: ${caseCount} requests`);
});

async function expectStillSound(): Promise<void> {
  expect(unhandled).toEqual([]);
  expect(site.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  expect(await checkLedger(air.engine, TEAM)).toEqual([]);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
}

/** Every row of the team; of posts what they say, for the courier is delivering them meanwhile. */
async function kept(): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const { posts = [], destinations: _, ...rows } = await everything({ engine: air.engine, teamId: TEAM });
  return {
    ...rows,
    posts: (posts as { key: string; revision: number; facts: unknown }[]).map(({ key, revision, facts }) => [
      key,
      revision,
      facts,
    ]),
  };
}

/** Sends it, and looks: taken or refused with one clear line, in time, and what is refused changes nothing. */
async function expectSane(request: Request): Promise<number> {
  caseCount += 1;
  const before = await kept();
  const began = performance.now();
  const [status, text] = await post(site, request);
  expect(performance.now() - began).toBeLessThan(TAKES_MS_MAX);
  expect([200, 400, 401, 404, 413]).toContain(status);
  expect(text).toMatch(/^[^\n\0]{1,400}$/u);
  expect(status === 200 ? before : await kept()).toEqual(before);
  return status;
}

const onShopify = (body: string | Buffer, topic: string) => shopifyRequest(body, { team: TEAM, topic });
const onOwn = (body: string | Buffer) => standardRequest(body, { team: TEAM });
const check = <T>(cases: fc.Arbitrary<T>, send: (one: T) => Promise<unknown>) =>
  fc.assert(
    fc.asyncProperty(cases, async (one) => void (await send(one))),
    { numRuns: RUNS, endOnFailure: true },
  );

test.each([
  ['an order', ORDER],
  ['a refund', REFUND],
])('%s of a real shop, one value of it hostile', async (_, real) => {
  const cases = fc.record({ body: mutated(real), topic: fc.constantFrom(...TOPICS) });
  await check(cases, ({ body, topic }) => expectSane(onShopify(body, topic)));
});

test('our own format, one value of it hostile', async () => {
  await check(mutated(FACTS), (body) => expectSane(onOwn(body)));
  await check(mutated({ orders: [FACTS, { ...FACTS, externalId: 'A-2' }] }), (body) => expectSane(onOwn(body)));
});

test('signed garbage: any JSON, any bytes', async () => {
  const bytes = fc.uint8Array({ maxLength: 2_000 }).map((array) => Buffer.from(array));
  const bodies = fc.oneof(
    hostileJson,
    bytes,
    fc.json().map((text) => `\uFEFF${text}`),
  );
  await check(fc.record({ body: bodies, topic: fc.constantFrom(...TOPICS) }), async ({ body, topic }) => {
    await expectSane(onShopify(body, topic));
    await expectSane(onOwn(body));
  });
});

test('hostile topics, ids, headers and addresses', async () => {
  const printable = hostileText(120).map((text) => text.replaceAll(/[^\x20-\x7E]/gu, '?').trim() || 'x');
  await check(fc.record({ name: printable, text: printable }), async ({ name, text }) => {
    const shop = shopifyRequest(JSON.stringify(ORDER), { team: TEAM, topic: text, eventId: name });
    await expectSane({ ...shop, headers: { ...shop.headers, 'x-shopify-triggered-at': name } });
    await expectSane(standardRequest(JSON.stringify({ ...FACTS, externalId: name }), { team: TEAM, id: text }));
    const elsewhere = encodeURIComponent(name);
    await expectSane(shopifyRequest(JSON.stringify(ORDER), { team: elsewhere }));
    await expectSane(standardRequest(JSON.stringify(FACTS), { team: elsewhere }));
  });
});

test('what is taken from a hostile shop reaches both platforms as letters, and calls nobody', async () => {
  const line = fc.record({
    lineId: fc.uuid(),
    sku: hostileText(255),
    orderedUnits: fc.nat(5),
    unitPriceMinor: fc.constantFrom(0, -1, 1_000_000_000_000),
  });
  const order = fc.record({
    source: fc.constant('webhook'),
    externalId: hostileText(100),
    placedAt: fc.constant('2026-11-20T19:00:00Z'),
    buyer: hostileText(200),
    lines: fc.array(line, { minLength: 1, maxLength: 4 }),
  });
  const statuses: number[] = [];
  await check(order, async (body) => statuses.push(await expectSane(onOwn(JSON.stringify(body)))));
  const named = { id: 1, name: 'x <!channel> *evil* [evil](https://evil.example) @everyone', sku: '', quantity: 300, price: '1' };
  const real = { ...(ORDER as object), id: 77, line_items: [named, { ...named, id: 2, sku: 'PIN' }] };
  expect(await expectSane(onShopify(JSON.stringify(real), 'orders/create'))).toBe(200);
  expect(statuses).toContain(200);
  await air.tick();
  await air.drain();
  const { people, channels } = air.cast.slack;
  for (const text of ['/stock', '/alert list', '/inventory', '/showcaller health']) {
    await (await air.slack.slash(people.maya, channels.team, text)).answer();
  }
  expect(expectHarmless(air).messageCount).toBeGreaterThan(5);
});
