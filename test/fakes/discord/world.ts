import { PERMISSIONS } from './types.ts';
import type { Body, Complaint, Notification, Permission, WireMessage } from './types.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export type Person = {
  readonly id: string;
  readonly name: string;
  readonly bot: boolean;
  readonly locale: string;
  readonly permissions: bigint;
  readonly roles: readonly string[];
};
export type Role = {
  readonly id: string;
  readonly guildId: string;
  readonly name: string;
  readonly mentionable: boolean;
  permissions: bigint;
};
export type Overwrite = { readonly id: string; readonly type: 0 | 1; allow: bigint; deny: bigint };
export type Channel = {
  readonly id: string;
  readonly guildId: string | null; // null: a direct conversation
  readonly name: string;
  readonly parentId: string | null; // set: a thread
  readonly withUser: string | null; // set: a direct conversation
  readonly overwrites: Overwrite[];
  readonly messages: KeptMessage[]; // oldest first
};
export type Guild = { readonly id: string; readonly name: string; hasBot: boolean };
export type KeptMessage = Mutable<WireMessage>;

/** Ids that never change, so that settings written down for one run still mean something in the next. */
export const APPLICATION_ID = '1200000000000000001';
export const BOT_USER_ID = '1200000000000000002';
export const GUILD_ID = '1200000000000000003';

const POLL_MS = 20;
const DISCORD_EPOCH_MS = 1_420_070_400_000;
const ALL = Object.values(PERMISSIONS).reduce((all, bit) => all | bit, 0n);
const EVERYONE: readonly Permission[] = [
  'ADD_REACTIONS',
  'VIEW_CHANNEL',
  'SEND_MESSAGES',
  'EMBED_LINKS',
  'ATTACH_FILES',
  'READ_MESSAGE_HISTORY',
  'MENTION_EVERYONE', // a new server allows it to everybody, so nothing but the client's care keeps @everyone silent
  'USE_EXTERNAL_EMOJIS',
  'USE_APPLICATION_COMMANDS',
  'SEND_MESSAGES_IN_THREADS',
];

/** The bit set of some permissions. */
export function bitsOf(permissions: readonly Permission[]): bigint {
  return permissions.reduce((bits, one) => bits | PERMISSIONS[one], 0n);
}

/** Servers, channels, people and messages, and what was noticed about them. Dispatches what the gateway tells. */
export type World = ReturnType<typeof createWorld>;

export function createWorld(now: () => number) {
  const guilds = new Map<string, Guild>();
  const channels = new Map<string, Channel>();
  const people = new Map<string, Person>();
  const roles = new Map<string, Role>();
  const notifications: Notification[] = [];
  const complaints: Complaint[] = [];
  const watchers = new Set<() => void>();
  const bot: Person = { id: BOT_USER_ID, name: 'Showcaller', bot: true, locale: 'en-US', permissions: 0n, roles: [] };
  const application = { publicKeyHex: '0'.repeat(64), endpointUrl: null as string | null }; // as the developer page shows it
  let lastId = 0n;
  let tell: (event: string, data: Body) => void = () => undefined;
  people.set(bot.id, bot);

  /** A new id, larger than every earlier one, whose upper bits are the time as in Discord's own. */
  function snowflake(): string {
    const wanted = BigInt(now() - DISCORD_EPOCH_MS) << 22n;
    lastId = wanted > lastId ? wanted : lastId + 1n;
    return String(lastId);
  }

  function addGuild(name: string, id = snowflake()): Guild {
    const guild = { id, name, hasBot: true };
    guilds.set(id, guild);
    roles.set(id, { id, guildId: id, name: '@everyone', mentionable: false, permissions: bitsOf(EVERYONE) });
    return guild;
  }

  function rolesOf(person: Person, guildId: string): readonly Role[] {
    return [...roles.values()].filter(
      (role) => role.guildId === guildId && (role.id === guildId || person.roles.includes(role.id)),
    );
  }

  /** What somebody may do in a server, before any channel's own rules. */
  function guildPermissions(person: Person, guildId: string): bigint {
    const bits = rolesOf(person, guildId).reduce((all, role) => all | role.permissions, person.permissions);
    return (bits & PERMISSIONS.ADMINISTRATOR) !== 0n ? ALL : bits;
  }

  /** What somebody may do in a channel. A thread goes by its parent. */
  function permissionsIn(person: Person, channel: Channel): bigint {
    if (channel.guildId === null) return ALL;
    const { guildId } = channel;
    const bits = guildPermissions(person, guildId);
    if ((bits & PERMISSIONS.ADMINISTRATOR) !== 0n) return ALL;
    const own = (channel.parentId === null ? undefined : channels.get(channel.parentId)) ?? channel;
    const inRole = own.overwrites.filter(({ type, id }) => type === 0 && id !== guildId && person.roles.includes(id));
    const ordered = [
      own.overwrites.filter(({ type, id }) => type === 0 && id === guildId),
      inRole,
      own.overwrites.filter(({ type, id }) => type === 1 && id === person.id),
    ];
    return ordered.reduce((all, some) => {
      const deny = some.reduce((sum, one) => sum | one.deny, 0n);
      const allow = some.reduce((sum, one) => sum | one.allow, 0n);
      return (all & ~deny) | allow;
    }, bits);
  }

  function can(person: Person, channel: Channel, permission: Permission): boolean {
    return (permissionsIn(person, channel) & PERMISSIONS[permission]) !== 0n;
  }

  function findMessage(id: string): { readonly channel: Channel; readonly message: KeptMessage } | null {
    for (const channel of channels.values()) {
      const message = channel.messages.find((one) => one.id === id);
      if (message !== undefined) return { channel, message };
    }
    return null;
  }

  function person(id: string): Person {
    const found = people.get(id);
    if (found === undefined) throw new Error(`nobody has the id ${id}`);
    return found;
  }

  function channel(id: string): Channel {
    const found = channels.get(id);
    if (found === undefined) throw new Error(`there is no channel ${id}`);
    return found;
  }

  function changed(): void {
    for (const watcher of watchers) watcher();
  }

  /** Resolves when the condition holds; looks again whenever something happened here, and every few milliseconds. */
  function until(condition: () => boolean, withinMs: number, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!condition()) return;
        end();
        resolve();
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`within ${withinMs} ms: ${what}`));
      }, withinMs);
      const poll = setInterval(look, POLL_MS); // the condition may hang on what the client keeps
      function end(): void {
        clearTimeout(timer);
        clearInterval(poll);
        watchers.delete(look);
      }
      watchers.add(look);
      look();
    });
  }

  return {
    now,
    bot,
    guilds,
    channels,
    people,
    roles,
    notifications,
    complaints,
    snowflake,
    addGuild,
    rolesOf,
    guildPermissions,
    permissionsIn,
    can,
    findMessage,
    person,
    channel,
    changed,
    until,
    application,
    complain(what: string, detail: string): void {
      complaints.push({ what, detail });
      changed();
    },
    /** Tells every gateway session that may hear of it. */
    dispatch(event: string, data: Body): void {
      tell(event, data);
      changed();
    },
    onDispatch(listener: (event: string, data: Body) => void): void {
      tell = listener;
    },
  };
}
