import { z } from 'zod';
import { contentRefused, fail, flag, given, json, method, needs, type Answer, type Method, type Room } from './method.ts';
import { visibleText } from './text.ts';
import type { Channel, Json, ShownMessage } from './types.ts';

const list = (blocks: unknown): readonly Json[] => (Array.isArray(blocks) ? blocks : []);
const orNull = (metadata: unknown): Json | null =>
  typeof metadata === 'object' && metadata !== null && Object.keys(metadata).length > 0 ? (metadata as Json) : null;

/** A message as Slack sends it back. */
export function messageJson(message: ShownMessage, { world }: Pick<Room, 'world'>, { metadata = false } = {}): Json {
  const { ids } = world;
  const byBot = message.userId === ids.botUserId;
  const replies = world.repliesTo(message.channelId, message.ts);
  return {
    type: 'message',
    ...(message.broadcast ? { subtype: 'thread_broadcast' } : {}),
    user: message.userId,
    ts: message.ts,
    text: message.text,
    team: ids.workspaceId,
    ...(byBot ? { bot_id: ids.botId, app_id: ids.appId } : {}),
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.editedAtMs === null
      ? {}
      : { edited: { user: message.userId, ts: `${Math.floor(message.editedAtMs / 1000)}.000000` } }),
    ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
    ...(replies.length === 0 ? {} : { thread_ts: message.ts, reply_count: replies.length, latest_reply: replies.at(-1)?.ts }),
    ...(metadata && message.metadata !== null ? { metadata: message.metadata } : {}),
  };
}

/** The channel an app may post in; a person's id stands for the direct messages with them. */
export function postable(channelId: string, room: Room): Channel | Answer {
  const { world } = room;
  const channel = world.users.has(channelId) ? directWith(channelId, room) : world.channels.get(channelId);
  if (channel === undefined || (channel.kind === 'private' && !channel.botIn)) return fail('channel_not_found');
  if (channel.archived) return fail('is_archived');
  if (!channel.botIn && !world.granted.has('chat:write.public')) return fail('not_in_channel');
  return channel;
}

/** The direct messages with a person, opened if need be. */
export function directWith(userId: string, { world }: Pick<Room, 'world'>): Channel {
  const known = [...world.channels.values()].find((channel) => channel.kind === 'direct' && channel.members[0] === userId);
  if (known !== undefined) return known;
  const channel: Channel = {
    id: world.nextId('D'),
    name: 'directmessage',
    kind: 'direct',
    members: [userId],
    botIn: true,
    archived: false,
  };
  world.channels.set(channel.id, channel);
  return channel;
}

/** Which message a reply goes under; Slack takes some odd ones, and nobody then finds the reply. */
function thread(threadTs: string | undefined, channel: Channel, { world }: Room): string | null | Answer {
  if (threadTs === undefined) return null;
  const parent = world.messagesOf(channel.id).get(threadTs);
  if (parent === undefined && !world.tombstones.has(`${channel.id}/${threadTs}`)) {
    world.complain('chat.postMessage', `thread_ts ${threadTs} is no message of ${channel.id}`);
    return fail('thread_not_found');
  }
  if (parent?.threadTs !== null && parent !== undefined) {
    world.complain('chat.postMessage', `thread_ts ${threadTs} is itself a reply: name its parent`);
  }
  return threadTs;
}

const content = { text: z.string().optional(), blocks: json.optional() };
const how = { parse: z.enum(['full', 'none']).optional(), link_names: flag.optional() };

const postMessage = method({
  scopes: ['chat:write'],
  args: {
    channel: given,
    ...content,
    ...how,
    metadata: json.optional(),
    thread_ts: given.optional(),
    reply_broadcast: flag.optional(),
    unfurl_links: flag.optional(),
    unfurl_media: flag.optional(),
    mrkdwn: flag.optional(),
  },
  run(args, room) {
    const { world } = room;
    const channel = postable(args.channel, room);
    if ('ok' in channel) return channel;
    if (args.reply_broadcast === true && args.thread_ts === undefined) {
      world.complain('chat.postMessage', 'reply_broadcast without thread_ts');
      return fail('invalid_arguments');
    }
    const refused = contentRefused(args, room, 'chat.postMessage');
    if (refused !== null) return refused;
    const threadTs = thread(args.thread_ts, channel, room);
    if (typeof threadTs === 'object' && threadTs !== null) return threadTs;
    const message = world.post({
      channelId: channel.id,
      userId: world.ids.botUserId,
      text: args.text ?? '',
      blocks: list(args.blocks),
      threadTs,
      broadcast: args.reply_broadcast === true,
      metadata: orNull(args.metadata),
      names: args.link_names === true || args.parse === 'full',
    });
    return { ok: true, channel: channel.id, ts: message.ts, message: messageJson(message, room, { metadata: true }) };
  },
});

