import { z } from 'zod';
import type { AnyCommand } from '../../ports/command.ts';
import type { Ask } from '../../ports/chat.ts';
import { oneLine } from '../../words/summary.ts';
import { unescapeText, visible } from './escape.ts';
import { FormContext, FormState, formInput } from './form.ts';
import { PRESS_ACTION } from './render.ts';

/** What every request says: who asked, where, how to open a form and where the private answer goes. */
export type Asked = {
  readonly workspaceId: string | null; // null: Slack did not say, so it is the one we are connected to
  readonly userId: string;
  readonly channel: string;
  readonly threadTs: string | null; // the thread the answer belongs in
  readonly requestKey: string; // the same when Slack delivers the request again
  readonly triggerId: string | null;
  readonly responseUrl: string | null;
  readonly inHome: boolean;
};

export type CommandAsked = Asked & { readonly ask: Ask };
export type ButtonAsked = Asked & { readonly ask: Extract<Ask, { readonly kind: 'button' }> };
export type FormAsked = Asked & {
  readonly ask: Extract<Ask, { readonly kind: 'form' }>;
  readonly fields: readonly string[]; // that were shown, in order
};
export type SuggestionAsked = {
  readonly workspaceId: string | null;
  readonly userId: string;
  readonly channel: string;
  readonly command: string;
  readonly option: string;
  readonly typed: string;
};
export type HomeOpened = { readonly workspaceId: string | null; readonly userId: string; readonly requestKey: string };

/** What message shortcuts of ours are called, followed by the command they fill. */
export const SHORTCUT_CALLBACK = 'command:';

const Id = z.string().min(1).max(100);
const Url = z.url({ protocol: /^https?$/u });
const Team = z.object({ id: Id }).nullish();
const User = z.object({ id: Id });

const Slash = z.object({
  command: z.string().regex(/^\//u),
  text: z.string().default(''),
  user_id: Id,
  team_id: Id.nullish(),
  channel_id: Id,
  trigger_id: z.string().min(1),
  response_url: Url.nullish(),
});

/** A typed slash command, as the line it says. `/showcaller stock` is `/stock`, unless the showcaller group knows that word. */
export function parseSlash(body: unknown, commands: readonly AnyCommand[]): CommandAsked | null {
  const read = Slash.safeParse(body);
  if (!read.success) return null;
  const { command, text, user_id, team_id, channel_id, trigger_id, response_url } = read.data;
  return {
    ...place({ workspaceId: team_id, userId: user_id, channel: channel_id }),
    // Slack gives a trigger with every command typed, and the same one when an envelope comes again.
    requestKey: `slack:${trigger_id}`,
    triggerId: trigger_id,
    responseUrl: response_url ?? null,
    ask: { kind: 'text', text: lineOf(command, unescapeText(text).trim(), commands) },
  };
}

const UMBRELLA = '/showcaller';

function lineOf(command: string, text: string, commands: readonly AnyCommand[]): string {
  const word = /^\/?(\S+)/u.exec(text)?.[1]?.toLowerCase();
  if (command !== UMBRELLA || word === undefined) return `${command} ${text}`.trim();
  const named = (group: string) => commands.some(({ name }) => name === group || name.startsWith(`${group} `));
  const own = commands.some(({ name }) => name === `${UMBRELLA.slice(1)} ${word}`);
  return !own && named(word) ? `/${text.replace(/^\//u, '')}` : `${command} ${text}`;
}

const Press = z.object({
  type: z.literal('block_actions'),
  team: Team,
  user: User,
  trigger_id: z.string().min(1),
  response_url: Url.nullish(),
  container: z.object({
    type: z.string(),
    message_ts: z.string().nullish(),
    thread_ts: z.string().nullish(),
    is_ephemeral: z.boolean().default(false),
  }),
  channel: z.object({ id: Id }).nullish(),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().nullish() })).min(1),
});

/** A pressed button of ours; null for anything else that happened in a block. */
export function parsePress(body: unknown): ButtonAsked | null {
  const read = Press.safeParse(body);
  if (!read.success) return null;
  const { team, user, trigger_id, response_url, container, channel, actions } = read.data;
  const [action] = actions;
  const buttonId = action?.value ?? null;
  if (action === undefined || buttonId === null || !action.action_id.startsWith(`${PRESS_ACTION}:`)) return null;
  const inHome = container.type === 'view';
  const shownAs = container.type === 'message' && !container.is_ephemeral ? container.message_ts : null;
  return {
    // In the Home tab there is no channel; the person's own id is where Slack would write to them.
    ...place({ workspaceId: team?.id, userId: user.id, channel: channel?.id ?? user.id }),
    threadTs: container.thread_ts ?? null,
    requestKey: `slack:${trigger_id}`, // a second press has a trigger of its own; the same press delivered again has not
    triggerId: trigger_id,
    responseUrl: response_url ?? null,
    inHome,
    ask: { kind: 'button', buttonId, ...(typeof shownAs === 'string' ? { shownAs } : {}) },
  };
}

