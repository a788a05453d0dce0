import type { PromotionStore } from '../ports/store/promotion.ts';
import type { TeamContext } from './team-context.ts';

export function promotionStore(_context: TeamContext): PromotionStore {
  const missing = (): never => {
    throw new Error('not built yet');
  };
  return {
    pause: missing,
    resume: missing,
    undo: missing,
    standing: missing,
    announcements: missing,
    history: missing,
    tick: missing,
  };
}
