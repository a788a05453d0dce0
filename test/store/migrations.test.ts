import { readdirSync, readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import { expect, test } from 'vitest';

const folderOf = (engine: 'sqlite' | 'postgres') => new URL(`../../migrations/${engine}`, import.meta.url).pathname;
const stepsOf = (engine: 'sqlite' | 'postgres') =>
  readdirSync(folderOf(engine))
    .filter((name) => name.endsWith('.sql'))
    .toSorted();

type Columns = readonly { readonly table: string; readonly column: string; readonly nullable: boolean }[];
const byName = (a: Columns[number], b: Columns[number]) => `${a.table}.${a.column}`.localeCompare(`${b.table}.${b.column}`);

function sqliteColumns(): Columns {
  const database = new Database(':memory:');
  for (let time = 0; time < 2; time += 1) migrate(drizzle(database), { migrationsFolder: folderOf('sqlite') });
  const rows = database
    .prepare(
      `select m.name as "table", c.name as "column", c."notnull" = 0 and c.pk = 0 as nullable
       from sqlite_master m join pragma_table_info(m.name) c
       where m.type = 'table' and m.name not like 'sqlite_%' and m.name not like '__drizzle%'`,
    )
    .all() as { table: string; column: string; nullable: number }[];
  database.close();
  return rows.map((row) => ({ ...row, nullable: row.nullable === 1 })).toSorted(byName);
}

async function postgresColumns(): Promise<Columns> {
  const pglite = new PGlite();
  for (let time = 0; time < 2; time += 1) await migratePglite(drizzlePglite(pglite), { migrationsFolder: folderOf('postgres') });
  const { rows } = await pglite.query<{ table: string; column: string; nullable: boolean }>(
    `select table_name as "table", column_name as "column", is_nullable = 'YES' as nullable
     from information_schema.columns where table_schema = 'public'`,
  );
  await pglite.close();
  return rows.toSorted(byName);
}

test('migrations move together, apply from empty and twice, and leave the same schema on both engines', async () => {
  expect(stepsOf('postgres')).toEqual(stepsOf('sqlite'));
  const onSqlite = sqliteColumns();
  expect(onSqlite.length).toBeGreaterThan(150);
  expect(await postgresColumns()).toEqual(onSqlite);
});

test('the journal names every step that lies in the folder', () => {
  for (const engine of ['sqlite', 'postgres'] as const) {
    const journal = JSON.parse(readFileSync(`${folderOf(engine)}/meta/_journal.json`, 'utf8')) as { entries: { tag: string }[] };
    expect(journal.entries.map(({ tag }) => `${tag}.sql`)).toEqual(stepsOf(engine));
  }
});
