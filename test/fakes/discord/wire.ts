import { APPLICATION_ID } from './world.ts';
import type { Channel, Guild, Person, Role, World } from './world.ts';
import type { Body, WireMessage } from './types.ts';

const LONG_AGO = '2024-01-01T00:00:00.000000+00:00';

/** A user as Discord writes one. */
export function wireUser({ id, name, bot }: Person): Body & WireMessage['author'] {
  return {
    id,
    username: name,
    discriminator: '0',
    global_name: bot ? null : name,
    avatar: null,
    bot,
    system: false,
    public_flags: 0,
    flags: 0,
  };
}

export function wireMember(person: Person): Body {
  return {
    user: wireUser(person),
    roles: [...person.roles],
    nick: null,
    avatar: null,
    joined_at: LONG_AGO,
    premium_since: null,
    deaf: false,
    mute: false,
    pending: false,
    flags: 0,
    communication_disabled_until: null,
  };
}

export function wireRole({ id, name, mentionable, permissions }: Role): Body {
  return {
    id,
    name,
    mentionable,
    permissions: String(permissions),
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position: 0,
    managed: false,
    flags: 0,
  };
}

export function wireChannel(world: World, channel: Channel): Body {
  const lastMessageId = channel.messages.at(-1)?.id ?? null;
  if (channel.withUser !== null) {
    return {
      id: channel.id,
      type: 1,
      flags: 0,
      last_message_id: lastMessageId,
      recipients: [wireUser(world.person(channel.withUser))],
    };
  }
  const shared = { id: channel.id, guild_id: channel.guildId, name: channel.name, flags: 0, last_message_id: lastMessageId };
  if (channel.parentId !== null) {
    const times = {
      archived: false,
      auto_archive_duration: 1_440,
      archive_timestamp: LONG_AGO,
      locked: false,
      create_timestamp: LONG_AGO,
    };
    const counts = { message_count: channel.messages.length, total_message_sent: channel.messages.length, member_count: 1 };
    return {
      ...shared,
      ...counts,
      type: 11,
      parent_id: channel.parentId,
      owner_id: world.bot.id,
      thread_metadata: times,
      rate_limit_per_user: 0,
    };
  }
  const overwrites = channel.overwrites.map(({ id, type, allow, deny }) => ({
    id,
    type,
    allow: String(allow),
    deny: String(deny),
  }));
  return {
    ...shared,
    type: 0,
    permission_overwrites: overwrites,
    position: 0,
    nsfw: false,
    topic: null,
    parent_id: null,
    rate_limit_per_user: 0,
  };
}

/** The channels of a server that somebody may see, threads or others. */
export function visibleChannels(world: World, guild: Guild, areThreads: boolean): readonly Channel[] {
  // Discord lists every channel of a server to a bot, also those it may not look into.
  return [...world.channels.values()].filter((one) => one.guildId === guild.id && (one.parentId !== null) === areThreads);
}

export function wireGuild(world: World, guild: Guild): Body {
  const owner = [...world.people.values()].find(({ bot }) => !bot);
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    splash: null,
    discovery_splash: null,
    owner_id: owner?.id ?? '1200000000000000004',
    afk_channel_id: null,
    afk_timeout: 300,
    verification_level: 0,
    default_message_notifications: 1,
    explicit_content_filter: 0,
    roles: [...world.roles.values()].filter(({ guildId }) => guildId === guild.id).map(wireRole),
    emojis: [],
    stickers: [],
    features: [],
    mfa_level: 0,
    application_id: null,
    system_channel_id: null,
    system_channel_flags: 0,
    rules_channel_id: null,
    vanity_url_code: null,
    description: null,
    banner: null,
    premium_tier: 0,
    premium_subscription_count: 0,
    premium_progress_bar_enabled: false,
    preferred_locale: 'en-US',
    public_updates_channel_id: null,
    safety_alerts_channel_id: null,
    nsfw_level: 0,
    max_members: 500_000,
  };
}

/** A server as the gateway tells it: with its channels, and of its members only the bot. */
export function wireGuildCreate(world: World, guild: Guild): Body {
  return {
    ...wireGuild(world, guild),
    joined_at: LONG_AGO,
    large: false,
    unavailable: false,
    member_count: world.people.size,
    voice_states: [],
    members: [wireMember(world.bot)],
    channels: visibleChannels(world, guild, false).map((one) => wireChannel(world, one)),
    threads: visibleChannels(world, guild, true).map((one) => wireChannel(world, one)),
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

export function wireApplication(world: World): Body {
  return {
    id: APPLICATION_ID,
    name: world.bot.name,
    icon: null,
    description: '',
    bot_public: false,
    bot_require_code_grant: false,
    bot: wireUser(world.bot),
    verify_key: world.application.publicKeyHex,
    flags: 0,
    team: null,
    summary: '',
    interactions_endpoint_url: world.application.endpointUrl,
    approximate_guild_count: world.guilds.size,
  };
}
