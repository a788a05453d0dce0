import { stripVTControlCharacters } from 'node:util';

// Control characters and terminal sequences could move the cursor or forge a line; bidirectional controls could turn a line
// around; format characters and fillers hide text. Names come from shops and chat, so none of them reaches the terminal.
// The two joiners stay: emoji and several scripts are made with them.
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u115F\u1160\u3164\uFFA0]|(?![\u200C\u200D])\p{Cf}/gu;

/** Text from outside as it may be shown on a terminal, on one line. */
export function inert(text: string): string {
  const spaced = stripVTControlCharacters(text).replaceAll(/[\s\u0085]+/gu, ' ');
  return spaced.replaceAll(UNSAFE, '').toWellFormed();
}

/** The same for text that may have several lines. */
export function inertLines(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/u).map(inert);
}
