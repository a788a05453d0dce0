import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { planFor, NOW } from '../support/plan.ts';
import { INTAKE_SECRET, TEAM, post, rowCounts, shopifyRequest, standardRequest, startSite } from '../support/web.ts';
import type { Request, Site } from '../support/web.ts';

const DATA = new URL('../data/', import.meta.url).pathname;
const VECTORS: {
  shopify: { secret: string; rawBody: string; expected: string }[];
  standardWebhooks: { secret: string; id: string; timestamp: number; rawBody: string; expected: string }[];
} = JSON.parse(readFileSync(`${DATA}signature_vectors.json`, 'utf8'));

const LINES = [{ id: 11, sku: 'PIN', quantity: 2, price: '9.00' }];
const ORDER = {
  id: 1,
  created_at: '2027-01-29T19:00:00Z',
  updated_at: '2027-01-29T19:00:00Z',
  currency: 'USD',
  line_items: LINES,
};
const FACTS = { externalId: 'A-1', placedAt: NOW, lines: [{ lineId: '1', sku: 'PIN', orderedUnits: 3 }] };

let site: Site;
beforeAll(async () => {
  site = await startSite();
  await site.store.importPlan({ plan: planFor(TEAM), by: null, nowMs: NOW });
});
afterAll(() => site.close());

async function pinCommitted(): Promise<number | undefined> {
  const board = await site.store.team(TEAM).stock.board({ sku: 'PIN', nowMs: NOW });
  return board.kind === 'board' ? board.items[0]?.level.committed : undefined;
}

describe('every route', () => {
  test('refuses an unsigned request, and writes nothing', async () => {
    expect(site.routes.filter(({ open }) => open).map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /health']);
    const signed = site.routes.filter(({ open }) => !open);
    expect(signed.map(({ path }) => path)).toEqual(['/intake/shopify/:team', '/intake/orders/:team']);
    const before = await rowCounts(site);
    for (const { method, path } of signed) {
      for (const body of ['', '{}', JSON.stringify(ORDER), JSON.stringify(FACTS)]) {
        const response = await fetch(site.url + path.replace(':team', TEAM), { method, body });
        expect([path, response.status, await response.text()]).toEqual([path, 401, 'the signature is missing or wrong\n']);
      }
    }
    expect(await rowCounts(site)).toEqual(before);
  });

  test('refuses another method by naming its own', async () => {
    for (const { method, path } of site.routes) {
      const other = method === 'GET' ? 'POST' : 'GET';
      const response = await fetch(site.url + path.replace(':team', TEAM), { method: other });
      expect([response.status, response.headers.get('allow')]).toEqual([405, method]);
    }
    expect((await fetch(`${site.url}/intake/shopify/${TEAM}`, { method: 'DELETE' })).status).toBe(405);
  });

  test('nothing else is there', async () => {
    for (const path of [
      '/',
      '/intake',
      '/intake/shopify',
      `/intake/shopify/${TEAM}/more`,
      '/intake/shopify/%E0%A4%A',
      '/..%2f',
    ]) {
      expect([path, (await fetch(site.url + path, { method: 'POST' })).status]).toEqual([path, 404]);
    }
  });

  test('anyone may ask after its health', async () => {
    const response = await fetch(`${site.url}/health?from=balancer`);
    expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
    expect((await fetch(`${site.url}/health`, { method: 'HEAD' })).status).toBe(200);
  });
});

describe('signatures', () => {
  test("the vendor's vectors", async () => {
    const [shopify] = VECTORS.shopify;
    if (shopify === undefined) throw new Error('no vector');
    const { headers } = shopifyRequest(shopify.rawBody, { secret: shopify.secret });
    expect(headers['x-shopify-hmac-sha256']).toBe(shopify.expected);
    // Its secret is this site's, so it passes the signature and fails as an order.
    expect(await post(site, shopifyRequest(shopify.rawBody))).toEqual([400, expect.stringMatching(/^created_at: /)]);

    const [standard] = VECTORS.standardWebhooks;
    if (standard === undefined) throw new Error('no vector');
    const signed = standardRequest(standard.rawBody, {
      id: standard.id,
      secret: standard.secret,
      at: new Date(standard.timestamp * 1000),
    });
    expect(signed.headers['webhook-signature']).toBe(standard.expected);
  });

  test('either family of Shopify headers', async () => {
    const { path, body, headers } = shopifyRequest({ ...ORDER, id: 2 }, { eventId: 'two' });
    const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.replace('x-', ''), value]));
    expect(await post(site, { path, body, headers: plain })).toEqual([200, '{"recorded":1}']);
    expect(await post(site, { path, body, headers })).toEqual([200, '{"repeat":1}']);
  });

  test.each<readonly [what: string, request: Request]>([
    ['another secret', shopifyRequest(ORDER, { secret: 'hushh' })],
    ['a body changed on the way', { ...shopifyRequest(ORDER), body: JSON.stringify({ ...ORDER, id: 3 }) }],
    ['half a signature', { ...shopifyRequest(ORDER), headers: { 'x-shopify-hmac-sha256': 'SMKrardBnpW2lQNyaDVF' } }],
    ['a team nobody has heard of', shopifyRequest(ORDER, { team: 'nobody' })],
    ['a team nobody has heard of, over the other route', standardRequest(FACTS, { team: 'nobody' })],
    ['a team without that secret', standardRequest(FACTS, { team: 'fern' })],
    ['a message six minutes old', standardRequest(FACTS, { at: new Date(Date.now() - 6 * 60_000) })],
    ['a message from the future', standardRequest(FACTS, { at: new Date(Date.now() + 6 * 60_000) })],
    [
      'another id than was signed',
      { ...standardRequest(FACTS), headers: { ...standardRequest(FACTS).headers, 'webhook-id': 'x' } },
    ],
    ['no time', { ...standardRequest(FACTS), headers: { ...standardRequest(FACTS).headers, 'webhook-timestamp': 'now' } }],
  ])('%s: 401, and nothing written', async (_, request) => {
    const before = await rowCounts(site);
    expect(await post(site, request)).toEqual([401, 'the signature is missing or wrong']);
    expect(await rowCounts(site)).toEqual(before);
  });

  test('a team with a secret and no plan is told to import it', async () => {
    expect(await post(site, shopifyRequest(ORDER, { team: 'fern', secret: 'quiet' }))).toEqual([
      404,
      'no team fern yet; import its plan first',
    ]);
  });
});

