import type { ChatPostMessageArguments, WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Clock } from '../../ports/clock.ts';
import type { Delivery, Sender, Sent } from '../../ports/post.ts';
import type { SlackServer } from './client.ts';
import { slackClient } from './client.ts';
import { isUnknownMethod, slackFault } from './faults.ts';
import { findPost, POST_EVENT, Ts } from './find.ts';
import type { SlackNotes } from './notes.ts';
import { slackNotes } from './notes.ts';
import { isUntold, outcomeOf, THREAD_ERRORS } from './outcome.ts';
import { renderMessage } from './render.ts';

export type SlackSenderNeeds = SlackServer & {
  readonly token: string;
  readonly clock: Clock;
  readonly notes?: SlackNotes; // those the connection shows; not given: nobody reads them
};

const PLAIN_FOR_MS = 3_600_000;

/**
 * Delivers posts to Slack through a client of its own, which neither retries nor queues: each call is one attempt, and its
 * outcome is the courier's to settle.
 */
export function slackSender(needs: SlackSenderNeeds): Sender {
  const { clock, notes = slackNotes() } = needs;
  const client = slackClient(needs.token, needs);

  async function deliver(delivery: Delivery): Promise<Sent> {
    try {
      return await (delivery.remoteId === null ? post(delivery) : edit(delivery, delivery.remoteId));
    } catch (thrown) {
      return outcomeOf(slackFault(thrown), delivery);
    }
  }

  async function edit(delivery: Delivery, ts: string): Promise<Sent> {
    try {
      await client.chat.update({ channel: delivery.address, ts, ...shown(delivery) });
      notes.has('chat.update');
    } catch (thrown) {
      if (isUnknownMethod(slackFault(thrown))) notes.lacks('chat.update');
      throw thrown;
    }
    return { kind: 'sent', remoteId: ts };
  }

  async function post(delivery: Delivery): Promise<Sent> {
    const message = { channel: delivery.address, ...shown(delivery), unfurl_links: false, unfurl_media: false };
    const answer = await named({ ...message, ...threadOf(delivery) }, delivery.postId).catch((thrown: unknown) => {
      // Being heard matters more than what it answers: the card it replies to may have been deleted.
      const fault = slackFault(thrown);
      if (delivery.replyToRemoteId === null || fault.kind !== 'refused' || !THREAD_ERRORS.includes(fault.error)) throw thrown;
      return named(message, delivery.postId);
    });
    const { ts, message: posted } = PostAnswer.parse(answer);
    const remoteId = ts ?? posted?.ts ?? null;
    if (remoteId !== null) return { kind: 'sent', remoteId };
    // To try again would say it twice.
    notes.lacks('message ids');
    return { kind: 'dead', reason: 'Slack posted this without saying which message it is, so it stays as it was posted' };
  }

  const shown = (delivery: Delivery) => {
    const { text, blocks } = renderMessage(delivery.message, { ...delivery, nowMs: clock.now() });
    return { text, blocks: [...blocks] };
  };
  const named = naming(client, clock, notes);

  return { deliver, find: (delivery) => findPost(client, delivery, notes) };
}

/** Posts with the post's id as metadata, for as long as the server takes it: by that a post is found again. */
function naming(client: WebClient, clock: Clock, notes: SlackNotes) {
  let plainUntilMs = 0;
  return async (message: ChatPostMessageArguments, postId: string): Promise<unknown> => {
    const plainly = () => client.apiCall('chat.postMessage', { ...message });
    if (clock.now() < plainUntilMs) return plainly();
    const metadata = { event_type: POST_EVENT, event_payload: { post_id: postId } };
    try {
      const answer = await client.apiCall('chat.postMessage', { ...message, metadata });
      notes.has('metadata');
      return answer;
    } catch (thrown) {
      if (!isUntold(slackFault(thrown))) throw thrown;
    }
    // If it goes through now, metadata was what this server refused; if not, something else is wrong with the post.
    const answer = await plainly();
    notes.lacks('metadata');
    plainUntilMs = clock.now() + PLAIN_FOR_MS;
    return answer;
  };
}

const PostAnswer = z.object({
  ts: Ts.nullish().catch(null),
  message: z.object({ ts: Ts }).nullish().catch(null),
});

/** Where a ring is posted: below the card it answers, and in the channel too when it is critical. */
function threadOf({ replyToRemoteId, broadcast }: Delivery): Pick<ChatPostMessageArguments, 'thread_ts'> {
  if (replyToRemoteId === null) return {};
  return { thread_ts: replyToRemoteId, ...(broadcast ? { reply_broadcast: true } : {}) };
}
