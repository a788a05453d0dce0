import { z } from 'zod';
import { AvailableUnits, ShopSku, Source, Time, Units, whyNot, type Reading } from './heard.ts';

const COUNTS_MAX = 500; // of one delivery

/** What tells a count from an order in our own format. */
export const COUNT_TYPE = 'inventory.count';

const Count = z.strictObject({
  sku: ShopSku.min(1),
  availableUnits: AvailableUnits,
  onHandUnits: Units.nullish(),
  committedUnits: Units.nullish(),
});

const InventoryCount = z.strictObject({
  type: z.literal(COUNT_TYPE),
  timestamp: Time.optional(), // when the event happened, as Standard Webhooks suggest; when it was counted is told in `data`
  data: z.strictObject({
    source: Source,
    countedAt: Time,
    sequence: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullish(),
    counts: z
      .array(Count)
      .min(1)
      .max(COUNTS_MAX)
      .refine((counts) => new Set(counts.map(({ sku }) => sku)).size === counts.length, { error: 'expected each sku once' }),
  }),
});

/** Reads what a shop says it has, in our own format. A body with one fault is refused whole. */
export function readInventoryCount(value: unknown): Reading {
  const parsed = InventoryCount.safeParse(value);
  if (!parsed.success) return { kind: 'faulty', why: whyNot(parsed.error) };
  const { source, countedAt, sequence, counts } = parsed.data.data;
  const totals = counts.map(({ sku, availableUnits, onHandUnits, committedUnits }) => ({
    sku,
    availableUnits,
    onHandUnits: onHandUnits ?? null,
    committedUnits: committedUnits ?? null,
  }));
  return {
    kind: 'counts',
    told: { kind: 'totals', source, countedAtMs: countedAt, sequence: sequence ?? null, totals, items: [] },
  };
}
