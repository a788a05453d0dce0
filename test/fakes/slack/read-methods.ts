import { z } from 'zod';
import { directWith, messageJson } from './chat-methods.ts';
import { fail, flag, given, method, needs, page, whole, type Answer, type Method, type Room } from './method.ts';
import type { Channel, Json, ShownMessage } from './types.ts';

const PREFIX = { public: 'channels', private: 'groups', direct: 'im' } as const satisfies Record<Channel['kind'], string>;
const ERA = { oldest: z.coerce.string().optional(), latest: z.coerce.string().optional(), inclusive: flag.optional() };
const PAGED = { limit: whole.optional(), cursor: z.string().optional() };

type Era = {
  readonly oldest?: string | undefined;
  readonly latest?: string | undefined;
  readonly inclusive?: boolean | undefined;
};

function within({ ts }: ShownMessage, { oldest = '0', latest, inclusive = false }: Era): boolean {
  if (inclusive && (Number(ts) === Number(oldest) || Number(ts) === Number(latest))) return true;
  return Number(ts) > Number(oldest) && (latest === undefined || Number(ts) < Number(latest));
}

/** A channel whose messages this app may read. */
function readable(channelId: string, room: Room): Channel | Answer {
  const channel = room.world.channels.get(channelId);
  if (channel === undefined) return fail('channel_not_found');
  const refused = needs(`${PREFIX[channel.kind]}:history`, room);
  if (refused !== null) return refused;
  if (channel.botIn) return channel;
  return fail(channel.kind === 'private' ? 'channel_not_found' : 'not_in_channel');
}

function pageOf(
  messages: readonly ShownMessage[],
  args: {
    readonly limit?: number | undefined;
    readonly cursor?: string | undefined;
    readonly include_all_metadata?: boolean | undefined;
  },
  room: Room,
): Answer {
  const found = page(messages, { limit: args.limit ?? 100, cursor: args.cursor });
  if (found === null) return fail('invalid_cursor');
  return {
    ok: true,
    messages: found.items.map((message) => messageJson(message, room, { metadata: args.include_all_metadata === true })),
    has_more: found.more,
    ...(found.more ? { response_metadata: { next_cursor: found.next } } : {}),
  };
}

const history = method({
  scopes: [],
  args: { channel: given, ...ERA, ...PAGED, include_all_metadata: flag.optional() },
  run(args, room) {
    const channel = readable(args.channel, room);
    if ('ok' in channel) return channel;
    const shown = [...room.world.messagesOf(channel.id).values()].filter(
      ({ threadTs, broadcast }) => threadTs === null || broadcast,
    );
    return pageOf(shown.filter((message) => within(message, args)).reverse(), args, room);
  },
});

const replies = method({
  scopes: [],
  args: { channel: given, ts: given, ...ERA, ...PAGED, include_all_metadata: flag.optional() },
  run(args, room) {
    const channel = readable(args.channel, room);
    if ('ok' in channel) return channel;
    const { world } = room;
    const parent = world.messagesOf(channel.id).get(args.ts);
    if (parent === undefined && !world.tombstones.has(`${channel.id}/${args.ts}`)) return fail('thread_not_found');
    const under = world.repliesTo(channel.id, args.ts).filter((message) => within(message, args));
    return pageOf(parent === undefined ? under : [parent, ...under], args, room); // the parent comes along whatever the era
  },
});

function channelJson(channel: Channel, { world }: Room): Json {
  return {
    id: channel.id,
    name: channel.name,
    is_channel: channel.kind === 'public',
    is_group: channel.kind === 'private',
    is_im: channel.kind === 'direct',
    is_private: channel.kind !== 'public',
    is_member: channel.botIn,
    is_archived: channel.archived,
    is_general: false,
    is_ext_shared: world.membersOf(channel.id).some((userId) => world.users.get(userId)?.stranger === true),
    num_members: world.membersOf(channel.id).length + (channel.botIn ? 1 : 0),
    ...(channel.kind === 'direct' ? { user: channel.members[0] } : {}),
  };
}

const info = method({
  scopes: [],
  args: { channel: given, include_num_members: flag.optional(), include_locale: flag.optional() },
  run(args, room) {
    const channel = room.world.channels.get(args.channel);
    if (channel === undefined) return fail('channel_not_found');
    const refused = needs(`${PREFIX[channel.kind]}:read`, room);
    if (refused !== null) return refused;
    if (channel.kind === 'private' && !channel.botIn) return fail('channel_not_found');
    const { num_members, ...told } = channelJson(channel, room);
    return { ok: true, channel: args.include_num_members === true ? { ...told, num_members } : told };
  },
});

