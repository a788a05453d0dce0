import { getTableName } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { RawRows } from './engine/driver.ts';
import type { Db } from './engine/engine.ts';
import { decoded, type Columns, type RowOf } from './prepared.ts';

type NameOf<T extends SQLiteTable> = keyof T['$inferInsert'] & string;

/** What to do with a row whose key, the columns `target`, is there already: the columns `set` take the new row's values. */
export type Upsert<T extends SQLiteTable> = { readonly target: readonly NameOf<T>[]; readonly set: readonly NameOf<T>[] };

/** Inserts rows, all with the same columns. With `upsert`, a row whose key is there is updated. */
export async function insertRows<T extends SQLiteTable>(
  db: Db,
  table: T,
  rows: readonly T['$inferInsert'][],
  upsert: Upsert<T> | null = null,
): Promise<void> {
  await insert(db, table, rows, upsert === null ? '' : onConflict(table, upsert));
}

/** Inserts the rows whose key is not there yet, nor twice among these, and answers `columns` of those it inserted. */
export async function insertNew<T extends SQLiteTable, C extends Columns>(
  db: Db,
  table: T,
  rows: readonly T['$inferInsert'][],
  columns: C,
): Promise<readonly RowOf<C>[]> {
  const names = Object.values(columns).map(({ name }) => quoted(name));
  return decoded(columns, await insert(db, table, rows, ` on conflict do nothing returning ${names.join()}`));
}

function onConflict<T extends SQLiteTable>(table: T, { target, set }: Upsert<T>): string {
  const taken = columnsOf(table, set).map(({ column }) => `${quoted(column.name)} = excluded.${quoted(column.name)}`);
  const key = columnsOf(table, target).map(({ column }) => quoted(column.name));
  return ` on conflict (${key.join()}) do update set ${taken.join()}`;
}

async function insert(
  { driver }: Db,
  table: SQLiteTable,
  rows: readonly Readonly<Record<string, unknown>>[],
  ending: string,
): Promise<RawRows> {
  const first = rows[0];
  if (first === undefined) return [];
  const columns = columnsOf(table, Object.keys(first));
  return driver.insert({
    table: quoted(getTableName(table)),
    columns: columns.map(({ column }) => ({ name: quoted(column.name), type: column.getSQLType() })),
    rows: rows.map((row) =>
      columns.map(({ key, column }) => {
        const value = row[key] ?? null;
        return value === null ? null : column.mapToDriverValue(value);
      }),
    ),
    ending,
  });
}

function columnsOf(
  table: SQLiteTable,
  keys: readonly string[],
): readonly { readonly key: string; readonly column: SQLiteColumn }[] {
  const known = table as unknown as Readonly<Record<string, SQLiteColumn>>;
  return keys.map((key) => {
    const column = known[key];
    if (column === undefined) throw new Error(`no column ${key}`);
    return { key, column };
  });
}

function quoted(name: string): string {
  return `"${name}"`;
}
