import type { CourierStore } from '../ports/store/posts.ts';
import type { Engine } from './engine/engine.ts';

export function courierStore(_engine: Engine): CourierStore {
  const missing = (): never => {
    throw new Error('not built yet');
  };
  return { claim: missing, settle: missing, nextDueMs: missing };
}
