import { Routes } from 'discord-api-types/v10';
import { z } from 'zod';
import type { Clock } from '../../ports/clock.ts';
import type { Delivery, Sender, Sent } from '../../ports/post.ts';
import type { Api, ApiNeeds } from './api.ts';
import { discordApi, faultOf, faultWords, isLacking } from './api.ts';
import { Id, Thing } from './json.ts';
import { HISTORY, NONCE_CHARS_MAX } from './limits.ts';
import type { Notes } from './notes.ts';
import { discordNotes } from './notes.ts';
import { CODES, outcomeOf } from './outcome.ts';
import type { Body } from './render.ts';
import { footerOf, renderMessage } from './render.ts';

const Found = z.object({
  id: Id,
  timestamp: z.string().catch(''),
  author: Thing,
  content: z.string().catch(''),
  nonce: z.string().nullish().catch(null),
  embeds: z.array(z.object({ footer: z.object({ text: z.string() }).nullish() })).catch([]),
  message_reference: z.object({ message_id: Id.nullish() }).nullish().catch(null),
});

const SKEW_MS = 60_000; // clocks may differ by this much

const NO_HISTORY = 'This server has no history to look in, so a message whose answer was lost may be posted a second time.';
const NO_EDITS = 'This server takes no edits, so a card stays as it was first posted.';
const NAMELESS =
  'The server took the message without telling its id, so it cannot be kept up to date. It stands there as it was posted.';

/** Delivers posts to Discord: each call stands alone, so that nothing critical waits behind what is slow or held. */
export function discordSender(needs: ApiNeeds & { readonly clock: Clock; readonly notes?: Notes }): Sender {
  const api = discordApi(needs);
  const { notes = discordNotes() } = needs;
  let botUserId: string | null = null;

  /** Null where the server has no way to tell. */
  async function ownId(): Promise<string | null> {
    try {
      botUserId ??= Thing.parse(await api('GET', Routes.user()))?.id ?? null;
    } catch (fault) {
      const met = faultOf(fault);
      if (met.kind !== 'refused' || met.status === 401) throw fault;
    }
    return botUserId;
  }

  async function find(delivery: Delivery): Promise<{ readonly remoteId: string } | null> {
    try {
      const found = await search(api, delivery, await ownId());
      notes.note('history', null);
      return found;
    } catch (fault) {
      const met = faultOf(fault);
      const isMissing = met.kind === 'unread' || isLacking(met);
      if (isMissing) notes.note('history', NO_HISTORY);
      // Where nothing can be looked at, only the nonce keeps a message from being posted twice; never posting it would be
      // worse.
      if (isMissing || (met.kind === 'refused' && met.status !== 401)) return null;
      throw new Error(`whether it arrived could not be looked up: ${faultWords(met)}`, { cause: fault });
    }
  }

  async function edit(delivery: Delivery, remoteId: string): Promise<Sent> {
    try {
      await api('PATCH', Routes.channelMessage(delivery.address, remoteId), { body: bodyOf(delivery) });
      notes.note('edits', null);
      return { kind: 'sent', remoteId };
    } catch (fault) {
      const met = faultOf(fault);
      const outcome = outcomeOf(met, { isEdit: true });
      // What is gone may be the message alone.
      if (isLacking(met) && outcome.kind !== 'gone') notes.note('edits', NO_EDITS);
      return outcome;
    }
  }

  async function postAnew(delivery: Delivery): Promise<Sent> {
    let answer: unknown;
    try {
      answer = await post(api, delivery);
    } catch (fault) {
      return outcomeOf(faultOf(fault), { isEdit: false });
    }
    const remoteId = Thing.parse(answer)?.id ?? (await find(delivery).catch(() => null))?.remoteId;
    // It is there, so another attempt would post it a second time.
    return remoteId === undefined ? { kind: 'dead', reason: NAMELESS } : { kind: 'sent', remoteId };
  }

  return {
    async deliver(delivery) {
      const { address, remoteId } = delivery;
      if (!isId(address)) {
        return { kind: 'dead', reason: 'This is no Discord channel. Bind one: /team channel, typed where it should be.' };
      }
      if (remoteId === null) return postAnew(delivery);
      return isId(remoteId) ? edit(delivery, remoteId) : { kind: 'gone' };
    },
    async find(delivery) {
      return isId(delivery.address) ? find(delivery) : null;
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

const MAY_NOT_REPLY: readonly number[] = [CODES.cannotReply, CODES.missingPermissions];

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
    // Being heard matters more than what it answers. A server may name only the permission that replying takes.
    if (met.kind === 'refused' && MAY_NOT_REPLY.includes(met.code)) return api('POST', route, { body });
    throw fault;
  }
}

/** Looks among the newest messages, back to when the post was first wanted. `ownId` null: nobody tells which are ours. */
async function search(api: Api, delivery: Delivery, ownId: string | null): Promise<{ readonly remoteId: string } | null> {
  const sinceMs = delivery.createdAtMs - SKEW_MS;
  let before: string | null = null;
  for (let look = 0; look < HISTORY.looks; look += 1) {
    const query: Record<string, string> = { limit: String(HISTORY.perLook), ...(before === null ? {} : { before }) };
    const page = z.array(z.unknown()).parse(await api('GET', Routes.channelMessages(delivery.address), { query }));
    const messages = page.flatMap((one) => {
      const message = Found.safeParse(one);
      return message.success ? [message.data] : [];
    });
    const found = messages.find((message) => isThisPost(message, { delivery, ownId, sinceMs }));
    if (found !== undefined) return { remoteId: found.id };
    const oldest = messages.at(-1);
    if (oldest === undefined || page.length < HISTORY.perLook || Date.parse(oldest.timestamp) < sinceMs) return null;
    before = oldest.id;
  }
  return null;
}

/**
 * A card is known by its footer. A ring has none: the same words in answer to the same card, since it was wanted, are
 * this ring; but not where they may be another's.
 */
function isThisPost(
  { author, timestamp, embeds, nonce, content, message_reference: reference }: z.infer<typeof Found>,
  { delivery, ownId, sinceMs }: { readonly delivery: Delivery; readonly ownId: string | null; readonly sinceMs: number },
): boolean {
  const { postId, kind, replyToRemoteId } = delivery;
  const authorId = author?.id ?? null;
  if (ownId !== null && authorId !== null && authorId !== ownId) return false;
  if (embeds.some(({ footer }) => footer?.text === footerOf(postId))) return true;
  if (typeof nonce === 'string' && nonce.startsWith(postId)) return true;
  const isOurs = ownId !== null && authorId === ownId;
  // A time that cannot be read is later than none.
  if (kind !== 'ring' || !isOurs || !(Date.parse(timestamp) >= sinceMs)) return false;
  const answers = reference?.message_id ?? null;
  return content.trim() === bodyOf(delivery).content.trim() && (answers === null || answers === replyToRemoteId);
}
