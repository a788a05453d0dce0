import { GatewayDispatchEvents } from 'discord-api-types/v10';
import type { FrontDoor } from '../../ports/chat.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Answers } from './answer.ts';
import { discordAnswers } from './answer.ts';
import { discordApi } from './api.ts';
import { deal } from './desk.ts';
import type { ConnectionState } from './gateway.ts';
import { openGateway } from './gateway.ts';
import { REMEMBERED_MAX } from './limits.ts';
import type { Notes } from './notes.ts';
import { discordNotes } from './notes.ts';
import { parseInteraction } from './parse.ts';
import { openRegistrar } from './registrar.ts';
import { within } from './sleep.ts';
import { openWhereabouts } from './whereabouts.ts';

export type { ConnectionState } from './gateway.ts';

/** Showcaller on Discord, as far as it can be reached. */
export type DiscordConnection = {
  /** The server it works in: the one asked for, else the only one it is in; null while that is not known. */
  readonly workspaceId: string | null;
  readonly botUserId: string | null;
  readonly state: () => ConnectionState;
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
  readonly notes?: Notes; // shared with the sender
  readonly stopping?: AbortSignal; // closes it, also while it is still connecting for the first time
};

const CLOSE_WITHIN_MS = 3_000;

/**
 * Connects, and stays connected as well as Discord allows until closed. Resolves once it is connected, the first attempt
 * failed or it was closed: a Discord that is down keeps nobody else waiting. Never rejects.
 */
export async function connectDiscord(needs: DiscordNeeds): Promise<DiscordConnection> {
  const { guildId, door, log, stopping, notes = discordNotes() } = needs;
  const closed = new AbortController();
  const { signal } = closed;
  const api = discordApi({ ...needs, signal });
  const whereabouts = openWhereabouts({ api, guildId, notes });
  const registrar = openRegistrar({ api, commands: door.commands, whereabouts, notes, log, signal });
  const answers = discordAnswers({ ...needs, notes, signal });
  const reception = openReception({ door, answers, log, applicationId: whereabouts.applicationId });

  function onDispatch(event: string, data: unknown): void {
    if (event === (GatewayDispatchEvents.InteractionCreate as string)) return reception.receive(data);
    void whereabouts.learn(event, data).then((isNew) => (isNew ? registrar.register() : undefined));
  }

  const gateway = openGateway({ ...needs, api, onDispatch });
  let closing: Promise<unknown> | null = null;

  async function close(): Promise<void> {
    closed.abort();
    closing ??= Promise.all([gateway.close(), within(reception.idle(), CLOSE_WITHIN_MS, undefined)]);
    await closing;
  }

  if (stopping?.aborted === true) void close();
  else stopping?.addEventListener('abort', () => void close(), { once: true });
  await within(gateway.settled, needs.timeoutMs, undefined);
  return {
    get workspaceId() {
      return whereabouts.workspaceId();
    },
    get botUserId() {
      return whereabouts.botUserId();
    },
    state: gateway.state,
    notes() {
      if (gateway.state().kind === 'lost') return [];
      const absence = whereabouts.absence();
      return [...(absence === null ? [] : [absence]), ...notes.all()];
    },
    close,
  };
}

type ReceptionNeeds = {
  readonly door: FrontDoor;
  readonly answers: Answers;
  readonly log: Log;
  readonly applicationId: () => string | null;
};

/** Takes interactions as they come, each id once, and deals with them side by side. */
function openReception({ door, answers, log, applicationId }: ReceptionNeeds) {
  const room = { door, answers, log, typedInto: new Map() };
  const seen = new Set<string>();
  const underWay = new Set<Promise<void>>();
  return {
    receive: (raw: unknown): void => {
      const interaction = parseInteraction(raw, applicationId());
      const isUnread = interaction === null || interaction.deed.kind === 'unread';
      if (isUnread) log.warn('discord.unread', { event: GatewayDispatchEvents.InteractionCreate });
      if (interaction === null) return;
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
