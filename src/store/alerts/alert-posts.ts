import { and, eq, gte, inArray, isNull } from 'drizzle-orm';
import { STORM_MS } from '../../domain/alert.ts';
import { factId } from '../../domain/fact-id.ts';
import type { Mention } from '../../ports/message.ts';
import { LANES, type AlertFacts, type Lane, type PostFacts, type RingWhy } from '../../ports/post.ts';
import { desire, desireAgain, destinationsFor, withdraw } from '../posts/desire.ts';
import { isElsewhere } from '../posts/ring-copies.ts';
import type { Tx } from '../engine/engine.ts';
import { isWaiting } from '../posts/post-row.ts';

/** One thing to be heard. `count` numbers the alert's rings. */
export type Ring = { readonly why: RingWhy; readonly alert: AlertFacts; readonly mention: Mention; readonly count: number };
type RingFacts = Extract<PostFacts, { kind: 'alert-ring' }>;
type Reading = Pick<Tx, 'db' | 'tables' | 'teamId'>;
type RingEntry = RingFacts['rings'][number];

const cardKey = (alertId: string): string => `alert:${alertId}`;

/** Shows these alerts' newest facts wherever their cards are already; nobody is rung, and no card is new. */
export async function refreshCards(tx: Tx, alerts: readonly AlertFacts[], nowMs: number): Promise<void> {
  for (const alert of alerts) {
    const facts = { kind: 'alert', alert } as const;
    await desireAgain(tx, { key: cardKey(alert.alertId), facts, lane: LANES[alert.severity], nowMs });
  }
}

/** Shows these alerts' cards where their severity belongs. Routine ones wait for the digest unless a drop is live. */
export async function spreadCards(
  tx: Tx,
  alerts: readonly AlertFacts[],
  { live, nowMs }: { live: boolean; nowMs: number },
): Promise<void> {
  if (alerts.length === 0) return;
  const shownAt = await cardDestinations(tx, alerts);
  const alertsAt = await destinationsFor(tx, 'alerts');
  const critical = alerts.some(({ severity, test }) => severity === 'critical' && !test);
  const wideAt = critical ? [...(await destinationsFor(tx, 'team')), ...(await destinationsFor(tx, 'host'))] : [];
  for (const alert of alerts) {
    const wide = alert.severity === 'critical' && !alert.test ? wideAt : [];
    const wanted = alert.severity === 'routine' && !live ? [] : [...alertsAt, ...wide];
    const shown = shownAt.get(cardKey(alert.alertId)) ?? [];
    await putCard(tx, alert, [...new Set([...wanted, ...shown])], nowMs);
  }
}

async function putCard(tx: Tx, alert: AlertFacts, destinationIds: readonly string[], nowMs: number): Promise<void> {
  const facts = { kind: 'alert', alert } as const;
  const lane = LANES[alert.severity];
  for (const destinationId of destinationIds) {
    await desire(tx, { key: cardKey(alert.alertId), destinationId, facts, lane, nowMs });
  }
}

