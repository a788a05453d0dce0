import type { Announcement } from '../domain/promotion.ts';
import type { Message } from '../ports/message.ts';
import { say } from '../ports/message.ts';
import { SUMMARY_CHARS_MAX, oneLine } from './summary.ts';

/** An announcement as its channel shows it. While a pause covers it, its first line says so. */
export function announcementPost({
  announcement: { text },
  paused,
}: {
  readonly announcement: Announcement;
  readonly paused: { readonly sinceMs: number } | null;
}): Message {
  if (paused === null) return say(oneLine(text, SUMMARY_CHARS_MAX), { kind: 'text', text });
  const head = 'Paused: what follows is on hold, and details may change.';
  return say(
    oneLine(`Paused: ${text}`, SUMMARY_CHARS_MAX),
    { kind: 'text', text: [{ kind: 'strong', text: head }] },
    { kind: 'text', text },
    { kind: 'context', text: ['On hold since ', { kind: 'time', atMs: paused.sinceMs, style: 'moment' }] },
  );
}
