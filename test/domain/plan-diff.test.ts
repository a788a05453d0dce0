import { expect, test } from 'vitest';
import { diffByKey, same } from '../../src/domain/plan-diff.ts';

test.each([
  [1, 1, true],
  [1, '1', false],
  [null, undefined, false],
  [null, {}, false],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [{ a: 1, b: undefined }, { a: 1 }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [[1, 2], [1, 2], true],
  [[1, 2], [2, 1], false],
  [[1], [1, undefined], false],
  [[], {}, false],
  [{ a: [{ b: 1 }] }, { a: [{ b: 1 }] }, true],
  [{ a: [{ b: 1 }] }, { a: [{ b: 2 }] }, false],
])('%j and %j say the same: %s', (a, b, answer) => {
  expect([same(a, b), same(b, a)]).toEqual([answer, answer]);
});

test('a diff names what was added, changed and removed, in the order of the lists', () => {
  expect(diffByKey({ a: 1, b: 2, c: 3, d: 4 }, { e: 5, c: 3, b: 7, f: 6 })).toEqual({
    added: [
      ['e', 5],
      ['f', 6],
    ],
    changed: [['b', 2, 7]],
    removed: [
      ['a', 1],
      ['d', 4],
    ],
  });
});
