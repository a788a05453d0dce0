import type { Database, Statement } from 'better-sqlite3';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

/** A row as its driver reads or takes it: one value for each column, in their order. */
export type RawRow = readonly unknown[];
export type RawRows = readonly RawRow[];

export type Insert = {
  readonly table: string; // quoted, as all names here
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: RawRows;
  readonly ending: string; // what to do on conflict, what to return
};

/**
 * A connection, beneath drizzle. The paths every order takes write their queries once like all others, and then run them here: what
 * drizzle does anew for each row and value would cost as much as the database itself. SQLite answers at once, PostgreSQL later.
 */
export type Driver = {
  readonly dialect: 'sqlite' | 'postgres';
  /** Runs one statement, which its connection prepares once. */
  readonly rows: (text: string, values: readonly unknown[]) => RawRows | Promise<RawRows>;
  /** Inserts rows, at least one. */
  readonly insert: (rows: Insert) => RawRows | Promise<RawRows>;
};

const NO_ROWS: RawRows = [];

export function sqliteDriver(connection: Database): Driver {
  const statements = new Map<string, Statement>();
  function rows(text: string, values: RawRow): RawRows {
    const statement = statements.get(text) ?? prepare(text);
    if (statement.reader) return statement.all(values) as RawRows;
    statement.run(values);
    return NO_ROWS;
  }
  function prepare(text: string): Statement {
    const statement = connection.prepare(text);
    if (statement.reader) statement.raw();
    statements.set(text, statement);
    return statement;
  }
  return {
    dialect: 'sqlite',
    rows,
    // Row by row: a statement of many rows that may fail keeps a journal of its own, a copy of every page it touches, and that costs
    // SQLite more than the calls.
    insert({ table, columns, rows: given, ending }) {
      const text = `insert into ${table} (${columns.map(({ name }) => name).join()}) values (${columns.map(() => '?').join()})${ending}`;
      return given.flatMap((row) => rows(text, row));
    },
  };
}

// A connection keeps what it prepared under a name, and one name is only ever given one text.
const names = new Map<string, string>();

function nameOf(text: string): string {
  const name = names.get(text) ?? `showcaller_${names.size}`;
  names.set(text, name);
  return name;
}

export function postgresDriver({ _: { session } }: PgDatabase<PgQueryResultHKT>): Driver {
  function rows(text: string, values: RawRow): Promise<RawRows> {
    const query = session.prepareQuery<{ execute: RawRows; all: unknown; values: unknown }>(
      { sql: text, params: [...values] },
      undefined,
      nameOf(text),
      true,
      (answered) => answered,
    );
    return query.execute();
  }
  return {
    dialect: 'postgres',
    rows,
    // A list for each column: one trip, and one text to prepare whatever the count.
    insert({ table, columns, rows: given, ending }) {
      const lists = columns.map(({ type }, index) => `$${index + 1}::${type}[]`);
      const text = `insert into ${table} (${columns.map(({ name }) => name).join()}) select * from unnest(${lists.join()})${ending}`;
      const values = columns.map((_, index) => given.map((row) => row[index]));
      return rows(text, values);
    },
  };
}
