import {
  compareVersions,
  LINE_UNITS_MAX,
  NO_UNITS,
  type LineCounters,
  type OrderFacts,
  type OrderLine,
  type OrderVersion,
  type Refund,
  type RefundFacts,
  type Restock,
} from './order.ts';
import type { Component } from './stock.ts';

/** One line of a kept order. */
export type KeptLine = {
  readonly lineId: string;
  readonly sku: string;
  readonly unitPriceMinor: number;
  readonly base: LineCounters; // as the newest version that lists the line tells them, without refunds
  readonly listedIn: OrderVersion | null; // null: the order's newest version lists it; else the last one that did
  readonly parts: readonly Component[] | null; // what the line was exploded into when first applied; null: its SKU is unknown so far
  readonly applied: LineCounters; // what the ledger has been told
};

/** An order as it is kept: what every version and refund heard so far comes to, whatever the order they arrived in. */
export type KeptOrder = {
  readonly source: string;
  readonly externalId: string;
  readonly version: OrderVersion;
  readonly placedAtMs: number | null; // null: only a refund of it was heard so far
  readonly buyerKey: string | null;
  readonly currency: string | null;
  readonly lines: readonly KeptLine[];
  readonly refunds: readonly Refund[];
  readonly reconcile: boolean; // two versions of one age said different things
  readonly changeCount: number;
};

/** What hearing facts did to the kept order, before any stock moves. */
export type Merged =
  | { readonly kind: 'changed'; readonly order: KeptOrder; readonly conflict: boolean }
  | { readonly kind: 'repeat' | 'older' };

const NEVER: OrderVersion = { updatedAtMs: 0, eventAtMs: 0 };

/**
 * Unites facts with what is kept. Each line stands as the newest version that lists it tells it; equal versions take, per counter,
 * the larger; refunds are united by id. So the same facts in any order, any number of times, come to the same lines.
 * Counters that are not whole numbers from 0 to LINE_UNITS_MAX throw.
 */
export function mergeOrder(kept: KeptOrder | null, facts: OrderFacts | RefundFacts): Merged {
  return facts.kind === 'refund' ? mergeRefund(kept, facts) : mergeVersion(kept, facts);
}

function mergeRefund(kept: KeptOrder | null, { source, externalId, refund }: RefundFacts): Merged {
  const before = kept ?? nothingOf(source, externalId);
  const refunds = unitedRefunds(before.refunds, [refund]);
  return refunds === before.refunds ? { kind: 'repeat' } : { kind: 'changed', order: { ...before, refunds }, conflict: false };
}

function nothingOf(source: string, externalId: string): KeptOrder {
  return {
    source,
    externalId,
    version: NEVER,
    placedAtMs: null,
    buyerKey: null,
    currency: null,
    lines: [],
    refunds: [],
    reconcile: false,
    changeCount: 0,
  };
}

function mergeVersion(kept: KeptOrder | null, facts: OrderFacts): Merged {
  const { source, externalId, version, placedAtMs, buyerKey, currency } = facts;
  const heard = summedLines(facts.lines);
  const before = kept ?? nothingOf(source, externalId);
  const refunds = unitedRefunds(before.refunds, facts.refunds);
  // An order of which only refunds were heard has no version yet: any is newer.
  const age = before.placedAtMs === null ? 1 : compareVersions(version, before.version);
  if (age > 0) {
    const lines = newerLines(before, heard);
    const order = { ...before, version, placedAtMs, buyerKey, currency, lines, refunds };
    return { kind: 'changed', order, conflict: false };
  }
  if (age === 0) return mergeEqual(before, heard, refunds);
  const lines = olderLines(before.lines, heard, version);
  if (lines === before.lines && refunds === before.refunds) return { kind: 'older' };
  return { kind: 'changed', order: { ...before, lines, refunds }, conflict: false };
}

/** Lines are known by id and SKU: a line that changes its SKU is another line, and the first is no longer listed. */
function identity({ lineId, sku }: { readonly lineId: string; readonly sku: string }): string {
  return `${lineId}\n${sku}`;
}

