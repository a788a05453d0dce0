import { z } from 'zod';
import { contentRefused, fail, type Answer, type Room } from './method.ts';
import { shapeFaults } from './limits.ts';
import type { ResponseUrl } from './lifetimes.ts';
import type { Json } from './types.ts';
import { visibleText } from './text.ts';

const BODY = z.strictObject({
  text: z.string().optional(),
  blocks: z.array(z.unknown()).optional(),
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
  replace_original: z.boolean().optional(),
  delete_original: z.boolean().optional(),
  thread_ts: z.string().optional(),
  unfurl_links: z.boolean().optional(),
  unfurl_media: z.boolean().optional(),
  metadata: z.unknown().optional(),
  mrkdwn: z.boolean().optional(),
});
type Body = z.infer<typeof BODY>;

/** What the URL speaks about: the message whose button was pressed, else the last answer given through it. */
function original(lent: ResponseUrl, { world }: Room) {
  if (lent.source?.kind === 'message') return world.messagesOf(lent.channelId).get(lent.source.ts) ?? null;
  const answerId = lent.source?.kind === 'private' ? lent.source.id : lent.lastAnswerId;
  return answerId === null ? null : (world.privates.get(answerId) ?? null);
}

function removed(lent: ResponseUrl, { world }: Room): Answer {
  const about = original(lent, { world } as Room);
  if (about?.kind === 'message') world.remove(about.channelId, about.ts);
  if (about?.kind === 'private') world.privates.delete(about.id);
  world.tell();
  return { ok: true };
}

/** Without a word on it, an answer to a press takes the place of the card that was pressed: nobody means that. */
function replaces(body: Body, lent: ResponseUrl, { world }: Room): boolean {
  if (body.replace_original !== undefined || lent.source === null) return body.replace_original ?? false;
  world.complain('response_url', 'an answer to a press does not say whether it replaces the original');
  return true;
}

function shown(body: Body, lent: ResponseUrl, room: Room): Answer {
  const { world } = room;
  const text = body.text ?? '';
  const blocks = (body.blocks ?? []) as Json[];
  const about = replaces(body, lent, room) ? original(lent, room) : null;
  if (about?.kind === 'message') {
    world.edit(about, { text, blocks, metadata: about.metadata, broadcast: about.broadcast }, visibleText(about));
    return { ok: true };
  }
  if (body.response_type === 'in_channel' && about === null) {
    const threadTs = body.thread_ts ?? null;
    const by = { channelId: lent.channelId, userId: world.ids.botUserId };
    world.post({ ...by, text, blocks, threadTs, broadcast: false, metadata: null, names: false });
    return { ok: true };
  }
  const threadTs = body.thread_ts ?? about?.threadTs ?? null;
  const to = { userId: lent.userId, channelId: lent.channelId, threadTs };
  const answer = world.whisper(
    { ...to, text, blocks, via: 'response_url' },
    { responseUrl: lent.url, replaces: about?.id ?? null },
  );
  lent.lastAnswerId = answer.id;
  return { ok: true };
}

/** One use of a response URL. */
export function respond(path: string, body: unknown, room: Room): Answer {
  const lent = room.lifetimes.use(path);
  if ('error' in lent) {
    room.world.complain('response_url', lent.error);
    return fail(lent.error);
  }
  const faults = shapeFaults(BODY, body);
  if (faults.length > 0) {
    room.world.complain('response_url', faults.join('; '));
    return fail('invalid_arguments');
  }
  const read = body as Body;
  if (read.delete_original === true) return removed(lent, room);
  return contentRefused(read, room, 'response_url') ?? shown(read, lent, room);
}
