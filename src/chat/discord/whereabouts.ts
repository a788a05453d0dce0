import { GatewayDispatchEvents, Routes } from 'discord-api-types/v10';
import { z } from 'zod';
import { unlessLacking, type Api } from './api.ts';
import { Id, Thing } from './json.ts';
import type { Notes } from './notes.ts';

const Ready = z.object({ user: Thing, application: Thing, guilds: z.array(z.unknown()).nullish().catch(null) });
const Guild = z.object({ id: Id, unavailable: z.boolean().nullish().catch(null) });

const ABSENT = 'The bot is not in the server. Invite it again: npm start -- setup shows the link.';

/** Who the bot is and which servers it is in, as far as that was told. */
export type Whereabouts = {
  readonly botUserId: () => string | null;
  readonly applicationId: () => string | null;
  /** The server it works in: the one asked for, else the only one it is in; null while that is not known. */
  readonly workspaceId: () => string | null;
  /** The servers to serve: the one asked for, else all it is in. */
  readonly guildIds: () => readonly string[];
  /** That the bot is not where it should be; null where it is, or where nothing tells. */
  readonly absence: () => string | null;
  /** Learns from an event of the gateway. Resolves with true when something new is known. Never rejects. */
  readonly learn: (event: string, data: unknown) => Promise<boolean>;
  /** Asks, where no gateway tells. Resolves with true when something new is known; rejects with why Discord cannot be asked. */
  readonly look: () => Promise<boolean>;
};

/** Keeps track of who and where the bot is. What the gateway does not tell is asked for. */
export function openWhereabouts(needs: {
  readonly api: Api;
  readonly guildId: string | null;
  readonly notes: Notes;
}): Whereabouts {
  const { api, guildId, notes } = needs;
  const guilds = new Set<string>();
  let botUserId: string | null = null;
  let applicationId: string | null = null;
  // What is missing says nothing where nobody told what there is.
  let isListed = false;

  function list(told: readonly unknown[]): void {
    isListed = true;
    replace(guilds, idsIn(told));
  }

  async function begin(data: unknown): Promise<void> {
    const ready = Ready.parse(data);
    botUserId = ready.user?.id ?? botUserId;
    // Except for the oldest bots, the application has its bot's id.
    applicationId = ready.application?.id ?? ready.user?.id ?? applicationId;
    if (Array.isArray(ready.guilds)) list(ready.guilds);
    applicationId ??= (await ask(api, Routes.currentApplication())) ?? (await ask(api, Routes.user()));
    if (!isListed) await askWhere();
  }

  async function askWhere(): Promise<void> {
    const told = await api('GET', Routes.userGuilds()).catch(() => null);
    // A server told of meanwhile is one the list knows too.
    if (!isListed && Array.isArray(told)) list(told);
    noteServers();
  }

  function noteServers(): void {
    notes.note('servers', guildId === null && !isListed ? UNLISTED : null);
  }

  async function look(): Promise<boolean> {
    const before = applicationId === null ? null : new Set(guilds);
    // This one is asked again and again: it says where the bot is, and whether its token is still good.
    const told = await unlessLacking(api('GET', Routes.userGuilds()));
    botUserId ??= Thing.parse(await unlessLacking(api('GET', Routes.user())))?.id ?? null;
    applicationId ??= (await ask(api, Routes.currentApplication())) ?? botUserId;
    if (Array.isArray(told)) list(told);
    noteServers();
    return before === null ? applicationId !== null : [...guilds].some((id) => !before.has(id));
  }

  function meet(event: string, data: unknown): boolean {
    const guild = Guild.safeParse(data);
    if (!guild.success) return false;
    const { id, unavailable } = guild.data;
    const wasKnown = guilds.has(id);
    if (event === (GatewayDispatchEvents.GuildCreate as string)) guilds.add(id);
    // An unavailable server is in trouble; one that is gone has removed the bot.
    if (event === (GatewayDispatchEvents.GuildDelete as string) && unavailable !== true) {
      guilds.delete(id);
      if (guildId === null || id === guildId) isListed = true;
    }
    if (guilds.size > 0) notes.note('servers', null);
    return guilds.has(id) && !wasKnown;
  }

  return {
    botUserId: () => botUserId,
    applicationId: () => applicationId,
    workspaceId: () => guildId ?? onlyOf(guilds),
    guildIds: () => (guildId === null ? [...guilds] : [guildId]),
    absence() {
      const isAbsent = guildId === null ? guilds.size === 0 : !guilds.has(guildId);
      return isListed && isAbsent ? ABSENT : null;
    },
    async learn(event, data) {
      if (event !== (GatewayDispatchEvents.Ready as string)) return meet(event, data);
      await begin(data);
      return true;
    },
    look,
  };
}

const UNLISTED = 'Nothing here tells which servers the bot is in. Put the server’s id into DISCORD_GUILD_ID and restart.';

function replace(set: Set<string>, by: readonly string[]): void {
  set.clear();
  for (const one of by) set.add(one);
}

function idsIn(told: readonly unknown[]): readonly string[] {
  return told.flatMap((one) => Thing.parse(one)?.id ?? []);
}

function onlyOf(set: ReadonlySet<string>): string | null {
  const [only = null] = set;
  return set.size === 1 ? only : null;
}

/** Something's id; null where it cannot be had. */
async function ask(api: Api, route: `/${string}`): Promise<string | null> {
  const answer = await api('GET', route).catch(() => null);
  return Thing.parse(answer)?.id ?? null;
}
