import { messagesOn } from '../test/support/messages.ts';
import { SAMPLE_NOW, SAMPLE_TELLING } from '../test/support/sample-facts.ts';
import type { Drawn } from './cast.ts';
import type { Extra } from './exhibit.ts';

const IDS = Array.from({ length: 60 }, (_, at) => `b1_${at}`);

/** Every kind of message there is, from facts made up for it: what an evening does not bring about is among them. */
export function extrasOn(platform: Drawn): readonly Extra[] {
  const { zone, locale } = SAMPLE_TELLING;
  return Object.entries(messagesOn(platform)).map(([name, { kind, message, pings }]) => ({
    name,
    kind,
    moment: {
      atMs: SAMPLE_NOW,
      delivery: {
        postId: 'AbCdEfGhIjKlMnOpQrStUv',
        address: '',
        message,
        buttonIds: IDS,
        kind: kind === 'ring' ? 'ring' : 'card',
        broadcast: kind === 'ring' && message.tone === 'critical',
        remoteId: null,
        replyToRemoteId: kind === 'ring' ? 'card' : null,
        pings,
        createdAtMs: SAMPLE_NOW,
        repostCount: 0,
        zone,
        locale,
      },
    },
  }));
}
