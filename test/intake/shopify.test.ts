import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { OrderFacts } from '../../src/domain/order.ts';
import { readShopify } from '../../src/intake/shopify.ts';
import type { Reading } from '../../src/intake/heard.ts';

const DATA = new URL('../data/shopify/', import.meta.url).pathname;
const keyed = (text: string): string => `keyed(${text})`;

function read(topic: string, body: Buffer | object, triggeredAtMs: number | null = null): Reading {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  return readShopify({ topic, eventId: 'event-1', triggeredAtMs, body: bytes, keyed });
}

const LINE = { id: 11, sku: 'PIN', quantity: 5, price: '9.00' };
const ORDER = {
  id: 1,
  created_at: '2027-01-29T19:00:00-05:00',
  updated_at: '2027-01-29T19:01:00-05:00',
  currency: 'USD',
  line_items: [LINE],
};
const PLACED = Date.UTC(2027, 0, 30);

function factsOf(body: object): OrderFacts {
  const reading = read('orders/updated', body);
  const facts = reading.kind === 'facts' ? reading.heard[0]?.facts : undefined;
  if (facts?.kind !== 'order') throw new Error(JSON.stringify(reading));
  return facts;
}

/** The counters of the first line: ordered, cancelled, shipped, returned, written off. */
function counters(change: object): readonly number[] {
  const [line] = factsOf({ ...ORDER, ...change }).lines;
  if (line === undefined) throw new Error('no line');
  return [line.orderedUnits, line.cancelledUnits, line.shippedUnits, line.returnedUnits, line.writtenOffUnits];
}

describe("the vendor's own bodies", () => {
  test('an order', () => {
    const at = Date.UTC(2008, 0, 10, 16);
    const line = {
      cancelledUnits: 0,
      shippedUnits: 0,
      returnedUnits: 0,
      writtenOffUnits: 0,
      orderedUnits: 1,
      unitPriceMinor: 19_900,
    };
    expect(read('orders/create', readFileSync(`${DATA}webhook_orders_create.json`))).toEqual({
      kind: 'facts',
      heard: [
        {
          eventId: `orders/create:event-1:${at}`,
          facts: {
            kind: 'order',
            source: 'shopify',
            externalId: '450789469',
            version: { updatedAtMs: at, eventAtMs: at },
            placedAtMs: at,
            buyerKey: 'keyed(shopify customer 207119551)',
            currency: 'USD',
            // Its one fulfilment failed, so nothing shipped.
            lines: [
              { ...line, lineId: '466157049', sku: 'IPOD2008GREEN' },
              { ...line, lineId: '518995019', sku: 'IPOD2008RED' },
              { ...line, lineId: '703073504', sku: 'IPOD2008BLACK' },
            ],
            refunds: [],
          },
        },
      ],
    });
  });

  test('a refund, from before refunds said how', () => {
    expect(read('refunds/create', readFileSync(`${DATA}webhook_refunds_create.json`), 1_600_000_000_000)).toEqual({
      kind: 'facts',
      heard: [
        {
          eventId: 'refunds/create:event-1:1466444106000',
          facts: {
            kind: 'refund',
            source: 'shopify',
            externalId: '450789469',
            version: { updatedAtMs: 1_466_444_106_000, eventAtMs: 1_600_000_000_000 },
            refund: {
              refundId: '509562969',
              lines: [
                { lineId: '703073504', units: 1, restock: 'legacy' },
                { lineId: '466157049', units: 1, restock: 'legacy' },
              ],
            },
          },
        },
      ],
    });
  });

  test('another topic tells nothing about orders or stock', () => {
    expect(read('app/uninstalled', Buffer.from('{}'))).toEqual({
      kind: 'ignored',
      why: 'this topic tells nothing about orders or stock',
    });
  });
});

