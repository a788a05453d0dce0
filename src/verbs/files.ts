import { existsSync, readFileSync } from 'node:fs';
import type { HeardFacts } from '../domain/order.ts';
import { readOrders, type ColumnMap } from '../intake/csv.ts';
import { readPlan } from '../intake/plan-file.ts';
import type { Plan } from '../ports/plan.ts';

/** A file as a person named it: what it holds, or a line for each thing wrong with it. */
export type FileReading<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'faulty'; readonly lines: readonly string[] };

/** Reads a drop plan file. */
export function planFile(file: string): FileReading<Plan> {
  if (!existsSync(file)) return { kind: 'faulty', lines: [`There is no file ${file}.`] };
  const reading = readPlan(readFileSync(file, 'utf8'), file);
  if (reading.kind === 'plan') return { kind: 'read', value: reading.plan };
  const lines = reading.faults.map(
    ({ line, column, path, message }) => `${file}:${line}:${column} ${path === '' ? '' : `${path}: `}${message}`,
  );
  return { kind: 'faulty', lines: [...lines, 'Nothing was imported.'] };
}

/** Reads a file of orders. Times in it without an offset are wall times of `zone`. */
export function ordersFile(
  file: string,
  ask: { readonly columns: ColumnMap | 'shopify'; readonly zone: string },
): FileReading<readonly HeardFacts[]> {
  if (!existsSync(file)) return { kind: 'faulty', lines: [`There is no file ${file}.`] };
  const reading = readOrders(readFileSync(file, 'utf8'), { ...ask, file });
  if (reading.kind === 'orders') return { kind: 'read', value: reading.orders };
  return {
    kind: 'faulty',
    lines: [...reading.faults.map(({ line, message }) => `${file}:${line} ${message}`), 'No order was read.'],
  };
}

const NEEDED = ['id', 'sku', 'units', 'at'] as const;

/** Reads `--columns id=InvoiceNo,sku=StockCode,units=Quantity,at=InvoiceDate[,price=UnitPrice]`. Null when it is not that. */
export function columnsOf(text: string): ColumnMap | null {
  const pairs = text.split(',').map((pair) => pair.split('='));
  const named = new Map(pairs.map(([key = '', column = '']) => [key.trim(), column.trim()]));
  const known = [...named.keys()].every((key) => key === 'price' || NEEDED.some((needed) => needed === key));
  if (!known || pairs.some((pair) => pair.length !== 2 || pair[1]?.trim() === '')) return null;
  const [id, sku, units, at] = NEEDED.map((key) => named.get(key));
  if (id === undefined || sku === undefined || units === undefined || at === undefined) return null;
  const price = named.get('price');
  return { id, sku, units, at, ...(price === undefined ? {} : { price }) };
}
