import { getTableConfig, type SQLiteColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import * as declared from '../tables/sqlite.ts';
import type { Engine, Tables } from '../engine/engine.ts';

/** A table as a copy goes through it: team by team, along a key that begins with the team. */
export type CopiedTable = {
  readonly name: string; // as the database calls it
  readonly property: keyof Tables;
  readonly columns: readonly CopiedColumn[]; // in the order they were declared, the same on both engines
  readonly key: readonly string[]; // properties that are unique together within a team; empty: a team has one row
};

export type CopiedColumn = { readonly property: string; readonly kind: 'text' | 'whole' | 'real' | 'boolean' | 'json' };

/**
 * Every table there is, read off the declarations themselves: a list of its own would forget the next table. Both engines declare
 * the same ones, so SQLite's stand for both.
 */
export const COPIED_TABLES: readonly CopiedTable[] = Object.entries(declared).map(([property, table]) =>
  describe(property as keyof Tables, table),
);

function describe(property: keyof Tables, table: SQLiteTable): CopiedTable {
  const { name, columns, primaryKeys, indexes } = getTableConfig(table);
  const properties = new Map(Object.entries(table).map(([known, column]) => [column as SQLiteColumn, known]));
  const keys = [
    columns.filter(({ primary }) => primary),
    ...primaryKeys.map((key) => key.columns),
    ...indexes.filter(({ config }) => config.unique).map(({ config }) => config.columns as SQLiteColumn[]),
  ];
  // Led by the team, the key's index finds a team's rows without walking over everybody else's.
  const key = keys.find(([first]) => first?.name === 'team_id');
  if (key === undefined) throw new Error(`${name} has no unique key that begins with the team`);
  const propertyOf = (column: SQLiteColumn): string => {
    const known = properties.get(column);
    if (known === undefined) throw new Error(`${name}.${column.name} is no property of its table`);
    return known;
  };
  return {
    name,
    property,
    columns: columns.map((column) => ({ property: propertyOf(column), kind: kindOf(column) })),
    key: key.slice(1).map(propertyOf),
  };
}

function kindOf(column: SQLiteColumn): CopiedColumn['kind'] {
  const { dataType } = column;
  if (dataType === 'string') return 'text';
  if (dataType === 'number') return column.getSQLType() === 'real' ? 'real' : 'whole';
  if (dataType === 'boolean' || dataType === 'json') return dataType;
  throw new Error(`nobody has said how ${column.name}, a ${dataType}, is copied`);
}

/** One engine's own table. */
export function tableOf({ tables }: Engine, { property }: CopiedTable): Tables[keyof Tables] {
  return tables[property];
}

/** One engine's own column. */
export function columnOf(table: Tables[keyof Tables], property: string): SQLiteColumn {
  const column = (table as unknown as Readonly<Record<string, SQLiteColumn | undefined>>)[property];
  if (column === undefined) throw new Error(`no column ${property}`);
  return column;
}
