import type { Message } from '../ports/message.ts';

/** What notifications and screen readers take. */
export const SUMMARY_CHARS_MAX = 150;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The message with a summary of one line and at most 150 characters. What had to be cut there is still said in its parts. */
export function summarized(message: Message): Message {
  const summary = oneLine(message.summary, SUMMARY_CHARS_MAX);
  if (summary === message.summary) return message;
  return { ...message, summary, parts: message.parts.length > 0 ? message.parts : [{ kind: 'text', text: message.summary }] };
}

/** The text on one line, cut to `charsMax` with … where it was longer. Never cuts inside a letter or an emoji. */
export function oneLine(text: string, charsMax: number): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  if (line.length <= charsMax) return line;
  let head = '';
  for (const { segment } of graphemes.segment(line)) {
    if (head.length + segment.length > charsMax - 1) break;
    head += segment;
  }
  return `${head}…`;
}