function summedLines(lines: readonly OrderLine[]): ReadonlyMap<string, OrderLine> {
  const summed = new Map<string, OrderLine>();
  for (const line of lines) {
    const known = summed.get(identity(line));
    const sum = known === undefined ? line : { ...line, ...perCounter(known, line, (a, b) => a + b) };
    assertUnits(sum);
    summed.set(identity(line), sum);
  }
  return summed;
}

function newerLines({ lines, version }: KeptOrder, heard: ReadonlyMap<string, OrderLine>): readonly KeptLine[] {
  if (lines.length === 0) return [...heard.values()].map((line) => freshLine(line, null));
  const known = new Set(lines.map(identity));
  const stayed = lines.map((line): KeptLine => {
    const now = heard.get(identity(line));
    if (now === undefined) return { ...line, listedIn: line.listedIn ?? version };
    return { ...line, unitPriceMinor: now.unitPriceMinor, base: countersOf(now), listedIn: null };
  });
  const added = [...heard].filter(([id]) => !known.has(id)).map(([, line]) => freshLine(line, null));
  return added.length === 0 ? stayed : [...stayed, ...added];
}

function mergeEqual(before: KeptOrder, heard: ReadonlyMap<string, OrderLine>, refunds: readonly Refund[]): Merged {
  const present = before.lines.filter(({ listedIn }) => listedIn === null);
  const same =
    present.length === heard.size &&
    present.every((line) => {
      const now = heard.get(identity(line));
      return now !== undefined && sameCounters(now, line.base);
    });
  if (same) {
    return refunds === before.refunds ? { kind: 'repeat' } : { kind: 'changed', order: { ...before, refunds }, conflict: false };
  }
  const lines = olderLines(before.lines, heard, null);
  if (before.reconcile && lines === before.lines && refunds === before.refunds) return { kind: 'repeat' };
  return { kind: 'changed', order: { ...before, lines, refunds, reconcile: true }, conflict: !before.reconcile };
}

/**
 * What a version no newer than the newest still teaches (`version` null: it is as new): lines nobody had heard of, and the last
 * word on lines the newest no longer lists. The same array when it teaches nothing.
 */
function olderLines(
  lines: readonly KeptLine[],
  heard: ReadonlyMap<string, OrderLine>,
  version: OrderVersion | null,
): readonly KeptLine[] {
  let taught = false;
  const known = new Set(lines.map(identity));
  const stayed = lines.map((line): KeptLine => {
    const then = heard.get(identity(line));
    const age = compareListed(version, line.listedIn);
    if (then === undefined || age < 0) return line;
    const base = age > 0 ? countersOf(then) : perCounter(line.base, then, Math.max);
    if (age === 0 && sameCounters(base, line.base)) return line;
    taught = true;
    return { ...line, base, listedIn: version };
  });
  const added = [...heard].filter(([id]) => !known.has(id)).map(([, line]) => freshLine(line, version));
  return taught || added.length > 0 ? [...stayed, ...added] : lines;
}

/** Compares the versions that list a line; null is the order's newest. */
function compareListed(a: OrderVersion | null, b: OrderVersion | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compareVersions(a, b);
}

function freshLine(line: OrderLine, listedIn: OrderVersion | null): KeptLine {
  const { lineId, sku, unitPriceMinor } = line;
  return { lineId, sku, unitPriceMinor, base: countersOf(line), listedIn, parts: null, applied: NO_UNITS };
}

/** Unites refunds by id. One id with two contents keeps that of more units, then the later in text: the same in any order. */
function unitedRefunds(known: readonly Refund[], heard: readonly Refund[]): readonly Refund[] {
  let united = known;
  for (const refund of heard) {
    for (const { units } of refund.lines) assertWhole(units);
    const index = united.findIndex(({ refundId }) => refundId === refund.refundId);
    const there = united[index];
    if (there === undefined) united = [...united, refund];
    else if (saysMore(refund, there)) united = united.with(index, refund);
  }
  return united;
}

function saysMore(a: Refund, b: Refund): boolean {
  const units = (refund: Refund) => refund.lines.reduce((sum, line) => sum + line.units, 0);
  const text = ({ lines }: Refund) =>
    lines
      .map(({ lineId, units, restock }) => JSON.stringify([lineId, units, restock]))
      .sort()
      .join();
  return units(a) === units(b) ? text(a) > text(b) : units(a) > units(b);
}

