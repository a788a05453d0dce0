import { and, eq } from 'drizzle-orm';
import { decideByHand, type HandChange } from '../../domain/stock-change.ts';
import { moved } from '../../domain/stock.ts';
import { GUARD_THRESHOLDS, thresholdId, type Threshold, type ThresholdUnit } from '../../domain/threshold.ts';
import type { StockChange, StockStore } from '../../ports/store/stock.ts';
import { remember } from '../audit.ts';
import { loadBook, saveBook } from './book-rows.ts';
import type { Tx } from '../engine/engine.ts';
import { intent } from '../intent.ts';
import { setThresholds } from './opening.ts';
import { findSku, skuAmong, type SkuRow } from './sku-lookup.ts';
import { readBoard } from './stock-board.ts';
import type { TeamContext } from '../team-context.ts';

type Ask = Parameters<StockStore['receive']>[0];
type HandAsk = Omit<Ask, 'units'>;
type ThresholdAsk = Parameters<StockStore['threshold']>[0];
type ThresholdAnswer = Awaited<ReturnType<StockStore['threshold']>>;

export function stockStore(context: TeamContext): StockStore {
  const { engine, teamId } = context;
  const byHand = (ask: HandAsk, change: HandChange) => intent(context, ask, (tx) => changeByHand(tx, ask, change));
  return {
    board: ({ sku, nowMs }) => engine.read((db) => boardOf({ db, tables: engine.tables, teamId }, sku, nowMs)),
    receive: (ask) => byHand(ask, { what: 'receive', units: ask.units }),
    ship: (ask) => byHand(ask, { what: 'ship', units: ask.units }),
    count: (ask) => byHand(ask, { what: 'count', countedUnits: ask.countedUnits }),
    adjust: (ask) => byHand(ask, { what: 'adjust', units: ask.units }),
    reserve: (ask) => byHand(ask, { what: 'reserve', units: ask.units }),
    threshold: (ask) => intent(context, ask, (tx) => changeThreshold(tx, ask)),
  };
}

async function boardOf(
  from: Parameters<typeof readBoard>[0],
  asked: string | null,
  nowMs: number,
): ReturnType<StockStore['board']> {
  const { rows, board } = await readBoard(from, nowMs);
  if (asked === null) return { kind: 'board', ...board };
  const found = skuAmong(rows, asked);
  if (found.kind !== 'found') return found;
  const { sku } = found.row;
  const items = board.items.filter((item) => item.sku === sku);
  const bundles = board.bundles.filter((bundle) => bundle.sku === sku);
  return { kind: 'board', asOfMs: board.asOfMs, items, bundles };
}

// How the ledger and the crossings name each change, and what it does to percentages.
const CAUSES = {
  receive: { cause: 'receipt', basis: 'receipt' },
  ship: { cause: 'ship', basis: 'hand' },
  count: { cause: 'count', basis: 'count' },
  adjust: { cause: 'adjust', basis: 'hand' },
  reserve: { cause: 'reserve', basis: 'hand' },
} as const satisfies Record<HandChange['what'], unknown>;

async function changeByHand(tx: Tx, { sku: asked, key, by, nowMs, reason }: HandAsk, change: HandChange): Promise<StockChange> {
  const found = await findSku(tx, asked);
  if (found.kind !== 'found') return found;
  const { row } = found;
  const { sku } = row;
  if (row.components !== null) return { kind: 'is-bundle', sku };
  const book = await loadBook(tx, [sku]);
  const level = book.item(sku)?.level;
  if (level === undefined) throw new Error(`SKU ${sku} has no level`);
  const answer = decideByHand(change, { level, reservePercent: row.reservePercent, key });
  if (answer.kind === 'short') return { kind: 'short', item: await itemNow(tx, sku, nowMs), missingUnits: answer.missingUnits };
  const moves = answer.moves.map((move) => ({ sku, ...move }));
  const after = moves.reduce((before, { kind, units }) => moved(before, kind, units), level);
  const { reasonId } = await remember(tx, {
    by,
    action: `stock.${change.what}`,
    target: sku,
    before: level,
    after: { ...after, units: answer.units },
    reason,
    nowMs,
  });
  const { cause, basis } = CAUSES[change.what];
  book.record(moves, { cause, basis, atMs: nowMs, personId: by.personId, reasonId });
  await saveBook(tx, book, nowMs);
  if (change.what === 'receive') await arrived(tx, row, change.units);
  return { kind: 'done', item: await itemNow(tx, sku, nowMs), units: answer.units };
}

async function arrived({ db, tables: { skus }, teamId }: Tx, { sku, incomingUnits }: SkuRow, units: number): Promise<void> {
  await db
    .update(skus)
    .set({ incomingUnits: Math.max(0, incomingUnits - units) })
    .where(and(eq(skus.teamId, teamId), eq(skus.sku, sku)));
}

async function itemNow(tx: Tx, sku: string, nowMs: number) {
  const { board } = await readBoard(tx, nowMs);
  const item = board.items.find((each) => each.sku === sku);
  if (item === undefined) throw new Error(`no SKU ${sku} on the board`);
  return item;
}

const BOUNDS: Readonly<Record<ThresholdUnit, readonly [least: number, most: number]>> = {
  units: [0, 10_000_000],
  percent: [1, 99],
  minutes: [1, 600],
};

async function changeThreshold(tx: Tx, ask: ThresholdAsk): Promise<ThresholdAnswer> {
  const found = await findSku(tx, ask.sku);
  if (found.kind !== 'found') return found;
  const { sku } = found.row;
  const book = await loadBook(tx, [sku]);
  const before = (book.item(sku) ?? book.bundle(sku))?.thresholds ?? [];
  const chosen = chosenAfter(before, ask);
  if (chosen === null) return { kind: 'no-such-threshold', sku, thresholds: before.filter((each) => !isGuard(each)).map(plain) };
  const { by, nowMs } = ask;
  const thresholds = await setThresholds(tx, sku, chosen, nowMs);
  await remember(tx, {
    by,
    action: 'stock.threshold',
    target: sku,
    before: before.map(plain),
    after: thresholds,
    reason: null,
    nowMs,
  });
  return { kind: 'done', sku, thresholds };
}

/** The list after the change; null when what it replaces or removes is not there. Sold out and oversold can be neither. */
function chosenAfter(
  before: readonly Threshold[],
  { unit, value, replaces, severity }: ThresholdAsk,
): readonly Threshold[] | null {
  const own = before.filter((each) => !isGuard(each)).map(plain);
  const ofUnit = own.filter((each) => each.unit === unit);
  // With nothing named, "remove the units threshold" means the only one.
  const replaced = replaces ?? (value === null && ofUnit.length === 1 ? (ofUnit[0]?.id ?? null) : null);
  if (replaced === null && value === null) return null;
  if (replaced !== null && !own.some(({ id }) => id === replaced)) return null;
  const rest = own.filter(({ id }) => id !== replaced);
  if (value === null) return rest;
  const [least, most] = BOUNDS[unit];
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new RangeError(`a threshold in ${unit} is a whole number from ${least} to ${most}: ${value}`);
  }
  const id = thresholdId(unit, value);
  return [...rest.filter((each) => each.id !== id), { id, unit, value, severity }];
}

function isGuard({ id }: Threshold): boolean {
  return GUARD_THRESHOLDS.some((guard) => guard.id === id);
}

function plain({ id, unit, value, severity }: Threshold): Threshold {
  return { id, unit, value, severity };
}
