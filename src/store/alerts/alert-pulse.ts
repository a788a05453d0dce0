import { and, eq, gt, inArray, sql } from 'drizzle-orm';
import { minutesLeft, minutesVerdict, smoothed } from '../../domain/forecast.ts';
import { balance, bundleAvailability, type Component } from '../../domain/stock.ts';
import type { Balance } from '../../domain/stock-book.ts';
import type { ArmedThreshold, Crossing } from '../../domain/threshold.ts';
import { afterStock } from './alert-life.ts';
import { sceneOf } from './alert-scene.ts';
import { thresholdsOf } from '../stock/book-rows.ts';
import type { Db, Tables, Tx } from '../engine/engine.ts';
import type { TeamContext } from '../team-context.ts';

type Reading = { readonly db: Db; readonly tables: Tables; readonly teamId: string };
type Watched = { readonly subject: string; readonly components: readonly Component[]; readonly isBundle: boolean };

/** What is known of one SKU at this moment: units left, and how fast they go. */
type Flow = { readonly balanceUnits: number; readonly unitsPerMinute: number | null };

/**
 * Recomputes how fast what has a `minutes` threshold sells, and crosses or re-arms those thresholds: the rate, the balance and
 * the time of a crossing are of one transaction. Does nothing unless a drop is live.
 */
export async function pulseRates({ engine, teamId }: TeamContext, nowMs: number): Promise<void> {
  const { tables } = engine;
  const worth = await engine.read(async (db) => {
    const reading = { db, tables, teamId };
    return (await watched(reading)).length > 0 && (await sceneOf(reading)).liveDrop !== null;
  });
  if (!worth) return;
  await engine.write(teamId, async (tx) => {
    const subjects = await watched(tx);
    const { liveDrop } = await sceneOf(tx);
    if (subjects.length === 0 || liveDrop === null) return;
    const skus = [...new Set(subjects.flatMap(({ components }) => components.map(({ sku }) => sku)))];
    const flows = await freshRates(tx, skus, { liveSinceMs: liveDrop.startedAtMs, nowMs });
    await judge(tx, subjects, flows, nowMs);
  });
}

/** SKUs and bundles with a `minutes` threshold. A SKU is its own only component. */
async function watched({ db, tables: { skus, thresholds }, teamId }: Reading): Promise<readonly Watched[]> {
  const rows = await db
    .selectDistinct({ sku: skus.sku, components: skus.components })
    .from(thresholds)
    .innerJoin(skus, and(eq(skus.teamId, thresholds.teamId), eq(skus.sku, thresholds.sku)))
    .where(and(eq(thresholds.teamId, teamId), eq(thresholds.unit, 'minutes')))
    .orderBy(skus.sku);
  return rows.map(({ sku, components }) => ({
    subject: sku,
    components: components ?? [{ sku, unitsPerBundle: 1 }],
    isBundle: components !== null,
  }));
}

/** Smooths each SKU's rate over what was sold since it was looked at last, or since the show began. */
async function freshRates(
  tx: Tx,
  skus: readonly string[],
  { liveSinceMs, nowMs }: { liveSinceMs: number; nowMs: number },
): Promise<ReadonlyMap<string, Flow>> {
  const { teams, levels } = tx.tables;
  const [team] = await tx.db.select({ seq: teams.movementSeq }).from(teams).where(eq(teams.teamId, tx.teamId));
  const rows = await tx.db
    .select()
    .from(levels)
    .where(and(eq(levels.teamId, tx.teamId), inArray(levels.sku, [...skus])));
  const show = { afterSeq: (await seqBefore(tx, liveSinceMs)) ?? team?.seq ?? 0, afterMs: liveSinceMs };
  const flows = new Map<string, Flow>();
  for (const level of rows) {
    // A rate of an earlier show says nothing about this one.
    const known = level.rateAtMs !== null && level.rateAtMs > liveSinceMs;
    const before = known ? { unitsPerMinute: level.rateUnits, atMs: level.rateAtMs ?? nowMs } : null;
    const sold = await soldUnits(tx, level.sku, known ? { afterSeq: level.rateSeq, afterMs: 0 } : show);
    const rate = smoothed(before, { units: sold, sinceMs: liveSinceMs, nowMs });
    if (rate !== null && rate !== before) {
      await tx.db
        .update(levels)
        .set({ rateUnits: rate.unitsPerMinute, rateAtMs: rate.atMs, rateSeq: team?.seq ?? 0 })
        .where(and(eq(levels.teamId, tx.teamId), eq(levels.sku, level.sku)));
    }
    flows.set(level.sku, { balanceUnits: balance(level), unitsPerMinute: rate?.unitsPerMinute ?? null });
  }
  return flows;
}

