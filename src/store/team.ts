import type { TeamSubjectStore } from '../ports/store/team.ts';
import type { TeamContext } from './team-context.ts';

export function teamSubjectStore(_context: TeamContext): TeamSubjectStore {
  const missing = (): never => {
    throw new Error('not built yet');
  };
  return { view: missing, whoIs: missing, grant: missing, revoke: missing, bindChannel: missing, refused: missing };
}
