// Makes the sample order stream, as Shopify exports orders: npx node examples/make-orders.ts --seed 7 > examples/hoodie-run-orders.csv
// The same seed makes the same file. What happens when in it is listed in MINUTES.
import { parseArgs } from 'node:util';

// Orders in each minute from 19:00: doors open, a lull, the night box at 19:12, last call at 19:35. Between 19:26 and 19:28 the shop is silent.
const MINUTES = [
  9, 8, 7, 6, 5, 5, 4, 4, 3, 3, 3, 2, 12, 16, 9, 6, 5, 4, 4, 3, 3, 3, 2, 3, 3, 4, 0, 0, 5, 4, 3, 3, 3, 3, 4, 8, 7, 6, 5, 4, 3, 3,
  2, 2, 2,
];
const STREAM = Date.UTC(2027, 0, 30, 0, 0, 0); // 19:00 on January 29 in New York, which is five hours behind UTC in winter

type Item = {
  readonly sku: string;
  readonly name: string;
  readonly price: string;
  readonly weight: number;
  readonly fromMinute?: number;
};

const ITEMS: readonly Item[] = [
  { sku: 'HOODIE-S', name: 'Hoodie - S', price: '58.00', weight: 10 },
  { sku: 'HOODIE-M', name: 'Hoodie - M', price: '58.00', weight: 22 },
  { sku: 'HOODIE-L', name: 'Hoodie - L', price: '58.00', weight: 22 },
  { sku: 'HOODIE-XL', name: 'Hoodie - XL', price: '58.00', weight: 12 },
  { sku: 'HOODIE-XXL', name: 'Hoodie - XXL', price: '62.00', weight: 5 },
  { sku: 'PIN', name: 'Moth enamel pin', price: '9.00', weight: 16 },
  { sku: 'STICKERS', name: 'Sticker sheet', price: '5.00', weight: 12 },
  { sku: 'BOX', name: 'Night box', price: '75.00', weight: 24, fromMinute: 12 },
];
const TOTE: Item = { sku: 'TOTE', name: 'Moth tote bag', price: '18.00', weight: 0 }; // in the shop, but nobody put it in the plan

// The shop knows nothing of the reserve, so it sells two medium hoodies too many before somebody takes the listing down.
const MEDIUM_SOLD_UNITS_MAX = 67 + 2;

const HEADER =
  'Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,' +
  'Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,' +
  'Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Cancelled at,Id';

type Line = { readonly item: Item; readonly units: number };

/** The whole file. */
export function ordersCsv(seed: number): string {
  const chance = dice(seed);
  let mediumUnits = 0;
  let orderCount = 0;
  const rows = [HEADER];
  for (const [minute, count] of MINUTES.entries()) {
    const seconds = Array.from({ length: count }, () => Math.floor(chance() * 60)).toSorted((a, b) => a - b);
    for (const second of seconds) {
      const forSale = ITEMS.filter(
        ({ sku, fromMinute = 0 }) =>
          minute >= fromMinute && (mediumUnits < MEDIUM_SOLD_UNITS_MAX || !['HOODIE-M', 'BOX'].includes(sku)),
      );
      const lines = basket(forSale, chance);
      orderCount += 1;
      if (orderCount === 61) lines.push({ item: TOTE, units: 1 });
      const cancelled = orderCount === 40 || orderCount === 111;
      if (!cancelled)
        mediumUnits += lines.reduce((sum, { item, units }) => sum + (['HOODIE-M', 'BOX'].includes(item.sku) ? units : 0), 0);
      rows.push(...orderRows({ number: 1000 + orderCount, atMs: STREAM + (minute * 60 + second) * 1000, lines, cancelled }));
    }
  }
  return `${rows.join('\n')}\n`;
}

function basket(forSale: readonly Item[], chance: () => number): Line[] {
  const first = pick(forSale, chance);
  const lines = [{ item: first, units: chance() < 0.12 ? 2 : 1 }];
  // A third of the fans put something small beside the hoodie.
  const small = forSale.filter(({ sku }) => sku === 'PIN' || sku === 'STICKERS');
  if (first.sku.startsWith('HOODIE') && chance() < 0.35) lines.push({ item: pick(small, chance), units: 1 });
  return lines;
}

function orderRows(order: { number: number; atMs: number; lines: readonly Line[]; cancelled: boolean }): readonly string[] {
  const total = order.lines.reduce((sum, { item, units }) => sum + Number(item.price) * units, 0).toFixed(2);
  const created = shopTime(order.atMs);
  const status = order.cancelled ? 'voided' : 'paid';
  return order.lines.map(({ item, units }, index) => {
    // As Shopify does it: what is true of the whole order stands on its first line only.
    const head = index === 0;
    const fields = [
      `#${order.number}`,
      `fan${order.number}@example.com`,
      ...(head
        ? [status, created, 'unfulfilled', '', 'no', 'USD', total, '0.00', '0.00', total, '', '0.00', 'Standard']
        : Array(13).fill('')),
      created,
      String(units),
      item.name,
      item.price,
      '',
      item.sku,
      'true',
      'true',
      'pending',
      head && order.cancelled ? shopTime(order.atMs + 240_000) : '',
      head ? String(5_760_000_000_000 + order.number * 7_919) : '',
    ];
    return fields.join(',');
  });
}

/** `2027-01-29 19:00:07 -0500`, as the export writes it. */
function shopTime(ms: number): string {
  return `${new Date(ms - 5 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')} -0500`;
}

function pick(items: readonly Item[], chance: () => number): Item {
  let left = chance() * items.reduce((sum, { weight }) => sum + weight, 0);
  for (const item of items) {
    left -= item.weight;
    if (left < 0) return item;
  }
  throw new Error('nothing to pick from');
}

/** mulberry32: small, and the same everywhere. */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { seed: { type: 'string', default: '7' } } });
  process.stdout.write(ordersCsv(Number(values.seed)));
}
