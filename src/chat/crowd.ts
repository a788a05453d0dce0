import type { Account } from '../domain/team.ts';

const MEMBERS_MAX = 1_000; // remembered; beyond, those who asked last

type Entering = {
  readonly who: Account;
  /** Whether it is something the public may do. Only asked when there is hardly any room. */
  readonly isPublic: () => boolean;
};

export type Crowd = {
  /** Does the work if there is room for it, else answers `instead`. */
  readonly within: <T>(entering: Entering, work: () => Promise<T>, instead: () => T) => Promise<T>;
  /** Somebody is of a team: from now on there is always room for them. */
  readonly isMember: (who: Account) => void;
};

/**
 * Bounds what is worked on at once for people, because both platforms are acknowledged before the work is done and would send ever
 * more. What the public may do gives way first; then strangers who try what only a team may. Whoever was seen to be of a team is
 * never turned away: they are few, and one of them may be about to pause everything.
 */
export function openCrowd(atOnceMax: number): Crowd {
  const members = new Set<string>(); // who asked longest ago first
  let count = 0;
  const keyOf = ({ platform, accountId }: Account): string => `${platform} ${accountId}`;
  const isThereRoom = ({ who, isPublic }: Entering): boolean =>
    count < atOnceMax || members.has(keyOf(who)) || (count < 2 * atOnceMax && !isPublic());

  return {
    async within(entering, work, instead) {
      if (!isThereRoom(entering)) return instead();
      count += 1;
      try {
        return await work();
      } finally {
        count -= 1;
      }
    },
    isMember(who) {
      const key = keyOf(who);
      members.delete(key);
      members.add(key);
      const [oldest] = members;
      if (members.size > MEMBERS_MAX && oldest !== undefined) members.delete(oldest);
    },
  };
}
