import { and, eq } from 'drizzle-orm';
import { diffByKey, same } from '../../domain/plan-diff.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Announcement } from '../../domain/promotion.ts';
import { clockChangeWords, sayMoment, wallTime, wallToMs } from '../../domain/time.ts';
import type { Plan } from '../../ports/plan.ts';
import { scheduleAnnouncement, withdrawAnnouncement } from '../promotion/announce.ts';
import { planMilestones } from '../milestones/milestone-plan.ts';
import { sameDropBefore, type PlanImport } from './plan-import.ts';
import { latestPolicy, publishPolicy } from '../drops/policy.ts';

/** Makes the team's own row, or brings it to what the plan says. */
export async function importTeam({ tx, before, plan, changes }: PlanImport): Promise<void> {
  const { teams, destinations } = tx.tables;
  const { name, zone, locale, returns } = plan.team;
  if (before === null) {
    await tx.db.insert(teams).values({
      teamId: tx.teamId,
      name,
      zone,
      locale,
      returnsRelease: returns === 'release',
      movementSeq: 0,
      crossingSeq: 0,
      auditSeq: 0,
      auditHash: '',
      heardRecent: 0,
    });
    changes.push(`team ${name}: added`);
    return;
  }
  const was = before.team;
  if (same(was, plan.team)) return;
  // Only what this plan's own words changed: another drop's plan may have changed the rest since.
  await tx.db
    .update(teams)
    .set({
      ...(was.name === name ? {} : { name }),
      ...(was.zone === zone ? {} : { zone }),
      ...(was.locale === locale ? {} : { locale }),
      ...(was.returns === returns ? {} : { returnsRelease: returns === 'release' }),
    })
    .where(eq(teams.teamId, tx.teamId));
  // Channels speak the team's language in the team's zone, as long as nobody gave them their own.
  for (const [column, from, to] of [['zone', was.zone, zone] as const, ['locale', was.locale, locale] as const]) {
    if (from === to) continue;
    await tx.db
      .update(destinations)
      .set({ [column]: to })
      .where(and(eq(destinations.teamId, tx.teamId), eq(destinations[column], from)));
  }
  const sides = [
    ['name', was.name, name],
    ['zone', was.zone, zone],
    ['locale', was.locale, locale],
    ['returned units', was.returns, returns],
  ] as const;
  changes.push(...sides.filter(([, from, to]) => from !== to).map(([what, from, to]) => `team ${what}: ${from} → ${to}`));
}

/** Makes the drop, or brings it to what the plan says. A drop of an earlier plan stays as it is. */
export async function importDrop(run: PlanImport): Promise<void> {
  const { tx, plan, changes } = run;
  const { drops } = tx.tables;
  const { id, name, format, stream, zone } = plan.drop;
  warnOfClocks(run, 'The stream', stream);
  const wanted = { name, format, streamWall: stream, zone, streamAtMs: wallToMs(stream, zone) };
  const [row] = await tx.db
    .select()
    .from(drops)
    .where(and(eq(drops.teamId, tx.teamId), eq(drops.id, id)));
  if (row === undefined) {
    await tx.db.insert(drops).values({ teamId: tx.teamId, id, ...wanted, state: 'planned' });
    changes.push(`drop ${name}: added, streams ${stream} ${zone}`);
    return;
  }
  const was = { name: row.name, format: row.format, streamWall: row.streamWall, zone: row.zone, streamAtMs: row.streamAtMs };
  if (same(was, wanted)) return;
  await tx.db
    .update(drops)
    .set(wanted)
    .where(and(eq(drops.teamId, tx.teamId), eq(drops.id, id)));
  if (was.name !== name) changes.push(`drop name: ${was.name} → ${name}`);
  if (was.format !== format) changes.push(`drop format: ${was.format} → ${format}`);
  const [from, to] = [`${was.streamWall} ${was.zone}`, `${stream} ${zone}`];
  // The zone's own rules may have moved while nobody edited anything: the same wall time is then another instant.
  if (was.streamAtMs !== wanted.streamAtMs || from !== to) {
    changes.push(from === to ? `stream: still ${to}, but the zone's clocks changed` : `stream: ${from} → ${to}`);
  }
}

