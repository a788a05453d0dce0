import { and, asc, eq, sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { saidId } from '../../src/domain/fact-id.ts';
import type { HeardFacts } from '../../src/domain/order.ts';
import type { Actor } from '../../src/domain/team.ts';
import type { AlertFacts, PostFacts } from '../../src/ports/post.ts';
import type { Ground } from '../store/contract.ts';
import { FINN, NOW, PRIYA, seeded } from './plan.ts';

export const MINUTE = 60_000;
export const SECOND = 1_000;
export const T = NOW + 60 * MINUTE; // the show begins

export type Shown = {
  readonly key: string;
  readonly channel: string;
  readonly state: string;
  readonly revision: number;
  readonly lane: number;
  readonly replyToId: string | null;
  readonly facts: PostFacts;
};

/** Every post of one kind, as the team's channels should show it. */
export async function posts({ engine, teamId }: Ground, kind: PostFacts['kind']): Promise<readonly Shown[]> {
  const { posts: table } = engine.tables;
  const rows = await engine.read((db) =>
    db
      .select()
      .from(table)
      .where(and(eq(table.teamId, teamId), eq(table.kind, kind)))
      .orderBy(asc(table.createdAtMs), asc(table.key), asc(table.destinationId)),
  );
  return rows.map(({ key, destinationId, state, revision, lane, replyToId, facts }) => ({
    key,
    channel: destinationId.replace(`console:${teamId}-`, ''),
    state,
    revision,
    lane,
    replyToId,
    facts: facts as PostFacts,
  }));
}

/** Rings that are waiting or were heard: key, channel, who, why and about what. */
export async function rings(ground: Ground): Promise<readonly string[]> {
  const all = await posts(ground, 'alert-ring');
  return all
    .filter(({ state }) => state !== 'withdrawn')
    .flatMap(({ facts, channel }) =>
      facts.kind !== 'alert-ring'
        ? []
        : [
            `${channel}: ${facts.rings.map(({ why, alert, mention }) => `${why} ${saidId(alert.alertId)} ${'role' in mention ? mention.role : mention.personId}`).join(', ')}`,
          ],
    );
}

/** The card of an alert by what people call it: `stock:PIN:1`. */
export async function card(ground: Ground, said: string): Promise<AlertFacts> {
  const [shown] = (await posts(ground, 'alert')).filter(({ key }) => saidId(key) === `alert:${said}`);
  if (shown?.facts.kind !== 'alert') throw new Error(`no card of ${said}`);
  return shown.facts.alert;
}

/** Everything waiting is sent. */
export async function sendAll({ engine, teamId }: Ground): Promise<void> {
  const { posts: table } = engine.tables;
  await engine.write(teamId, async ({ db }) => {
    await db
      .update(table)
      .set({ state: 'settled', deliveredRevision: sql`${table.revision}` })
      .where(and(eq(table.teamId, teamId), eq(table.state, 'waiting')));
  });
}

export function order(externalId: string, sku: string, units: number, atMs: number): HeardFacts {
  const none = { cancelledUnits: 0, shippedUnits: 0, returnedUnits: 0, writtenOffUnits: 0 };
  return {
    eventId: `event-${externalId}`,
    facts: {
      kind: 'order',
      source: 'shop',
      externalId,
      version: { updatedAtMs: atMs, eventAtMs: atMs },
      placedAtMs: atMs,
      buyerKey: null,
      currency: null,
      lines: [{ lineId: '1', sku, orderedUnits: units, ...none, unitPriceMinor: 0 }],
      refunds: [],
    },
  };
}

export async function sell(
  { store, teamId }: Ground,
  externalId: string,
  sku: string,
  units: number,
  atMs: number,
): Promise<void> {
  const heard = await store.team(teamId).orders.record(order(externalId, sku, units, atMs), atMs);
  expect(heard.kind).toBe('recorded');
}

/** The drop goes live at T. */
export async function start({ store, teamId }: Ground, by: Actor): Promise<void> {
  const started = await store.team(teamId).drops.start({ asked: null, place: null, key: 'start', by, nowMs: T });
  expect(started.kind).toBe('done');
}

export async function goLive(ground: Ground, overrides: Parameters<typeof seeded>[1] = {}): Promise<void> {
  await seeded(ground, overrides);
  await start(ground, PRIYA);
}

export const alertsOf = ({ store, teamId }: Ground) => store.team(teamId).alerts;
export const ask = (key: string, alertId: string | null, nowMs: number, by: Actor = FINN) => ({ key, alertId, by, nowMs });

export const auditOf = async ({ store, teamId }: Ground) =>
  (await store.team(teamId).audit.list({ fromSeq: 0, limit: 500 }))
    .filter(({ action }) => action.startsWith('alert.'))
    .map(({ action, personId, target, reason }) => ({ action, personId, target: saidId(target), reason }));
