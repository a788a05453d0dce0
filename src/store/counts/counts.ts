import type { CountStore } from '../../ports/store/counts.ts';
import type { TeamContext } from '../team-context.ts';
import { countLines } from './count-lines.ts';
import { dueCounts, judge } from './count-judge.ts';
import { hearPlace, hearTotals } from './count-hear.ts';

export function countStore({ engine, teamId }: TeamContext): CountStore {
  const { tables } = engine;
  return {
    hear: (told, nowMs) =>
      engine.write(teamId, (tx) => (told.kind === 'totals' ? hearTotals(tx, told, nowMs) : hearPlace(tx, told, nowMs))),
    async tick(nowMs) {
      const due = await engine.read((db) => dueCounts({ db, tables, teamId }, nowMs));
      if (due.length === 0) return;
      await engine.write(teamId, async (tx) => {
        for (const row of await dueCounts(tx, nowMs)) await judge(tx, row, nowMs);
      });
    },
    lines: (ask) => engine.read((db) => countLines({ db, tables, teamId }, ask)),
  };
}
