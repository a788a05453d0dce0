import { eq } from 'drizzle-orm';
import { closed, isWorse, ringing, tellsOf } from '../../domain/alert.ts';
import { factId } from '../../domain/fact-id.ts';
import type { Balance } from '../../domain/stock-book.ts';
import type { Crossing } from '../../domain/threshold.ts';
import type { AlertFacts, RingWhy } from '../../ports/post.ts';
import { refreshCards, ring, takeBackRings, spreadCards, type Ring } from './alert-posts.ts';
import { episodesOf, insertAlerts, lifeOf, living, standingAlerts, updateAlert, type Alert } from './alert-rows.ts';
import { chainFor, roleAt, sceneOf, skuNames, type Scene } from './alert-scene.ts';
import type { Tx } from '../engine/engine.ts';

/** What a transaction did to stock, as far as alerts go. Subjects are SKUs and bundles. */
export type StockChanged = {
  readonly crossings: readonly Crossing[]; // in the order they happened
  readonly balances: ReadonlyMap<string, Balance>; // at the end, of what was touched
  readonly recovered: ReadonlyMap<string, Balance>; // whose thresholds were all armed again, and with how much
  readonly nowMs: number;
};

/**
 * Opens, worsens, updates and closes stock alerts in the transaction that changed the stock, cards and rings with it.
 * Without crossings and standing alerts it costs one indexed select.
 */
export async function afterStock(tx: Tx, { crossings, balances, recovered, nowMs }: StockChanged): Promise<void> {
  if (crossings.length === 0 && balances.size === 0 && recovered.size === 0) return;
  const before = new Map<string, Alert>();
  for (const alert of await standingAlerts(tx)) {
    if (alert.facts.subjectKind === 'stock' && !alert.facts.test) before.set(alert.facts.subject, alert);
  }
  if (crossings.length === 0 && before.size === 0) return;
  const folded = await fold(tx, before, crossings, nowMs);
  const after = [...folded.standing.values()].map((alert) => {
    const { subject } = alert.facts;
    // What has ended says what ended it: later orders are not its story any more.
    const ended = recovered.get(subject);
    const now = withBalance(alert, ended ?? balances.get(subject), nowMs);
    const life = ended === undefined ? null : closed(lifeOf(now), 'recovered');
    return life === null ? now : living(now, life);
  });
  await keepCrossings(tx, folded.crossed);
  await keep(tx, { before, after, whys: folded.whys, scene: folded.scene, nowMs });
}

type Folded = {
  readonly standing: ReadonlyMap<string, Alert>;
  readonly whys: ReadonlyMap<string, RingWhy>; // by subject
  readonly crossed: readonly { readonly crossing: Crossing; readonly alertId: string }[];
  readonly scene: Scene | null; // null: nothing crossed
};

/** Takes the crossings one by one, in their order. */
async function fold(tx: Tx, before: ReadonlyMap<string, Alert>, crossings: readonly Crossing[], nowMs: number): Promise<Folded> {
  if (crossings.length === 0) return { standing: before, whys: new Map(), crossed: [], scene: null };
  const fresh = [...new Set(crossings.map(({ subject }) => subject))].filter((subject) => !before.has(subject));
  const scene = await sceneOf(tx);
  const names = await skuNames(tx, fresh);
  const episodes = await episodesOf(tx, fresh);
  const standing = new Map(before);
  const whys = new Map<string, RingWhy>();
  const crossed: { crossing: Crossing; alertId: string }[] = [];
  for (const crossing of crossings) {
    const { subject } = crossing;
    const known = standing.get(subject);
    if (known === undefined) {
      const about = names.get(subject);
      const episode = (episodes.get(subject) ?? 0) + 1;
      const dropId = scene.liveDrop?.id ?? about?.dropId ?? null;
      standing.set(subject, openedBy(crossing, { name: about?.name ?? subject, episode, dropId, nowMs }));
      whys.set(subject, 'opened');
    } else {
      // A routine alert rang nobody, so what is rung is that it got worse, in whichever commit it opened.
      const unrung = !whys.has(subject) || known.facts.severity === 'routine';
      if (unrung && isWorse(known.facts, crossing)) whys.set(subject, 'worse');
      standing.set(subject, crossedAgain(known, crossing, nowMs));
    }
    const alertId = standing.get(subject)?.facts.alertId ?? '';
    crossed.push({ crossing, alertId });
  }
  return { standing, whys, crossed, scene };
}

type About = { readonly name: string; readonly episode: number; readonly dropId: string | null; readonly nowMs: number };

function openedBy(crossing: Crossing, { name, episode, dropId, nowMs }: About): Alert {
  const { subject, severity } = crossing;
  const life = ringing({ severity, test: false, nowMs });
  const facts: AlertFacts = {
    alertId: factId(`stock:${subject}:${episode}`, crossing.atMs),
    subjectKind: 'stock',
    subject,
    name,
    severity,
    state: 'open',
    test: false,
    ...crossedFacts(crossing),
    balanceNowUnits: crossing.balanceUnits,
    openedAtMs: crossing.atMs,
    asOfMs: nowMs,
    ...NOBODY_ACTED,
  };
  return { facts, episode, dropId, ringCount: 0, escalationStep: life.escalationStep, dueMs: life.dueMs };
}

