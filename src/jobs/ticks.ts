import { PLATFORMS, type Platform } from '../domain/team.ts';
import type { Log } from '../ports/log.ts';
import type { Store, TeamStore } from '../ports/store.ts';
import type { LostPlatform } from '../ports/store/posts.ts';

/** What time alone brings about: escalations, reminders, ends of pauses, rates. Each is one transaction of one team. */
const TICKS: Readonly<Record<string, (team: TeamStore, nowMs: number) => Promise<void>>> = {
  promotion: (team, nowMs) => team.promotion.tick(nowMs), // first: what people were told is stopped must be seen to be
  alerts: (team, nowMs) => team.alerts.tick(nowMs),
  milestones: (team, nowMs) => team.milestones.tick(nowMs),
  pulse: (team, nowMs) => team.alerts.pulse(nowMs),
  counts: (team, nowMs) => team.counts.tick(nowMs),
  clock: (team, nowMs) => team.posts.afterSetBack(nowMs),
};

/** How this process's connections stand. One that a process keeps for all is judged by that process alone, for every team. */
export type Connections = {
  readonly lost: () => readonly LostPlatform[];
  readonly standing: () => { readonly ours: readonly Platform[]; readonly anothers: readonly Platform[] };
};

export type TickNeeds = {
  readonly store: Store;
  readonly log: Log;
  readonly platforms?: Connections;
  /** The teams whose time this process looks after; all unless given. */
  readonly share?: () => Promise<readonly string[]>;
};

const NO_CONNECTIONS: Connections = { lost: () => [], standing: () => ({ ours: [], anothers: [] }) };

/**
 * Lets time do its work for every team. What is due is decided by rows and `nowMs`, so a late or doubled tick does no harm.
 * A fault in one team or one subject stops no other; it is logged, and the next tick tries again.
 */
export async function tickTeams(
  { store, log, platforms = NO_CONNECTIONS, share = store.teamIds }: TickNeeds,
  nowMs: number,
): Promise<void> {
  const lost = platforms.lost();
  const { ours, anothers } = platforms.standing();
  const mine = await share();
  const watched = ours.length === 0 ? mine : await store.teamIds();
  for (const teamId of new Set([...mine, ...watched])) {
    const team = store.team(teamId);
    const isMine = mine.includes(teamId);
    const judged = isMine ? PLATFORMS.filter((platform) => !anothers.includes(platform)) : ours;
    const watch = (): Promise<void> => team.posts.watch({ lost, platforms: judged, nowMs });
    const ticks = isMine ? Object.entries(TICKS).map(([subject, tick]) => [subject, () => tick(team, nowMs)] as const) : [];
    for (const [subject, tick] of [...ticks, ['platforms', watch] as const]) {
      try {
        await tick();
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
