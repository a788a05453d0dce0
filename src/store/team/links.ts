import { createHash, randomInt } from 'node:crypto';
import { and, eq, gt, isNull } from 'drizzle-orm';
import { LINK_CODE_MS, LINK_TRIES_MAX, linkCode, parseLinkCode } from '../../domain/link-code.ts';
import type { Account, Actor } from '../../domain/team.ts';
import type { LinkAnswer, LinkCodeAnswer, TeamSubjectStore, UnlinkAnswer } from '../../ports/store/team.ts';
import { remember } from '../audit.ts';
import type { Tx } from '../engine/engine.ts';
import { findMember, holderOf, memberOf } from './members.ts';
import type { TeamContext } from '../team-context.ts';
import { isOwnerId, removeOwner } from './owners.ts';

type Ask<K extends 'linkCode' | 'useLink' | 'unlink'> = Parameters<TeamSubjectStore[K]>[0];

/**
 * Makes a code that lets one account become this person's. Only its hash is kept, so the same request again is told that it was
 * given, and no copy of the database holds a code.
 */
export function makeLinkCode(context: TeamContext, { key, asked, by, nowMs }: Ask<'linkCode'>): Promise<LinkCodeAnswer> {
  return context.engine.write(context.teamId, async (tx): Promise<LinkCodeAnswer> => {
    const { links, requests } = tx.tables;
    const found = await findMember(tx, asked ?? by.personId);
    if (found.kind !== 'found') return found;
    const request = { teamId: tx.teamId, key, answer: 'given', atMs: nowMs };
    const first = await tx.db.insert(requests).values(request).onConflictDoNothing().returning({ key: requests.key });
    if (first.length === 0) return { kind: 'given-already' };
    const { personId } = found.member;
    const code = linkCode((below) => randomInt(below));
    // A code made for somebody else is read to them, so it does not matter where they type it.
    const madeOn = asked === null ? by.place.platform : null;
    const expiresAtMs = nowMs + LINK_CODE_MS;
    await tx.db
      .insert(links)
      .values({ teamId: tx.teamId, codeHash: hashOf(tx.teamId, code), personId, madeOn, expiresAtMs, usedAtMs: null });
    await remember(tx, { by, action: 'team.link-code', target: personId, before: null, after: { madeOn }, reason: null, nowMs });
    return { kind: 'code', code, member: found.member, madeOn, expiresAtMs };
  });
}

/** Makes the account that typed a good code its person's. A code that is wrong, used or too old changes nothing but the count of tries. */
export async function redeemLinkCode(tx: Tx, { account, place, code, nowMs }: Ask<'useLink'>): Promise<LinkAnswer> {
  const { links } = tx.tables;
  const tried = await triesOf(tx, account, nowMs);
  if (tried.tryCount >= LINK_TRIES_MAX) return { kind: 'too-many-tries', untilMs: tried.sinceMs + LINK_CODE_MS };
  const typed = parseLinkCode(code);
  const good = and(
    eq(links.teamId, tx.teamId),
    eq(links.codeHash, hashOf(tx.teamId, typed ?? '')),
    isNull(links.usedAtMs),
    gt(links.expiresAtMs, nowMs),
  );
  const [link] = typed === null ? [] : await tx.db.select().from(links).where(good);
  if (link === undefined) {
    await countTry(tx, account, { sinceMs: tried.sinceMs, tryCount: tried.tryCount + 1 });
    return { kind: 'no-such-code' };
  }
  if (link.madeOn === account.platform) return { kind: 'same-platform', platform: account.platform };
  const holderId = await holderOf(tx, account);
  if (holderId === link.personId) return { kind: 'already-yours', member: await memberOf(tx, holderId) };
  if (holderId !== null && !isOwnerId(holderId)) return { kind: 'taken', holder: await memberOf(tx, holderId) };
  await tx.db.update(links).set({ usedAtMs: nowMs }).where(good);
  await giveAccount(tx, account, link.personId);
  if (holderId !== null) await removeOwner(tx, holderId);
  const by: Actor = { personId: link.personId, place };
  // Which account it is stands in its own row, which can be erased: the chain names people and platforms only.
  const change = { before: holderId, after: account.platform };
  await remember(tx, { by, action: 'team.link', target: link.personId, ...change, reason: null, nowMs });
  return { kind: 'linked', member: await memberOf(tx, link.personId) };
}

