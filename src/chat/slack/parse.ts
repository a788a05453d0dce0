import { z } from 'zod';
import type { AnyCommand } from '../../ports/command.ts';
import type { Ask } from '../../ports/chat.ts';
import { oneLine } from '../../words/summary.ts';
import { unescapeText, visible } from './escape.ts';
import { FormContext, FormState, formInput } from './form.ts';
import type { Envelope } from './frame.ts';
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

// What a request can do without is read as absent where a server sends it in a form of its own.
const Id = z.string().min(1).max(100);
const MaybeId = Id.nullish().catch(null);
const MaybeUrl = z
  .url({ protocol: /^https?$/u })
  .nullish()
  .catch(null);
const MaybeTrigger = z
  .union([z.string().min(1), z.number().transform(String)])
  .nullish()
  .catch(null);
const Words = z
  .string()
  .nullish()
  .catch(null)
  .transform((words) => words ?? '');
const Named = z.union([Id, z.object({ id: Id }).transform(({ id }) => id)]); // `{ id: 'U1' }` where Slack itself, 'U1' where others
const MaybeNamed = Named.nullish().catch(null);
const Ts = z
  .union([z.string().min(1), z.number().transform(String)])
  .nullish()
  .catch(null);

const Slash = z.object({
  command: z.string().min(1),
  text: Words,
  user_id: Id,
  team_id: MaybeId,
  channel_id: Id,
  trigger_id: MaybeTrigger,
  response_url: MaybeUrl,
});

/** A typed slash command, as the line it says. `/showcaller stock` is `/stock`, unless the showcaller group knows that word. */
export function parseSlash({ envelopeId, payload }: Envelope, commands: readonly AnyCommand[]): CommandAsked | null {
  const read = Slash.safeParse(payload);
  if (!read.success) return null;
  const { command, text, user_id, team_id, channel_id, trigger_id, response_url } = read.data;
  return {
    ...place({ workspaceId: team_id, userId: user_id, channel: channel_id }),
    requestKey: keyOf(trigger_id, envelopeId),
    triggerId: trigger_id ?? null,
    responseUrl: response_url ?? null,
    ask: { kind: 'text', text: lineOf(`/${command.replace(/^\/+/u, '')}`, unescapeText(text).trim(), commands) },
  };
}

/**
 * Slack gives a trigger with all that people do, and the same one when an envelope comes again. Without it only the envelope's
 * own id is left: what was sent may be the same for a second press, which is one more wish.
 */
function keyOf(own: string | null | undefined, envelopeId: string): string {
  return `slack:${own ?? envelopeId}`;
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
  team: MaybeNamed,
  user: Named,
  trigger_id: MaybeTrigger,
  response_url: MaybeUrl,
  container: z
    .object({
      type: z.string().catch('message'),
      message_ts: Ts,
      thread_ts: Ts,
      is_ephemeral: z.boolean().catch(false),
      channel_id: MaybeId,
    })
    .nullish()
    .catch(null),
  channel: MaybeNamed,
  message: z.object({ ts: Ts, thread_ts: Ts }).nullish().catch(null),
  view: z.unknown().optional(),
  actions: z.array(z.object({ action_id: z.string().catch(''), value: z.string().nullish().catch(null) })).min(1),
});

/** A pressed button of ours; `other` for anything else that happened in a block, null where it cannot be read. */
export function parsePress({ envelopeId, payload }: Envelope): ButtonAsked | 'other' | null {
  const read = Press.safeParse(payload);
  if (!read.success) return null;
  const { team, user, trigger_id, response_url, container, channel, message, view, actions } = read.data;
  const [action] = actions;
  const buttonId = action?.value ?? null;
  if (action === undefined || buttonId === null || !action.action_id.startsWith(`${PRESS_ACTION}:`)) return 'other';
  const inHome = container?.type === 'view' || (message == null && container == null && view != null);
  const ts = inHome ? null : (container?.message_ts ?? message?.ts ?? null);
  const shownAs = container?.is_ephemeral === true ? null : ts;
  return {
    // In the Home tab there is no channel; the person's own id is where Slack would write to them.
    ...place({ workspaceId: team, userId: user, channel: channel ?? container?.channel_id ?? user }),
    threadTs: threadOf(container?.thread_ts ?? message?.thread_ts, ts),
    requestKey: keyOf(trigger_id, envelopeId),
    triggerId: trigger_id ?? null,
    responseUrl: response_url ?? null,
    inHome,
    ask: { kind: 'button', buttonId, ...(shownAs === null ? {} : { shownAs }) },
  };
}

/** A message that was replied to names itself as its thread, yet it stands in the channel, and so do those who look at it. */
function threadOf(threadTs: string | null | undefined, ts: string | null | undefined): string | null {
  return threadTs == null || threadTs === ts ? null : threadTs;
}

