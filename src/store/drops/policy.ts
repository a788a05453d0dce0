import { desc, eq } from 'drizzle-orm';
import type { Policy, PolicyVersion } from '../../domain/policy.ts';
import type { PolicyStore } from '../../ports/store/drops.ts';
import { remember } from '../audit.ts';
import type { Db, Tables, Tx } from '../engine/engine.ts';
import { intent } from '../intent.ts';
import type { TeamContext } from '../team-context.ts';

export function policyStore(context: TeamContext): PolicyStore {
  const { engine, teamId } = context;
  return {
    current: () => engine.read((db) => latestPolicy({ db, tables: engine.tables, teamId })),
    publish: ({ key, by, nowMs, policy }) =>
      intent(context, { key, nowMs }, async (tx) => {
        const before = await latestPolicy(tx);
        const published = await publishPolicy(tx, policy, nowMs);
        const [target, after] = [`policy:${published.version}`, published.policy];
        await remember(tx, { by, action: 'policy.publish', target, before: before?.policy, after, reason: null, nowMs });
        return published;
      }),
  };
}

/** The version in force, or null when none was published. */
export async function latestPolicy({
  db,
  tables: { policies },
  teamId,
}: {
  readonly db: Db;
  readonly tables: Tables;
  readonly teamId: string;
}): Promise<PolicyVersion | null> {
  const [row] = await db.select().from(policies).where(eq(policies.teamId, teamId)).orderBy(desc(policies.version)).limit(1);
  if (row === undefined) return null;
  return { version: row.version, policy: row.policy as Policy, publishedAtMs: row.publishedAtMs };
}

/** Publishes the next version, in the transaction of whatever asks for it. Versions are never edited. */
export async function publishPolicy(tx: Tx, policy: Policy, nowMs: number): Promise<PolicyVersion> {
  const version = ((await latestPolicy(tx))?.version ?? 0) + 1;
  await tx.db.insert(tx.tables.policies).values({ teamId: tx.teamId, version, policy, publishedAtMs: nowMs });
  return { version, policy, publishedAtMs: nowMs };
}