/** Takes a person's accounts on one platform from them: whoever types there is one of the public again. */
export async function unlinkAccount(tx: Tx, { asked, platform, by, nowMs }: Ask<'unlink'>): Promise<UnlinkAnswer> {
  const { accounts, links } = tx.tables;
  const found = await findMember(tx, asked);
  if (found.kind !== 'found') return found;
  const { personId } = found.member;
  const isFounder = found.member.assignments.some(({ role, scope }) => role === 'founder' && scope === '*');
  if (isFounder && !(await founderLeft(tx, { personId, platform }))) return { kind: 'last-founder', member: found.member };
  const gone = await tx.db
    .delete(accounts)
    .where(and(eq(accounts.teamId, tx.teamId), eq(accounts.personId, personId), eq(accounts.platform, platform)))
    .returning({ accountId: accounts.accountId });
  if (gone.length === 0) return { kind: 'no-account', member: found.member, platform };
  // A code made before would bring the account back.
  await tx.db.delete(links).where(and(eq(links.teamId, tx.teamId), eq(links.personId, personId), isNull(links.usedAtMs)));
  await remember(tx, { by, action: 'team.unlink', target: personId, before: platform, after: null, reason: null, nowMs });
  return { kind: 'unlinked', member: await memberOf(tx, personId), platform };
}

async function giveAccount(tx: Tx, { platform, accountId }: Account, personId: string): Promise<void> {
  const { accounts } = tx.tables;
  await tx.db
    .insert(accounts)
    .values({ teamId: tx.teamId, platform, accountId, personId })
    .onConflictDoUpdate({ target: [accounts.teamId, accounts.platform, accounts.accountId], set: { personId } });
}

/** Whether a founder would be left who has an account somewhere: one without can give nobody a role. */
async function founderLeft({ db, tables, teamId }: Tx, without: { personId: string; platform: string }): Promise<boolean> {
  const { assignments, accounts } = tables;
  const rows = await db
    .select({ personId: accounts.personId, platform: accounts.platform })
    .from(assignments)
    .innerJoin(accounts, and(eq(accounts.teamId, assignments.teamId), eq(accounts.personId, assignments.personId)))
    .where(and(eq(assignments.teamId, teamId), eq(assignments.role, 'founder'), eq(assignments.scope, '*')));
  return rows.some(({ personId, platform }) => personId !== without.personId || platform !== without.platform);
}

async function triesOf(
  { db, tables: { linkTries }, teamId }: Tx,
  { platform, accountId }: Account,
  nowMs: number,
): Promise<{ readonly sinceMs: number; readonly tryCount: number }> {
  const [row] = await db
    .select()
    .from(linkTries)
    .where(and(eq(linkTries.teamId, teamId), eq(linkTries.platform, platform), eq(linkTries.accountId, accountId)));
  const stands = row !== undefined && nowMs - row.sinceMs < LINK_CODE_MS;
  return stands ? { sinceMs: row.sinceMs, tryCount: row.tryCount } : { sinceMs: nowMs, tryCount: 0 };
}

async function countTry(
  { db, tables: { linkTries }, teamId }: Tx,
  { platform, accountId }: Account,
  tries: { readonly sinceMs: number; readonly tryCount: number },
): Promise<void> {
  await db
    .insert(linkTries)
    .values({ teamId, platform, accountId, ...tries })
    .onConflictDoUpdate({ target: [linkTries.teamId, linkTries.platform, linkTries.accountId], set: tries });
}

function hashOf(teamId: string, code: string): string {
  return createHash('sha256')
    .update(JSON.stringify([teamId, code]))
    .digest('hex');
}
