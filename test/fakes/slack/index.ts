import { createHttpMode } from './http.ts';
import { createLifetimes } from './lifetimes.ts';
import { createPeople, type Way } from './people.ts';
import { createSocketMode } from './socket.ts';
import type { Channel, FakeSlack, FakeSlackOptions, ShownView, User } from './types.ts';
import { createWeather } from './weather.ts';
import { createWeb } from './web.ts';
import { createWorld, type World } from './world.ts';

export { limitFaults, metadataFaults, viewFaults } from './limits.ts';
export { bodyOf, signatureOf } from './http.ts';
export { visibleText } from './text.ts';
export type * from './types.ts';

const ACK_WITHIN_MS = 3_000;

/** Who is in the workspace, and what an administrator does to its channels. */
function createHall(world: World) {
  const change = (channelId: string, to: Partial<Channel>): void => {
    const channel = world.channels.get(channelId);
    if (channel === undefined) throw new Error(`No channel is called ${channelId}`);
    world.channels.set(channelId, { ...channel, ...to });
    world.tell();
  };
  return {
    addUser(name: string, { id = world.nextId('U'), guest = false, stranger = false } = {}): User {
      const user = { id, name, guest, stranger };
      world.users.set(id, user);
      return user;
    },
    addChannel(
      name: string,
      more: {
        readonly id?: string;
        readonly private?: boolean;
        readonly members?: readonly string[];
        readonly botIn?: boolean;
      } = {},
    ): Channel {
      const { id = world.nextId('C'), members, botIn = true } = more;
      const channel: Channel = {
        id,
        name,
        kind: more.private === true ? 'private' : 'public',
        members: members ?? [],
        botIn,
        archived: false,
      };
      world.channels.set(id, channel);
      if (members === undefined) world.openToAll.add(id);
      return channel;
    },
    addGroup(userIds: readonly string[]): string {
      const id = world.nextId('S');
      world.groups.set(id, userIds);
      return id;
    },
    deleteMessage: (channelId: string, ts: string): void => world.remove(channelId, ts),
    deleteChannel(channelId: string): void {
      world.channels.delete(channelId);
      world.messages.delete(channelId);
      world.tell();
    },
    archiveChannel: (channelId: string): void => change(channelId, { archived: true }),
    kickBot: (channelId: string): void => change(channelId, { botIn: false }),
    inviteBot: (channelId: string): void => change(channelId, { botIn: true }),
  };
}

/** What there is to see. */
function createSight(world: World) {
  return {
    messages: (channelId: string) => [...world.messagesOf(channelId).values()],
    message: (channelId: string, ts: string) => world.messagesOf(channelId).get(ts) ?? null,
    answersTo: (userId: string) => [...world.privates.values()].filter((answer) => answer.userId === userId),
    openViews: (userId: string): readonly ShownView[] => [...world.views.values()].filter((view) => view.userId === userId),
    homeOf: (userId: string) => world.homes.get(userId) ?? null,
    nextAnswer(userId: string) {
      const seenCount = world.givings.length;
      return world.until(`a private answer to ${userId}`, () => {
        const giving = world.givings.slice(seenCount).find((one) => one.userId === userId);
        return giving === undefined ? null : world.privates.get(giving.answerId);
      });
    },
    until: world.until,
    get ephemerals() {
      return [...world.privates.values()];
    },
    notifications: world.notifications,
    complaints: world.complaints,
    ackTimeouts: world.ackTimeouts,
    calls: world.calls,
    deliveries: world.deliveries,
  };
}

/** Starts a Slack on loopback: its Web API, its Socket Mode and its requests, its people, and its bad days. */
export async function startFakeSlack(options: FakeSlackOptions = {}): Promise<FakeSlack> {
  const world = createWorld(options);
  const tokens = {
    bot: { value: options.botToken ?? 'xoxb-showcaller', revoked: false },
    app: { value: options.appToken ?? 'xapp-showcaller', revoked: false },
  };
  let port = options.port ?? 0;
  const origin = (): string => `http://127.0.0.1:${port}`;
  const lifetimes = createLifetimes(world, { origin });
  const socket = createSocketMode(world, { ackWithinMs: options.ackWithinMs ?? ACK_WITHIN_MS });
  const signingSecret = options.signingSecret ?? '8f742231b10e8888abcd99yyyzzz85a5';
  const http = createHttpMode(world, { ackWithinMs: options.ackWithinMs ?? ACK_WITHIN_MS, signingSecret });
  const way: Way = { deliver: (envelope) => (http.isOn() ? http : socket).deliver(envelope) };
  const weather = createWeather();
  const openSocket = (): string => `ws://127.0.0.1:${port}/link/?ticket=${socket.ticket()}&app_id=${world.ids.appId}`;
  const web = createWeb({
    room: { world, lifetimes, openSocket },
    tokens,
    lacks: options.lacks ?? [],
    takeWeather: (method, channel) => weather.take(method, channel),
  });
  web.server.on('upgrade', socket.upgrade);
  port = await web.listen(port);

  const stop = async (): Promise<void> => {
    socket.close();
    await web.close();
  };
  return Object.assign(
    createSight(world),
    createHall(world),
    createPeople({ world, lifetimes, way, commands: options.commands ?? null }),
    {
      apiUrl: `${origin()}/api/`,
      port,
      botToken: tokens.bot.value,
      appToken: tokens.app.value,
      signingSecret,
      sendTo: http.sendTo,
      workspaceId: world.ids.workspaceId,
      botUserId: world.ids.botUserId,
      appId: world.ids.appId,
      socketCount: socket.count,
      weather,
      async down(isDown: boolean): Promise<void> {
        if (!isDown) return void (web.server.listening || (await web.listen(port)));
        socket.drop();
        await web.close();
      },
      revokeToken(which: 'bot' | 'app' = 'bot'): void {
        tokens[which].revoked = true;
        if (which === 'app') socket.disconnect('link_disabled');
      },
      restoreToken: (which: 'bot' | 'app' = 'bot'): void => void (tokens[which].revoked = false),
      revokeScopes: (...scopes: readonly string[]): void => scopes.forEach((scope) => world.granted.delete(scope)),
      deliverTwice(isOn: boolean): void {
        socket.deliverTwice(isOn);
        http.deliverTwice(isOn);
      },
      grantScopes: (...scopes: readonly string[]): void => scopes.forEach((scope) => world.granted.add(scope)),
      cutMidFrame: socket.cutMidFrame,
      dropSockets: socket.drop,
      disconnect: socket.disconnect,
      limitPosts: web.limitPosts,
      stop,
      [Symbol.asyncDispose]: stop,
    },
  );
}
