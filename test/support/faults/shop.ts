import * as fc from 'fast-check';
import { unreachable } from '../../../src/domain/unreachable.ts';
import { TEAM } from '../on-air.ts';
import { shopifyRequest, standardRequest, type Request } from '../web.ts';

/** What lies on a shop's shelves, by its own count: each act changes it once, whatever is told of the act and how often. */
type Shelf = { onHand: number; committed: number; held: number; damaged: number };
export type Shelves = ReadonlyMap<string, Readonly<Shelf>>;

/** How a refunded unit goes back, in Shopify's words. */
type RestockType = 'cancel' | 'return' | 'no_restock';
type ShopRefund = { readonly id: number; readonly line: ShopLine; readonly units: number; readonly how: RestockType };
type ShopLine = {
  readonly id: number;
  readonly sku: string;
  readonly units: number;
  removed: number; // by edits
  shipped: number;
  refunded: number;
  returned: number;
  lost: number;
  open: number;
};

type ShopOrder = {
  readonly id: number;
  readonly placedAtMs: number;
  updatedAtMs: number;
  isCalledOff: boolean;
  readonly lines: readonly ShopLine[];
  readonly refunds: ShopRefund[];
};

/** One thing a shop has to tell. `wrapped` signs it now; with an id it is the same event, with another one a new event. */
export type Told = {
  readonly via: 'shopify' | 'standard';
  readonly eventKey: string; // what tells one event from all others
  readonly wrapped: (more?: { readonly eventId?: string; readonly at?: Date }) => Request;
};

const FIRST_ID = 8_000_000;
const PRICE_MINOR = 1_000;

/** A shop that counts for itself, knowing nothing of ours. */
export function openShop(counts: ReadonlyMap<string, number>) {
  const shelves = new Map(
    [...counts].map(([sku, onHand]): [string, Shelf] => [sku, { onHand, committed: 0, held: 0, damaged: 0 }]),
  );
  let idCount = FIRST_ID;
  const nextId = (): number => (idCount += 1);
  const shelfOf = ({ sku }: ShopLine): Shelf => shelves.get(sku) ?? { onHand: NaN, committed: NaN, held: NaN, damaged: NaN };

  function uncommit(line: ShopLine, units: number): void {
    line.open -= units;
    shelfOf(line).committed -= units;
  }

  return {
    shelves: shelves as Shelves,
    place(wanted: readonly { readonly sku: string; readonly units: number }[], placedAtMs: number): ShopOrder {
      const none = { removed: 0, shipped: 0, refunded: 0, returned: 0, lost: 0 };
      const lines = wanted.map(({ sku, units }): ShopLine => ({ id: nextId(), sku, units, open: units, ...none }));
      for (const line of lines) shelfOf(line).committed += line.units;
      return { id: nextId(), placedAtMs, updatedAtMs: placedAtMs, isCalledOff: false, lines, refunds: [] };
    },
    ship(line: ShopLine, units: number): void {
      uncommit(line, units);
      line.shipped += units;
      shelfOf(line).onHand -= units;
    },
    edit(line: ShopLine, units: number): void {
      uncommit(line, units);
      line.removed += units;
    },
    refund(order: ShopOrder, line: ShopLine, units: number, how: RestockType): ShopRefund {
      const refund = { id: nextId(), line, units, how };
      order.refunds.push(refund);
      line.refunded += units;
      if (how === 'return') {
        line.returned += units;
        shelfOf(line).onHand += units;
        shelfOf(line).held += units;
      } else {
        uncommit(line, units);
        if (how === 'no_restock') {
          line.lost += units;
          shelfOf(line).damaged += units;
        }
      }
      return refund;
    },
    callOff(order: ShopOrder): void {
      order.isCalledOff = true;
      for (const line of order.lines) uncommit(line, line.open);
    },
  };
}
export type Shop = ReturnType<typeof openShop>;

/** The order as it now stands, as one of Shopify's order topics tells it. */
export function orderTold(order: ShopOrder, topic: string, act: string, triggeredAtMs = order.updatedAtMs): Told {
  const updatedAt = new Date(order.updatedAtMs).toISOString();
  const body = JSON.stringify({
    id: order.id,
    created_at: new Date(order.placedAtMs).toISOString(),
    updated_at: updatedAt,
    cancelled_at: order.isCalledOff ? updatedAt : null,
    currency: 'USD',
    line_items: order.lines.map(({ id, sku, units, removed, refunded }) => {
      return { id, sku, quantity: units, current_quantity: units - removed - refunded, price: '10.00' };
    }),
    fulfillments: order.lines.flatMap(({ id, shipped }) =>
      shipped === 0 ? [] : [{ status: 'success', line_items: [{ id, quantity: shipped }] }],
    ),
    refunds: order.refunds.map(refundBody),
  });
  return shopifyTold(body, topic, act, triggeredAtMs);
}

/** A refund alone, as refunds/create tells it. */
export function refundTold(order: ShopOrder, refund: ShopRefund, act: string): Told {
  const body = { ...refundBody(refund), order_id: order.id, created_at: new Date(order.updatedAtMs).toISOString() };
  return shopifyTold(JSON.stringify(body), 'refunds/create', act, order.updatedAtMs);
}

