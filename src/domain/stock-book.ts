import { availableToSell, balance, bundleAvailability, moved, type Component, type Level, type MovementKind } from './stock.ts';
import { thresholdStep, type ArmedThreshold, type Crossing } from './threshold.ts';

/** One SKU as a transaction works on it. */
export type BookItem = {
  readonly sku: string;
  readonly trackedFromMs: number;
  readonly level: Level;
  readonly sellableUnits: number; // available right after the last opening, receipt or count
  readonly thresholds: readonly ArmedThreshold[];
};

export type BookBundle = {
  readonly sku: string;
  readonly components: readonly Component[];
  readonly thresholds: readonly ArmedThreshold[];
};

/** One line for the ledger. Its key is unique in the team. */
export type Move = { readonly sku: string; readonly kind: MovementKind; readonly units: number; readonly key: string };

/** Why stock moves. A receipt arms thresholds at once; an opening, a receipt or a count sets what percentages are of. */
export type MoveCause = {
  readonly cause: string; // as the ledger and the crossings name it
  readonly basis: 'order' | 'hand' | 'count' | 'receipt';
  readonly atMs: number;
  readonly personId: string | null;
  readonly reasonId: string | null;
};

export type LedgerEntry = Move & Omit<MoveCause, 'basis'>;

/** Units left of a SKU or bundle, below zero when oversold, and the component that binds a bundle. */
export type Balance = { readonly balanceUnits: number; readonly bindingSku: string | null };

/** What alerts are told: crossings in order, the subjects that recovered and with how much, and every touched balance after them. */
export type StockNews = {
  readonly crossings: readonly Crossing[];
  readonly recovered: ReadonlyMap<string, Balance>;
  readonly balances: ReadonlyMap<string, Balance>;
};

/**
 * The stock a transaction works on: levels and thresholds in memory, changed one cause at a time, so that crossings come out
 * the same whether a hundred orders share a transaction or each has its own.
 */
export type StockBook = {
  readonly item: (sku: string) => BookItem | undefined;
  readonly bundle: (sku: string) => BookBundle | undefined;
  /** Applies all moves of one cause, then judges every subject they touch. All of them, or (on a throw) none. */
  readonly record: (moves: readonly Move[], cause: MoveCause) => void;
  /** What has to be written, and what alerts have to be told, in order. */
  readonly close: () => {
    readonly entries: readonly LedgerEntry[];
    readonly items: readonly BookItem[]; // those that moved
    readonly armed: readonly { readonly sku: string; readonly thresholds: readonly ArmedThreshold[] }[]; // whose arming changed
    readonly news: readonly StockNews[];
  };
};

type Parts = {
  readonly items: Map<string, BookItem>;
  readonly bundles: Map<string, BookBundle>;
  readonly bundlesOf: ReadonlyMap<string, readonly string[]>;
};

/** Opens a book on these items and bundles. Every component of every bundle must be among the items. */
export function openBook(items: readonly BookItem[], bundles: readonly BookBundle[]): StockBook {
  const parts: Parts = {
    items: new Map(items.map((item) => [item.sku, item])),
    bundles: new Map(bundles.map((bundle) => [bundle.sku, bundle])),
    bundlesOf: bundlesBySku(bundles),
  };
  const entries: LedgerEntry[] = [];
  const rearmed = new Set<string>();
  const movedSkus = new Set<string>();
  const news = newsDesk(parts);

  return {
    item: (sku) => parts.items.get(sku),
    bundle: (sku) => parts.bundles.get(sku),
    record(moves, cause) {
      const after = movedItems(parts.items, moves, cause);
      const { basis: _, ...told } = cause;
      for (const move of moves) entries.push({ ...move, ...told });
      for (const item of after.values()) {
        parts.items.set(item.sku, item);
        movedSkus.add(item.sku);
      }
      const subjects = judged(parts, after.keys(), cause);
      for (const { subject } of subjects.changed) rearmed.add(subject);
      news.add(subjects);
    },
    close: () => ({
      entries,
      items: [...movedSkus].flatMap((sku) => parts.items.get(sku) ?? []),
      armed: [...rearmed].map((sku) => ({ sku, thresholds: subjectOf(parts, sku)?.thresholds ?? [] })),
      news: news.close(),
    }),
  };
}

/** The balance of a SKU or bundle, and the component that binds a bundle. */
function standingOf(parts: Parts, subject: string): Balance & { readonly sellableUnits: number } {
  const item = parts.items.get(subject);
  if (item !== undefined) return { balanceUnits: balance(item.level), bindingSku: null, sellableUnits: item.sellableUnits };
  const bundle = parts.bundles.get(subject);
  if (bundle === undefined) throw new Error(`no SKU or bundle ${subject} in this book`);
  const itemOf = (sku: string): BookItem => {
    const component = parts.items.get(sku);
    if (component === undefined) throw new Error(`bundle ${subject} needs ${sku} in this book`);
    return component;
  };
  const { balanceUnits, bindingSku } = bundleAvailability(bundle.components, (sku) => balance(itemOf(sku).level));
  const { availableUnits } = bundleAvailability(bundle.components, (sku) => itemOf(sku).sellableUnits);
  return { balanceUnits, bindingSku, sellableUnits: availableUnits };
}