describe('each counter is the order as it now stands', () => {
  const fulfilled = (...shipments: readonly (readonly [status: string, quantity: number])[]): object => ({
    fulfillments: shipments.map(([status, quantity]) => ({ status, line_items: [{ id: 11, quantity }] })),
  });
  const refunds = (quantity: number, restock_type: string): object => ({
    refunds: [{ id: 7, refund_line_items: [{ line_item_id: 11, quantity, restock_type }] }],
  });
  test.each<readonly [what: string, change: object, counters: readonly number[]]>([
    ['just placed', {}, [5, 0, 0, 0, 0]],
    ['shipped in two parcels', fulfilled(['success', 2], ['success', 1]), [5, 0, 3, 0, 0]],
    ['parcels that never left', fulfilled(['cancelled', 2], ['error', 1], ['failure', 1], ['open', 1]), [5, 0, 1, 0, 0]],
    ['more in parcels than ordered', fulfilled(['success', 9]), [5, 0, 5, 0, 0]],
    ['fulfilled, and no parcel told', { line_items: [{ ...LINE, fulfillment_status: 'fulfilled' }] }, [5, 0, 5, 0, 0]],
    ['partly fulfilled, and no parcel told', { line_items: [{ ...LINE, fulfillment_status: 'partial' }] }, [5, 0, 0, 0, 0]],
    ['two taken off by an edit', { line_items: [{ ...LINE, current_quantity: 3 }] }, [5, 2, 0, 0, 0]],
    ['two refunded, none edited', { line_items: [{ ...LINE, current_quantity: 3 }], ...refunds(2, 'return') }, [5, 0, 0, 0, 0]],
    ['one refunded, one edited', { line_items: [{ ...LINE, current_quantity: 3 }], ...refunds(1, 'cancel') }, [5, 1, 0, 0, 0]],
    [
      'the rest fulfilled after one was refunded and one edited away',
      { line_items: [{ ...LINE, current_quantity: 3, fulfillment_status: 'fulfilled' }], ...refunds(1, 'cancel') },
      [5, 1, 3, 0, 0],
    ],
    ['cancelled whole', { cancelled_at: '2027-01-29T19:01:00-05:00' }, [5, 5, 0, 0, 0]],
  ])('%s', (_, change, expected) => expect(counters(change)).toEqual(expected));

  test.each([
    ['cancel', 'cancel'],
    ['return', 'return'],
    ['no_restock', 'none'],
    ['legacy_restock', 'legacy'],
    ['something new', 'legacy'],
  ])('a refund by %s', (restock_type, restock) => {
    expect(factsOf({ ...ORDER, ...refunds(2, restock_type) }).refunds).toEqual([
      { refundId: '7', lines: [{ lineId: '11', units: 2, restock }] },
    ]);
  });

  test('an old refund that did not restock wrote its units off', () => {
    const body = {
      id: 7,
      order_id: 1,
      created_at: ORDER.created_at,
      restock: false,
      refund_line_items: [{ line_item_id: 11, quantity: 1 }],
    };
    const reading = read('refunds/create', body);
    expect(reading.kind === 'facts' && reading.heard[0]?.facts).toMatchObject({
      refund: { lines: [{ lineId: '11', units: 1, restock: 'none' }] },
    });
  });
});

