import { and, asc, eq, isNull, lt, ne } from 'drizzle-orm';
import { ROLES } from '../../domain/team.ts';
import { addDays, dayAtMs, dayOf, daysBetween } from '../../domain/time.ts';
import { LANES, type AlertFacts, type ReminderFacts } from '../../ports/post.ts';
import type { Alert } from './alert-rows.ts';
import { desire, destinationsFor } from '../posts/desire.ts';
import type { Db, Tables, Tx } from '../engine/engine.ts';

type Reading = { readonly db: Db; readonly tables: Tables; readonly teamId: string };

/** The digest goes out at this time of the team's day. */
export const DIGEST_CLOCK = '09:00';

/** A day's digest that is still to be posted. */
export type DigestDue = {
  readonly day: string;
  readonly untilMs: number; // tomorrow's takes its place
  readonly alerts: readonly AlertFacts[];
  readonly overdue: readonly ReminderFacts[];
};

/**
 * Today's digest, once it is due and unless it was posted: what stood open at its time, and milestones overdue.
 * Null when there is nothing to say. What opens later in the day waits for tomorrow's, so a day has one.
 */
export async function digestDue(
  reading: Reading,
  { zone, standing }: { zone: string; standing: readonly Alert[] },
  nowMs: number,
): Promise<DigestDue | null> {
  const day = dayOf(nowMs, zone);
  const atMs = dayAtMs(day, DIGEST_CLOCK, zone);
  if (nowMs < atMs) return null;
  if (await isPosted(reading, day)) return null;
  const alerts = standing.filter(({ facts }) => !facts.test && facts.openedAtMs < atMs).map(({ facts }) => facts);
  const overdue = await overdueMilestones(reading, nowMs);
  if (alerts.length === 0 && overdue.length === 0) return null;
  return { day, untilMs: dayAtMs(addDays(day, 1), DIGEST_CLOCK, zone), alerts, overdue };
}

/** Posts a day's digest to the team's channels. */
export async function postDigest(tx: Tx, { day, untilMs, alerts, overdue }: DigestDue, nowMs: number): Promise<void> {
  const facts = { kind: 'digest', day, alerts, overdue } as const;
  for (const destinationId of await destinationsFor(tx, 'team')) {
    await desire(tx, { key: `digest:${day}`, destinationId, facts, lane: LANES.routine, nowMs, expiresAtMs: untilMs });
  }
}

async function isPosted({ db, tables: { posts }, teamId }: Reading, day: string): Promise<boolean> {
  const rows = await db
    .select({ id: posts.id })
    .from(posts)
    .where(and(eq(posts.teamId, teamId), eq(posts.key, `digest:${day}`)))
    .limit(1);
  return rows.length > 0;
}

async function overdueMilestones(
  { db, tables: { milestones, drops }, teamId }: Reading,
  nowMs: number,
): Promise<ReminderFacts[]> {
  // Asked every second of the day: from the few drops that are not over to what is late in them, never the other way round.
  const rows = await db
    .select({ milestone: milestones, dropName: drops.name })
    .from(drops)
    .crossJoin(milestones)
    .where(
      and(
        eq(drops.teamId, teamId),
        ne(drops.state, 'ended'),
        eq(milestones.teamId, teamId),
        eq(milestones.dropId, drops.id),
        isNull(milestones.doneAtMs),
        lt(milestones.dueDay, dayOf(nowMs, LATEST_ZONE)),
      ),
    )
    .orderBy(asc(milestones.dueDay), asc(milestones.id));
  return rows.flatMap(({ milestone, dropName }) => {
    const { id, name, ownerPersonId, ownerRole, dueDay, zone, snoozedUntilMs } = milestone;
    const daysLeft = daysBetween(dayOf(nowMs, zone), dueDay);
    if (daysLeft >= 0 || (snoozedUntilMs !== null && snoozedUntilMs > nowMs)) return [];
    const role = ROLES.find((each) => each === ownerRole) ?? null;
    const owner = { ownerPersonId, ownerRole: role };
    return [
      {
        milestoneId: id,
        name,
        dropName,
        ...owner,
        dueDay,
        zone,
        daysLeft,
        lateMs: 0,
        doneAtMs: null,
        doneBy: null,
        snoozedUntilMs,
      },
    ];
  });
}

// No zone's day is later than this one's: what is not overdue there is overdue nowhere.
const LATEST_ZONE = 'Pacific/Kiritimati';
