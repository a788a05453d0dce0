import { and, eq } from 'drizzle-orm';
import { sayMinor, toMinor } from '../../domain/money.ts';
import { diffByKey, same } from '../../domain/plan-diff.ts';
import type { Component } from '../../domain/stock.ts';
import { DEFAULT_THRESHOLDS, thresholdId, type Threshold } from '../../domain/threshold.ts';
import type { Plan } from '../../ports/plan.ts';
import { thresholdsOf } from '../stock/book-rows.ts';
import type { Tables } from '../engine/engine.ts';
import { openBundle, openItem, removeBundle, setItem, setThresholds, type OpeningReserve } from '../stock/opening.ts';
import { sameDropBefore, type PlanImport } from './plan-import.ts';

type SkuPlan = Plan['skus'][string];
type Row = Tables['skus']['$inferSelect'];

/** What a plan says of a SKU or bundle and may go on saying: everything but a SKU's opening count and reserve. */
type Wanted = {
  readonly name: string;
  readonly priceMinor: number | null;
  readonly currency: string | null;
  readonly incomingUnits: number;
  readonly components: readonly Component[] | null; // null: a SKU
  readonly thresholds: readonly Threshold[] | null; // null: the defaults
};

/** Starts tracking what is new, changes what was edited, and lets go of what was taken out. */
export async function importItems(run: PlanImport): Promise<void> {
  const before = wantedOf(run.before);
  const wanted = wantedOf(run.plan);
  const { removed } = diffByKey(wantedOf(sameDropBefore(run)), wanted);
  const rows = new Map((await skuRows(run)).map((row) => [row.sku, row]));
  for (const [sku, { components }] of removed) {
    if (rows.get(sku)?.dropId !== run.plan.drop.id) continue; // another drop has it by now
    if (components === null) await letGo(run, sku);
    else {
      await removeBundle(run.tx, sku, run.nowMs);
      rows.delete(sku);
      run.changes.push(`${sku}: bundle removed`);
    }
  }
  const live = await otherLiveDrop(run);
  for (const [position, [sku, is]] of Object.entries(wanted).entries()) {
    const row = rows.get(sku);
    if (row === undefined) await open(run, { sku, is, position });
    else if (live !== null && row.dropId === live.id) leave(run, sku, live.name);
    else if ((row.components === null) === (is.components === null)) {
      await change(run, { sku, row, was: before[sku] ?? null, is, position });
      if (is.components === null) warnOfOpening(run, sku);
    } else {
      const [was, now] = is.components === null ? ['bundle', 'SKU'] : ['SKU', 'bundle'];
      run.warnings.push(`${sku} is already a ${was} and cannot become a ${now}. Give the ${now} another code in the plan.`);
    }
  }
}

/**
 * The plan to compare the next one with: opening counts and reserves stay those that were used, so that an edited one warns each
 * time; of what was left to a live drop it says what the drop's last plan said.
 */
export function keptPlan(run: PlanImport): Plan {
  const { before, plan, left } = run;
  const own = sameDropBefore(run);
  const skus = Object.entries(plan.skus).flatMap(([sku, line]): [string, SkuPlan][] => {
    if (left.has(sku)) return kept(sku, own?.skus[sku]);
    const first = before?.skus[sku];
    return [[sku, first === undefined ? line : { ...line, count: first.count, reserve: first.reserve }]];
  });
  const bundles = Object.entries(plan.bundles).flatMap(([sku, line]) =>
    left.has(sku) ? kept(sku, own?.bundles[sku]) : [[sku, line] as const],
  );
  return { ...plan, skus: Object.fromEntries(skus), bundles: Object.fromEntries(bundles) };
}

function kept<T>(sku: string, line: T | undefined): [string, T][] {
  return line === undefined ? [] : [[sku, line]];
}

/** The live drop, unless the plan is that drop's own. */
async function otherLiveDrop({ tx, plan }: PlanImport): Promise<{ readonly id: string; readonly name: string } | null> {
  const { drops } = tx.tables;
  const [row] = await tx.db
    .select({ id: drops.id, name: drops.name })
    .from(drops)
    .where(and(eq(drops.teamId, tx.teamId), eq(drops.state, 'live')));
  return row === undefined || row.id === plan.drop.id ? null : row;
}

