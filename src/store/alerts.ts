import type { AlertStore } from '../ports/store/alerts.ts';
import type { TeamContext } from './team-context.ts';

export function alertStore(_context: TeamContext): AlertStore {
  const missing = (): never => {
    throw new Error('not built yet');
  };
  return {
    open: missing,
    acknowledge: missing,
    snooze: missing,
    dismiss: missing,
    test: missing,
    tick: missing,
    pulse: missing,
    crossings: missing,
  };
}
