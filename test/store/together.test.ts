import { expect, test } from 'vitest';
import { together } from '../../src/store/together.ts';

test('answers line up with the pieces', async () => {
  expect(await together([Promise.resolve(1), Promise.resolve('two')])).toEqual([1, 'two']);
});

test('every piece has ended before the first fault is thrown', async () => {
  const ended: string[] = [];
  const slow = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    ended.push('slow');
  };
  const failed = together([Promise.reject(new Error('first')), slow(), Promise.reject(new Error('second'))]);
  await expect(failed).rejects.toThrow('first');
  expect(ended).toEqual(['slow']);
});
