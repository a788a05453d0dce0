import { COMMANDS } from '../../commands/index.ts';
import { DISCORD_PATH } from '../chat/discord/limits.ts';
import { SLACK_PATH } from '../chat/slack/limits.ts';
import type { Settings } from '../config.ts';
import type { Platform } from '../domain/team.ts';
import type { Clock } from '../ports/clock.ts';
import type { Finding } from '../ports/finding.ts';
import type { Store } from '../ports/store.ts';
import { discordWay, slackWay } from './ways.ts';

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
  const way = slackWay(settings);
  if (way.kind === 'none') return [{ what: 'Slack', fine: true, told: 'not used: npm start -- setup connects it' }];
  if (way.kind === 'unclear') return [{ what: 'Slack', fine: false, told: way.told }];
  const { checkSlack } = await import('../chat/slack/check.ts');
  const { trySlackBotToken } = await import('../chat/slack/setup.ts');
  const server = { apiUrl: settings.SLACK_API_URL ?? null, timeoutMs: TIMEOUT_MS };
  const tried = await trySlackBotToken(way.botToken, server);
  const channels = await boundChannels(store, 'slack', tried.kind === 'accepted' ? tried.workspaceId : null);
  const appToken = way.kind === 'socket' ? way.appToken : null;
  const found = await checkSlack({ botToken: way.botToken, appToken, ...server, clock }, { channels, commands: COMMANDS });
  return way.kind === 'socket' ? found : [...found, await requestsArrive('Slack requests', settings, SLACK_PATH)];
}

async function discordFindings({ settings, store, clock }: Needs): Promise<readonly Finding[]> {
  const way = discordWay(settings);
  if (way.kind === 'none') return [{ what: 'Discord', fine: true, told: 'not used: npm start -- setup connects it' }];
  if (way.kind === 'unclear') return [{ what: 'Discord', fine: false, told: way.told }];
  const { DISCORD_GUILD_ID: guildId = null, DISCORD_API_URL: apiUrl = null, SHOWCALLER_PUBLIC_URL: publicUrl = null } = settings;
  const { checkDiscord } = await import('../chat/discord/check.ts');
  const channels = await boundChannels(store, 'discord', guildId);
  const overHttp = way.kind === 'http' ? { publicKey: way.publicKey, publicUrl } : null;
  const needs = { token: way.token, guildId, apiUrl, timeoutMs: TIMEOUT_MS, clock, channels, commands: COMMANDS, overHttp };
  const found = await checkDiscord(needs);
  return way.kind === 'gateway' ? found : [...found, await requestsArrive('Discord requests', settings, DISCORD_PATH)];
}

/** Whether the public address leads to our route: sent without a signature, a request is refused in our own words. */
async function requestsArrive(what: string, { SHOWCALLER_PUBLIC_URL: url }: Settings, path: string): Promise<Finding> {
  if (url === undefined) return { what, fine: false, told: 'SHOWCALLER_PUBLIC_URL is not set, so there is nowhere to send them' };
  const address = new URL(path, url).href;
  try {
    const answer = await fetch(address, { method: 'POST', body: '', redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const fine = answer.status === 401 && (await answer.text()).startsWith('the signature');
    const told = `${address} answers ${answer.status}, but not as Showcaller does: check the proxy`;
    return { what, fine, told: fine ? `${address} leads here` : told };
  } catch {
    return { what, fine: false, told: `${address} does not answer: check the name, the proxy and its certificate` };
  }
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
