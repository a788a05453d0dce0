import type { Settings } from '../config.ts';
import type { Platform } from '../domain/team.ts';
import type { FrontDoor } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Sender } from '../ports/post.ts';
import type { PlatformReach } from '../ports/reach.ts';
import type { Homes, LostPlatform } from '../ports/store/posts.ts';
import { Refused } from './refused.ts';

// The longest call to a platform; the courier's lease is three times this.
const TIMEOUT_MS = 10_000;

type Connected = {
  readonly home: () => string | null;
  readonly reach: () => PlatformReach;
  readonly close: () => Promise<void>;
};

/** The chat platforms the settings name: how posts leave for each, and how each connection stands. */
export type Platforms = {
  readonly senders: ReadonlyMap<string, Sender>;
  /** The workspace and the server the tokens are for, as far as that is known. */
  readonly homes: () => Homes;
  readonly reach: () => readonly PlatformReach[];
  readonly lost: () => readonly LostPlatform[];
  /** Lets people in through `door`. Resolves when each platform was tried once; one that is down is tried on and on. */
  readonly connect: (door: FrontDoor) => Promise<void>;
  /** Lets nobody in any more. */
  readonly close: () => Promise<void>;
};

type Needs = { readonly settings: Settings; readonly clock: Clock; readonly log: Log };
type Making = Needs & { readonly stopping: AbortSignal };

/** Gets the platforms ready; their libraries are loaded only where their tokens are set. */
export async function openPlatforms(needs: Needs): Promise<Platforms> {
  const stop = new AbortController();
  const making = { ...needs, stopping: stop.signal };
  const made = (await Promise.all([slack(making), discord(making)])).filter((one) => one !== null);
  const open = new Map<Platform, Connected>();
  const reach = (): readonly PlatformReach[] => [...open.values()].map((connection) => connection.reach());
  return {
    senders: new Map(made.map(({ platform, sender }) => [platform, sender])),
    homes: () =>
      Object.fromEntries(
        [...open].flatMap(([platform, connection]) => {
          const home = connection.home();
          return home === null ? [] : [[platform, home]];
        }),
      ),
    reach,
    lost: () =>
      reach().flatMap(({ platform, kind, sinceMs, reason }) =>
        kind === 'lost' ? [{ platform, sinceMs, reason: reason ?? 'the connection is lost' }] : [],
      ),
    async connect(door) {
      await Promise.all(made.map(async ({ platform, connect }) => open.set(platform, await connect(door))));
    },
    async close() {
      stop.abort(); // also those that are still connecting for the first time
      await Promise.all([...open.values()].map((connection) => connection.close()));
    },
  };
}

type Made = {
  readonly platform: Platform;
  readonly sender: Sender;
  readonly connect: (door: FrontDoor) => Promise<Connected>;
};

async function slack({ settings, clock, log, stopping }: Making): Promise<Made | null> {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_API_URL: apiUrl = null } = settings;
  if (botToken === undefined && appToken === undefined) return null;
  if (botToken === undefined || appToken === undefined) {
    const missing = botToken === undefined ? 'SLACK_BOT_TOKEN' : 'SLACK_APP_TOKEN';
    throw new Refused(
      `Slack needs both of its tokens, and ${missing} is not set.`,
      'npm start -- setup asks for them one by one.',
    );
  }
  const { slackSender } = await import('../chat/slack/send.ts');
  const { connectSlack } = await import('../chat/slack/connect.ts');
  const { slackNotes } = await import('../chat/slack/notes.ts');
  const notes = slackNotes(); // both find out what this server lacks
  const server = { apiUrl, timeoutMs: TIMEOUT_MS };
  return {
    platform: 'slack',
    sender: slackSender({ token: botToken, ...server, clock, notes }),
    async connect(door) {
      const slack = await connectSlack({ botToken, appToken, ...server, door, clock, log, notes, stopping });
      return { home: () => slack.workspaceId, reach: slack.state, close: slack.close };
    },
  };
}

async function discord({ settings, clock, log, stopping }: Making): Promise<Made | null> {
  const { DISCORD_TOKEN: token, DISCORD_GUILD_ID: guildId = null, DISCORD_API_URL: apiUrl = null } = settings;
  if (token === undefined) return null;
  const { discordSender } = await import('../chat/discord/send.ts');
  const { connectDiscord } = await import('../chat/discord/connect.ts');
  const { discordNotes } = await import('../chat/discord/notes.ts');
  const notes = discordNotes(); // both find out what this server lacks
  const server = { apiUrl, timeoutMs: TIMEOUT_MS };
  return {
    platform: 'discord',
    sender: discordSender({ token, ...server, clock, notes }),
    async connect(door) {
      const discord = await connectDiscord({ token, guildId, ...server, door, clock, log, notes, stopping });
      const reach = () => ({ platform: 'discord', ...discord.state(), notes: discord.notes() }) as const;
      return { home: () => discord.workspaceId, reach, close: discord.close };
    },
  };
}
