import { expect, test } from 'vitest';
import { factsWithoutTraces, withoutTraces, type Traces } from '../../src/domain/erasure.ts';

const TRACES: Traces = {
  personId: 'p7',
  names: ['Ann', 'J. O’Neil (Jo)'],
  accountIds: ['U07ANN', '770012'],
  reasons: new Set(['late train']),
  businessWords: new Set(['Ann']),
};

test.each([
  ['Ann', 'someone who left'],
  ['ask ANN, not Annabel or Joann', 'ask someone who left, not Annabel or Joann'],
  ['Ann’s hoodie; Ännn; xAnn', 'someone who left’s hoodie; Ännn; xAnn'],
  ['J. O’Neil (Jo)!', 'someone who left!'],
  ['<@U07ANN> and U07ANNA', '<@erased> and U07ANNA'],
  ['', ''],
])('%s becomes %s', (text, expected) => {
  expect(withoutTraces(text, TRACES)).toBe(expected);
});

test.each<readonly [what: string, value: unknown, expected: unknown]>([
  [
    'a member',
    { personId: 'p7', name: 'Jo', accounts: [{ platform: 'slack', accountId: 'x' }], assignments: [{ role: 'host' }] },
    { personId: 'p7', name: 'someone who left', accounts: [], assignments: [] },
  ],
  ['another member', { personId: 'p8', name: 'Bo', accounts: [] }, { personId: 'p8', name: 'Bo', accounts: [] }],
  ['a reason of theirs', { actedBy: 'p7', reason: 'anything' }, { actedBy: 'p7', reason: null }],
  ['a copy of it', { actedBy: 'p8', reason: 'late train' }, { actedBy: 'p8', reason: null }],
  ['a reason of somebody else', { actedBy: 'p8', reason: 'late bus' }, { actedBy: 'p8', reason: 'late bus' }],
  ['a reason typed into a button', { what: 'all', reason: 'late train' }, { what: 'all', reason: '' }],
  ['the product of that name', { name: 'Ann', note: 'Ann!' }, { name: 'Ann', note: 'someone who left!' }],
  ['an account of digits', { platform: 'discord', accountId: '770012' }, { platform: 'discord', accountId: 'erased' }],
  ['what was typed', { asked: 'ann', near: ['ann'] }, { asked: 'someone who left', near: ['someone who left'] }],
  ['numbers, states and ids', [1, null, true, 'ann', 'stock:ann:1'], [1, null, true, 'ann', 'stock:ann:1']],
])('%s', (_what, value, expected) => {
  expect(factsWithoutTraces(value, TRACES)).toEqual(expected);
});
