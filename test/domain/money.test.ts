import { expect, test } from 'vitest';
import { sayMinor, toMinor } from '../../src/domain/money.ts';

test.each([
  [58, 'USD', 5800, '58.00'],
  [0, 'EUR', 0, '0.00'],
  [58.1, 'USD', 5810, '58.10'],
  [1.15, 'USD', 115, '1.15'], // 1.15 * 100 is 114.99999999999999
  [900, 'JPY', 900, '900'],
  [900.5, 'JPY', 901, '901'],
  [1.25, 'KWD', 1250, '1.250'],
  [9.99, null, 999, '9.99'],
])('%s %s is %i in its smallest units, %s in words', (amount, currency, minor, words) => {
  expect(toMinor(amount, currency)).toBe(minor);
  expect(sayMinor(minor, currency)).toBe(words);
});
