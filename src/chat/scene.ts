import { SOMEONE_WHO_LEFT } from '../domain/erasure.ts';
import type { Account, Action, Caller, Permission, Place, Platform } from '../domain/team.ts';
import { mayDo } from '../domain/team.ts';
import type { AnyCommand, CommandContext } from '../ports/command.ts';
import type { CommandCall, Telling } from '../ports/message.ts';
import type { PlatformReach } from '../ports/reach.ts';
import type { TeamStore } from '../ports/store.ts';
import type { TeamView } from '../ports/store/team.ts';

/** Who asks, where, and what they may do there. */
export type Scene = {
  readonly view: TeamView;
  readonly lastPlatform: Platform | null;
  readonly permission: (action: Action) => Permission;
  readonly context: CommandContext;
};

type Asked = { readonly account: Account; readonly place: Place; readonly requestKey: string };

type Setting = {
  readonly team: TeamStore;
  readonly commands: readonly AnyCommand[];
  readonly nowMs: number;
  readonly reach: readonly PlatformReach[];
  readonly command: AnyCommand;
  readonly input: CommandCall['input'];
};

/** Reads who asks and where. A role held for one drop counts for the drop the input names, else for the current one here. */
export async function sceneOf({ account, place, requestKey }: Asked, setting: Setting): Promise<Scene> {
  const { team, commands, nowMs } = setting;
  const { view, caller, lastPlatform } = await team.team.asking(account);
  const dropId = await dropInScope(caller, place, setting);
  const permission = (action: Action) => mayDo({ caller, action, edits: view.edits, dropId });
  const may = (action: Action) => permission(action).kind === 'may';
  const context: CommandContext = {
    store: team,
    account,
    caller,
    actor: caller.kind === 'member' ? { personId: caller.member.personId, place } : null,
    place,
    may,
    requestKey,
    nowMs,
    telling: tellingAt(view, place),
    commands: commands.filter((command) => may(command.may)),
    reach: setting.reach,
  };
  return { view, lastPlatform, permission, context };
}

async function dropInScope(caller: Caller, place: Place, { team, command, input, nowMs }: Setting): Promise<string | null> {
  if (caller.kind === 'public' || caller.member.assignments.every(({ scope }) => scope === '*')) return null;
  const named = Object.entries(command.options).find(([, option]) => option.kind === 'text' && option.suggest === 'drop')?.[0];
  const asked = named === undefined ? undefined : input[named];
  if (asked === undefined) return (await team.drops.current({ place, nowMs }))?.id ?? null;
  const wanted = String(asked).toLowerCase();
  const drops = await team.drops.list();
  return drops.find(({ id, name }) => id.toLowerCase() === wanted || name.toLowerCase() === wanted)?.id ?? null;
}

function tellingAt({ destinations, locale, zone, members }: TeamView, place: Place): Telling {
  const here = destinations.find(({ platform, address }) => platform === place.platform && address === place.channel);
  const names = new Map(members.map(({ personId, name }) => [personId, name]));
  return {
    locale: here?.locale ?? locale,
    zone: here?.zone ?? zone,
    nameOf: (personId) => names.get(personId) ?? SOMEONE_WHO_LEFT,
  };
}
