import { createHash } from 'node:crypto';
import { CsvError, parse } from 'csv-parse/sync';
import type { HeardFacts, OrderFacts, OrderLine } from '../domain/order.ts';
import { wallToMs } from '../domain/time.ts';
import { isKeepable, skuOfNamed } from './heard.ts';
import { minorUnits } from './money.ts';

const FAULTS_MAX = 20;
const UNITS_MAX = 10_000_000; // per line; more is a slip of the finger, not an order

/** Which column of a CSV holds what. */
export type ColumnMap = {
  readonly id: string;
  readonly sku: string;
  readonly units: string;
  readonly at: string;
  readonly price?: string;
};

export type CsvFault = { readonly file: string; readonly line: number; readonly message: string };

export type CsvReading =
  | { readonly kind: 'orders'; readonly orders: readonly HeardFacts[] }
  | { readonly kind: 'faulty'; readonly faults: readonly CsvFault[] };

export type CsvAsk = { readonly columns: ColumnMap | 'shopify'; readonly zone: string; readonly file: string };

/** One data row: its line in the file (the header is line 1), and what stands in a named column. */
type Row = { readonly line: number; readonly cell: (column: string) => string };
type Sheet = { readonly rows: readonly Row[]; readonly faults: readonly CsvFault[]; readonly has: (column: string) => boolean };

/** One row as an order line; its order takes `placedAtMs`, `updatedAtMs` and `currency` from its first row. */
type Read = {
  readonly id: string;
  readonly externalId: string;
  readonly placedAtMs: number;
  readonly updatedAtMs: number;
  readonly currency: string | null;
  readonly line: Omit<OrderLine, 'lineId'>;
};

/** A cell that cannot be read, as a value of the row it stands in. */
class CellFault extends Error {}

const SHOPIFY = { id: 'Name', units: 'Lineitem quantity', sku: 'Lineitem sku', at: 'Created at' } as const;

/**
 * Reads orders from CSV text: Shopify's own export, or any table whose columns are named. Rows of one id are one order, its lines
 * kept by position. Orders come out by time, ties in the order of the file. Times without an offset are wall times in `zone`.
 */
export function readOrders(text: string, { columns, zone, file }: CsvAsk): CsvReading {
  const sheet = readSheet(text, file);
  if (sheet.faults.length > 0) return { kind: 'faulty', faults: sheet.faults };
  const wanted = Object.values(columns === 'shopify' ? SHOPIFY : columns);
  const missing = wanted.filter((column) => !sheet.has(column));
  if (missing.length > 0) return { kind: 'faulty', faults: [{ file, line: 1, message: missingColumns(text, missing) }] };

  const readRow = columns === 'shopify' ? shopifyRows(zone) : mappedRow(columns, zone);
  const faults: CsvFault[] = [];
  const orders = new Map<string, Read[]>();
  for (const row of sheet.rows) {
    try {
      const read = readRow(row);
      const known = orders.get(read.id);
      if (known === undefined) orders.set(read.id, [read]);
      else known.push(read);
    } catch (fault) {
      if (!(fault instanceof CellFault)) throw fault;
      faults.push({ file, line: row.line, message: fault.message });
    }
  }
  if (faults.length > 0) return { kind: 'faulty', faults: bounded(faults, file) };
  const byTime = [...orders.values()].map(orderOf).toSorted((a, b) => a.placedAtMs - b.placedAtMs);
  return { kind: 'orders', orders: byTime.map(heard) };
}

