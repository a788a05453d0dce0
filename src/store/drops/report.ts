import { and, asc, eq, gt, gte, inArray, isNotNull, isNull, lt, like, sql } from 'drizzle-orm';
import { ledgerWindow, type Drop } from '../../domain/drop.ts';
import { availableToSell, EMPTY_LEVEL, oversoldUnits } from '../../domain/stock.ts';
import { skusOf, type Bundles } from '../../domain/promotion.ts';
import type { AlertFacts } from '../../ports/post.ts';
import type { AfterShow } from '../../ports/store/drops.ts';
import { bundlesOf } from '../promotion/announce.ts';
import type { Db, Tables } from '../engine/engine.ts';
import { unknownSkus } from '../orders/orders.ts';
import { unitsSold } from '../promotion/pause-facts.ts';

type Reading = { readonly db: Db; readonly tables: Tables; readonly teamId: string };
type Window = { readonly fromMs: number; readonly beforeMs: number | null };

/** What one SKU's movements come to. */
type Sums = { readonly sold: number; readonly cancelled: number; readonly back: number; readonly shipped: number };
const NO_SUMS: Sums = { sold: 0, cancelled: 0, back: 0, shipped: 0 };

/**
 * What happened, from one snapshot. Units are summed from the drop's part of the ledger: sold is every unit committed (gross: what
 * was cancelled later is in it and is also shown on its own, with what was refunded unshipped), shipped net of shipments taken back. An order placed before a SKU's
 * opening count is in the ledger with its open units only. On hand, available and oversold are as they stand now.
 * Tests are not alerts. With no drop, everything the team has.
 */
export async function afterShow(
  reading: Reading,
  { drop, drops }: { drop: Drop | null; drops: readonly Drop[] },
): Promise<AfterShow> {
  const window = drop === null ? { fromMs: 0, beforeMs: null } : ledgerWindow(drop, drops);
  const sums = await sumsBySku(reading, window);
  const alerts = await alertsRaised(reading, window);
  const bundles = await bundlesOf(reading);
  const pauses = await pauseLines(reading, window, bundles);
  const told = { dropId: drop?.id ?? null, sums, alerts, pauses, bundles };
  const skus = await skuLines(reading, told);
  return {
    dropName: drop?.name ?? null,
    orderCount: await orderCount(reading, window),
    skus,
    bundles: await bundleLines(reading, told, new Set(skus.map(({ sku }) => sku))),
    alertCount: alerts.length,
    silenceAlertCount: alerts.filter(({ subjectKind }) => subjectKind === 'feed').length,
    pauses,
    unknownSkus: await unknownSkus(reading),
  };
}

type Told = {
  readonly dropId: string | null;
  readonly sums: ReadonlyMap<string, Sums>;
  readonly alerts: readonly AlertFacts[];
  readonly pauses: AfterShow['pauses'];
  readonly bundles: Bundles;
};

function alertCountOf({ alerts }: Told, sku: string): number {
  return alerts.filter(({ subject, subjectKind }) => subjectKind === 'stock' && subject === sku).length;
}

/** A pause of a bundle stops the promotion of what it is made of, and the other way round. */
function pauseCountOf({ pauses, bundles }: Told, sku: string): number {
  const parts = [sku, ...(bundles.get(sku) ?? []).map((component) => component.sku)];
  return pauses.filter(({ scope }) => {
    const stopped = skusOf(scope, bundles);
    return stopped === null || parts.some((part) => scope === part || stopped.includes(part));
  }).length;
}

async function skuLines({ db, tables, teamId }: Reading, told: Told): Promise<AfterShow['skus']> {
  const { dropId, sums } = told;
  const { skus, levels } = tables;
  const rows = await db
    .select({ sku: skus.sku, name: skus.name, dropId: skus.dropId, level: levels })
    .from(skus)
    .leftJoin(levels, and(eq(levels.teamId, skus.teamId), eq(levels.sku, skus.sku)))
    .where(and(eq(skus.teamId, teamId), isNull(skus.components)))
    .orderBy(asc(skus.position), asc(skus.sku));
  // A SKU that went on to another drop, or out of the plan, still sold what it sold in this one.
  const counted = rows.filter(
    (row) => dropId === null || row.dropId === dropId || sums.has(row.sku) || alertCountOf(told, row.sku) > 0,
  );
  return counted.map(({ sku, name, level }) => {
    const { sold, cancelled, back, shipped } = sums.get(sku) ?? NO_SUMS;
    return {
      sku,
      name,
      onHandUnits: level?.onHand ?? 0,
      soldUnits: sold,
      cancelledUnits: cancelled,
      broughtBackUnits: back,
      shippedUnits: shipped,
      availableUnits: availableToSell(level ?? EMPTY_LEVEL),
      oversoldUnits: oversoldUnits(level ?? EMPTY_LEVEL),
      alertCount: alertCountOf(told, sku),
      pauseCount: pauseCountOf(told, sku),
    };
  });
}

