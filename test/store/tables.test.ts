import { getTableConfig as postgresConfig, type PgTable } from 'drizzle-orm/pg-core';
import { getTableConfig as sqliteConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { expect, test } from 'vitest';
import * as postgres from '../../src/store/tables/postgres.ts';
import * as sqlite from '../../src/store/tables/sqlite.ts';

// What one engine calls a type, in the words of the other.
const SAME_TYPE: Readonly<Record<string, string>> = {
  SQLiteText: 'text',
  PgText: 'text',
  SQLiteInteger: 'integer',
  PgInteger: 'integer',
  PgBigInt53: 'integer',
  SQLiteBoolean: 'boolean',
  PgBoolean: 'boolean',
  SQLiteReal: 'real',
  PgDoublePrecision: 'real',
  SQLiteTextJson: 'json',
  PgJsonb: 'json',
};

type Shape = ReturnType<typeof sqliteConfig> | ReturnType<typeof postgresConfig>;

function shapeOf({ name, columns, indexes, primaryKeys }: Shape) {
  return {
    name,
    columns: columns.map(({ name, columnType, notNull, primary }) => ({
      name,
      type: SAME_TYPE[columnType] ?? columnType,
      notNull,
      primary,
    })),
    keys: primaryKeys.map(({ columns }) => columns.map(({ name }) => name)),
    indexes: indexes.map(({ config }) => ({
      name: config.name,
      unique: config.unique,
      columns: config.columns.map((column) => ('name' in column ? column.name : 'expression')),
    })),
  };
}

test('both engines have the same tables, columns, keys and indexes', () => {
  const onSqlite = Object.entries(sqlite).map(([key, table]) => [key, shapeOf(sqliteConfig(table as SQLiteTable))]);
  const onPostgres = Object.entries(postgres).map(([key, table]) => [key, shapeOf(postgresConfig(table as PgTable))]);
  expect(onSqlite.length).toBeGreaterThan(20);
  expect(onPostgres).toEqual(onSqlite);
});

test('every table belongs to a team', () => {
  const without = Object.values(sqlite)
    .map((table) => sqliteConfig(table as SQLiteTable))
    .filter(({ columns }) => !columns.some(({ name, notNull }) => name === 'team_id' && notNull))
    .map(({ name }) => name);
  expect(without).toEqual([]);
});

test('an instant is never a 32-bit integer', () => {
  const narrow = Object.values(postgres).flatMap((table) => {
    const { name, columns } = postgresConfig(table as PgTable);
    return columns
      .filter((column) => column.name.endsWith('_ms') && column.columnType !== 'PgBigInt53')
      .map((column) => `${name}.${column.name}`);
  });
  expect(narrow).toEqual([]);
});
