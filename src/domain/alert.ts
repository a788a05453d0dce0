import type { Role } from './team.ts';
import type { Crossing, Severity } from './threshold.ts';
import { SEVERITIES } from './threshold.ts';

/** States in which an alert still stands: somebody may yet have to act. */
export const STANDING_STATES = ['open', 'acknowledged', 'snoozed'] as const;

/** Nobody acknowledged: how long until the next role is rung. Routine alerts wait for the digest. */
export const ESCALATE_AFTER_MS: Readonly<Record<Severity, number | null>> = {
  critical: 2 * 60_000,
  live: 5 * 60_000,
  routine: null,
};

/** An acknowledgement nobody followed up by then is taken back. */
export const ACK_FOLLOW_UP_MS = 10 * 60_000;

/** A test alert closes by itself after this long. */
export const TEST_LASTS_MS = 10 * 60_000;

/** Rings to one channel within this long become one, while the first is still unsent. */
export const STORM_MS = 30_000;

/** Who must act, first to last. Every chain ends at the founder. */
const CHAINS: Readonly<Record<'stock' | 'feed', readonly Role[]>> = {
  stock: ['fulfilment', 'ops-lead', 'producer', 'founder'],
  feed: ['producer', 'ops-lead', 'founder'],
};

/** The roles of a chain that somebody holds, in the order they are rung; the founder when none is held. */
export function chainOf(kind: 'stock' | 'feed', held: ReadonlySet<string>): readonly Role[] {
  const chain = CHAINS[kind].filter((role) => held.has(role));
  return chain.length > 0 ? chain : ['founder'];
}

/** Where an alert stands, and when time next changes it. `escalationStep` counts the roles rung. */
export type AlertLife = {
  readonly state: 'open' | 'acknowledged' | 'snoozed' | 'dismissed' | 'recovered';
  readonly severity: Severity;
  readonly test: boolean;
  readonly escalationStep: number;
  readonly dueMs: number | null;
};

/** One line that was crossed: how grave, which, and at how many units. */
type Line = Pick<Crossing, 'severity' | 'thresholdId' | 'limitUnits'>;

/**
 * Whether a crossing makes a standing alert worse, so that it opens anew and rings: graver, the first oversell of a SKU that was only
 * sold out, or a tighter line of the same severity. Minutes left and units left cannot be compared: the one after the other is worse
 * once somebody has taken the alert or keeps it quiet. Routine alerts ring nobody.
 */
export function isWorse(alert: Line & Pick<AlertLife, 'state'>, crossing: Line): boolean {
  const step = SEVERITIES.indexOf(crossing.severity) - SEVERITIES.indexOf(alert.severity);
  if (step !== 0) return step > 0;
  if (crossing.severity === 'routine' || crossing.thresholdId === alert.thresholdId) return false;
  // Sold out asks to stop selling; oversold means buyers who will not get theirs. The second must be heard even after the first.
  if (alert.thresholdId === 'oversold') return false;
  const [before, now] = [minutesOf(alert), minutesOf(crossing)];
  if (before !== null && now !== null) return now < before;
  if (before === null && now === null) return crossing.limitUnits < alert.limitUnits;
  return alert.state !== 'open';
}

/** Whether a crossing that is not worse is still what the card says was crossed. Minutes left come and go; units left are kept. */
export function tellsOf(alert: Omit<Line, 'limitUnits'>, crossing: Omit<Line, 'limitUnits'>): boolean {
  if (crossing.severity !== alert.severity || alert.thresholdId === 'oversold') return false;
  return minutesOf(crossing) === null || minutesOf(alert) !== null;
}

function minutesOf({ thresholdId }: Pick<Line, 'thresholdId'>): number | null {
  const [unit, value] = thresholdId.split(':');
  return unit === 'minutes' ? Number(value) : null;
}

/** An alert that has just opened, got worse or come back: the first role is rung (none for routine) and the wait begins. */
export function ringing({ severity, test, nowMs }: { severity: Severity; test: boolean; nowMs: number }): AlertLife {
  const afterMs = test ? TEST_LASTS_MS : ESCALATE_AFTER_MS[severity];
  const dueMs = afterMs === null ? null : nowMs + afterMs;
  return { state: 'open', severity, test, escalationStep: severity === 'routine' ? 0 : 1, dueMs };
}

