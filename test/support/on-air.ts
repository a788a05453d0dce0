import type { FrontDoor } from '../../src/ports/chat.ts';
import type { Sender } from '../../src/ports/post.ts';
import type { Store, TeamStore } from '../../src/ports/store.ts';
import type { Engine } from '../../src/store/engine/engine.ts';
import { connectDiscord, type DiscordConnection } from '../../src/chat/discord/connect.ts';
import { discordOverHttp } from '../../src/chat/discord/http.ts';
import { discordSender } from '../../src/chat/discord/send.ts';
import { connectSlack, type SlackConnection } from '../../src/chat/slack/connect.ts';
import { slackOverHttp } from '../../src/chat/slack/http.ts';
import { slackSender } from '../../src/chat/slack/send.ts';
import { startCourier } from '../../src/jobs/courier.ts';
import { tickTeams } from '../../src/jobs/ticks.ts';
import { openStore } from '../../src/store/store.ts';
import { createBinder } from '../../src/verbs/bind.ts';
import { openHouse } from '../../src/verbs/house.ts';
import { startServer } from '../../src/web/server.ts';
import { startFakeDiscord } from '../fakes/discord/index.ts';
import type { FakeDiscord } from '../fakes/discord/types.ts';
import { startFakeSlack } from '../fakes/slack/index.ts';
import type { FakeSlack } from '../fakes/slack/types.ts';
import { temporarySqlite } from './engines.ts';
import { planFor } from './plan.ts';
import { rememberingLog } from './web.ts';

export const TEAM = 'night-market';
const CHANNELS = ['team', 'alerts', 'host', 'community'] as const;
export type ChannelName = (typeof CHANNELS)[number];

type ByName<K extends string> = Readonly<Record<K, string>>;
export type PersonName = 'maya' | 'priya' | 'finn' | 'olga' | 'fan';

/** Channels and people of both platforms, by the same names. */
export type Cast = {
  readonly slack: { readonly channels: ByName<ChannelName>; readonly people: ByName<PersonName> };
  readonly discord: { readonly channels: ByName<ChannelName>; readonly people: ByName<PersonName> };
};

export type OnAir = AsyncDisposable & {
  readonly slack: FakeSlack;
  readonly discord: FakeDiscord;
  readonly cast: Cast;
  readonly store: Store;
  readonly team: TeamStore;
  readonly engine: Engine;
  readonly door: FrontDoor;
  readonly log: ReturnType<typeof rememberingLog>;
  /** Lets time do its work once, as every second does. */
  readonly tick: () => Promise<void>;
  /** Resolves when nothing more is due now. */
  readonly drain: () => Promise<void>;
  /** The time of the house and of both platforms: the real one, moved on by `forward`. */
  readonly now: () => number;
  readonly forward: (ms: number) => void;
};

/** Both platforms on loopback, with the four channels and the people of the plan. Olga is on Slack only, nobody lists the fan. */
export async function openPlatforms(
  now: () => number = Date.now,
): Promise<{ slack: FakeSlack; discord: FakeDiscord; cast: Cast }> {
  const slack = await startFakeSlack({ now });
  const discord = await startFakeDiscord({ now });
  const PEOPLE: readonly PersonName[] = ['maya', 'priya', 'finn', 'olga', 'fan'];
  const named = <K extends string>(names: readonly K[], idOf: (name: K) => string): ByName<K> =>
    Object.fromEntries(names.map((name) => [name, idOf(name)])) as ByName<K>;
  const cast: Cast = {
    slack: {
      people: named(PEOPLE, (name) => slack.addUser(name).id),
      channels: named(CHANNELS, (name) => slack.addChannel(name).id),
    },
    discord: {
      people: named(PEOPLE, (name) => discord.addUser({ name, permissions: name === 'fan' ? [] : ['MANAGE_EVENTS'] })),
      channels: named(CHANNELS, (name) => discord.addChannel({ name })),
    },
  };
  return { slack, discord, cast };
}

/** The settings of a process that both platforms send their requests to. */
export function httpSettings({
  slack,
  discord,
}: {
  readonly slack: FakeSlack;
  readonly discord: FakeDiscord;
}): Record<string, string> {
  return {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    DISCORD_TOKEN: discord.token,
    DISCORD_PUBLIC_KEY: discord.publicKey,
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_GUILD_ID: discord.guildId,
  };
}

/** The plan of a small team that lives on both platforms. */
export function onAirPlan({ slack, discord }: Cast, overrides: Parameters<typeof planFor>[1] = {}) {
  const accounts = (name: PersonName) => ({ slack: slack.people[name], discord: discord.people[name] });
  const at = (name: ChannelName) => ({ slack: slack.channels[name], discord: discord.channels[name] });
  return planFor(TEAM, {
    people: {
      maya: { name: 'Maya', roles: ['founder'], accounts: accounts('maya') },
      priya: { name: 'Priya', roles: ['producer', 'host'], accounts: accounts('priya') },
      finn: { name: 'Finn', roles: ['fulfilment'], accounts: accounts('finn') },
      olga: { name: 'Olga', roles: ['ops-lead'], accounts: { slack: slack.people.olga } },
    },
    channels: { team: at('team'), alerts: at('alerts'), host: at('host'), community: at('community') },
    ...overrides,
  });
}

