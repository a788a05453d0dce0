import { and, asc, eq, sql } from 'drizzle-orm';
import { nearest } from '../../domain/near.ts';
import { ROLES, type Account, type Member, type PermissionEdit, type Platform, type Role } from '../../domain/team.ts';
import type { GrantAnswer } from '../../ports/store/team.ts';
import type { Db, Tables } from '../engine/engine.ts';
import { select } from '../prepared.ts';

/** One team's rows, inside a transaction or a snapshot. */
export type Reading = { readonly db: Db; readonly tables: Tables; readonly teamId: string };

/** A member looked for by what somebody typed. */
export type Found =
  | { readonly kind: 'found'; readonly member: Member }
  | Extract<GrantAnswer, { kind: 'which' }>
  | Extract<GrantAnswer, { kind: 'no-such-person' }>;

/** A member by id, or by name in any case. */
export async function findMember(reading: Reading, asked: string): Promise<Found> {
  const members = await membersOf(reading, null);
  const typed = asked.trim().toLowerCase();
  const byId = members.find(({ personId }) => personId === typed);
  if (byId !== undefined) return { kind: 'found', member: byId };
  const [first, ...others] = members.filter(({ name }) => name.toLowerCase() === typed);
  if (first === undefined) {
    const close = nearest(
      asked,
      members.flatMap(({ personId, name }) => [personId, name]),
    );
    return { kind: 'no-such-person', asked, near: close === null ? [] : [close] };
  }
  return others.length === 0 ? { kind: 'found', member: first } : { kind: 'which', asked, matches: [first, ...others] };
}

/** The member of this id, who is there. */
export async function memberOf(reading: Reading, personId: string): Promise<Member> {
  const [member] = await membersOf(reading, personId);
  if (member === undefined) throw new Error(`no person ${personId}`);
  return member;
}

/** Whose account this is; null: nobody's. */
export async function holderOf(
  { db, tables: { accounts }, teamId }: Reading,
  { platform, accountId }: Account,
): Promise<string | null> {
  const ofAccount = and(
    eq(accounts.teamId, sql.placeholder('teamId')),
    eq(accounts.platform, sql.placeholder('platform')),
    eq(accounts.accountId, sql.placeholder('accountId')),
  );
  const [row] = await select(
    db,
    {
      name: 'holder',
      columns: { personId: accounts.personId },
      build: (columns) => db.select(columns).from(accounts).where(ofAccount),
    },
    { teamId, platform, accountId },
  );
  return row?.personId ?? null;
}

/** Every listed person, or the one named; roles in the order of `ROLES`. */
export async function membersOf({ db, tables, teamId }: Reading, personId: string | null): Promise<readonly Member[]> {
  const { people, accounts, assignments } = tables;
  const of = (table: typeof people | typeof accounts | typeof assignments) =>
    and(
      eq(table.teamId, sql.placeholder('teamId')),
      personId === null ? undefined : eq(table.personId, sql.placeholder('personId')),
    );
  const [who, values] = personId === null ? ['everybody', { teamId }] : ['one', { teamId, personId }];
  const persons = await select(
    db,
    {
      name: `people: ${who}`,
      columns: { personId: people.personId, name: people.name },
      build: (columns) => db.select(columns).from(people).where(of(people)).orderBy(asc(people.personId)),
    },
    values,
  );
  const held = await select(
    db,
    {
      name: `assignments: ${who}`,
      columns: { personId: assignments.personId, role: assignments.role, scope: assignments.scope },
      build: (columns) => db.select(columns).from(assignments).where(of(assignments)).orderBy(asc(assignments.scope)),
    },
    values,
  );
  const known = await select(
    db,
    {
      name: `accounts: ${who}`,
      columns: { personId: accounts.personId, platform: accounts.platform, accountId: accounts.accountId },
      build: (columns) =>
        db.select(columns).from(accounts).where(of(accounts)).orderBy(asc(accounts.platform), asc(accounts.accountId)),
    },
    values,
  );
  return persons.map((person) => ({
    personId: person.personId,
    name: person.name,
    assignments: held
      .filter((row) => row.personId === person.personId)
      .map(({ role, scope }) => ({ role: role as Role, scope }))
      .toSorted((a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role)),
    accounts: known
      .filter((row) => row.personId === person.personId)
      .map(({ platform, accountId }) => ({ platform: platform as Platform, accountId })),
  }));
}

/** The team's edits to the default permissions. */
export async function editsOf({ db, tables: { permissionEdits }, teamId }: Reading): Promise<readonly PermissionEdit[]> {
  const { role, action, allowed } = permissionEdits;
  const edits = await select(
    db,
    {
      name: 'permission edits',
      columns: { role, action, allowed },
      build: (columns) =>
        db
          .select(columns)
          .from(permissionEdits)
          .where(eq(permissionEdits.teamId, sql.placeholder('teamId')))
          .orderBy(asc(role), asc(action)),
    },
    { teamId },
  );
  return edits as readonly PermissionEdit[];
}
