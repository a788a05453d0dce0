import type { FrontDoor } from '../../ports/chat.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { discordAnswers, type Answers, type GiveFirst } from './answer.ts';
import { discordApi, type Api } from './api.ts';
import type { Notes } from './notes.ts';
import { discordNotes } from './notes.ts';
import type { ConnectionState } from './reach.ts';
import { openReception, type Reception } from './reception.ts';
import { openRegistrar } from './registrar.ts';
import { openWhereabouts, type Whereabouts } from './whereabouts.ts';

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

/** What deals with people, whichever way their interactions come in. */
export type Office = {
  readonly api: Api;
  readonly whereabouts: Whereabouts;
  readonly notes: Notes;
  readonly register: () => void;
  readonly reception: Reception;
  readonly answersBy: (give: GiveFirst) => Answers;
};

/** How long closing waits for the answers under way. */
export const CLOSE_WITHIN_MS = 3_000;

/** Opens the office: nothing is asked of Discord yet. `signal` ends what it does by itself. */
export function openOffice(needs: DiscordNeeds, signal: AbortSignal): Office {
  const { guildId, door, log, notes = discordNotes() } = needs;
  const api = discordApi({ ...needs, signal });
  const whereabouts = openWhereabouts({ api, guildId, notes });
  const registrar = openRegistrar({ api, commands: door.commands, whereabouts, notes, log, signal });
  return {
    api,
    whereabouts,
    notes,
    register: registrar.register,
    reception: openReception({ door, log, applicationId: whereabouts.applicationId }),
    answersBy: discordAnswers({ ...needs, notes, signal }),
  };
}

/** The connection as others see it; closed once, by `close` or by `stopping`. */
export function connectionOf(
  { whereabouts, notes }: Office,
  { state, close, stopping }: Pick<DiscordConnection, 'state' | 'close'> & { readonly stopping: AbortSignal | undefined },
): DiscordConnection {
  let closing: Promise<void> | null = null;
  const closeOnce = (): Promise<void> => (closing ??= close());
  if (stopping?.aborted === true) void closeOnce();
  else stopping?.addEventListener('abort', () => void closeOnce(), { once: true });
  return {
    get workspaceId() {
      return whereabouts.workspaceId();
    },
    get botUserId() {
      return whereabouts.botUserId();
    },
    state,
    notes() {
      if (state().kind === 'lost') return [];
      const absence = whereabouts.absence();
      return [...(absence === null ? [] : [absence]), ...notes.all()];
    },
    close: closeOnce,
  };
}
