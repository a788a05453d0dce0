import { and, asc, eq, gt, sql, type SQL } from 'drizzle-orm';
import type { Db, Engine } from '../engine/engine.ts';
import { columnOf, COPIED_TABLES, tableOf, type CopiedColumn, type CopiedTable } from './schema.ts';

/** One row, by property, as the store itself would hold it: both engines give the same. */
export type CopiedRow = Readonly<Record<string, unknown>>;

const ROWS_PER_PAGE = 500; // what is held in memory at once, however long the table is

/** Goes through a team's rows of one table a page at a time, in the order of their key. */
export async function* pagesOf(
  engine: Engine,
  db: Db,
  { table, teamId }: { readonly table: CopiedTable; readonly teamId: string },
): AsyncGenerator<readonly CopiedRow[]> {
  const own = tableOf(engine, table);
  const keys = table.key.map((property) => columnOf(own, property));
  const fields = Object.fromEntries(table.columns.map(({ property, kind }) => [property, raw(columnOf(own, property), kind)]));
  let after: SQL | undefined;
  for (;;) {
    const rows = await db
      .select(fields)
      .from(own)
      .where(and(eq(own.teamId, teamId), after))
      .orderBy(...keys.map((key) => asc(key)))
      .limit(ROWS_PER_PAGE);
    const page = rows.map((row) => decoded(table, row));
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (page.length < ROWS_PER_PAGE || last === undefined || keys.length === 0) return;
    // By the key of the last row and not by an offset: the millionth page costs what the first one costs.
    const values = table.key.map((property) => sql`${last[property]}`);
    after = sql`(${sql.join([...keys], sql`, `)}) > (${sql.join(values, sql`, `)})`;
  }
}

/** How many rows a team has in one table. */
export async function countOf(
  engine: Engine,
  db: Db,
  { table, teamId }: { readonly table: CopiedTable; readonly teamId: string },
): Promise<number> {
  const own = tableOf(engine, table);
  const [row] = await db
    .select({ count: sql<number>`count(*)`.mapWith(Number) })
    .from(own)
    .where(eq(own.teamId, teamId));
  return row?.count ?? 0;
}

/** Every team id any row of any table has, in order. */
export async function teamIdsIn(engine: Engine, db: Db): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const table of COPIED_TABLES) {
    const own = tableOf(engine, table);
    let after: SQL | undefined;
    // One look at the index for each team: a distinct would read every row.
    for (;;) {
      const [row] = await db.select({ teamId: own.teamId }).from(own).where(after).orderBy(asc(own.teamId)).limit(1);
      if (row === undefined) break;
      found.add(row.teamId);
      after = gt(own.teamId, row.teamId);
    }
  }
  return [...found].toSorted();
}

// Read past drizzle's own mapping: it takes a JSON text such as "7" for the number on one engine, and the comparison of both
// sides must not share a mistake with the copying.
function raw(column: ReturnType<typeof columnOf>, kind: CopiedColumn['kind']): SQL {
  return kind === 'json' ? sql`cast(${column} as text)` : sql`${column}`;
}

function decoded({ name, columns }: CopiedTable, row: CopiedRow): CopiedRow {
  return Object.fromEntries(
    columns.map(({ property, kind }) => {
      const value = row[property] ?? null;
      return [property, value === null ? null : decode(value, { kind, where: `${name}.${property}` })];
    }),
  );
}

function decode(value: unknown, { kind, where }: { readonly kind: CopiedColumn['kind']; readonly where: string }): unknown {
  switch (kind) {
    case 'text':
      if (typeof value === 'string') return value;
      break;
    case 'json':
      if (typeof value === 'string') return JSON.parse(value) as unknown;
      break;
    case 'boolean':
      if (typeof value === 'boolean') return value;
      if (value === 0 || value === 1) return value === 1;
      break;
    case 'whole':
    case 'real': {
      // node-postgres gives a bigint as its digits. Past 2^53 it may have been rounded on its way here.
      const number = typeof value === 'string' ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isFinite(number)) break;
      if (kind === 'real' || Number.isSafeInteger(number)) return number;
      break;
    }
  }
  throw new Error(`${where} holds what a ${kind} cannot be: ${typeof value}`);
}
