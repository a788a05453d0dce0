import type { HeardFacts, LineCounters, OrderFacts, OrderLine, Refund, RefundFacts } from '../../src/domain/order.ts';
import { NO_UNITS } from '../../src/domain/order.ts';
import { NOW } from './plan.ts';

/** An order line with the counters given, the rest zero. */
export function lineOf(lineId: string, sku: string, counters: Partial<LineCounters>): OrderLine {
  return { ...NO_UNITS, ...counters, lineId, sku, unitPriceMinor: 5800 };
}

/** An order of one test shop. `version` is the sender's update time, in milliseconds after NOW. */
export function orderOf(
  externalId: string,
  version: number,
  lines: readonly OrderLine[],
  more: Partial<OrderFacts> = {},
): OrderFacts {
  return {
    kind: 'order',
    source: 'shop',
    externalId,
    version: { updatedAtMs: NOW + version, eventAtMs: NOW + version },
    placedAtMs: NOW + 1,
    buyerKey: 'b0b',
    currency: 'USD',
    lines,
    refunds: [],
    ...more,
  };
}

/** A refund heard on its own. */
export function refundOf(externalId: string, refund: Refund): RefundFacts {
  return { kind: 'refund', source: 'shop', externalId, version: { updatedAtMs: NOW, eventAtMs: NOW }, refund };
}

let eventCount = 0;

/** A fact with an event id of its own. */
export function heard(facts: OrderFacts | RefundFacts): HeardFacts {
  eventCount += 1;
  return { eventId: `event-${eventCount}`, facts };
}