/** Units of one line that went back, by how. */
export type RefundedUnits = Readonly<Record<Restock, number>>;

const NOTHING_REFUNDED: RefundedUnits = { cancel: 0, return: 0, none: 0, legacy: 0 };

/** What an order's refunds say of each line that stands for its id: the listed one, else the one listed last. */
export function refundedUnits({ lines, refunds }: KeptOrder): (line: KeptLine) => RefundedUnits {
  if (refunds.length === 0) return () => NOTHING_REFUNDED;
  const byLine = new Map<string, Record<Restock, number>>();
  for (const { lineId, units, restock } of refunds.flatMap((refund) => refund.lines)) {
    const sums = byLine.get(lineId) ?? { ...NOTHING_REFUNDED };
    sums[restock] += units;
    byLine.set(lineId, sums);
  }
  const bearers = new Map<string, KeptLine>();
  for (const line of lines) {
    const other = bearers.get(line.lineId);
    const age = other === undefined ? 1 : compareListed(line.listedIn, other.listedIn);
    if (other === undefined || age > 0 || (age === 0 && line.sku < other.sku)) bearers.set(line.lineId, line);
  }
  return (line) => (bearers.get(line.lineId) === line ? (byLine.get(line.lineId) ?? NOTHING_REFUNDED) : NOTHING_REFUNDED);
}

/**
 * A line's counters with its refunds, made to fit each other: no more shipped than ordered; written off, then cancelled, only from
 * what did not ship. A line its order no longer lists has its open units cancelled.
 */
export function settled({ base, listedIn }: Pick<KeptLine, 'base' | 'listedIn'>, refunded: RefundedUnits): LineCounters {
  const shippedUnits = Math.min(base.shippedUnits, base.orderedUnits);
  const writtenOffUnits = Math.min(base.writtenOffUnits + refunded.none, base.orderedUnits - shippedUnits);
  const unshipped = base.orderedUnits - shippedUnits - writtenOffUnits;
  const asked = Math.min(base.cancelledUnits + refunded.cancel, unshipped);
  // Old payloads do not say how a unit went back: it was cancelled if it had not shipped, else it was returned.
  const legacyCancelled = Math.min(refunded.legacy, unshipped - asked);
  return {
    orderedUnits: base.orderedUnits,
    cancelledUnits: listedIn === null ? asked + legacyCancelled : unshipped,
    shippedUnits,
    returnedUnits: base.returnedUnits + refunded.return + refunded.legacy - legacyCancelled,
    writtenOffUnits,
  };
}

function countersOf({ orderedUnits, cancelledUnits, shippedUnits, returnedUnits, writtenOffUnits }: LineCounters): LineCounters {
  return { orderedUnits, cancelledUnits, shippedUnits, returnedUnits, writtenOffUnits };
}

/** Whether two lines' counters are the same. */
export function sameCounters(a: LineCounters, b: LineCounters): boolean {
  return (
    a.orderedUnits === b.orderedUnits &&
    a.cancelledUnits === b.cancelledUnits &&
    a.shippedUnits === b.shippedUnits &&
    a.returnedUnits === b.returnedUnits &&
    a.writtenOffUnits === b.writtenOffUnits
  );
}

function perCounter(a: LineCounters, b: LineCounters, one: (a: number, b: number) => number): LineCounters {
  return {
    orderedUnits: one(a.orderedUnits, b.orderedUnits),
    cancelledUnits: one(a.cancelledUnits, b.cancelledUnits),
    shippedUnits: one(a.shippedUnits, b.shippedUnits),
    returnedUnits: one(a.returnedUnits, b.returnedUnits),
    writtenOffUnits: one(a.writtenOffUnits, b.writtenOffUnits),
  };
}

function assertUnits(line: LineCounters): void {
  assertWhole(line.orderedUnits);
  assertWhole(line.cancelledUnits);
  assertWhole(line.shippedUnits);
  assertWhole(line.returnedUnits);
  assertWhole(line.writtenOffUnits);
}

function assertWhole(units: number): void {
  if (!Number.isSafeInteger(units) || units < 0 || units > LINE_UNITS_MAX) {
    throw new RangeError(`units of a line are a whole number from 0 to ${LINE_UNITS_MAX}: ${units}`);
  }
}
