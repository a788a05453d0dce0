import { COMMANDS } from '../../commands/index.ts';
import type { Settings } from '../config.ts';
import type { Platform } from '../domain/team.ts';
import type { Clock } from '../ports/clock.ts';
import type { Finding } from '../ports/finding.ts';
import type { Store } from '../ports/store.ts';

const TIMEOUT_MS = 10_000;

/** What the doctor says of Slack and Discord: tokens, rights, each bound channel, commands, clocks. Changes nothing there. */
export async function platformFindings(needs: {
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
}): Promise<readonly Finding[]> {
  return (await Promise.all([slackFindings(needs), discordFindings(needs)])).flat();
}

type Needs = Parameters<typeof platformFindings>[0];

async function slackFindings({ settings, store, clock }: Needs): Promise<readonly Finding[]> {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_API_URL: apiUrl = null } = settings;
  if (botToken === undefined || appToken === undefined) {
    if (botToken === appToken) return [{ what: 'Slack', fine: true, told: 'not used: npm start -- setup connects it' }];
    const missing = botToken === undefined ? 'SLACK_BOT_TOKEN' : 'SLACK_APP_TOKEN';
    return [{ what: 'Slack', fine: false, told: `${missing} is not set, and Slack needs both tokens` }];
  }
  const { checkSlack } = await import('../chat/slack/check.ts');
  const { trySlackBotToken } = await import('../chat/slack/setup.ts');
  const server = { apiUrl, timeoutMs: TIMEOUT_MS };
  const tried = await trySlackBotToken(botToken, server);
  const channels = await boundChannels(store, 'slack', tried.kind === 'accepted' ? tried.workspaceId : null);
  return checkSlack({ botToken, appToken, ...server, clock }, { channels, commands: COMMANDS });
}

async function discordFindings({ settings, store, clock }: Needs): Promise<readonly Finding[]> {
  const { DISCORD_TOKEN: token, DISCORD_GUILD_ID: guildId = null, DISCORD_API_URL: apiUrl = null } = settings;
  if (token === undefined) return [{ what: 'Discord', fine: true, told: 'not used: npm start -- setup connects it' }];
  const { checkDiscord } = await import('../chat/discord/check.ts');
  const channels = await boundChannels(store, 'discord', guildId);
  return checkDiscord({ token, guildId, apiUrl, timeoutMs: TIMEOUT_MS, clock, channels, commands: COMMANDS });
}

/** The channels Showcaller posts to there: of the team the workspace belongs to; of all, while it belongs to none. */
async function boundChannels(store: Store, platform: Platform, workspaceId: string | null): Promise<readonly string[]> {
  const teamId = workspaceId === null ? null : await store.teamOf({ platform, workspaceId });
  const teamIds = teamId === null ? await store.teamIds() : [teamId];
  const views = await Promise.all(teamIds.map((id) => store.team(id).team.view()));
  return views.flatMap(({ destinations }) =>
    destinations.filter((one) => one.platform === platform && one.purposes.length > 0).map(({ address }) => address),
  );
}