const Submission = z.object({
  type: z.literal('view_submission'),
  team: MaybeNamed,
  user: Named,
  trigger_id: MaybeTrigger,
  view: z.object({
    id: Id,
    private_metadata: z.string(),
    state: FormState,
    blocks: z.array(z.object({ type: z.string().catch(''), block_id: z.string().nullish().catch(null) })).catch([]),
  }),
});

/** A submitted form of ours. */
export function parseSubmission({ payload }: Envelope): FormAsked | null {
  const read = Submission.safeParse(payload);
  const context = read.success ? contextOf(read.data.view.private_metadata) : null;
  if (!read.success || context === null) return null;
  const { team, user, trigger_id, view } = read.data;
  const { channel, threadTs, responseUrl, inHome, known = {} } = context;
  return {
    ...place({ workspaceId: team, userId: user, channel }),
    threadTs,
    // One form is one request, however often it is submitted: it stays open only while nothing has run.
    requestKey: `slack:${view.id}`,
    triggerId: trigger_id ?? null,
    responseUrl,
    inHome,
    ask: { kind: 'form', name: context.command, input: { ...known, ...formInput(view.state) } },
    fields: view.blocks.flatMap(({ type, block_id }) => (type === 'input' && typeof block_id === 'string' ? [block_id] : [])),
  };
}

const Suggestion = z.object({
  type: z.literal('block_suggestion'),
  team: MaybeNamed,
  user: Named,
  action_id: z.string(),
  value: Words,
  view: z.object({ private_metadata: z.string() }),
});

/** A field of a form of ours that proposals are wanted for. */
export function parseSuggestion({ payload }: Envelope): SuggestionAsked | null {
  const read = Suggestion.safeParse(payload);
  const context = read.success ? contextOf(read.data.view.private_metadata) : null;
  if (!read.success || context === null) return null;
  const { team, user, action_id, value } = read.data;
  const { command, channel } = context;
  return { workspaceId: team ?? null, userId: user, channel, command, option: action_id, typed: value };
}

const MessageAction = z.object({
  type: z.literal('message_action'),
  callback_id: z.string(),
  team: MaybeNamed,
  user: Named,
  trigger_id: MaybeTrigger,
  response_url: MaybeUrl,
  channel: Named,
  message: z.object({ text: Words, ts: Ts, thread_ts: Ts }),
});

/** A command chosen from a message's menu: the message's first line is what it is about. */
export function parseShortcut({ envelopeId, payload }: Envelope, commands: readonly AnyCommand[]): CommandAsked | null {
  const read = MessageAction.safeParse(payload);
  if (!read.success) return null;
  const { callback_id, team, user, trigger_id, response_url, channel, message } = read.data;
  const command = commands.find(({ name, shortcut }) => shortcut !== undefined && callback_id === `${SHORTCUT_CALLBACK}${name}`);
  if (command?.shortcut === undefined) return null;
  const option = command.options[command.shortcut.fills];
  const charsMax = option?.kind === 'text' ? option.charsMax : 0;
  const line = firstLine(message.text, charsMax);
  return {
    ...place({ workspaceId: team, userId: user, channel }),
    threadTs: threadOf(message.thread_ts, message.ts),
    requestKey: keyOf(trigger_id, envelopeId),
    triggerId: trigger_id ?? null,
    responseUrl: response_url ?? null,
    ask: { kind: 'typed', name: command.name, input: line === '' ? {} : { [command.shortcut.fills]: line } },
  };
}

const Home = z.object({
  team_id: MaybeId,
  event_id: MaybeId,
  event: z.object({ type: z.literal('app_home_opened'), user: Named, tab: z.string().nullish().catch(null) }),
});

/** Somebody opened our Home tab; null for the other tabs of the app. */
export function parseHomeOpened({ envelopeId, payload }: Envelope): HomeOpened | null {
  const read = Home.safeParse(payload);
  if (!read.success || (read.data.event.tab ?? 'home') !== 'home') return null;
  const { team_id, event_id, event } = read.data;
  return { workspaceId: team_id ?? null, userId: event.user, requestKey: keyOf(event_id, envelopeId) };
}

const Unread = z.object({
  user_id: MaybeId,
  user: MaybeNamed,
  channel_id: MaybeId,
  channel: MaybeNamed,
  response_url: MaybeUrl,
});

/** Whom to tell, and where, that what they did could not be read; null where not even that can be. */
export function parseUnread({ envelopeId, payload }: Envelope): Asked | null {
  const read = Unread.safeParse(payload);
  const userId = read.data?.user_id ?? read.data?.user ?? null;
  if (!read.success || userId === null) return null;
  const { channel_id, channel, response_url } = read.data;
  return {
    ...place({ workspaceId: null, userId, channel: channel_id ?? channel ?? userId }),
    requestKey: keyOf(null, envelopeId),
    triggerId: null,
    responseUrl: response_url ?? null,
  };
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
