import * as fc from 'fast-check';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { insertRows } from '../../src/store/bulk.ts';
import { COPIED_TABLES, tableOf, type CopiedTable } from '../../src/store/copy/schema.ts';
import type { Engine } from '../../src/store/engine/engine.ts';
import * as postgres from '../../src/store/tables/postgres.ts';

// Pairs that collations, case folding or Unicode would take for one another, or sort otherwise than bytes do.
const WORDS = [
  'a',
  'A',
  'á',
  'a\u0301',
  'ß',
  'ss',
  'b-1',
  'b_1',
  'B 1',
  'zebra',
  'Ω',
  '猫',
  '🧥',
  'null',
  '7',
  'true',
  '%',
  "o'",
  '"',
  '\\u0000',
];

const word = fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'grapheme', maxLength: 12 }).map(withoutNul));
const json = fc.oneof(
  fc.dictionary(
    word,
    fc.oneof(word, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
  ),
  fc.array(fc.oneof(word, fc.maxSafeInteger(), fc.constant({ deep: [{ '7': [] }] }))),
);

function withoutNul(text: string): string {
  return text.replaceAll('\u0000', '');
}

/** Fills every table of a team with `rowsEach` rows of anything the columns can hold, the same for the same seed. */
export async function fillWithAnything(
  engine: Engine,
  teamId: string,
  { rowsEach, seed }: { rowsEach: number; seed: number },
): Promise<void> {
  await engine.write(teamId, async ({ db }) => {
    for (const [index, table] of COPIED_TABLES.entries()) {
      // A team has one row of its own.
      const rows = fc.sample(rowArb(table, teamId), { numRuns: table.key.length === 0 ? 1 : rowsEach, seed: seed + index });
      await insertRows(db, tableOf(engine, table), rows.map((row, at) => distinct(table, row, at)) as never);
    }
  });
}

const TABLES: Readonly<Record<string, unknown>> = { ...postgres };

/** PostgreSQL's declaration: only it tells an integer from a bigint. */
function postgresTable({ property }: CopiedTable) {
  return getTableConfig(TABLES[property] as PgTable);
}

function rowArb(table: CopiedTable, teamId: string): fc.Arbitrary<Record<string, unknown>> {
  const { columns } = postgresTable(table);
  return fc.record(
    Object.fromEntries(
      table.columns.map(({ property, kind }, index) => {
        const column = columns[index];
        if (property === 'teamId') return [property, fc.constant(teamId)];
        const kinds: Readonly<Record<typeof kind, fc.Arbitrary<unknown>>> = {
          text: word,
          json,
          boolean: fc.boolean(),
          whole: column?.columnType === 'PgInteger' ? fc.integer() : fc.maxSafeInteger(),
          real: fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0), // SQL knows no −0
        };
        const value = kinds[kind];
        return [property, column?.notNull === true ? value : fc.option(value)];
      }),
    ),
  );
}

/** The same row with keys no other row has. */
function distinct(table: CopiedTable, row: Record<string, unknown>, at: number): Record<string, unknown> {
  const { columns, primaryKeys, indexes } = postgresTable(table);
  const keys = [
    ...columns.filter(({ primary }) => primary).map(({ name }) => name),
    ...primaryKeys.flatMap((key) => key.columns.map(({ name }) => name)),
    ...indexes
      .filter(({ config }) => config.unique)
      .flatMap(({ config }) => config.columns.map((column) => (column as { name: string }).name)),
  ];
  const changed = table.columns
    .filter(({ property }, index) => property !== 'teamId' && keys.includes(columns[index]?.name ?? ''))
    .map(({ property, kind }): [string, unknown] => [
      property,
      kind === 'text' ? `${String(row[property])}:${String(row['teamId'])}:${at}` : at,
    ]);
  return { ...row, ...Object.fromEntries(changed) };
}
