import type { DropStore } from '../ports/store/drops.ts';
import type { TeamContext } from './team-context.ts';

export function dropStore(_context: TeamContext): DropStore {
  const missing = (): never => {
    throw new Error('not built yet');
  };
  return { list: missing, current: missing, use: missing, start: missing, end: missing, decisions: missing, report: missing };
}
