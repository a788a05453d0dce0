import { sql } from 'drizzle-orm';
import type { Tables } from '../engine/engine.ts';

/** A post as it is stored, whichever engine stores it. */
export type PostRow = Tables['posts']['$inferSelect'];

type Posts = Pick<Tables['posts'], 'state'>;

// The states are written out, not bound: only so do the engines know that a partial index holds what is asked for.

/** A post that is still to be sent. */
export function isWaiting({ state }: Posts) {
  return sql`${state} = 'waiting'`;
}

/** A post that a channel did not take, and never will. */
export function isDead({ state }: Posts) {
  return sql`${state} = 'dead'`;
}

/** A post whose time passed before it was sent. */
export function isExpired({ state }: Posts) {
  return sql`${state} = 'expired'`;
}

/** A post that needs no more sending. */
export function isOver({ state }: Posts) {
  return sql`${state} <> 'waiting'`;
}
