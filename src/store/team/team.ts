import { and, asc, eq } from 'drizzle-orm';
import { nearest } from '../../domain/near.ts';
import { ROLES, type Caller, type Member, type PermissionEdit, type Platform, type Role } from '../../domain/team.ts';
import type { GrantAnswer, TeamSubjectStore, TeamView } from '../../ports/store/team.ts';
import { rerouteAnnouncements } from '../promotion/announce.ts';
import { remember } from '../audit.ts';
import { bindPurpose, destinationId, toDestination } from '../posts/destinations.ts';
import type { Db, Tables, Tx } from '../engine/engine.ts';
import { intent } from '../intent.ts';
import type { TeamContext } from '../team-context.ts';

type Reading = { readonly db: Db; readonly tables: Tables; readonly teamId: string };
type Ask = Parameters<TeamSubjectStore['grant']>[0];

export function teamSubjectStore(context: TeamContext): TeamSubjectStore {
  const { engine, teamId } = context;
  const { tables } = engine;
  return {
    view: () => engine.read((db) => viewOf({ db, tables, teamId })),
    whoIs: (account) =>
      engine.read(async (db): Promise<Caller> => {
        const reading = { db, tables, teamId };
        const personId = await holderOf(reading, account);
        const member = personId === null ? undefined : (await membersOf(reading, personId))[0];
        return member === undefined ? { kind: 'public' } : { kind: 'member', member };
      }),
    grant: (ask) => intent(context, ask, (tx) => grant(tx, ask)),
    revoke: (ask) => intent(context, ask, (tx) => revoke(tx, ask)),
    bindChannel: (ask) =>
      intent(context, ask, async (tx) => {
        const { by, nowMs, purpose, platform, address } = ask;
        const { bound, changed, lost } = await bindPurpose(tx, { purpose, platform, address });
        if (changed) {
          const [target, before] = [destinationId({ platform, address }), lost?.id ?? null];
          await remember(tx, { by, action: 'team.channel', target, before, after: purpose, reason: null, nowMs });
          await rerouteAnnouncements(tx, nowMs);
        }
        return bound;
      }),
  };
}

async function grant(tx: Tx, { asked, role, by, nowMs }: Ask): Promise<GrantAnswer> {
  const found = await findMember(tx, asked);
  if (found.kind !== 'found') return found;
  const { personId } = found.member;
  if (found.member.assignments.some((held) => held.role === role && held.scope === '*')) {
    return { kind: 'unchanged', member: found.member, role };
  }
  await tx.db.insert(tx.tables.assignments).values({ teamId: tx.teamId, personId, role, scope: '*' });
  await remember(tx, { by, action: 'team.grant', target: personId, before: null, after: role, reason: null, nowMs });
  return { kind: 'granted', member: await memberOf(tx, personId), role };
}

async function revoke(tx: Tx, { asked, role, by, nowMs }: Ask): Promise<GrantAnswer> {
  const { assignments } = tx.tables;
  const found = await findMember(tx, asked);
  if (found.kind !== 'found') return found;
  const { member } = found;
  const held = member.assignments.filter((assignment) => assignment.role === role);
  if (held.length === 0) return { kind: 'unchanged', member, role };
  if (role === 'founder' && !(await otherFounder(tx, member.personId))) return { kind: 'last-founder', member };
  await tx.db
    .delete(assignments)
    .where(and(eq(assignments.teamId, tx.teamId), eq(assignments.personId, member.personId), eq(assignments.role, role)));
  const scopes = held.map(({ scope }) => scope);
  const before = { role, scopes };
  await remember(tx, { by, action: 'team.revoke', target: member.personId, before, after: null, reason: null, nowMs });
  return { kind: 'revoked', member: await memberOf(tx, member.personId), role };
}

async function otherFounder({ db, tables: { assignments }, teamId }: Tx, personId: string): Promise<boolean> {
  const founders = await db
    .select({ personId: assignments.personId })
    .from(assignments)
    .where(and(eq(assignments.teamId, teamId), eq(assignments.role, 'founder'), eq(assignments.scope, '*')));
  return founders.some((founder) => founder.personId !== personId);
}

type Found =
  | { readonly kind: 'found'; readonly member: Member }
  | Extract<GrantAnswer, { kind: 'which' }>
  | Extract<GrantAnswer, { kind: 'no-such-person' }>;

/** A member by id, or by name in any case. */
async function findMember(tx: Tx, asked: string): Promise<Found> {
  const members = await membersOf(tx, null);
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

async function memberOf(reading: Reading, personId: string): Promise<Member> {
  const [member] = await membersOf(reading, personId);
  if (member === undefined) throw new Error(`no person ${personId}`);
  return member;
}

async function holderOf(
  { db, tables: { accounts }, teamId }: Reading,
  { platform, accountId }: { platform: string; accountId: string },
): Promise<string | null> {
  const [row] = await db
    .select({ personId: accounts.personId })
    .from(accounts)
    .where(and(eq(accounts.teamId, teamId), eq(accounts.platform, platform), eq(accounts.accountId, accountId)));
  return row?.personId ?? null;
}

/** Every listed person, or the one named; roles in the order of `ROLES`. */
export async function membersOf({ db, tables, teamId }: Reading, personId: string | null): Promise<readonly Member[]> {
  const { people, accounts, assignments } = tables;
  const of = (table: typeof people | typeof accounts | typeof assignments) =>
    and(eq(table.teamId, teamId), personId === null ? undefined : eq(table.personId, personId));
  const persons = await db.select().from(people).where(of(people)).orderBy(asc(people.personId));
  const held = await db.select().from(assignments).where(of(assignments)).orderBy(asc(assignments.scope));
  const known = await db.select().from(accounts).where(of(accounts)).orderBy(asc(accounts.platform), asc(accounts.accountId));
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

async function viewOf(reading: Reading): Promise<TeamView> {
  const { db, tables, teamId } = reading;
  const { teams, permissionEdits, destinations } = tables;
  const [team] = await db.select().from(teams).where(eq(teams.teamId, teamId));
  if (team === undefined) throw new Error(`no team ${teamId}`);
  const edits = await db
    .select({ role: permissionEdits.role, action: permissionEdits.action, allowed: permissionEdits.allowed })
    .from(permissionEdits)
    .where(eq(permissionEdits.teamId, teamId))
    .orderBy(asc(permissionEdits.role), asc(permissionEdits.action));
  const rows = await db.select().from(destinations).where(eq(destinations.teamId, teamId)).orderBy(asc(destinations.id));
  return {
    id: teamId,
    name: team.name,
    zone: team.zone,
    locale: team.locale,
    members: await membersOf(reading, null),
    edits: edits as readonly PermissionEdit[],
    destinations: rows.map(toDestination),
  };
}
