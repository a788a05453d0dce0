import { unreachable } from '../../domain/unreachable.ts';
import type { Delivery, Sent } from '../../ports/post.ts';
import type { SlackFault } from './faults.ts';
import { faultWords, isUnknownMethod, TOKEN_ERRORS, tokenWords } from './faults.ts';

/** Errors that say a message cannot be replied to. */
export const THREAD_ERRORS: readonly string[] = ['thread_not_found', 'cannot_reply_to_message', 'message_not_found'];

const UNREACHABLE_MS = 2_000;
const TOKEN_MS = 60_000;
const GONE_ERRORS = ['message_not_found', 'cant_update_message', 'edit_window_closed'];

/** What comes of a delivery that failed. */
export function outcomeOf(fault: SlackFault, { remoteId, address }: Delivery): Sent {
  switch (fault.kind) {
    case 'rate-limited':
      return {
        kind: 'retry',
        afterMs: fault.afterMs,
        hold: 'destination',
        reason: 'Slack asked us to slow down in this channel',
      };
    case 'unreachable':
      return { kind: 'retry', afterMs: UNREACHABLE_MS, hold: 'platform', reason: fault.told };
    case 'in-doubt':
      return { kind: 'retry', afterMs: 0, hold: 'post', reason: fault.told };
    case 'refused': {
      const { error, needed, details } = fault;
      if (remoteId !== null && GONE_ERRORS.includes(error)) return { kind: 'gone' };
      if (TOKEN_ERRORS.includes(error)) {
        return { kind: 'retry', afterMs: TOKEN_MS, hold: 'platform', reason: tokenWords(error, 'SLACK_BOT_TOKEN') };
      }
      if (isUnknownMethod(fault)) return withoutMethod(fault, remoteId);
      const words = deadWords(error, address, needed, details);
      // What we have no words for may pass; the courier gives up after its own number of attempts.
      return words === null
        ? { kind: 'retry', afterMs: 0, hold: 'post', reason: faultWords(fault) }
        : { kind: 'dead', reason: words };
    }
    default:
      return unreachable(fault);
  }
}

/** A server that changes nothing it posted is a lesser one; one that posts nothing is set up wrongly, or not all there yet. */
function withoutMethod(fault: SlackFault, remoteId: string | null): Sent {
  const said = faultWords(fault);
  if (remoteId !== null)
    return { kind: 'dead', reason: `This Slack server cannot change what was posted (chat.update: ${said})` };
  const reason = `This Slack server cannot post messages (chat.postMessage: ${said})`;
  return { kind: 'retry', afterMs: TOKEN_MS, hold: 'platform', reason };
}

const REFUSAL_WORDS: Readonly<Record<string, string>> = {
  channel_not_found: 'Slack knows no such channel, or it is private and Showcaller is not in it: type /invite @Showcaller there',
  not_in_channel: 'Showcaller is not in this channel: type /invite @Showcaller there',
  is_archived: 'This channel is archived: bring it back, or bind another with /team channel',
  restricted_action: 'A workspace setting lets only some people post in this channel: allow Showcaller there',
  restricted_action_read_only_channel: 'Nobody may post in this channel: change that, or bind another with /team channel',
  restricted_action_thread_only_channel: 'Only replies are allowed in this channel: bind another with /team channel',
  restricted_action_non_threadable_channel: 'Replies are not allowed in this channel: bind another with /team channel',
  no_permission: 'Showcaller may not post in this channel: check the app and the channel in Slack',
  ekm_access_denied: 'An administrator has closed this workspace for apps for now',
  msg_too_long: 'The message is too long for Slack',
  msg_blocks_too_long: 'The message is too long for Slack',
  no_text: 'Slack took the message for empty',
  cannot_dm_bot: 'The address is a bot, which takes no messages',
  user_not_found: 'The address is nobody Slack knows',
  messages_tab_disabled: 'The app takes no direct messages: switch its Messages tab on',
};

/** Whether a refusal may be about what only Slack itself knows: it is none of those that say what is wrong. */
export function isUntold(fault: SlackFault): boolean {
  if (fault.kind !== 'refused' || isUnknownMethod(fault)) return false;
  const { error } = fault;
  if ([...TOKEN_ERRORS, ...GONE_ERRORS, ...THREAD_ERRORS].includes(error)) return false;
  return error === 'invalid_arguments' || deadWords(error, '', null, null) === null;
}

function deadWords(error: string, address: string, needed: string | null, details: string | null): string | null {
  if (error === 'missing_scope') {
    const scope = needed === null ? 'a scope' : `the scope ${needed}`;
    return `The Slack app lacks ${scope}: put in the newest manifest (npm start -- manifest) and install the app again`;
  }
  if (error === 'invalid_blocks' || error === 'invalid_blocks_format' || error === 'invalid_arguments') {
    return `Slack cannot show this message (${error}${details === null ? '' : `: ${details}`}); please report it`;
  }
  const words = REFUSAL_WORDS[error];
  return words === undefined ? null : `${words} (channel ${address})`;
}
