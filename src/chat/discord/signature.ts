import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { Asked } from '../../ports/route.ts';

const OLDEST_MS = 5 * 60_000; // as Slack has it; Discord names no window of its own

/** What a request's signature is worth: `strange` carries none that Discord could have made. */
export type Signed = 'authentic' | 'wrong' | 'outdated' | 'strange';

/** The key of an application, from its 64 hex digits. Made once: that costs as much as checking a signature does. */
export function applicationKey(publicKeyHex: string): KeyObject {
  const x = Buffer.from(publicKeyHex, 'hex').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** Whether Discord signed this body within the last five minutes, by this clock. */
export function signedByDiscord({ headers, body, nowMs }: Pick<Asked, 'headers' | 'body' | 'nowMs'>, key: KeyObject): Signed {
  const signature = headers['x-signature-ed25519'];
  const timestamp = headers['x-signature-timestamp'];
  const isStrange =
    typeof signature !== 'string' ||
    typeof timestamp !== 'string' ||
    !/^[0-9a-f]{128}$/iu.test(signature) ||
    !/^[1-9]\d{0,11}$/u.test(timestamp);
  if (isStrange) return 'strange';
  const signed = Buffer.concat([Buffer.from(timestamp), body]);
  if (!verify(null, signed, key, Buffer.from(signature, 'hex'))) return 'wrong';
  return Math.abs(nowMs - Number(timestamp) * 1000) <= OLDEST_MS ? 'authentic' : 'outdated';
}
