import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { HeardFacts, OrderFacts, OrderLine, Refund, RefundFacts, Restock } from '../domain/order.ts';
import { Currency, LINES_MAX, ShopSku, skuOfNamed, Units, whyNot } from './heard.ts';
import type { Reading } from './heard.ts';
import { parseJson } from './json.ts';
import { minorUnits } from './money.ts';
import { stockReader } from './shopify-stock.ts';

const SOURCE = 'shopify';

const Id = z.union([z.number().int(), z.string().regex(/^\d{1,40}$/, 'expected an id')]).transform(String);
const Time = z.iso
  .datetime({ offset: true, error: 'expected a time such as 2027-01-29T19:00:07-05:00' })
  .transform((text) => Date.parse(text));

const Line = z.object({
  id: Id,
  sku: ShopSku.nullish(),
  name: z.string().nullish(),
  title: z.string().nullish(),
  quantity: Units,
  current_quantity: Units.nullish(),
  price: z.union([z.string(), z.number()]).nullish(),
  fulfillment_status: z.string().nullish(),
});
type Line = z.output<typeof Line>;

const RefundBody = z.object({
  id: Id,
  restock: z.boolean().nullish(), // what old payloads have instead of a restock_type per line
  refund_line_items: z
    .array(z.object({ line_item_id: Id, quantity: Units, restock_type: z.string().nullish() }))
    .max(LINES_MAX)
    .default([]),
});
type RefundBody = z.output<typeof RefundBody>;

const RefundAlone = RefundBody.extend({ order_id: Id, created_at: Time });

// Compiled: a stream sends thousands of these a minute. What does not fit is read again by the schema itself, which says why.
const Order = z.compile(
  z.object({
    id: Id,
    created_at: Time,
    updated_at: Time,
    cancelled_at: Time.nullish(),
    currency: Currency.nullish(),
    email: z.string().nullish(),
    customer: z.object({ id: Id.nullish() }).nullish(),
    line_items: z.array(Line).max(LINES_MAX),
    fulfillments: z
      .array(z.object({ status: z.string().nullish(), line_items: z.array(z.object({ id: Id, quantity: Units })).default([]) }))
      .default([]),
    refunds: z.array(RefundBody).default([]),
  }),
);
type Order = z.output<typeof Order>;

// Each of these carries the whole order. orders/edited carries only the edit: orders/updated tells what came of it.
const ORDER_TOPICS: ReadonlySet<string> = new Set([
  'orders/create',
  'orders/updated',
  'orders/paid',
  'orders/cancelled',
  'orders/fulfilled',
  'orders/partially_fulfilled',
]);

/** One webhook delivery whose signature was right. `keyed` hashes with a key of the server's own. */
export type ShopifyDelivery = {
  readonly topic: string;
  readonly eventId: string | null; // the sender's; null when no header names one
  readonly triggeredAtMs: number | null;
  readonly body: Buffer;
  readonly keyed: (text: string) => string;
};

/**
 * Reads one Shopify webhook into order facts, or into what the shop says of its own stock. Ids keep all their digits; counters
 * are the order as it now stands.
 */
export function readShopify(delivery: ShopifyDelivery): Reading {
  const isRefund = delivery.topic === 'refunds/create';
  const readStock = stockReader(delivery.topic);
  if (!isRefund && readStock === undefined && !ORDER_TOPICS.has(delivery.topic)) {
    return { kind: 'ignored', why: 'this topic tells nothing about orders or stock' };
  }
  const json = parseJson(delivery.body);
  if (json.kind === 'faulty') return json;
  if (readStock !== undefined) return readStock(json.value, delivery.triggeredAtMs);
  return isRefund ? readRefund(json.value, delivery) : readOrder(json.value, delivery);
}

function readOrder(value: unknown, { topic, eventId, triggeredAtMs, body, keyed }: ShopifyDelivery): Reading {
  const parsed = Order.safeParse(value);
  if (!parsed.success) return { kind: 'faulty', why: whyNot(parsed.error) };
  const order = parsed.data;
  const refunds = order.refunds.map(refundOf);
  const lines = order.line_items.map((line) => lineOf(line, order, refunds));
  const unpriced = lines.findIndex((line) => line === null);
  if (unpriced !== -1) return { kind: 'faulty', why: `line_items.${unpriced}.price: expected a price such as 58.00` };
  const facts: OrderFacts = {
    kind: 'order',
    source: SOURCE,
    externalId: order.id,
    version: { updatedAtMs: order.updated_at, eventAtMs: triggeredAtMs ?? order.updated_at },
    placedAtMs: order.created_at,
    buyerKey: buyerOf(order, keyed),
    currency: order.currency ?? null,
    lines: lines.filter((line) => line !== null),
    refunds,
  };
  return { kind: 'facts', heard: [heard(topic, eventId, body, facts)] };
}