function subjectOf(parts: Parts, subject: string): BookItem | BookBundle | undefined {
  return parts.items.get(subject) ?? parts.bundles.get(subject);
}

function movedItems(items: ReadonlyMap<string, BookItem>, moves: readonly Move[], { basis }: MoveCause): Map<string, BookItem> {
  const after = new Map<string, BookItem>();
  for (const { sku, kind, units } of moves) {
    const item = after.get(sku) ?? items.get(sku);
    if (item === undefined) throw new Error(`no SKU ${sku} in this book`);
    after.set(sku, { ...item, level: moved(item.level, kind, units) });
  }
  if (basis === 'receipt' || basis === 'count') {
    for (const item of after.values()) after.set(item.sku, { ...item, sellableUnits: availableToSell(item.level) });
  }
  return after;
}

type Judged = {
  readonly touched: readonly string[];
  readonly crossings: readonly Crossing[];
  readonly recovered: ReadonlyMap<string, Balance>;
  readonly changed: readonly { readonly subject: string }[];
};

/** Judges the thresholds of the SKUs that moved, then of the bundles that hold one. */
function judged(parts: Parts, skus: Iterable<string>, { cause, basis, atMs }: MoveCause): Judged {
  const touched = new Set(skus);
  for (const sku of touched) for (const bundle of parts.bundlesOf.get(sku) ?? []) touched.add(bundle);
  const crossings: Crossing[] = [];
  const recovered = new Map<string, Balance>();
  const changed: { subject: string }[] = [];
  for (const subject of touched) {
    const { balanceUnits, bindingSku, sellableUnits } = standingOf(parts, subject);
    const step = thresholdStep(subjectOf(parts, subject)?.thresholds ?? [], {
      balanceUnits,
      sellableUnits,
      receipt: basis === 'receipt',
    });
    if (step === null) continue;
    setThresholds(parts, subject, step.thresholds);
    changed.push({ subject });
    if (step.recovered) recovered.set(subject, { balanceUnits, bindingSku });
    if (step.crossed === null) continue;
    const { threshold, limitUnits } = step.crossed;
    const { id: thresholdId, severity } = threshold;
    crossings.push({ subject, thresholdId, severity, cause, balanceUnits, limitUnits, minutesLeft: null, bindingSku, atMs });
  }
  return { touched: [...touched], crossings, recovered, changed };
}

function setThresholds({ items, bundles }: Parts, subject: string, thresholds: readonly ArmedThreshold[]): void {
  const item = items.get(subject);
  if (item !== undefined) items.set(subject, { ...item, thresholds });
  const bundle = bundles.get(subject);
  if (bundle !== undefined) bundles.set(subject, { ...bundle, thresholds });
}

/** Gathers news. A subject that recovers and is crossed again begins another piece, so that its first alert ends before the next. */
function newsDesk(parts: Parts): { add: (judged: Judged) => void; close: () => readonly StockNews[] } {
  const pieces: StockNews[] = [];
  let crossings: Crossing[] = [];
  let recovered = new Map<string, Balance>();
  let touched = new Set<string>();

  function cut(): void {
    if (touched.size === 0) return;
    const balances = new Map<string, Balance>();
    for (const subject of touched) {
      const { balanceUnits, bindingSku } = standingOf(parts, subject);
      balances.set(subject, { balanceUnits, bindingSku });
    }
    pieces.push({ crossings, recovered, balances });
    crossings = [];
    recovered = new Map();
    touched = new Set();
  }

  return {
    add(judged) {
      // The balances of the earlier piece already hold this cause: they are what a card shows as "now", not the crossing's own.
      if (judged.crossings.some(({ subject }) => recovered.has(subject))) cut();
      crossings.push(...judged.crossings);
      for (const [subject, balance] of judged.recovered) recovered.set(subject, balance);
      for (const subject of judged.touched) touched.add(subject);
    },
    close() {
      cut();
      return pieces;
    },
  };
}

function bundlesBySku(bundles: readonly BookBundle[]): ReadonlyMap<string, readonly string[]> {
  const bySku = new Map<string, string[]>();
  for (const { sku: bundle, components } of bundles) {
    for (const { sku } of components) bySku.set(sku, [...(bySku.get(sku) ?? []), bundle]);
  }
  return bySku;
}
