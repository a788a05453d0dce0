import { describe, expect, test } from 'vitest';
import { afterHold, covers, mayUndo, pauseBeside, resumeCauses, skusOf } from '../../src/domain/promotion.ts';
import type { Bundles } from '../../src/domain/promotion.ts';
import { EMPTY_LEVEL } from '../../src/domain/stock.ts';

const NOW = 1_000_000;
const BUNDLES: Bundles = new Map([
  [
    'BOX',
    [
      { sku: 'HOODIE-M', unitsPerBundle: 1 },
      { sku: 'PIN', unitsPerBundle: 2 },
    ],
  ],
]);

describe('what a pause covers', () => {
  test.each([
    ['*', [], true],
    ['*', ['PIN'], true],
    ['PIN', ['PIN'], true],
    ['PIN', ['BOX'], true], // the bundle is sold with it
    ['BOX', ['BOX'], true],
    ['BOX', ['PIN'], false], // the pin on its own may still be promoted
    ['PIN', ['HOODIE-S', 'PIN'], true],
    ['PIN', ['HOODIE-S'], false],
    ['PIN', [], false], // the whole drop is stopped only by a pause of everything
  ])('%s and an announcement of %j: %s', (scope, skus, covered) => {
    expect(covers(scope, { skus }, BUNDLES)).toBe(covered);
  });

  test('its units are those of its SKUs', () => {
    expect([skusOf('*', BUNDLES), skusOf('PIN', BUNDLES), skusOf('BOX', BUNDLES)]).toEqual([null, ['PIN'], ['HOODIE-M', 'PIN']]);
  });
});

type Standing = { readonly scope: string; readonly untilMs: number | null };

describe('another pause while some stand', () => {
  const all: Standing = { scope: '*', untilMs: NOW + 10 };
  const pin: Standing = { scope: 'PIN', untilMs: null };
  test.each([
    ['none stands', [], { scope: '*', untilMs: null }, { kind: 'new' }],
    ['the same stands', [pin], { scope: 'PIN', untilMs: null }, { kind: 'stands', pause: pin }],
    ['the same stands for longer', [all], { scope: '*', untilMs: NOW + 5 }, { kind: 'stands', pause: all }],
    ['the same is asked for longer', [all], { scope: '*', untilMs: NOW + 11 }, { kind: 'extend', pause: all }],
    ['the same is asked without end', [all], { scope: '*', untilMs: null }, { kind: 'extend', pause: all }],
    ['a wider one covers it', [all], { scope: 'PIN', untilMs: NOW + 10 }, { kind: 'stands', pause: all }],
    ['a wider one ends earlier', [all], { scope: 'PIN', untilMs: null }, { kind: 'new' }],
    ['a narrower one stands', [pin], { scope: '*', untilMs: null }, { kind: 'new' }],
    ['another item is paused', [pin], { scope: 'HOODIE-S', untilMs: null }, { kind: 'new' }],
  ])('%s', (_name, standing: readonly Standing[], asked, expected) => {
    expect(pauseBeside(standing, asked)).toEqual(expected);
  });
});

describe('taking back and resuming', () => {
  test.each([
    ['maya', 0, 'yes'],
    ['maya', 30_000, 'yes'],
    ['maya', 30_001, 'too-late'],
    ['finn', 1, 'not-yours'],
  ])('%s after %i ms: %s', (personId, afterMs, may) => {
    expect(mayUndo({ byPersonId: 'maya', atMs: NOW }, personId, NOW + afterMs)).toBe(may);
  });

  test('a cause stands while more was sold than may be sold', () => {
    const level = (committed: number) => ({ ...EMPTY_LEVEL, onHand: 10, reserve: 2, committed });
    const levels = [
      { sku: 'A', level: level(8) },
      { sku: 'B', level: level(9) },
    ];
    expect(resumeCauses(levels)).toEqual([{ kind: 'oversold', sku: 'B', units: 1 }]);
  });

  test.each([
    [-1, 'release'],
    [15 * 60_000, 'release'],
    [15 * 60_000 + 1, 'missed'],
  ])('an announcement let go %i ms after its time: %s', (lateMs, expected) => {
    expect(afterHold({ atMs: NOW }, NOW + lateMs)).toBe(expected);
  });
});
