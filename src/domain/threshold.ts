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
