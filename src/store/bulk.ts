import { sql, type SQL } from 'drizzle-orm';
import type { IndexColumn, SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Db } from './engine/engine.ts';

/** Most rows in one statement: 128 rows of 16 columns stay far below both engines' limits on parameters. */
const ROWS_MAX = 128;

type Statement = { readonly execute: (values: never) => PromiseLike<unknown> };

/** What to do with a row whose key is there already: the named columns take the new row's values. */
export type Upsert<T extends SQLiteTable> = {
  readonly target: IndexColumn[];
  readonly set: readonly (keyof T['$inferInsert'] & string)[];
};

// SQLite's writer is one connection that lives as long as its process, so its statements are built once. On PostgreSQL every
// transaction has a database of its own, which takes its statements with it.
const statements = new WeakMap<Db, Map<SQLiteTable, Map<string, Statement>>>();

/**
 * Inserts rows, all with the same columns, in statements of many rows that are prepared once per size. With `upsert`, a row
 * whose key exists is updated. A json column is never null here (its null would be stored as the word).
 */
export async function insertRows<T extends SQLiteTable>(
  db: Db,
  table: T,
  rows: readonly T['$inferInsert'][],
  upsert: Upsert<T> | null = null,
): Promise<void> {
  const first = rows[0];
  if (first === undefined) return;
  const columns = Object.keys(first);
  for (let start = 0; start < rows.length;) {
    const count = Math.min(ROWS_MAX, 2 ** Math.floor(Math.log2(rows.length - start)));
    // Placeholders are named 0, 1, 2 …, so that a plain list holds their values.
    const values: unknown[] = [];
    for (let row = start; row < start + count; row += 1) {
      const given: Readonly<Record<string, unknown>> = rows[row] ?? {};
      for (const column of columns) values.push(given[column]);
    }
    await statementFor(db, table, columns, count, upsert).execute(values as never);
    start += count;
  }
}

function statementFor<T extends SQLiteTable>(
  db: Db,
  table: T,
  columns: readonly string[],
  count: number,
  upsert: Upsert<T> | null,
): Statement {
  const byTable = statements.get(db) ?? new Map<SQLiteTable, Map<string, Statement>>();
  statements.set(db, byTable);
  const byShape = byTable.get(table) ?? new Map<string, Statement>();
  byTable.set(table, byShape);
  const shape = `${count} ${columns.join()} ${upsert?.set.join() ?? ''}`;
  const known = byShape.get(shape);
  if (known !== undefined) return known;
  const rows = Array.from({ length: count }, (_, row) =>
    Object.fromEntries(columns.map((column, index) => [column, sql.placeholder(String(row * columns.length + index))])),
  );
  const insert = db.insert(table).values(rows as unknown as T['$inferInsert'][]);
  const built = upsert === null ? insert : insert.onConflictDoUpdate({ target: upsert.target, set: taken(table, upsert.set) });
  const statement: Statement = built.prepare();
  byShape.set(shape, statement);
  return statement;
}

function taken(table: SQLiteTable, columns: readonly string[]): never {
  const named = table as unknown as Readonly<Record<string, SQLiteColumn>>;
  const set: Record<string, SQL> = {};
  for (const column of columns) set[column] = sql`excluded.${sql.identifier(named[column]?.name ?? column)}`;
  return set as never;
}
