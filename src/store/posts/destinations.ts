import { and, eq } from 'drizzle-orm';
import type { Destination, Platform, Purpose } from '../../domain/team.ts';
import type { ChannelName } from '../../ports/store/posts.ts';
import type { Tx } from '../engine/engine.ts';

type Row = Tx['tables']['destinations']['$inferSelect'];
type Address = { readonly platform: Platform; readonly address: string };

/** A destination's id. */
export function destinationId({ platform, address }: Address): string {
  return `${platform}:${address}`;
}

/** A destination as the rest of the house sees it. */
export function toDestination({ id, platform, address, purposes, locale, zone }: Row): Destination {
  return { id, platform: platform as Platform, address, purposes: purposes as readonly Purpose[], locale, zone };
}

/** What people call a channel: what it is for, and where it is. */
export function channelName({ platform, address, purposes }: Pick<Row, 'platform' | 'address' | 'purposes'>): ChannelName {
  return { platform: platform as Platform, address, purposes: purposes as readonly Purpose[] };
}

/** Binds a channel to a purpose; the platform's earlier channel for it loses it. Answers the channel and the one that lost. */
export async function bindPurpose(
  tx: Tx,
  { purpose, ...address }: Address & { readonly purpose: Purpose },
): Promise<{ readonly bound: Destination; readonly changed: boolean; readonly lost: Destination | null }> {
  const row = await knownChannel(tx, address);
  const rows = await platformRows(tx, address.platform);
  const earlier = rows.find(({ id, purposes }) => id !== row.id && purposes.includes(purpose));
  if (earlier !== undefined) await setPurposes(tx, earlier, without(earlier.purposes, purpose));
  const changed = !row.purposes.includes(purpose);
  const purposes = changed ? [...row.purposes, purpose] : row.purposes;
  if (changed) await setPurposes(tx, row, purposes);
  return { bound: toDestination({ ...row, purposes }), changed, lost: earlier === undefined ? null : toDestination(earlier) };
}

/** Takes a purpose from a channel. Answers whether the channel had it. */
export async function unbindPurpose(tx: Tx, { purpose, ...address }: Address & { readonly purpose: Purpose }): Promise<boolean> {
  const row = (await platformRows(tx, address.platform)).find(({ id }) => id === destinationId(address));
  if (row === undefined || !row.purposes.includes(purpose)) return false;
  await setPurposes(tx, row, without(row.purposes, purpose));
  return true;
}

/** The channel's row, made without any purpose if nobody has spoken of it yet. */
export async function knownChannel(tx: Tx, { platform, address }: Address): Promise<Row> {
  const { teams, destinations } = tx.tables;
  const [team] = await tx.db.select().from(teams).where(eq(teams.teamId, tx.teamId));
  if (team === undefined) throw new Error(`no team ${tx.teamId}`);
  const id = destinationId({ platform, address });
  await tx.db
    .insert(destinations)
    .values({
      teamId: tx.teamId,
      id,
      platform,
      address,
      purposes: [],
      locale: team.locale,
      zone: team.zone,
      heldUntilMs: 0,
    })
    .onConflictDoNothing();
  const [row] = await tx.db
    .select()
    .from(destinations)
    .where(and(eq(destinations.teamId, tx.teamId), eq(destinations.id, id)));
  if (row === undefined) throw new Error(`destination ${id} was not kept`);
  return row;
}

async function platformRows({ db, tables: { destinations }, teamId }: Tx, platform: Platform): Promise<readonly Row[]> {
  return db
    .select()
    .from(destinations)
    .where(and(eq(destinations.teamId, teamId), eq(destinations.platform, platform)))
    .orderBy(destinations.id);
}

async function setPurposes(
  { db, tables: { destinations }, teamId }: Tx,
  { id }: Row,
  purposes: readonly string[],
): Promise<void> {
  await db
    .update(destinations)
    .set({ purposes })
    .where(and(eq(destinations.teamId, teamId), eq(destinations.id, id)));
}

function without(purposes: readonly string[], purpose: Purpose): readonly string[] {
  return purposes.filter((one) => one !== purpose);
}
