import type { AddressInfo } from 'node:net';
import { createEndpoint, makeKeys } from './endpoint.ts';
import { createGateway } from './gateway.ts';
import { createInteractions } from './interactions.ts';
import { createPeople } from './people.ts';
import { createRestServer } from './server.ts';
import { createRoutes } from './routes.ts';
import { wireChannel, wireGuildCreate } from './wire.ts';
import { APPLICATION_ID, bitsOf, BOT_USER_ID, createWorld, GUILD_ID } from './world.ts';
import { isBody, textOf } from './shape.ts';
import { PERMISSIONS } from './types.ts';
import type { Channel, World } from './world.ts';
import type { Body, FakeDiscord, FakeDiscordSettings, Permission, WireMessage } from './types.ts';

export { makeKeys, signatureOf } from './endpoint.ts';
export type { FakeDiscord, FakeDiscordSettings, Handle, ShownModal, WireMessage } from './types.ts';

const HEARTBEAT_MS = 41_250;
const PATIENCE_MS = 3_000;
const UNTIL_MS = 5_000;
const TOKEN = 'MTIwMDAwMDAwMDAwMDAwMDAwMg.fake.discord-bot-token';

/** Starts a Discord on 127.0.0.1 with one server the bot is in. It speaks REST v10, the gateway and signed requests, and judges strictly. */
export async function startFakeDiscord({
  now = Date.now,
  port = 0,
  heartbeatMs = HEARTBEAT_MS,
  patienceMs = PATIENCE_MS,
}: FakeDiscordSettings = {}): Promise<FakeDiscord> {
  const world = createWorld(now);
  const commands = new Map<string, Body[]>();
  const overrides = new Map<string, readonly string[]>();
  const state = { isTokenValid: true, isTwice: false, port };
  world.addGuild('Night Market', GUILD_ID);

  const host = (): string => `127.0.0.1:${state.port}`;
  const urls = (): { first: string; resume: string } => ({ first: `ws://${host()}/gateway`, resume: `ws://${host()}/resume` });
  const isToken = (token: unknown): boolean => state.isTokenValid && token === TOKEN;
  const gateway = createGateway({ world, heartbeatMs, isToken, urls });
  world.onDispatch(gateway.dispatch);
  const interactions = createInteractions(world);
  const keys = makeKeys();
  world.application.publicKeyHex = keys.publicKeyHex;
  const endpoint = createEndpoint(world, interactions, keys.privateKey);
  const { openDirect, ...places } = placesOf(world);
  const routes = createRoutes({ world, interactions, commands, openDirect, gatewayUrl: () => urls().first });
  const rest = createRestServer({
    world,
    routes: () => routes,
    isToken: (header) => header.startsWith('Bot ') && isToken(header.slice(4)),
  });
  gateway.attach(rest.server);
  const people = createPeople({
    world,
    interactions,
    commands,
    overrides,
    patienceMs,
    isConnected: () => endpoint.isOn() || gateway.isConnected(),
    deliver(interaction, event) {
      for (let nth = state.isTwice ? 2 : 1; nth > 0; nth -= 1) {
        if (endpoint.isOn()) void endpoint.deliver(interaction, event);
        else world.dispatch('INTERACTION_CREATE', event);
      }
    },
  });

  const listen = (): Promise<void> =>
    new Promise((resolve, reject) => {
      rest.server.once('error', reject);
      rest.server.listen(state.port, '127.0.0.1', () => {
        rest.server.off('error', reject);
        state.port = (rest.server.address() as AddressInfo).port;
        resolve();
      });
    });
  const unlisten = (): Promise<void> =>
    new Promise((resolve) => {
      if (!rest.server.listening) return resolve();
      rest.server.close(() => resolve());
      gateway.drop(1_006, true);
      return rest.cutSockets();
    });
  await listen();

  async function stop(): Promise<void> {
    gateway.close();
    await unlisten();
  }

  return {
    ...people,
    ...places,
    apiUrl: `http://${host()}/api`,
    gatewayUrl: urls().first,
    token: TOKEN,
    publicKey: keys.publicKeyHex,
    privateKey: keys.privateKey,
    sendTo: endpoint.sendTo,
    slowResponses: endpoint.slowResponses,
    setEndpoint: (url) => void (world.application.endpointUrl = url),
    applicationId: APPLICATION_ID,
    guildId: GUILD_ID,
    botUserId: BOT_USER_ID,
    openDirect: (user) => openDirect(user).id,
    ephemerals: (user) =>
      interactions.privates.filter(({ userId }) => userId === user).map(({ message }) => structuredClone(message)),
    notifications: world.notifications,
    complaints: world.complaints,
    calls: rest.calls,
    commands: (guild = 'global') => commands.get(guild) ?? [],
    gateway: { identifies: gateway.identifies, resumes: gateway.resumes, isConnected: gateway.isConnected },
    weather: rest.weather,
    clearWeather: rest.clearWeather,
    down: (isDown) => (isDown ? unlisten() : rest.server.listening ? Promise.resolve() : listen()),
    revokeToken() {
      state.isTokenValid = false;
      gateway.drop(4_004, false);
    },
    restoreToken: () => void (state.isTokenValid = true),
    cutMidFrame: (event) => gateway.cutMidFrame(event),
    dropGateway: ({ resumable, code = 1_006 }) => gateway.drop(code, resumable),
    askReconnect: () => gateway.order(7, null),
    invalidSession: ({ resumable }) => gateway.order(9, resumable),
    muteHeartbeats: (isMute) => void gateway.mute(isMute),
    deliverTwice: (twice) => void (state.isTwice = twice),
    overrideCommand: (name, users) => void (users === null ? overrides.delete(name) : overrides.set(name, users)),
    limitMessages: (enforced) => void rest.limitMessages(enforced),
    forgetRoute: (route) => void rest.forget(route),
    until: (condition, withinMs = UNTIL_MS) => world.until(condition, withinMs, `it never held: ${String(condition)}`),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

type Places = Pick<
  FakeDiscord,
  | 'addGuild'
  | 'addUser'
  | 'addRole'
  | 'addChannel'
  | 'messages'
  | 'kickBot'
  | 'inviteBot'
  | 'deleteChannel'
  | 'deleteMessage'
  | 'takePermission'
  | 'givePermission'
>;

/** What an administrator does to servers, channels and people. */
function placesOf(world: World): Places & { readonly openDirect: (user: string) => Channel } {
  function openDirect(user: string): Channel {
    const existing = [...world.channels.values()].find(({ withUser }) => withUser === user);
    if (existing !== undefined) return existing;
    const id = world.snowflake();
    const channel: Channel = {
      id,
      guildId: null,
      name: '',
      parentId: null,
      withUser: world.person(user).id,
      overwrites: [],
      messages: [],
    };
    world.channels.set(id, channel);
    return channel;
  }

  function setForBot(channelId: string, permission: Permission, isAllowed: boolean): void {
    const given = world.channel(channelId);
    const channel = given.parentId === null ? given : world.channel(given.parentId);
    let own = channel.overwrites.find(({ id }) => id === world.bot.id);
    if (own === undefined) channel.overwrites.push((own = { id: world.bot.id, type: 1, allow: 0n, deny: 0n }));
    const bit = PERMISSIONS[permission];
    own.deny = isAllowed ? own.deny & ~bit : own.deny | bit;
    own.allow = isAllowed ? own.allow | bit : own.allow & ~bit;
    world.dispatch('CHANNEL_UPDATE', wireChannel(world, channel));
  }

  function setBot(guildId: string, isIn: boolean): void {
    const guild = world.guilds.get(guildId);
    if (guild === undefined) throw new Error(`there is no server ${guildId}`);
    guild.hasBot = isIn;
    if (isIn) world.dispatch('GUILD_CREATE', wireGuildCreate(world, guild));
    else world.dispatch('GUILD_DELETE', { id: guildId });
  }

  return {
    openDirect,
    addGuild: ({ name }) => {
      const guild = world.addGuild(name);
      world.dispatch('GUILD_CREATE', wireGuildCreate(world, guild));
      return guild.id;
    },
    addUser({ name, id = world.snowflake(), permissions = [], roles = [], locale = 'en-US' }) {
      world.people.set(id, { id, name, bot: false, locale, permissions: bitsOf(permissions), roles });
      return id;
    },
    addRole({ name, guild = GUILD_ID, mentionable = false }) {
      const id = world.snowflake();
      world.roles.set(id, { id, guildId: guild, name, mentionable, permissions: 0n });
      return id;
    },
    addChannel({ name, id = world.snowflake(), guild = GUILD_ID, parent, deny = [] }) {
      const overwrites = deny.length === 0 ? [] : [{ id: guild, type: 0 as const, allow: 0n, deny: bitsOf(deny) }];
      const guildId = parent === undefined ? guild : world.channel(parent).guildId;
      const channel: Channel = { id, guildId, name, parentId: parent ?? null, withUser: null, overwrites, messages: [] };
      world.channels.set(id, channel);
      world.dispatch(parent === undefined ? 'CHANNEL_CREATE' : 'THREAD_CREATE', wireChannel(world, channel));
      return id;
    },
    messages: (channel) => structuredClone(world.channel(channel).messages),
    kickBot: (guild = GUILD_ID) => setBot(guild, false),
    inviteBot: (guild = GUILD_ID) => setBot(guild, true),
    deleteChannel(id) {
      const channel = world.channel(id);
      const told = wireChannel(world, channel);
      world.channels.delete(id);
      world.dispatch(channel.parentId === null ? 'CHANNEL_DELETE' : 'THREAD_DELETE', told);
    },
    deleteMessage({ id, channel_id: channelId }) {
      const { messages, guildId } = world.channel(channelId);
      const at = messages.findIndex((one) => one.id === id);
      if (at < 0) throw new Error(`there is no message ${id}`);
      messages.splice(at, 1);
      world.dispatch('MESSAGE_DELETE', { id, channel_id: channelId, guild_id: guildId });
    },
    takePermission: (channel, permission) => setForBot(channel, permission, false),
    givePermission: (channel, permission) => setForBot(channel, permission, true),
  };
}

/** Everything a person can read of a message, top to bottom: content, embeds, buttons. */
export function visibleText({ content, embeds, components }: Pick<WireMessage, 'content' | 'embeds' | 'components'>): string {
  const fromEmbeds = embeds.flatMap((embed) => {
    const fields = Array.isArray(embed['fields']) ? embed['fields'].filter(isBody) : [];
    const rows = fields.map(({ name, value }) => `${textOf(name)}: ${textOf(value)}`);
    const { author, footer } = embed;
    const above = [isBody(author) ? textOf(author['name']) : '', textOf(embed['title']), textOf(embed['description'])];
    return [...above, ...rows, isBody(footer) ? textOf(footer['text']) : ''];
  });
  const labels = components.flatMap(function labelsOf(one: Body): string[] {
    const inside = Array.isArray(one['components']) ? one['components'].filter(isBody) : [];
    const own = [textOf(one['content']), textOf(one['label']) === '' ? '' : `[${textOf(one['label'])}]`];
    return [...own, ...inside.flatMap(labelsOf)];
  });
  return [content, ...fromEmbeds, ...labels].filter((line) => line !== '').join('\n');
}
