import { z } from 'zod';
import type { SlackServer } from './client.ts';
import { slackClient } from './client.ts';
import type { SlackFault } from './faults.ts';
import { faultWords, slackFault, TOKEN_ERRORS, tokenWords } from './faults.ts';

/** What a token turned out to be good for, or why it is not. `workspaceId` null: this server does not say where it belongs. */
export type SlackTried =
  | { readonly kind: 'accepted'; readonly workspaceId: string | null; readonly workspaceName: string }
  | { readonly kind: 'refused'; readonly told: string };

const NO_NAME = 'a workspace without a name';
const Identity = z.object({ team_id: z.string().min(1).nullish().catch(null), team: z.string().min(1).catch(NO_NAME) });

/** Tries a bot token. */
export async function trySlackBotToken(token: string, server: SlackServer): Promise<SlackTried> {
  try {
    const { team_id = null, team } = Identity.parse(await slackClient(token, server).auth.test());
    return { kind: 'accepted', workspaceId: team_id, workspaceName: team };
  } catch (thrown) {
    const fault = slackFault(thrown);
    const isRefused = fault.kind !== 'refused' || TOKEN_ERRORS.includes(fault.error);
    if (isRefused) return { kind: 'refused', told: whyNot(fault, 'SLACK_BOT_TOKEN') };
    return { kind: 'accepted', workspaceId: null, workspaceName: NO_NAME }; // it has something against being asked, not the token
  }
}

/** Tries an app-level token: null when a connection may be opened with it, else why not. */
export async function trySlackAppToken(token: string, server: SlackServer): Promise<string | null> {
  try {
    await slackClient(token, server).apps.connections.open({});
    return null;
  } catch (thrown) {
    return whyNot(slackFault(thrown), 'SLACK_APP_TOKEN');
  }
}

const Channels = z.object({
  channels: z.array(z.object({ id: z.string(), name: z.string(), is_archived: z.boolean().catch(false) })).catch([]),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional().catch(undefined),
});
const PAGES_MAX = 10;

/** The channels Showcaller can see, by name: at most a thousand. Empty where the server does not list them. */
export async function slackChannels(
  token: string,
  server: SlackServer,
): Promise<readonly { readonly address: string; readonly name: string }[]> {
  const client = slackClient(token, server);
  const found: { readonly address: string; readonly name: string }[] = [];
  let cursor: string | undefined;
  try {
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const ask = { types: 'public_channel,private_channel', exclude_archived: true, limit: 100 };
      const { channels, response_metadata } = Channels.parse(
        await client.conversations.list(cursor === undefined ? ask : { ...ask, cursor }),
      );
      found.push(...channels.filter((one) => !one.is_archived).map(({ id, name }) => ({ address: id, name })));
      cursor = response_metadata?.next_cursor;
      if (cursor === undefined || cursor === '') break;
    }
  } catch {
    // Who cannot list them can still type /team channel in each.
    return [];
  }
  return found.toSorted((a, b) => a.name.localeCompare(b.name));
}

function whyNot(fault: SlackFault, setting: 'SLACK_BOT_TOKEN' | 'SLACK_APP_TOKEN'): string {
  if (fault.kind === 'refused' && TOKEN_ERRORS.includes(fault.error)) return tokenWords(fault.error, setting);
  if (fault.kind === 'refused' && fault.error === 'missing_scope' && setting === 'SLACK_APP_TOKEN') {
    return 'this token lacks connections:write: make an app-level token with it under Basic Information';
  }
  return faultWords(fault);
}
