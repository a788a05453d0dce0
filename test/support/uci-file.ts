import { readFileSync } from 'node:fs';
import { readPlan } from '../../src/intake/plan-file.ts';
import type { Plan } from '../../src/ports/plan.ts';

const ROOT = new URL('../../', import.meta.url).pathname;

/** 2011-11-28 07:00 in London, before the first real order. */
export const BEFORE_UCI = Date.UTC(2011, 10, 28, 7);

export const UCI_TRACKED = ['23084', '22086', '85123A'] as const;

export type UciRow = { readonly invoice: string; readonly sku: string; readonly units: number; readonly at: string };

export function uciText(): string {
  return readFileSync(`${ROOT}test/data/uci_online_retail_2011-11-28_2011-12-09.csv`, 'utf8');
}

/** The rows, read without any of our own code: the file quotes nothing. */
export function uciRows(): readonly UciRow[] {
  const [, ...lines] = uciText().trimEnd().split('\n');
  return lines.map((line) => {
    const [invoice = '', sku = '', units = '', at = ''] = line.split(',');
    return { invoice, sku, units: Number(units), at };
  });
}

/** Rows by invoice, in the order of the file. */
export function uciInvoices(rows: readonly UciRow[]): readonly (readonly [invoice: string, rows: readonly UciRow[]])[] {
  return [...Map.groupBy(rows, ({ invoice }) => invoice)];
}

/** Sums straight from the file: units sold and units brought back, by SKU. */
export function uciTotals(rows: readonly UciRow[]): ReadonlyMap<string, { sold: number; back: number }> {
  const totals = new Map<string, { sold: number; back: number }>();
  for (const { sku, units } of rows) {
    const total = totals.get(sku) ?? { sold: 0, back: 0 };
    totals.set(sku, { sold: total.sold + Math.max(0, units), back: total.back + Math.max(0, -units) });
  }
  return totals;
}

/** examples/uci-plan.yaml under another team id. */
export function uciPlan(teamId: string): Plan {
  const reading = readPlan(readFileSync(`${ROOT}examples/uci-plan.yaml`, 'utf8'), 'uci-plan.yaml');
  if (reading.kind === 'faulty') throw new Error(JSON.stringify(reading.faults));
  return { ...reading.plan, team: { ...reading.plan.team, id: teamId } };
}

/** The list in another order, the same for the same seed (Fisher–Yates over a linear congruential generator). */
export function shuffled<T>(list: readonly T[], seed: number): readonly T[] {
  const mixed = [...list];
  let state = seed;
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = Math.floor((state / 4_294_967_296) * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T];
  }
  return mixed;
}
