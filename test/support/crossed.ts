/** What one order takes of one SKU. */
export type Sale = { readonly sku: string; readonly units: number; readonly cause: string };

// What PRODUCT gives a SKU nobody chose thresholds for, from mild to grave.
const LINES = [
  { id: 'percent:20', severity: 'routine', limitOf: (count: number) => Math.floor(count / 5) },
  { id: 'units:5', severity: 'live', limitOf: () => 5 },
  { id: 'units:0', severity: 'critical', limitOf: () => 0 },
  { id: 'oversold', severity: 'critical', limitOf: () => -1 },
] as const;

/** What the sales, taken in this order, cross: each line once, and of several crossed by one order the gravest. */
export function crossedBy(counts: ReadonlyMap<string, number>, sales: readonly Sale[]): readonly object[] {
  const left = new Map(counts);
  return sales.flatMap(({ sku: subject, units, cause }) => {
    const count = counts.get(subject) ?? NaN;
    const before = left.get(subject) ?? NaN;
    const balanceUnits = before - units;
    left.set(subject, balanceUnits);
    const line = LINES.findLast(({ limitOf }) => before > limitOf(count) && balanceUnits <= limitOf(count));
    if (line === undefined) return [];
    const { id: thresholdId, severity, limitOf } = line;
    return [{ subject, thresholdId, severity, cause, balanceUnits, limitUnits: limitOf(count) }];
  });
}
