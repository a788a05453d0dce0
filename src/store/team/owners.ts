import { randomBytes } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import type { Account } from '../../domain/team.ts';
import type { TeamSubjectStore } from '../../ports/store/team.ts';
import { remember } from '../audit.ts';
import type { Tx } from '../engine/engine.ts';
import { holderOf } from './members.ts';

const OWNER = 'owner:'; // no id a plan can give a person

/** Whether this is the stand-in for an owner who has not said who they are: each account has one of its own. */
export function isOwnerId(personId: string): boolean {
  return personId.startsWith(OWNER);
}

// By chance, and not made from the account: ids stay in the audit when the account has been erased.
function ownerId(): string {
  return `${OWNER}${randomBytes(6).toString('hex')}`;
}

/** Makes accounts founders: their own person if they are one of the team already, else the person named, else a stand-in. */
export async function adoptOwners(
  tx: Tx,
  { accounts, personId: named, nowMs }: Parameters<TeamSubjectStore['adoptOwners']>[0],
): Promise<void> {
  for (const account of accounts) {
    const holderId = await holderOf(tx, account);
    const personId = holderId ?? named ?? ownerId();
    if (holderId === null) await addAccount(tx, account, personId);
    const founder = await isFounder(tx, personId);
    if (!founder) await tx.db.insert(tx.tables.assignments).values({ teamId: tx.teamId, personId, role: 'founder', scope: '*' });
    if (founder && holderId !== null) continue;
    const change = { before: null, after: account.platform };
    await remember(tx, { by: null, action: 'team.owner', target: personId, ...change, reason: null, nowMs });
  }
}

async function addAccount(
  { db, tables: { people, accounts }, teamId }: Tx,
  { platform, accountId }: Account,
  personId: string,
): Promise<void> {
  if (isOwnerId(personId)) await db.insert(people).values({ teamId, personId, name: 'Owner' }).onConflictDoNothing();
  await db.insert(accounts).values({ teamId, platform, accountId, personId });
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

/** Lets go of a stand-in whose account turned out to be somebody's. */
export async function removeOwner({ db, tables, teamId }: Tx, personId: string): Promise<void> {
  for (const table of [tables.assignments, tables.people]) {
    await db.delete(table).where(and(eq(table.teamId, teamId), eq(table.personId, personId)));
  }
}
