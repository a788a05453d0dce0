import type { Account, Place } from '../domain/team.ts';
import { nearest } from '../domain/near.ts';
import { unreachable } from '../domain/unreachable.ts';
import type { Clock } from '../ports/clock.ts';
import type { AnyCommand } from '../ports/command.ts';
import type { Log } from '../ports/log.ts';
import type { Button, Message } from '../ports/message.ts';
import type { Store, TeamStore } from '../ports/store.ts';
import { apology, mayNot, staleButton } from '../words/refusal.ts';
import { summarized } from '../words/summary.ts';
import type { FormAsk } from './form.ts';
import { unreadMessage } from './form.ts';
import type { CommandRead } from './grammar.ts';
import { checkInput, readCommand } from './grammar.ts';
import { sceneOf } from './scene.ts';

/** What somebody asked, in one of four ways. */
export type Ask =
  | { readonly kind: 'text'; readonly text: string } // a whole line, such as `/stock HOODIE-M`
  | { readonly kind: 'typed'; readonly name: string; readonly input: Readonly<Record<string, unknown>> }
  | { readonly kind: 'button'; readonly buttonId: string }
  | { readonly kind: 'form'; readonly name: string; readonly input: Readonly<Record<string, unknown>> };

export type Request = {
  readonly teamId: string;
  readonly account: Account;
  readonly place: Place;
  readonly requestKey: string; // the same when the platform delivers the request again
  readonly ask: Ask;
};

/** The private answer. `buttonIds` line up with the message's buttons; `form` is set where a platform may open one instead. */
export type Reply = { readonly message: Message; readonly buttonIds: readonly string[]; readonly form: FormAsk | null };

export type Dispatch = {
  /** The form this ask needs first, or null. Pure and at once, for platforms where a form opens before anything else. */
  readonly formFor: (ask: Ask) => FormAsk | null;
  /** Runs a request the one way: read, permission, run, answer. Never throws: a fault is logged once and apologised for. */
  readonly run: (request: Request) => Promise<Reply>;
};

export type DispatchNeeds = {
  readonly store: Pick<Store, 'team'>;
  readonly commands: readonly AnyCommand[];
  readonly clock: Clock;
  readonly log: Log;
};

/** The one path every command takes, whatever it came from. */
export function createDispatch(needs: DispatchNeeds): Dispatch {
  const { store, commands, clock, log } = needs;

  async function answer(request: Request): Promise<Reply> {
    const team = store.team(request.teamId);
    const read = await readAsk(request.ask, team, commands);
    if (read === null) return plain(staleButton());
    if (read.kind === 'missing') return { ...plain(unreadMessage(read)), form: read };
    if (read.kind !== 'input') return plain(unreadMessage(read));
    const { command, input } = read;
    const nowMs = clock.now();
    const scene = await sceneOf(request, { team, commands, nowMs, command, input });
    const permission = scene.permission(command.may);
    if (permission.kind === 'may-not') {
      log.info('command.refused', { teamId: request.teamId, command: command.name, action: command.may });
      const { members, edits } = scene.view;
      return plain(mayNot({ action: command.may, roles: permission.roles, members, edits }));
    }
    // `run` is given only what this command's own options produced.
    const message = summarized(await command.run(input as never, scene.context));
    const calls = buttonsOf(message).map(({ call }) => call);
    const buttonIds = calls.length === 0 ? [] : await team.buttons.keep(calls, nowMs);
    log.info('command.ran', { teamId: request.teamId, command: command.name, tone: message.tone, tookMs: clock.now() - nowMs });
    return { message, buttonIds, form: null };
  }

  return {
    formFor(ask) {
      const read = ask.kind === 'button' ? null : readNow(ask, commands);
      return read?.kind === 'missing' ? read : null;
    },
    async run(request) {
      try {
        return await answer(request);
      } catch (fault) {
        const id = crypto.randomUUID().slice(0, 8);
        log.error('command.failed', {
          teamId: request.teamId,
          id,
          fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault),
        });
        return plain(apology(id));
      }
    },
  };
}

/** Every button of a message, in the order shown. */
export function buttonsOf({ parts }: Message): readonly Button[] {
  return parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
}

function plain(message: Message): Reply {
  return { message: summarized(message), buttonIds: [], form: null };
}

async function readAsk(ask: Ask, team: TeamStore, commands: readonly AnyCommand[]): Promise<CommandRead | null> {
  if (ask.kind !== 'button') return readNow(ask, commands);
  const call = await team.buttons.find(ask.buttonId);
  const command = commands.find(({ name }) => name === call?.name);
  if (call === null || command === undefined) return null;
  const read = checkInput(command, call.input);
  // A button kept before its command changed is as stale as one nobody knows.
  return read.kind === 'faults' ? null : read;
}

function readNow(ask: Exclude<Ask, { readonly kind: 'button' }>, commands: readonly AnyCommand[]): CommandRead {
  switch (ask.kind) {
    case 'text':
      return readCommand(ask.text, commands);
    case 'typed':
    case 'form': {
      const command = commands.find(({ name }) => name === ask.name);
      if (command === undefined) {
        return {
          kind: 'no-such-command',
          asked: ask.name,
          near: nearest(
            ask.name,
            commands.map(({ name }) => name),
          ),
        };
      }
      return checkInput(command, ask.input);
    }
    default:
      return unreachable(ask);
  }
}
