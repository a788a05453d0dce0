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
 * whose key exists is updated.
 */
export async function insertRows<T extends SQLiteTable>(
  db: Db,
  table: T,
  rows: readonly T['$inferInsert'][],
  upsert: Upsert<T> | null = null,
): Promise<void> {
  const first = rows[0];
  if (first === undefined) return;
  const columns = columnsOf(table, Object.keys(first));
  for (let start = 0; start < rows.length;) {
    const count = Math.min(ROWS_MAX, 2 ** Math.floor(Math.log2(rows.length - start)));
    // Placeholders are named 0, 1, 2 …, so that a plain list holds their values.
    const values: unknown[] = [];
    for (let row = start; row < start + count; row += 1) {
      const given: Readonly<Record<string, unknown>> = rows[row] ?? {};
      for (const [name, column] of columns) {
        const value = given[name] ?? null;
        values.push(value === null ? null : column.mapToDriverValue(value));
      }
    }
    await statementFor(db, table, columns, count, upsert).execute(values as never);
    start += count;
  }
}

function columnsOf(table: SQLiteTable, names: readonly string[]): readonly (readonly [name: string, column: SQLiteColumn])[] {
  const named = table as unknown as Readonly<Record<string, SQLiteColumn>>;
  return names.map((name) => {
    const column = named[name];
    if (column === undefined) throw new Error(`no column ${name}`);
    return [name, column];
  });
}

function statementFor<T extends SQLiteTable>(
  db: Db,
  table: T,
  columns: ReturnType<typeof columnsOf>,
  count: number,
  upsert: Upsert<T> | null,
): Statement {
  const byTable = statements.get(db) ?? new Map<SQLiteTable, Map<string, Statement>>();
  statements.set(db, byTable);
  const byShape = byTable.get(table) ?? new Map<string, Statement>();
  byTable.set(table, byShape);
  const shape = `${count} ${columns.map(([name]) => name).join()} ${upsert?.set.join() ?? ''}`;
  const known = byShape.get(shape);
  if (known !== undefined) return known;
  // Wrapped in sql``, a placeholder goes to the driver as it is: the values were encoded above.
  const rows = Array.from({ length: count }, (_, row) =>
    Object.fromEntries(columns.map(([name], index) => [name, sql`${sql.placeholder(String(row * columns.length + index))}`])),
  );
  const insert = db.insert(table).values(rows as unknown as T['$inferInsert'][]);
  const built = upsert === null ? insert : insert.onConflictDoUpdate({ target: upsert.target, set: taken(table, upsert.set) });
  const statement: Statement = built.prepare();
  byShape.set(shape, statement);
  return statement;
}

function taken(table: SQLiteTable, names: readonly string[]): never {
  const set: Record<string, SQL> = {};
  for (const [name, column] of columnsOf(table, names)) set[name] = sql`excluded.${sql.identifier(column.name)}`;
  return set as never;
}
