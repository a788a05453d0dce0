import { and, eq, inArray, isNull } from 'drizzle-orm';
import { ANNOUNCEMENT_EXPIRES_MS, covers } from '../../domain/promotion.ts';
import type { Announcement, AnnouncementKind, Bundles } from '../../domain/promotion.ts';
import type { Purpose } from '../../domain/team.ts';
import { LANES } from '../../ports/post.ts';
import { desire, destinationsFor, withdraw } from '../posts/desire.ts';
import type { Db, Tables, Tx } from '../engine/engine.ts';
import { isWaiting } from '../posts/post-row.ts';

type View = { readonly db: Db; readonly tables: Tables; readonly teamId: string };
type Row = Tables['announcements']['$inferSelect'];

/** The key of an announcement's posts. */
export function announcementKey(id: string): string {
  return `announcement:${id}`;
}

/**
 * Makes an announcement due at its time in the channels of its purposes, stopped if a standing pause covers it. The same again
 * writes nothing; a changed one is changed where it has not been seen yet. One whose hour has passed is kept and
 * not posted: `too-late`.
 */
export async function scheduleAnnouncement(
  tx: Tx,
  announcement: Announcement,
  nowMs: number,
): Promise<'due' | 'unchanged' | 'too-late'> {
  const { announcements } = tx.tables;
  const [row] = await tx.db
    .select()
    .from(announcements)
    .where(and(eq(announcements.teamId, tx.teamId), eq(announcements.id, announcement.id)));
  const unchanged = row !== undefined && !row.withdrawn && same(toAnnouncement(row), announcement);
  const known = await postsOf(tx, announcement.id);
  const wanted = await destinationsOf(tx, announcement.purposes);
  const standing = unchanged ? new Set(known.filter(({ gone }) => !gone).map(({ destinationId }) => destinationId)) : new Set();
  const changes = wanted.filter((id) => !standing.has(id) && !known.some((post) => post.destinationId === id && post.seen));
  if (!unchanged && (known.length === 0 || known.some(({ seen }) => !seen))) await keep(tx, announcement);
  await dropElsewhere(tx, announcement.id, wanted);
  if (changes.length === 0) return 'unchanged';
  if (nowMs >= announcement.atMs + ANNOUNCEMENT_EXPIRES_MS) return known.some(({ seen }) => seen) ? 'unchanged' : 'too-late';
  await post(tx, announcement, changes, nowMs);
  return 'due';
}

/** Takes an announcement back: what was not sent never is. What was sent stays as it is. */
export async function withdrawAnnouncement(tx: Tx, id: string, _nowMs: number): Promise<void> {
  const { announcements } = tx.tables;
  await tx.db
    .update(announcements)
    .set({ withdrawn: true })
    .where(and(eq(announcements.teamId, tx.teamId), eq(announcements.id, id)));
  await withdraw(tx, announcementKey(id));
}

/** Sends what has not been seen yet to the channels that are bound now: call it after a channel was bound or unbound. */
export async function rerouteAnnouncements(tx: Tx, nowMs: number): Promise<void> {
  for (const announcement of await announcementsOf(tx)) await scheduleAnnouncement(tx, announcement, nowMs);
}

/** The team's announcements that were not withdrawn, by time. */
export async function announcementsOf(view: View): Promise<readonly Announcement[]> {
  return (await rowsOf(view)).filter(({ withdrawn }) => !withdrawn).map(toAnnouncement);
}

/** Also those that were withdrawn: one that was sent before still stands in its channels. */
export async function announcementsEver(view: View): Promise<readonly Announcement[]> {
  return (await rowsOf(view)).map(toAnnouncement);
}

function rowsOf({ db, tables: { announcements }, teamId }: View): Promise<Row[]> {
  return db.select().from(announcements).where(eq(announcements.teamId, teamId)).orderBy(announcements.atMs, announcements.id);
}

