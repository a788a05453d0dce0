import { expect, test } from 'vitest';
import { LINK_ALPHABET, linkCode, parseLinkCode } from '../../src/domain/link-code.ts';

test('a code is six letters and digits that look like no other', () => {
  expect(linkCode(() => 0)).toBe('222222');
  expect(linkCode((below) => below - 1)).toBe('ZZZZZZ');
  expect(new Set(LINK_ALPHABET).size).toBe(31);
  expect(['0', '1', 'I', 'O', 'L'].filter((alike) => LINK_ALPHABET.includes(alike))).toEqual([]);
});

test.each([
  ['ab2-cd3', 'AB2CD3'],
  [' ab2 cd3 ', 'AB2CD3'],
  ['AB2CD', null],
  ['AB2CD34', null],
  ['AB0CD3', null],
  ['', null],
  ['ÅB2CD3', null],
])('%j is read as %s', (typed, code) => expect(parseLinkCode(typed)).toBe(code));
