import type { StockStore } from '../ports/store/stock.ts';
import type { TeamContext } from './team-context.ts';

export function stockStore(_context: TeamContext): StockStore {
  const missing = (): never => {
    throw new Error('not built yet');
  };
  return {
    board: missing,
    receive: missing,
    ship: missing,
    count: missing,
    adjust: missing,
    reserve: missing,
    threshold: missing,
  };
}
