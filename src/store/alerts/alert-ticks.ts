import { and, count, eq, gte, inArray, isNotNull, isNull, like, max, or } from 'drizzle-orm';
import { closed, isSilent, ringing, timePassed, type Feed } from '../../domain/alert.ts';
import { factId } from '../../domain/fact-id.ts';
import { skusOf } from '../../domain/promotion.ts';
import type { AlertFacts } from '../../ports/post.ts';
import { NOBODY_ACTED, ringFor } from './alert-life.ts';
import { refreshCards, ring, takeBackRings, spreadCards, withoutCard, type Ring } from './alert-posts.ts';
import { episodesOf, insertAlerts, lifeOf, living, standingAlerts, updateAlert, type Alert } from './alert-rows.ts';
import { chainFor, sceneOf, type Scene } from './alert-scene.ts';
import { digestDue, postDigest, type DigestDue } from './digest.ts';
import type { Db, Tables, Tx } from '../engine/engine.ts';
import type { TeamContext } from '../team-context.ts';

type Reading = { readonly db: Db; readonly tables: Tables; readonly teamId: string };

type Due = {
  readonly scene: Scene;
  readonly ripe: readonly Alert[]; // time changes them now
  readonly late: readonly AlertFacts[]; // routine, opened before the show: shown now that it is live
  readonly feed:
    | { readonly kind: 'silent'; readonly heardAtMs: number }
    | { readonly kind: 'over'; readonly alert: Alert; readonly heardAtMs: number | null }
    | null;
  readonly digest: DigestDue | null;
};

/** Lets time act on alerts. Everything is decided from rows and `nowMs`; when nothing is due, nothing is locked or written. */
export async function tickAlerts({ engine, teamId }: TeamContext, nowMs: number): Promise<void> {
  const { tables } = engine;
  const due = await engine.read((db) => whatIsDue({ db, tables, teamId }, nowMs));
  if (due === null) return;
  await engine.write(teamId, async (tx) => {
    const still = await whatIsDue(tx, nowMs); // somebody may have acted between the two
    if (still === null) return;
    const { scene, ripe, late, feed, digest } = still;
    if (feed?.kind === 'silent') await openSilence(tx, feed.heardAtMs, scene, nowMs);
    if (feed?.kind === 'over') await closeSilence(tx, feed, nowMs);
    await passTime(tx, ripe, scene, nowMs);
    await spreadCards(tx, late, { live: true, nowMs });
    if (digest !== null) await postDigest(tx, digest, nowMs);
  });
}

async function whatIsDue(reading: Reading, nowMs: number): Promise<Due | null> {
  const { db, tables, teamId } = reading;
  const [team] = await db
    .select({ zone: tables.teams.zone, heardAtMs: tables.teams.heardAtMs, heardRecent: tables.teams.heardRecent })
    .from(tables.teams)
    .where(eq(tables.teams.teamId, teamId));
  if (team === undefined) return null;
  const scene = await sceneOf(reading);
  const standing = await standingAlerts(reading);
  const feed = await feedDue(reading, { ...team, scene, standing }, nowMs);
  const ripe = standing.filter((alert) => alert.dueMs !== null && alert.dueMs <= nowMs && !isOver(feed, alert));
  const startedAtMs = scene.liveDrop?.startedAtMs ?? -Infinity;
  const waited = standing.filter(({ facts }) => facts.severity === 'routine' && facts.openedAtMs < startedAtMs);
  const late = await withoutCard(
    reading,
    waited.map(({ facts }) => facts),
  );
  const digest = scene.liveDrop === null ? await digestDue(reading, { zone: team.zone, standing }, nowMs) : null;
  const nothing = ripe.length === 0 && late.length === 0 && feed === null && digest === null;
  return nothing ? null : { scene, ripe, late, feed, digest };
}

function isOver(feed: Due['feed'], alert: Alert): boolean {
  return feed?.kind === 'over' && feed.alert.facts.alertId === alert.facts.alertId;
}

type FeedNow = {
  readonly heardAtMs: number | null;
  readonly heardRecent: number;
  readonly scene: Scene;
  readonly standing: readonly Alert[];
};

async function feedDue(reading: Reading, now: FeedNow, nowMs: number): Promise<Due['feed']> {
  const { heardAtMs, heardRecent, scene, standing } = now;
  const alert = standing.find(({ facts }) => facts.subjectKind === 'feed');
  if (alert !== undefined) {
    const isHeard = heardAtMs !== null && heardAtMs > alert.facts.openedAtMs;
    if (isHeard) return { kind: 'over', alert, heardAtMs };
    return scene.liveDrop === null ? { kind: 'over', alert, heardAtMs: null } : null;
  }
  if (scene.liveDrop === null || heardAtMs === null) return null;
  const feed: Feed = { heardAtMs, heardRecent, liveSinceMs: scene.liveDrop.startedAtMs };
  if (!isSilent(feed, nowMs)) return null;
  // Dismissed, this silence stays dismissed; the next order begins another.
  const toldAtMs = await lastSilenceMs(reading);
  return toldAtMs !== null && toldAtMs > heardAtMs ? null : { kind: 'silent', heardAtMs };
}

