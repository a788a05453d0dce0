import { and, eq } from 'drizzle-orm';
import { mayUndo } from '../../domain/promotion.ts';
import type { Actor } from '../../domain/team.ts';
import type { PauseFacts } from '../../ports/post.ts';
import type { ResumeAnswer } from '../../ports/store/promotion.ts';
import { remember } from '../audit.ts';
import type { Tx } from '../engine/engine.ts';
import { releaseAnnouncements } from './held.ts';
import { ringPause, showCards, withdrawRings } from './pause-cards.ts';
import { pauseById, pauseFacts, standingPauses } from './pause-facts.ts';
import type { PauseRow } from './pause-facts.ts';
import { causesWithin, findScope } from './pause-scope.ts';
import { askReceipts, closeStopReceipts } from './receipts.ts';

type Change = { readonly by: Actor; readonly nowMs: number };
type Ending = {
  readonly by: Actor | null;
  readonly action: 'promotion.resume' | 'promotion.undo';
  readonly reason: string | null;
  readonly nowMs: number;
};

/** Lets promotion run again, unless a cause stands that nobody overrode. */
export async function resumePromotion(
  tx: Tx,
  { scope: asked, overrideReason, by, nowMs }: Change & { scope: string | null; overrideReason: string | null },
): Promise<ResumeAnswer> {
  const found = await findScope(tx, asked);
  if (found.kind === 'unknown-sku') return found;
  const standing = await standingPauses(tx);
  const wider = widerThan(found.scope, standing);
  if (wider !== null) return { kind: 'covered', pause: await pauseFacts(tx, wider, nowMs) };
  const ending = standing.filter(({ scope }) => found.scope === '*' || scope === found.scope);
  if (ending.length === 0) return { kind: 'nothing-paused' };
  const causes = await causesWithin(
    tx,
    ending.map(({ scope }) => scope),
  );
  if (causes.length > 0 && overrideReason === null) return { kind: 'refused', causes };
  const reason = overrideReason;
  const pauses = await endPauses(tx, ending, { by, action: 'promotion.resume', reason, nowMs });
  return { kind: 'resumed', pauses, undone: false };
}

/** Takes a pause back: the pauser's own, and only at once. */
export async function undoPause(tx: Tx, { pauseId, by, nowMs }: Change & { pauseId: string }): Promise<ResumeAnswer> {
  const row = await pauseById(tx, pauseId);
  if (row === null || row.resumedAtMs !== null) return { kind: 'nothing-paused' };
  const may = mayUndo(row, by.personId, nowMs);
  if (may === 'not-yours') return { kind: 'not-yours-to-undo', pause: await pauseFacts(tx, row, nowMs) };
  if (may === 'too-late') return { kind: 'too-late-to-undo', pause: await pauseFacts(tx, row, nowMs) };
  const wider = widerThan(row.scope, await standingPauses(tx));
  if (wider !== null) return { kind: 'covered', pause: await pauseFacts(tx, wider, nowMs) };
  const pauses = await endPauses(tx, [row], { by, action: 'promotion.undo', reason: null, nowMs });
  return { kind: 'resumed', pauses, undone: true };
}

/** The pause of everything that stands over this one's scope: while it does, letting go of one SKU would free nothing. */
function widerThan(scope: string, standing: readonly PauseRow[]): PauseRow | null {
  return scope === '*' ? null : (standing.find((row) => row.scope === '*') ?? null);
}

/** The pauses whose time is up and under no wider one, which would keep promotion stopped while this one said it runs. */
export function overByTime(standing: readonly PauseRow[], nowMs: number): readonly PauseRow[] {
  const over = standing.filter(({ untilMs }) => untilMs !== null && untilMs <= nowMs);
  return over.filter(({ scope }) => widerThan(scope, standing) === null);
}

/** Ends the pauses whose time is up. Where a cause stands, the pause stays until somebody resumes it, and the team is rung. */
export async function endByTime(tx: Tx, nowMs: number): Promise<void> {
  const { pauses } = tx.tables;
  for (const row of overByTime(await standingPauses(tx), nowMs)) {
    const causes = await causesWithin(tx, [row.scope]);
    if (causes.length === 0) {
      await endPauses(tx, [row], { by: null, action: 'promotion.resume', reason: null, nowMs });
      continue;
    }
    const change = { before: { untilMs: row.untilMs }, after: { untilMs: null, causes } };
    await remember(tx, { by: null, action: 'promotion.pause', target: row.scope, ...change, reason: null, nowMs });
    await tx.db
      .update(pauses)
      .set({ untilMs: null })
      .where(and(eq(pauses.teamId, tx.teamId), eq(pauses.id, row.id)));
    const stays: PauseRow = { ...row, untilMs: null };
    await showCards(tx, stays, nowMs, 'team');
    await ringPause(tx, stays, { why: 'still-paused', surfaces: [], nowMs });
  }
}

async function endPauses(tx: Tx, rows: readonly PauseRow[], ending: Ending): Promise<readonly PauseFacts[]> {
  const { nowMs } = ending;
  const ended: PauseRow[] = [];
  for (const row of rows) ended.push(await close(tx, row, ending));
  const { releasedCount, missedCount } = await releaseAnnouncements(tx, nowMs);
  const note = `${releasedCount} released, ${missedCount} missed`;
  for (const row of ended) {
    await withdrawRings(tx, row, ['paused', 'not-confirmed', 'still-paused']);
    await closeStopReceipts(tx, row.id);
    await askReceipts(tx, { pauseId: row.id, verb: 'go', note, nowMs });
    await showCards(tx, row, nowMs, 'all');
  }
  // One ring says that promotion runs again, however many pauses that took.
  const widest = ended.find(({ scope }) => scope === '*') ?? ended[0];
  if (widest !== undefined) await ringPause(tx, widest, { why: 'resumed', surfaces: [], nowMs });
  const facts: PauseFacts[] = [];
  for (const row of ended) facts.push(await pauseFacts(tx, row, nowMs));
  return facts;
}

async function close(tx: Tx, row: PauseRow, { by, action, reason, nowMs }: Ending): Promise<PauseRow> {
  const { pauses, teams } = tx.tables;
  const [team] = await tx.db.select({ seq: teams.movementSeq }).from(teams).where(eq(teams.teamId, tx.teamId));
  const before = { pauseId: row.id, atMs: row.atMs };
  await remember(tx, { by, action, target: row.scope, before, after: null, reason, nowMs });
  const end = { resumedAtMs: nowMs, resumedBy: by?.personId ?? null, toMovementSeq: team?.seq ?? row.fromMovementSeq };
  await tx.db
    .update(pauses)
    .set(end)
    .where(and(eq(pauses.teamId, tx.teamId), eq(pauses.id, row.id)));
  return { ...row, ...end };
}