/** How people's requests come in: over one socket each, or over HTTP to two servers in turn, as behind a load balancer. */
export const WAYS_IN = ['sockets', 'http'] as const;
export type Over = (typeof WAYS_IN)[number];

type Needs = Omit<Parameters<typeof connectSlack>[0] & Parameters<typeof connectDiscord>[0], 'botToken' | 'appToken' | 'apiUrl'>;
type WaysIn = { readonly slack: SlackConnection; readonly discord: DiscordConnection; readonly close: () => Promise<void> };
type Fakes = { readonly slack: FakeSlack; readonly discord: FakeDiscord };

async function overSockets({ slack, discord }: Fakes, needs: Needs): Promise<WaysIn> {
  const [onSlack, onDiscord] = await Promise.all([
    connectSlack({ ...needs, botToken: slack.botToken, appToken: slack.appToken, apiUrl: slack.apiUrl }),
    connectDiscord({ ...needs, apiUrl: discord.apiUrl }),
  ]);
  const close = async (): Promise<void> => void (await Promise.all([onSlack.close(), onDiscord.close()]));
  return { slack: onSlack, discord: onDiscord, close };
}

/** What two processes would have is made twice; they share nothing but the store. */
async function overHttp({ slack, discord }: Fakes, needs: Needs): Promise<WaysIn> {
  const open = async () => {
    const { botToken, signingSecret } = slack;
    const onSlack = slackOverHttp({ ...needs, botToken, signingSecret, apiUrl: slack.apiUrl });
    const onDiscord = discordOverHttp({ ...needs, publicKey: discord.publicKey, apiUrl: discord.apiUrl });
    const routes = [onSlack.route, onDiscord.route];
    const server = await startServer({ ...needs, port: 0, host: '127.0.0.1', routes });
    return { server, slack: await onSlack.connect(), discord: await onDiscord.connect() };
  };
  const [first, second] = [await open(), await open()];
  const urls = [first, second].map(({ server }) => `http://127.0.0.1:${server.port}`);
  await slack.sendTo(urls.map((url) => `${url}/slack/events`));
  await discord.sendTo(urls.map((url) => `${url}/discord/interactions`));
  const closeOne = async (one: typeof first): Promise<void> => {
    await one.server.close();
    await Promise.all([one.slack.close(), one.discord.close()]);
  };
  const close = async (): Promise<void> => void (await Promise.all([closeOne(first), closeOne(second)]));
  return { slack: first.slack, discord: first.discord, close };
}

/** A house served on both platforms for real: real SDKs, real sockets, the protocol fakes behind them. */
export async function goOnAir(
  more: { readonly plan?: Parameters<typeof onAirPlan>[1]; readonly timeoutMs?: number; readonly over?: Over } = {},
): Promise<OnAir> {
  let aheadMs = 0;
  const clock = { now: () => Date.now() + aheadMs };
  const { slack, discord, cast } = await openPlatforms(clock.now);
  const ground = temporarySqlite();
  const { engine } = ground;
  const store = openStore(engine);
  const log = rememberingLog();
  await store.importPlan({ plan: onAirPlan(cast, more.plan), by: null, nowMs: clock.now() });
  const timeoutMs = more.timeoutMs ?? 2_000;
  const onSlack = { apiUrl: slack.apiUrl, timeoutMs, clock, log };
  const onDiscord = { apiUrl: discord.apiUrl, timeoutMs, clock, log };
  const senders = new Map<string, Sender>([
    ['slack', slackSender({ token: slack.botToken, ...onSlack })],
    ['discord', discordSender({ token: discord.token, ...onDiscord })],
  ]);
  const homes = () => ({ slack: slack.workspaceId, discord: discord.guildId });
  const teamOf = createBinder({ store, owners: [], homes, now: clock.now, log });
  const { door, courierNeeds } = openHouse({ store: { ...store, teamOf }, clock, log, senders, homes, reach: () => reach() });
  const courier = startCourier(courierNeeds);
  engine.onPosts(courier.wake);
  const needs = { token: discord.token, guildId: discord.guildId, door, timeoutMs, clock, log };
  const waysIn = await (more.over === 'http' ? overHttp : overSockets)({ slack, discord }, needs);
  const reach = () => [
    waysIn.slack.state(),
    { platform: 'discord' as const, ...waysIn.discord.state(), notes: waysIn.discord.notes() },
  ];
  await discord.until(() => discord.commands().length > 0);
  const lost = () =>
    reach().flatMap(({ platform, kind, sinceMs, reason }) =>
      kind === 'lost' ? [{ platform, sinceMs, reason: reason ?? 'lost' }] : [],
    );
  return {
    slack,
    discord,
    cast,
    store,
    team: store.team(TEAM),
    engine,
    door,
    log,
    tick: () => tickTeams({ store, log, platforms: { lost, standing: () => ({ ours: [], anothers: [] }) } }, clock.now()),
    drain: courier.drain,
    now: clock.now,
    forward(ms) {
      aheadMs += ms;
      courier.wake();
    },
    async [Symbol.asyncDispose]() {
      await waysIn.close();
      await courier.stop();
      await Promise.all([slack.stop(), discord.stop()]);
      await ground.remove();
    },
  };
}
