import type { Log } from '../ports/log.ts';
import type { Store, TeamStore } from '../ports/store.ts';
import type { LostPlatform } from '../ports/store/posts.ts';

/** What time alone brings about: escalations, reminders, ends of pauses, rates. Each is one transaction of one team. */
type Around = { readonly nowMs: number; readonly lost: readonly LostPlatform[] };

const TICKS: Readonly<Record<string, (team: TeamStore, around: Around) => Promise<void>>> = {
  promotion: (team, { nowMs }) => team.promotion.tick(nowMs), // first: what people were told is stopped must be seen to be
  alerts: (team, { nowMs }) => team.alerts.tick(nowMs),
  milestones: (team, { nowMs }) => team.milestones.tick(nowMs),
  pulse: (team, { nowMs }) => team.alerts.pulse(nowMs),
  counts: (team, { nowMs }) => team.counts.tick(nowMs),
  clock: (team, { nowMs }) => team.posts.afterSetBack(nowMs),
  platforms: (team, around) => team.posts.watch(around),
};

/**
 * Lets time do its work for every team. What is due is decided by rows and `nowMs`, so a late or doubled tick does no harm.
 * A fault in one team or one subject stops no other; it is logged, and the next tick tries again.
 */
export async function tickTeams(
  { store, log, lost = () => [] }: { store: Store; log: Log; lost?: () => readonly LostPlatform[] },
  nowMs: number,
): Promise<void> {
  const around = { nowMs, lost: lost() };
  for (const teamId of await store.teamIds()) {
    const team = store.team(teamId);
    for (const [subject, tick] of Object.entries(TICKS)) {
      try {
        await tick(team, around);
      } catch (fault) {
        log.error('tick.failed', {
          teamId,
          subject,
          fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault),
        });
      }
    }
  }
}
