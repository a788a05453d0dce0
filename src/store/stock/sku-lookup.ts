import { asc, eq, getTableColumns, sql } from 'drizzle-orm';
import { nearest } from '../../domain/near.ts';
import type { UnknownSku } from '../../ports/store/stock.ts';
import type { Db, Tables } from '../engine/engine.ts';
import { select } from '../prepared.ts';

const NEAR_MAX = 5;

type From = { readonly db: Db; readonly tables: Tables; readonly teamId: string };
export type SkuRow = Tables['skus']['$inferSelect'];

/** The SKU or bundle a person means: the exact one, else the only one that matches in any case. */
export async function findSku(from: From, asked: string): Promise<{ readonly kind: 'found'; readonly row: SkuRow } | UnknownSku> {
  return skuAmong(await skuRows(from), asked);
}

/** Every SKU and bundle of the team, in the plan's order. */
export async function skuRows({ db, tables: { skus }, teamId }: From): Promise<readonly SkuRow[]> {
  return select(
    db,
    {
      name: 'skus',
      columns: getTableColumns(skus),
      build: (columns) =>
        db
          .select(columns)
          .from(skus)
          .where(eq(skus.teamId, sql.placeholder('teamId')))
          .orderBy(asc(skus.position), asc(skus.sku)),
    },
    { teamId },
  );
}

/** As `findSku`, among rows at hand. */
export function skuAmong(rows: readonly SkuRow[], asked: string): { readonly kind: 'found'; readonly row: SkuRow } | UnknownSku {
  const word = asked.trim();
  const exact = rows.find(({ sku }) => sku === word);
  if (exact !== undefined) return { kind: 'found', row: exact };
  const anyCase = rows.filter(({ sku }) => sku.toLowerCase() === word.toLowerCase());
  const [only] = anyCase;
  if (anyCase.length === 1 && only !== undefined) return { kind: 'found', row: only };
  return { kind: 'unknown-sku', asked, near: anyCase.length > 1 ? anyCase.map(({ sku }) => sku) : nearSkus(rows, word) };
}

/** What was typed inside a SKU or its name, else the one SKU a slip away. */
function nearSkus(rows: readonly SkuRow[], word: string): readonly string[] {
  const part = word.toLowerCase();
  const holding = rows.filter(({ sku, name }) => sku.toLowerCase().includes(part) || name.toLowerCase().includes(part));
  if (part !== '' && holding.length > 0) return holding.slice(0, NEAR_MAX).map(({ sku }) => sku);
  const slip = nearest(
    word,
    rows.map(({ sku }) => sku),
  );
  return slip === null ? [] : [slip];
}
