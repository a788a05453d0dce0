import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { OrderFacts } from '../../src/domain/order.ts';
import { readOrders } from '../../src/intake/csv.ts';
import type { ColumnMap } from '../../src/intake/csv.ts';
import { ordersCsv } from '../../examples/make-orders.ts';

const COLUMNS: ColumnMap = { id: 'order', sku: 'sku', units: 'units', at: 'at' };
const ROOT = new URL('../../', import.meta.url).pathname;

function ordersOf(text: string, columns: ColumnMap | 'shopify' = COLUMNS, zone = 'Europe/London'): readonly OrderFacts[] {
  const reading = readOrders(text, { columns, zone, file: 'orders.csv' });
  if (reading.kind === 'faulty') throw new Error(JSON.stringify(reading.faults));
  return reading.orders.flatMap(({ facts }) => (facts.kind === 'order' ? [facts] : []));
}

function faultsOf(text: string, columns: ColumnMap | 'shopify' = COLUMNS): readonly string[] {
  const reading = readOrders(text, { columns, zone: 'Europe/London', file: 'orders.csv' });
  return reading.kind === 'orders' ? [] : reading.faults.map(({ file, line, message }) => `${file}:${line} ${message}`);
}

const brief = (orders: readonly OrderFacts[]): unknown =>
  orders.map(({ externalId, lines }) => [
    externalId,
    ...lines.map(({ lineId, sku, orderedUnits, returnedUnits }) => `${lineId} ${sku} +${orderedUnits} -${returnedUnits}`),
  ]);

describe('any table with named columns', () => {
  test('rows of one id are one order, kept by position; negative units come back; a SKU is what the bytes say', () => {
    const text = `at,sku,order,units,note
2027-01-29 19:00:07,85123A,a,2,x
2027-01-29 19:00:07,85123a,a,1,x
2027-01-29 19:01,85123A,Ca,-2,
2027-01-29T19:00:07,85123A,a,2,x
2027-01-29 19:02,BANK CHARGES,b,1,
`;
    const orders = ordersOf(text);
    expect(brief(orders)).toEqual([
      ['a', '1 85123A +2 -0', '2 85123a +1 -0', '3 85123A +2 -0'],
      ['Ca', '1 85123A +0 -2'],
      ['b', '1 BANK CHARGES +1 -0'],
    ]);
    expect(orders[0]).toMatchObject({
      source: 'csv',
      placedAtMs: Date.UTC(2027, 0, 29, 19, 0, 7),
      version: { updatedAtMs: Date.UTC(2027, 0, 29, 19, 0, 7), eventAtMs: Date.UTC(2027, 0, 29, 19, 0, 7) },
      buyerKey: null,
      currency: null,
      refunds: [],
    });
  });

  test('orders come by time; ties keep the order of the file', () => {
    const text = `order,sku,units,at\nc,X,1,2027-01-02 10:00\na,X,1,2027-01-01 10:00\nb,X,1,2027-01-01 10:00\nd,X,1,2026-12-31 10:00\n`;
    expect(ordersOf(text).map(({ externalId }) => externalId)).toEqual(['d', 'a', 'b', 'c']);
  });

  test.each([
    ['2027-01-29 19:00', 'America/New_York', Date.UTC(2027, 0, 30, 0, 0)],
    ['2027-07-29 19:00:30', 'America/New_York', Date.UTC(2027, 6, 29, 23, 0, 30)],
    ['2026-11-01 01:30', 'America/New_York', Date.UTC(2026, 10, 1, 5, 30)], // twice that night: the first
    ['2026-03-08 02:30', 'America/New_York', Date.UTC(2026, 2, 8, 7, 30)], // skipped that night: an hour later
    ['2027-01-29 19:00:00 -0500', 'Europe/London', Date.UTC(2027, 0, 30)],
    ['2027-01-29T19:00:00+05:45', 'Europe/London', Date.UTC(2027, 0, 29, 13, 15)],
    ['2027-01-29T19:00:00.250Z', 'America/New_York', Date.UTC(2027, 0, 29, 19, 0, 0, 250)],
    ['2027-01-29 19:00:00 UTC', 'America/New_York', Date.UTC(2027, 0, 29, 19)],
  ])('%s in %s', (at, zone, ms) => {
    expect(ordersOf(`order,sku,units,at\na,X,1,${at}\n`, COLUMNS, zone)[0]?.placedAtMs).toBe(ms);
  });

  test('a byte order mark, CRLF, quoted line breaks and empty lines are no trouble', () => {
    const text =
      '\uFEFForder,sku,units,at,note\r\na,X,1,2027-01-01 10:00,"two\r\nlines, and ""quotes"""\r\n\r\na,Y,2,2027-01-01 10:00,\r\n';
    expect(brief(ordersOf(text))).toEqual([['a', '1 X +1 -0', '2 Y +2 -0']]);
  });

  test('prices are read digit by digit', () => {
    const priced = ordersOf(
      'order,sku,units,at,p\na,X,1,2027-01-01 10:00,1.005\na,Y,1,2027-01-01 10:00,-0.29\na,Z,1,2027-01-01 10:00,\n',
      {
        ...COLUMNS,
        price: 'p',
      },
    );
    expect(priced[0]?.lines.map(({ unitPriceMinor }) => unitPriceMinor)).toEqual([101, -29, 0]);
  });

  test('the same order twice is one event; the same order in another state is another', () => {
    const idOf = (units: number): string | undefined => {
      const reading = readOrders(`order,sku,units,at\na,X,${units},2027-01-01 10:00\n`, {
        columns: COLUMNS,
        zone: 'UTC',
        file: 'f',
      });
      return reading.kind === 'orders' ? reading.orders[0]?.eventId : undefined;
    };
    expect(idOf(1)).toMatch(/^csv:a:/);
    expect(idOf(1)).toBe(idOf(1));
    expect(idOf(1)).not.toBe(idOf(2));
  });
});

