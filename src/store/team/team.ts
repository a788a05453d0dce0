import { and, asc, eq, getTableColumns, isNull, ne, or, sql } from 'drizzle-orm';
import type { Account, Platform } from '../../domain/team.ts';
import type { Asking, GrantAnswer, TeamSubjectStore, TeamView } from '../../ports/store/team.ts';
import { rerouteAnnouncements } from '../promotion/announce.ts';
import { remember } from '../audit.ts';
import { bindPurpose, destinationId, toDestination } from '../posts/destinations.ts';
import type { Tx } from '../engine/engine.ts';
import { intent } from '../intent.ts';
import { select } from '../prepared.ts';
import type { TeamContext } from '../team-context.ts';
import { makeLinkCode, redeemLinkCode, unlinkAccount } from './links.ts';
import { editsOf, findMember, holderOf, memberOf, membersOf, type Reading } from './members.ts';
import { adoptOwners } from './owners.ts';

type Ask = Parameters<TeamSubjectStore['grant']>[0];

export function teamSubjectStore(context: TeamContext): TeamSubjectStore {
  const { engine, teamId } = context;
  const { tables } = engine;
  return {
    view: () => engine.read((db) => viewOf({ db, tables, teamId })),
    asking: (account) => engine.read((db) => askingOf({ db, tables, teamId }, account)),
    linkCode: (ask) => makeLinkCode(context, ask),
    useLink: (ask) => intent(context, ask, (tx) => redeemLinkCode(tx, ask)),
    unlink: (ask) => intent(context, ask, (tx) => unlinkAccount(tx, ask)),
    pingWhere: (ask) => intent(context, ask, (tx) => choosePings(tx, ask)),
    sawOn: (ask) => sawOn(context, ask),
    adoptOwners: (ask) => engine.write(teamId, (tx) => adoptOwners(tx, ask)),
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

async function choosePings(tx: Tx, { where, by, nowMs }: Parameters<TeamSubjectStore['pingWhere']>[0]): Promise<'chosen'> {
  const { people } = tx.tables;
  const mine = and(eq(people.teamId, tx.teamId), eq(people.personId, by.personId));
  const [before] = await tx.db.select({ pingWhere: people.pingWhere }).from(people).where(mine);
  await tx.db.update(people).set({ pingWhere: where }).where(mine);
  const change = { before: before?.pingWhere ?? null, after: where };
  await remember(tx, { by, action: 'team.pings', target: by.personId, ...change, reason: null, nowMs });
  return 'chosen';
}

/** Most people stay where they are, so mostly this is one read. Nobody who has chat is pinged at a terminal for having tried it. */
async function sawOn(
  { engine, teamId }: TeamContext,
  { personId, platform }: Parameters<TeamSubjectStore['sawOn']>[0],
): Promise<void> {
  const { people } = engine.tables;
  const elsewhere = and(
    eq(people.teamId, teamId),
    eq(people.personId, personId),
    or(isNull(people.lastPlatform), ne(people.lastPlatform, platform)),
  );
  const { accounts } = engine.tables;
  const theirs = and(eq(accounts.teamId, teamId), eq(accounts.personId, personId), ne(accounts.platform, 'console'));
  const moved = await engine.read(async (db) => {
    const rows = await db.select({ personId: people.personId }).from(people).where(elsewhere);
    if (platform !== 'console' || rows.length === 0) return rows;
    return (await db.select({ id: accounts.accountId }).from(accounts).where(theirs)).length > 0 ? [] : rows;
  });
  if (moved.length === 0) return;
  await engine.write(teamId, ({ db }) => db.update(people).set({ lastPlatform: platform }).where(elsewhere));
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

/** Another founder who can act: one without an account anywhere can give nobody a role. */
export async function otherFounder({ db, tables: { assignments, accounts }, teamId }: Tx, personId: string): Promise<boolean> {
  const founders = await db
    .select({ personId: assignments.personId })
    .from(assignments)
    .innerJoin(accounts, and(eq(accounts.teamId, assignments.teamId), eq(accounts.personId, assignments.personId)))
    .where(and(eq(assignments.teamId, teamId), eq(assignments.role, 'founder'), eq(assignments.scope, '*')));
  return founders.some((founder) => founder.personId !== personId);
}

async function askingOf(reading: Reading, account: Account): Promise<Asking> {
  const view = await viewOf(reading);
  const personId = await holderOf(reading, account);
  const member = view.members.find((known) => known.personId === personId);
  if (member === undefined) return { view, caller: { kind: 'public' }, lastPlatform: null };
  return { view, caller: { kind: 'member', member }, lastPlatform: await lastPlatformOf(reading, member.personId) };
}

async function lastPlatformOf({ db, tables: { people }, teamId }: Reading, personId: string): Promise<Platform | null> {
  const { lastPlatform } = people;
  const [row] = await select(
    db,
    {
      name: 'last platform',
      columns: { lastPlatform },
      build: (columns) =>
        db
          .select(columns)
          .from(people)
          .where(and(eq(people.teamId, sql.placeholder('teamId')), eq(people.personId, sql.placeholder('personId')))),
    },
    { teamId, personId },
  );
  return (row?.lastPlatform ?? null) as Platform | null;
}

async function viewOf(reading: Reading): Promise<TeamView> {
  const { db, tables, teamId } = reading;
  const { teams, destinations } = tables;
  const { name, zone, locale } = teams;
  const [team] = await select(
    db,
    {
      name: 'team view',
      columns: { name, zone, locale },
      build: (columns) =>
        db
          .select(columns)
          .from(teams)
          .where(eq(teams.teamId, sql.placeholder('teamId'))),
    },
    { teamId },
  );
  if (team === undefined) throw new Error(`no team ${teamId}`);
  const edits = await editsOf(reading);
  const rows = await select(
    db,
    {
      name: 'destinations',
      columns: getTableColumns(destinations),
      build: (columns) =>
        db
          .select(columns)
          .from(destinations)
          .where(eq(destinations.teamId, sql.placeholder('teamId')))
          .orderBy(asc(destinations.id)),
    },
    { teamId },
  );
  return {
    id: teamId,
    name: team.name,
    zone: team.zone,
    locale: team.locale,
    members: await membersOf(reading, null),
    edits,
    destinations: rows.map(toDestination),
  };
}
