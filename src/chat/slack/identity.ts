import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { slackFault, TOKEN_ERRORS } from './faults.ts';
import type { SlackNotes } from './notes.ts';

/** Who we are on this server, as far as it or those who write to us say. */
export type Identity = {
  readonly workspaceId: () => string | null;
  readonly botUserId: () => string | null;
  /**
   * Asks, unless it is known. A server that refuses to say goes without; throws what came of it where the token is refused or where
   * it may be told later, but not if `isPatient` is false.
   */
  readonly ask: (isPatient: boolean) => Promise<void>;
  /** Asks whether or not it is known, for the sake of the answer: it throws as `ask` does. */
  readonly askAnew: (isPatient: boolean) => Promise<void>;
  /** What a request names, else the workspace we are connected to. */
  readonly workspaceOf: (named: string | null) => string | null;
};

const Told = z.object({
  team_id: z.string().min(1).nullish().catch(null),
  user_id: z.string().min(1).nullish().catch(null),
});

/** An identity of which nothing is known yet. */
export function createIdentity(client: Pick<WebClient, 'auth'>, notes: SlackNotes): Identity {
  let told: string | null = null;
  let named: string | null = null;
  let botUserId: string | null = null;

  function noted(): void {
    if (told !== null) notes.has('auth.test');
    else if (named === null) notes.lacks('auth.test');
    else
      notes.lacks(
        'auth.test',
        `This Slack server does not say which workspace it is (auth.test): the first request named ${named}.`,
      );
  }

  async function askAnew(isPatient: boolean): Promise<void> {
    try {
      const { team_id = null, user_id = null } = Told.parse(await client.auth.test());
      told = team_id;
      botUserId = user_id;
    } catch (thrown) {
      const fault = slackFault(thrown);
      const isFinal = fault.kind === 'refused' && !TOKEN_ERRORS.includes(fault.error);
      if (!isFinal && (isPatient || fault.kind !== 'in-doubt')) throw thrown;
    }
    noted();
  }

  return {
    workspaceId: () => told ?? named,
    botUserId: () => botUserId,
    ask: (isPatient) => (told === null ? askAnew(isPatient) : Promise.resolve()),
    askAnew,
    workspaceOf(asked) {
      // Slack speaks to us only for workspaces that have the app, so whoever is heard first is in ours.
      if (told === null && named === null && asked !== null) {
        named = asked;
        noted();
      }
      return asked ?? told ?? named;
    },
  };
}
