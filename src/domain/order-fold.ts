import { mergeOrder, refundedUnits, sameCounters, settled, type KeptLine, type KeptOrder } from './order-merge.ts';
import { NO_UNITS, openUnits, orderCause, type LineCounters, type OrderFacts, type RefundFacts } from './order.ts';
import type { Move, StockBook } from './stock-book.ts';
import { raisesCommitted, type Component, type MovementKind } from './stock.ts';

/** What one heard fact came to. */
export type Folded =
  | {
      readonly kind: 'recorded';
      readonly order: KeptOrder;
      readonly movementCount: number;
      readonly conflict: boolean; // it disagrees with an equal version for the first time
      readonly unknown: readonly UnknownUnits[];
    }
  | { readonly kind: 'repeat' | 'older' };

/** Open units of a SKU nobody has listed, in one order. */
export type UnknownUnits = { readonly sku: string; readonly openUnits: number };

/**
 * Hears one fact: unites it with the kept order and tells the book what moved. Throws, and changes nothing, when the fact cannot
 * be true.
 */
export function foldFact(
  kept: KeptOrder | null,
  facts: OrderFacts | RefundFacts,
  on: { readonly book: StockBook; readonly returnsRelease: boolean; readonly nowMs: number },
): Folded {
  const merged = mergeOrder(kept, facts);
  if (merged.kind !== 'changed') return merged;
  return { kind: 'recorded', conflict: merged.conflict, ...applyOrder(merged.order, on) };
}

/** Brings the ledger up to a kept order: every counter's difference to what was applied, as movements. */
export function applyOrder(
  order: KeptOrder,
  { book, returnsRelease, nowMs }: { readonly book: StockBook; readonly returnsRelease: boolean; readonly nowMs: number },
): { readonly order: KeptOrder; readonly movementCount: number; readonly unknown: readonly UnknownUnits[] } {
  const tally = movementTally(returnsRelease);
  const refundedOf = refundedUnits(order);
  const unknown = new Map<string, number>();
  const lines = order.lines.map((line): KeptLine => {
    const now = settled(line, refundedOf(line));
    const parts = line.parts ?? partsOf(line.sku, book);
    if (parts === null) {
      unknown.set(line.sku, (unknown.get(line.sku) ?? 0) + openUnits(now));
      return line;
    }
    if (line.parts !== null && sameCounters(now, line.applied)) return line;
    for (const { sku, unitsPerBundle } of parts) {
      const baseline = line.parts === null && isBaseline(order, sku, book);
      const [from, to] = baseline ? [NO_UNITS, { ...NO_UNITS, orderedUnits: openUnits(now) }] : [line.applied, now];
      tally.add(sku, unitsPerBundle, from, to);
    }
    return { ...line, parts, applied: now };
  });
  const changeCount = order.changeCount + 1;
  const cause = orderCause(order);
  const moves = tally.moves(`${cause} ${changeCount}`);
  book.record(moves, { cause, basis: 'order', atMs: nowMs, personId: null, reasonId: null });
  return {
    order: { ...order, lines, changeCount },
    movementCount: moves.length,
    unknown: [...unknown].map(([sku, openUnits]) => ({ sku, openUnits })),
  };
}

/** What a SKU is made of as the catalogue stands now; null when nobody has listed it. */
function partsOf(sku: string, book: StockBook): readonly Component[] | null {
  if (book.item(sku) !== undefined) return [{ sku, unitsPerBundle: 1 }];
  return book.bundle(sku)?.components ?? null;
}

/** An order placed before a SKU's opening count and heard only now: that count already knows what had left and come back. */
function isBaseline({ placedAtMs }: KeptOrder, sku: string, book: StockBook): boolean {
  const item = book.item(sku);
  if (item === undefined) throw new Error(`no SKU ${sku} in this book`);
  return placedAtMs !== null && placedAtMs < item.trackedFromMs;
}

// One movement per SKU and kind, however many lines an order has.
function movementTally(returnsRelease: boolean): {
  readonly add: (sku: string, times: number, from: LineCounters, to: LineCounters) => void;
  readonly moves: (key: string) => readonly Move[];
} {
  const sums = new Map<string, { sku: string; kind: MovementKind; units: number }>();
  function add(sku: string, kind: MovementKind, units: number): void {
    if (units === 0) return;
    const sum = sums.get(`${kind} ${sku}`);
    if (sum === undefined) sums.set(`${kind} ${sku}`, { sku, kind, units });
    else sum.units += units;
  }
  return {
    add(sku, times, from, to) {
      add(sku, 'commit', times * (to.orderedUnits - from.orderedUnits));
      add(sku, 'uncommit', times * (to.cancelledUnits - from.cancelledUnits));
      add(sku, 'ship', times * (to.shippedUnits - from.shippedUnits));
      const returned = times * (to.returnedUnits - from.returnedUnits);
      add(sku, 'return', returned);
      if (returnsRelease) add(sku, 'release', returned);
      const writtenOff = times * (to.writtenOffUnits - from.writtenOffUnits);
      add(sku, 'uncommit', writtenOff);
      add(sku, 'damage', writtenOff);
    },
    moves(key) {
      const moves = [...sums.values()].filter(({ units }) => units !== 0);
      if (moves.length > 1) {
        moves.sort((a, b) => Number(raisesCommitted(b.kind, b.units)) - Number(raisesCommitted(a.kind, a.units)));
      }
      return moves.map((move, index) => ({ ...move, key: `${key}.${index}` }));
    },
  };
}
