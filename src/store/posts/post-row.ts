import type { Tables } from '../engine/engine.ts';

/** A post as it is stored, whichever engine stores it. */
export type PostRow = Tables['posts']['$inferSelect'];
