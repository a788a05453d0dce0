import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Delivery } from '../../ports/post.ts';
import { faultWords, isUnknownMethod, slackFault } from './faults.ts';
import { LOOKUP } from './limits.ts';
import type { SlackNotes } from './notes.ts';

/** The kind of metadata our posts carry; its payload names the post. */
export const POST_EVENT = 'showcaller_post';

const TS_DECIMALS = 6;

/** A message's id: `1700000000.000100`. Some servers give it as a number, which has lost its last noughts. */
export const Ts = z.union([
  z.string().min(1),
  z.number().transform((ts) => (Number.isInteger(ts) ? String(ts) : ts.toFixed(TS_DECIMALS))),
]);

// The SDK sends metadata as JSON text, and a lesser server may give it back as it came.
const Metadata = z.preprocess(
  (metadata) => (typeof metadata === 'string' ? parsed(metadata) : metadata),
  z.object({ event_type: z.literal(POST_EVENT), event_payload: z.object({ post_id: z.string() }) }),
);
const Message = z.object({ ts: Ts, metadata: Metadata });
const Page = z.object({
  messages: z.array(z.unknown()).nullish().catch(null),
  response_metadata: z.object({ next_cursor: z.string().nullish() }).nullish().catch(null),
});

/**
 * Looks through what was said since the post was first wanted. A server without these methods, or a channel that is closed to us,
 * answers that nothing is there; a missing scope or a failure throws, for then nobody can tell.
 */
export async function findPost(
  client: WebClient,
  delivery: Delivery,
  notes: SlackNotes,
): Promise<{ readonly remoteId: string } | null> {
  const { address: channel, replyToRemoteId, createdAtMs, postId } = delivery;
  const oldest = String(Math.floor((createdAtMs - LOOKUP.earlierMs) / 1_000));
  const ask = { channel, oldest, limit: LOOKUP.pageMessages, include_all_metadata: true };
  let cursor: string | undefined;
  for (let page = 0; page < LOOKUP.pagesMax; page += 1) {
    const at = cursor === undefined ? ask : { ...ask, cursor };
    const answer = await pageOf(client, at, { threadTs: replyToRemoteId, notes });
    if (answer === null) return null;
    for (const message of answer.messages ?? []) {
      const read = Message.safeParse(message); // most are not ours
      if (read.data?.metadata.event_payload.post_id === postId) return { remoteId: read.data.ts };
    }
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

async function pageOf(
  client: WebClient,
  ask: PageAsk,
  { threadTs, notes }: { readonly threadTs: string | null; readonly notes: SlackNotes },
): Promise<z.infer<typeof Page> | null> {
  const method = threadTs === null ? 'conversations.history' : 'conversations.replies';
  try {
    const answer =
      threadTs === null ? await client.conversations.history(ask) : await client.conversations.replies({ ...ask, ts: threadTs });
    notes.has(method);
    return Page.parse(answer);
  } catch (thrown) {
    const fault = slackFault(thrown);
    if (isUnknownMethod(fault)) notes.lacks(method);
    if (isUnknownMethod(fault) || (fault.kind === 'refused' && NOTHING_THERE.includes(fault.error))) return null;
    const why = faultWords(fault);
    throw new Error(`It cannot be looked up whether an earlier attempt arrived: ${why}`, { cause: thrown });
  }
}

const NOTHING_THERE = ['channel_not_found', 'not_in_channel', 'thread_not_found', 'is_archived'];

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