function readSheet(text: string, file: string): Sheet {
  let records: readonly { readonly info: { readonly lines: number }; readonly record: readonly string[] }[];
  try {
    records = parse(text, { bom: true, info: true, relax_column_count: true, skip_empty_lines: true }) as never;
  } catch (fault) {
    if (!(fault instanceof CsvError)) throw fault;
    const line = typeof fault['lines'] === 'number' ? fault['lines'] : 1;
    return { rows: [], has: () => false, faults: [{ file, line, message: `not CSV: ${fault.message}` }] };
  }
  const [header, ...data] = records;
  if (header === undefined) return { rows: [], has: () => false, faults: [{ file, line: 1, message: 'the file is empty' }] };
  const positions = new Map(header.record.map((name, index) => [name.trim(), index]));
  const faults: CsvFault[] = [];
  const rows = data.map(({ info, record }, index): Row => {
    // csv-parse counts the line a record ends on; a quoted line break inside moves that, so a record starts after the one before.
    const line = (data[index - 1] ?? header).info.lines + 1;
    if (record.length > header.record.length) {
      faults.push({ file, line, message: `${record.length} cells, but the header has ${header.record.length}` });
    }
    if (!record.every(isKeepable))
      faults.push({ file, line, message: 'a cell holds a NUL character; save the table as CSV in UTF-8' });
    return { line: Math.min(line, info.lines), cell: (column) => record[positions.get(column) ?? -1] ?? '' };
  });
  return { rows, has: (column) => positions.has(column), faults: bounded(faults, file) };
}

function missingColumns(text: string, missing: readonly string[]): string {
  const [header] = parse(text, { bom: true, to: 1, relax_column_count: true });
  const there = (header ?? []).map((name) => name.trim()).join(', ');
  const named = missing.map((column) => `"${column}"`).join(', ');
  return `no column ${named}. The columns are: ${there.length > 500 ? `${there.slice(0, 500)}…` : there}`;
}

function mappedRow(columns: ColumnMap, zone: string): (row: Row) => Read {
  return ({ cell }) => {
    const id = filled(cell(columns.id), columns.id);
    const units = wholeUnits(cell(columns.units), columns.units);
    const atMs = moment(cell(columns.at), columns.at, zone);
    return {
      id,
      externalId: id,
      placedAtMs: atMs,
      updatedAtMs: atMs,
      currency: null,
      line: {
        // Exactly as the bytes say: a shop's 85123A and 85123a are two items.
        sku: filled(cell(columns.sku), columns.sku),
        orderedUnits: Math.max(0, units),
        cancelledUnits: 0,
        shippedUnits: 0,
        returnedUnits: Math.max(0, -units), // units brought back
        writtenOffUnits: 0,
        unitPriceMinor: columns.price === undefined ? 0 : price(cell(columns.price), columns.price, null),
      },
    };
  };
}

type Head = Pick<Read, 'externalId' | 'placedAtMs' | 'updatedAtMs' | 'currency'> & { readonly cancelled: boolean };

/** Shopify writes what is true of an order on its first line only, so the rows are read in order. */
function shopifyRows(zone: string): (row: Row) => Read {
  const heads = new Map<string, Head>();
  return ({ cell }) => {
    const name = filled(cell(SHOPIFY.id), SHOPIFY.id);
    const head = heads.get(name) ?? shopifyHead(cell, name, zone);
    heads.set(name, head);
    const orderedUnits = wholeUnits(cell(SHOPIFY.units), SHOPIFY.units);
    if (orderedUnits < 0) throw new CellFault(`${SHOPIFY.units}: expected units sold, not ${orderedUnits}`);
    const shippedUnits = cell('Lineitem fulfillment status') === 'fulfilled' ? orderedUnits : 0;
    return {
      id: name,
      ...head,
      line: {
        sku: cell(SHOPIFY.sku) === '' ? skuOfNamed(cell('Lineitem name')) : cell(SHOPIFY.sku),
        orderedUnits,
        cancelledUnits: head.cancelled ? orderedUnits - shippedUnits : 0,
        shippedUnits,
        returnedUnits: 0, // the export tells the money given back, not the units
        writtenOffUnits: 0,
        unitPriceMinor: price(cell('Lineitem price'), 'Lineitem price', head.currency),
      },
    };
  };
}

