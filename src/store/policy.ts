import type { PolicyStore } from '../ports/store/drops.ts';
import type { TeamContext } from './team-context.ts';

export function policyStore(_context: TeamContext): PolicyStore {
  const missing = (): never => {
    throw new Error('not built yet');
  };
  return { current: missing, publish: missing };
}
