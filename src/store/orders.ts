import type { OrderStore } from '../ports/store/orders.ts';
import type { TeamContext } from './team-context.ts';

export function orderStore(_context: TeamContext): OrderStore {
  const missing = (): never => {
    throw new Error('not built yet');
  };
  return { record: missing, recordAll: missing, setAside: missing, unknownSkus: missing };
}
