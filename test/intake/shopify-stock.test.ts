import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readShopify } from '../../src/intake/shopify.ts';

const DATA = new URL('../data/shopify/', import.meta.url).pathname;
const AT = Date.UTC(2027, 0, 30, 0, 0, 7);

function read(topic: string, body: string | object, triggeredAtMs: number | null = null) {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return readShopify({ topic, eventId: null, triggeredAtMs, body: bytes, keyed: (text) => text });
}

const total = (sku: string, availableUnits: number | null) => ({ sku, availableUnits, onHandUnits: null, committedUnits: null });
const PRODUCT = {
  updated_at: '2027-01-29T19:00:07-05:00',
  variants: [
    { sku: 'HOODIE-M', inventory_item_id: 39072856, inventory_management: 'shopify', inventory_quantity: 46 },
    { sku: 'HOODIE-L', inventory_item_id: 39072857, inventory_management: 'shopify', inventory_quantity: -2 },
  ],
};

describe('a product', () => {
  test.each(['products/create', 'products/update'])('%s tells totals, and how its levels will be called', (topic) => {
    expect(read(topic, PRODUCT)).toEqual({
      kind: 'counts',
      told: {
        kind: 'totals',
        source: 'shopify',
        countedAtMs: AT,
        sequence: null,
        totals: [total('HOODIE-M', 46), total('HOODIE-L', -2)],
        items: [
          { itemId: '39072856', sku: 'HOODIE-M' },
          { itemId: '39072857', sku: 'HOODIE-L' },
        ],
      },
    });
  });

  test('when the webhook was caused is when it was counted: a sale does not always change the product', () => {
    expect(read('products/update', PRODUCT, AT + 9_000)).toMatchObject({ told: { countedAtMs: AT + 9_000 } });
  });

  test.each([
    ['an item the shop does not count', { sku: 'A', inventory_management: null, inventory_quantity: 0 }, [total('A', null)]],
    ['no SKU', { sku: '', inventory_quantity: 4 }, []],
    ['a SKU that is nothing', { sku: null, inventory_quantity: 4 }, []],
    ['a SKU nobody could keep', { sku: 'A\u0000', inventory_quantity: 4 }, []],
  ])('%s', (_, variant, totals) => {
    expect(read('products/update', { ...PRODUCT, variants: [variant] })).toMatchObject({ told: { totals } });
  });

  test('two variants of one SKU are added, and an item id is told once', () => {
    const twin = { sku: 'A', inventory_item_id: 5, inventory_management: 'shopify', inventory_quantity: 4 };
    expect(read('products/update', { ...PRODUCT, variants: [twin, { ...twin, inventory_item_id: 6 }, twin] })).toMatchObject({
      told: {
        totals: [total('A', 12)],
        items: [
          { itemId: '5', sku: 'A' },
          { itemId: '6', sku: 'A' },
        ],
      },
    });
  });

  test('the vendor’s own body', () => {
    expect(read('products/update', readFileSync(`${DATA}webhook_products_update.json`, 'utf8'))).toMatchObject({
      told: {
        totals: [total('IPOD2008PINK', 10), total('IPOD2008RED', 20), total('IPOD2008GREEN', 30), total('IPOD2008BLACK', 40)],
      },
    });
  });
});

describe('a level of one place', () => {
  test('the vendor’s own body', () => {
    expect(read('inventory_levels/update', readFileSync(`${DATA}webhook_inventory_levels_update.json`, 'utf8'))).toEqual({
      kind: 'counts',
      told: {
        kind: 'place',
        source: 'shopify',
        itemId: '808950810',
        place: '905684977',
        availableUnits: 6,
        countedAtMs: Date.UTC(2018, 4, 7, 19, 51, 26),
      },
    });
  });

  test('an id keeps all its digits, and an item that is not stocked there has none', () => {
    const body =
      '{"inventory_item_id":820982911946154508,"location_id":1,"available":null,"updated_at":"2027-01-29T19:00:07-05:00"}';
    expect(read('inventory_levels/update', body)).toMatchObject({ told: { itemId: '820982911946154508', availableUnits: 0 } });
  });
});

test.each([
  ['products/update', { variants: [] }, /^updated_at: /],
  ['products/update', { ...PRODUCT, variants: [{ sku: 'A', inventory_quantity: 1.5 }] }, /^variants\.0\.inventory_quantity: /],
  ['inventory_levels/update', { available: 3 }, /^inventory_item_id: .* \(and 2 more\)$/],
  ['inventory_levels/update', [], /^the body: /],
])('%s that is not what it should be is refused with the field', (topic, body, why) => {
  const reading = read(topic, body);
  expect(reading.kind).toBe('faulty');
  expect(reading.kind === 'faulty' ? reading.why : '').toMatch(why);
});
