import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { Temporal } from 'temporal-polyfill';
import { NO_UNITS, type HeardFacts, type OrderLine } from '../../src/domain/order.ts';

const FILE = new URL('../data/uci_online_retail_2011-11-28_2011-12-09.csv', import.meta.url);

type Row = {
  readonly InvoiceNo: string;
  readonly StockCode: string;
  readonly Quantity: string;
  readonly InvoiceDate: string;
  readonly UnitPrice: string;
};

/** Real orders as facts, in the file's order; and each SKU's units summed straight from its rows. */
export function uciOrders(): { readonly heard: readonly HeardFacts[]; readonly totals: ReadonlyMap<string, UciTotals> } {
  const rows: readonly Row[] = parse(readFileSync(FILE), { columns: true, skip_empty_lines: true });
  const invoices = Map.groupBy(rows, ({ InvoiceNo }) => InvoiceNo);
  return { heard: [...invoices].map(([id, lines]) => invoice(id, lines)), totals: totalsOf(rows) };
}

export type UciTotals = { readonly lineCount: number; readonly soldUnits: number; readonly backUnits: number };

function totalsOf(rows: readonly Row[]): ReadonlyMap<string, UciTotals> {
  const totals = new Map<string, UciTotals>();
  for (const { StockCode, Quantity } of rows) {
    const { lineCount, soldUnits, backUnits } = totals.get(StockCode) ?? { lineCount: 0, soldUnits: 0, backUnits: 0 };
    const units = Number(Quantity);
    const sum = {
      lineCount: lineCount + 1,
      soldUnits: soldUnits + Math.max(0, units),
      backUnits: backUnits + Math.max(0, -units),
    };
    totals.set(StockCode, sum);
  }
  return totals;
}

function invoice(externalId: string, rows: readonly Row[]): HeardFacts {
  const [first] = rows;
  if (first === undefined) throw new Error(`invoice ${externalId} has no rows`);
  const placedAtMs = Temporal.PlainDateTime.from(first.InvoiceDate).toZonedDateTime('Europe/London').epochMilliseconds;
  const lines = rows.map(({ StockCode, Quantity, UnitPrice }, index): OrderLine => {
    const units = Number(Quantity);
    return {
      ...NO_UNITS,
      orderedUnits: Math.max(0, units),
      returnedUnits: Math.max(0, -units),
      lineId: String(index),
      sku: StockCode,
      unitPriceMinor: Math.round(Number(UnitPrice) * 100),
    };
  });
  const version = { updatedAtMs: placedAtMs, eventAtMs: placedAtMs };
  const facts = {
    kind: 'order' as const,
    source: 'csv',
    externalId,
    version,
    placedAtMs,
    buyerKey: null,
    currency: 'GBP',
    lines,
    refunds: [],
  };
  return { eventId: externalId, facts };
}
