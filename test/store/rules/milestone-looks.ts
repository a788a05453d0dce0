import { eq } from 'drizzle-orm';
import { expect } from 'vitest';
import { ask, at, OLGA, QC } from '../../support/reminders.ts';
import { NOW, seeded } from '../../support/plan.ts';
import type { Rules } from '../contract.ts';

export const milestoneLookRules: Rules = {
  'looks: a milestone is looked at again when it may remind, after a change at once, and when it is done never': async (
    ground,
  ) => {
    await seeded(ground, { milestones: [QC] });
    const { engine, teamId, store } = ground;
    const { milestones } = store.team(teamId);
    const looks = () =>
      engine.read(async (db) => {
        const { milestones: table } = engine.tables;
        const rows = await db.select({ lookAtMs: table.lookAtMs }).from(table).where(eq(table.teamId, teamId));
        return rows.map(({ lookAtMs }) => lookAtMs);
      });
    expect(await looks()).toEqual([0]);
    await milestones.tick(NOW);
    expect(await looks()).toEqual([at('2027-01-18')]);
    await milestones.tick(at('2027-01-18'));
    expect(await looks()).toEqual([at('2027-01-20')]);
    await milestones.done({ ...ask(OLGA, at('2027-01-18', '10:00')), asked: 'Final QC', mayManage: false });
    expect(await looks()).toEqual([0]);
    await milestones.tick(at('2027-01-18', '10:01'));
    expect(await looks()).toEqual([null]);
    await milestones.reopen({ ...ask(OLGA, at('2027-01-18', '11:00')), asked: 'Final QC', mayManage: false });
    await milestones.tick(at('2027-01-18', '11:01'));
    expect(await looks()).toEqual([at('2027-01-20')]);
  },
};
