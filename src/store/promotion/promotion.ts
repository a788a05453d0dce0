import { and, asc, eq, inArray, lte } from 'drizzle-orm';
import { RECEIPT_DUE_MS } from '../../domain/promotion.ts';
import type { Announcement, Pause } from '../../domain/promotion.ts';
import type { PauseFacts, PostFacts } from '../../ports/post.ts';
import type { PromotionStore } from '../../ports/store/promotion.ts';
import { announcementKey, announcementsOf } from './announce.ts';
import type { Tx } from '../engine/engine.ts';
import { intent } from '../intent.ts';
import { showCards } from './pause-cards.ts';
import { pauseFacts, standingPauses, toPause } from './pause-facts.ts';
import type { PauseRow, View } from './pause-facts.ts';
import { pausePromotion } from './pause.ts';
import { overdueReceipts } from './receipts.ts';
import { endByTime, overByTime, resumePromotion, undoPause } from './resume.ts';
import type { TeamContext } from '../team-context.ts';

// Units sold meanwhile go up with every order; the card is edited for them this often at most.
const CARD_EVERY_MS = 30_000;

/** Pauses, resumes and announcements of one team. */
export function promotionStore(context: TeamContext): PromotionStore {
  const { engine, teamId } = context;
  const view = <T>(query: (view: View) => Promise<T>): Promise<T> =>
    engine.read((db) => query({ db, tables: engine.tables, teamId }));
  return {
    pause: (ask) => intent(context, ask, (tx) => pausePromotion(tx, ask)),
    resume: (ask) => intent(context, ask, (tx) => resumePromotion(tx, ask)),
    undo: (ask) => intent(context, ask, (tx) => undoPause(tx, ask)),
    standing: (nowMs) =>
      view(async (from) => {
        const facts: PauseFacts[] = [];
        for (const row of await standingPauses(from)) facts.push(await pauseFacts(from, row, nowMs));
        return facts;
      }),
    announcements: () => view(announcementStates),
    history: () => view(history),
    async tick(nowMs) {
      // Mostly there is nothing to do, and then the writer is not asked for.
      const { due, behind } = await view((from) => whatIsDue(from, nowMs));
      if (due || behind.length > 0) await engine.write(teamId, (tx) => tick(tx, behind, nowMs));
    },
  };
}

async function tick(tx: Tx, behind: readonly string[], nowMs: number): Promise<void> {
  await endByTime(tx, nowMs);
  await overdueReceipts(tx, nowMs);
  for (const row of await standingPauses(tx)) {
    if (behind.includes(row.id)) await showCards(tx, row, nowMs, 'team');
  }
}

async function whatIsDue(view: View, nowMs: number): Promise<{ readonly due: boolean; readonly behind: readonly string[] }> {
  const { receipts } = view.tables;
  const overdue = await view.db
    .select({ pauseId: receipts.pauseId })
    .from(receipts)
    .where(and(eq(receipts.teamId, view.teamId), eq(receipts.state, 'asked'), lte(receipts.askedAtMs, nowMs - RECEIPT_DUE_MS)))
    .limit(1);
  const standing = await standingPauses(view);
  const behind: string[] = [];
  for (const row of standing) if (await isBehind(view, row, nowMs)) behind.push(row.id);
  return { due: overdue.length > 0 || overByTime(standing, nowMs).length > 0, behind };
}

/** Whether units were sold that the cards do not show yet, and the last edit is long enough ago. */
async function isBehind(view: View, row: PauseRow, nowMs: number): Promise<boolean> {
  const { posts } = view.tables;
  const cards = await view.db
    .select({ facts: posts.facts })
    .from(posts)
    .where(and(eq(posts.teamId, view.teamId), eq(posts.key, row.id)));
  const shown = cards
    .map(({ facts }) => facts as PostFacts)
    .find((facts) => facts.kind === 'pause' && facts.pause.audience === 'team');
  if (shown?.kind !== 'pause' || nowMs - shown.pause.asOfMs < CARD_EVERY_MS) return false;
  return (await pauseFacts(view, row, nowMs)).unitsSoldMeanwhile !== shown.pause.unitsSoldMeanwhile;
}

async function announcementStates(
  view: View,
): Promise<readonly (Announcement & { readonly state: 'scheduled' | 'held' | 'sent' | 'missed' })[]> {
  const { posts } = view.tables;
  const known = await announcementsOf(view);
  const keys = known.map(({ id }) => announcementKey(id));
  const rows = await view.db
    .select({ key: posts.key, state: posts.state, held: posts.held, deliveredRevision: posts.deliveredRevision })
    .from(posts)
    .where(and(eq(posts.teamId, view.teamId), inArray(posts.key, keys)));
  return known.map((announcement) => {
    const mine = rows.filter(({ key }) => key === announcementKey(announcement.id));
    const waiting = mine.filter(({ state }) => state === 'waiting');
    if (mine.some(({ deliveredRevision }) => deliveredRevision > 0)) return { ...announcement, state: 'sent' };
    if (waiting.some(({ held }) => held)) return { ...announcement, state: 'held' };
    return { ...announcement, state: waiting.length > 0 ? 'scheduled' : 'missed' };
  });
}

async function history(view: View): Promise<readonly Pause[]> {
  const { pauses } = view.tables;
  const rows = await view.db
    .select()
    .from(pauses)
    .where(eq(pauses.teamId, view.teamId))
    .orderBy(asc(pauses.atMs), asc(pauses.id));
  const all: Pause[] = [];
  for (const row of rows) all.push(await toPause(view, row));
  return all;
}
