import type { DiscordConnection } from '../chat/discord/connect.ts';
import type { SlackConnection } from '../chat/slack/connect.ts';
import type { Settings } from '../config.ts';
import type { Platform } from '../domain/team.ts';
import type { FrontDoor } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Sender } from '../ports/post.ts';
import type { PlatformReach } from '../ports/reach.ts';
import type { Route } from '../ports/route.ts';
import type { Homes, LostPlatform } from '../ports/store/posts.ts';
import type { Engine } from '../store/engine/engine.ts';
import { byTurns } from './by-turns.ts';
import { Refused } from './refused.ts';
import { discordWay, slackWay } from './ways.ts';

// The longest call to a platform; the courier's lease is three times this.
const TIMEOUT_MS = 10_000;

/** One platform's connection. */
export type Connected = {
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
  readonly standing: () => PlatformsStanding;
  /** Shows everybody who comes in to `door`, and answers what has to be served for those who come over HTTP. Once. */
  readonly admit: (door: FrontDoor) => readonly Route[];
  /** Lets people in. Resolves when each platform was tried once; one that is down is tried on and on. */
  readonly connect: () => Promise<void>;
  /** Lets nobody in any more. */
  readonly close: () => Promise<void>;
};

/** Whose word counts for a platform's connection, where one process keeps it for all: its own here, or another's. */
export type PlatformsStanding = { readonly ours: readonly Platform[]; readonly anothers: readonly Platform[] };

type Needs = { readonly settings: Settings; readonly alone: Engine['alone']; readonly clock: Clock; readonly log: Log };
type Making = Needs & { readonly stopping: AbortSignal };

/** Gets the platforms ready; their libraries are loaded only where their tokens are set. */
export async function openPlatforms(needs: Needs): Promise<Platforms> {
  const stop = new AbortController();
  const making = { ...needs, stopping: stop.signal };
  const made = (await Promise.all([slack(making), discord(making)])).filter((one) => one !== null);
  const open = new Map<Platform, Connected>();
  let admitted: readonly (Admitted & { readonly platform: Platform })[] = [];
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
    standing: () => ({
      ours: reach().flatMap(({ platform, alone }) => (alone === true ? [platform] : [])),
      anothers: reach().flatMap(({ platform, kind }) => (kind === 'standby' ? [platform] : [])),
    }),
    admit(door) {
      admitted = made.map(({ platform, admit }) => ({ platform, ...admit(door) }));
      return admitted.flatMap(({ routes }) => routes);
    },
    async connect() {
      await Promise.all(admitted.map(async ({ platform, connect }) => open.set(platform, await connect())));
    },
    async close() {
      stop.abort(); // also those that are still connecting for the first time
      await Promise.all([...open.values()].map((connection) => connection.close()));
    },
  };
}

type Admitted = { readonly routes: readonly Route[]; readonly connect: () => Promise<Connected> };
type Made = {
  readonly platform: Platform;
  readonly sender: Sender;
  readonly admit: (door: FrontDoor) => Admitted;
};

async function slack({ settings, alone, clock, log, stopping }: Making): Promise<Made | null> {
  const way = slackWay(settings);
  if (way.kind === 'none') return null;
  if (way.kind === 'unclear') throw new Refused(way.told, 'npm start -- setup asks for them one by one.');
  const { slackSender } = await import('../chat/slack/send.ts');
  const { slackNotes } = await import('../chat/slack/notes.ts');
  const notes = slackNotes(); // both find out what this server lacks
  const server = { apiUrl: settings.SLACK_API_URL ?? null, timeoutMs: TIMEOUT_MS };
  const needs = { ...server, clock, log, notes, stopping };
  const sender = slackSender({ token: way.botToken, ...server, clock, notes });
  const connected = (slack: SlackConnection): Connected => ({
    home: () => slack.workspaceId,
    reach: slack.state,
    close: slack.close,
  });
  if (way.kind === 'socket') {
    const { connectSlack } = await import('../chat/slack/connect.ts');
    const admit = (door: FrontDoor): Admitted => ({
      routes: [],
      connect: () =>
        byTurns({
          platform: 'slack',
          name: `slack ${way.appToken}`,
          alone,
          clock,
          log,
          stopping,
          connect: async (ending) => connected(await connectSlack({ ...needs, ...way, door, stopping: ending })),
        }),
    });
    return { platform: 'slack', sender, admit };
  }
  const { slackOverHttp } = await import('../chat/slack/http.ts');
  const admit = (door: FrontDoor): Admitted => {
    const { route, connect } = slackOverHttp({ ...needs, ...way, door });
    return { routes: [route], connect: async () => connected(await connect()) };
  };
  return { platform: 'slack', sender, admit };
}

async function discord({ settings, alone, clock, log, stopping }: Making): Promise<Made | null> {
  const way = discordWay(settings);
  if (way.kind === 'none') return null;
  if (way.kind === 'unclear') throw new Refused(way.told, 'npm start -- setup asks for it.');
  const { discordSender } = await import('../chat/discord/send.ts');
  const { discordNotes } = await import('../chat/discord/notes.ts');
  const notes = discordNotes(); // both find out what this server lacks
  const server = { token: way.token, apiUrl: settings.DISCORD_API_URL ?? null, timeoutMs: TIMEOUT_MS };
  const needs = { ...server, guildId: settings.DISCORD_GUILD_ID ?? null, clock, log, notes, stopping };
  const sender = discordSender({ ...server, clock, notes });
  const connected = (discord: DiscordConnection): Connected => ({
    home: () => discord.workspaceId,
    reach: () => ({ platform: 'discord', ...discord.state(), notes: discord.notes() }),
    close: discord.close,
  });
  if (way.kind === 'gateway') {
    const { connectDiscord } = await import('../chat/discord/connect.ts');
    const admit = (door: FrontDoor): Admitted => ({
      routes: [],
      connect: () =>
        byTurns({
          platform: 'discord',
          name: `discord ${way.token}`,
          alone,
          clock,
          log,
          stopping,
          connect: async (ending) => connected(await connectDiscord({ ...needs, door, stopping: ending })),
        }),
    });
    return { platform: 'discord', sender, admit };
  }
  const { discordOverHttp } = await import('../chat/discord/http.ts');
  const admit = (door: FrontDoor): Admitted => {
    const { route, connect } = discordOverHttp({ ...needs, publicKey: way.publicKey, door });
    return { routes: [route], connect: async () => connected(await connect()) };
  };
  return { platform: 'discord', sender, admit };
}