/** Nobody has done anything about it yet. */
export const NOBODY_ACTED = {
  actedBy: null,
  actedPlace: null,
  actedAtMs: null,
  reason: null,
  snoozedUntilMs: null,
  escalatedTo: null,
} as const;

function crossedFacts({ cause, thresholdId, limitUnits, balanceUnits, minutesLeft, bindingSku }: Crossing) {
  return { cause, thresholdId, limitUnits, crossedBalanceUnits: balanceUnits, minutesLeft, bindingSku };
}

/** A standing alert after one more crossing. A milder one leaves what it says about its own crossing alone. */
function crossedAgain(alert: Alert, crossing: Crossing, nowMs: number): Alert {
  const changed = crossedFacts(crossing);
  if (isWorse(alert.facts, crossing)) {
    const life = ringing({ severity: crossing.severity, test: false, nowMs });
    return living(alert, life, { ...changed, ...NOBODY_ACTED, openedAtMs: crossing.atMs });
  }
  return tellsOf(alert.facts, crossing) ? { ...alert, facts: { ...alert.facts, ...changed } } : alert;
}

/** The newest balance, if it differs from what the card says: time alone is no news. */
function withBalance(alert: Alert, now: Balance | undefined, nowMs: number): Alert {
  const { facts } = alert;
  if (now === undefined) return alert;
  if (now.balanceUnits === facts.balanceNowUnits && now.bindingSku === facts.bindingSku) return alert;
  return { ...alert, facts: { ...facts, balanceNowUnits: now.balanceUnits, bindingSku: now.bindingSku, asOfMs: nowMs } };
}

type Kept = {
  readonly before: ReadonlyMap<string, Alert>;
  readonly after: readonly Alert[];
  readonly whys: ReadonlyMap<string, RingWhy>;
  readonly scene: Scene | null;
  readonly nowMs: number;
};

/** Writes what changed: rows, one revision of each card, and what must be heard. */
async function keep(tx: Tx, { before, after, whys, scene, nowMs }: Kept): Promise<void> {
  const changed = after.filter((alert) => before.get(alert.facts.subject) !== alert);
  const rings: Ring[] = [];
  const kept = changed.map((alert) => {
    const why = whys.get(alert.facts.subject);
    if (why === undefined || scene === null || alert.facts.state !== 'open') return alert;
    const rung = ringFor(alert, why, scene);
    if (rung === null) return alert;
    rings.push(rung.ring);
    return rung.alert;
  });
  const opened = kept.filter(({ facts }) => !before.has(facts.subject));
  await insertAlerts(tx, opened, nowMs);
  for (const alert of kept) if (before.has(alert.facts.subject)) await updateAlert(tx, alert, nowMs);
  const raised = kept.filter(({ facts }) => whys.has(facts.subject)).map(({ facts }) => facts);
  await spreadCards(tx, raised, { live: scene?.liveDrop != null, nowMs });
  const shown = kept.filter(({ facts }) => !whys.has(facts.subject)).map(({ facts }) => facts);
  await refreshCards(tx, shown, nowMs);
  const over = kept.filter(({ facts }) => facts.state === 'recovered').map(({ facts }) => facts.alertId);
  if (over.length > 0) await takeBackRings(tx, over, nowMs);
  await ring(tx, rings, nowMs);
}

/** The ring that tells of this alert, and the alert that has rung. Routine alerts ring nobody: null. */
export function ringFor(alert: Alert, why: RingWhy, scene: Scene): { readonly ring: Ring; readonly alert: Alert } | null {
  if (alert.facts.severity === 'routine') return null;
  const { role, escalatedTo } = roleAt(chainFor(scene, alert.facts.subjectKind), alert.escalationStep);
  const rung = { ...alert, ringCount: alert.ringCount + 1, facts: { ...alert.facts, escalatedTo } };
  return { ring: { why, alert: rung.facts, mention: { role }, count: rung.ringCount }, alert: rung };
}

async function keepCrossings(tx: Tx, crossed: Folded['crossed']): Promise<void> {
  if (crossed.length === 0) return;
  const { teams, crossings } = tx.tables;
  const [team] = await tx.db.select({ seq: teams.crossingSeq }).from(teams).where(eq(teams.teamId, tx.teamId));
  if (team === undefined) throw new Error(`no team ${tx.teamId}`);
  const rows = crossed.map(({ crossing, alertId }, index) => ({
    teamId: tx.teamId,
    seq: team.seq + index + 1,
    alertId,
    ...crossing,
  }));
  await tx.db.insert(crossings).values(rows);
  await tx.db
    .update(teams)
    .set({ crossingSeq: team.seq + rows.length })
    .where(eq(teams.teamId, tx.teamId));
}
