import type { ChatPostMessageArguments, WebClient } from '@slack/web-api';
import { z } from 'zod';
import { unreachable } from '../../domain/unreachable.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Delivery, Sender, Sent } from '../../ports/post.ts';
import type { SlackServer } from './client.ts';
import { slackClient } from './client.ts';
import type { SlackFault } from './faults.ts';
import { faultWords, slackFault, TOKEN_ERRORS, tokenWords, UNKNOWN_METHOD_ERRORS } from './faults.ts';
import { LOOKUP } from './limits.ts';
import { renderMessage } from './render.ts';

export type SlackSenderNeeds = SlackServer & { readonly token: string; readonly clock: Clock };

/** The kind of metadata our posts carry; its payload names the post. */
export const POST_EVENT = 'showcaller_post';

const UNREACHABLE_MS = 2_000;
const TOKEN_MS = 60_000;
const METADATA_ERRORS = [
  'invalid_arguments',
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'metadata_must_be_sent_from_app',
  'metadata_too_large',
];
const THREAD_ERRORS = ['thread_not_found', 'cannot_reply_to_message', 'message_not_found'];
const GONE_ERRORS = ['message_not_found', 'cant_update_message', 'edit_window_closed'];

/**
 * Delivers posts to Slack through a client of its own, which neither retries nor queues: each call is one attempt, and its
 * outcome is the courier's to settle.
 */
export function slackSender(needs: SlackSenderNeeds): Sender {
  const client = slackClient(needs.token, needs);
  let metadataTaken = true; // a lesser server may not know metadata; then posts go without, and none is found again

  async function deliver(delivery: Delivery): Promise<Sent> {
    try {
      return await attempt(delivery);
    } catch (thrown) {
      return outcomeOf(slackFault(thrown), delivery);
    }
  }

  async function attempt(delivery: Delivery): Promise<Sent> {
    const { address: channel, remoteId: ts } = delivery;
    const { text, blocks } = renderMessage(delivery.message, { ...delivery, nowMs: needs.clock.now() });
    if (ts !== null) {
      await client.chat.update({ channel, ts, text, blocks: [...blocks] });
      return { kind: 'sent', remoteId: ts };
    }
    const post = { channel, text, blocks: [...blocks], unfurl_links: false, unfurl_media: false };
    const answer = await posted({ ...post, ...threadOf(delivery) }, delivery.postId).catch((thrown: unknown) => {
      // Being heard matters more than what it answers: the card it replies to may have been deleted.
      if (delivery.replyToRemoteId === null || !isRefusal(thrown, THREAD_ERRORS)) throw thrown;
      return posted(post, delivery.postId);
    });
    return { kind: 'sent', remoteId: PostAnswer.parse(answer).ts };
  }

  async function posted(post: ChatPostMessageArguments, postId: string): Promise<unknown> {
    if (!metadataTaken) return client.apiCall('chat.postMessage', { ...post });
    const metadata = { event_type: POST_EVENT, event_payload: { post_id: postId } };
    try {
      return await client.apiCall('chat.postMessage', { ...post, metadata });
    } catch (thrown) {
      if (!isRefusal(thrown, METADATA_ERRORS)) throw thrown;
    }
    // If it goes through now, metadata was what this server refused; if not, something else is wrong with the post.
    const answer = await client.apiCall('chat.postMessage', { ...post });
    metadataTaken = false;
    return answer;
  }

  return { deliver, find: (delivery) => find(client, delivery) };
}

const PostAnswer = z.object({ ts: z.string().min(1) });

/** Where a ring is posted: below the card it answers, and in the channel too when it is critical. */
function threadOf({ replyToRemoteId, broadcast }: Delivery): Pick<ChatPostMessageArguments, 'thread_ts'> {
  if (replyToRemoteId === null) return {};
  return { thread_ts: replyToRemoteId, ...(broadcast ? { reply_broadcast: true } : {}) };
}

const Page = z.object({
  messages: z
    .array(
      z.object({
        ts: z.string(),
        metadata: z
          .object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) })
          .nullish()
          .catch(null),
      }),
    )
    .default([]),
  response_metadata: z.object({ next_cursor: z.string().nullish() }).nullish(),
});

/**
 * Looks through what was said since the post was first wanted. A server without these methods, or a channel that is closed to us,
 * answers that nothing is there; a missing scope or a failure throws, for then nobody can tell.
 */
async function find(client: WebClient, delivery: Delivery): Promise<{ readonly remoteId: string } | null> {
  const { address: channel, replyToRemoteId, createdAtMs, postId } = delivery;
  const oldest = String(Math.floor((createdAtMs - LOOKUP.earlierMs) / 1_000));
  const ask = { channel, oldest, limit: LOOKUP.pageMessages, include_all_metadata: true };
  let cursor: string | undefined;
  for (let page = 0; page < LOOKUP.pagesMax; page += 1) {
    const at = cursor === undefined ? ask : { ...ask, cursor };
    const answer = await pageOf(client, at, replyToRemoteId);
    if (answer === null) return null;
    const found = answer.messages.find(
      ({ metadata }) => metadata?.event_type === POST_EVENT && metadata.event_payload.post_id === postId,
    );
    if (found !== undefined) return { remoteId: found.ts };
    cursor = answer.response_metadata?.next_cursor ?? '';
    if (cursor === '') return null;
  }
  return null; // so much was said since that a second copy is better than none
}

