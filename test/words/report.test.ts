import { expect, test } from 'vitest';
import type { Telling } from '../../src/ports/message.ts';
import type { AfterShow } from '../../src/ports/store/drops.ts';
import { afterShowReport } from '../../src/words/report.ts';

const TELLING: Telling = { locale: 'en', zone: 'America/New_York', nameOf: (id) => id };
const AT = Date.UTC(2027, 0, 30, 0, 5);

const line = (sku: string, more: Partial<AfterShow['skus'][number]> = {}): AfterShow['skus'][number] => ({
  sku,
  name: sku,
  onHandUnits: 0,
  soldUnits: 0,
  cancelledUnits: 0,
  broughtBackUnits: 0,
  shippedUnits: 0,
  availableUnits: 0,
  oversoldUnits: 0,
  alertCount: 0,
  pauseCount: 0,
  ...more,
});

const QUIET: AfterShow = {
  dropName: 'Hoodie Run',
  orderCount: 1,
  skus: [line('PIN', { onHandUnits: 200, soldUnits: 1, availableUnits: 199 })],
  bundles: [],
  alertCount: 0,
  silenceAlertCount: 0,
  pauses: [],
  unknownSkus: [],
};

test('a quiet show is one line and one row', () => {
  const message = afterShowReport(QUIET, TELLING);
  expect([message.summary, message.tone]).toEqual(['After Hoodie Run: 1 sold in 1 order, no alerts, no pauses', 'plain']);
  expect(message.parts.slice(0, 2)).toEqual([
    { kind: 'text', text: [{ kind: 'strong', text: 'After Hoodie Run' }, ': 1 sold in 1 order, no alerts, no pauses.'] },
    {
      kind: 'table',
      columns: ['SKU', 'Sold', 'Brought back', 'On hand', 'Left', 'Oversold', 'Alerts'],
      rows: [['PIN', '1', '0', '200', '199', '0', '0']],
    },
  ]);
  expect(message.parts).toHaveLength(3);
});

test('a full one has every column, a sum, every pause and what nobody listed', () => {
  const message = afterShowReport(
    {
      ...QUIET,
      dropName: null,
      orderCount: 305,
      skus: [
        line('A', {
          soldUnits: 10,
          cancelledUnits: 1,
          broughtBackUnits: 2,
          shippedUnits: 3,
          onHandUnits: 4,
          oversoldUnits: 6,
          alertCount: 2,
          pauseCount: 2,
        }),
        line('B', { soldUnits: 20, availableUnits: 5, onHandUnits: 25, pauseCount: 1 }),
      ],
      bundles: [{ sku: 'BOX', name: 'Box', alertCount: 1, pauseCount: 2 }],
      alertCount: 4,
      silenceAlertCount: 1,
      pauses: [
        { scope: '*', atMs: AT, lastedMs: 180_000, unitsSoldMeanwhile: 1 },
        { scope: 'A', atMs: AT, lastedMs: null, unitsSoldMeanwhile: 12 },
      ],
      unknownSkus: [
        { sku: 'CAP', units: 2, orderCount: 1 },
        { sku: 'MUG', units: 1, orderCount: 3 },
      ],
    },
    TELLING,
  );
  expect([message.summary, message.tone]).toEqual([
    'After the show: 30 sold in 305 orders, 6 oversold, 4 alerts (1 of no orders heard), 2 pauses',
    'warning',
  ]);
  expect(message.parts.slice(1)).toEqual([
    {
      kind: 'table',
      columns: ['SKU', 'Sold', 'Cancelled', 'Brought back', 'Shipped', 'On hand', 'Left', 'Oversold', 'Alerts', 'Pauses'],
      rows: [
        ['A', '10', '1', '2', '3', '4', '0', '6', '2', '2'],
        ['B', '20', '0', '0', '0', '25', '5', '0', '0', '1'],
        ['BOX (bundle)', '–', '–', '–', '–', '–', '–', '–', '1', '2'],
        ['All', '30', '1', '2', '3', '29', '5', '6', '3', '2'],
      ],
    },
    { kind: 'text', text: 'Every promotion was paused at 19:05 EST for 3 min; 1 unit sold meanwhile.' },
    { kind: 'text', text: 'Promotion of A was paused at 19:05 EST and is still paused; 12 units sold meanwhile.' },
    {
      kind: 'text',
      text: 'Ordered, but not in the plan: CAP (2 units in 1 order), MUG (1 unit in 3 orders). Add them to the plan and they are counted.',
    },
    {
      kind: 'context',
      text: 'Sold is everything ordered; cancelled and brought back are not taken off it. Left is what may still be sold.',
    },
  ]);
});

test('nothing listed, nothing sold: no empty table', () => {
  const message = afterShowReport({ ...QUIET, skus: [], orderCount: 0 }, TELLING);
  expect(message.parts.map(({ kind }) => kind)).toEqual(['text', 'context']);
});

test('of many that nobody listed, the ten with most units are named', () => {
  const unknownSkus = Array.from({ length: 12 }, (_, index) => ({ sku: `U${index}`, units: index + 1, orderCount: 1 }));
  const texts = afterShowReport({ ...QUIET, unknownSkus }, TELLING).parts.flatMap((part) =>
    part.kind === 'text' ? [part.text] : [],
  );
  expect(texts.at(-1)).toBe(
    'Ordered, but not in the plan: U11 (12 units in 1 order), U10 (11 units in 1 order), U9 (10 units in 1 order), U8 (9 units in 1 order), U7 (8 units in 1 order), U6 (7 units in 1 order), U5 (6 units in 1 order), U4 (5 units in 1 order), U3 (4 units in 1 order), U2 (3 units in 1 order) and 2 more. Add them to the plan and they are counted.',
  );
});
