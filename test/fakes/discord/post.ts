import { isBody, listOf, textOf } from './shape.ts';
import { FLAG_SILENT } from './limits.ts';
import { PERMISSIONS } from './types.ts';
import { wireUser } from './wire.ts';
import { APPLICATION_ID } from './world.ts';
import type { Channel, KeptMessage, Person, World } from './world.ts';
import type { Body, Notification, WireMessage } from './types.ts';

type Allowed = {
  users: ReadonlySet<string> | 'all';
  roles: ReadonlySet<string> | 'all';
  everyone: boolean;
  repliedUser: boolean;
};

/** Reads `allowed_mentions`. Left out, everything rings: that is the danger. */
function readAllowed(given: unknown): Allowed {
  if (!isBody(given)) return { users: 'all', roles: 'all', everyone: true, repliedUser: true };
  const { parse, users, roles, replied_user: repliedUser } = given;
  const parsed: readonly unknown[] = Array.isArray(parse) ? parse : [];
  const ids = (list: unknown): ReadonlySet<string> => new Set(Array.isArray(list) ? list.map(String) : []);
  return {
    users: parsed.includes('users') ? 'all' : ids(users),
    roles: parsed.includes('roles') ? 'all' : ids(roles),
    everyone: parsed.includes('everyone'),
    repliedUser: repliedUser === true,
  };
}

const permits = (allowed: ReadonlySet<string> | 'all', id: string): boolean => allowed === 'all' || allowed.has(id);

/** Everybody a new message rings, each once. Code blocks and backslashes protect nobody here: the strict reading. */
function whoRings(world: World, channel: Channel, author: Person, message: KeptMessage, given: unknown): readonly Notification[] {
  const allowed = readAllowed(given);
  const { content } = message;
  const mayAll = (world.permissionsIn(author, channel) & PERMISSIONS.MENTION_EVERYONE) !== 0n;
  const here = [...world.people.values()].filter(
    (one) =>
      one.id !== author.id && (channel.withUser === null ? world.can(one, channel, 'VIEW_CHANNEL') : one.id === channel.withUser),
  );
  const rung = new Map<string, Notification['why']>();
  const ring = (ids: readonly string[], why: Notification['why']): void => {
    for (const id of ids) if (here.some((one) => one.id === id && !one.bot) && !rung.has(id)) rung.set(id, why);
  };
  if (channel.withUser !== null) ring([channel.withUser], 'direct');
  const users = [...content.matchAll(/<@!?(\d+)>/g)].map(([, id]) => id ?? '');
  ring(
    [...new Set(users)].filter((id) => permits(allowed.users, id)),
    'user',
  );
  for (const [, id = ''] of content.matchAll(/<@&(\d+)>/g)) {
    const role = world.roles.get(id);
    if (role === undefined || role.guildId !== channel.guildId || !permits(allowed.roles, id) || !(role.mentionable || mayAll))
      continue;
    ring(
      here.filter((one) => one.roles.includes(id)).map((one) => one.id),
      'role',
    );
    message.mention_roles = [...message.mention_roles, id];
  }
  const everyone = /@(everyone|here)/.exec(content)?.[1];
  if (everyone !== undefined && allowed.everyone && mayAll) {
    ring(
      here.map((one) => one.id),
      everyone === 'here' ? 'here' : 'everyone',
    );
    message.mention_everyone = true;
  }
  const repliedTo = channel.messages.find(({ id }) => id === message.message_reference?.message_id)?.author.id;
  if (repliedTo !== undefined && allowed.repliedUser) ring([repliedTo], 'reply');
  message.mentions = [...rung].filter(([, why]) => why === 'user' || why === 'reply').map(([id]) => wireUser(world.person(id)));
  return [...rung].map(([userId, why]) => ({ userId, messageId: message.id, channelId: channel.id, why }));
}

/** A message made of a checked body; it belongs to no channel yet. */
export function makeMessage(world: World, channel: Channel, author: Person, body: Body): KeptMessage {
  const nonce = body['nonce'];
  const reference = isBody(body['message_reference']) ? body['message_reference'] : null;
  return {
    id: world.snowflake(),
    channel_id: channel.id,
    author: wireUser(author),
    content: textOf(body['content']).trim(),
    embeds: listOf(body['embeds']).map((embed) => ({ type: 'rich', ...embed })),
    components: listOf(body['components']),
    attachments: listOf(body['attachments']),
    timestamp: new Date(world.now()).toISOString(),
    edited_timestamp: null,
    type: reference === null ? 0 : 19,
    flags: Number(body['flags'] ?? 0),
    mention_everyone: false,
    mentions: [],
    mention_roles: [],
    ...(typeof nonce === 'string' || typeof nonce === 'number' ? { nonce } : {}),
    ...(reference === null ? {} : { message_reference: { message_id: String(reference['message_id']), channel_id: channel.id } }),
  };
}

/** Rings whom a new message rings. */
export function ring(world: World, channel: Channel, author: Person, message: KeptMessage, allowedMentions: unknown): void {
  const rings = whoRings(world, channel, author, message, allowedMentions);
  // A message sent as silent shows its mentions but makes no sound.
  if ((message.flags & FLAG_SILENT) === 0) world.notifications.push(...rings);
}

/** Puts a new message where all can see it, rings whom it rings, and tells the gateway. */
export function post(world: World, channel: Channel, author: Person, message: KeptMessage, allowedMentions: unknown): void {
  ring(world, channel, author, message, allowedMentions);
  channel.messages.push(message);
  world.dispatch('MESSAGE_CREATE', fullMessage(channel, message));
}

/** Changes what the body names and leaves the rest. Rings nobody. */
export function edit(world: World, message: KeptMessage, body: Body): void {
  if (body['content'] !== undefined) message.content = textOf(body['content']).trim();
  if (body['embeds'] !== undefined) message.embeds = listOf(body['embeds']).map((embed) => ({ type: 'rich', ...embed }));
  if (body['components'] !== undefined) message.components = listOf(body['components']);
  if (body['attachments'] !== undefined) message.attachments = listOf(body['attachments']);
  if (typeof body['flags'] === 'number') message.flags |= body['flags'];
  message.edited_timestamp = new Date(world.now()).toISOString();
}

/** A message with what Discord adds when it returns one. */
export function fullMessage(channel: Channel, message: WireMessage): Body {
  const repliedTo = channel.messages.find(({ id }) => id === message.message_reference?.message_id) ?? null;
  return {
    ...message,
    tts: false,
    pinned: false,
    ...(channel.guildId === null ? {} : { guild_id: channel.guildId }),
    ...(message.author.bot ? { application_id: APPLICATION_ID } : {}),
    ...(message.message_reference === undefined ? {} : { referenced_message: repliedTo }),
  };
}
