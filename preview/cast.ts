import type { Platform } from '../src/domain/team.ts';
import type { Plan } from '../src/ports/plan.ts';

/** The two platforms that are drawn. */
export const DRAWN = ['slack', 'discord'] as const satisfies readonly Platform[];
export type Drawn = (typeof DRAWN)[number];

/** The sample's people by account; who is missing on a platform is rung on the other. */
export const ACCOUNTS: Readonly<Record<Drawn, Readonly<Record<string, string>>>> = {
  slack: { maya: 'U0MAYA', priya: 'U0PRIYA', olga: 'U0OLGA', finn: 'U0FINN', fan: 'U0FAN' },
  discord: {
    maya: '800000000000000001',
    priya: '800000000000000002',
    hugo: '800000000000000003',
    finn: '800000000000000005',
    sam: '800000000000000006',
    fan: '800000000000000007',
  },
};

/** Where each purpose's messages go. */
export const CHANNELS: Readonly<Record<Drawn, Readonly<Record<string, string>>>> = {
  slack: { team: 'C0TEAM', alerts: 'C0ALERTS', host: 'C0HOST', community: 'C0COMMUNITY' },
  discord: {
    team: '900000000000000001',
    alerts: '900000000000000002',
    host: '900000000000000003',
    community: '900000000000000004',
  },
};

/** The plan with its people and channels on both platforms instead of at the console. */
export function onBothPlatforms(plan: Plan): Plan {
  const people = Object.entries(plan.people).map(([id, person]) => [id, { ...person, accounts: byPlatform(ACCOUNTS, id) }]);
  const channels = Object.keys(plan.channels).map((purpose) => [purpose, byPlatform(CHANNELS, purpose)]);
  return { ...plan, people: Object.fromEntries(people), channels: Object.fromEntries(channels) };
}

function byPlatform(ids: typeof ACCOUNTS, key: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    DRAWN.flatMap((platform) => {
      const id = ids[platform][key];
      return id === undefined ? [] : [[platform, id]];
    }),
  );
}

/** What an account or a channel of the sample is called; anything else by its id. */
export function nameOf(platform: Drawn, id: string): string {
  const known = [...Object.entries(ACCOUNTS[platform]), ...Object.entries(CHANNELS[platform])];
  return known.find(([, one]) => one === id)?.[0] ?? id;
}