describe('what else an order says', () => {
  test('ids keep all their digits', () => {
    const body = Buffer.from(
      `{"id":820982911946154508,"created_at":"2027-01-29T19:00:00Z","updated_at":"2027-01-29T19:00:00Z","line_items":[{"id":866550311766439020,"sku":"A","quantity":1}],"customer":{"id":115310627314723954}}`,
    );
    const reading = read('orders/paid', body);
    expect(reading.kind === 'facts' && reading.heard[0]?.facts).toMatchObject({
      externalId: '820982911946154508',
      buyerKey: 'keyed(shopify customer 115310627314723954)',
      lines: [{ lineId: '866550311766439020', unitPriceMinor: 0 }],
    });
  });

  test('version is when it changed, then when that was sent', () => {
    const reading = read('orders/updated', ORDER, PLACED + 90_000);
    expect(reading.kind === 'facts' && reading.heard[0]?.facts.version).toEqual({
      updatedAtMs: PLACED + 60_000,
      eventAtMs: PLACED + 90_000,
    });
  });

  test.each([
    ['58.00', 'USD', 5800],
    ['0.29', 'USD', 29],
    ['1800', 'JPY', 1800],
    ['1.234', 'KWD', 1234],
    ['1.005', 'USD', 101],
  ])('%s %s', (price, currency, minor) => {
    expect(factsOf({ ...ORDER, currency, line_items: [{ ...LINE, price }] }).lines[0]?.unitPriceMinor).toBe(minor);
  });

  test.each([
    [{ sku: ' A b' }, ' A b'],
    [{ sku: '', name: 'Tote - black', title: 'Tote' }, '(no SKU) Tote - black'],
    [{ sku: null, title: 'Tip' }, '(no SKU) Tip'],
    [{ sku: null }, '(no SKU) 11'],
    [{ sku: null, name: 'x'.repeat(300) }, `(no SKU) ${'x'.repeat(55)}`],
    [{ sku: null, name: `${'x'.repeat(54)}🧥` }, `(no SKU) ${'x'.repeat(54)}`], // 64 letters end within the picture
    [{ sku: null, name: 'To\0te \uD800' }, '(no SKU) Tote \uFFFD'],
  ])('SKU of %j', (line, sku) => {
    expect(factsOf({ ...ORDER, line_items: [{ id: 11, quantity: 1, ...line }] }).lines[0]?.sku).toBe(sku);
  });

  test('a guest is known by a hash of the address, nobody by nothing', () => {
    expect(factsOf({ ...ORDER, email: ' Fan@Example.com ' }).buyerKey).toBe('keyed(email fan@example.com)');
    expect(factsOf({ ...ORDER, email: '' }).buyerKey).toBeNull();
  });

  test('a delivery without an id is known by its bytes', () => {
    const id = (body: object): string | undefined => {
      const reading = readShopify({
        topic: 'orders/create',
        eventId: null,
        triggeredAtMs: null,
        body: Buffer.from(JSON.stringify(body)),
        keyed,
      });
      return reading.kind === 'facts' ? reading.heard[0]?.eventId : undefined;
    };
    expect(id(ORDER)).toBe(id({ ...ORDER }));
    expect(id(ORDER)).not.toBe(id({ ...ORDER, id: 2 }));
  });
});

describe('what is no order is refused in a line that repeats nothing of it', () => {
  test.each<readonly [body: object, why: string]>([
    [{}, 'id: Invalid input (and 3 more)'],
    [{ ...ORDER, line_items: undefined }, 'line_items: Invalid input: expected array, received undefined'],
    [{ ...ORDER, updated_at: 'yesterday' }, 'updated_at: expected a time such as 2027-01-29T19:00:07-05:00'],
    [{ ...ORDER, currency: 'dollars' }, 'currency: expected a currency code such as USD'],
    [{ ...ORDER, line_items: [{ ...LINE, quantity: -1 }] }, 'line_items.0.quantity: Too small: expected number to be >=0'],
    [
      { ...ORDER, line_items: [{ ...LINE, quantity: 1.5 }] },
      'line_items.0.quantity: Invalid input: expected int, received number',
    ],
    [{ ...ORDER, line_items: [{ ...LINE, price: 'nine' }] }, 'line_items.0.price: expected a price such as 58.00'],
    [
      { ...ORDER, line_items: Array.from({ length: 2001 }, () => LINE) },
      'line_items: Too big: expected array to have <=2000 items',
    ],
  ])('%#', (body, why) => expect(read('orders/create', body)).toEqual({ kind: 'faulty', why }));

  test.each(['null', '[]', '"order"', '7'])('%s', (text) => expect(read('orders/create', Buffer.from(text)).kind).toBe('faulty'));
});
