import { createHmac } from 'node:crypto';

export const BENCH_TEAM = 'bench';
export const BENCH_SECRET = 'bench-secret-of-no-worth';
export const BENCH_SKUS = Array.from({ length: 20 }, (_, index) => `SKU-${String(index + 1).padStart(2, '0')}`);

/** The ids of so many teams, `bench` alone when there is one. */
export function benchTeams(count: number): readonly string[] {
  return count === 1 ? [BENCH_TEAM] : Array.from({ length: count }, (_, index) => `${BENCH_TEAM}-${index + 1}`);
}

/** A plan nothing of which runs out, so that both sides only record. */
export function benchPlan(team = BENCH_TEAM): string {
  const skus = BENCH_SKUS.map((sku) => `  ${sku}: { name: Item ${sku}, count: 10000000, price: 58 }`);
  return `team: { id: ${team}, name: Bench, zone: America/New_York }
people:
  maya: { name: Maya, roles: [founder], accounts: { console: maya } }
channels:
  team: { console: team }
drop: { id: bench, name: Bench, format: limited, stream: 2027-01-29T19:00, zone: America/New_York, currency: USD }
skus:
${skus.join('\n')}
`;
}

/** The `number`th order as Shopify words it: two lines, about 2 KB, ids of thirteen digits as shops have today. `only` is what it is of. */
export function benchOrder(number: number, only?: string): string {
  const id = 5_760_000_000_000 + number;
  const at = new Date(Date.UTC(2027, 0, 30) + number * 1000).toISOString().replace('.000Z', '+00:00');
  const line = (index: number) => {
    const sku = only ?? BENCH_SKUS[(number * 7 + index * 3) % BENCH_SKUS.length] ?? '';
    return {
      id: id * 10 + index,
      admin_graphql_api_id: `gid://shopify/LineItem/${id * 10 + index}`,
      current_quantity: 1 + (number % 2),
      fulfillable_quantity: 1 + (number % 2),
      fulfillment_service: 'manual',
      fulfillment_status: null,
      gift_card: false,
      grams: 420,
      name: `Hoodie - ${sku}`,
      price: '58.00',
      product_exists: true,
      product_id: 8_100_000_000_000 + index,
      properties: [],
      quantity: 1 + (number % 2),
      requires_shipping: true,
      sku,
      taxable: true,
      title: 'Hoodie',
      total_discount: '0.00',
      variant_id: 44_000_000_000_000 + index,
      variant_title: sku,
      vendor: 'Night Market',
    };
  };
  return JSON.stringify({
    id,
    admin_graphql_api_id: `gid://shopify/Order/${id}`,
    app_id: 580_111,
    cancelled_at: null,
    confirmed: true,
    created_at: at,
    currency: 'USD',
    customer: { id: 6_900_000_000_000 + (number % 5000), email: `fan${number}@example.com`, state: 'disabled', tags: '' },
    email: `fan${number}@example.com`,
    financial_status: 'paid',
    fulfillments: [],
    line_items: [line(0), line(1)],
    name: `#${number}`,
    order_number: number,
    payment_gateway_names: ['shopify_payments'],
    refunds: [],
    shipping_address: {
      address1: 'Chestnut Street 92',
      city: 'Louisville',
      country_code: 'US',
      province_code: 'KY',
      zip: '40202',
    },
    shipping_lines: [{ code: 'Standard', price: '0.00', source: 'shopify', title: 'Standard' }],
    subtotal_price: '116.00',
    tags: '',
    total_price: '116.00',
    updated_at: at,
  });
}

/** One signed request, as the bytes that go over the wire. */
export function benchRequest(
  number: number,
  { team = BENCH_TEAM, only }: { readonly team?: string | undefined; readonly only?: string } = {},
): Buffer {
  const body = benchOrder(number, only);
  const signature = createHmac('sha256', BENCH_SECRET).update(body).digest('base64');
  const head = [
    `POST /intake/shopify/${team} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    'x-shopify-topic: orders/create',
    `x-shopify-event-id: event-${number}`,
    `x-shopify-hmac-sha256: ${signature}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}
