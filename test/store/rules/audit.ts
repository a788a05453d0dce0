import { and, eq, gt } from 'drizzle-orm';
import { expect } from 'vitest';
import { remember } from '../../../src/store/audit.ts';
import { MAYA, NOW, PRIYA, seeded } from '../../support/plan.ts';
import type { Ground, Rules } from '../contract.ts';

/** A chain of four: the import, one by a person with a reason, one by Showcaller itself, one more with a reason. */
async function chained(ground: Ground): Promise<void> {
  await seeded(ground);
  await ground.engine.write(ground.teamId, async (tx) => {
    const what = { target: 'HOODIE-M', before: { units: 1 }, after: { units: 2 } };
    await remember(tx, { ...what, by: MAYA, action: 'stock.adjust', reason: 'label misprint', nowMs: NOW + 1 });
    await remember(tx, { ...what, by: null, action: 'alert.revert', reason: null, nowMs: NOW + 2 });
    await remember(tx, { ...what, by: PRIYA, action: 'promotion.pause', reason: 'a word', nowMs: NOW + 3 });
  });
}

const verify = ({ store, teamId }: Ground) => store.team(teamId).audit.verify();

/** Tampers with one entry, asks, and puts it back. */
async function whileChanged(ground: Ground, seq: number, edit: Record<string, unknown>) {
  const { engine, teamId } = ground;
  const { audit } = engine.tables;
  const here = and(eq(audit.teamId, teamId), eq(audit.seq, seq));
  const [row] = await engine.read((db) => db.select().from(audit).where(here));
  if (row === undefined) throw new Error(`no entry ${seq}`);
  await engine.write(teamId, async ({ db }) => {
    await db.update(audit).set(edit).where(here);
  });
  const answer = await verify(ground);
  const back = eq(audit.seq, typeof edit.seq === 'number' ? edit.seq : seq);
  await engine.write(teamId, async ({ db }) => {
    await db
      .update(audit)
      .set(row)
      .where(and(eq(audit.teamId, teamId), back));
  });
  return answer;
}

export const auditRules: Rules = {
  'the chain lists who did what, where, and why': async (ground) => {
    await chained(ground);
    const { audit } = ground.store.team(ground.teamId);
    const entries = await audit.list({ fromSeq: 2, limit: 2 });
    expect(entries).toEqual([
      {
        seq: 2,
        atMs: NOW + 1,
        personId: 'maya',
        place: { platform: 'console', channel: 'team' },
        action: 'stock.adjust',
        target: 'HOODIE-M',
        before: { units: 1 },
        after: { units: 2 },
        reason: 'label misprint',
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      {
        seq: 3,
        atMs: NOW + 2,
        personId: null,
        place: null,
        action: 'alert.revert',
        target: 'HOODIE-M',
        before: { units: 1 },
        after: { units: 2 },
        reason: null,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
    expect(await verify(ground)).toEqual({ kind: 'intact', entryCount: 4 });
  },

  'a team nothing happened to has an intact chain of none': async (ground) => {
    expect(await verify(ground)).toEqual({ kind: 'intact', entryCount: 0 });
  },

  'a changed field of any entry is found, whichever it is': async (ground) => {
    await chained(ground);
    const edits: readonly Record<string, unknown>[] = [
      { atMs: NOW + 99 },
      { personId: 'sam' },
      { personId: null },
      { place: 'console:elsewhere' },
      { place: null },
      { action: 'stock.count' },
      { target: 'PIN' },
      { before: '{"units":9}' },
      { before: '{ "units": 1 }' },
      { after: '{"units":9}' },
      { reasonId: null },
      { reasonId: 'reason:4' },
      { reasonId: 'reason:99' }, // nobody's: it would read as erased
      { reasonHash: null },
      { reasonHash: 'f'.repeat(64) },
      { previousHash: 'f'.repeat(64) },
      { hash: 'f'.repeat(64) },
    ];
    for (const edit of edits) {
      expect([edit, await whileChanged(ground, 2, edit)]).toEqual([edit, { kind: 'broken', seq: 2 }]);
      expect(await verify(ground)).toEqual({ kind: 'intact', entryCount: 4 });
    }
    for (const seq of [1, 3, 4]) {
      expect(await whileChanged(ground, seq, { target: 'another' })).toEqual({ kind: 'broken', seq });
    }
    expect(await whileChanged(ground, 4, { seq: 5 })).toEqual({ kind: 'broken', seq: 4 });
  },

  'an entry taken out of the middle or off the end is found': async (ground) => {
    await chained(ground);
    const { audit } = ground.engine.tables;
    const cut = (which: ReturnType<typeof eq>) =>
      ground.engine.write(ground.teamId, async ({ db }) => {
        await db.delete(audit).where(and(eq(audit.teamId, ground.teamId), which));
      });
    await cut(gt(audit.seq, 3));
    expect(await verify(ground)).toEqual({ kind: 'broken', seq: 4 });
    await cut(eq(audit.seq, 2));
    expect(await verify(ground)).toEqual({ kind: 'broken', seq: 2 });
    await cut(gt(audit.seq, 0));
    expect(await verify(ground)).toEqual({ kind: 'broken', seq: 1 });
  },

  'another text under an entry’s reason is found; an erased one still verifies': async (ground) => {
    const { engine, teamId, store } = ground;
    await chained(ground);
    const { reasons } = engine.tables;
    const here = and(eq(reasons.teamId, teamId), eq(reasons.id, 'reason:2'));
    await engine.write(teamId, async ({ db }) => {
      await db.update(reasons).set({ text: 'nothing at all' }).where(here);
    });
    expect(await verify(ground)).toEqual({ kind: 'broken', seq: 2 });
    await engine.write(teamId, async ({ db }) => {
      await db.delete(reasons).where(here);
    });
    expect(await verify(ground)).toEqual({ kind: 'intact', entryCount: 4 });
    const entries = await store.team(teamId).audit.list({ fromSeq: 1, limit: 9 });
    expect(entries.map(({ reason }) => reason)).toEqual([null, null, null, 'a word']);
  },
};