/** The ledger's place at a moment, null when nothing moved since: with it, a show's sales are read without those of every show before. */
async function seqBefore({ db, tables: { movements }, teamId }: Tx, atMs: number): Promise<number | null> {
  const [row] = await db
    .select({ seq: movements.seq })
    .from(movements)
    .where(and(eq(movements.teamId, teamId), gt(movements.atMs, atMs)))
    .orderBy(movements.atMs, movements.seq)
    .limit(1);
  return row === undefined ? null : row.seq - 1;
}

async function soldUnits(tx: Tx, sku: string, { afterSeq, afterMs }: { afterSeq: number; afterMs: number }): Promise<number> {
  const { movements } = tx.tables;
  const from = and(gt(movements.seq, afterSeq), gt(movements.atMs, afterMs));
  const [row] = await tx.db
    .select({ units: sql<number>`coalesce(sum(${movements.units}), 0)`.mapWith(Number) })
    .from(movements)
    .where(and(eq(movements.teamId, tx.teamId), eq(movements.sku, sku), eq(movements.kind, 'commit'), from));
  return row?.units ?? 0;
}

async function judge(tx: Tx, subjects: readonly Watched[], flows: ReadonlyMap<string, Flow>, nowMs: number): Promise<void> {
  const thresholds = await thresholdsOf(
    tx,
    subjects.map(({ subject }) => subject),
  );
  const crossings: Crossing[] = [];
  const recovered = new Map<string, Balance>();
  const balances = new Map<string, Balance>();
  for (const watching of subjects) {
    const { subject } = watching;
    const time = timeLeft(watching, flows);
    if (time === null) continue;
    const before = thresholds.get(subject) ?? [];
    const after = before.map((threshold) => judged(threshold, time.minutes));
    const changed = after.filter((threshold, index) => threshold !== before[index]);
    if (changed.length === 0) continue;
    for (const { id, armed } of changed) await setArmed(tx, { subject, id, armed });
    balances.set(subject, time.standing);
    const [worst] = changed.filter(({ armed }) => !armed); // gravest first
    if (worst !== undefined) crossings.push(crossingOf(subject, worst, time, nowMs));
    else if (after.every(({ armed }) => armed)) recovered.set(subject, time.standing);
  }
  await afterStock(tx, { crossings, balances, recovered, nowMs });
}

function judged(threshold: ArmedThreshold, minutes: number): ArmedThreshold {
  if (threshold.unit !== 'minutes') return threshold;
  const verdict = minutesVerdict(threshold, minutes);
  return verdict === 'stays' ? threshold : { ...threshold, armed: verdict === 're-arms' };
}

type TimeLeft = {
  readonly minutes: number;
  readonly unitsPerMinute: number; // of the subject: for a bundle, bundles' worth of the component that ends it
  readonly endsFirst: string | null; // that component; what ends first need not be what is fewest now
  readonly standing: Balance;
};

/** How long a SKU, or the first component of a bundle to run out, still lasts. Null before a first rate. */
function timeLeft({ components, isBundle }: Watched, flows: ReadonlyMap<string, Flow>): TimeLeft | null {
  let least: Omit<TimeLeft, 'standing'> | null = null;
  for (const { sku, unitsPerBundle } of components) {
    const flow = flows.get(sku);
    if (flow === undefined || flow.unitsPerMinute === null) return null;
    const unitsPerMinute = flow.unitsPerMinute / unitsPerBundle;
    const minutes = minutesLeft(Math.floor(flow.balanceUnits / unitsPerBundle), unitsPerMinute);
    if (least === null || minutes < least.minutes) least = { minutes, unitsPerMinute, endsFirst: isBundle ? sku : null };
  }
  if (least === null) return null;
  const { balanceUnits, bindingSku } = bundleAvailability(components, (sku) => flows.get(sku)?.balanceUnits ?? 0);
  return { ...least, standing: { balanceUnits, bindingSku: isBundle ? bindingSku : null } };
}

function crossingOf(subject: string, threshold: ArmedThreshold, time: TimeLeft, nowMs: number): Crossing {
  const { minutes, unitsPerMinute, endsFirst, standing } = time;
  return {
    subject,
    thresholdId: threshold.id,
    severity: threshold.severity,
    cause: 'pulse',
    balanceUnits: standing.balanceUnits,
    limitUnits: Math.floor(threshold.value * unitsPerMinute), // what would last exactly that long
    minutesLeft: minutes,
    bindingSku: endsFirst,
    atMs: nowMs,
  };
}

async function setArmed(tx: Tx, { subject, id, armed }: { subject: string; id: string; armed: boolean }): Promise<void> {
  const { thresholds } = tx.tables;
  await tx.db
    .update(thresholds)
    .set({ armed })
    .where(and(eq(thresholds.teamId, tx.teamId), eq(thresholds.sku, subject), eq(thresholds.id, id)));
}