/** The drop's bundles, and whatever else raised an alert that no SKU's line counts: a bundle taken out since. */
async function bundleLines(
  { db, tables: { skus }, teamId }: Reading,
  told: Told,
  counted: ReadonlySet<string>,
): Promise<AfterShow['bundles']> {
  const rows = await db
    .select({ sku: skus.sku, name: skus.name, dropId: skus.dropId })
    .from(skus)
    .where(and(eq(skus.teamId, teamId), isNotNull(skus.components)))
    .orderBy(asc(skus.position), asc(skus.sku));
  const names = new Map(
    rows.filter(({ dropId }) => told.dropId === null || dropId === told.dropId).map(({ sku, name }) => [sku, name]),
  );
  for (const { subjectKind, subject, name } of told.alerts) {
    if (subjectKind === 'stock' && !counted.has(subject) && !names.has(subject)) names.set(subject, name);
  }
  return [...names].map(([sku, name]) => {
    return { sku, name, alertCount: alertCountOf(told, sku), pauseCount: pauseCountOf(told, sku) };
  });
}

function during({ tables: { movements }, teamId }: Reading, { fromMs, beforeMs }: Window) {
  const before = beforeMs === null ? undefined : lt(movements.atMs, beforeMs);
  return and(eq(movements.teamId, teamId), gte(movements.atMs, fromMs), before);
}

/** SKUs that orders or parcels moved. A commit taken back (an order edited down) is a cancellation, not a smaller sale. */
async function sumsBySku(reading: Reading, window: Window): Promise<ReadonlyMap<string, Sums>> {
  const { movements } = reading.tables;
  const { kind, units } = movements;
  const total = (of: ReturnType<typeof sql>) => sql<number>`coalesce(sum(case when ${of} else 0 end), 0)`.mapWith(Number);
  const rows = await reading.db
    .select({
      sku: movements.sku,
      sold: total(sql`${kind} = 'commit' and ${units} > 0 then ${units}`),
      takenBack: total(sql`${kind} = 'commit' and ${units} < 0 then -${units}`),
      uncommitted: total(sql`${kind} = 'uncommit' then ${units}`),
      back: total(sql`${kind} = 'return' then ${units}`),
      shipped: total(sql`${kind} = 'ship' then ${units}`),
    })
    .from(movements)
    .where(and(during(reading, window), inArray(kind, ['commit', 'uncommit', 'return', 'ship'])))
    .groupBy(movements.sku);
  return new Map(
    rows.map(({ sku, sold, takenBack, uncommitted, back, shipped }) => [
      sku,
      { sold, cancelled: uncommitted + takenBack, back, shipped },
    ]),
  );
}

/** Orders that committed at least one unit. */
async function orderCount(reading: Reading, window: Window): Promise<number> {
  const { movements } = reading.tables;
  const [row] = await reading.db
    .select({ count: sql<number>`count(distinct ${movements.cause})`.mapWith(Number) })
    .from(movements)
    .where(and(during(reading, window), eq(movements.kind, 'commit'), gt(movements.units, 0), like(movements.cause, 'order %')));
  return row?.count ?? 0;
}

/** Each alert raised, tests apart. */
async function alertsRaised(
  { db, tables: { alerts }, teamId }: Reading,
  { fromMs, beforeMs }: Window,
): Promise<readonly AlertFacts[]> {
  const before = beforeMs === null ? undefined : lt(alerts.openedAtMs, beforeMs);
  const rows = await db
    .select({ facts: alerts.facts })
    .from(alerts)
    .where(and(eq(alerts.teamId, teamId), gte(alerts.openedAtMs, fromMs), before));
  return rows.map(({ facts }) => facts as AlertFacts).filter(({ test }) => !test);
}

async function pauseLines(reading: Reading, { fromMs, beforeMs }: Window, bundles: Bundles): Promise<AfterShow['pauses']> {
  const { db, tables, teamId } = reading;
  const { pauses } = tables;
  const before = beforeMs === null ? undefined : lt(pauses.atMs, beforeMs);
  const rows = await db
    .select()
    .from(pauses)
    .where(and(eq(pauses.teamId, teamId), gte(pauses.atMs, fromMs), before))
    .orderBy(asc(pauses.atMs), asc(pauses.id));
  const lines: AfterShow['pauses'][number][] = [];
  for (const row of rows) {
    const { scope, atMs, resumedAtMs } = row;
    const unitsSoldMeanwhile = await unitsSold(reading, row, bundles);
    lines.push({ scope, atMs, lastedMs: resumedAtMs === null ? null : resumedAtMs - atMs, unitsSoldMeanwhile });
  }
  return lines;
}