/** What is on sale at this moment is not moved or changed by another drop's plan. */
function leave({ warnings, left }: PlanImport, sku: string, dropName: string): void {
  left.add(sku);
  warnings.push(
    `${sku} is in ${dropName}, which is live: it stays there as it is. Import this plan again once that drop has ended.`,
  );
}

function wantedOf(plan: Plan | null): Readonly<Record<string, Wanted>> {
  if (plan === null) return {};
  const currency = plan.drop.currency ?? null;
  const shared = ({ name, price, thresholds }: Pick<SkuPlan, 'name' | 'price' | 'thresholds'>) => ({
    name,
    priceMinor: price === undefined ? null : toMinor(price, currency),
    currency: price === undefined ? null : currency,
    thresholds: thresholds?.map(toThreshold) ?? null,
  });
  const skus = Object.entries(plan.skus).map(([sku, line]): [string, Wanted] => {
    return [sku, { ...shared(line), incomingUnits: line.incoming, components: null }];
  });
  const bundles = Object.entries(plan.bundles).map(([sku, line]): [string, Wanted] => {
    const components = Object.entries(line.of).map(([part, unitsPerBundle]) => ({ sku: part, unitsPerBundle }));
    return [sku, { ...shared(line), incomingUnits: 0, components }];
  });
  return Object.fromEntries([...skus, ...bundles]);
}

function toThreshold({ units, percent, minutes, severity }: NonNullable<SkuPlan['thresholds']>[number]): Threshold {
  if (units !== undefined) return { id: thresholdId('units', units), unit: 'units', value: units, severity };
  if (percent !== undefined) return { id: thresholdId('percent', percent), unit: 'percent', value: percent, severity };
  if (minutes !== undefined) return { id: thresholdId('minutes', minutes), unit: 'minutes', value: minutes, severity };
  throw new Error('a threshold without units, percent or minutes passed the plan schema');
}

function skuRows({ tx }: PlanImport): Promise<Row[]> {
  const { skus } = tx.tables;
  return tx.db.select().from(skus).where(eq(skus.teamId, tx.teamId));
}

async function open(run: PlanImport, { sku, is, position }: { sku: string; is: Wanted; position: number }): Promise<void> {
  const { tx, plan, nowMs, changes } = run;
  const { incomingUnits, components, ...shared } = is;
  const dropId = plan.drop.id;
  if (components !== null) {
    await openBundle(tx, { sku, dropId, position, components, ...shared }, nowMs);
    changes.push(`${sku}: added, a bundle of ${sayComponents(components)}`);
    return;
  }
  const line = plan.skus[sku];
  if (line === undefined) throw new Error(`no line for ${sku}`);
  const { count: countUnits, reserve } = line;
  await openItem(tx, { sku, dropId, position, incomingUnits, countUnits, reserve: toReserve(reserve), ...shared }, nowMs);
  changes.push(`${sku}: added, ${countUnits} on hand`);
}

function toReserve(reserve: SkuPlan['reserve']): OpeningReserve {
  return typeof reserve === 'number' ? { units: reserve } : { percent: Number(reserve.slice(0, -1)) };
}

type Existing = {
  readonly sku: string;
  readonly row: Row;
  readonly was: Wanted | null; // null: the last plan did not have it, so the row itself is what is compared
  readonly is: Wanted;
  readonly position: number;
};