const Submission = z.object({
  type: z.literal('view_submission'),
  team: Team,
  user: User,
  trigger_id: z.string().nullish(),
  view: z.object({
    id: Id,
    private_metadata: z.string(),
    state: FormState,
    blocks: z.array(z.object({ type: z.string(), block_id: z.string().nullish() })).default([]),
  }),
});

/** A submitted form of ours. */
export function parseSubmission(body: unknown): FormAsked | null {
  const read = Submission.safeParse(body);
  const context = read.success ? contextOf(read.data.view.private_metadata) : null;
  if (!read.success || context === null) return null;
  const { team, user, trigger_id, view } = read.data;
  const { channel, threadTs, responseUrl, inHome } = context;
  return {
    ...place({ workspaceId: team?.id, userId: user.id, channel }),
    threadTs,
    // One form is one request, however often it is submitted: it stays open only while nothing has run.
    requestKey: `slack:${view.id}`,
    triggerId: trigger_id ?? null,
    responseUrl,
    inHome,
    ask: { kind: 'form', name: context.command, input: formInput(view.state) },
    fields: view.blocks.flatMap(({ type, block_id }) => (type === 'input' && typeof block_id === 'string' ? [block_id] : [])),
  };
}

const Suggestion = z.object({
  type: z.literal('block_suggestion'),
  team: Team,
  user: User,
  action_id: z.string(),
  value: z.string().default(''),
  view: z.object({ private_metadata: z.string() }),
});

/** A field of a form of ours that proposals are wanted for. */
export function parseSuggestion(body: unknown): SuggestionAsked | null {
  const read = Suggestion.safeParse(body);
  const context = read.success ? contextOf(read.data.view.private_metadata) : null;
  if (!read.success || context === null) return null;
  const { team, user, action_id, value } = read.data;
  const { command, channel } = context;
  return { workspaceId: team?.id ?? null, userId: user.id, channel, command, option: action_id, typed: value };
}

const MessageAction = z.object({
  type: z.literal('message_action'),
  callback_id: z.string(),
  team: Team,
  user: User,
  trigger_id: z.string().min(1),
  response_url: Url.nullish(),
  channel: z.object({ id: Id }),
  message: z.object({ text: z.string().default(''), thread_ts: z.string().nullish() }),
});

/** A command chosen from a message's menu: the message's first line is what it is about. */
export function parseShortcut(body: unknown, commands: readonly AnyCommand[]): CommandAsked | null {
  const read = MessageAction.safeParse(body);
  if (!read.success) return null;
  const { callback_id, team, user, trigger_id, response_url, channel, message } = read.data;
  const command = commands.find(({ name, shortcut }) => shortcut !== undefined && callback_id === `${SHORTCUT_CALLBACK}${name}`);
  if (command?.shortcut === undefined) return null;
  const option = command.options[command.shortcut.fills];
  const charsMax = option?.kind === 'text' ? option.charsMax : 0;
  const line = firstLine(message.text, charsMax);
  return {
    ...place({ workspaceId: team?.id, userId: user.id, channel: channel.id }),
    threadTs: message.thread_ts ?? null,
    requestKey: `slack:${trigger_id}`,
    triggerId: trigger_id,
    responseUrl: response_url ?? null,
    ask: { kind: 'typed', name: command.name, input: line === '' ? {} : { [command.shortcut.fills]: line } },
  };
}

const Home = z.object({
  team_id: Id.nullish(),
  event_id: Id,
  event: z.object({ type: z.literal('app_home_opened'), user: Id, tab: z.string().nullish() }),
});

/** Somebody opened our Home tab; null for the other tabs of the app. */
export function parseHomeOpened(body: unknown): HomeOpened | null {
  const read = Home.safeParse(body);
  if (!read.success || (read.data.event.tab ?? 'home') !== 'home') return null;
  const { team_id, event_id, event } = read.data;
  return { workspaceId: team_id ?? null, userId: event.user, requestKey: `slack:${event_id}` };
}

function place({
  workspaceId,
  userId,
  channel,
}: {
  readonly workspaceId: string | null | undefined;
  readonly userId: string;
  readonly channel: string;
}) {
  return { workspaceId: workspaceId ?? null, userId, channel, threadTs: null, inHome: false };
}

function contextOf(privateMetadata: string): FormContext | null {
  try {
    return FormContext.safeParse(JSON.parse(privateMetadata)).data ?? null;
  } catch {
    return null; // a form of somebody else's
  }
}

/** A message's first line as a person reads it: links by their words, people and channels by names where Slack says them. */
function firstLine(text: string, charsMax: number): string {
  const read = text.replaceAll(/<([^<>|]*)(?:\|([^<>]*))?>/gu, (_, target: string, label: string | undefined) => label ?? target);
  const line = visible(unescapeText(read))
    .split('\n')
    .find((one) => one.trim() !== '');
  return line === undefined || charsMax === 0 ? '' : oneLine(line, charsMax);
}
