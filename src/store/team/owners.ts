import { and, eq } from 'drizzle-orm';
import type { Account } from '../../domain/team.ts';
import { remember } from '../audit.ts';
import type { Tx } from '../engine/engine.ts';
import { holderOf } from './members.ts';

/** The person an owner's account belongs to until `/link` says who that is. */
export const OWNER_ID = 'owner';

/** Makes the accounts that the settings name founders: their own person if they are one of the team, else one called Owner. */
export async function adoptOwners(tx: Tx, accounts: readonly Account[], nowMs: number): Promise<void> {
  for (const account of accounts) {
    const holderId = await holderOf(tx, account);
    const personId = holderId ?? OWNER_ID;
    if (holderId === null) await addOwner(tx, account);
    if (await isFounder(tx, personId)) continue;
    await tx.db.insert(tx.tables.assignments).values({ teamId: tx.teamId, personId, role: 'founder', scope: '*' });
    const after = `${account.platform}:${account.accountId}`;
    await remember(tx, { by: null, action: 'team.owner', target: personId, before: null, after, reason: null, nowMs });
  }
}

async function addOwner({ db, tables: { people, accounts }, teamId }: Tx, { platform, accountId }: Account): Promise<void> {
  await db.insert(people).values({ teamId, personId: OWNER_ID, name: 'Owner' }).onConflictDoNothing();
  await db.insert(accounts).values({ teamId, platform, accountId, personId: OWNER_ID });
}

async function isFounder({ db, tables: { assignments }, teamId }: Tx, personId: string): Promise<boolean> {
  const rows = await db
    .select({ role: assignments.role })
    .from(assignments)
    .where(
      and(
        eq(assignments.teamId, teamId),
        eq(assignments.personId, personId),
        eq(assignments.role, 'founder'),
        eq(assignments.scope, '*'),
      ),
    );
  return rows.length > 0;
}
