import { z } from 'zod';
import type { ShopTold, ShopTotal } from '../domain/shop-count.ts';
import { AvailableUnits, isKeepable, whyNot, type Reading } from './heard.ts';

const VARIANTS_MAX = 2_000; // of one product, which is Shopify's own limit
const SOURCE = 'shopify';

const Id = z.union([z.number().int(), z.string().regex(/^\d{1,40}$/, 'expected an id')]).transform(String);
const Time = z.iso
  .datetime({ offset: true, error: 'expected a time such as 2027-01-29T19:00:07-05:00' })
  .transform((text) => Date.parse(text));

const Product = z.object({
  updated_at: Time,
  variants: z
    .array(
      z.object({
        sku: z.string().nullish(),
        inventory_item_id: Id.nullish(),
        inventory_management: z.string().nullish(),
        inventory_quantity: AvailableUnits.nullish(),
      }),
    )
    .max(VARIANTS_MAX)
    .default([]),
});
type Variant = z.output<typeof Product>['variants'][number];

const Level = z.object({
  inventory_item_id: Id,
  location_id: Id,
  available: AvailableUnits.nullish(), // null where the item is not stocked
  updated_at: Time,
});

const READERS: Readonly<Record<string, (value: unknown, triggeredAtMs: number | null) => Reading>> = {
  'products/create': readProduct,
  'products/update': readProduct,
  'inventory_levels/update': readLevel,
};

/** How a topic about the shop's own stock is read; undefined for any other. */
export function stockReader(topic: string): (typeof READERS)[string] | undefined {
  return Object.hasOwn(READERS, topic) ? READERS[topic] : undefined;
}

/** A product tells each variant's total over all places, and by which id its levels are told. */
function readProduct(value: unknown, triggeredAtMs: number | null): Reading {
  const parsed = Product.safeParse(value);
  if (!parsed.success) return { kind: 'faulty', why: whyNot(parsed.error) };
  const variants = parsed.data.variants.flatMap((variant) => {
    const { sku } = variant;
    // Without a SKU nothing can be compared, and one that cannot be kept was never in an order.
    return sku == null || sku.trim() === '' || sku.length > 255 || !isKeepable(sku) ? [] : [{ ...variant, sku }];
  });
  const items = new Map<string, string>();
  for (const { sku, inventory_item_id: itemId } of variants) if (itemId != null) items.set(itemId, sku);
  const told: ShopTold = {
    kind: 'totals',
    source: SOURCE,
    // A sale changes the quantity and not always the product: when the webhook was caused is when the number was read.
    countedAtMs: triggeredAtMs ?? parsed.data.updated_at,
    sequence: null,
    totals: totalsOf(variants),
    items: [...items].map(([itemId, sku]) => ({ itemId, sku })),
  };
  return { kind: 'counts', told };
}

/** Two variants of one SKU are one item to us: their units are added. */
function totalsOf(variants: readonly (Variant & { readonly sku: string })[]): readonly ShopTotal[] {
  const bySku = Map.groupBy(variants, ({ sku }) => sku);
  return [...bySku].map(([sku, those]) => {
    const counted = those.filter(({ inventory_management: by, inventory_quantity: units }) => by !== null && units != null);
    const availableUnits = counted.reduce((sum, { inventory_quantity: units }) => sum + (units ?? 0), 0);
    return { sku, availableUnits: counted.length === 0 ? null : availableUnits, onHandUnits: null, committedUnits: null };
  });
}

function readLevel(value: unknown): Reading {
  const parsed = Level.safeParse(value);
  if (!parsed.success) return { kind: 'faulty', why: whyNot(parsed.error) };
  const { inventory_item_id: itemId, location_id: place, available, updated_at: countedAtMs } = parsed.data;
  const told: ShopTold = { kind: 'place', source: SOURCE, itemId, place, availableUnits: available ?? 0, countedAtMs };
  return { kind: 'counts', told };
}
