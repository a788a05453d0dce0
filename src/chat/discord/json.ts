import { z } from 'zod';

/** Text as JSON; undefined where it is none. A whole number too large to be exact, such as an id, becomes the digits it was. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, exact);
  } catch {
    return undefined;
  }
}

function exact(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  const digits = context?.source ?? '';
  return typeof value === 'number' && !Number.isSafeInteger(value) && /^\d+$/u.test(digits) ? digits : value;
}

/** An id: Discord writes it as text, a smaller server maybe as a number. */
export const Id = z.union([z.string().min(1), z.int()]).transform(String);

/** A whole number, also as text. */
export const Whole = z.union([z.int(), z.string().regex(/^\d+$/u).transform(Number)]);

/** Something that has an id; null where it has none, or is not there. */
export const Thing = z.object({ id: Id }).nullish().catch(null);
