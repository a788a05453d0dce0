import type { AnyCommand } from '../../ports/command.ts';
import type { Log } from '../../ports/log.ts';
import type { Api } from './api.ts';
import type { Notes } from './notes.ts';
import { registerCommands } from './register.ts';
import { sleep } from './sleep.ts';
import type { Whereabouts } from './whereabouts.ts';

const AGAIN_MS = [5_000, 30_000, 300_000] as const;

export type RegistrarNeeds = {
  readonly api: Api;
  readonly commands: readonly AnyCommand[];
  readonly whereabouts: Pick<Whereabouts, 'applicationId' | 'guildIds'>;
  readonly notes: Notes;
  readonly log: Log;
  readonly signal: AbortSignal;
};

/** Registers the commands once, trying again while Discord fails; asked again and again, it starts over only if it must. */
export function openRegistrar(needs: RegistrarNeeds): { readonly register: () => void } {
  const { whereabouts, notes, signal } = needs;
  let isDone = false;
  let isUnderWay = false;

  async function attempts(applicationId: string): Promise<void> {
    for (let at = 0; !signal.aborted; at += 1) {
      const came = await attempt(needs, applicationId);
      isDone = came === 'done';
      const againMs = AGAIN_MS[at];
      if (came !== 'again' || againMs === undefined || !(await sleep(againMs, signal))) return;
    }
  }

  return {
    register() {
      const applicationId = whereabouts.applicationId();
      if (applicationId === null) {
        notes.note('commands', 'Nothing here tells which application the bot is, so its commands cannot be registered.');
        return;
      }
      if (isDone || isUnderWay) return;
      isUnderWay = true;
      void attempts(applicationId).finally(() => {
        isUnderWay = false;
      });
    },
  };
}

async function attempt(needs: RegistrarNeeds, applicationId: string): Promise<'done' | 'again' | 'given-up'> {
  const { api, commands, whereabouts, notes, log, signal } = needs;
  const came = await registerCommands(api, { applicationId, guildIds: whereabouts.guildIds, commands });
  if (signal.aborted) return 'given-up';
  if (came.kind === 'failed') {
    notes.note('commands', came.told);
    log.warn('discord.not-registered', { told: came.told });
    return came.isFinal ? 'given-up' : 'again';
  }
  notes.note('commands', came.note);
  log.info('discord.registered', { outcome: came.kind, differences: came.differenceCount });
  return 'done';
}