function refundBody({ id, line, units, how }: ShopRefund): object {
  return { id, refund_line_items: [{ line_item_id: line.id, quantity: units, restock_type: how }] };
}

function shopifyTold(body: string, topic: string, act: string, triggeredAtMs: number): Told {
  return {
    via: 'shopify',
    eventKey: `${topic} ${act}`,
    wrapped({ eventId = act } = {}) {
      const request = shopifyRequest(body, { team: TEAM, topic, eventId });
      return { ...request, headers: { ...request.headers, 'x-shopify-triggered-at': new Date(triggeredAtMs).toISOString() } };
    },
  };
}

/** The order as it now stands, in our own format. */
function standardTold(order: ShopOrder, act: string): Told {
  const body = JSON.stringify({
    source: 'webhook',
    externalId: String(order.id),
    placedAt: new Date(order.placedAtMs).toISOString(),
    updatedAt: new Date(order.updatedAtMs).toISOString(),
    currency: 'USD',
    lines: order.lines.map(({ id, sku, units, shipped, returned, lost, open }) => ({
      lineId: String(id),
      sku,
      orderedUnits: units,
      cancelledUnits: units - shipped - lost - open,
      shippedUnits: shipped,
      returnedUnits: returned,
      writtenOffUnits: lost,
      unitPriceMinor: PRICE_MINOR,
    })),
  });
  return {
    via: 'standard',
    eventKey: act,
    wrapped: ({ eventId = act, at = new Date() } = {}) => standardRequest(body, { team: TEAM, id: eventId, at }),
  };
}

const ACTS = ['ship', 'edit', 'cancel', 'return', 'lose', 'call-off'] as const;
const MINUTE_MS = 60_000;

export type Life = {
  readonly via: Told['via'];
  readonly skewMs: number;
  readonly lines: readonly { readonly sku: string; readonly units: number }[];
  readonly acts: readonly {
    readonly kind: (typeof ACTS)[number];
    readonly lineIndex: number;
    readonly unitsMax: number;
    readonly laterSeconds: number;
  }[];
};

/** What happens to one order. The sender's clock is ahead or behind by as much as `skewMs`. */
export function lifeArb(skus: readonly string[]): fc.Arbitrary<Life> {
  return fc.record({
    via: fc.constantFrom('shopify', 'standard'),
    skewMs: fc.constantFrom(-30 * MINUTE_MS, 0, 30 * MINUTE_MS, 2 * 24 * 60 * MINUTE_MS),
    lines: fc.array(fc.record({ sku: fc.constantFrom(...skus), units: fc.integer({ min: 1, max: 5 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
    acts: fc.array(
      fc.record({
        kind: fc.constantFrom(...ACTS),
        lineIndex: fc.nat(2),
        unitsMax: fc.integer({ min: 1, max: 3 }),
        laterSeconds: fc.nat(1), // Shopify tells whole seconds: two acts within one differ only in when they were sent
      }),
      { maxLength: 6 },
    ),
  });
}

/** Lives an order in the shop, and answers all that is told of it, in the order it happened. */
export function live(shop: Shop, { via, skewMs, lines, acts }: Life, placedAtMs: number, name: string): readonly Told[] {
  const order = shop.place(lines, placedAtMs + skewMs);
  const told =
    via === 'shopify' ? [orderTold(order, 'orders/create', `${name}-placed`)] : [standardTold(order, `${name}-placed`)];
  for (const [index, act] of acts.entries()) {
    const did = doOnce(shop, order, act);
    if (did === null) continue;
    const id = `${name}-${index}`;
    // Our own format has one time, in milliseconds.
    order.updatedAtMs += act.laterSeconds * 1_000 + (via === 'standard' ? 1 : 0);
    if (via === 'standard') told.push(standardTold(order, id));
    else for (const topic of did.topics) told.push(orderTold(order, topic, id, order.updatedAtMs + index + 1));
    if (via === 'shopify' && did.refund !== null) told.push(refundTold(order, did.refund, id));
  }
  return told;
}

/** Does as much of it as can be done; null where nothing can. Topics are those that Shopify tells it under. */
function doOnce(
  shop: Shop,
  order: ShopOrder,
  { kind, lineIndex, unitsMax }: Life['acts'][number],
): { readonly topics: readonly string[]; readonly refund: ShopRefund | null } | null {
  const line = order.lines[lineIndex % order.lines.length];
  if (line === undefined) return null;
  const units = Math.min(unitsMax, kind === 'return' ? line.shipped - line.returned : line.open);
  if (units < 1) return null;
  const changed = { topics: ['orders/updated'], refund: null };
  switch (kind) {
    case 'ship':
      shop.ship(line, units);
      return { ...changed, topics: ['orders/updated', 'orders/partially_fulfilled'] };
    case 'edit':
      shop.edit(line, units);
      return changed;
    case 'call-off':
      shop.callOff(order);
      return { ...changed, topics: ['orders/updated', 'orders/cancelled'] };
    case 'cancel':
    case 'return':
      return { ...changed, refund: shop.refund(order, line, units, kind) };
    case 'lose':
      return { ...changed, refund: shop.refund(order, line, units, 'no_restock') };
    default:
      return unreachable(kind);
  }
}
