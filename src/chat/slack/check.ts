import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Clock } from '../../ports/clock.ts';
import type { AnyCommand } from '../../ports/command.ts';
import type { Finding } from '../../ports/finding.ts';
import type { SlackServer } from './client.ts';
import { slackClient } from './client.ts';
import type { SlackFault } from './faults.ts';
import { faultWords, isUnknownMethod, slackFault, TOKEN_ERRORS, tokenWords } from './faults.ts';
import { SCOPES, slackManifest } from './manifest.ts';

export type SlackCheckNeeds = SlackServer & {
  readonly botToken: string;
  readonly appToken: string | null; // null: Slack sends over HTTP
  readonly clock: Clock;
};

const SKEW_MAX_MS = 60_000;

/** Looks at all Slack has to allow before a show: tokens, scopes, Socket Mode, bound channels, the clock. Changes nothing. */
export async function checkSlack(
  needs: SlackCheckNeeds,
  { channels, commands }: { readonly channels: readonly string[]; readonly commands: readonly AnyCommand[] },
): Promise<readonly Finding[]> {
  let serverDate: string | null = null;
  const client = slackClient(needs.botToken, needs, async (url, init) => {
    const response = await fetch(url, init);
    serverDate = response.headers.get('date') ?? serverDate;
    return response;
  });
  const token = await checkToken(client);
  const found = [...token.findings, ...(needs.appToken === null ? [] : [await checkSocket(needs.appToken, needs)])];
  if (serverDate !== null) found.push(checkClock(Date.parse(serverDate), needs.clock.now()));
  if (token.usable) for (const channel of channels) found.push(await checkChannel(client, channel));
  return [...found, toldCommands(commands)];
}

const AuthTest = z.object({
  team: z.string().catch('a workspace without a name'),
  response_metadata: z
    .object({ scopes: z.array(z.string()).optional() })
    .optional()
    .catch(undefined),
});

async function checkToken(client: WebClient): Promise<{ readonly usable: boolean; readonly findings: readonly Finding[] }> {
  const what = 'Slack bot token';
  try {
    const { team, response_metadata } = AuthTest.parse(await client.auth.test());
    return { usable: true, findings: [fine(what, `accepted, for ${team}`), checkScopes(response_metadata?.scopes)] };
  } catch (thrown) {
    const fault = slackFault(thrown);
    if (isUnknownMethod(fault)) return { usable: true, findings: [fine(what, 'not checkable: this server has no auth.test')] };
    const told =
      fault.kind === 'refused' && TOKEN_ERRORS.includes(fault.error)
        ? tokenWords(fault.error, 'SLACK_BOT_TOKEN')
        : faultWords(fault);
    return { usable: false, findings: [bad(what, told)] };
  }
}

function checkScopes(granted: readonly string[] | undefined): Finding {
  const what = 'Slack scopes';
  if (granted === undefined) return fine(what, 'not checkable: this server does not say which are granted');
  const missing = Object.entries(SCOPES).filter(([scope]) => !granted.includes(scope));
  if (missing.length === 0) return fine(what, `all ${Object.keys(SCOPES).length} are granted`);
  const told = missing.map(([scope, why]) => `${scope} is missing. It is for: ${why}`).join(' ');
  return bad(what, `${told} Put in the manifest again (npm start -- manifest) and install the app anew.`);
}

/** Asks for an address to connect to, and does not use it. */
async function checkSocket(appToken: string, server: SlackServer): Promise<Finding> {
  const what = 'Slack app token and Socket Mode';
  try {
    await slackClient(appToken, server).apps.connections.open({});
    return fine(what, 'a connection may be opened');
  } catch (thrown) {
    const fault = slackFault(thrown);
    if (isUnknownMethod(fault))
      return bad(what, 'this server has no Socket Mode (apps.connections.open), so nobody can type commands there');
    if (fault.kind !== 'refused') return bad(what, faultWords(fault));
    if (TOKEN_ERRORS.includes(fault.error)) return bad(what, tokenWords(fault.error, 'SLACK_APP_TOKEN'));
    if (fault.error === 'missing_scope') {
      return bad(what, 'SLACK_APP_TOKEN lacks connections:write: make a new app-level token with it under Basic Information');
    }
    return bad(what, `${faultWords(fault)}: see that Socket Mode is switched on in the app’s settings`);
  }
}

