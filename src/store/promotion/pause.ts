import { and, count, eq } from 'drizzle-orm';
import { factId } from '../../domain/fact-id.ts';
import { pauseBeside } from '../../domain/promotion.ts';
import type { Actor } from '../../domain/team.ts';
import type { PauseAnswer } from '../../ports/store/promotion.ts';
import { remember } from '../audit.ts';
import type { Tx } from '../engine/engine.ts';
import { holdAnnouncements } from './held.ts';
import { ringPause, showCards } from './pause-cards.ts';
import { pauseById, pauseFacts, standingPauses } from './pause-facts.ts';
import type { PauseRow } from './pause-facts.ts';
import { findScope } from './pause-scope.ts';
import { askReceipts } from './receipts.ts';

type Ask = {
  readonly scope: string | null;
  readonly reason: string | null;
  readonly forMs: number | null;
  readonly by: Actor;
  readonly nowMs: number;
};

/** Stops promotion: state, audit, cards, ring, receipts and held announcements in the one transaction given. */
export async function pausePromotion(tx: Tx, ask: Ask): Promise<PauseAnswer> {
  const found = await findScope(tx, ask.scope);
  if (found.kind === 'unknown-sku') return found;
  const { scope } = found;
  const untilMs = ask.forMs === null ? null : ask.nowMs + ask.forMs;
  const beside = pauseBeside(await standingPauses(tx), { scope, untilMs });
  if (beside.kind === 'extend') return extend(tx, beside.pause, { ...ask, untilMs });
  if (beside.kind === 'stands') return { kind: 'already-paused', pause: await pauseFacts(tx, beside.pause, ask.nowMs) };
  const row = await begin(tx, { ...ask, scope, untilMs });
  return { kind: 'paused', pause: await pauseFacts(tx, row, ask.nowMs) };
}

async function begin(tx: Tx, ask: Ask & { readonly scope: string; readonly untilMs: number | null }): Promise<PauseRow> {
  const { pauses, teams } = tx.tables;
  const { scope, reason, by, nowMs, untilMs } = ask;
  const [earlier] = await tx.db.select({ count: count() }).from(pauses).where(eq(pauses.teamId, tx.teamId));
  const [team] = await tx.db.select({ seq: teams.movementSeq }).from(teams).where(eq(teams.teamId, tx.teamId));
  if (team === undefined) throw new Error(`no team ${tx.teamId}`);
  const id = factId(`pause:${(earlier?.count ?? 0) + 1}`, nowMs);
  const after = { pauseId: id, scope, untilMs };
  const { reasonId } = await remember(tx, { by, action: 'promotion.pause', target: scope, before: null, after, reason, nowMs });
  const held = await holdAnnouncements(tx, scope, nowMs);
  const row: PauseRow = {
    teamId: tx.teamId,
    id,
    scope,
    reasonId,
    byPersonId: by.personId,
    place: by.place,
    atMs: nowMs,
    untilMs,
    fromMovementSeq: team.seq,
    toMovementSeq: null,
    ...held,
    ringCount: 0,
    resumedAtMs: null,
    resumedBy: null,
  };
  await tx.db.insert(pauses).values(row);
  await askReceipts(tx, { pauseId: id, verb: 'stop', note: `${held.heldCount} held`, nowMs });
  await showCards(tx, row, nowMs, 'all');
  await ringPause(tx, row, { why: 'paused', surfaces: [], nowMs });
  return row;
}

async function extend(tx: Tx, row: PauseRow, ask: Ask & { readonly untilMs: number | null }): Promise<PauseAnswer> {
  const { pauses } = tx.tables;
  const { by, reason, nowMs, untilMs } = ask;
  const change = { before: { untilMs: row.untilMs }, after: { untilMs } };
  await remember(tx, { by, action: 'promotion.pause', target: row.scope, ...change, reason, nowMs });
  await tx.db
    .update(pauses)
    .set({ untilMs })
    .where(and(eq(pauses.teamId, tx.teamId), eq(pauses.id, row.id)));
  const longer = (await pauseById(tx, row.id)) ?? row;
  await showCards(tx, longer, nowMs, 'team');
  return { kind: 'already-paused', pause: await pauseFacts(tx, longer, nowMs) };
}
