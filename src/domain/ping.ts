import { unreachable } from './unreachable.ts';
import type { Platform } from './team.ts';

/** Where a person is pinged: on the platform they used last, or on every platform they have an account on. */
export const PING_WHERES = ['last', 'both'] as const;
export type PingWhere = (typeof PING_WHERES)[number];

/** How one person can be rung. */
export type Ringable = {
  readonly platforms: readonly Platform[]; // where they have an account
  readonly lastPlatform: Platform | null; // where they typed or pressed last
  readonly pingWhere: PingWhere;
};

/** One copy of a ring, as it stands for one person: the same ring is posted in several channels. */
export type RingCopy = {
  readonly destinationId: string;
  readonly platform: Platform;
  readonly state: 'waiting' | 'rang' | 'over'; // over: it arrived without ringing them, or will never arrive
  readonly reachable: boolean; // its channel takes messages, as far as is known
};

// With nothing known about a person, chat goes before the terminal.
const PREFERENCE: readonly Platform[] = ['slack', 'discord', 'console'];

/**
 * Chooses which copies of a ring ring a person: one, on the platform they used last and that can be reached; with 'both', one on each
 * of their platforms. A copy that has rung them counts, so nobody is rung twice.
 */
export function copiesThatRing<C extends RingCopy>(person: Ringable, copies: readonly C[]): readonly C[] {
  const mine = copies
    .filter(({ platform, state }) => state !== 'over' && person.platforms.includes(platform))
    .toSorted((a, b) => rank(person, a) - rank(person, b) || (a.destinationId < b.destinationId ? -1 : 1));
  switch (person.pingWhere) {
    case 'last':
      return mine.slice(0, 1);
    case 'both':
      return mine.filter((copy, at) => mine.findIndex(({ platform }) => platform === copy.platform) === at);
    default:
      return unreachable(person.pingWhere);
  }
}

/** Smaller goes first: what has rung, then what can be reached, then the platform used last. */
function rank({ lastPlatform }: Ringable, { platform, state, reachable }: RingCopy): number {
  const place = platform === lastPlatform ? 0 : 1 + PREFERENCE.indexOf(platform);
  return (state === 'rang' ? 0 : reachable ? 10 : 20) + place;
}
