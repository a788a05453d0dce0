/** What a line typed at the console is. */
export type Line =
  | { readonly kind: 'empty' }
  | { readonly kind: 'command'; readonly text: string } // starts with a slash
  | { readonly kind: 'button'; readonly number: number }
  | { readonly kind: 'yes' }
  | { readonly kind: 'other'; readonly text: string };

/** Reads a line: `/stock HOODIE-M`, a button by its number (`3`, `[3]`, `press 3`), or `yes`. */
export function parseLine(typed: string): Line {
  const text = typed.trim();
  if (text === '') return { kind: 'empty' };
  if (text.startsWith('/')) return { kind: 'command', text };
  const number = /^(?:press\s+)?(?:#|\[)?(\d{1,6})\]?$/iu.exec(text)?.[1];
  if (number !== undefined) return { kind: 'button', number: Number(number) };
  return text.toLowerCase() === 'yes' ? { kind: 'yes' } : { kind: 'other', text };
}
