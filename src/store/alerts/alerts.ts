import { asc, eq } from 'drizzle-orm';
import { acknowledged, closed, snoozed, type AlertLife } from '../../domain/alert.ts';
import type { Actor } from '../../domain/team.ts';
import { SEVERITIES, type Crossing } from '../../domain/threshold.ts';
import type { AlertFacts } from '../../ports/post.ts';
import type { AlertAnswer, AlertStore } from '../../ports/store/alerts.ts';
import { refreshCards, takeBackRings } from './alert-posts.ts';
import { pulseRates } from './alert-pulse.ts';
import { alertById, alertSaid, lifeOf, living, standingAlerts, updateAlert, type Alert } from './alert-rows.ts';
import { openTest } from './alert-test.ts';
import { tickAlerts } from './alert-ticks.ts';
import { remember } from '../audit.ts';
import type { Tx } from '../engine/engine.ts';
import { intent } from '../intent.ts';
import type { TeamContext } from '../team-context.ts';

type Ask = { readonly alertId: string | null; readonly key: string; readonly by: Actor; readonly nowMs: number };
type Deed = {
  readonly action: 'alert.acknowledge' | 'alert.snooze' | 'alert.dismiss';
  readonly reason: string | null;
  readonly snoozedUntilMs: number | null;
  readonly next: (life: AlertLife) => AlertLife | null;
};

export function alertStore(context: TeamContext): AlertStore {
  const { engine, teamId } = context;
  const { tables } = engine;
  const act = (ask: Ask, deed: Deed): Promise<AlertAnswer> => intent(context, ask, (tx) => actOn(tx, ask, deed));
  return {
    open: () => engine.read(async (db) => (await standingAlerts({ db, tables, teamId })).map(({ facts }) => facts)),
    acknowledge: (ask) =>
      act(ask, {
        action: 'alert.acknowledge',
        reason: null,
        snoozedUntilMs: null,
        next: (life) => acknowledged(life, ask.nowMs),
      }),
    snooze({ forMs, reason, ...ask }) {
      const untilMs = ask.nowMs + forMs;
      return act(ask, { action: 'alert.snooze', reason, snoozedUntilMs: untilMs, next: (life) => snoozed(life, untilMs) });
    },
    dismiss: ({ reason, ...ask }) =>
      act(ask, { action: 'alert.dismiss', reason, snoozedUntilMs: null, next: (life) => closed(life, 'dismissed') }),
    test: (ask) => intent(context, ask, (tx) => openTest(tx, ask)),
    tick: (nowMs) => tickAlerts(context, nowMs),
    pulse: (nowMs) => pulseRates(context, nowMs),
    crossings: () => allCrossings(context),
  };
}

/** What one person does about one alert: its row, its card, its unsent rings and the audit, together. */
async function actOn(tx: Tx, { alertId, by, nowMs }: Ask, deed: Deed): Promise<AlertAnswer> {
  const found = await find(tx, alertId);
  if (found.kind !== 'found') return found;
  const { alert } = found;
  const life = deed.next(lifeOf(alert));
  if (life === null) {
    // The button was older than what happened since: its card is shown anew.
    await refreshCards(tx, [alert.facts], nowMs);
    return { kind: 'closed', alert: alert.facts };
  }
  const { action, reason, snoozedUntilMs } = deed;
  const after = living(alert, life, { actedBy: by.personId, actedPlace: by.place, actedAtMs: nowMs, reason, snoozedUntilMs });
  await updateAlert(tx, after, nowMs);
  await refreshCards(tx, [after.facts], nowMs);
  await takeBackRings(tx, [after.facts.alertId], nowMs);
  const [before, now] = [alert, after].map(({ facts: { state } }) => ({ state }));
  await remember(tx, { by, action, target: after.facts.alertId, before, after: now, reason, nowMs });
  return { kind: 'done', alert: after.facts };
}

type Found = { readonly kind: 'found'; readonly alert: Alert } | Exclude<AlertAnswer, { kind: 'done' | 'closed' }>;

/** An alert by its id, or the part of it that people say; or the standing one of a SKU, in any case; or, asked for nothing, the only one standing. */
async function find(tx: Tx, asked: string | null): Promise<Found> {
  const standing = await standingAlerts(tx);
  if (asked === null) return standing.length === 0 ? { kind: 'none-open' } : only(standing);
  const byId =
    standing.find(({ facts }) => facts.alertId === asked) ?? (await alertById(tx, asked)) ?? (await alertSaid(tx, asked));
  if (byId !== null) return { kind: 'found', alert: byId };
  const bySku = standing.filter(({ facts }) => facts.subject === asked);
  if (bySku.length > 0) return only(bySku);
  const anyCase = standing.filter(({ facts }) => facts.subject.toLowerCase() === asked.toLowerCase());
  return anyCase.length > 0 ? only(anyCase) : { kind: 'no-such-alert', asked };
}

function only(matches: readonly Alert[]): Found {
  const [alert, second] = matches;
  if (alert !== undefined && second === undefined) return { kind: 'found', alert };
  return { kind: 'which', open: matches.map(({ facts }): AlertFacts => facts) };
}

function allCrossings({ engine, teamId }: TeamContext): Promise<readonly Crossing[]> {
  const { crossings } = engine.tables;
  return engine.read(async (db) => {
    const rows = await db.select().from(crossings).where(eq(crossings.teamId, teamId)).orderBy(asc(crossings.seq));
    return rows.map(({ teamId: _team, seq: _seq, alertId: _alert, severity, ...crossing }): Crossing => {
      const known = SEVERITIES.find((each) => each === severity);
      if (known === undefined) throw new Error(`no severity ${severity}`);
      return { ...crossing, severity: known };
    });
  });
}