const listed = method({
  scopes: [],
  args: { types: z.string().optional(), exclude_archived: flag.optional(), ...PAGED },
  run({ types = 'public_channel', ...args }, room) {
    const kinds = types.split(',').map((type) => type.trim());
    const asked = (['public', 'private', 'direct'] as const).filter((kind) =>
      kinds.includes(kind === 'direct' ? 'im' : `${kind}_channel`),
    );
    for (const kind of asked) {
      const refused = needs(`${PREFIX[kind]}:read`, room);
      if (refused !== null) return refused;
    }
    const seen = [...room.world.channels.values()].filter(
      (channel) =>
        asked.includes(channel.kind) &&
        (channel.kind === 'public' || channel.botIn) &&
        !(args.exclude_archived === true && channel.archived),
    );
    const found = page(seen, { limit: args.limit ?? 100, cursor: args.cursor });
    if (found === null) return fail('invalid_cursor');
    const channels = found.items.map((channel) => channelJson(channel, room));
    return { ok: true, channels, response_metadata: { next_cursor: found.next } };
  },
});

const join = method({
  scopes: ['channels:join'],
  args: { channel: given },
  run({ channel: channelId }, room) {
    const channel = room.world.channels.get(channelId);
    if (channel === undefined || (channel.kind === 'private' && !channel.botIn)) return fail('channel_not_found');
    if (channel.kind !== 'public') return fail('method_not_supported_for_channel_type');
    if (channel.archived) return fail('is_archived');
    const joined = { ...channel, botIn: true };
    room.world.channels.set(channelId, joined);
    room.world.tell();
    return { ok: true, channel: channelJson(joined, room) };
  },
});

const open = method({
  scopes: ['im:write'],
  args: { users: given.optional(), channel: given.optional(), return_im: flag.optional(), prevent_creation: flag.optional() },
  run({ users, channel: channelId, return_im }, room) {
    const known = channelId === undefined ? undefined : room.world.channels.get(channelId);
    if (channelId !== undefined && known?.kind !== 'direct') return fail('channel_not_found');
    if (known === undefined && (users === undefined || users.includes(','))) return fail('users_list_not_supplied');
    if (known === undefined && !room.world.users.has(users ?? '')) return fail('user_not_found');
    const channel = known ?? directWith(users ?? '', room);
    return { ok: true, channel: return_im === true ? channelJson(channel, room) : { id: channel.id } };
  },
});

const usersInfo = method({
  scopes: ['users:read'],
  args: { user: given, include_locale: flag.optional() },
  run({ user: userId, include_locale }, { world }) {
    const user = world.users.get(userId);
    const isBot = userId === world.ids.botUserId;
    if (user === undefined && !isBot) return fail('user_not_found');
    const name = user?.name ?? 'showcaller';
    return {
      ok: true,
      user: {
        id: userId,
        team_id: user?.stranger === true ? world.ids.otherWorkspaceId : world.ids.workspaceId,
        name: name.toLowerCase(),
        real_name: name,
        deleted: false,
        is_bot: isBot,
        is_admin: false,
        is_owner: false,
        is_restricted: user?.guest === true,
        is_ultra_restricted: false,
        ...(user?.stranger === true ? { is_stranger: true } : {}),
        tz: 'America/New_York',
        profile: { real_name: name, display_name: name, team: world.ids.workspaceId },
        ...(include_locale === true ? { locale: 'en-US' } : {}),
      },
    };
  },
});

const botsInfo = method({
  scopes: ['users:read'],
  args: { bot: given.optional() },
  run({ bot }, { world }) {
    if (bot !== world.ids.botId) return fail('bot_not_found');
    return {
      ok: true,
      bot: { id: bot, deleted: false, name: 'Showcaller', app_id: world.ids.appId, user_id: world.ids.botUserId },
    };
  },
});

const authTest = method({
  scopes: [],
  args: {},
  run(_args, { world: { ids } }) {
    return {
      ok: true,
      url: `https://${ids.domain}.slack.com/`,
      team: 'Night Market',
      user: 'showcaller',
      team_id: ids.workspaceId,
      user_id: ids.botUserId,
      bot_id: ids.botId,
      is_enterprise_install: false,
    };
  },
});

const connectionsOpen = method({
  token: 'app',
  scopes: [],
  args: {},
  run: (_args, { openSocket }) => ({ ok: true, url: openSocket() }),
});

export const READ_METHODS: Readonly<Record<string, Method>> = {
  'auth.test': authTest,
  'apps.connections.open': connectionsOpen,
  'conversations.history': history,
  'conversations.replies': replies,
  'conversations.info': info,
  'conversations.list': listed,
  'conversations.join': join,
  'conversations.open': open,
  'users.info': usersInfo,
  'bots.info': botsInfo,
};
