import { and, eq, inArray } from 'drizzle-orm';
import { nearest } from '../../domain/near.ts';
import { resumeCauses, skusOf } from '../../domain/promotion.ts';
import type { ResumeCause } from '../../ports/store/promotion.ts';
import type { UnknownSku } from '../../ports/store/stock.ts';
import { bundlesOf } from './announce.ts';
import type { View } from './pause-facts.ts';

const NEAR_MAX = 5;

/** What a person means by what they typed: everything, or one SKU or bundle in any case where only one matches. */
export async function findScope(
  { db, tables: { skus }, teamId }: View,
  asked: string | null,
): Promise<{ readonly kind: 'scope'; readonly scope: string } | UnknownSku> {
  if (asked === null || asked === '*') return { kind: 'scope', scope: '*' };
  const rows = await db.select({ sku: skus.sku }).from(skus).where(eq(skus.teamId, teamId)).orderBy(skus.position, skus.sku);
  const known = rows.map(({ sku }) => sku);
  const typed = asked.toLowerCase();
  const alike = known.filter((sku) => sku.toLowerCase() === typed);
  const [only, ...others] = known.includes(asked) ? [asked] : alike;
  if (only !== undefined && others.length === 0) return { kind: 'scope', scope: only };
  const like = known.filter((sku) => sku.toLowerCase().startsWith(typed) || typed.startsWith(sku.toLowerCase()));
  const slip = nearest(asked, known);
  const near = [...new Set([...alike, ...like, ...(slip === null ? [] : [slip])])].slice(0, NEAR_MAX);
  return { kind: 'unknown-sku', asked, near };
}

/** Why promotion within these scopes may not run again: what is oversold there now. */
export async function causesWithin(view: View, scopes: readonly string[]): Promise<readonly ResumeCause[]> {
  const bundles = await bundlesOf(view);
  const named = scopes.map((scope) => skusOf(scope, bundles));
  const { levels } = view.tables;
  const skus = named.includes(null) ? null : [...new Set(named.flatMap((one) => one ?? []))];
  const rows = await view.db
    .select()
    .from(levels)
    .where(and(eq(levels.teamId, view.teamId), skus === null ? undefined : inArray(levels.sku, skus)))
    .orderBy(levels.sku);
  return resumeCauses(rows.map(({ sku, ...level }) => ({ sku, level })));
}