describe('what cannot be read is told with its line', () => {
  const head = 'order,sku,units,at\n';
  const good = 'a,X,1,2027-01-01 10:00\n';
  test.each([
    [`${head}${good}b,X,one,2027-01-01 10:00\n`, ['orders.csv:3 units: expected a whole number of units, not "one"']],
    [`${head}${good}b,X,1.5,2027-01-01 10:00\n`, ['orders.csv:3 units: expected a whole number of units, not "1.5"']],
    [`${head}${good}b,X,,2027-01-01 10:00\n`, ['orders.csv:3 units: expected a whole number of units, not an empty cell']],
    [`${head}${good}b,X,10000001,2027-01-01 10:00\n`, ['orders.csv:3 units: at most 10000000 units, not "10000001"']],
    [`${head},X,1,2027-01-01 10:00\n`, ['orders.csv:2 order: this cell is empty']],
    [`${head}b,,1,2027-01-01 10:00\n`, ['orders.csv:2 sku: this cell is empty']],
    [
      `${head}${good}b,X,1,1/29/2027 7:00 PM\nc,X,1,2027-02-30 10:00\n`,
      [3, 4].map(
        (line) =>
          `orders.csv:${line} at: expected a time such as 2027-01-29 19:00:07, with or without an offset such as -0500, not ${line === 3 ? '"1/29/2027 7:00 PM"' : '"2027-02-30 10:00"'}`,
      ),
    ],
    [`order,SKU,units,time\n${good}`, ['orders.csv:1 no column "sku", "at". The columns are: order, SKU, units, time']],
    [`${head}a,X,1,2027-01-01 10:00,more\n`, ['orders.csv:2 5 cells, but the header has 4']],
    [`${head}${good}b,X\0,1,2027-01-01 10:00\n`, ['orders.csv:3 a cell holds a NUL character; save the table as CSV in UTF-8']],
    ['', ['orders.csv:1 the file is empty']],
  ])('%j', (text, faults) => expect(faultsOf(text)).toEqual(faults));

  test('a quoted line break does not shift the line named', () => {
    expect(faultsOf(`${head}"a\nb",X,1,2027-01-01 10:00\nc,X,x,2027-01-01 10:00\n`)).toEqual([
      'orders.csv:4 units: expected a whole number of units, not "x"',
    ]);
  });

  test('a quote that never ends', () => {
    expect(faultsOf(`${head}"a,X,1,2027-01-01 10:00\n`)[0]).toMatch(/^orders\.csv:\d+ not CSV: Quote Not Closed/);
  });

  test('a hundred bad lines are told as twenty and the rest counted', () => {
    const faults = faultsOf(head + 'a,X,one,2027-01-01 10:00\n'.repeat(100));
    expect(faults).toHaveLength(21);
    expect(faults.at(-1)).toBe('orders.csv:22 and 80 more lines like these');
  });
});

