import { is, Placeholder, sql, type GetColumnData } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Db } from './engine/engine.ts';
import type { Driver, RawRows } from './engine/driver.ts';

/** The columns a query asks for, by the name each has in what is answered. */
export type Columns = Readonly<Record<string, SQLiteColumn>>;
export type RowOf<C extends Columns> = { readonly [Name in keyof C]: GetColumnData<C[Name]> };

type Values = Readonly<Record<string, unknown>>;
/** A query as drizzle builds it, with `sql.placeholder` for what is known only when it runs. */
type Built = { readonly toSQL: () => { readonly sql: string; readonly params: readonly unknown[] } };
/** A query that reads. One name is only ever given one query; its columns stand in the query in their order here. */
export type Selection<C extends Columns> = {
  readonly name: string;
  readonly columns: C;
  readonly build: (columns: C) => Built;
};

type Place =
  | { readonly kind: 'constant'; readonly value: unknown }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'listed'; readonly index: number };
type Statement = { readonly text: string; readonly places: readonly Place[] };

// Built once in a process: what drizzle builds depends on the dialect, not on the connection.
const statements: Readonly<Record<Driver['dialect'], Map<string, Statement>>> = { sqlite: new Map(), postgres: new Map() };

function statementOf({ driver: { dialect } }: Db, name: string, build: () => Built): Statement {
  const known = statements[dialect].get(name);
  if (known !== undefined) return known;
  const { sql: text, params } = build().toSQL();
  const statement = { text, places: params.map(placeOf) };
  statements[dialect].set(name, statement);
  return statement;
}

function placeOf(param: unknown): Place {
  if (!is(param, Placeholder)) return { kind: 'constant', value: param };
  const { name } = param;
  return name.startsWith(LISTED) ? { kind: 'listed', index: Number(name.slice(LISTED.length)) } : { kind: 'named', name };
}

/** Values go to the driver as they are: text and whole numbers, which both engines take alike. */
function filled(places: readonly Place[], values: Values, list: readonly unknown[]): readonly unknown[] {
  return places.map((place) => {
    if (place.kind === 'named') return values[place.name];
    return place.kind === 'constant' ? place.value : list[Math.min(place.index, list.length - 1)];
  });
}

/** Makes rows of the store's of rows of the driver's. */
export function decoded<C extends Columns>(columns: C, raw: RawRows): readonly RowOf<C>[] {
  const readers = Object.entries(columns);
  return raw.map((values) => {
    const row: Record<string, unknown> = {};
    for (const [index, [name, column]] of readers.entries()) {
      const value = values[index] ?? null;
      row[name] = value === null ? null : column.mapFromDriverValue(value);
    }
    return row as RowOf<C>;
  });
}

/** Answers the rows of a query that is built once. */
export async function select<C extends Columns>(
  db: Db,
  { name, columns, build }: Selection<C>,
  values: Values,
): Promise<readonly RowOf<C>[]> {
  const { text, places } = statementOf(db, name, () => build(columns));
  return decoded(columns, await db.driver.rows(text, filled(places, values, [])));
}

/** Runs a statement that is built once and answers nothing. */
export async function run(db: Db, name: string, build: () => Built, values: Values): Promise<void> {
  const { text, places } = statementOf(db, name, build);
  await db.driver.rows(text, filled(places, values, []));
}

// A SKU that is listed late may have been named by any number of orders, and SQLite binds 32,766 values at most.
const LIST_MAX = 1_024;
const LISTED = 'in ';

/**
 * `select` for `in (…)`, whatever the length of the list: it is filled up to a power of two with its last value, so that a few
 * sizes serve every length, and a long one is asked in pieces. Nothing asked, nothing run.
 */
export async function selectIn<C extends Columns>(
  db: Db,
  { name, columns, build }: Omit<Selection<C>, 'build'> & { readonly build: (columns: C, list: Placeholder[]) => Built },
  { list, values }: { readonly list: Iterable<string>; readonly values: Values },
): Promise<readonly RowOf<C>[]> {
  const asked = [...new Set(list)]; // what stood in two pieces would be answered twice
  const rows: RowOf<C>[] = [];
  for (let start = 0; start < asked.length; start += LIST_MAX) {
    const piece = asked.slice(start, start + LIST_MAX);
    const size = 2 ** Math.ceil(Math.log2(piece.length));
    const places = () => Array.from({ length: size }, (_, index) => sql.placeholder(`${LISTED}${index}`));
    const { text, places: given } = statementOf(db, `${name} ${size}`, () => build(columns, places()));
    rows.push(...decoded(columns, await db.driver.rows(text, filled(given, values, piece))));
  }
  return rows;
}