describe('well signed', () => {
  let before: Readonly<Record<string, number>>;
  beforeEach(async () => {
    before = await rowCounts(site);
  });

  test.each<readonly [what: string, request: () => Request, status: number, why: RegExp]>([
    ['not JSON', () => shopifyRequest('{'), 400, /^the body is not JSON$/],
    ['empty', () => shopifyRequest(''), 400, /^the body is not JSON$/],
    ['not UTF-8', () => shopifyRequest(Buffer.from([0xff, 0xfe])), 400, /^the body is not UTF-8$/],
    ['no order', () => shopifyRequest({}), 400, /^id: /],
    [
      'wrong types',
      () => shopifyRequest({ ...ORDER, line_items: [{ ...LINES[0], quantity: '2' }] }),
      400,
      /^line_items\.0\.quantity: /,
    ],
    [
      'no topic',
      () => ({ ...shopifyRequest(ORDER), headers: { ...shopifyRequest(ORDER).headers, 'x-shopify-topic': '' } }),
      400,
      /Topic/,
    ],
    ['deeper than any order', () => shopifyRequest('['.repeat(1_000_000)), 400, /^the body is/],
    ['over 5 MiB', () => shopifyRequest({ ...ORDER, note: 'x'.repeat(5 * 1024 * 1024) }), 413, /^at most 5242880 bytes$/],
    ['no facts', () => standardRequest({ orders: 'many' }), 400, /^orders: /],
    [
      'one bad order among good ones',
      () => standardRequest({ orders: [FACTS, { ...FACTS, externalId: '' }] }),
      400,
      /^orders\.1\.externalId: /,
    ],
    ...['A\0B', 'A\uD800'].flatMap((bad): (readonly [string, () => Request, number, RegExp])[] => [
      [
        `a shop's SKU ${JSON.stringify(bad)}`,
        () => shopifyRequest({ ...ORDER, line_items: [{ ...LINES[0], sku: bad }] }),
        400,
        /^line_items\.0\.sku: /,
      ],
      [
        `a SKU ${JSON.stringify(bad)}`,
        () => standardRequest({ ...FACTS, lines: [{ ...FACTS.lines[0], sku: bad }] }),
        400,
        /^lines\.0\.sku: /,
      ],
      [`an order id ${JSON.stringify(bad)}`, () => standardRequest({ ...FACTS, externalId: bad }), 400, /^externalId: /],
      [
        `a line id ${JSON.stringify(bad)}`,
        () => standardRequest({ ...FACTS, lines: [{ ...FACTS.lines[0], lineId: bad }] }),
        400,
        /^lines\.0\.lineId: /,
      ],
    ]),
    ['a key of two lines', () => standardRequest({ ...FACTS, 'x\ny': 1 }), 400, /^the body: Unrecognized key: "x y"$/],
    ['an endless id', () => standardRequest(FACTS, { id: 'x'.repeat(201) }), 400, /^the webhook-id header/],
    ['over 1 MiB', () => standardRequest({ ...FACTS, buyer: 'x'.repeat(1024 * 1024) }), 413, /^at most 1048576 bytes$/],
  ])('%s: 4xx with a one-line reason, and nothing written', async (_, request, status, why) => {
    const [got, text] = await post(site, request());
    expect([got, text.split('\n').length]).toEqual([status, 1]);
    expect(text).toMatch(why);
    expect(await rowCounts(site)).toEqual(before);
  });

  test('another topic is thanked for and forgotten', async () => {
    expect(await post(site, shopifyRequest({}, { topic: 'app/uninstalled' }))).toEqual([
      200,
      '{"ignored":"this topic tells nothing about orders or stock"}',
    ]);
    expect(await rowCounts(site)).toEqual(before);
  });

  test('what a shop says it has is kept and answered; what is missing for that is said in one line', async () => {
    const product = {
      updated_at: '2027-01-15T07:00:00-05:00',
      variants: [
        { sku: 'PIN', inventory_item_id: 820982911946154508n, inventory_management: 'shopify', inventory_quantity: 190 },
        { sku: 'MUG', inventory_item_id: 2, inventory_management: 'shopify', inventory_quantity: 5 },
      ],
    };
    const body = JSON.stringify(product, (_, value: unknown) => (typeof value === 'bigint' ? `#${value}` : value)).replace(
      /"#(\d+)"/,
      '$1',
    );
    const level =
      '{"inventory_item_id":820982911946154508,"location_id":1,"available":190,"updated_at":"2027-01-15T06:59:59-05:00"}';
    const [told, missing] = [
      shopifyRequest(body, { topic: 'products/update' }),
      shopifyRequest(level, { topic: 'inventory_levels/update' }),
    ];
    expect(await post(site, missing)).toEqual([
      200,
      '{"unknown-item":1,"note":"no product told which SKU this inventory item is; send products/create and products/update here too"}',
    ]);
    expect(await post(site, told)).toEqual([
      200,
      '{"counted":1,"unknown-sku":1,"note":"a SKU that is in no plan is not counted"}',
    ]);
    expect(await post(site, told)).toEqual([
      200,
      '{"repeat":1,"unknown-sku":1,"note":"a SKU that is in no plan is not counted"}',
    ]);
    expect(await post(site, missing)).toEqual([200, '{"counted":1}']);
    const data = { source: 'till', countedAt: NOW, sequence: 4, counts: [{ sku: 'PIN', availableUnits: 188 }] };
    expect(await post(site, standardRequest({ type: 'inventory.count', data }))).toEqual([200, '{"counted":1}']);
    expect(await post(site, standardRequest({ type: 'inventory.count', data: { ...data, sequence: 3 } }))).toEqual([
      200,
      '{"older":1}',
    ]);
    const lines = await site.store.team(TEAM).counts.lines({ nowMs: NOW, driftingOnly: false });
    expect(lines.map(({ source, sku, count }) => [source, sku, count.availableUnits])).toEqual([
      ['shopify', 'PIN', 190],
      ['till', 'PIN', 188],
    ]);
    expect(await rowCounts(site)).toEqual(before);
  });

  test('an order is in the ledger before it is answered; the same event again changes nothing', async () => {
    const committed = (await pinCommitted()) ?? NaN;
    const request = shopifyRequest({ ...ORDER, id: 10 });
    expect(await post(site, request)).toEqual([200, '{"recorded":1}']);
    expect(await pinCommitted()).toBe(committed + 2);
    expect(await rowCounts(site)).toMatchObject({
      orders: (before['orders'] ?? 0) + 1,
      movements: (before['movements'] ?? 0) + 1,
    });
    expect(await post(site, request)).toEqual([200, '{"repeat":1}']);
    expect(await pinCommitted()).toBe(committed + 2);
  });

  test('a cancellation gives the units back; the older state, late, does not take them again', async () => {
    const committed = (await pinCommitted()) ?? NaN;
    const order = { ...ORDER, id: 11 };
    const cancelled = { ...order, updated_at: '2027-01-29T19:05:00Z', cancelled_at: '2027-01-29T19:05:00Z' };
    await post(site, shopifyRequest(order));
    expect(await post(site, shopifyRequest(cancelled, { topic: 'orders/cancelled' }))).toEqual([200, '{"recorded":1}']);
    expect(await pinCommitted()).toBe(committed);
    expect(await post(site, shopifyRequest({ ...order, note: 'a retry' }))).toEqual([200, expect.stringMatching(/older|repeat/)]);
    expect(await pinCommitted()).toBe(committed);
  });

  test('many orders in one delivery', async () => {
    const committed = (await pinCommitted()) ?? NaN;
    const orders = [FACTS, { ...FACTS, externalId: 'A-2' }, FACTS];
    expect(await post(site, standardRequest({ orders }))).toEqual([200, '{"recorded":2,"repeat":1}']);
    expect(await pinCommitted()).toBe(committed + 6);
  });

  test('content type and a trailing slash do not matter', async () => {
    const { path, body, headers } = standardRequest({ ...FACTS, externalId: 'A-3' });
    const response = await fetch(`${site.url}${path}/`, {
      method: 'POST',
      body,
      headers: { ...headers, 'content-type': 'text/plain' },
    });
    expect(response.status).toBe(200);
  });

  test('no secret, signature or body is ever logged', () => {
    const logged = JSON.stringify(site.log.lines);
    expect(site.log.lines.map(({ event }) => event)).toContain('web.unsigned');
    expect(logged).not.toMatch(/hush|whsec|v1,|fan@|9\.00/);
    expect(logged).not.toContain(INTAKE_SECRET);
  });
});

