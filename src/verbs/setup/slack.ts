import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../../../commands/index.ts';
import { slackManifest } from '../../chat/slack/manifest.ts';
import { slackChannels, trySlackAppToken, trySlackBotToken } from '../../chat/slack/setup.ts';
import { bindTo, chooseChannels } from './channels.ts';
import { askUntil, type Chosen, type SetupStage } from './stage.ts';

const MANIFEST_FILE = 'slack-manifest.json';
const TIMEOUT_MS = 10_000;

/** Asks for Slack's two tokens and tries each, then binds the workspace and its channels. Nothing where Slack is left out. */
export async function setUpSlack(stage: SetupStage): Promise<Chosen> {
  const { questions, terminal, settings, folder } = stage;
  if (!(await questions.askYes('\nDo you use Slack?'))) return {};
  const manifest = JSON.stringify(slackManifest(COMMANDS), null, 2);
  writeFileSync(join(folder, MANIFEST_FILE), `${manifest}\n`);
  const say = terminal.write;
  // Printed too, and before the steps: over ssh a screen is easier to copy from than a file.
  say(`\n${manifest}\n`);
  say('1. Open https://api.slack.com/apps, press Create New App, From a manifest, and paste the text above, from { to }.');
  say(`   It is in ${MANIFEST_FILE} too.`);
  say('2. Press Install to Workspace. Under OAuth & Permissions stands the bot token (xoxb-…).');
  say('3. Under Basic Information, App-Level Tokens, make one with connections:write (xapp-…).');
  const server = { apiUrl: settings.SLACK_API_URL ?? null, timeoutMs: TIMEOUT_MS };
  const bot = await askUntil(stage, 'Bot token', async (token) => {
    const tried = await trySlackBotToken(token, server);
    if (tried.kind === 'refused') return tried.told;
    say(
      tried.workspaceId === null
        ? 'This server does not say which workspace it is for: the first command typed there binds it.'
        : `Slack knows it: it is for ${tried.workspaceName}.`,
    );
    return tried;
  });
  if (bot === null) return {};
  const { workspaceId } = bot.good;
  if (workspaceId !== null && !(await bindTo(stage, { platform: 'slack', workspaceId }))) return {};
  const app = await askUntil(stage, 'App-level token', async (token) => {
    const told = await trySlackAppToken(token, server);
    if (told === null) say('Slack knows it: Socket Mode works.');
    return told ?? { kind: 'accepted' as const };
  });
  if (app === null) return {};
  say('Where does each kind of message go? Channels Showcaller was not invited to and that are private are not listed.');
  await chooseChannels(stage, { platform: 'slack', channels: await slackChannels(bot.token, server) });
  return { SLACK_BOT_TOKEN: bot.token, SLACK_APP_TOKEN: app.token };
}
