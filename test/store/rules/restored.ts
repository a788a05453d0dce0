import { and, eq } from 'drizzle-orm';
import { expect } from 'vitest';
import { sell, start, T } from '../../support/alerts.ts';
import { NOW, PRIYA } from '../../support/plan.ts';
import { MIN, paused, stage } from '../../support/promotion.ts';
import type { Ground, Rules } from '../contract.ts';

/** As after a restore of a backup older than every pause, alert and post of the team: its platforms still show them. */
async function restoredToTheStart({ engine, teamId }: Ground, atMs: number): Promise<void> {
  await engine.write(teamId, async ({ db, tables }) => {
    for (const table of [tables.posts, tables.pauses, tables.receipts, tables.alerts, tables.crossings]) {
      await db.delete(table).where(eq(table.teamId, teamId));
    }
    await db.update(tables.teams).set({ restoredAtMs: atMs }).where(eq(tables.teams.teamId, teamId));
  });
}

export const restoredRules: Rules = {
  'restored: a new pause is shown and rings, although an older one with its number was posted': async (ground) => {
    const at = await stage(ground);
    const first = paused(await at.pause());
    await at.deliver(NOW + 100);
    await restoredToTheStart(ground, NOW + MIN);
    const second = paused(await at.pause(null, { nowMs: NOW + 2 * MIN }));
    await at.deliver(NOW + 2 * MIN);
    expect([first, second].map(({ pause }) => pause.id.split(':')[1])).toEqual(['1', '1']);
    expect(second.pause.id).not.toBe(first.pause.id);
    expect(at.now('community')).toEqual(['public paused', 'public paused']);
    expect(at.shows('team').filter(([text]) => text === 'ring paused')).toHaveLength(2);
    expect(at.shows('host').filter(([text]) => text === 'ring paused')).toHaveLength(2);
  },

  'restored: a new alert has its card and rings, although an older one with its number was posted': async (ground) => {
    const at = await stage(ground);
    await start(ground, PRIYA);
    await sell(ground, '1', 'HOODIE-S', 40, T);
    await at.deliver(T);
    expect(at.now('alerts')).toEqual(['alert', 'alert-ring']);
    await restoredToTheStart(ground, T + MIN);
    await sell(ground, '2', 'HOODIE-S', 1, T + 2 * MIN); // oversold now
    await at.deliver(T + 2 * MIN);
    expect(at.now('alerts')).toEqual(['alert', 'alert-ring', 'alert', 'alert-ring']);
  },

  'restored: a ring that comes after the restore is heard, although one with its number was posted': async (ground) => {
    const at = await stage(ground);
    const { engine, teamId } = ground;
    const { pauses, posts, receipts, teams } = engine.tables;
    paused(await at.pause());
    await at.deliver(NOW + 100);
    await at.resume(NOW + MIN);
    await at.deliver(NOW + MIN);
    // The backup was of the pause as it stood: its second ring, that all runs again, is not in it.
    await engine.write(teamId, async ({ db }) => {
      await db
        .update(pauses)
        .set({ resumedAtMs: null, resumedBy: null, toMovementSeq: null, ringCount: 1 })
        .where(eq(pauses.teamId, teamId));
      await db.delete(receipts).where(and(eq(receipts.teamId, teamId), eq(receipts.verb, 'go')));
      const rows = await db.select().from(posts).where(eq(posts.teamId, teamId));
      const late = rows.filter(({ kind, createdAtMs }) => kind === 'pause-ring' && createdAtMs === NOW + MIN);
      for (const { id } of late) await db.delete(posts).where(eq(posts.id, id));
      await db
        .update(teams)
        .set({ restoredAtMs: NOW + 2 * MIN })
        .where(eq(teams.teamId, teamId));
    });
    await at.resume(NOW + 3 * MIN);
    await at.deliver(NOW + 3 * MIN);
    expect(at.shows('team').filter(([text]) => text === 'ring resumed')).toHaveLength(2);
  },

  'restored: a post that waits in the backup and had arrived is not posted twice': async (ground) => {
    const at = await stage(ground);
    const { engine, teamId } = ground;
    paused(await at.pause());
    await at.deliver(NOW + 100);
    const { posts, teams } = engine.tables;
    await engine.write(teamId, async ({ db }) => {
      await db
        .update(posts)
        .set({ remoteId: null, deliveredRevision: 0, state: 'waiting', inDoubt: true })
        .where(eq(posts.teamId, teamId));
      await db
        .update(teams)
        .set({ restoredAtMs: NOW + MIN })
        .where(eq(teams.teamId, teamId));
    });
    await at.deliver(NOW + 2 * MIN);
    expect(at.shows('community')).toHaveLength(1);
    expect(at.shows('team')).toHaveLength(2); // the card and its ring
  },
};