/** Which of these alerts have a card anywhere, and where. */
async function cardDestinations(tx: Reading, alerts: readonly AlertFacts[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const { posts } = tx.tables;
  const keys = alerts.map(({ alertId }) => cardKey(alertId));
  const rows = await tx.db
    .select({ key: posts.key, destinationId: posts.destinationId })
    .from(posts)
    .where(and(eq(posts.teamId, tx.teamId), inArray(posts.key, keys)))
    .orderBy(posts.destinationId);
  const byKey = new Map<string, string[]>();
  for (const { key, destinationId } of rows) byKey.set(key, [...(byKey.get(key) ?? []), destinationId]);
  return byKey;
}

/**
 * Rings whoever must act, in the alerts channels. What is rung at once is one message: a ring joins one of the same
 * channel and lane that nobody has seen yet. An alert's earlier unsent rings give way to its newest.
 */
export async function ring(tx: Tx, rings: readonly Ring[], nowMs: number): Promise<void> {
  if (rings.length === 0) return;
  const alertIds = rings.map(({ alert }) => alert.alertId);
  const unheard = await takeBackRings(tx, alertIds, nowMs);
  const groups = Map.groupBy(rings, ({ alert }) => `${LANES[alert.severity]} ${alert.test}`);
  const destinationIds = await destinationsFor(tx, 'alerts');
  for (const group of groups.values()) await ringGroup(tx, { group, destinationIds, unheard, nowMs });
}

type Group = {
  readonly group: readonly Ring[];
  readonly destinationIds: readonly string[];
  readonly unheard: ReadonlySet<string>;
  readonly nowMs: number;
};

async function ringGroup(tx: Tx, { group, destinationIds, unheard, nowMs }: Group): Promise<void> {
  const [first] = group;
  if (first === undefined) return;
  const lane = LANES[first.alert.severity];
  const unsent = await unsentRings(tx, { destinationIds, lane, test: first.alert.test, nowMs });
  // One key everywhere: the copies of a ring know of each other by it, and so ring nobody twice.
  const joined = [...unsent.keys()].find((key) => destinationIds.every((id) => unsent.get(key)?.has(id) === true));
  const key = joined ?? factId(`${cardKey(first.alert.alertId)}:ring:${first.count}`, nowMs);
  for (const destinationId of destinationIds) {
    const here = joined === undefined ? undefined : unsent.get(joined)?.get(destinationId);
    // What got worse before anybody heard of it is heard here for the first time.
    const whyHere = ({ why, alert }: Ring): RingWhy =>
      why === 'worse' && unheard.has(`${destinationId} ${alert.alertId}`) ? 'opened' : why;
    const added = group.map((one) => ({ why: whyHere(one), alert: one.alert, mention: one.mention }));
    const dueMs = here?.dueMs ?? nowMs; // a rate limit that holds the earlier one holds this too
    await putRings(tx, { key, destinationId, lane, rings: [...(here?.facts.rings ?? []), ...added], dueMs, nowMs });
  }
}

/** Takes these alerts out of every ring nobody has seen. Answers `destination alert` of each whose opening was not heard there. */
export async function takeBackRings(tx: Tx, alertIds: readonly string[], nowMs: number): Promise<ReadonlySet<string>> {
  const { posts } = tx.tables;
  const rows = await tx.db
    .select({ key: posts.key, destinationId: posts.destinationId, lane: posts.lane, dueMs: posts.dueMs, facts: posts.facts })
    .from(posts)
    .where(and(eq(posts.teamId, tx.teamId), eq(posts.kind, 'alert-ring'), isWaiting(posts), eq(posts.deliveredRevision, 0)));
  const unheard = new Set<string>();
  for (const { key, destinationId, lane, dueMs, facts } of rows) {
    const { rings } = facts as RingFacts;
    const left = rings.filter(({ alert }) => !alertIds.includes(alert.alertId));
    if (left.length === rings.length) continue;
    for (const { why, alert } of rings)
      if (why === 'opened' && alertIds.includes(alert.alertId)) unheard.add(`${destinationId} ${alert.alertId}`);
    if (left.length === 0) await withdraw(tx, key, destinationId);
    else await putRings(tx, { key, destinationId, lane: lane as Lane, rings: left, dueMs, nowMs });
  }
  return unheard;
}

type Put = {
  readonly key: string;
  readonly destinationId: string;
  readonly lane: Lane;
  readonly rings: readonly RingEntry[];
  readonly dueMs: number;
  readonly nowMs: number;
};

async function putRings(tx: Tx, { rings, ...post }: Put): Promise<void> {
  const [only, second] = rings;
  const replyToKey = only === undefined || second !== undefined ? null : cardKey(only.alert.alertId);
  await desire(tx, { ...post, facts: { kind: 'alert-ring', rings }, replyToKey });
}

type Unsent = { readonly facts: RingFacts; readonly dueMs: number };

/** Rings of these channels and lane that another may still join: young, unseen, and nobody is sending them now. By key and channel. */
async function unsentRings(
  tx: Tx,
  where: { destinationIds: readonly string[]; lane: Lane; test: boolean; nowMs: number },
): Promise<ReadonlyMap<string, ReadonlyMap<string, Unsent>>> {
  const { posts } = tx.tables;
  const rows = await tx.db
    .select({ key: posts.key, destinationId: posts.destinationId, facts: posts.facts, dueMs: posts.dueMs })
    .from(posts)
    .where(
      and(
        eq(posts.teamId, tx.teamId),
        inArray(posts.destinationId, [...where.destinationIds]),
        eq(posts.kind, 'alert-ring'),
        eq(posts.lane, where.lane),
        isWaiting(posts),
        eq(posts.deliveredRevision, 0),
        eq(posts.inDoubt, false),
        isNull(posts.leaseWorker),
        gte(posts.createdAtMs, where.nowMs - STORM_MS),
      ),
    )
    .orderBy(posts.createdAtMs, posts.key);
  const found = new Map<string, Map<string, Unsent>>();
  for (const { key, destinationId, facts, dueMs } of rows) {
    const ring = { facts: facts as RingFacts, dueMs };
    if (isElsewhere(key) || ring.facts.rings.some(({ alert }) => alert.test !== where.test)) continue;
    found.set(key, (found.get(key) ?? new Map<string, Unsent>()).set(destinationId, ring));
  }
  return found;
}

/** Those of these alerts that have no card anywhere. */
export async function withoutCard(reading: Reading, alerts: readonly AlertFacts[]): Promise<readonly AlertFacts[]> {
  if (alerts.length === 0) return [];
  const shown = await cardDestinations(reading, alerts);
  return alerts.filter(({ alertId }) => !shown.has(cardKey(alertId)));
}