describe("Shopify's export", () => {
  const head =
    'Name,Fulfilled at,Currency,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem fulfillment status,Cancelled at,Id\n';

  test('what stands on the first line is true of the whole order; the newest may come first', () => {
    const text = `${head}#1002,,USD,2027-01-29 19:05:00 -0500,1,Pin,9.00,PIN,pending,2027-01-29 19:09:00 -0500,900719925474099312
#1002,,,,2,Hoodie,58.00,HOODIE-M,pending,,
#1001,2027-01-30 08:00:00 -0500,JPY,2027-01-29 19:00:00 -0500,3,Tote,1800,,fulfilled,,
#1001,,,,1,Pin,900,PIN,pending,,
`;
    expect(ordersOf(text, 'shopify')).toMatchObject([
      {
        externalId: '#1001',
        placedAtMs: Date.UTC(2027, 0, 30),
        version: { updatedAtMs: Date.UTC(2027, 0, 30, 13) },
        currency: 'JPY',
        lines: [
          { lineId: '1', sku: '(no SKU) Tote', orderedUnits: 3, shippedUnits: 3, cancelledUnits: 0, unitPriceMinor: 1800 },
          { lineId: '2', sku: 'PIN', orderedUnits: 1, shippedUnits: 0, cancelledUnits: 0, unitPriceMinor: 900 },
        ],
      },
      {
        externalId: '#1002',
        version: { updatedAtMs: Date.UTC(2027, 0, 30, 0, 9), eventAtMs: Date.UTC(2027, 0, 30, 0, 5) },
        lines: [
          { sku: 'PIN', orderedUnits: 1, cancelledUnits: 1, shippedUnits: 0 },
          { sku: 'HOODIE-M', orderedUnits: 2, cancelledUnits: 2, shippedUnits: 0, unitPriceMinor: 5800 },
        ],
      },
    ]);
  });

  test('another table is not taken for it', () => {
    expect(faultsOf('order,sku\na,X\n', 'shopify')).toEqual([
      'orders.csv:1 no column "Name", "Lineitem quantity", "Lineitem sku", "Created at". The columns are: order, sku',
    ]);
  });
});

describe('the sample order stream', () => {
  const kept = readFileSync(`${ROOT}examples/hoodie-run-orders.csv`, 'utf8');
  const orders = ordersOf(kept, 'shopify', 'America/New_York');
  const stream = Date.UTC(2027, 0, 30);

  test('is what its script makes', () => expect(ordersCsv(7)).toBe(kept));

  test('has everything a rehearsal should show', () => {
    const gaps = orders.slice(1).map(({ placedAtMs }, index) => placedAtMs - (orders[index]?.placedAtMs ?? 0));
    const perMinute = Map.groupBy(orders, ({ placedAtMs }) => Math.floor((placedAtMs - stream) / 60_000));
    const soldAt = (sku: string, unitsPerBox: number): readonly number[] =>
      orders.flatMap(({ placedAtMs, lines }) =>
        lines.flatMap((line) => {
          const units = line.sku === sku ? 1 : line.sku === 'BOX' ? unitsPerBox : 0;
          return Array<number>(units * (line.orderedUnits - line.cancelledUnits)).fill(placedAtMs);
        }),
      );
    expect(orders).toHaveLength(203);
    expect(orders[0]?.placedAtMs).toBe(stream);
    expect(orders.at(-1)?.placedAtMs).toBe(stream + (44 * 60 + 52) * 1000);
    expect(gaps.filter((gap) => gap >= 100_000)).toEqual([177_000]);
    expect(perMinute.get(13)).toHaveLength(16);
    expect(soldAt('HOODIE-M', 1)).toHaveLength(69); // 67 may be sold: 70 and a reserve of 3
    expect(soldAt('PIN', 2)).toHaveLength(116); // 20 % of 123 are left from the 99th on
    expect(orders.flatMap(({ lines }) => lines).filter(({ sku }) => sku === 'TOTE')).toHaveLength(1);
    expect(orders.filter(({ lines }) => lines.every(({ cancelledUnits }) => cancelledUnits > 0))).toHaveLength(2);
    expect(orders.filter(({ lines }) => lines.length > 1).length).toBeGreaterThan(20);
  });
});

test('the real orders add up to what the file says', () => {
  const text = readFileSync(`${ROOT}test/data/uci_online_retail_2011-11-28_2011-12-09.csv`, 'utf8');
  const orders = ordersOf(text, { id: 'InvoiceNo', sku: 'StockCode', units: 'Quantity', at: 'InvoiceDate', price: 'UnitPrice' });
  const lines = orders.flatMap(({ lines: each }) => each);
  const of = (sku: string, counter: 'orderedUnits' | 'returnedUnits'): number =>
    lines.filter((line) => line.sku === sku).reduce((sum, line) => sum + line[counter], 0);
  expect([orders.length, lines.length]).toEqual([1456, 36_622]);
  expect(['23084', '22086', '85123A', '85123a'].map((sku) => [of(sku, 'orderedUnits'), of(sku, 'returnedUnits')])).toEqual([
    [7665, 14],
    [3056, 0],
    [1375, 2],
    [29, 0],
  ]);
});
