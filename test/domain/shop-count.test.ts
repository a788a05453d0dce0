import { describe, expect, test } from 'vitest';
import { ageOf, tallied, PLACES_AGREE_WITHIN_MS, type ShopCount } from '../../src/domain/shop-count.ts';

const AT = 1_000_000;
const KNOWN: ShopCount = { availableUnits: 10, onHandUnits: null, committedUnits: null, countedAtMs: AT, sequence: null };

describe('which of two counts is the later one', () => {
  test.each([
    ['made later', { countedAtMs: AT + 1 }, {}, 'newer'],
    ['made earlier', { countedAtMs: AT - 1, availableUnits: 3 }, {}, 'older'],
    ['the same again', {}, {}, 'repeat'],
    ['another number within the same second', { availableUnits: 9 }, {}, 'newer'],
    ['on hand told differently', { onHandUnits: 12 }, {}, 'newer'],
    ['a later sequence, whatever the clock says', { sequence: 8, countedAtMs: AT - 5_000 }, { sequence: 7 }, 'newer'],
    ['an earlier sequence, whatever the clock says', { sequence: 6, countedAtMs: AT + 5_000 }, { sequence: 7 }, 'older'],
    ['a sequence on one side only: the clock', { sequence: 6, countedAtMs: AT + 1 }, {}, 'newer'],
  ] as const)('%s', (_, count, known, age) => {
    expect(ageOf({ ...KNOWN, ...count }, { ...KNOWN, ...known })).toBe(age);
  });
});

describe('a total of several places', () => {
  const told = (availableUnits: number, countedAtMs = AT) => ({ availableUnits, countedAtMs });
  const place = (name: string, availableUnits: number, countedAtMs = AT) => ({ place: name, availableUnits, countedAtMs });

  test.each([
    ['no place heard: the told total', told(30), [], false, { availableUnits: 30, countedAtMs: AT, byPlaces: false }],
    [
      'one of two places heard: the told total',
      told(30),
      [place('a', 10)],
      false,
      { availableUnits: 30, countedAtMs: AT, byPlaces: false },
    ],
    [
      'their sum is the total: it is known from now on',
      told(30, AT + 5),
      [place('a', 10), place('b', 20, AT + 5)],
      false,
      { availableUnits: 30, countedAtMs: AT + 5, byPlaces: true },
    ],
    [
      'their sum is an older total by chance: the told total',
      told(30),
      [place('a', 10), place('b', 20, AT + 5)],
      false,
      { availableUnits: 30, countedAtMs: AT, byPlaces: false },
    ],
    [
      'known, and a place sells on',
      told(30),
      [place('a', 9, AT + 9), place('b', 20)],
      true,
      { availableUnits: 29, countedAtMs: AT + 9, byPlaces: true },
    ],
    [
      'a total told at nearly the same moment may have seen it or not',
      told(30, AT + PLACES_AGREE_WITHIN_MS),
      [place('a', 29)],
      true,
      { availableUnits: 29, countedAtMs: AT, byPlaces: true },
    ],
    [
      'a later total says otherwise: a place was missed',
      told(31, AT + PLACES_AGREE_WITHIN_MS + 1),
      [place('a', 29)],
      true,
      { availableUnits: 31, countedAtMs: AT + PLACES_AGREE_WITHIN_MS + 1, byPlaces: false },
    ],
  ] as const)('%s', (_, total, places, wasByPlaces, tally) => {
    expect(tallied(total, places, wasByPlaces)).toEqual(tally);
  });
});
