import { GatewayDispatchEvents, Routes } from 'discord-api-types/v10';
import { z } from 'zod';
import type { Api } from './api.ts';
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
    guilds.clear();
    for (const one of told) {
      const guild = Thing.parse(one);
      if (guild?.id !== undefined) guilds.add(guild.id);
    }
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
    const told = await api('GET', Routes.userGuilds()).then(
      (answer) => z.array(z.unknown()).safeParse(answer),
      () => null,
    );
    if (isListed) return;
    // A server told of meanwhile is one the list knows too.
    if (told?.success === true) list(told.data);
    const isUnknown = guildId === null && !isListed;
    const words = 'Nothing here tells which servers the bot is in. Put the server’s id into DISCORD_GUILD_ID and restart.';
    notes.note('servers', isUnknown ? words : null);
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
    workspaceId() {
      const [only] = guilds;
      return guildId ?? (guilds.size === 1 ? (only ?? null) : null);
    },
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
  };
}

/** Something's id; null where it cannot be had. */
async function ask(api: Api, route: `/${string}`): Promise<string | null> {
  const answer = await api('GET', route).catch(() => null);
  return Thing.parse(answer)?.id ?? null;
}
