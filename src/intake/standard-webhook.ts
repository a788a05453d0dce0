import { z } from 'zod';
import type { OrderFacts } from '../domain/order.ts';
import { Currency, KeptText, LINES_MAX, ShopSku, Source, Time, Units, whyNot } from './heard.ts';
import type { Reading } from './heard.ts';
import { COUNT_TYPE, readInventoryCount } from './inventory-count.ts';
import { parseJson } from './json.ts';

const ORDERS_MAX = 500; // of one delivery

const Id = z
  .union([KeptText.min(1).max(100), z.number().int()], { error: 'expected text of 1 to 100 letters' })
  .transform(String);

const Line = z
  .strictObject({
    lineId: Id,
    sku: ShopSku.min(1),
    orderedUnits: Units,
    cancelledUnits: Units.default(0),
    shippedUnits: Units.default(0),
    returnedUnits: Units.default(0),
    writtenOffUnits: Units.default(0),
    unitPriceMinor: z.number().int().min(-1_000_000_000_000).max(1_000_000_000_000).default(0),
  })
  .refine((line) => line.shippedUnits + line.cancelledUnits + line.writtenOffUnits <= line.orderedUnits, {
    error: 'expected shipped, cancelled and written off together to be at most the units ordered',
  });

const Order = z.strictObject({
  source: Source,
  externalId: Id,
  placedAt: Time,
  updatedAt: Time.optional(),
  buyer: z.string().min(1).max(200).nullish(),
  currency: Currency.nullish(),
  lines: z
    .array(Line)
    .max(LINES_MAX)
    .refine((lines) => new Set(lines.map(({ lineId }) => lineId)).size === lines.length, {
      error: 'expected a lineId of its own for every line',
    }),
});
type Order = z.output<typeof Order>;

const Batch = z.strictObject({ orders: z.array(Order).min(1).max(ORDERS_MAX) });

/** One Standard Webhooks delivery whose signature was right. `keyed` hashes with a key of the server's own. */
export type StandardDelivery = {
  readonly webhookId: string;
  readonly body: Buffer;
  readonly keyed: (text: string) => string;
};

/**
 * Reads order facts from our own format: one order, or `{"orders": […]}` with up to 500. Every counter is cumulative, the order as
 * it now stands, so a sender may repeat itself and deliver in any order. A body with one fault is refused whole. With the type
 * `inventory.count` it is what the shop says it has.
 */
export function readStandardWebhook({ webhookId, body, keyed }: StandardDelivery): Reading {
  const json = parseJson(body);
  if (json.kind === 'faulty') return json;
  if (isCount(json.value)) return readInventoryCount(json.value);
  const isBatch = typeof json.value === 'object' && json.value !== null && 'orders' in json.value;
  const parsed = isBatch ? Batch.safeParse(json.value) : Order.safeParse(json.value);
  if (!parsed.success) return { kind: 'faulty', why: whyNot(parsed.error) };
  const orders = 'orders' in parsed.data ? parsed.data.orders : [parsed.data];
  return {
    kind: 'facts',
    heard: orders.map((order, index) => ({
      eventId: isBatch ? `${webhookId}:${index}` : webhookId,
      facts: factsOf(order, keyed),
    })),
  };
}

function isCount(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === COUNT_TYPE;
}

function factsOf(
  { source, externalId, placedAt, updatedAt = placedAt, buyer, currency, lines }: Order,
  keyed: StandardDelivery['keyed'],
): OrderFacts {
  return {
    kind: 'order',
    source,
    externalId,
    // The time of sending is the attempt's, not the event's: a retry of an old state must not pass for a newer one.
    version: { updatedAtMs: updatedAt, eventAtMs: updatedAt },
    placedAtMs: placedAt,
    buyerKey: buyer == null ? null : keyed(`${source} buyer ${buyer}`),
    currency: currency ?? null,
    lines,
    refunds: [],
  };
}
