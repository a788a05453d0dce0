import type { PGlite } from '@electric-sql/pglite';
import Database from 'better-sqlite3';

/** One look at one table in the plan of a query. */
export type Access = {
  readonly operation: string; // what ran it first
  readonly query: string;
  readonly plan: string;
  readonly table: string;
  readonly index: string | null; // null: the table itself is read from end to end
  readonly beyondTeam: boolean; // entered by more than a team's or a channel's id, which all of its history is behind
};

const READS = /^\s*(select|update|delete|insert|with)\b/i;

/** How SQLite runs these queries. It plans without statistics, so the plans of a small file are those of a large one. */
export function onSqlite(file: string, heard: ReadonlyMap<string, string>): readonly Access[] {
  const db = new Database(file, { readonly: true });
  const accesses = [...heard].flatMap(([query, operation]) => {
    if (!READS.test(query)) return [];
    const lines = db.prepare(`explain query plan ${query}`).all(...placesOf(query)) as { detail: string }[];
    return lines.flatMap(({ detail }) => {
      const found = /^(SCAN|SEARCH) (\w+)(?: USING (?:COVERING )?(?:INDEX (\w+)|.*PRIMARY KEY))?(?: \((.*)\))?/.exec(detail);
      const table = found?.[2] === undefined ? undefined : tableOf(query, found[2]);
      if (found === null || table === undefined) return [];
      const terms = found[1] === 'SEARCH' ? (found[4] ?? '') : '';
      const beyondTeam = terms.split(' AND ').some((term) => term !== '' && !/^(team_id|destination_id)\b/.test(term));
      return [{ operation, query, plan: detail, table, index: found[3] ?? null, beyondTeam }];
    });
  });
  db.close();
  return accesses;
}

// The plan does not depend on what is bound, but something must be.
function placesOf(query: string): readonly null[] {
  return Array.from({ length: query.split('?').length - 1 }, () => null);
}

type Node = {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Node[];
};

/**
 * How PostgreSQL would run these queries with whole-table reads forbidden: with few rows it would rather read them all, and what
 * is asked here is whether an index is there for when they are many.
 */
export async function onPostgres(pglite: PGlite, heard: ReadonlyMap<string, string>): Promise<readonly Access[]> {
  await pglite.exec('analyze; set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off');
  const accesses: Access[] = [];
  for (const [query, operation] of heard) {
    if (!READS.test(query)) continue;
    const [answer] = await pglite.exec(`explain (generic_plan, format json) ${query}`);
    const root = (answer?.rows[0] as { 'QUERY PLAN': readonly { Plan: Node }[] } | undefined)?.['QUERY PLAN'][0]?.Plan;
    if (root !== undefined) accesses.push(...accessesOf(root, null).map((access) => ({ operation, query, ...access })));
  }
  return accesses;
}

function accessesOf(node: Node, above: string | null): readonly Omit<Access, 'operation' | 'query'>[] {
  const kind = node['Node Type'];
  const table = node['Relation Name'] ?? above; // a bitmap's index stands below the table it is for
  const inner = (node.Plans ?? []).flatMap((child) => accessesOf(child, kind.startsWith('Bitmap') ? table : null));
  if (table === null || kind === 'Bitmap Heap Scan' || !kind.endsWith('Scan')) return inner;
  const { 'Index Name': index = null, 'Index Cond': entered = '' } = node;
  const beyondTeam = entered.split(' AND ').some((term) => term !== '' && !/^\(*(\w+\.)?(team_id|destination_id)\b/.test(term));
  return [...inner, { plan: `${kind} ${index ?? ''} on ${table} ${entered}`, table, index, beyondTeam }];
}

/** The table a query calls so. */
function tableOf(query: string, name: string): string | undefined {
  const alias = new RegExp(`"(\\w+)" "${name}"`).exec(query)?.[1];
  const own = new RegExp(`(from|join|update|into) "${name}"`, 'i').test(query);
  return alias ?? (own ? name : undefined);
}
