import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { openBook, type BookBundle, type BookItem, type StockBook } from '../../domain/stock-book.ts';
import type { Component } from '../../domain/stock.ts';
import { SEVERITIES, THRESHOLD_UNITS, type ArmedThreshold, type Threshold } from '../../domain/threshold.ts';
import { afterStock } from '../alerts/alert-life.ts';
import { insertRows } from '../bulk.ts';
import type { Db, Tables, Tx } from '../engine/engine.ts';
import { select, selectIn } from '../prepared.ts';
import { together } from '../together.ts';

type From = { readonly db: Db; readonly tables: Tables; readonly teamId: string };

/**
 * Opens a book on these SKUs and bundles, every bundle that shares a component with one of them, and all those bundles' components.
 * `known`: every bundle of the team, where it has been asked for already.
 */
export async function loadBook(from: From, skus: Iterable<string>, known?: readonly Bundle[]): Promise<StockBook> {
  return openOn(from, new Set(skus), known ?? (await bundleRows(from)));
}

async function openOn(from: From, asked: Set<string>, known: readonly Bundle[]): Promise<StockBook> {
  // A sold bundle moves its components, and with them every other bundle that holds one.
  for (const { sku, components } of known) if (asked.has(sku)) for (const component of components) asked.add(component.sku);
  const bundles = known.filter(({ components }) => components.some(({ sku }) => asked.has(sku)));
  for (const { components } of bundles) for (const { sku } of components) asked.add(sku);
  if (asked.size === 0) return openBook([], []);
  const [rows, thresholds] = await together([
    levelRows(from, asked),
    thresholdsOf(from, [...asked, ...bundles.map(({ sku }) => sku)]),
  ]);
  const items = rows.map(({ sku, trackedFromMs, sellableUnits, onHand, committed, reserve, held, damaged }): BookItem => {
    const level = { onHand, committed, reserve, held, damaged };
    return { sku, trackedFromMs, level, sellableUnits, thresholds: thresholds.get(sku) ?? [] };
  });
  return openBook(
    items,
    bundles.map(({ sku, components }): BookBundle => ({ sku, components, thresholds: thresholds.get(sku) ?? [] })),
  );
}

function levelRows({ db, tables: { levels, skus }, teamId }: From, asked: ReadonlySet<string>) {
  const { sku, onHand, committed, reserve, held, damaged, sellableUnits } = levels;
  return selectIn(
    db,
    {
      name: 'levels',
      columns: { sku, trackedFromMs: skus.trackedFromMs, sellableUnits, onHand, committed, reserve, held, damaged },
      build: (columns, list) =>
        db
          .select(columns)
          .from(levels)
          .innerJoin(skus, and(eq(skus.teamId, levels.teamId), eq(skus.sku, levels.sku)))
          .where(and(eq(levels.teamId, sql.placeholder('teamId')), inArray(levels.sku, list))),
    },
    { list: asked, values: { teamId } },
  );
}

export type Bundle = { readonly sku: string; readonly components: readonly Component[] };

/** Every bundle of the team. */
export async function bundleRows({ db, tables: { skus }, teamId }: From): Promise<readonly Bundle[]> {
  const rows = await select(
    db,
    {
      name: 'bundles',
      columns: { sku: skus.sku, components: skus.components },
      build: (columns) =>
        db
          .select(columns)
          .from(skus)
          .where(and(eq(skus.teamId, sql.placeholder('teamId')), isNotNull(skus.components))),
    },
    { teamId },
  );
  return rows.flatMap(({ sku, components }) => (components === null ? [] : [{ sku, components }]));
}

/** The thresholds of these SKUs and bundles, by SKU, gravest first. */
export async function thresholdsOf(
  { db, tables: { thresholds }, teamId }: From,
  skus: readonly string[],
): Promise<ReadonlyMap<string, readonly ArmedThreshold[]>> {
  const bySku = new Map<string, ArmedThreshold[]>();
  const { sku, id, unit, value, severity, armed } = thresholds;
  const rows = await selectIn(
    db,
    {
      name: 'thresholds',
      columns: { sku, id, unit, value, severity, armed },
      build: (columns, list) =>
        db
          .select(columns)
          .from(thresholds)
          .where(and(eq(thresholds.teamId, sql.placeholder('teamId')), inArray(thresholds.sku, list))),
    },
    { list: skus, values: { teamId } },
  );
  for (const { sku, id, unit, value, severity, armed } of rows) {
    const known = bySku.get(sku) ?? [];
    known.push({ id, unit: unitOf(unit), value, severity: severityOf(severity), armed });
    bySku.set(sku, known);
  }
  for (const known of bySku.values()) known.sort(graverFirst);
  return bySku;
}

/** Listed gravest first, then from the highest line down. */
export function graverFirst(a: Threshold, b: Threshold): number {
  const graver = SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity);
  return graver !== 0 ? graver : b.value - a.value || (a.id < b.id ? -1 : 1);
}

function unitOf(unit: string): Threshold['unit'] {
  const known = [...THRESHOLD_UNITS, 'oversold' as const].find((each) => each === unit);
  if (known === undefined) throw new Error(`no threshold unit ${unit}`);
  return known;
}

function severityOf(severity: string): Threshold['severity'] {
  const known = SEVERITIES.find((each) => each === severity);
  if (known === undefined) throw new Error(`no severity ${severity}`);
  return known;
}

/** Writes what a book's causes did: movements, levels, thresholds; then tells the alerts. Answers how many movements there were. */
export async function saveBook(tx: Tx, book: StockBook, nowMs: number): Promise<number> {
  const { db, tables, teamId } = tx;
  const { entries, items, armed, news } = book.close();
  const levels = items.map(({ sku, level, sellableUnits }) => ({
    teamId,
    sku,
    ...level,
    sellableUnits,
    rateUnits: 0,
    rateSeq: 0,
  }));
  const rows = armed.flatMap(({ sku, thresholds }) => thresholds.map((threshold) => ({ teamId, sku, ...threshold })));
  await together([
    appendEntries(tx, entries),
    insertRows(db, tables.levels, levels, {
      target: ['teamId', 'sku'],
      set: ['onHand', 'committed', 'reserve', 'held', 'damaged', 'sellableUnits'],
    }),
    insertRows(db, tables.thresholds, rows, { target: ['teamId', 'sku', 'id'], set: ['armed'] }),
  ]);
  for (const piece of news) await afterStock(tx, { ...piece, nowMs });
  return entries.length;
}

async function appendEntries(tx: Tx, entries: ReturnType<StockBook['close']>['entries']): Promise<void> {
  if (entries.length === 0) return;
  const { db, tables, teamId } = tx;
  const { teams, movements } = tables;
  const [team] = await select(
    db,
    {
      name: 'advance movement seq',
      columns: { seq: teams.movementSeq },
      build: (columns) =>
        db
          .update(teams)
          .set({ movementSeq: sql`${teams.movementSeq} + ${sql.placeholder('count')}` })
          .where(eq(teams.teamId, sql.placeholder('teamId')))
          .returning(columns),
    },
    { teamId, count: entries.length },
  );
  if (team === undefined) throw new Error(`no team ${teamId}`);
  const before = team.seq - entries.length;
  const rows = entries.map(({ sku, kind, units, key, cause, atMs, personId, reasonId }, index) => {
    return { teamId, seq: before + 1 + index, sku, kind, units, cause, personId, reasonId, key, atMs };
  });
  await insertRows(db, movements, rows);
}
