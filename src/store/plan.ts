import type { PlanStore } from '../ports/store/drops.ts';
import type { TeamContext } from './team-context.ts';

export function planStore(_context: TeamContext): PlanStore {
  const missing = (): never => {
    throw new Error('not built yet');
  };
  return { apply: missing };
}