/** Somebody has taken it. Null when it no longer stands, or was taken before. */
export function acknowledged(life: AlertLife, nowMs: number): AlertLife | null {
  if (life.state !== 'open' && life.state !== 'snoozed') return null;
  const dueMs = life.severity === 'routine' ? null : nowMs + ACK_FOLLOW_UP_MS;
  return { ...life, state: 'acknowledged', dueMs: life.test ? life.dueMs : dueMs };
}

/** Quiet until `untilMs`. Null when it no longer stands. */
export function snoozed(life: AlertLife, untilMs: number): AlertLife | null {
  if (!stands(life)) return null;
  return { ...life, state: 'snoozed', dueMs: life.test ? life.dueMs : untilMs };
}

/** Closed by a person, or because its cause ended. Null when it was closed before. */
export function closed(life: AlertLife, state: 'dismissed' | 'recovered'): AlertLife | null {
  return stands(life) ? { ...life, state, dueMs: null } : null;
}

function stands({ state }: AlertLife): boolean {
  return STANDING_STATES.some((standing) => standing === state);
}

/** What time did to an alert. */
export type TimePassed =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'test-over'; readonly life: AlertLife }
  | { readonly kind: 'rests'; readonly life: AlertLife } // nothing more happens by time alone
  | { readonly kind: 'rings'; readonly why: 'escalated' | 'reverted' | 'snooze-over'; readonly life: AlertLife };

/**
 * What is due for one alert at `nowMs`. After downtime the steps that were missed are one: the role now due is rung.
 * `followedUp` is whether anybody acted on the SKU since the acknowledgement; `chainLength` how many roles can be rung.
 */
export function timePassed(life: AlertLife, now: { chainLength: number; followedUp: boolean; nowMs: number }): TimePassed {
  const { dueMs } = life;
  if (dueMs === null || dueMs > now.nowMs || !stands(life)) return { kind: 'nothing' };
  if (life.test) return { kind: 'test-over', life: { ...life, state: 'recovered', dueMs: null } };
  if (life.state === 'snoozed') return { kind: 'rings', why: 'snooze-over', life: ringing({ ...life, nowMs: now.nowMs }) };
  if (life.state === 'acknowledged') {
    if (now.followedUp) return { kind: 'rests', life: { ...life, dueMs: null } };
    return { kind: 'rings', why: 'reverted', life: ringing({ ...life, nowMs: now.nowMs }) };
  }
  return escalation(life, dueMs, now);
}

function escalation(life: AlertLife, dueMs: number, { chainLength, nowMs }: { chainLength: number; nowMs: number }): TimePassed {
  const waitMs = ESCALATE_AFTER_MS[life.severity];
  if (waitMs === null || life.escalationStep >= chainLength) return { kind: 'rests', life: { ...life, dueMs: null } };
  const steps = 1 + Math.floor((nowMs - dueMs) / waitMs);
  const escalationStep = Math.min(life.escalationStep + steps, chainLength);
  const nextMs = escalationStep < chainLength ? dueMs + steps * waitMs : null;
  return { kind: 'rings', why: 'escalated', life: { ...life, escalationStep, dueMs: nextMs } };
}

/** A feed that had a rhythm and then nothing for this long is silent. */
export const SILENT_AFTER_MS = 90_000;

/** A rhythm is at least this many orders expected in that time. */
export const RHYTHM_ORDERS = 3;

/** The half-life of the count of orders heard recently. */
export const HEARD_HALF_LIFE_MS = 180_000;

/** What the order feed has done, as the team's row keeps it. `heardRecent` is decayed to `heardAtMs`. */
export type Feed = { readonly heardAtMs: number | null; readonly heardRecent: number; readonly liveSinceMs: number };

/** Whether a live show's orders have stopped: a rhythm at the last order, heard in this show, then 90 s of nothing. */
export function isSilent({ heardAtMs, heardRecent, liveSinceMs }: Feed, nowMs: number): boolean {
  if (heardAtMs === null || heardAtMs < liveSinceMs || nowMs - heardAtMs <= SILENT_AFTER_MS) return false;
  // A steady stream of r orders per ms settles at a decayed count of r * half-life / ln 2.
  return heardRecent * (Math.LN2 / HEARD_HALF_LIFE_MS) * SILENT_AFTER_MS >= RHYTHM_ORDERS;
}