/** Publishes the plan's returns policy as a new version when the plan's own words changed. */
export async function importPolicy({ tx, before, plan, nowMs, changes, warnings }: PlanImport): Promise<void> {
  if (plan.policy === undefined) {
    if (before?.policy !== undefined) {
      warnings.push('The plan no longer has a returns policy. The published one stays; buyers were promised it.');
    }
    return;
  }
  if (before?.policy !== undefined && same(before.policy, plan.policy)) return;
  const policy = toPolicy(plan.policy);
  const current = await latestPolicy(tx);
  if (current !== null && same(current.policy, policy)) return;
  const { version } = await publishPolicy(tx, policy, nowMs);
  changes.push(`returns policy: version ${version} published`);
}

/** Brings milestones to what the plan says; what was done, moved or added in chat since stays. */
export async function importMilestones(run: PlanImport): Promise<void> {
  const { tx, plan, nowMs, changes } = run;
  const before = sameDropBefore(run)?.milestones ?? null;
  const { zone } = plan.team; // the team works on its own days, wherever the stream is
  changes.push(...(await planMilestones(tx, { dropId: plan.drop.id, zone, before, after: plan.milestones, nowMs })));
}

/** Schedules, changes and withdraws announcements as the plan says. */
export async function importAnnouncements(run: PlanImport): Promise<void> {
  const { tx, plan, nowMs, changes } = run;
  for (const { id, at } of plan.announcements) warnOfClocks(run, `Announcement ${id}`, at);
  const diff = diffByKey(announcements(sameDropBefore(run)), announcements(plan));
  for (const [id, { id: fullId }] of diff.removed) {
    await withdrawAnnouncement(tx, fullId, nowMs);
    changes.push(`announcement ${id}: removed`);
  }
  for (const [id, was, is] of diff.changed) {
    await schedule(run, id, is);
    const at = ({ wall, zone }: Announcement) => `${wall} ${zone}`;
    changes.push(`announcement ${id}: ${at(was) === at(is) ? 'changed' : `${at(was)} → ${at(is)}`}`);
  }
  for (const [id, announcement] of diff.added) {
    await schedule(run, id, announcement);
    changes.push(`announcement ${id}: added for ${announcement.wall} ${announcement.zone}`);
  }
}

async function schedule({ tx, nowMs, warnings }: PlanImport, id: string, announcement: Announcement): Promise<void> {
  if ((await scheduleAnnouncement(tx, announcement, nowMs)) !== 'too-late') return;
  const at = sayMoment(announcement.atMs, announcement.zone, 'en');
  const said = `Announcement ${id}: its time, ${at}, has passed, so it will not be sent.`;
  warnings.push(`${said} Give it a later time, or post it by hand.`);
}

/** Says which moment is meant by a wall time that the clocks skip or show twice. */
function warnOfClocks({ plan, warnings }: PlanImport, what: string, wall: string): void {
  const { zone } = plan.drop;
  const { kind, ms } = wallTime(wall, zone);
  if (kind === 'unique') return;
  warnings.push(`${what} at ${wall} ${zone}:${clockChangeWords(wall, zone)} That is ${sayMoment(ms, zone, 'en')}.`);
}

/** The plan's announcements by their id in the plan. Kept under the drop's name too, so that the next drop's `teaser` is another. */
function announcements(plan: Plan | null): Readonly<Record<string, Announcement>> {
  if (plan === null) return {};
  const { id: dropId, zone } = plan.drop;
  const all = plan.announcements.map(({ id, kind, at, text, channels, skus }): [string, Announcement] => [
    id,
    { id: `${dropId}/${id}`, dropId, kind, text, atMs: wallToMs(at, zone), wall: at, zone, purposes: channels, skus },
  ]);
  return Object.fromEntries(all);
}

function toPolicy(plan: NonNullable<Plan['policy']>): Policy {
  return {
    windowDays: plan.window_days,
    windowFrom: plan.window_from,
    condition: plan.condition,
    refundMethod: plan.refund_method,
    refundWithinDays: plan.refund_within_days,
    whoPays: plan.who_pays,
    restrictions: plan.restrictions,
    faulty: plan.faulty,
    shipping: plan.shipping ?? null,
    sizing: plan.sizing ?? null,
    contact: plan.contact ?? null,
  };
}
