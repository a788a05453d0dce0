import { z } from 'zod';
import { limitFaults, MESSAGE_TEXT_MAX, metadataFaults } from './limits.ts';
import type { Lifetimes } from './lifetimes.ts';
import type { Json } from './types.ts';
import type { World } from './world.ts';

/** What a method answers: `ok` and its fields, or an error's name and what goes with it. */
export type Answer =
  | { readonly ok: true; readonly [key: string]: unknown }
  | { readonly ok: false; readonly error: string; readonly [key: string]: unknown };

/** What a method may use of the workspace. `openSocket` lends a one-use Socket Mode address. */
export type Room = { readonly world: World; readonly lifetimes: Lifetimes; readonly openSocket: () => string };

export type Method = {
  readonly token: 'bot' | 'app';
  readonly scopes: readonly string[]; // all of them; what depends on the channel is asked for with `needs`
  readonly args: z.ZodType<Json>;
  readonly run: (args: Json, room: Room) => Answer;
};

type Shape = Readonly<Record<string, z.ZodType>>;

/** Declares a method: its arguments are the only ones it takes, besides the token and the team the SDK may add. */
export function method<const S extends Shape>(given: {
  readonly token?: 'bot' | 'app';
  readonly scopes: readonly string[];
  readonly args: S;
  readonly run: (args: z.infer<z.ZodObject<S>>, room: Room) => Answer;
}): Method {
  const args = z.strictObject({ ...given.args, token: z.string().optional(), team_id: z.string().optional() });
  return {
    token: given.token ?? 'bot',
    scopes: given.scopes,
    args: args,
    run: (read, room) => given.run(read as z.infer<z.ZodObject<S>>, room),
  };
}

export const fail = (error: string, more: Json = {}): Answer => ({ ok: false, error, ...more });

/** Says that a scope is missing, as Slack does; null when it was granted. */
export function needs(scope: string, { world }: Room): Answer | null {
  if (world.granted.has(scope)) return null;
  return fail('missing_scope', { needed: scope, provided: [...world.granted].join(',') });
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Arguments as forms carry them: everything is text there. */
export const json = z.preprocess(parsed, z.unknown());
export const flag = z.preprocess(
  (value) => (value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : value),
  z.boolean(),
);
export const whole = z.preprocess((value) => (typeof value === 'string' ? Number(value) : value), z.int().min(1).max(999));
export const given = z.string().min(1);

/** What of a message's content Slack refuses; null when it takes it. What a person would be worse off for is complained about. */
export function contentRefused(
  args: { readonly text?: string | undefined; readonly blocks?: unknown; readonly metadata?: unknown },
  { world }: Room,
  where: string,
): Answer | null {
  const { text = '', blocks, metadata } = args;
  if (blocks !== undefined) {
    const faults = limitFaults(blocks);
    if (faults.length > 0) {
      world.complain(where, faults.join('; '));
      return fail('invalid_blocks', { errors: faults, response_metadata: { messages: faults } });
    }
  }
  if (metadata !== undefined) {
    const faults = metadataFaults(metadata);
    if (faults.length > 0) {
      world.complain(where, faults.join('; '));
      return fail('invalid_metadata_format', { response_metadata: { messages: faults } });
    }
  }
  if (text.length > MESSAGE_TEXT_MAX) {
    world.complain(where, `text of ${text.length} characters`);
    return fail('msg_too_long');
  }
  const hasBlocks = Array.isArray(blocks) && blocks.length > 0;
  if (text.trim() === '' && hasBlocks)
    world.complain(where, 'blocks without text: screen readers and notifications have nothing to read');
  // An update may take the blocks away with an empty list; a new message must say something.
  return text === '' && !hasBlocks && (blocks === undefined || where !== 'chat.update') ? fail('no_text') : null;
}

/** One page of `all`, and the cursor to the next as Slack hands it out. */
export function page<T>(all: readonly T[], { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined }) {
  const from = cursor === undefined || cursor === '' ? 0 : Number(Buffer.from(cursor, 'base64url').toString().replace('at:', ''));
  if (!Number.isInteger(from)) return null;
  const more = from + limit < all.length;
  return {
    items: all.slice(from, from + limit),
    more,
    next: more ? Buffer.from(`at:${from + limit}`).toString('base64url') : '',
  };
}
