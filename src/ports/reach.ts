import type { Platform } from '../domain/team.ts';

/** How one platform's connection of this process stands. */
export type PlatformReach = {
  readonly platform: Platform;
  readonly kind: 'connected' | 'lost';
  readonly sinceMs: number;
  readonly reason: string | null; // why it is lost
  readonly notes: readonly string[]; // what works less well there, and what to do about it
};
