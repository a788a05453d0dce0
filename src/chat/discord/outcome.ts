import { unreachable } from '../../domain/unreachable.ts';
import type { Sent } from '../../ports/post.ts';
import type { ApiFault } from './api.ts';
import { faultWords } from './api.ts';

const UNREACHABLE_MS = 2_000;
const REFUSED_TOKEN_MS = 60_000;

/** Discord's numbers for what it refuses, as far as anything depends on them. */
export const CODES = {
  unknownChannel: 10_003,
  unknownMessage: 10_008,
  unknownWebhook: 10_015,
  unknownInteraction: 10_062,
  alreadyAcknowledged: 40_060,
  missingAccess: 50_001,
  notOurMessage: 50_005,
  emptyMessage: 50_006,
  cannotMessageUser: 50_007,
  notText: 50_008,
  missingPermissions: 50_013,
  malformed: 50_035,
  archivedThread: 50_083,
  cannotReply: 160_002,
} as const;

// What a producer reads of a message that can never arrive, and what to do.
const DEAD: Readonly<Record<number, string>> = {
  [CODES.unknownChannel]: 'The channel does not exist any more. Bind another one: /team channel, typed where it should be.',
  [CODES.missingAccess]: 'Showcaller may not see this channel. Give it the permission View Channel there.',
  [CODES.missingPermissions]:
    'Showcaller may not write here. Give it Send Messages and Embed Links there (in a thread, Send Messages in Threads).',
  [CODES.emptyMessage]: 'Discord takes no message without words.',
  [CODES.cannotMessageUser]: 'This person takes no direct messages from the server.',
  [CODES.notText]: 'This channel takes no messages. Bind a text channel: /team channel, typed there.',
  [CODES.archivedThread]: 'The thread is closed. Open it again, or bind another channel.',
  [CODES.cannotReply]: 'Showcaller may not reply in this channel. Give it the permission Read Message History there.',
};

/** What came of a post whose call did not succeed. An edit of a message that is gone, or is not ours, is gone. */
export function outcomeOf(fault: ApiFault, { isEdit }: { readonly isEdit: boolean }): Sent {
  const reason = faultWords(fault);
  switch (fault.kind) {
    case 'rate-limited':
      return { kind: 'retry', hold: fault.isGlobal ? 'platform' : 'destination', afterMs: fault.afterMs, reason };
    case 'unreachable':
      return { kind: 'retry', hold: 'platform', afterMs: UNREACHABLE_MS, reason };
    case 'failed':
    case 'unread':
    case 'unanswered':
      return { kind: 'retry', hold: 'post', afterMs: 0, reason };
    case 'refused':
      return refused(fault, isEdit, reason);
    default:
      return unreachable(fault);
  }
}

function refused({ status, code }: ApiFault & { readonly kind: 'refused' }, isEdit: boolean, reason: string): Sent {
  if (status === 401) {
    const told = 'Discord does not accept the bot’s token. Put a new one into DISCORD_TOKEN and restart.';
    return { kind: 'retry', hold: 'platform', afterMs: REFUSED_TOKEN_MS, reason: told };
  }
  // Without Discord's own number it was something in between that answered, or a smaller server.
  const isGone = code === CODES.unknownMessage || code === CODES.notOurMessage || (code === 0 && status === 404);
  if (isEdit && isGone) return { kind: 'gone' };
  if (code === 0) return { kind: 'retry', hold: 'post', afterMs: 0, reason };
  return { kind: 'dead', reason: DEAD[code] ?? `${reason}. Nothing more is tried.` };
}
