import { expect, test } from 'vitest';
import { nearest } from '../../src/domain/near.ts';

test.each([
  ['cuont', 'count'], // neighbours swapped
  ['counts', 'count'],
  ['cout', 'count'],
  ['COUNT', 'count'],
  ['count', 'count'],
  ['treshold', 'thresholds'],
  ['price', 'price'],
  ['nmae', 'name'],
  ['motto', null],
  ['x', null],
  ['', null],
])('%s', (typed, word) => expect(nearest(typed, ['name', 'count', 'thresholds', 'price', 'reserve'])).toBe(word));

test('the closest wins, and the first of equals', () => {
  expect(nearest('team', ['teams', 'team'])).toBe('team');
  expect(nearest('tean', ['team', 'tear'])).toBe('team');
});
