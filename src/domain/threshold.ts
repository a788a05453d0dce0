import { unreachable } from './unreachable.ts';

/** From mild to grave; also the order of the lanes posts wait in, reversed. */
export const SEVERITIES = ['routine', 'live', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const THRESHOLD_UNITS = ['units', 'percent', 'minutes'] as const;
export type ThresholdUnit = (typeof THRESHOLD_UNITS)[number];

/** One line a SKU or bundle may cross. `percent` is of sellable units; `minutes` is time left at the present rate. */
export type Threshold = {
  readonly id: string; // `units:5`, `percent:20`, `minutes:10`, `oversold`
  readonly unit: ThresholdUnit | 'oversold';
  readonly value: number;
  readonly severity: Severity;
};

/** What PRODUCT gives a SKU whose team chose no thresholds. */
export const DEFAULT_THRESHOLDS: readonly Threshold[] = [
  { id: 'percent:20', unit: 'percent', value: 20, severity: 'routine' },
  { id: 'units:5', unit: 'units', value: 5, severity: 'live' },
  { id: 'units:0', unit: 'units', value: 0, severity: 'critical' },
  { id: 'oversold', unit: 'oversold', value: -1, severity: 'critical' },
];

/** One crossing: at its own order (or count, or minute), with the stock as it stood right after. */
export type Crossing = {
  readonly subject: string; // the SKU or bundle
  readonly thresholdId: string;
  readonly severity: Severity;
  readonly cause: string; // `order <source> <externalId>`, `count`, `pulse`
  readonly balanceUnits: number; // right after the cause; negative is oversold
  readonly limitUnits: number;
  readonly minutesLeft: number | null; // for `minutes` thresholds
  readonly bindingSku: string | null; // for bundles
  readonly atMs: number;
};

/** A threshold of one subject, and whether it may fire. */
export type ArmedThreshold = Threshold & { readonly armed: boolean };

/** What every subject keeps whatever its team chose: sold out and oversold are never silent. */
export const GUARD_THRESHOLDS: readonly Threshold[] = DEFAULT_THRESHOLDS.filter(({ severity }) => severity === 'critical');

/** A team's own list (null: the defaults), with the guards it may not lose. A line given twice counts once, the last. */
export function withGuards(chosen: readonly Threshold[] | null): readonly Threshold[] {
  const byId = new Map((chosen ?? DEFAULT_THRESHOLDS).map((threshold) => [threshold.id, threshold]));
  for (const guard of GUARD_THRESHOLDS) byId.set(guard.id, guard);
  return [...byId.values()];
}

/** The id of a threshold people set. */
export function thresholdId(unit: ThresholdUnit, value: number): string {
  return `${unit}:${value}`;
}

/** The balance at or below which a threshold is crossed. A percentage is of sellable units, rounded down; `minutes` has none. */
export function limitUnits({ unit, value }: Threshold, sellableUnits: number): number | null {
  switch (unit) {
    case 'units':
      return value;
    case 'percent':
      return Math.floor((sellableUnits * value) / 100);
    case 'oversold':
      return -1;
    case 'minutes':
      return null;
    default:
      return unreachable(unit);
  }
}

/** The balance from which a fired threshold may fire again: the limit and the larger of 2 units and 20 % of it, rounded up. */
export function rearmUnits(limit: number): number {
  return limit + Math.max(2, Math.ceil(limit / 5));
}

/** A subject right after something changed its stock. */
export type Standing = {
  readonly balanceUnits: number;
  readonly sellableUnits: number; // what percentages are of
  readonly receipt: boolean; // goods arrived: that arms whatever is above its limit, without waiting for the margin
};

/** What a change of stock did to a subject's thresholds. */
export type ThresholdStep = {
  readonly thresholds: readonly ArmedThreshold[];
  readonly crossed: { readonly threshold: Threshold; readonly limitUnits: number } | null; // the worst of those crossed
  readonly recovered: boolean; // all are armed now, and were not before
};

/** Fires what is armed and crossed, arms what has recovered; several crossed at once raise only the worst. Null: nothing changed. */
export function thresholdStep(thresholds: readonly ArmedThreshold[], standing: Standing): ThresholdStep | null {
  let crossed: ThresholdStep['crossed'] = null;
  let changed = false;
  const after = thresholds.map((threshold) => {
    const limit = limitUnits(threshold, standing.sellableUnits);
    const armed = armedAfter(threshold, limit, standing);
    if (armed === threshold.armed) return threshold;
    changed = true;
    if (!armed && limit !== null && (crossed === null || isWorse(threshold, limit, crossed))) {
      crossed = { threshold, limitUnits: limit };
    }
    return { ...threshold, armed };
  });
  if (!changed) return null;
  const recovered = after.every(({ armed }) => armed);
  return { thresholds: after, crossed, recovered };
}

function armedAfter({ armed }: ArmedThreshold, limit: number | null, { balanceUnits, receipt }: Standing): boolean {
  if (limit === null) return armed || receipt; // the pulse decides about minutes
  if (armed) return balanceUnits > limit;
  return balanceUnits >= rearmUnits(limit) || (receipt && balanceUnits > limit);
}

function isWorse(threshold: Threshold, limit: number, than: { threshold: Threshold; limitUnits: number }): boolean {
  const graver = SEVERITIES.indexOf(threshold.severity) - SEVERITIES.indexOf(than.threshold.severity);
  return graver === 0 ? limit < than.limitUnits : graver > 0;
}

/** Thresholds newly set: those already passed wait for the stock to recover, so that setting one never raises an alert. */
export function armFresh(thresholds: readonly Threshold[], { balanceUnits, sellableUnits }: Standing): readonly ArmedThreshold[] {
  return thresholds.map((threshold) => {
    const limit = limitUnits(threshold, sellableUnits);
    return { ...threshold, armed: limit === null || balanceUnits > limit };
  });
}