describe('when something breaks', () => {
  test('a store that fails is a 503 with a fault id, the same that is logged', async () => {
    const broken = await startSite({
      alter: (store) => ({
        ...store,
        team: (teamId) => ({
          ...store.team(teamId),
          orders: { ...store.team(teamId).orders, record: () => Promise.reject(new Error('disk full')) },
        }),
      }),
    });
    await broken.store.importPlan({ plan: planFor(TEAM), by: null, nowMs: NOW });
    const [status, text] = await post(broken, shopifyRequest(ORDER));
    const { faultId } = (broken.log.lines.find(({ event }) => event === 'web.failed')?.fields ?? {}) as { faultId?: string };
    expect([status, text]).toEqual([503, `something broke here; please send this again (fault ${faultId})`]);
    await broken.close();
  });

  test('a sender that goes away in the middle leaves nothing behind', async () => {
    const before = await rowCounts(site);
    const { path, headers } = shopifyRequest(ORDER);
    const request = httpRequest(site.url + path, { method: 'POST', headers: { ...headers, 'content-length': '1000' } });
    request.on('error', () => undefined);
    await new Promise<void>((resolve) => request.write('{"id":', () => resolve()));
    request.destroy();
    expect(await post(site, shopifyRequest({}, { topic: 'app/uninstalled' }))).toMatchObject([200, {}]);
    expect(await rowCounts(site)).toEqual(before);
  });

  test('closing answers what is in flight, then takes nothing more', async () => {
    const entered = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const leaving = await startSite({
      alter: (store) => ({
        ...store,
        async teamIds() {
          entered.resolve();
          await held.promise;
          return store.teamIds();
        },
      }),
    });
    await leaving.store.importPlan({ plan: planFor(TEAM), by: null, nowMs: NOW });
    const answered = post(leaving, shopifyRequest(ORDER));
    await entered.promise;
    const closed = leaving.close();
    held.resolve();
    expect(await answered).toEqual([200, '{"recorded":1}']);
    await closed;
    await expect(fetch(`${leaving.url}/health`)).rejects.toThrow('fetch failed');
  });
});