async function lastSilenceMs({ db, tables: { alerts }, teamId }: Reading): Promise<number | null> {
  const [row] = await db
    .select({ atMs: max(alerts.openedAtMs) })
    .from(alerts)
    .where(and(eq(alerts.teamId, teamId), eq(alerts.subject, 'feed'), like(alerts.id, 'feed:%')));
  return row?.atMs ?? null;
}

/** No orders are heard any more: an alert of its own, whose `asOfMs` is when the last one was heard. */
async function openSilence(tx: Tx, heardAtMs: number, scene: Scene, nowMs: number): Promise<void> {
  const episode = ((await episodesOf(tx, ['feed'])).get('feed') ?? 0) + 1;
  const life = ringing({ severity: 'live', test: false, nowMs });
  const facts: AlertFacts = {
    alertId: factId(`feed:${episode}`, nowMs),
    subjectKind: 'feed',
    subject: 'feed',
    name: 'Orders',
    severity: 'live',
    state: 'open',
    test: false,
    cause: 'silence',
    thresholdId: 'silence',
    limitUnits: 0,
    crossedBalanceUnits: 0,
    minutesLeft: null,
    bindingSku: null,
    balanceNowUnits: 0,
    openedAtMs: nowMs,
    asOfMs: heardAtMs,
    ...NOBODY_ACTED,
  };
  const { escalationStep, dueMs } = life;
  const opened: Alert = { facts, episode, dropId: scene.liveDrop?.id ?? null, ringCount: 0, escalationStep, dueMs };
  const rung = ringFor(opened, 'opened', scene);
  const alert = rung?.alert ?? opened;
  await insertAlerts(tx, [alert], nowMs);
  await spreadCards(tx, [alert.facts], { live: true, nowMs });
  if (rung !== null) await ring(tx, [rung.ring], nowMs);
}

/** An order was heard, which `asOfMs` then tells, or the show ended without one. */
async function closeSilence(
  tx: Tx,
  { alert, heardAtMs }: { alert: Alert; heardAtMs: number | null },
  nowMs: number,
): Promise<void> {
  const life = closed(lifeOf(alert), 'recovered');
  if (life !== null) await write(tx, [living(alert, life, { asOfMs: heardAtMs ?? alert.facts.asOfMs })], nowMs);
}

/** Escalates, takes back what nobody followed up, ends snoozes and tests. */
async function passTime(tx: Tx, ripe: readonly Alert[], scene: Scene, nowMs: number): Promise<void> {
  const changed: Alert[] = [];
  const rings: Ring[] = [];
  for (const alert of ripe) {
    const { subjectKind } = alert.facts;
    const followedUp = alert.facts.state === 'acknowledged' && (await isFollowedUp(tx, alert.facts));
    const chainLength = chainFor(scene, subjectKind).length;
    const passed = timePassed(lifeOf(alert), { chainLength, followedUp, nowMs });
    if (passed.kind === 'nothing') continue;
    const lived = living(alert, passed.life);
    const rung = passed.kind === 'rings' ? ringFor(lived, passed.why, scene) : null;
    changed.push(rung?.alert ?? lived);
    if (rung !== null) rings.push(rung.ring);
  }
  await write(tx, changed, nowMs);
  await ring(tx, rings, nowMs);
}

async function write(tx: Tx, changed: readonly Alert[], nowMs: number): Promise<void> {
  for (const alert of changed) await updateAlert(tx, alert, nowMs);
  await refreshCards(
    tx,
    changed.map(({ facts }) => facts),
    nowMs,
  );
  const over = changed.filter(({ facts }) => facts.state === 'recovered').map(({ facts }) => facts.alertId);
  if (over.length > 0) await takeBackRings(tx, over, nowMs);
}

/** Whether anybody acted since the acknowledgement: moved the stock by hand, or stopped its promotion. */
async function isFollowedUp(tx: Tx, { subjectKind, subject, actedAtMs }: AlertFacts): Promise<boolean> {
  const { skus, movements, pauses } = tx.tables;
  const sinceMs = actedAtMs ?? 0;
  const scopes = subjectKind === 'feed' ? ['*'] : ['*', subject];
  const paused = and(
    eq(pauses.teamId, tx.teamId),
    inArray(pauses.scope, scopes),
    or(gte(pauses.atMs, sinceMs), isNull(pauses.resumedAtMs)),
  );
  const [pause] = await tx.db.select({ count: count() }).from(pauses).where(paused);
  if ((pause?.count ?? 0) > 0) return true;
  if (subjectKind === 'feed') return false;
  const [row] = await tx.db
    .select({ components: skus.components })
    .from(skus)
    .where(and(eq(skus.teamId, tx.teamId), eq(skus.sku, subject)));
  const bundles = new Map(row?.components == null ? [] : [[subject, row.components]]);
  const moved = and(
    eq(movements.teamId, tx.teamId),
    inArray(movements.sku, [...(skusOf(subject, bundles) ?? [])]),
    isNotNull(movements.personId),
    gte(movements.atMs, sinceMs),
  );
  const [byHand] = await tx.db.select({ count: count() }).from(movements).where(moved);
  return (byHand?.count ?? 0) > 0;
}
