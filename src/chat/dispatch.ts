import { nearest } from '../domain/near.ts';
import { PUBLIC_ACTIONS } from '../domain/team.ts';
import { unreachable } from '../domain/unreachable.ts';
import type { Ask, BeforePress, FormAsk, FrontDoor, Reply, Request } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { AnyCommand } from '../ports/command.ts';
import type { Log } from '../ports/log.ts';
import type { Button, Message } from '../ports/message.ts';
import type { PlatformReach } from '../ports/reach.ts';
import type { Store, TeamStore } from '../ports/store.ts';
import { apology, crowded, mayNot, noTeamYet, staleButton } from '../words/refusal.ts';
import { summarized } from '../words/summary.ts';
import { openCrowd, type Crowd } from './crowd.ts';
import { formFaults, unreadMessage } from './form.ts';
import type { CommandRead } from './grammar.ts';
import { checkInput, readCommand } from './grammar.ts';
import { sceneOf } from './scene.ts';
import { createSuggest } from './suggest.ts';
import { createTurns } from './turns.ts';

// A team nobody has. What is asked of it fails in its turn, and is answered with an apology.
const UNKNOWN_TEAM = '';
const AT_ONCE_MAX = 200; // what a database answers well within the time a person waits

export type FrontDoorNeeds = {
  readonly store: Pick<Store, 'team' | 'teamOf'>;
  readonly commands: readonly AnyCommand[];
  readonly clock: Clock;
  readonly log: Log;
  readonly reach?: () => readonly PlatformReach[];
  readonly atOnceMax?: number; // requests worked on at once before the public is told to try again
};

/** The one path every command takes, whatever it came from. */
export function createFrontDoor(needs: FrontDoorNeeds): FrontDoor {
  const { store, commands, log } = needs;
  const suggest = createSuggest(needs);
  const turn = createTurns();
  const crowd = openCrowd(needs.atOnceMax ?? AT_ONCE_MAX);

  /** Does the work; a fault is logged once, and `instead` makes the answer from its id. */
  async function guarded<T>(teamId: string | null, work: () => Promise<T>, instead: (id: string) => T): Promise<T> {
    try {
      return await work();
    } catch (fault) {
      const id = crypto.randomUUID().slice(0, 8);
      const told = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
      log.error('command.failed', { teamId: teamId ?? '', id, fault: told });
      return instead(id);
    }
  }

  return {
    commands,
    teamOf: (workspace) =>
      guarded(
        null,
        () => store.teamOf(workspace),
        // Null would tell people of a team that they belong to none.
        () => UNKNOWN_TEAM,
      ),
    formFor(ask) {
      const read = ask.kind === 'button' ? null : readNow(ask, commands);
      return read?.kind === 'missing' ? formOf(read) : null;
    },
    beforePress: ({ teamId, buttonId }) =>
      guarded(
        teamId,
        () =>
          teamId === null ? Promise.resolve({ kind: 'nothing' } as const) : beforePress(store.team(teamId), buttonId, commands),
        (id) => ({ kind: 'failed', message: summarized(apology(id)) }),
      ),
    formFaults: (name, input) => formFaults(readNow({ kind: 'form', name, input }, commands)),
    run: (request) =>
      crowd.within(
        { who: request.account, isPublic: () => isPublic(request.ask, commands) },
        () =>
          guarded(
            request.teamId,
            () => turn().then(() => answer(needs, request, crowd)),
            (id) => plain(apology(id)),
          ),
        () => plain(crowded()),
      ),
    suggest: (ask) =>
      crowd.within(
        { who: ask.account, isPublic: () => true },
        () =>
          guarded(
            ask.teamId,
            () => suggest(ask),
            () => [],
          ),
        () => [],
      ),
  };
}

/** Whether this is something the public may do, as far as the ask itself says: a button's command is read from the database. */
function isPublic(ask: Ask, commands: readonly AnyCommand[]): boolean {
  if (ask.kind === 'button') return false;
  const read = readNow(ask, commands);
  return !('command' in read) || PUBLIC_ACTIONS.includes(read.command.may);
}

async function answer(needs: FrontDoorNeeds, request: Request, crowd: Crowd): Promise<Reply> {
  const { store, commands, clock, log, reach = () => [] } = needs;
  const { teamId, ask } = request;
  if (teamId === null) return plain(noTeamYet());
  const team = store.team(teamId);
  const nowMs = clock.now();
  const read = await readAsk(ask, team, commands);
  if (read === null) {
    await refreshed(request, team, nowMs);
    return plain(staleButton());
  }
  if (read.kind === 'missing') return { ...plain(unreadMessage(read)), form: formOf(read) };
  if (read.kind !== 'input') return plain(unreadMessage(read));
  const { command, input } = read;
  const scene = await sceneOf(request, { team, commands, nowMs, reach: reach(), command, input });
  const { caller } = scene.context;
  const { platform } = request.account;
  if (caller.kind === 'member') crowd.isMember(request.account);
  if (caller.kind === 'member' && scene.lastPlatform !== platform) {
    await team.team.sawOn({ personId: caller.member.personId, platform });
  }
  const permission = scene.permission(command.may);
  if (permission.kind === 'may-not') {
    log.info('command.refused', { teamId, command: command.name, action: command.may });
    const { members, edits } = scene.view;
    return plain(mayNot({ action: command.may, roles: permission.roles, members, edits, isKnown: caller.kind === 'member' }));
  }
  // `run` is given only what this command's own options produced.
  const message = summarized(await command.run(input as never, scene.context));
  // What was pressed and refused was shown as something it no longer is.
  if (message.tone === 'refusal') await refreshed(request, team, nowMs);
  const buttons = buttonsOf(message).map(({ call, confirm }) => ({ ...call, confirm }));
  const buttonIds = buttons.length === 0 ? [] : await team.buttons.keep(buttons, nowMs);
  log.info('command.ran', { teamId, platform, command: command.name, tone: message.tone, tookMs: clock.now() - nowMs });
  const { zone, locale } = scene.context.telling;
  return { message, buttonIds, form: null, telling: { zone, locale } };
}

/** Shows the pressed message's newest facts, where its platform said which message that was. */
async function refreshed({ ask, place }: Request, team: TeamStore, nowMs: number): Promise<void> {
  if (ask.kind !== 'button' || ask.shownAs === undefined) return;
  await team.posts.refresh({ place, remoteId: ask.shownAs, nowMs });
}

async function beforePress(team: TeamStore, buttonId: string, commands: readonly AnyCommand[]): Promise<BeforePress> {
  const button = await team.buttons.find(buttonId);
  const command = commands.find(({ name }) => name === button?.name);
  if (button === null || command === undefined) return { kind: 'nothing' };
  const read = checkInput(command, button.input);
  if (read.kind === 'missing') return { kind: 'form', form: formOf(read) };
  return button.confirm === null ? { kind: 'nothing' } : { kind: 'confirm', confirm: button.confirm };
}

/** Every button of a message, in the order shown. */
export function buttonsOf({ parts }: Message): readonly Button[] {
  return parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
}

function formOf({ command, input, missing }: Extract<CommandRead, { kind: 'missing' }>): FormAsk {
  return { command, input, missing };
}

function plain(message: Message): Reply {
  return { message: summarized(message), buttonIds: [], form: null, telling: { zone: 'UTC', locale: 'en' } };
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
        const names = commands.map(({ name }) => name);
        return { kind: 'no-such-command', asked: ask.name, near: nearest(ask.name, names) };
      }
      return checkInput(command, ask.input);
    }
    default:
      return unreachable(ask);
  }
}
