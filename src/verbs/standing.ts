import type { Standing } from '../metrics.ts';
import type { PlatformReach } from '../ports/reach.ts';
import type { Store } from '../ports/store.ts';
import type { Health } from '../web/health-route.ts';

/** How far behind the posts of all teams are, and how each connection stands. */
export async function standingOf(store: Store, reach: readonly PlatformReach[], nowMs: number): Promise<Standing> {
  const teamIds = await store.teamIds();
  const posts = await Promise.all(teamIds.map((teamId) => store.team(teamId).posts.health(nowMs)));
  const late = posts.flatMap(({ oldestWaitingMs }) => (oldestWaitingMs === null ? [] : [nowMs - oldestWaitingMs]));
  return {
    teamCount: teamIds.length,
    postsWaiting: posts.reduce((sum, { waitingCount }) => sum + waitingCount, 0),
    oldestPostLateMs: late.length === 0 ? null : Math.max(0, ...late),
    postsDead: posts.reduce((sum, { dead }) => sum + dead.length, 0),
    connected: Object.fromEntries(reach.map(({ platform, kind }) => [platform, kind === 'connected'])),
  };
}

/** What a load balancer and a curious person may know: that the database answers, and how far behind the posts are. */
export async function healthOf(store: Store, nowMs: number): Promise<Health> {
  const { teamCount, postsWaiting, oldestPostLateMs, postsDead } = await standingOf(store, [], nowMs);
  return { ok: true, teams: teamCount, postsWaiting, oldestPostLateMs, postsDead };
}