async function change(run: PlanImport, { sku, row, was, is, position }: Existing): Promise<void> {
  const { tx, plan, changes } = run;
  const from = was ?? row;
  const lines: string[] = [];
  if (from.name !== is.name) lines.push(`name ${from.name} → ${is.name}`);
  const [wasPrice, isPrice] = [sayPrice(from), sayPrice(is)];
  if (wasPrice !== isPrice) lines.push(`price ${wasPrice} → ${isPrice}`);
  if (from.incomingUnits !== is.incomingUnits) lines.push(`incoming ${from.incomingUnits} → ${is.incomingUnits}`);
  // A plan takes an item from another drop when it first lists it. The drop that took it after that keeps it.
  const moves = row.dropId !== plan.drop.id && (row.dropId === null || !isListed(sameDropBefore(run), sku));
  const isHere = moves || row.dropId === plan.drop.id;
  if (moves) lines.push(`now in ${plan.drop.name}`);
  // Chat cannot change what a bundle is made of, and the last plan, as JSON, does not keep the order a tie is decided by.
  if (is.components !== null && !same(row.components, is.components))
    lines.push(`now a bundle of ${sayComponents(is.components)}`);
  // Another place in the list is not worth a line of its own.
  if (isHere && row.position !== position && lines.length === 0) await setItem(tx, sku, { position });
  if (lines.length > 0) {
    const { name, priceMinor, currency, incomingUnits, components } = is;
    await setItem(tx, sku, {
      ...(isHere ? { position, dropId: plan.drop.id } : {}),
      ...(from.name === name ? {} : { name }),
      ...(wasPrice === isPrice ? {} : { priceMinor, currency }),
      ...(from.incomingUnits === incomingUnits ? {} : { incomingUnits }),
      ...(components === null ? {} : { components }),
    });
  }
  const thresholds = await changeThresholds(run, sku, was, is);
  changes.push(...[...lines, ...thresholds].map((line) => `${sku}: ${line}`));
}

function isListed(plan: Plan | null, sku: string): boolean {
  return plan !== null && (Object.hasOwn(plan.skus, sku) || Object.hasOwn(plan.bundles, sku));
}

/** Changes only the thresholds whose lines in the plan changed: those set in chat stay. */
async function changeThresholds(
  { tx, nowMs }: PlanImport,
  sku: string,
  was: Wanted | null,
  is: Wanted,
): Promise<readonly string[]> {
  const diff = diffByKey(byId(was?.thresholds ?? DEFAULT_THRESHOLDS), byId(is.thresholds ?? DEFAULT_THRESHOLDS));
  const removed = new Set(diff.removed.map(([id]) => id));
  const wanted = new Map([...diff.added, ...diff.changed.map(([id, , after]) => [id, after] as const)]);
  if (removed.size === 0 && wanted.size === 0) return [];
  const standing = (await thresholdsOf(tx, [sku])).get(sku) ?? [];
  const kept = standing.filter(({ id }) => !removed.has(id) && !wanted.has(id));
  await setThresholds(
    tx,
    sku,
    [...kept, ...wanted.values()].map(({ id, unit, value, severity }) => ({ id, unit, value, severity })),
    nowMs,
  );
  return [
    ...[...removed].map((id) => `threshold ${id} removed`),
    ...[...wanted.values()].map(({ id, severity }) => `threshold ${id}, ${severity}`),
  ];
}

function byId(thresholds: readonly Threshold[]): Readonly<Record<string, Threshold>> {
  return Object.fromEntries(thresholds.map((threshold) => [threshold.id, threshold]));
}

function warnOfOpening({ before, plan, warnings }: PlanImport, sku: string): void {
  const line = plan.skus[sku];
  const first = before?.skus[sku];
  if (line === undefined) return;
  if (first === undefined) {
    warnings.push(
      `${sku} is tracked already, so its count of ${line.count} was not used. Use /inventory count to set what is there.`,
    );
    return;
  }
  if (first.count !== line.count) {
    const said = `${sku}: the opening count was ${first.count}, and a plan cannot change it to ${line.count}.`;
    warnings.push(`${said} Use /inventory count to set what is there now.`);
  }
  if (first.reserve !== line.reserve) {
    const said = `${sku}: the opening reserve was ${first.reserve}, and a plan cannot change it to ${line.reserve}.`;
    warnings.push(`${said} Use /inventory reserve to keep units back or give some back.`);
  }
}

/** A SKU leaves the drop. It stays in the ledger, with its stock: what was counted and sold is not forgotten. */
async function letGo({ tx, changes, warnings }: PlanImport, sku: string): Promise<void> {
  await setItem(tx, sku, { dropId: null });
  changes.push(`${sku}: no longer in the drop`);
  warnings.push(`${sku} left the plan. Its stock and its history stay; orders for it are still counted.`);
}

function sayPrice({ priceMinor, currency }: { readonly priceMinor: number | null; readonly currency: string | null }): string {
  return priceMinor === null ? 'none' : `${sayMinor(priceMinor, currency)} ${currency ?? ''}`.trim();
}

function sayComponents(components: readonly Component[]): string {
  return components.map(({ sku, unitsPerBundle }) => `${unitsPerBundle} × ${sku}`).join(' + ');
}
