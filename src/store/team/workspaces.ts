import { and, eq, or, sql } from 'drizzle-orm';
import type { Workspace } from '../../domain/team.ts';
import type { BindAnswer, Store } from '../../ports/store.ts';
import type { Engine } from '../engine/engine.ts';
import { remember } from '../audit.ts';
import { select } from '../prepared.ts';

/** The team a workspace or server belongs to, or null. */
export function teamOf({ read, tables: { workspaces } }: Engine, { platform, workspaceId }: Workspace): Promise<string | null> {
  return read(async (db) => {
    const ofWorkspace = and(
      eq(workspaces.platform, sql.placeholder('platform')),
      eq(workspaces.workspaceId, sql.placeholder('workspaceId')),
    );
    const [row] = await select(
      db,
      {
        name: 'workspace',
        columns: { teamId: workspaces.teamId },
        build: (columns) => db.select(columns).from(workspaces).where(ofWorkspace),
      },
      { platform, workspaceId },
    );
    return row?.teamId ?? null;
  });
}

/** Binds a workspace to a team. One that belongs to another team, or a second one of a platform, is refused. */
export function bindWorkspace(
  engine: Engine,
  { workspace, teamId, replace = false, nowMs }: Parameters<Store['bindWorkspace']>[0],
): Promise<BindAnswer> {
  const { platform, workspaceId } = workspace;
  return engine.write(teamId, async (tx): Promise<BindAnswer> => {
    const { workspaces } = tx.tables;
    const inTheWay = or(eq(workspaces.workspaceId, workspaceId), eq(workspaces.teamId, teamId));
    const rows = await tx.db
      .select()
      .from(workspaces)
      .where(and(eq(workspaces.platform, platform), inTheWay));
    if (rows.some((row) => row.workspaceId === workspaceId && row.teamId === teamId)) return { kind: 'bound', changed: false };
    const other = rows.find((row) => row.workspaceId === workspaceId);
    if (other !== undefined) return { kind: 'another-teams', teamId: other.teamId };
    const [first] = rows;
    if (first !== undefined && !replace) return { kind: 'has-another', workspaceId: first.workspaceId };
    const mine = and(eq(workspaces.platform, platform), eq(workspaces.teamId, teamId));
    if (first !== undefined) await tx.db.delete(workspaces).where(mine);
    await tx.db.insert(workspaces).values({ teamId, platform, workspaceId, boundAtMs: nowMs });
    const target = `${platform}:${workspaceId}`;
    await remember(tx, {
      by: null,
      action: 'team.workspace',
      target,
      before: first?.workspaceId ?? null,
      after: teamId,
      reason: null,
      nowMs,
    });
    return { kind: 'bound', changed: true };
  });
}
