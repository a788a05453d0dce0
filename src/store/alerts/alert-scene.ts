import { and, eq, inArray } from 'drizzle-orm';
import { chainOf } from '../../domain/alert.ts';
import type { Role } from '../../domain/team.ts';
import type { Db, Tables } from '../engine/engine.ts';

/** What alerts need to know of the team at this moment. */
export type Scene = {
  readonly liveDrop: { readonly id: string; readonly startedAtMs: number } | null;
  readonly heldRoles: ReadonlySet<string>; // for every drop, or for the live one
};

type Reading = { readonly db: Db; readonly tables: Tables; readonly teamId: string };

/** The drop that is live, since when, and which roles somebody holds for it. */
export async function sceneOf({ db, tables, teamId }: Reading): Promise<Scene> {
  const { drops, assignments } = tables;
  const [live] = await db
    .select({ id: drops.id, startedAtMs: drops.startedAtMs })
    .from(drops)
    .where(and(eq(drops.teamId, teamId), eq(drops.state, 'live')));
  const held = await db
    .select({ role: assignments.role })
    .from(assignments)
    .where(and(eq(assignments.teamId, teamId), inArray(assignments.scope, live === undefined ? ['*'] : ['*', live.id])));
  return {
    liveDrop: live === undefined ? null : { id: live.id, startedAtMs: live.startedAtMs ?? 0 },
    heldRoles: new Set(held.map(({ role }) => role)),
  };
}

/** The roles to ring for an alert, in their order. */
export function chainFor({ heldRoles }: Scene, kind: 'stock' | 'feed'): readonly Role[] {
  return chainOf(kind, heldRoles);
}

/** The role an alert at this step rings, and null while only the first was rung. */
export function roleAt(
  chain: readonly Role[],
  escalationStep: number,
): { readonly role: Role; readonly escalatedTo: Role | null } {
  const role = chain[Math.min(Math.max(escalationStep, 1), chain.length) - 1] ?? 'founder';
  return { role, escalatedTo: escalationStep > 1 ? role : null };
}

/** Names and drops of SKUs and bundles. */
export async function skuNames(
  { db, tables: { skus }, teamId }: Reading,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, { readonly name: string; readonly dropId: string | null }>> {
  if (subjects.length === 0) return new Map();
  const rows = await db
    .select({ sku: skus.sku, name: skus.name, dropId: skus.dropId })
    .from(skus)
    .where(and(eq(skus.teamId, teamId), inArray(skus.sku, [...subjects])));
  return new Map(rows.map(({ sku, ...rest }) => [sku, rest]));
}
