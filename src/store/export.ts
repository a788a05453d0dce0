import { asc, eq, getTableColumns, getTableName } from 'drizzle-orm';
import type { Engine, Tables } from './engine/engine.ts';

/** One row of an export. */
export type ExportedRow = { readonly table: string; readonly row: Readonly<Record<string, unknown>> };

const ROWS_PER_PAGE = 1_000;

/**
 * Hands every row a team has to `take`, table by table, in one snapshot. Settings and secrets are not in the database, so
 * they are not in an export either.
 */
export function exportTeam({ read, tables }: Engine, teamId: string, take: (row: ExportedRow) => void): Promise<number> {
  return read(async (db) => {
    let rowCount = 0;
    for (const table of Object.values<Tables[keyof Tables]>(tables)) {
      const name = getTableName(table);
      const keys = Object.values(getTableColumns(table)).filter(({ notNull }) => notNull);
      for (let offset = 0; ; offset += ROWS_PER_PAGE) {
        const rows = await db
          .select()
          .from(table)
          .where(eq(table.teamId, teamId))
          .orderBy(...keys.slice(0, 4).map((key) => asc(key)))
          .limit(ROWS_PER_PAGE)
          .offset(offset);
        for (const row of rows) take({ table: name, row });
        rowCount += rows.length;
        if (rows.length < ROWS_PER_PAGE) break;
      }
    }
    return rowCount;
  });
}