function readRefund(value: unknown, { topic, eventId, triggeredAtMs, body }: ShopifyDelivery): Reading {
  const parsed = RefundAlone.safeParse(value);
  if (!parsed.success) return { kind: 'faulty', why: whyNot(parsed.error) };
  const { order_id: externalId, created_at: createdAtMs } = parsed.data;
  const facts: RefundFacts = {
    kind: 'refund',
    source: SOURCE,
    externalId,
    version: { updatedAtMs: createdAtMs, eventAtMs: triggeredAtMs ?? createdAtMs },
    refund: refundOf(parsed.data),
  };
  return { kind: 'facts', heard: [heard(topic, eventId, body, facts)] };
}

/** One act in the shop may cause several webhooks under one event id, so the topic and the state told belong to our id. */
function heard(topic: string, eventId: string | null, body: Buffer, facts: OrderFacts | RefundFacts): HeardFacts {
  const id = eventId ?? createHash('sha256').update(body).digest('base64url');
  return { eventId: `${topic}:${id}:${facts.version.updatedAtMs}`, facts };
}

function lineOf(line: Line, order: Order, refunds: readonly Refund[]): OrderLine | null {
  const unitPriceMinor = line.price == null ? 0 : minorUnits(String(line.price), order.currency ?? null);
  if (unitPriceMinor === null) return null;
  return {
    lineId: line.id,
    sku: skuOf(line),
    orderedUnits: line.quantity,
    // The store keeps what is cancelled within what neither shipped nor was refunded.
    cancelledUnits: order.cancelled_at == null ? removedUnits(line, refunds) : line.quantity,
    shippedUnits: shippedUnits(line, order, refunds),
    returnedUnits: 0, // only refunds bring units back, and they are told apart
    writtenOffUnits: 0,
    unitPriceMinor,
  };
}

/** Shopify lets a product have no SKU: all its units are then counted under its name. */
function skuOf({ id, sku, name, title }: Line): string {
  if (sku != null && sku.trim() !== '') return sku;
  return skuOfNamed(name ?? title ?? id);
}

/** Units an edit took off the line: what is gone from `current_quantity` and not explained by a refund. */
function removedUnits(line: Line, refunds: readonly Refund[]): number {
  if (line.current_quantity == null) return 0;
  return Math.max(0, line.quantity - line.current_quantity - refundedUnits(line, refunds));
}

function refundedUnits({ id }: Line, refunds: readonly Refund[], restock?: Restock): number {
  let units = 0;
  for (const { lines } of refunds) {
    for (const line of lines) {
      if (line.lineId === id && (restock === undefined || line.restock === restock)) units += line.units;
    }
  }
  return units;
}

const NOT_SHIPPED: ReadonlySet<string | null | undefined> = new Set(['cancelled', 'error', 'failure']);

function shippedUnits(line: Line, { fulfillments }: Order, refunds: readonly Refund[]): number {
  let units = 0;
  for (const { status, line_items: items } of fulfillments) {
    if (NOT_SHIPPED.has(status)) continue;
    for (const { id, quantity } of items) if (id === line.id) units += quantity;
  }
  if (units > 0 || line.fulfillment_status !== 'fulfilled') return Math.min(units, line.quantity);
  // The line says so and no fulfilment does: all that was not taken off it before.
  return Math.max(0, line.quantity - removedUnits(line, refunds) - refundedUnits(line, refunds, 'cancel'));
}

function refundOf({ id, restock, refund_line_items: items }: RefundBody): Refund {
  return {
    refundId: id,
    lines: items.map((item) => ({
      lineId: item.line_item_id,
      units: item.quantity,
      restock: item.restock_type == null ? (restock === false ? 'none' : 'legacy') : (RESTOCKS[item.restock_type] ?? 'legacy'),
    })),
  };
}

const RESTOCKS: Readonly<Record<string, Restock>> = {
  cancel: 'cancel',
  return: 'return',
  no_restock: 'none',
  legacy_restock: 'legacy',
};

function buyerOf({ customer, email }: Order, keyed: (text: string) => string): string | null {
  if (customer?.id != null) return keyed(`shopify customer ${customer.id}`);
  return email == null || email === '' ? null : keyed(`email ${email.trim().toLowerCase()}`);
}
