import type { ShopCount } from './shop-count.ts';
import { balance, moved, type Level, type MovementKind } from './stock.ts';

/**
 * Orders travel for seconds, and a shop's clock is not ours. A count is judged only when it has stood for this long, and whatever
 * moved the books from this long before it was made may have been seen by it or not.
 */
export const SETTLE_MS = 60_000;

/** More of a SKU's movements since a count than this, and it is too lively to be compared: the next quiet minute will do. */
export const MOVEMENTS_MAX = 256;

/** How a shop's count compares with the books. */
export type Reckoning = {
  readonly driftUnits: number; // the shop's number less the nearest one the books explain; 0: they agree
  readonly expectedUnits: number; // that nearest number
  readonly sellableUnits: number; // what the books say may be sold: what the shop should be set to
  readonly keptBackUnits: number; // reserve, held and damaged, which the shop need not know of
  readonly liesIn: 'goods' | 'orders' | null; // where the difference is; null: the shop does not tell what it has on hand
};

/** One movement of the ledger. */
export type MovementSince = { readonly kind: MovementKind; readonly units: number };

/**
 * Compares a shop's count with the books.
 *
 *     a shop shows = on hand − committed − what it knows of {reserve, held, damaged}
 *
 * It may know of each of the three or not, so eight numbers are right at any one moment. What moved since shortly before the count
 * (`since`, newest first) may have been seen by it or not, so each of the eight is a range: the least and the most it was at any
 * moment from then to now. A number within a range is explained; one outside all of them drifts by its distance to the nearest. A
 * shop that shows no minus shows 0 for anything below.
 *
 * The sum is Shopify's own (shopify.dev, “Inventory states”: available = on hand − committed − unavailable); the range is the cut-off
 * of a cycle count: a count is held against the books of its moment, with what was under way then on either side.
 */
export function reckon(count: ShopCount, level: Level, since: readonly MovementSince[]): Reckoning {
  const levels = levelsSince(level, since);
  const shown = count.availableUnits;
  let expectedUnits: number | null = null;
  for (const known of KNOWN_TO_SHOP) {
    const units = levels.map((each) => each.onHand - each.committed - keptBack(each, known));
    const nearest = Math.min(Math.max(shown, Math.min(...units)), Math.max(...units));
    if (expectedUnits === null || Math.abs(shown - nearest) < Math.abs(shown - expectedUnits)) expectedUnits = nearest;
  }
  expectedUnits ??= shown;
  const driftUnits = shown === 0 && expectedUnits < 0 ? 0 : shown - expectedUnits;
  return {
    driftUnits,
    expectedUnits,
    sellableUnits: balance(level),
    keptBackUnits: keptBack(level, { reserve: true, held: true, damaged: true }),
    liesIn: driftUnits === 0 || count.onHandUnits === null ? null : whereItLies(count.onHandUnits, levels),
  };
}

type Known = { readonly reserve: boolean; readonly held: boolean; readonly damaged: boolean };

const EITHER = [false, true] as const;

/** Nothing known first: of two numbers as near, the one that most shops show. */
const KNOWN_TO_SHOP: readonly Known[] = EITHER.flatMap((damaged) =>
  EITHER.flatMap((held) => EITHER.map((reserve) => ({ reserve, held, damaged }))),
);

function keptBack(level: Level, known: Known): number {
  return (known.reserve ? level.reserve : 0) + (known.held ? level.held : 0) + (known.damaged ? level.damaged : 0);
}

/** The level now and before each of these movements. */
function levelsSince(level: Level, since: readonly MovementSince[]): readonly Level[] {
  const levels = [level];
  let earlier = level;
  for (const { kind, units } of since) {
    earlier = moved(earlier, kind, -units);
    levels.push(earlier);
  }
  return levels;
}

/** Where the shop has other goods than the books, the goods differ; where it has the same, the orders do. */
function whereItLies(onHandUnits: number, levels: readonly Level[]): 'goods' | 'orders' {
  const onHand = levels.map((level) => level.onHand);
  return onHandUnits >= Math.min(...onHand) && onHandUnits <= Math.max(...onHand) ? 'orders' : 'goods';
}

/** What is known of one shop's count of one SKU. */
export type Watch = {
  readonly driftUnits: number | null; // null: not judged yet
  readonly sinceMs: number | null; // when the standing drift was first judged one
};

/** A standing drift is looked at again this often: our own books may have been put right. */
export const RECHECK_MS = 15_000;

/** What a judgement comes to: how long a drift has stood, and when it is looked at again. An agreement stands until the next count. */
export function judged(before: Watch, { driftUnits }: Reckoning, nowMs: number): Watch & { readonly judgeAtMs: number | null } {
  if (driftUnits === 0) return { driftUnits, sinceMs: null, judgeAtMs: null };
  return { driftUnits, sinceMs: before.sinceMs ?? nowMs, judgeAtMs: nowMs + RECHECK_MS };
}