type PageAsk = {
  readonly channel: string;
  readonly oldest: string;
  readonly limit: number;
  readonly include_all_metadata: boolean;
};

async function pageOf(client: WebClient, ask: PageAsk, threadTs: string | null): Promise<z.infer<typeof Page> | null> {
  try {
    const answer =
      threadTs === null ? await client.conversations.history(ask) : await client.conversations.replies({ ...ask, ts: threadTs });
    return Page.parse(answer);
  } catch (thrown) {
    if (thrown instanceof z.ZodError) throw thrown;
    const fault = slackFault(thrown);
    if (fault.kind === 'refused' && NOTHING_THERE.includes(fault.error)) return null;
    const why = faultWords(fault);
    throw new Error(`It cannot be looked up whether an earlier attempt arrived: ${why}`, { cause: thrown });
  }
}

const NOTHING_THERE = [...UNKNOWN_METHOD_ERRORS, 'channel_not_found', 'not_in_channel', 'thread_not_found', 'is_archived'];

function isRefusal(thrown: unknown, errors: readonly string[]): boolean {
  const fault = slackFault(thrown);
  return fault.kind === 'refused' && errors.includes(fault.error);
}

function outcomeOf(fault: SlackFault, { remoteId, address }: Delivery): Sent {
  switch (fault.kind) {
    case 'rate-limited':
      return {
        kind: 'retry',
        afterMs: fault.afterMs,
        hold: 'destination',
        reason: 'Slack asked us to slow down in this channel',
      };
    case 'unreachable':
      return { kind: 'retry', afterMs: UNREACHABLE_MS, hold: 'platform', reason: fault.told };
    case 'in-doubt':
      return { kind: 'retry', afterMs: 0, hold: 'post', reason: fault.told };
    case 'refused': {
      const { error, needed, details } = fault;
      if (remoteId !== null && GONE_ERRORS.includes(error)) return { kind: 'gone' };
      if (TOKEN_ERRORS.includes(error)) {
        return { kind: 'retry', afterMs: TOKEN_MS, hold: 'platform', reason: tokenWords(error, 'SLACK_BOT_TOKEN') };
      }
      const words = deadWords(error, address, needed, details);
      // What we have no words for may pass; the courier gives up after its own number of attempts.
      return words === null
        ? { kind: 'retry', afterMs: 0, hold: 'post', reason: faultWords(fault) }
        : { kind: 'dead', reason: words };
    }
    default:
      return unreachable(fault);
  }
}

const REFUSAL_WORDS: Readonly<Record<string, string>> = {
  channel_not_found: 'Slack knows no such channel, or it is private and Showcaller is not in it: type /invite @Showcaller there',
  not_in_channel: 'Showcaller is not in this channel: type /invite @Showcaller there',
  is_archived: 'This channel is archived: bring it back, or bind another with /team channel',
  restricted_action: 'A workspace setting lets only some people post in this channel: allow Showcaller there',
  restricted_action_read_only_channel: 'Nobody may post in this channel: change that, or bind another with /team channel',
  restricted_action_thread_only_channel: 'Only replies are allowed in this channel: bind another with /team channel',
  restricted_action_non_threadable_channel: 'Replies are not allowed in this channel: bind another with /team channel',
  no_permission: 'Showcaller may not post in this channel: check the app and the channel in Slack',
  ekm_access_denied: 'An administrator has closed this workspace for apps for now',
  msg_too_long: 'The message is too long for Slack',
  msg_blocks_too_long: 'The message is too long for Slack',
  no_text: 'Slack took the message for empty',
  cannot_dm_bot: 'The address is a bot, which takes no messages',
  user_not_found: 'The address is nobody Slack knows',
  messages_tab_disabled: 'The app takes no direct messages: switch its Messages tab on',
};

function deadWords(error: string, address: string, needed: string | null, details: string | null): string | null {
  if (error === 'missing_scope') {
    const scope = needed === null ? 'a scope' : `the scope ${needed}`;
    return `The Slack app lacks ${scope}: put in the newest manifest (npm start -- manifest) and install the app again`;
  }
  if (error === 'invalid_blocks' || error === 'invalid_blocks_format' || error === 'invalid_arguments') {
    return `Slack cannot show this message (${error}${details === null ? '' : `: ${details}`}); please report it`;
  }
  if (UNKNOWN_METHOD_ERRORS.includes(error)) return `This Slack server cannot post messages (${error})`;
  const words = REFUSAL_WORDS[error];
  return words === undefined ? null : `${words} (channel ${address})`;
}
