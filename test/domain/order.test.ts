import { describe, expect, test } from 'vitest';
import {
  compareVersions,
  openUnits,
  type LineCounters,
  type OrderFacts,
  type Refund,
  type RefundFacts,
} from '../../src/domain/order.ts';
import { mergeOrder, refundedUnits, settled, type KeptOrder, type RefundedUnits } from '../../src/domain/order-merge.ts';
import { lineOf, orderOf, refundOf } from '../support/orders.ts';

type Five = readonly [ordered: number, cancelled: number, shipped: number, returned: number, writtenOff: number];

const counters = ([orderedUnits, cancelledUnits, shippedUnits, returnedUnits, writtenOffUnits]: Five): LineCounters => {
  return { orderedUnits, cancelledUnits, shippedUnits, returnedUnits, writtenOffUnits };
};
const five = (line: LineCounters): Five => [
  line.orderedUnits,
  line.cancelledUnits,
  line.shippedUnits,
  line.returnedUnits,
  line.writtenOffUnits,
];

test.each([
  [[1, 1], [1, 1], 0],
  [[1, 2], [1, 1], 1],
  [[1, 9], [2, 1], -1],
] as const)('version %o against %o is %i', ([a, b], [c, d], sign) => {
  expect(Math.sign(compareVersions({ updatedAtMs: a, eventAtMs: b }, { updatedAtMs: c, eventAtMs: d }))).toBe(sign);
});

describe('a line settles', () => {
  const none: RefundedUnits = { cancel: 0, return: 0, none: 0, legacy: 0 };
  test.each<[string, Five, Partial<RefundedUnits>, boolean, Five]>([
    ['as told', [5, 1, 2, 1, 1], {}, true, [5, 1, 2, 1, 1]],
    ['no more shipped than ordered', [3, 0, 5, 0, 0], {}, true, [3, 0, 3, 0, 0]],
    ['written off only from what did not ship', [5, 0, 4, 0, 3], {}, true, [5, 0, 4, 0, 1]],
    ['cancelled only from the rest', [5, 4, 2, 0, 2], {}, true, [5, 1, 2, 0, 2]],
    ['a refund that cancels', [5, 1, 2, 0, 0], { cancel: 1 }, true, [5, 2, 2, 0, 0]],
    ['a refund that returns', [5, 0, 5, 1, 0], { return: 2 }, true, [5, 0, 5, 3, 0]],
    ['a return of what is not known to have shipped', [5, 0, 0, 0, 0], { return: 1 }, true, [5, 0, 0, 1, 0]],
    ['a refund without restock writes off', [5, 0, 3, 0, 0], { none: 1 }, true, [5, 0, 3, 0, 1]],
    ['a refund without restock of a shipped unit is only money', [5, 0, 5, 0, 0], { none: 2 }, true, [5, 0, 5, 0, 0]],
    ['an old refund cancels what did not ship and returns the rest', [5, 1, 2, 0, 0], { legacy: 4 }, true, [5, 3, 2, 2, 0]],
    ['units brought back without an order', [0, 0, 0, 4, 0], {}, true, [0, 0, 0, 4, 0]],
    ['a line no longer listed is cancelled', [5, 0, 2, 0, 1], {}, false, [5, 2, 2, 0, 1]],
    ['and its old refunds returned what had shipped', [5, 0, 2, 0, 0], { legacy: 4 }, false, [5, 3, 2, 1, 0]],
  ])('%s', (_, base, refunded, listed, expected) => {
    const listedIn = listed ? null : { updatedAtMs: 1, eventAtMs: 1 };
    const line = settled({ base: counters(base), listedIn }, { ...none, ...refunded });
    expect(five(line)).toEqual(expected);
    expect(openUnits(line)).toBeGreaterThanOrEqual(0);
  });
});

