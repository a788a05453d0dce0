import { GatewayOpcodes } from 'discord-api-types/v10';
import { z } from 'zod';
import { Whole, parseJson } from './json.ts';

const BEAT_MS = 41_250; // Discord's own, where a server does not say how often
const BEAT_MIN_MS = 10; // no server wants more
const BEAT_MAX_MS = 2 ** 31 - 1; // a longer timer fires at once

const Frame = z.object({
  op: Whole,
  t: z.string().nullish().catch(null),
  s: Whole.nullish().catch(null),
  d: z.unknown().optional(),
});
const Hello = z.object({ heartbeat_interval: z.number().min(BEAT_MIN_MS).max(BEAT_MAX_MS).catch(BEAT_MS) });
const Data = z.record(z.string(), z.unknown());

/** A frame with everything in it that @discordjs/ws reads without looking. */
export type Frame = { readonly op: number; readonly t?: string; readonly s?: number | null; readonly d: unknown };

/** Reads a frame of the gateway as it came; null where it says nothing. What a smaller server leaves out is put in. */
export function readFrame(raw: unknown): Frame | null {
  const text = raw instanceof ArrayBuffer ? new TextDecoder().decode(raw) : raw;
  const read = Frame.safeParse(typeof text === 'string' ? parseJson(text) : undefined);
  if (!read.success) return null;
  const { op, t, s, d } = read.data;
  const data = Data.catch({}).parse(d);
  if (op === (GatewayOpcodes.Hello as number)) return { op, d: Hello.parse(data) };
  if (op === (GatewayOpcodes.InvalidSession as number)) return { op, d: d === true };
  if (op !== (GatewayOpcodes.Dispatch as number)) return { op, d };
  return typeof t === 'string' && t !== '' ? { op, t, s: s ?? null, d: data } : null;
}

/** Whether a connection can be opened there: what cannot be is thrown at, not told. */
export function isGatewayUrl(url: unknown): url is string {
  return typeof url === 'string' && /^wss?:\/\/[^\s#]+$/u.test(url) && URL.canParse(url);
}
