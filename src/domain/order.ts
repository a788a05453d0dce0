/** Units of one order line, each counter cumulative: the line as it now stands. */
export type LineCounters = {
  readonly orderedUnits: number;
  readonly cancelledUnits: number;
  readonly shippedUnits: number;
  readonly returnedUnits: number;
  readonly writtenOffUnits: number;
};

export const NO_UNITS: LineCounters = {
  orderedUnits: 0,
  cancelledUnits: 0,
  shippedUnits: 0,
  returnedUnits: 0,
  writtenOffUnits: 0,
};

export type OrderLine = LineCounters & {
  readonly lineId: string;
  readonly sku: string;
  readonly unitPriceMinor: number;
};

/** When the sender says the order last changed, then when it sent this; compared in that order. */
export type OrderVersion = { readonly updatedAtMs: number; readonly eventAtMs: number };

/** How a refunded unit went back: to sale, to the warehouse, nowhere, or (old payloads) by whether it had shipped. */
export const RESTOCKS = ['cancel', 'return', 'none', 'legacy'] as const;
export type Restock = (typeof RESTOCKS)[number];

/** One refund, known by its id wherever it is heard: on its own or inside an order. */
export type Refund = {
  readonly refundId: string;
  readonly lines: readonly { readonly lineId: string; readonly units: number; readonly restock: Restock }[];
};

/** An order as it now stands, from any shop. Ids are strings: some shops' numbers pass 2^53. */
export type OrderFacts = {
  readonly kind: 'order';
  readonly source: string;
  readonly externalId: string;
  readonly version: OrderVersion;
  readonly placedAtMs: number;
  readonly buyerKey: string | null; // keyed hash; never a name or an address
  readonly currency: string | null; // ISO 4217
  readonly lines: readonly OrderLine[]; // counters without the refunds below
  readonly refunds: readonly Refund[];
};

/** A refund heard without its order. */
export type RefundFacts = {
  readonly kind: 'refund';
  readonly source: string;
  readonly externalId: string; // the order's
  readonly version: OrderVersion;
  readonly refund: Refund;
};

/** One thing a shop told us. `eventId` is the sender's, and tells a repeat. */
export type HeardFacts = { readonly eventId: string; readonly facts: OrderFacts | RefundFacts };

/** Facts recorded in one transaction, at most; a sender's batch is cut into pieces of this size. */
export const ORDER_BATCH_MAX = 256;

/** More units than one line of an order can mean; beyond it a sender is broken. */
export const LINE_UNITS_MAX = 10_000_000;

/** How a movement or a crossing names the order that caused it. */
export function orderCause({ source, externalId }: { readonly source: string; readonly externalId: string }): string {
  return `order ${source} ${externalId}`;
}

/** Below zero when `a` is the older version, zero when neither is. */
export function compareVersions(a: OrderVersion, b: OrderVersion): number {
  return a.updatedAtMs - b.updatedAtMs || a.eventAtMs - b.eventAtMs;
}

/** Units of a line that are sold and still to be shipped. */
export function openUnits({ orderedUnits, cancelledUnits, shippedUnits, writtenOffUnits }: LineCounters): number {
  return orderedUnits - cancelledUnits - shippedUnits - writtenOffUnits;
}

/** Throws for an id or SKU with a NUL or half of a character: PostgreSQL cannot keep them, so neither engine does. */
export function assertKeepable({ eventId, facts }: HeardFacts): void {
  const refunds = facts.kind === 'refund' ? [facts.refund] : facts.refunds;
  const lines = facts.kind === 'refund' ? [] : facts.lines;
  const texts = [eventId, facts.source, facts.externalId, ...refunds.map(({ refundId }) => refundId)];
  for (const { lineId, sku } of lines) texts.push(lineId, sku);
  for (const { lineId } of refunds.flatMap((refund) => refund.lines)) texts.push(lineId);
  if (texts.some((text) => text.includes('\0'))) throw new RangeError('an id or a SKU holds a NUL character');
  if (!texts.every((text) => text.isWellFormed())) throw new RangeError('an id or a SKU holds half of a character');
}
