import { isValidSlackRequest } from '@slack/bolt';
import type { Asked } from '../../ports/route.ts';

const OLDEST_MS = 5 * 60_000;

/** What a request's signature is worth: `strange` carries none that Slack could have made. */
export type Signed = 'authentic' | 'wrong' | 'outdated' | 'strange';

/**
 * Whether Slack signed this body within the last five minutes, by this clock. The SDK compares in constant time; it takes a time in the
 * future for fresh, so that is looked at here.
 */
export function signedBySlack(
  { headers, body, nowMs }: Pick<Asked, 'headers' | 'body' | 'nowMs'>,
  signingSecret: string,
): Signed {
  const signature = headers['x-slack-signature'];
  const timestamp = headers['x-slack-request-timestamp'];
  const isStrange = typeof signature !== 'string' || typeof timestamp !== 'string' || !/^[1-9]\d{0,11}$/u.test(timestamp);
  if (isStrange) return 'strange';
  const atSeconds = Number(timestamp);
  // Its own window is measured around the request's time, so that a clock that is off is told apart from a wrong secret.
  const request = {
    signingSecret,
    body: body.toString('utf8'),
    headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': atSeconds },
    nowMilliseconds: atSeconds * 1000,
  };
  if (!isValidSlackRequest(request)) return 'wrong';
  return Math.abs(nowMs - atSeconds * 1000) <= OLDEST_MS ? 'authentic' : 'outdated';
}
