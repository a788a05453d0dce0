import type { ButtonStore } from '../ports/store/posts.ts';
import type { TeamContext } from './team-context.ts';

export function buttonStore(_context: TeamContext): ButtonStore {
  const missing = (): never => {
    throw new Error('not built yet');
  };
  return { keep: missing, find: missing };
}
