import { expect, test } from 'vitest';
import { readStandardWebhook } from '../../src/intake/standard-webhook.ts';

const AT = Date.UTC(2027, 0, 30, 0, 0, 7);
const COUNT = {
  type: 'inventory.count',
  data: { countedAt: '2027-01-29T19:00:07-05:00', counts: [{ sku: 'HOODIE-M', availableUnits: 46 }] },
};

function read(body: object) {
  return readStandardWebhook({ webhookId: 'msg_1', body: Buffer.from(JSON.stringify(body)), keyed: (text) => text });
}

test('a count by its least, and by all it may say', () => {
  const told = { kind: 'totals', source: 'webhook', countedAtMs: AT, sequence: null, items: [] };
  const total = { sku: 'HOODIE-M', availableUnits: 46, onHandUnits: null, committedUnits: null };
  expect(read(COUNT)).toEqual({ kind: 'counts', told: { ...told, totals: [total] } });
  const full = { sku: 'PIN', availableUnits: -3, onHandUnits: 5, committedUnits: 8 };
  expect(
    read({ ...COUNT, timestamp: AT, data: { ...COUNT.data, source: 'till', sequence: 1042, countedAt: AT, counts: [full] } }),
  ).toEqual({ kind: 'counts', told: { ...told, source: 'till', sequence: 1042, totals: [full] } });
});

test.each([
  ['no number', { counts: [{ sku: 'A' }] }, /^data\.counts\.0\.availableUnits: /],
  ['half a unit', { counts: [{ sku: 'A', availableUnits: 0.5 }] }, /^data\.counts\.0\.availableUnits: /],
  ['on hand below zero', { counts: [{ sku: 'A', availableUnits: 1, onHandUnits: -1 }] }, /^data\.counts\.0\.onHandUnits: /],
  [
    'a SKU twice',
    {
      counts: [
        { sku: 'A', availableUnits: 1 },
        { sku: 'A', availableUnits: 2 },
      ],
    },
    /^data\.counts: expected each sku once$/,
  ],
  ['nothing counted', { counts: [] }, /^data\.counts: /],
  ['no time', { countedAt: undefined }, /^data\.countedAt: expected epoch milliseconds/],
  ['a time without its offset', { countedAt: '2027-01-29T19:00:07' }, /^data\.countedAt: /],
  ['a sequence below zero', { sequence: -1 }, /^data\.sequence: /],
  ['a word nobody knows', { warehouse: 'B' }, /^data: Unrecognized key: "warehouse"$/],
])('%s is refused with the field', (_, data, why) => {
  const reading = read({ ...COUNT, data: { ...COUNT.data, ...data } });
  expect(reading.kind === 'faulty' ? reading.why : reading).toMatch(why);
});
