import { and, eq, inArray } from 'drizzle-orm';
import { ringing } from '../../domain/alert.ts';
import { factId } from '../../domain/fact-id.ts';
import { balance, bundleAvailability, type Component } from '../../domain/stock.ts';
import type { Actor } from '../../domain/team.ts';
import type { AlertFacts } from '../../ports/post.ts';
import type { AlertAnswer } from '../../ports/store/alerts.ts';
import type { UnknownSku } from '../../ports/store/stock.ts';
import { NOBODY_ACTED, ringFor } from './alert-life.ts';
import { ring, spreadCards } from './alert-posts.ts';
import { episodesOf, insertAlerts, type Alert } from './alert-rows.ts';
import { sceneOf } from './alert-scene.ts';
import { remember } from '../audit.ts';
import type { Tx } from '../engine/engine.ts';
import { findSku } from '../stock/sku-lookup.ts';

type Ask = { readonly sku: string | null; readonly by: Actor; readonly nowMs: number };
type Subject = {
  readonly sku: string;
  readonly name: string;
  readonly balanceUnits: number;
  readonly bindingSku: string | null;
};

// As a show's usual alert: it rings those who must act, and leaves the host's channel alone.
const TEST_SEVERITY = 'live';

/** Opens an alert marked as a test and rings whom a real one would ring. Stock, thresholds and crossings stay as they are. */
export async function openTest(tx: Tx, { sku, by, nowMs }: Ask): Promise<AlertAnswer | UnknownSku> {
  const subject = sku === null ? NO_SKU : await subjectOf(tx, sku);
  if ('kind' in subject) return subject;
  const episode = ((await episodesOf(tx, ['test'])).get('test') ?? 0) + 1;
  const scene = await sceneOf(tx);
  const life = ringing({ severity: TEST_SEVERITY, test: true, nowMs });
  const opened: Alert = {
    facts: testFacts(subject, episode, nowMs),
    episode,
    dropId: scene.liveDrop?.id ?? null,
    ringCount: 0,
    escalationStep: life.escalationStep,
    dueMs: life.dueMs,
  };
  const rung = ringFor(opened, 'opened', scene);
  const alert = rung?.alert ?? opened;
  await insertAlerts(tx, [alert], nowMs);
  await spreadCards(tx, [alert.facts], { live: scene.liveDrop !== null, nowMs });
  if (rung !== null) await ring(tx, [rung.ring], nowMs);
  const { alertId } = alert.facts;
  await remember(tx, {
    by,
    action: 'alert.test',
    target: alertId,
    before: null,
    after: { sku: subject.sku },
    reason: null,
    nowMs,
  });
  return { kind: 'done', alert: alert.facts };
}

const NO_SKU: Subject = { sku: 'test', name: 'Test alert', balanceUnits: 0, bindingSku: null };

function testFacts({ sku, name, balanceUnits, bindingSku }: Subject, episode: number, nowMs: number): AlertFacts {
  return {
    alertId: factId(`test:${episode}`, nowMs),
    subjectKind: 'stock',
    subject: sku,
    name,
    severity: TEST_SEVERITY,
    state: 'open',
    test: true,
    cause: 'test',
    thresholdId: 'test',
    limitUnits: 0,
    crossedBalanceUnits: balanceUnits,
    minutesLeft: null,
    bindingSku,
    balanceNowUnits: balanceUnits,
    openedAtMs: nowMs,
    asOfMs: nowMs,
    ...NOBODY_ACTED,
  };
}

async function subjectOf(tx: Tx, asked: string): Promise<Subject | UnknownSku> {
  const found = await findSku(tx, asked);
  if (found.kind === 'unknown-sku') return found;
  const { sku, name, components } = found.row;
  return { sku, name, ...(await balanceNow(tx, sku, components)) };
}

async function balanceNow(
  tx: Tx,
  sku: string,
  components: readonly Component[] | null,
): Promise<{ readonly balanceUnits: number; readonly bindingSku: string | null }> {
  const balances = await balancesOf(tx, components === null ? [sku] : components.map((component) => component.sku));
  if (components === null) return { balanceUnits: balances.get(sku) ?? 0, bindingSku: null };
  return bundleAvailability(components, (component) => balances.get(component) ?? 0);
}

/** Units left of each of these SKUs, below zero when oversold. */
async function balancesOf(
  { db, tables: { levels }, teamId }: Pick<Tx, 'db' | 'tables' | 'teamId'>,
  skus: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .select()
    .from(levels)
    .where(and(eq(levels.teamId, teamId), inArray(levels.sku, [...skus])));
  return new Map(rows.map((level) => [level.sku, balance(level)]));
}
