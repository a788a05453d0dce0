// Letters and digits nobody mistakes for another when reading them from one screen and typing them on the other.
export const LINK_ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const LINK_CODE_CHARS = 6;

const SHAPE = new RegExp(`^[${LINK_ALPHABET}]{${LINK_CODE_CHARS}}$`, 'u');

/** A code is good for this long. */
export const LINK_CODE_MS = 10 * 60_000;

/** An account may type this many wrong codes in the time a code is good for: of 31^6 codes it then hits one with odds of 1 in 10^8. */
export const LINK_TRIES_MAX = 5;

/** A code made of `LINK_CODE_CHARS` whole numbers from 0 up to the alphabet's length. */
export function linkCode(draw: (below: number) => number): string {
  return Array.from({ length: LINK_CODE_CHARS }, () => LINK_ALPHABET.charAt(draw(LINK_ALPHABET.length))).join('');
}

/** A code as typed: in any case, with spaces or dashes between; null when it cannot be one. */
export function parseLinkCode(typed: string): string | null {
  const code = typed.replaceAll(/[\s-]/g, '').toUpperCase();
  return SHAPE.test(code) ? code : null;
}
