import { and, eq, getTableColumns, inArray, max, sql } from 'drizzle-orm';
import { STANDING_STATES, type AlertLife } from '../../domain/alert.ts';
import { saidId } from '../../domain/fact-id.ts';
import type { AlertFacts } from '../../ports/post.ts';
import type { Db, Tables, Tx } from '../engine/engine.ts';
import { select } from '../prepared.ts';

/** One alert as kept: what its card shows, and where it stands in time. */
export type Alert = {
  readonly facts: AlertFacts;
  readonly episode: number;
  readonly escalationStep: number;
  readonly dueMs: number | null;
  readonly ringCount: number;
  readonly dropId: string | null;
};

type Reading = { readonly db: Db; readonly tables: Tables; readonly teamId: string };

/** The part of an alert that people and time change. */
export function lifeOf({ facts, escalationStep, dueMs }: Alert): AlertLife {
  return { state: facts.state, severity: facts.severity, test: facts.test, escalationStep, dueMs };
}

/** The alert with its new life, everything else as it was. */
export function living(alert: Alert, life: AlertLife, changed: Partial<AlertFacts> = {}): Alert {
  const { state, severity, escalationStep, dueMs } = life;
  return { ...alert, escalationStep, dueMs, facts: { ...alert.facts, state, severity, ...changed } };
}

/** What a test of `subject` is kept under: its episodes are the test's own. */
export function rowSubject({ test, subject }: Pick<AlertFacts, 'test' | 'subject'>): string {
  return test ? 'test' : subject;
}

/** Written out, not bound: so PostgreSQL knows that few of a team's alerts are in these states, and takes their index. */
function isStanding({ state }: Tables['alerts']) {
  return sql`${state} in (${sql.raw(STANDING_STATES.map((one) => `'${one}'`).join())})`;
}

/** Every alert somebody may yet have to act on, oldest first. */
export async function standingAlerts({ db, tables: { alerts }, teamId }: Reading): Promise<readonly Alert[]> {
  const rows = await select(
    db,
    {
      name: 'standing alerts',
      columns: getTableColumns(alerts),
      build: (columns) =>
        db
          .select(columns)
          .from(alerts)
          .where(and(eq(alerts.teamId, sql.placeholder('teamId')), isStanding(alerts))),
    },
    { teamId },
  );
  // Put in order here: every order asks, nearly always there are none, and SQLite makes ready to sort before it has looked.
  return rows.toSorted((a, b) => a.openedAtMs - b.openedAtMs || (a.id < b.id ? -1 : 1)).map(alertOf);
}

/** One alert by its id, standing or not. */
export async function alertById({ db, tables: { alerts }, teamId }: Reading, alertId: string): Promise<Alert | null> {
  const rows = await db
    .select()
    .from(alerts)
    .where(and(eq(alerts.teamId, teamId), eq(alerts.id, alertId)));
  return rows[0] === undefined ? null : alertOf(rows[0]);
}

/** The newest alert whose id people say so: `stock:HOODIE-M:3`. After a restore two may be said alike. */
export async function alertSaid({ db, tables: { alerts }, teamId }: Reading, said: string): Promise<Alert | null> {
  // `stock:HOODIE-M:3`, `feed:2`, `test:1`: what it is about and its number are columns of their own.
  const [, subject, episode] = /^(?:stock:)?(.+):(\d{1,9})$/s.exec(said) ?? [];
  if (subject === undefined) return null;
  const rows = await db
    .select()
    .from(alerts)
    .where(and(eq(alerts.teamId, teamId), eq(alerts.subject, subject), eq(alerts.episode, Number(episode))));
  const [row] = rows.filter(({ id }) => saidId(id) === said).toSorted((a, b) => b.openedAtMs - a.openedAtMs);
  return row === undefined ? null : alertOf(row);
}

/** The newest episode of each subject that ever had one. */
export async function episodesOf(
  { db, tables: { alerts }, teamId }: Reading,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (subjects.length === 0) return new Map();
  const rows = await db
    .select({ subject: alerts.subject, episode: max(alerts.episode).mapWith(Number) })
    .from(alerts)
    .where(and(eq(alerts.teamId, teamId), inArray(alerts.subject, [...subjects])))
    .groupBy(alerts.subject);
  return new Map(rows.map(({ subject, episode }) => [subject, episode ?? 0]));
}

/** Writes alerts that opened in this transaction. */
export async function insertAlerts(tx: Tx, opened: readonly Alert[], nowMs: number): Promise<void> {
  if (opened.length === 0) return;
  const rows = opened.map((alert) => ({
    teamId: tx.teamId,
    id: alert.facts.alertId,
    subject: rowSubject(alert.facts),
    episode: alert.episode,
    dropId: alert.dropId,
    openedAtMs: alert.facts.openedAtMs,
    ...changing(alert, nowMs),
  }));
  await tx.db.insert(tx.tables.alerts).values(rows);
}

/** Writes what changed of an alert that was there. */
export async function updateAlert(tx: Tx, alert: Alert, nowMs: number): Promise<void> {
  const { alerts } = tx.tables;
  await tx.db
    .update(alerts)
    .set(changing(alert, nowMs))
    .where(and(eq(alerts.teamId, tx.teamId), eq(alerts.id, alert.facts.alertId)));
}

function changing({ facts, ringCount, escalationStep, dueMs }: Alert, nowMs: number) {
  const closedAtMs = facts.state === 'dismissed' || facts.state === 'recovered' ? nowMs : null;
  return { state: facts.state, facts, ringCount, escalationStep, dueMs, closedAtMs };
}

function alertOf(row: Readonly<Tables['alerts']['$inferSelect']>): Alert {
  const { episode, escalationStep, dueMs, ringCount, dropId } = row;
  return { facts: row.facts as AlertFacts, episode, escalationStep, dueMs, ringCount, dropId };
}
