import { describe, expect, test } from 'vitest';
import {
  armFresh,
  DEFAULT_THRESHOLDS,
  limitUnits,
  rearmUnits,
  thresholdStep,
  withGuards,
  type ArmedThreshold,
  type Threshold,
} from '../../src/domain/threshold.ts';

const percent = (value: number): Threshold => ({ id: `percent:${value}`, unit: 'percent', value, severity: 'routine' });
const units = (value: number, severity: Threshold['severity'] = 'live'): Threshold => {
  return { id: `units:${value}`, unit: 'units', value, severity };
};
const minutes: Threshold = { id: 'minutes:10', unit: 'minutes', value: 10, severity: 'live' };
const oversold: Threshold = { id: 'oversold', unit: 'oversold', value: -1, severity: 'critical' };
const armed = (...thresholds: readonly Threshold[]): readonly ArmedThreshold[] =>
  thresholds.map((threshold) => ({ ...threshold, armed: true }));
const fired = (...thresholds: readonly Threshold[]): readonly ArmedThreshold[] =>
  thresholds.map((threshold) => ({ ...threshold, armed: false }));

test.each([
  [percent(20), 40, 8],
  [percent(20), 44, 8],
  [percent(20), 4, 0],
  [percent(7), 100, 7],
  [percent(29), 100, 29],
  [units(5), 40, 5],
  [oversold, 40, -1],
  [minutes, 40, null],
])('the limit of %o of %i sellable is %o', (threshold, sellableUnits, limit) => {
  expect(limitUnits(threshold, sellableUnits)).toBe(limit);
});

test.each([
  [-1, 1],
  [0, 2],
  [1, 3],
  [5, 7],
  [10, 12],
  [11, 14],
  [15, 18],
  [100, 120],
])('a threshold fired at %i arms again from %i', (limit, from) => expect(rearmUnits(limit)).toBe(from));

describe('a step', () => {
  const all = armed(...DEFAULT_THRESHOLDS);
  const step = (thresholds: readonly ArmedThreshold[], balanceUnits: number, receipt = false) => {
    const after = thresholdStep(thresholds, { balanceUnits, sellableUnits: 40, receipt });
    if (after === null) return null;
    return [after.crossed?.threshold.id ?? null, after.thresholds.map((each) => Number(each.armed)).join(''), after.recovered];
  };

  // Default thresholds of 40 sellable: 20 % is 8; the order is percent:20, units:5, units:0, oversold.
  test.each([
    ['above every line', all, 9, false, null],
    ['at the first line', all, 8, false, ['percent:20', '0111', false]],
    ['at the second', fired(percent(20)), 5, false, null],
    ['through two at once, the graver is raised', all, 5, false, ['units:5', '0011', false]],
    ['through all, the gravest and lowest is raised', all, -1, false, ['oversold', '0000', false]],
    ['to none left', all, 0, false, ['units:0', '0001', false]],
    ['a fired line stays quiet', fired(units(5)), 3, false, null],
    ['back above, within the margin, it stays fired', fired(units(5)), 6, false, null],
    ['back by the margin it arms', fired(units(5)), 7, false, [null, '1', true]],
    ['a receipt arms above the line', fired(units(5)), 6, true, [null, '1', true]],
    ['a receipt does not arm at the line', fired(units(5)), 5, true, null],
    ['oversold arms at one left', fired(oversold), 1, false, [null, '1', true]],
    ['oversold does not arm at none left', fired(oversold), 0, false, null],
    ['minutes never fire here', armed(minutes), -5, false, null],
    ['minutes arm on a receipt', fired(minutes), -5, true, [null, '1', true]],
    ['minutes wait for the pulse otherwise', fired(minutes), 99, false, null],
    ['some arm, some do not', fired(units(5), oversold), 2, false, [null, '01', false]],
    ['of one severity, the lower is raised', armed(units(5), units(3)), 3, false, ['units:3', '00', false]],
    ['severity goes before depth', armed(units(8, 'critical'), units(3)), 3, false, ['units:8', '00', false]],
    ['no thresholds', [], -9, false, null],
  ] as const)('%s', (_, thresholds, balanceUnits, receipt, expected) => {
    expect(step(thresholds, balanceUnits, receipt)).toEqual(expected);
  });
});

test('a line passed when it is set waits for the stock to recover', () => {
  const standing = { balanceUnits: 5, sellableUnits: 40, receipt: false };
  expect(armFresh([units(5), units(4), percent(20), minutes], standing).map((each) => each.armed)).toEqual([
    false,
    true,
    false,
    true,
  ]);
});

test.each([
  [null, ['percent:20', 'units:5', 'units:0', 'oversold']],
  [[], ['units:0', 'oversold']],
  [[units(9)], ['units:9', 'units:0', 'oversold']],
  [[units(0)], ['units:0', 'oversold']],
])('the list %o is kept as %o', (chosen, ids) => {
  const kept = withGuards(chosen);
  expect(kept.map(({ id }) => id)).toEqual(ids);
  expect(kept.filter(({ id }) => id === 'units:0' || id === 'oversold').map(({ severity }) => severity)).toEqual([
    'critical',
    'critical',
  ]);
});