function shopifyHead(cell: Row['cell'], name: string, zone: string): Head {
  const placedAtMs = moment(cell(SHOPIFY.at), SHOPIFY.at, zone);
  const changes = ['Paid at', 'Fulfilled at', 'Cancelled at'].filter((column) => cell(column) !== '');
  return {
    externalId: name, // what people call it; its lines have no ids, so it could not be matched with the webhooks' order anyway
    placedAtMs,
    updatedAtMs: Math.max(placedAtMs, ...changes.map((column) => moment(cell(column), column, zone))),
    currency: cell('Currency') === '' ? null : cell('Currency'),
    cancelled: cell('Cancelled at') !== '',
  };
}

function orderOf(reads: readonly Read[]): OrderFacts {
  const [first] = reads;
  if (first === undefined) throw new Error('an order has a row');
  const updatedAtMs = Math.max(...reads.map((read) => read.updatedAtMs));
  return {
    kind: 'order',
    source: 'csv',
    externalId: first.externalId,
    // A table is sent at no particular time. As a stream, its orders come when they were placed, in the state they ended in.
    version: { updatedAtMs, eventAtMs: first.placedAtMs },
    placedAtMs: first.placedAtMs,
    buyerKey: null,
    currency: first.currency,
    lines: reads.map(({ line }, index) => ({ lineId: String(index + 1), ...line })),
    refunds: [],
  };
}

/** The same order in the same state is the same event, whichever file it comes from; a later export of it is another. */
function heard(facts: OrderFacts): HeardFacts {
  const state = createHash('sha256')
    .update(JSON.stringify([facts.version, facts.lines]))
    .digest('base64url')
    .slice(0, 12);
  return { eventId: `csv:${facts.externalId}:${state}`, facts };
}

function bounded(faults: readonly CsvFault[], file: string): readonly CsvFault[] {
  const more = faults.length - FAULTS_MAX;
  if (more <= 0) return faults;
  const last = faults[FAULTS_MAX]?.line ?? 1;
  return [...faults.slice(0, FAULTS_MAX), { file, line: last, message: `and ${more} more lines like these` }];
}

function filled(text: string, column: string): string {
  if (text === '') throw new CellFault(`${column}: this cell is empty`);
  return text;
}

function wholeUnits(text: string, column: string): number {
  const units = /^[+-]?\d{1,9}$/.test(text.trim()) ? Number(text) : NaN;
  if (Number.isNaN(units)) throw new CellFault(`${column}: expected a whole number of units, not ${show(text)}`);
  if (Math.abs(units) > UNITS_MAX) throw new CellFault(`${column}: at most ${UNITS_MAX} units, not ${show(text)}`);
  return units;
}

function price(text: string, column: string, currency: string | null): number {
  if (text === '') return 0;
  const minor = minorUnits(text, currency);
  if (minor === null) throw new CellFault(`${column}: expected a price such as 58.00, not ${show(text)}`);
  return minor;
}

const MOMENT = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/;

function moment(text: string, column: string, zone: string): number {
  const [, day = '', clock = '', offset] = MOMENT.exec(text.trim()) ?? [];
  const ms = instant(day, clock, offset, zone);
  if (ms !== null) return ms;
  throw new CellFault(
    `${column}: expected a time such as 2027-01-29 19:00:07, with or without an offset such as -0500, not ${show(text)}`,
  );
}

function instant(day: string, clock: string, offset: string | undefined, zone: string): number | null {
  try {
    const wallMs = wallToMs(`${day}T${clock}`, offset === undefined ? zone : 'UTC');
    return wallMs - offsetMs(offset);
  } catch (fault) {
    if (fault instanceof RangeError) return null; // no such day, or no such time of day
    throw fault;
  }
}

function offsetMs(offset: string | undefined): number {
  if (offset === undefined || offset === 'Z' || offset === 'UTC') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return (offset.startsWith('-') ? -1 : 1) * minutes * 60_000;
}

function show(text: string): string {
  return text === '' ? 'an empty cell' : JSON.stringify(text.length > 40 ? `${text.slice(0, 37)}…` : text);
}