const Info = z.object({
  channel: z.object({
    name: z.string().optional().catch(undefined),
    is_archived: z.boolean().catch(false),
    is_member: z.boolean().catch(false),
    is_private: z.boolean().catch(false),
  }),
});

async function checkChannel(client: WebClient, address: string): Promise<Finding> {
  try {
    const { channel } = Info.parse(await client.conversations.info({ channel: address }));
    const what = `Slack channel ${channel.name === undefined ? address : `#${channel.name}`}`;
    if (channel.is_archived) return bad(what, 'is archived: bring it back, or bind another with /team channel');
    if (channel.is_private && !channel.is_member) return bad(what, 'Showcaller is not in it: type /invite @Showcaller there');
    return await checkHistory(client, { what, address, isMember: channel.is_member });
  } catch (thrown) {
    const what = `Slack channel ${address}`;
    const fault = slackFault(thrown);
    if (isUnknownMethod(fault)) return fine(what, 'not checkable: this server has no conversations.info');
    if (fault.kind === 'refused' && fault.error === 'channel_not_found') {
      return bad(
        what,
        'does not exist, or is private and Showcaller is not in it: type /invite @Showcaller there, or bind another',
      );
    }
    return bad(what, whatToDo(fault));
  }
}

async function checkHistory(
  client: WebClient,
  { what, address, isMember }: { readonly what: string; readonly address: string; readonly isMember: boolean },
): Promise<Finding> {
  try {
    await client.conversations.history({ channel: address, limit: 1 });
    return fine(what, isMember ? 'can be posted to and read back' : 'is public: can be posted to and read back');
  } catch (thrown) {
    const fault = slackFault(thrown);
    if (isUnknownMethod(fault)) return fine(what, 'can be posted to; reading it back is not possible on this server');
    // A public channel takes our posts without us; only after a crash would it matter that nobody can look.
    if (fault.kind === 'refused' && fault.error === 'not_in_channel') {
      return bad(what, 'can be posted to, but not read back after a crash: type /invite @Showcaller there');
    }
    return bad(what, `can be posted to, but not read back after a crash: ${whatToDo(fault)}`);
  }
}

function checkClock(serverMs: number, nowMs: number): Finding {
  const what = 'Clock beside Slack’s';
  const skewMs = nowMs - serverMs;
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  if (Number.isNaN(skewMs)) return fine(what, 'not checkable: this server does not say the time');
  if (Math.abs(skewMs) <= SKEW_MAX_MS) return fine(what, `within ${Math.max(1, seconds)} s`);
  return bad(what, `${seconds} s ${skewMs > 0 ? 'ahead' : 'behind'}: let this machine set its clock from the network (NTP)`);
}

/** Slack lets no bot token read the manifest, so this can only be compared by eye. */
function toldCommands(commands: readonly AnyCommand[]): Finding {
  const count = slackManifest(commands).features.slash_commands.length;
  return fine(
    'Slack commands',
    `${count} belong in the app. Slack does not show them to a bot: after an update, compare with npm start -- manifest`,
  );
}

function whatToDo(fault: SlackFault): string {
  if (fault.kind !== 'refused' || fault.error !== 'missing_scope') return faultWords(fault);
  const scope = fault.needed === null ? 'a scope is missing' : `the scope ${fault.needed} is missing`;
  return `${scope}: put in the manifest again (npm start -- manifest) and install the app anew`;
}

function fine(what: string, told: string): Finding {
  return { what, fine: true, told };
}

function bad(what: string, told: string): Finding {
  return { what, fine: false, told };
}