/** The team's bundles by SKU. */
export async function bundlesOf({ db, tables: { skus }, teamId }: View): Promise<Bundles> {
  const rows = await db.select({ sku: skus.sku, components: skus.components }).from(skus).where(eq(skus.teamId, teamId));
  return new Map(rows.flatMap(({ sku, components }) => (components === null ? [] : [[sku, components] as const])));
}

async function keep({ db, tables: { announcements }, teamId }: Tx, announcement: Announcement): Promise<void> {
  const { id: _id, ...rest } = announcement;
  await db
    .insert(announcements)
    .values({ teamId, ...announcement, withdrawn: false })
    .onConflictDoUpdate({
      target: [announcements.teamId, announcements.id],
      set: { ...rest, withdrawn: false },
    });
}

async function post(tx: Tx, announcement: Announcement, destinationIds: readonly string[], nowMs: number): Promise<void> {
  const { posts } = tx.tables;
  const held = await isHeld(tx, announcement);
  for (const destinationId of destinationIds) {
    const id = await desire(tx, {
      key: announcementKey(announcement.id),
      destinationId,
      facts: { kind: 'announcement', announcement, paused: null },
      lane: LANES.live,
      nowMs,
      dueMs: announcement.atMs,
      expiresAtMs: announcement.atMs + ANNOUNCEMENT_EXPIRES_MS,
      held,
    });
    // A post that was there keeps its old `held`; what the announcement names may have changed.
    await tx.db.update(posts).set({ held }).where(eq(posts.id, id));
  }
}

async function isHeld(tx: Tx, announcement: Announcement): Promise<boolean> {
  const { pauses } = tx.tables;
  const standing = await tx.db
    .select({ scope: pauses.scope })
    .from(pauses)
    .where(and(eq(pauses.teamId, tx.teamId), isNull(pauses.resumedAtMs)));
  if (standing.length === 0) return false;
  const bundles = await bundlesOf(tx);
  return standing.some(({ scope }) => covers(scope, announcement, bundles));
}

async function postsOf(
  { db, tables: { posts }, teamId }: Tx,
  id: string,
): Promise<readonly { readonly destinationId: string; readonly seen: boolean; readonly gone: boolean }[]> {
  const rows = await db
    .select({ destinationId: posts.destinationId, deliveredRevision: posts.deliveredRevision, state: posts.state })
    .from(posts)
    .where(and(eq(posts.teamId, teamId), eq(posts.key, announcementKey(id))));
  return rows.map(({ destinationId, deliveredRevision, state }) => ({
    destinationId,
    seen: deliveredRevision > 0,
    gone: state === 'withdrawn',
  }));
}

async function dropElsewhere(
  { db, tables: { posts }, teamId }: Tx,
  announcementId: string,
  wanted: readonly string[],
): Promise<void> {
  const rows = await db
    .select({ id: posts.id, destinationId: posts.destinationId })
    .from(posts)
    .where(
      and(
        eq(posts.teamId, teamId),
        eq(posts.key, announcementKey(announcementId)),
        eq(posts.deliveredRevision, 0),
        isWaiting(posts),
      ),
    );
  const elsewhere = rows.filter(({ destinationId }) => !wanted.includes(destinationId)).map(({ id }) => id);
  if (elsewhere.length > 0) await db.update(posts).set({ state: 'withdrawn' }).where(inArray(posts.id, elsewhere));
}

async function destinationsOf(tx: Tx, purposes: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const purpose of purposes) ids.push(...(await destinationsFor(tx, purpose as Purpose)));
  return [...new Set(ids)].sort();
}

function toAnnouncement({ teamId: _teamId, withdrawn: _withdrawn, kind, ...rest }: Row): Announcement {
  return { ...rest, kind: kind as AnnouncementKind };
}

function same(a: Announcement, b: Announcement): boolean {
  const flat = ({ id, dropId, kind, text, atMs, wall, zone, purposes, skus }: Announcement): string =>
    JSON.stringify([id, dropId, kind, text, atMs, wall, zone, purposes, skus]);
  return flat(a) === flat(b);
}
