import { Routes } from 'discord-api-types/v10';
import { z } from 'zod';
import type { Clock } from '../../ports/clock.ts';
import type { Delivery, Sender, Sent } from '../../ports/post.ts';
import type { Api, ApiNeeds } from './api.ts';
import { discordApi, faultOf, faultWords } from './api.ts';
import { HISTORY, NONCE_CHARS_MAX } from './limits.ts';
import { CODES, outcomeOf } from './outcome.ts';
import type { Body } from './render.ts';
import { footerOf, renderMessage } from './render.ts';

const Posted = z.object({ id: z.string().min(1) });

const Found = z.object({
  id: z.string().min(1),
  timestamp: z.string(),
  author: z.object({ id: z.string() }),
  content: z.string().catch(''),
  nonce: z.union([z.string(), z.number()]).nullish(),
  embeds: z.array(z.object({ footer: z.object({ text: z.string() }).nullish() })).catch([]),
  message_reference: z.object({ message_id: z.string().nullish() }).nullish(),
});

const SKEW_MS = 60_000; // clocks may differ by this much

/** Delivers posts to Discord: each call stands alone, so that nothing critical waits behind what is slow or held. */
export function discordSender(needs: ApiNeeds & { readonly clock: Clock }): Sender {
  const api = discordApi(needs);
  let botUserId: string | null = null;

  async function ownId(): Promise<string> {
    botUserId ??= Posted.parse(await api('GET', Routes.user())).id;
    return botUserId;
  }

  return {
    async deliver(delivery) {
      const { address, remoteId } = delivery;
      if (!isId(address)) {
        return { kind: 'dead', reason: 'This is no Discord channel. Bind one: /team channel, typed where it should be.' };
      }
      if (remoteId !== null && !isId(remoteId)) return { kind: 'gone' };
      try {
        const answer =
          remoteId === null
            ? await post(api, delivery)
            : await api('PATCH', Routes.channelMessage(address, remoteId), { body: bodyOf(delivery) });
        return sent(answer);
      } catch (fault) {
        return outcomeOf(faultOf(fault), { isEdit: remoteId !== null });
      }
    },
    async find(delivery) {
      if (!isId(delivery.address)) return null;
      try {
        return await search(api, delivery, await ownId());
      } catch (fault) {
        const met = faultOf(fault);
        // Where nothing can be looked at, only the nonce keeps a message from being posted twice; never posting it would be
        // worse.
        if (met.kind === 'refused' && met.status !== 401) return null;
        throw new Error(`whether it arrived could not be looked up: ${faultWords(met)}`, { cause: fault });
      }
    },
  };
}

function isId(address: string): boolean {
  return /^\d{1,20}$/u.test(address);
}

function bodyOf({ message, buttonIds, pings, postId, kind, remoteId }: Delivery): Body {
  // An edit rings nobody, whatever it is given.
  return renderMessage(message, { kind, buttonIds, pings: remoteId === null ? pings : [], postId });
}

async function post(api: Api, delivery: Delivery): Promise<unknown> {
  const { address, replyToRemoteId, postId, repostCount } = delivery;
  const nonce = (repostCount === 0 ? postId : `${postId}.${repostCount}`).slice(-NONCE_CHARS_MAX);
  const body = { ...bodyOf(delivery), nonce, enforce_nonce: true };
  const route = Routes.channelMessages(address);
  if (replyToRemoteId === null || !isId(replyToRemoteId)) return api('POST', route, { body });
  try {
    return await api('POST', route, {
      body: { ...body, message_reference: { message_id: replyToRemoteId, fail_if_not_exists: false } },
    });
  } catch (fault) {
    const met = faultOf(fault);
    // Being heard matters more than what it answers.
    if (met.kind === 'refused' && met.code === CODES.cannotReply) return api('POST', route, { body });
    throw fault;
  }
}

function sent(answer: unknown): Sent {
  const posted = Posted.safeParse(answer);
  if (posted.success) return { kind: 'sent', remoteId: posted.data.id };
  return { kind: 'retry', hold: 'post', afterMs: 0, reason: 'Discord answered without the message’s id' };
}

/** Looks among the newest messages, back to when the post was first wanted. */
async function search(api: Api, delivery: Delivery, ownId: string): Promise<{ readonly remoteId: string } | null> {
  const sinceMs = delivery.createdAtMs - SKEW_MS;
  let before: string | null = null;
  for (let look = 0; look < HISTORY.looks; look += 1) {
    const query: Record<string, string> = { limit: String(HISTORY.perLook), ...(before === null ? {} : { before }) };
    const page = z.array(z.unknown()).parse(await api('GET', Routes.channelMessages(delivery.address), { query }));
    const messages = page.flatMap((one) => {
      const message = Found.safeParse(one);
      return message.success ? [message.data] : [];
    });
    const found = messages.find((message) => message.author.id === ownId && isThisPost(message, delivery, sinceMs));
    if (found !== undefined) return { remoteId: found.id };
    const oldest = messages.at(-1);
    if (oldest === undefined || page.length < HISTORY.perLook || Date.parse(oldest.timestamp) < sinceMs) return null;
    before = oldest.id;
  }
  return null;
}

/**
 * A card is known by its footer. A ring has none: the same words in answer to the same card, since it was wanted, are
 * this ring.
 */
function isThisPost(message: z.infer<typeof Found>, delivery: Delivery, sinceMs: number): boolean {
  const { postId, kind, replyToRemoteId } = delivery;
  if (message.embeds.some(({ footer }) => footer?.text === footerOf(postId))) return true;
  if (kind !== 'ring' || Date.parse(message.timestamp) < sinceMs) return false;
  if (typeof message.nonce === 'string' && message.nonce.startsWith(postId)) return true;
  const answers = message.message_reference?.message_id ?? null;
  return message.content.trim() === bodyOf(delivery).content.trim() && (answers === null || answers === replyToRemoteId);
}
