import type { Platform } from '../domain/team.ts';

/** How one platform's connection of this process stands. */
export type PlatformReach = {
  readonly platform: Platform;
  readonly kind: 'connected' | 'lost' | 'standby'; // standby: another process keeps the connection
  readonly alone?: true; // this process keeps it for all that share the database
  readonly sinceMs: number;
  readonly reason: string | null; // why it is lost
  readonly notes: readonly string[]; // what works less well there, and what to do about it
};
