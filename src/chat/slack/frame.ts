import { z } from 'zod';

/** Something Slack sends that wants to be acknowledged: what people do, and events. */
export type Envelope = {
  readonly envelopeId: string; // another one when Slack sends the same again
  readonly payload: unknown; // as it came: nobody has looked at it yet
};

/** What comes over the socket. */
export type Frame =
  | { readonly kind: 'hello' }
  | { readonly kind: 'disconnect' } // Slack wants us to connect anew
  | { readonly kind: 'envelope'; readonly envelope: Envelope };

const Shape = z.object({
  type: z.string(),
  envelope_id: z.string().min(1).optional().catch(undefined),
  payload: z.unknown().optional(),
});

/** Reads a frame; null for what means nothing here. */
export function readFrame(data: unknown): Frame | null {
  const read = Shape.safeParse(parsed(data));
  if (!read.success) return null;
  const { type, envelope_id: envelopeId, payload } = read.data;
  if (type === 'hello' || type === 'disconnect') return { kind: type };
  return envelopeId === undefined ? null : { kind: 'envelope', envelope: { envelopeId, payload } };
}

function parsed(data: unknown): unknown {
  try {
    return typeof data === 'string' ? JSON.parse(data) : null;
  } catch {
    return null;
  }
}
