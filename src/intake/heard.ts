import { z } from 'zod';
import type { HeardFacts } from '../domain/order.ts';
import type { ShopTold } from '../domain/shop-count.ts';
import { oneLine } from '../words/summary.ts';

/** What an adapter made of one body. `ignored` is well signed but tells us nothing we keep; `why` is one line. */
export type Reading =
  | { readonly kind: 'facts'; readonly heard: readonly HeardFacts[] }
  | { readonly kind: 'counts'; readonly told: ShopTold }
  | { readonly kind: 'ignored'; readonly why: string }
  | { readonly kind: 'faulty'; readonly why: string };

const NAMED_CHARS = 64;
export const LINES_MAX = 2_000; // of one order; shops stop at 500, wholesale invoices do not

/** Units of one counter of one line. */
export const Units = z.number().int().min(0).max(10_000_000);

/** What a shop has to sell; below zero where it goes on selling. */
export const AvailableUnits = z.number().int().min(-10_000_000).max(10_000_000);

/** An instant of our own format. */
export const Time = z.union(
  [z.number().int().min(0).max(8_640_000_000_000_000), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))],
  { error: 'expected epoch milliseconds, or a time with its offset such as 2027-01-29T19:00:07-05:00' },
);

/** Which shop it is, in our own format. */
export const Source = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected lower-case letters, digits and dashes, at most 40')
  .default('webhook');

const UNKEPT = 'expected text without a NUL or half of a character';

/** Whether the database can keep this text: it holds no NUL and no half of a character. */
export function isKeepable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** Text that must be kept exactly as it was sent, such as an id. */
export const KeptText = z.string().refine(isKeepable, { error: UNKEPT });

/** A SKU as a shop may write it: spaces and case as they are. */
export const ShopSku = KeptText.max(255);

/** What items without a SKU are counted under: their name, short, without what cannot be kept. */
export function skuOfNamed(name: string): string {
  const kept = `(no SKU) ${name}`.toWellFormed().replaceAll('\0', '').slice(0, NAMED_CHARS);
  return kept.isWellFormed() ? kept : kept.slice(0, -1); // the cut went through a character
}

export const Currency = z.string().regex(/^[A-Z]{3}$/, 'expected a currency code such as USD');

/** The first thing wrong, in one line that names the field; never the value, which may be personal. */
export function whyNot(error: z.core.$ZodError): string {
  const [first] = error.issues;
  if (first === undefined) return 'the body is not what was expected';
  const more = error.issues.length - 1;
  const path = first.path.map(String).join('.');
  // A fault names keys the sender made up: whatever they are, the reason is one line.
  return oneLine(`${path === '' ? 'the body' : path}: ${first.message}${more > 0 ? ` (and ${more} more)` : ''}`, 300);
}
