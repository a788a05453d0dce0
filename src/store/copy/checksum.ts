import { createHash } from 'node:crypto';
import type { CopiedRow } from './rows.ts';
import type { CopiedTable } from './schema.ts';

/** What a table holds, in a form two engines can be compared by. */
export type Tally = { readonly rowCount: number; readonly checksum: string };

const BITS = 256n;

/**
 * Adds up rows: their number, and the sum (modulo 2^256) of the SHA-256 of each. A sum does not depend on the order of the rows,
 * so neither side has to sort, and it does not matter that the engines order text differently.
 */
export function createTally(): { readonly add: (encoded: string) => void; readonly tally: () => Tally } {
  let rowCount = 0;
  let sum = 0n;
  return {
    add(encoded) {
      rowCount += 1;
      sum = BigInt.asUintN(Number(BITS), sum + BigInt(`0x${createHash('sha256').update(encoded).digest('hex')}`));
    },
    tally: () => ({ rowCount, checksum: sum.toString(16).padStart(Number(BITS) / 4, '0') }),
  };
}

/** A row as one line that both engines agree on: values in the order of the columns, the keys of JSON in the order of their names. */
export function encodeRow({ columns }: CopiedTable, row: CopiedRow): string {
  const values = columns.map(({ property, kind }) => {
    const value = row[property] ?? null;
    return kind === 'json' && value !== null ? `{"json":${canonical(value)}}` : JSON.stringify(value);
  });
  return `[${values.join(',')}]`;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

// JSON writes a NUL as \u0000 and half of a pair as \ud8…; a backslash of the text itself is doubled.
const BEYOND_POSTGRES = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** Whether PostgreSQL can hold every text of an encoded row: it takes neither NUL nor half of a surrogate pair. */
export function fitsPostgres(encoded: string): boolean {
  return !BEYOND_POSTGRES.test(encoded);
}
