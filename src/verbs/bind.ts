import type { Account, Workspace } from '../domain/team.ts';

import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import type { Homes } from '../ports/store/posts.ts';

/**
 * Finds the team of a workspace. With only one team there is nothing to choose: the workspace that the tokens are for becomes that
 * team's, and the owners named in the settings become its founders. Any other place the bot was invited to stays a stranger.
 */
export function createBinder(needs: {
  readonly store: Pick<Store, 'teamOf' | 'teamIds' | 'bindWorkspace' | 'team'>;
  readonly owners: readonly Account[];
  readonly homes: () => Homes;
  readonly now: () => number;
  readonly log: Log;
}): (workspace: Workspace) => Promise<string | null> {
  const { store, owners, homes, now, log } = needs;
  const adopted = new Set<string>(); // owners are looked after once a start and workspace

  async function bindOnlyTeam(workspace: Workspace): Promise<string | null> {
    if (homes()[workspace.platform] !== workspace.workspaceId) return null;
    const [teamId, ...others] = await store.teamIds();
    if (teamId === undefined || others.length > 0) return null;
    const answer = await store.bindWorkspace({ workspace, teamId, nowMs: now() });
    if (answer.kind !== 'bound') return null;
    log.info('workspace.bound', { ...workspace, teamId });
    return teamId;
  }

  return async (workspace) => {
    const teamId = (await store.teamOf(workspace)) ?? (await bindOnlyTeam(workspace));
    const key = `${workspace.platform} ${workspace.workspaceId}`;
    if (teamId === null || adopted.has(key)) return teamId;
    const accounts = owners.filter(({ platform }) => platform === workspace.platform);
    // Nobody to adopt is nothing to write: what people ask then needs no database that takes writes.
    if (accounts.length > 0) await store.team(teamId).team.adoptOwners({ accounts, personId: null, nowMs: now() });
    adopted.add(key);
    return teamId;
  };
}
