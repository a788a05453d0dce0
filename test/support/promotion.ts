import { and, eq } from 'drizzle-orm';
import type { Announcement } from '../../src/domain/promotion.ts';
import { deliverDue } from '../../src/jobs/courier.ts';
import { say, type Message } from '../../src/ports/message.ts';
import type { PauseFacts, PostFacts } from '../../src/ports/post.ts';
import type { PauseAnswer, ResumeAnswer } from '../../src/ports/store/promotion.ts';
import { scheduleAnnouncement } from '../../src/store/promotion/announce.ts';
import type { Ground } from '../store/contract.ts';
import { MAYA, NOW, PRIYA, seeded } from './plan.ts';
import { recordingPlatform } from './recording-sender.ts';

export const MIN = 60_000;

/** An announcement to the community, of the whole drop unless it names SKUs. */
export function announcement(id: string, atMs: number, skus: readonly string[] = []): Announcement {
  const when = { atMs, wall: '2027-01-15T07:00', zone: 'America/New_York' };
  return { id, dropId: 'hoodie-run', kind: 'teaser', text: `Look at ${id}`, purposes: ['community'], skus, ...when };
}

/** A seeded team with a platform that shows what each channel sees, and a courier that goes when told. */
export async function stage(ground: Ground, announcements: readonly Announcement[] = []) {
  await seeded(ground);
  const { engine, store, teamId } = ground;
  const platform = recordingPlatform();
  let keyCount = 0;
  const key = (): string => `key-${(keyCount += 1)}`;
  const team = store.team(teamId);
  await engine.write(teamId, async (tx) => {
    for (const one of announcements) await scheduleAnnouncement(tx, one, NOW);
  });
  // Only this team's posts: the suite's other teams share the database.
  const courier = {
    ...store.courier,
    async claim(ask: Parameters<typeof store.courier.claim>[0]) {
      return (await store.courier.claim({ ...ask, limit: 1_000 })).filter((post) => post.teamId === teamId);
    },
  };
  const needs = {
    courier,
    senders: new Map([['console', platform.sender]]),
    words: (facts: PostFacts) => say(saying(facts)),
    pingsOf: () => [],
    late: (message: Message) => message,
    keepButtons: async () => [],
    clock: { now: () => NOW },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    worker: `worker of ${teamId}`,
  };
  return {
    ...ground,
    team,
    platform,
    deliver: (nowMs: number) => deliverDue(needs, nowMs, () => 0),
    shows: (channel: string): readonly (readonly string[])[] =>
      platform.channel(`${teamId}-${channel}`).map(({ texts }) => texts),
    now: (channel: string): readonly (string | undefined)[] =>
      platform.channel(`${teamId}-${channel}`).map(({ texts }) => texts.at(-1)),
    pause: (scope: string | null = null, more: { forMs?: number; by?: typeof MAYA; nowMs?: number; reason?: string } = {}) =>
      team.promotion.pause({
        scope,
        reason: more.reason ?? null,
        forMs: more.forMs ?? null,
        key: key(),
        by: more.by ?? PRIYA,
        nowMs: more.nowMs ?? NOW,
      }),
    resume: (nowMs: number, scope: string | null = null, overrideReason: string | null = null) =>
      team.promotion.resume({ scope, overrideReason, key: key(), by: MAYA, nowMs }),
    undo: (pauseId: string, by: typeof MAYA, nowMs: number) => team.promotion.undo({ pauseId, key: key(), by, nowMs }),
    audit: async () => {
      const entries = await team.audit.list({ fromSeq: 0, limit: 1_000 });
      return entries
        .filter(({ action }) => action.startsWith('promotion.'))
        .map(({ action, target, reason }) => [action, target, reason]);
    },
    oversell: (sku: string, units: number) =>
      engine.write(teamId, ({ db, tables: { levels } }) =>
        db
          .update(levels)
          .set({ committed: units })
          .where(and(eq(levels.teamId, teamId), eq(levels.sku, sku))),
      ),
  };
}

function saying(facts: PostFacts): string {
  if (facts.kind === 'pause') return pauseSaying(facts.pause);
  if (facts.kind === 'pause-ring') return `ring ${facts.why} ${facts.surfaces.join(' ')}`.trim();
  if (facts.kind === 'announcement') return `${facts.paused === null ? '' : 'Paused: '}${facts.announcement.text}`;
  return facts.kind === 'notice' ? `notice ${facts.notice.what}` : facts.kind;
}

function pauseSaying({ pause, receipts, heldCount, unitsSoldMeanwhile, audience }: PauseFacts): string {
  const confirmed = receipts.filter(({ state }) => state === 'confirmed').length;
  const state = pause.resumedAtMs === null ? 'paused' : 'resumed';
  if (audience === 'public') return `public ${state}`;
  return `${state} ${confirmed}/${receipts.length} held ${heldCount} sold ${unitsSoldMeanwhile}`;
}

/** The facts of a pause that was made. */
export function paused(answer: PauseAnswer): PauseFacts {
  if (answer.kind !== 'paused') throw new Error(`not paused: ${JSON.stringify(answer)}`);
  return answer.pause;
}

/** The facts of pauses that were ended. */
export function resumed(answer: ResumeAnswer): readonly PauseFacts[] {
  if (answer.kind !== 'resumed') throw new Error(`not resumed: ${JSON.stringify(answer)}`);
  return answer.pauses;
}

/** How many times anything was wanted: it stays the same when nothing was written. */
export async function postCount({ engine, teamId }: Ground): Promise<number> {
  const { posts } = engine.tables;
  const rows = await engine.read((db) => db.select({ revision: posts.revision }).from(posts).where(eq(posts.teamId, teamId)));
  return rows.reduce((sum, { revision }) => sum + revision, 0);
}
