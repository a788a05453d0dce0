import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { expect } from 'vitest';
import { seeded } from '../../support/plan.ts';
import type { Ground, Rules } from '../contract.ts';

const LEASE_MS = 15_000;

/** Processes of this rule alone: those of others would have their share of the teams too. */
async function workers(ground: Ground) {
  const { engine, store, teamId } = ground;
  const { leases } = engine.tables;
  await seeded(ground);
  await engine.write('', ({ db }) => db.delete(leases));
  const named = (): string => `worker-${randomUUID()}`;
  return {
    here: named(),
    there: named(),
    take: (worker: string) => store.share.take({ worker, leaseMs: LEASE_MS }),
    leave: (worker: string) => store.share.leave(worker),
    /** What the length of a lease does to those of a process that died. */
    pass: (worker: string) =>
      engine.write(teamId, ({ db }) => db.update(leases).set({ untilMs: 1 }).where(eq(leases.worker, worker))),
    kept: () => engine.read((db) => db.select().from(leases)),
  };
}

const sorted = (teamIds: readonly string[]): readonly string[] => teamIds.toSorted();

export const shareRules: Rules = {
  'one process alone looks after every team, and asking again changes nothing': async (ground) => {
    const { here, take } = await workers(ground);
    const all = sorted(await ground.store.teamIds());
    expect(all).toContain(ground.teamId);
    expect(sorted(await take(here))).toEqual(all);
    expect(sorted(await take(here))).toEqual(all);
  },

  'a second process gets its share within two looks of the first; together they have every team, each once': async (ground) => {
    const { here, there, take } = await workers(ground);
    await seeded({ ...ground, teamId: `${ground.teamId}-beside` }); // one at least for each
    const all = sorted(await ground.store.teamIds());
    await take(here);
    const before = await take(there);
    const mine = await take(here);
    const theirs = await take(there);
    if (ground.engine.kind === 'sqlite') {
      // One process serves a file: nothing is shared.
      expect([before, mine, theirs].map(sorted)).toEqual([all, all, all]);
      return;
    }
    expect(before).toEqual([]); // all of them are leased yet
    expect(sorted([...mine, ...theirs])).toEqual(all);
    expect(mine).toHaveLength(Math.ceil(all.length / 2));
    expect(sorted(await take(here))).toEqual(sorted(mine)); // and so it stays
  },

  'what a process leaves, the other has at its next look': async (ground) => {
    const { here, there, take, leave, kept } = await workers(ground);
    const all = sorted(await ground.store.teamIds());
    await take(here);
    await leave(here);
    expect((await kept()).filter(({ worker }) => worker === here)).toEqual([]);
    expect(sorted(await take(there))).toEqual(all);
  },

  'what a dead process had is taken over once its lease is over, and not before': async (ground) => {
    const { here, there, take, pass } = await workers(ground);
    const all = sorted(await ground.store.teamIds());
    await take(here);
    const early = await take(there);
    expect(sorted(early)).toEqual(ground.engine.kind === 'sqlite' ? all : []);
    await pass(here);
    expect(sorted(await take(there))).toEqual(all);
  },
};
