import { readFileSync, statSync } from 'node:fs';
import { inert } from '../chat/console/escape.ts';
import type { HeardFacts } from '../domain/order.ts';
import { readOrders, type ColumnMap } from '../intake/csv.ts';
import { readPlan } from '../intake/plan-file.ts';
import type { Plan } from '../ports/plan.ts';

/** A file as a person named it: what it holds, or a line for each thing wrong with it. */
export type FileReading<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'faulty'; readonly lines: readonly string[] };

const PLAN_BYTES_MAX = 8 * 1024 * 1024; // readers of a plan say themselves what is too large, where they can see it
const ORDERS_BYTES_MAX = 256 * 1024 * 1024; // half of what one text may be; a year's orders of a large shop
const TOLD_CHARS_MAX = 1_000;

/** What a fault quotes comes from the file: none of it may steer the terminal it is shown on. */
function told(line: string): string {
  return inert(line).slice(0, TOLD_CHARS_MAX);
}

function textOf(file: string, bytesMax: number): FileReading<string> {
  const stat = statSync(file, { throwIfNoEntry: false });
  const faulty = (line: string) => ({ kind: 'faulty', lines: [told(line)] }) as const;
  if (stat === undefined) return faulty(`There is no file ${file}.`);
  if (stat.size > bytesMax) return faulty(`${file} is larger than ${bytesMax / 1024 / 1024} MiB, the most it may be.`);
  return { kind: 'read', value: readFileSync(file, 'utf8') };
}

/** Reads a drop plan file. */
export function planFile(file: string): FileReading<Plan> {
  const text = textOf(file, PLAN_BYTES_MAX);
  if (text.kind === 'faulty') return text;
  const reading = readPlan(text.value, file);
  if (reading.kind === 'plan') return { kind: 'read', value: reading.plan };
  const lines = reading.faults.map(
    ({ line, column, path, message }) => `${file}:${line}:${column} ${path === '' ? '' : `${path}: `}${message}`,
  );
  return { kind: 'faulty', lines: [...lines.map(told), 'Nothing was imported.'] };
}

/** Reads a file of orders. Times in it without an offset are wall times of `zone`. */
export function ordersFile(
  file: string,
  ask: { readonly columns: ColumnMap | 'shopify'; readonly zone: string },
): FileReading<readonly HeardFacts[]> {
  const text = textOf(file, ORDERS_BYTES_MAX);
  if (text.kind === 'faulty') return text;
  const reading = readOrders(text.value, { ...ask, file });
  if (reading.kind === 'orders') return { kind: 'read', value: reading.orders };
  return {
    kind: 'faulty',
    lines: [...reading.faults.map(({ line, message }) => told(`${file}:${line} ${message}`)), 'No order was read.'],
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
