import { OverwriteType, PermissionFlagsBits } from 'discord-api-types/v10';
import { z } from 'zod';
import { Id } from './json.ts';

const Bits = z.union([z.string().regex(/^\d+$/u), z.int()]).transform(BigInt);

/** A server, as far as permissions depend on it; `roles` null where it does not tell them. */
export const Guild = z.object({
  id: Id,
  name: z.string().catch('the server'),
  owner_id: Id.nullish().catch(null),
  roles: z
    .array(z.object({ id: Id, permissions: Bits }))
    .nonempty()
    .nullable()
    .catch(null),
});
export type Guild = z.infer<typeof Guild>;

const Overwrite = z.object({ id: Id, type: z.enum(OverwriteType), allow: Bits, deny: Bits });

/** A channel, as far as permissions depend on it. */
export const Channel = z.object({
  id: Id,
  type: z.number(),
  name: z.string().nullish(),
  guild_id: Id.nullish(),
  parent_id: Id.nullish(),
  permission_overwrites: z.array(Overwrite).catch([]),
});
export type Channel = z.infer<typeof Channel>;

/** Everything a posting bot needs in a channel, by the name Discord's settings give it. */
export const NEEDED = {
  'View Channel': PermissionFlagsBits.ViewChannel,
  'Send Messages': PermissionFlagsBits.SendMessages,
  'Send Messages in Threads': PermissionFlagsBits.SendMessagesInThreads,
  'Embed Links': PermissionFlagsBits.EmbedLinks,
  'Read Message History': PermissionFlagsBits.ReadMessageHistory,
} as const;

/**
 * What the bot lacks in a channel: names as Discord's settings show them; null where nothing tells. `roleIds` are the
 * bot's, null where they are not known; `overwritesOf` is the channel itself, or a thread's parent.
 */
export function lacking(ask: {
  readonly guild: Guild;
  readonly roleIds: readonly string[] | null;
  readonly botUserId: string;
  readonly overwritesOf: Channel;
  readonly isThread: boolean;
}): readonly string[] | null {
  const { guild, roleIds, botUserId } = ask;
  if (guild.roles === null || roleIds === null) return guild.owner_id === botUserId ? [] : null;
  const bits = permissionsIn({ ...ask, roles: guild.roles, roleIds });
  const spared = ask.isThread ? 'Send Messages' : 'Send Messages in Threads';
  return Object.entries(NEEDED).flatMap(([name, bit]) => (name === spared || (bits & bit) !== 0n ? [] : [name]));
}

/**
 * The order Discord gives: roles add up, an administrator may all; then the channel's own settings for everyone, roles,
 * the bot.
 */
function permissionsIn(ask: {
  readonly guild: Guild;
  readonly roles: NonNullable<Guild['roles']>;
  readonly roleIds: readonly string[];
  readonly botUserId: string;
  readonly overwritesOf: Channel;
}): bigint {
  const { guild, roles, roleIds, botUserId, overwritesOf } = ask;
  const ofRoles = roles
    .filter(({ id }) => id === guild.id || roleIds.includes(id))
    .reduce((sum, { permissions }) => sum | permissions, 0n);
  if (guild.owner_id === botUserId || (ofRoles & PermissionFlagsBits.Administrator) !== 0n) return ~0n;
  const { permission_overwrites: overwrites } = overwritesOf;
  const layers = [
    overwrites.filter(({ id }) => id === guild.id),
    overwrites.filter(({ id, type }) => type === OverwriteType.Role && id !== guild.id && roleIds.includes(id)),
    overwrites.filter(({ id, type }) => type === OverwriteType.Member && id === botUserId),
  ];
  return layers.reduce((bits, layer) => {
    const deny = layer.reduce((sum, one) => sum | one.deny, 0n);
    const allow = layer.reduce((sum, one) => sum | one.allow, 0n);
    return (bits & ~deny) | allow;
  }, ofRoles);
}
