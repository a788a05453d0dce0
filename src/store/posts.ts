import type { TeamPostStore } from '../ports/store/posts.ts';
import type { TeamContext } from './team-context.ts';

export function teamPostStore(_context: TeamContext): TeamPostStore {
  const missing = (): never => {
    throw new Error('not built yet');
  };
  return { show: missing, health: missing };
}
