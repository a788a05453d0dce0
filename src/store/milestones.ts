import type { MilestoneStore } from '../ports/store/milestones.ts';
import type { TeamContext } from './team-context.ts';

export function milestoneStore(_context: TeamContext): MilestoneStore {
  const missing = (): never => {
    throw new Error('not built yet');
  };
  return {
    list: missing,
    add: missing,
    done: missing,
    reopen: missing,
    move: missing,
    assign: missing,
    snooze: missing,
    tick: missing,
  };
}
