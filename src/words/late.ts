import { sayDuration } from '../domain/time.ts';
import type { Message } from '../ports/message.ts';

/** What arrives this long after it was wanted says so; a few seconds are nobody's concern. */
const SAID_LATE_MS = 60_000;

/** The message, saying how late it is where that is worth saying. */
export function late(message: Message, lateMs: number): Message {
  if (lateMs < SAID_LATE_MS) return message;
  const said = `${sayDuration(lateMs)} late`;
  if (message.parts.length === 0) return { ...message, summary: `${message.summary} (${said})` };
  const text = `This comes ${said}: the channel took no messages before.`;
  return { ...message, parts: [...message.parts, { kind: 'context', text }] };
}
