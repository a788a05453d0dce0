import { describe, expect, test } from 'vitest';
import { readStandardWebhook } from '../../src/intake/standard-webhook.ts';

const read = (body: unknown) =>
  readStandardWebhook({ webhookId: 'msg_1', body: Buffer.from(JSON.stringify(body)), keyed: (text) => `keyed(${text})` });

const ORDER = {
  externalId: 'A-1',
  placedAt: '2027-01-29T19:00:00-05:00',
  lines: [
    {
      lineId: '1',
      sku: 'PIN',
      orderedUnits: 5,
      cancelledUnits: 1,
      shippedUnits: 2,
      returnedUnits: 1,
      writtenOffUnits: 1,
      unitPriceMinor: 900,
    },
  ],
};
const PLACED = Date.UTC(2027, 0, 30);

test('one order', () => {
  expect(read({ ...ORDER, source: 'till', updatedAt: PLACED + 5, buyer: 'fan', currency: 'USD' })).toEqual({
    kind: 'facts',
    heard: [
      {
        eventId: 'msg_1',
        facts: {
          kind: 'order',
          source: 'till',
          externalId: 'A-1',
          version: { updatedAtMs: PLACED + 5, eventAtMs: PLACED + 5 },
          placedAtMs: PLACED,
          buyerKey: 'keyed(till buyer fan)',
          currency: 'USD',
          lines: ORDER.lines,
          refunds: [],
        },
      },
    ],
  });
});

test('what is left out is nothing', () => {
  const reading = read({
    externalId: 820982911946,
    placedAt: PLACED,
    lines: [{ lineId: 7, sku: 'BANK CHARGES', orderedUnits: 0 }],
  });
  expect(reading.kind === 'facts' && reading.heard[0]?.facts).toEqual({
    kind: 'order',
    source: 'webhook',
    externalId: '820982911946',
    version: { updatedAtMs: PLACED, eventAtMs: PLACED },
    placedAtMs: PLACED,
    buyerKey: null,
    currency: null,
    lines: [
      {
        lineId: '7',
        sku: 'BANK CHARGES',
        orderedUnits: 0,
        cancelledUnits: 0,
        shippedUnits: 0,
        returnedUnits: 0,
        writtenOffUnits: 0,
        unitPriceMinor: 0,
      },
    ],
    refunds: [],
  });
});

test('up to 500 orders, each with an event id of its own', () => {
  const orders = Array.from({ length: 500 }, (_, index) => ({ ...ORDER, externalId: `A-${index}` }));
  const reading = read({ orders });
  expect(reading.kind === 'facts' && [reading.heard.length, reading.heard[0]?.eventId, reading.heard[499]?.eventId]).toEqual([
    500,
    'msg_1:0',
    'msg_1:499',
  ]);
  expect(read({ orders: [...orders, ORDER] })).toEqual({
    kind: 'faulty',
    why: 'orders: Too big: expected array to have <=500 items',
  });
  expect(read({ orders: [] })).toMatchObject({ kind: 'faulty' });
});

describe('one fault refuses the whole body', () => {
  const line = ORDER.lines[0];
  test.each<readonly [body: unknown, why: string]>([
    [{ orders: [ORDER, { ...ORDER, lines: 'none' }] }, 'orders.1.lines: Invalid input: expected array, received string'],
    [{ ...ORDER, extra: 1 }, 'the body: Unrecognized key: "extra"'],
    [
      { ...ORDER, lines: [{ ...line, shippedUnits: 4 }] },
      'lines.0: expected shipped, cancelled and written off together to be at most the units ordered',
    ],
    [
      { ...ORDER, lines: [{ ...line, orderedUnits: -1 }] },
      'lines.0.orderedUnits: Too small: expected number to be >=0 (and 1 more)',
    ],
    [{ ...ORDER, lines: [line, line] }, 'lines: expected a lineId of its own for every line'],
    [
      { ...ORDER, placedAt: '2027-01-29T19:00:00' },
      'placedAt: expected epoch milliseconds, or a time with its offset such as 2027-01-29T19:00:07-05:00',
    ],
    [{ ...ORDER, source: 'My Shop' }, 'source: expected lower-case letters, digits and dashes, at most 40'],
    [{ ...ORDER, externalId: '' }, 'externalId: Too small: expected string to have >=1 characters'],
    [[], 'the body: Invalid input: expected object, received array'],
    [null, 'the body: Invalid input: expected object, received null'],
  ])('%#', (body, why) => {
    expect(read(body)).toEqual({ kind: 'faulty', why });
  });
});
