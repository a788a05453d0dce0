import { z } from 'zod';
import type { AnyCommand } from '../../ports/command.ts';
import type { Acknowledge, Desk } from './desk.ts';
import type { Envelope } from './frame.ts';
import { parseHomeOpened, parsePress, parseShortcut, parseSlash, parseSubmission, parseSuggestion } from './parse.ts';

/** Takes an envelope in and sees that it is acknowledged, whatever is in it. */
export type Reception = (envelope: Envelope, acknowledge: Acknowledge) => Promise<void>;

const Payload = z.looseObject({ type: z.string().catch('') });

/** Hands each envelope to where it belongs on the desk. Nothing here throws. */
export function createReception(desk: Desk, commands: readonly AnyCommand[]): Reception {
  return (envelope, acknowledge) => {
    const read = Payload.safeParse(envelope.payload);
    const unread = (what: string, shown?: object) => desk.unread(what, envelope, () => acknowledge(shown));
    if (!read.success) return unread('envelope');
    // Of these two the type says nothing, or there is none.
    if ('command' in read.data) {
      const asked = parseSlash(envelope, commands);
      return asked === null ? unread('command') : desk.command(asked, acknowledge);
    }
    if ('event' in read.data) {
      const opened = parseHomeOpened(envelope);
      return opened === null ? desk.passed(acknowledge) : desk.home(opened, acknowledge);
    }
    switch (read.data.type) {
      case 'block_actions': {
        const asked = parsePress(envelope);
        if (asked === 'other') return desk.passed(acknowledge);
        return asked === null ? unread('press') : desk.command(asked, acknowledge);
      }
      case 'message_action': {
        const asked = parseShortcut(envelope, commands);
        return asked === null ? unread('shortcut') : desk.command(asked, acknowledge);
      }
      case 'view_submission': {
        const asked = parseSubmission(envelope);
        return asked === null ? unread('form') : desk.form(asked, acknowledge);
      }
      case 'block_suggestion': {
        const asked = parseSuggestion(envelope);
        return asked === null ? unread('suggestion', { options: [] }) : desk.suggestion(asked, acknowledge);
      }
      case 'view_closed':
        return desk.passed(acknowledge);
      default:
        return unread('envelope');
    }
  };
}