/** A message this app wrote; anybody else's is not its to change. */
function own(args: { readonly channel: string; readonly ts: string }, cannot: string, room: Room): ShownMessage | Answer {
  const channel = room.world.channels.get(args.channel);
  if (channel === undefined || (channel.kind === 'private' && !channel.botIn)) return fail('channel_not_found');
  const message = room.world.messagesOf(args.channel).get(args.ts);
  if (message === undefined) return fail('message_not_found');
  if (channel.archived) return fail('is_archived');
  return message.userId === room.world.ids.botUserId ? message : fail(cannot);
}

const update = method({
  scopes: ['chat:write'],
  args: { channel: given, ts: given, ...content, ...how, metadata: json.optional(), reply_broadcast: flag.optional() },
  run(args, room) {
    const message = own(args, 'cant_update_message', room);
    if ('ok' in message) return message;
    const refused = contentRefused(args, room, 'chat.update');
    if (refused !== null) return refused;
    // What an update does not name stays; an empty list or object takes it away.
    const edited = room.world.edit(
      message,
      {
        text: args.text ?? message.text,
        blocks: args.blocks === undefined ? message.blocks : list(args.blocks),
        metadata: args.metadata === undefined ? message.metadata : orNull(args.metadata),
        broadcast: args.reply_broadcast ?? message.broadcast,
      },
      visibleText(message),
    );
    return {
      ok: true,
      channel: edited.channelId,
      ts: edited.ts,
      text: edited.text,
      message: messageJson(edited, room, { metadata: true }),
    };
  },
});

const remove = method({
  scopes: ['chat:write'],
  args: { channel: given, ts: given },
  run(args, room) {
    const message = own(args, 'cant_delete_message', room);
    if ('ok' in message) return message;
    room.world.remove(message.channelId, message.ts);
    return { ok: true, channel: message.channelId, ts: message.ts };
  },
});

const postEphemeral = method({
  scopes: ['chat:write'],
  args: { channel: given, user: given, ...content, ...how, thread_ts: given.optional() },
  run(args, room) {
    const channel = postable(args.channel, room);
    if ('ok' in channel) return channel;
    if (!channel.botIn) return fail('not_in_channel');
    if (!room.world.membersOf(channel.id).includes(args.user)) return fail('user_not_in_channel');
    const refused = contentRefused(args, room, 'chat.postEphemeral');
    if (refused !== null) return refused;
    const answer = room.world.whisper(
      {
        userId: args.user,
        channelId: channel.id,
        threadTs: args.thread_ts ?? null,
        text: args.text ?? '',
        blocks: list(args.blocks),
        via: 'chat.postEphemeral',
      },
      { responseUrl: null },
    );
    return { ok: true, message_ts: answer.id };
  },
});

const getPermalink = method({
  scopes: [],
  args: { channel: given, message_ts: given },
  run({ channel, message_ts }, room) {
    const refused = needs('chat:write', room); // any scope that reads or writes the channel will do; this one we ask for
    if (refused !== null) return refused;
    if (!room.world.channels.has(channel)) return fail('channel_not_found');
    if (!room.world.messagesOf(channel).has(message_ts)) return fail('message_not_found');
    const permalink = `https://${room.world.ids.domain}.slack.com/archives/${channel}/p${message_ts.replace('.', '')}`;
    return { ok: true, channel, permalink };
  },
});

export const CHAT_METHODS: Readonly<Record<string, Method>> = {
  'chat.postMessage': postMessage,
  'chat.update': update,
  'chat.delete': remove,
  'chat.postEphemeral': postEphemeral,
  'chat.getPermalink': getPermalink,
};
