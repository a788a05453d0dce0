import { eq } from 'drizzle-orm';
import type { Ground } from '../store/contract.ts';

/** Every row a team has, by table, in an order that does not change: to tell whether anything at all was written. */
export function everything({
  engine,
  teamId,
}: Pick<Ground, 'engine' | 'teamId'>): Promise<Readonly<Record<string, readonly unknown[]>>> {
  return engine.read(async (db) => {
    const all: Record<string, readonly unknown[]> = {};
    for (const [name, table] of Object.entries(engine.tables)) {
      const rows = await db.select().from(table).where(eq(table.teamId, teamId));
      all[name] = rows
        .map((row) => JSON.stringify(row))
        .toSorted()
        .map((row): unknown => JSON.parse(row));
    }
    return all;
  });
}
