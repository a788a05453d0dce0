import { GatewayDispatchEvents } from 'discord-api-types/v10';
import { z } from 'zod';
import type { Clock } from '../../ports/clock.ts';
import type { FrontDoor } from '../../ports/chat.ts';
import type { Log } from '../../ports/log.ts';
import type { Answers } from './answer.ts';
import { discordAnswers } from './answer.ts';
import type { Api } from './api.ts';
import { discordApi } from './api.ts';
import { deal } from './desk.ts';
import type { ConnectionState } from './gateway.ts';
import { openGateway } from './gateway.ts';
import { REMEMBERED_MAX } from './limits.ts';
import { parseInteraction } from './parse.ts';
import { registerCommands } from './register.ts';
import { sleep, within } from './sleep.ts';

export type { ConnectionState } from './gateway.ts';

/** Showcaller on Discord, as far as it can be reached. */
export type DiscordConnection = {
  /** The server it works in: the one asked for, else the only one it is in; null while that is not known. */
  readonly workspaceId: string | null;
  readonly botUserId: string | null;
  readonly state: () => ConnectionState;
  /** Calls the listener at each change of state; the answer stops that. */
  readonly onState: (listener: (state: ConnectionState) => void) => () => void;
  /** What does not work although it is connected, in words. */
  readonly notes: () => readonly string[];
  readonly close: () => Promise<void>;
};

export type DiscordNeeds = {
  readonly token: string;
  readonly guildId: string | null;
  readonly apiUrl: string | null; // null: Discord's own
  readonly door: FrontDoor;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeoutMs: number; // the longest call
};

const REGISTER_AGAIN_MS = [5_000, 30_000, 300_000] as const;
const CLOSE_WITHIN_MS = 3_000;

const Ready = z.object({
  user: z.object({ id: z.string() }),
  application: z.object({ id: z.string() }),
  guilds: z.array(z.object({ id: z.string() })).catch([]),
});
const Guild = z.object({ id: z.string(), unavailable: z.boolean().nullish() });

/**
 * Connects, and stays connected as well as Discord allows until closed. Resolves once it is connected or the first
 * attempt failed: a Discord that is down keeps nobody else waiting. Never rejects.
 */
export async function connectDiscord(needs: DiscordNeeds): Promise<DiscordConnection> {
  const { token, guildId, clock, log } = needs;
  const closed = new AbortController();
  const api = discordApi(needs);
  const reception = openReception({ ...needs, answers: discordAnswers({ ...needs, signal: closed.signal }) });
  const registrar = openRegistrar({ ...needs, api, signal: closed.signal });
  const listeners = new Set<(state: ConnectionState) => void>();
  const guilds = new Set<string>();
  let botUserId: string | null = null;

  function onDispatch(event: string, data: unknown): void {
    if (event === (GatewayDispatchEvents.InteractionCreate as string)) return reception.receive(data);
    if (event === (GatewayDispatchEvents.Ready as string)) {
      const ready = Ready.safeParse(data);
      if (!ready.success) return log.warn('discord.unread', { event });
      botUserId = ready.data.user.id;
      guilds.clear();
      for (const { id } of ready.data.guilds) guilds.add(id);
      return registrar.register(ready.data.application.id);
    }
    const guild = Guild.safeParse(data);
    if (!guild.success) return;
    if (event === (GatewayDispatchEvents.GuildCreate as string)) guilds.add(guild.data.id);
    // An unavailable server is in trouble; one that is gone has removed the bot.
    if (event === (GatewayDispatchEvents.GuildDelete as string) && guild.data.unavailable !== true) guilds.delete(guild.data.id);
  }

  const gateway = openGateway({
    api,
    token,
    clock,
    log,
    onDispatch,
    onState: (state) => {
      for (const listener of listeners) tell(listener, state, log);
    },
  });

  function notes(): readonly string[] {
    if (gateway.state().kind === 'lost') return [];
    const isAbsent = guilds.size === 0 || (guildId !== null && !guilds.has(guildId));
    const absent = 'The bot is not in the server. Invite it again: npm start -- setup shows the link.';
    return [...(isAbsent ? [absent] : []), ...registrar.notes()];
  }

  await within(gateway.settled, needs.timeoutMs, undefined);
  return {
    get workspaceId() {
      const [only] = guilds;
      return guildId ?? (guilds.size === 1 ? (only ?? null) : null);
    },
    get botUserId() {
      return botUserId;
    },
    state: gateway.state,
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    notes,
    async close() {
      closed.abort();
      await Promise.all([gateway.close(), within(reception.idle(), CLOSE_WITHIN_MS, undefined)]);
    },
  };
}

/** A listener that breaks must not break the connection it is told about. */
function tell(listener: (state: ConnectionState) => void, state: ConnectionState, log: Log): void {
  try {
    listener(state);
  } catch (fault) {
    log.error('discord.listener-failed', { fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) });
  }
}

/** Takes interactions as they come, each id once, and deals with them side by side. */
function openReception({ door, answers, log }: { door: FrontDoor; answers: Answers; log: Log }) {
  const room = { door, answers, log, typedInto: new Map() };
  const seen = new Set<string>();
  const underWay = new Set<Promise<void>>();
  return {
    receive: (raw: unknown): void => {
      const interaction = parseInteraction(raw);
      if (interaction === null) return log.warn('discord.unread', { event: GatewayDispatchEvents.InteractionCreate });
      const { interactionId } = interaction.asker;
      // Discord may deliver one twice; a second answer would only be refused.
      if (seen.has(interactionId)) return log.info('discord.delivered-twice', { interactionId });
      seen.add(interactionId);
      const [oldest] = seen;
      if (seen.size > REMEMBERED_MAX && oldest !== undefined) seen.delete(oldest);
      const dealing = deal(room, interaction).finally(() => underWay.delete(dealing));
      underWay.add(dealing);
    },
    idle: async (): Promise<void> => {
      await Promise.all(underWay);
    },
  };
}

/** Registers the commands once, trying again while Discord fails. */
function openRegistrar({ api, door, log, signal }: { api: Api; door: FrontDoor; log: Log; signal: AbortSignal }) {
  let isDone = false;
  let isUnderWay = false;
  let trouble: string | null = null;

  async function attempt(applicationId: string): Promise<void> {
    isUnderWay = true;
    for (let at = 0; !signal.aborted; at += 1) {
      const came = await registerCommands(api, applicationId, door.commands);
      if (came.kind === 'failed') {
        trouble = came.told;
        log.warn('discord.not-registered', { told: came.told });
        const againMs = REGISTER_AGAIN_MS[at];
        if (!came.isFinal && againMs !== undefined && (await sleep(againMs, signal))) continue;
      } else {
        log.info('discord.registered', {
          outcome: came.kind,
          differences: came.kind === 'changed' ? came.differences.length : 0,
        });
        isDone = true;
        trouble = null;
      }
      break;
    }
    isUnderWay = false;
  }

  return {
    register: (applicationId: string): void => {
      if (!isDone && !isUnderWay) void attempt(applicationId);
    },
    notes: (): readonly string[] => (trouble === null ? [] : [trouble]),
  };
}
