import { sql, type Placeholder } from 'drizzle-orm';
import type { Db } from './engine/engine.ts';

type Values = Readonly<Record<string, unknown>>;
type Prepared<T> = { readonly execute: (values: never) => PromiseLike<T> };
/** A query as drizzle builds it: run by awaiting, or prepared with placeholders. */
type Buildable<T> = { readonly prepare: () => Prepared<T> };

// SQLite's writer is one connection that lives as long as its process, so its statements are built once. On PostgreSQL every
// transaction has a database of its own, which takes its statements with it.
const statements = new WeakMap<Db, Map<string, Prepared<unknown>>>();

/** Runs a query that is built once per connection and `name`; `build` uses `sql.placeholder` for what `values` hold. */
export function prepared<T>(db: Db, name: string, build: () => Buildable<T>, values: Values): PromiseLike<T> {
  const byName = statements.get(db) ?? new Map<string, Prepared<unknown>>();
  statements.set(db, byName);
  // One name is only ever given one query, so what is kept under it answers as `build` says.
  const statement = (byName.get(name) as Prepared<T> | undefined) ?? build().prepare();
  byName.set(name, statement);
  return statement.execute(values as never);
}

// A SKU that is listed late may have been named by any number of orders, and SQLite binds 32,766 values at most.
const LIST_MAX = 1_024;

/**
 * The same for `in (…)`, whatever the length of the list: it is filled up to a power of two with its last value, so that a few
 * sizes serve every length, and a long one is asked in pieces. Nothing asked, nothing run.
 */
export async function preparedIn<T>(
  db: Db,
  name: string,
  build: (list: Placeholder[]) => Buildable<readonly T[]>,
  { list, values }: { readonly list: readonly string[]; readonly values: Values },
): Promise<readonly T[]> {
  const asked = [...new Set(list)]; // what stood in two pieces would be answered twice
  if (asked.length > LIST_MAX) {
    const rows: T[] = [];
    for (let start = 0; start < asked.length; start += LIST_MAX) {
      const piece = asked.slice(start, start + LIST_MAX);
      rows.push(...(await preparedIn(db, name, build, { list: piece, values })));
    }
    return rows;
  }
  const last = asked.at(-1);
  if (last === undefined) return [];
  const size = 2 ** Math.ceil(Math.log2(asked.length));
  const places = Array.from({ length: size }, (_, index) => `in${index}`);
  const given = Object.fromEntries(places.map((place, index) => [place, asked[index] ?? last]));
  // Values go to the driver as they are: only text columns are asked this way.
  const buildList = () => build(places.map((place) => sql.placeholder(place)));
  return prepared(db, `${name} ${size}`, buildList, { ...values, ...given });
}
