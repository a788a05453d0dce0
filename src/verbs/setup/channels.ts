import { PURPOSES, type Platform, type Purpose, type Workspace } from '../../domain/team.ts';

import type { SetupStage } from './stage.ts';

const ABOUT: Readonly<Record<Purpose, string>> = {
  team: 'reminders, pauses, the morning digest',
  alerts: 'stock alerts, and what wakes people up',
  host: 'what the host should know on camera',
  community: 'where the fans are: announcements only',
};

/** Asks which channel each kind of message goes to, and binds it at once. */
export async function chooseChannels(
  { questions, terminal, store, teamId, now }: SetupStage,
  { platform, channels }: { platform: Platform; channels: readonly { readonly address: string; readonly name: string }[] },
): Promise<void> {
  if (channels.length === 0) {
    terminal.write('No channels to choose from here; type /team channel in each one later.');
    return;
  }
  for (const purpose of PURPOSES) {
    const names = channels.map(({ name }) => `#${name}`);
    const likely = channels.findIndex(({ name }) => name.includes(purpose));
    const question = `Which channel is for ${purpose} (${ABOUT[purpose]})?`;
    const at = await questions.choose(question, names, likely < 0 ? undefined : likely);
    const chosen = at === null ? undefined : channels[at];
    if (chosen === undefined) continue;
    const ask = { key: `setup:${crypto.randomUUID()}`, by: null, purpose, platform, address: chosen.address, nowMs: now() };
    await store.team(teamId).team.bindChannel(ask);
    terminal.write(`#${chosen.name} is for ${purpose} now.`);
  }
}

/** Makes the workspace this team's; says why where that cannot be. */
export async function bindTo(stage: SetupStage, workspace: Workspace, replace = false): Promise<boolean> {
  const { store, teamId, now, terminal, questions } = stage;
  const answer = await store.bindWorkspace({ workspace, teamId, replace, nowMs: now() });
  switch (answer.kind) {
    case 'bound':
      return true;
    case 'another-teams':
      terminal.write(`It belongs to the team ${answer.teamId} already. One workspace or server belongs to one team.`);
      return false;
    case 'has-another':
      terminal.write(`The team ${teamId} has another one already (${answer.workspaceId}). A team has one of each platform.`);
      return (await questions.askYes('Leave that one for this?')) && bindTo(stage, workspace, true);
    default:
      return answer satisfies never;
  }
}
