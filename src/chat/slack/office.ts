import type { FrontDoor } from '../../ports/chat.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { PlatformReach } from '../../ports/reach.ts';
import { createAnswering } from './answer.ts';
import type { SlackServer } from './client.ts';
import { slackClient } from './client.ts';
import { createDesk } from './desk.ts';
import { createIdentity, type Identity } from './identity.ts';
import type { SlackNotes } from './notes.ts';
import { slackNotes } from './notes.ts';
import { createReach, type Reach } from './reach.ts';
import { createReception, type Reception } from './reception.ts';
import { within } from './sleep.ts';

export type OfficeNeeds = SlackServer & {
  readonly botToken: string;
  readonly door: FrontDoor;
  readonly clock: Clock;
  readonly log: Log;
  readonly notes?: SlackNotes; // those the sender writes into as well; not given: its own
  readonly stopping?: AbortSignal; // closes it, also while it is still connecting for the first time
};

/** Showcaller in Slack, as far as it can be reached. */
export type SlackConnection = {
  readonly workspaceId: string | null; // null: nobody has told us yet
  readonly botUserId: string | null;
  readonly state: () => PlatformReach;
  /** Takes no more, and resolves when what was asked has been answered, or takes too long. */
  readonly close: () => Promise<void>;
};

/** What deals with people, whichever way their requests come in. */
export type Office = {
  readonly identity: Identity;
  readonly notes: SlackNotes;
  readonly reach: Reach;
  readonly receive: Reception;
  readonly settled: () => Promise<void>;
};

const CLOSE_WITHIN_MS = 3_000;

/** Opens the office: nothing is asked of Slack yet. */
export function openOffice(needs: OfficeNeeds): Office {
  const { door, clock, log, timeoutMs, notes = slackNotes() } = needs;
  const client = slackClient(needs.botToken, needs);
  const identity = createIdentity(client, notes);
  const answering = createAnswering({ client, clock, log, notes, timeoutMs });
  const desk = createDesk({ door, answering, log, workspaceOf: identity.workspaceOf });
  const receive = createReception(desk, door.commands);
  return { identity, notes, reach: createReach({ clock, log, notes }), receive, settled: desk.settled };
}

/** Keeps a way in open until `signal` aborts; says `tried` once the first attempt came to something. Never rejects. */
export type KeepOpen = (signal: AbortSignal, tried: () => void) => Promise<void>;

/** A connection that `keepOpen` keeps. Resolves after its first attempt, even if that failed: `state` tells. */
export async function holdConnection(
  { identity, reach, settled }: Office,
  keepOpen: KeepOpen,
  stopped: AbortSignal | undefined,
): Promise<SlackConnection> {
  const stopping = new AbortController();
  const firstTried = Promise.withResolvers<void>();
  let closed: Promise<unknown> | null = null;
  const running = keepOpen(stopping.signal, firstTried.resolve).finally(firstTried.resolve);

  async function close(): Promise<void> {
    stopping.abort();
    firstTried.resolve();
    // Whoever stops us has to come to an end, whatever hangs.
    closed ??= within(Promise.all([running, settled()]), CLOSE_WITHIN_MS);
    await closed;
  }

  if (stopped?.aborted === true) void close();
  else stopped?.addEventListener('abort', () => void close(), { once: true });
  await firstTried.promise;
  return {
    get workspaceId() {
      return identity.workspaceId();
    },
    get botUserId() {
      return identity.botUserId();
    },
    state: reach.state,
    close,
  };
}