describe('facts unite', () => {
  const hear = (facts: readonly (OrderFacts | RefundFacts)[]) => {
    const kept: KeptOrder[] = [];
    const kinds = facts.map((each) => {
      const merged = mergeOrder(kept.at(-1) ?? null, each);
      if (merged.kind === 'changed') kept.push(merged.order);
      return merged.kind === 'changed' && merged.conflict ? 'conflict' : merged.kind;
    });
    const order = kept.at(-1);
    if (order === undefined) throw new Error('nothing was kept');
    const refunded = refundedUnits(order);
    const lines = order.lines.map((line) => [line.lineId, line.sku, ...five(settled(line, refunded(line)))].join(' ')).sort();
    return { kinds, lines, reconcile: order.reconcile };
  };
  const at = (version: number, ordered: number, cancelled = 0, more: Partial<OrderFacts> = {}) =>
    orderOf('1', version, [lineOf('a', 'X', { orderedUnits: ordered, cancelledUnits: cancelled })], more);
  const refund = (refundId: string, units: number, restock: Refund['lines'][number]['restock'] = 'cancel'): Refund => {
    return { refundId, lines: [{ lineId: 'a', units, restock }] };
  };

  test.each<[string, readonly (OrderFacts | RefundFacts)[], readonly string[], readonly string[]]>([
    ['a newer version replaces', [at(1, 5), at(2, 3)], ['changed', 'changed'], ['a X 3 0 0 0 0']],
    ['an older one does not', [at(2, 3), at(1, 5)], ['changed', 'older'], ['a X 3 0 0 0 0']],
    ['an equal one of the same content is a repeat', [at(1, 5), at(1, 5)], ['changed', 'repeat'], ['a X 5 0 0 0 0']],
    ['an equal one of another content', [at(1, 5, 0), at(1, 4, 2)], ['changed', 'conflict'], ['a X 5 2 0 0 0']],
    ['and again', [at(1, 5, 0), at(1, 4, 2), at(1, 5, 0)], ['changed', 'conflict', 'repeat'], ['a X 5 2 0 0 0']],
    ['an equal one that says less', [at(1, 5), at(1, 4)], ['changed', 'conflict'], ['a X 5 0 0 0 0']],
    ['an equal one without the line', [at(1, 5), orderOf('1', 1, [])], ['changed', 'conflict'], ['a X 5 0 0 0 0']],
    ['a line no longer listed', [at(1, 5), orderOf('1', 2, [])], ['changed', 'changed'], ['a X 5 5 0 0 0']],
    ['heard the other way round', [orderOf('1', 2, []), at(1, 5)], ['changed', 'changed'], ['a X 5 5 0 0 0']],
    ['listed again', [at(1, 5), orderOf('1', 2, []), at(3, 4)], ['changed', 'changed', 'changed'], ['a X 4 0 0 0 0']],
    ['last listed', [orderOf('1', 3, []), at(1, 5), at(2, 6)], ['changed', 'changed', 'changed'], ['a X 6 6 0 0 0']],
    ['last listed first', [orderOf('1', 3, []), at(2, 6), at(1, 5)], ['changed', 'changed', 'older'], ['a X 6 6 0 0 0']],
    ['a refund before its order', [refundOf('1', refund('r', 1)), at(1, 5)], ['changed', 'changed'], ['a X 5 1 0 0 0']],
    [
      'a refund alone and inside',
      [at(1, 5), refundOf('1', refund('r', 1)), at(2, 5, 0, { refunds: [refund('r', 1)] })],
      ['changed', 'changed', 'changed'],
      ['a X 5 1 0 0 0'],
    ],
    [
      'a refund inside an older version',
      [at(2, 5), at(1, 5, 0, { refunds: [refund('r', 1)] }), refundOf('1', refund('r', 1))],
      ['changed', 'changed', 'repeat'],
      ['a X 5 1 0 0 0'],
    ],
    [
      'two refunds',
      [at(1, 5), refundOf('1', refund('r', 1)), refundOf('1', refund('s', 2, 'none'))],
      ['changed', 'changed', 'changed'],
      ['a X 5 1 0 0 2'],
    ],
    [
      'one id with two contents keeps the larger',
      [at(1, 5), refundOf('1', refund('r', 2)), refundOf('1', refund('r', 1))],
      ['changed', 'changed', 'repeat'],
      ['a X 5 2 0 0 0'],
    ],
    [
      'a line that changes its SKU is another line',
      [at(1, 5), orderOf('1', 2, [lineOf('a', 'Y', { orderedUnits: 2 })]), refundOf('1', refund('r', 1))],
      ['changed', 'changed', 'changed'],
      ['a X 5 5 0 0 0', 'a Y 2 1 0 0 0'],
    ],
    [
      'lines of one id and SKU are summed',
      [orderOf('1', 1, [lineOf('a', 'X', { orderedUnits: 2 }), lineOf('a', 'X', { orderedUnits: 3 })])],
      ['changed'],
      ['a X 5 0 0 0 0'],
    ],
  ])('%s', (_, facts, kinds, lines) => {
    const heard = hear(facts);
    expect([heard.kinds, heard.lines]).toEqual([kinds, lines]);
    expect(heard.reconcile).toBe(kinds.includes('conflict'));
  });

  test.each([[-1], [0.5], [10_000_001], [Number.NaN]])('%d units cannot be', (units) => {
    expect(() => mergeOrder(null, at(1, units))).toThrow(RangeError);
    expect(() => mergeOrder(null, refundOf('1', refund('r', units)))).toThrow(RangeError);
  });
});
