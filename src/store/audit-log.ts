import type { AuditStore } from '../ports/store/team.ts';
import type { TeamContext } from './team-context.ts';

export function auditStore(_context: TeamContext): AuditStore {
  const missing = (): never => {
    throw new Error('not built yet');
  };
  return { list: missing, verify: missing };
}
