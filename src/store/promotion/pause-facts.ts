import { and, asc, eq, gt, inArray, isNull, lte, sum } from 'drizzle-orm';
import { skusOf } from '../../domain/promotion.ts';
import { PLATFORM_NAMES, type Platform } from '../../domain/team.ts';
import type { Bundles, Pause, Receipt } from '../../domain/promotion.ts';
import type { PauseFacts } from '../../ports/post.ts';
import { bundlesOf } from './announce.ts';
import type { Db, Tables } from '../engine/engine.ts';

export type PauseRow = Tables['pauses']['$inferSelect'];

/** One team's rows, inside a transaction or a snapshot. */
export type View = { readonly db: Db; readonly tables: Tables; readonly teamId: string };

/** Pauses that stand, oldest first. */
export function standingPauses({ db, tables: { pauses }, teamId }: View): Promise<PauseRow[]> {
  return db
    .select()
    .from(pauses)
    .where(and(eq(pauses.teamId, teamId), isNull(pauses.resumedAtMs)))
    .orderBy(asc(pauses.atMs), asc(pauses.id));
}

/** One pause by its id. */
export async function pauseById({ db, tables: { pauses }, teamId }: View, id: string): Promise<PauseRow | null> {
  const [row] = await db
    .select()
    .from(pauses)
    .where(and(eq(pauses.teamId, teamId), eq(pauses.id, id)));
  return row ?? null;
}

/** A pause with the reason it was given, unless that was erased. */
export async function toPause({ db, tables: { reasons }, teamId }: View, row: PauseRow): Promise<Pause> {
  const { id, scope, reasonId, byPersonId, place, atMs, untilMs, resumedAtMs, resumedBy } = row;
  const [reason] =
    reasonId === null
      ? []
      : await db
          .select({ text: reasons.text })
          .from(reasons)
          .where(and(eq(reasons.teamId, teamId), eq(reasons.id, reasonId)));
  return { id, scope, reason: reason?.text ?? null, byPersonId, place, atMs, untilMs, resumedAtMs, resumedBy };
}

/** Everything a pause card shows, for the team, as it stands now. */
export async function pauseFacts(view: View, row: PauseRow, nowMs: number): Promise<PauseFacts> {
  return {
    pause: await toPause(view, row),
    scopeName: await scopeName(view, row.scope),
    receipts: await receiptsOf(view, row),
    heldCount: row.heldCount,
    inFlight: row.inFlight,
    markedCount: row.markedCount,
    unitsSoldMeanwhile: await unitsSold(view, row, await bundlesOf(view)),
    asOfMs: nowMs,
    audience: 'team',
  };
}

async function scopeName({ db, tables: { skus }, teamId }: View, scope: string): Promise<string> {
  if (scope === '*') return 'every promotion';
  const [row] = await db
    .select({ name: skus.name })
    .from(skus)
    .where(and(eq(skus.teamId, teamId), eq(skus.sku, scope)));
  return row?.name ?? scope;
}

/** The receipts that matter now: of the stop while the pause stands, of the go once it is over. */
export async function receiptsOf(
  { db, tables: { receipts, destinations }, teamId }: View,
  row: PauseRow,
): Promise<readonly Receipt[]> {
  const verb = row.resumedAtMs === null ? 'stop' : 'go';
  const rows = await db
    .select()
    .from(receipts)
    .where(and(eq(receipts.teamId, teamId), eq(receipts.pauseId, row.id), eq(receipts.verb, verb)))
    .orderBy(receipts.surface);
  const channels = await db.select().from(destinations).where(eq(destinations.teamId, teamId));
  const onePlatform = new Set(channels.map(({ platform }) => platform)).size === 1;
  const nameOf = (surface: string): string => {
    const channel = channels.find(({ id }) => id === surface);
    if (channel === undefined) return surface;
    const purposes = channel.purposes.join(' and ') || channel.address;
    return onePlatform ? purposes : `${purposes} on ${PLATFORM_NAMES[channel.platform as Platform]}`;
  };
  return rows.map(({ surface, askedAtMs, confirmedAtMs, state, note }) => ({
    surface,
    name: nameOf(surface),
    askedAtMs,
    confirmedAtMs,
    state: state as Receipt['state'],
    note,
  }));
}

/** Units committed while a pause stood (so far, while it stands), of what it covers. */
export async function unitsSold({ db, tables: { movements }, teamId }: View, row: PauseRow, bundles: Bundles): Promise<number> {
  const skus = skusOf(row.scope, bundles);
  const [total] = await db
    .select({ units: sum(movements.units).mapWith(Number) })
    .from(movements)
    .where(
      and(
        eq(movements.teamId, teamId),
        eq(movements.kind, 'commit'),
        gt(movements.seq, row.fromMovementSeq),
        row.toMovementSeq === null ? undefined : lte(movements.seq, row.toMovementSeq),
        skus === null ? undefined : inArray(movements.sku, [...skus]),
      ),
    );
  return total?.units ?? 0;
}
