import { and, asc, eq, sql } from 'drizzle-orm';
import type { Actor } from '../../src/domain/team.ts';
import { dayAtMs } from '../../src/domain/time.ts';
import type { PostFacts, ReminderFacts } from '../../src/ports/post.ts';
import type { Ground } from '../store/contract.ts';
import { MAYA, NOW } from './plan.ts';

// NOW is Friday 2027-01-15, 07:00 in the team's New York.
export const at = (day: string, clock = '09:00') => dayAtMs(day, clock, 'America/New_York');
export const DAY = 86_400_000;
export const HUGO: Actor = { personId: 'hugo', place: MAYA.place };
export const OLGA: Actor = { personId: 'olga', place: MAYA.place };

export const QC = { name: 'Final QC', due: '2027-01-20', owner: 'olga' };
export const COUNT = { name: 'Final count', due: '2027-01-22', owner: 'fulfilment' };
export const REHEARSAL = { name: 'Rehearsal', due: '2027-01-28', owner: 'priya' };

let keyCount = 0;
/** A request's own part: who, when, and a key nobody else has. */
export function ask(by: Actor, nowMs = NOW) {
  keyCount += 1;
  return { key: `ask-${keyCount}`, by, nowMs };
}

type Shown = { key: string; state: string; revision: number; replyTo: string | null; facts: PostFacts };

export async function postsOf({ engine, teamId }: Ground): Promise<readonly Shown[]> {
  const { posts } = engine.tables;
  const rows = await engine.read((db) =>
    db.select().from(posts).where(eq(posts.teamId, teamId)).orderBy(asc(posts.createdAtMs), asc(posts.key)),
  );
  const keyOf = new Map(rows.map(({ id, key }) => [id, key]));
  return rows.map(({ key, state, revision, replyToId, facts }) => ({
    key,
    state,
    revision,
    replyTo: replyToId === null ? null : (keyOf.get(replyToId) ?? 'unknown'),
    facts: facts as PostFacts,
  }));
}

/** As a courier would leave them. */
export async function deliverAll({ engine, teamId }: Ground): Promise<void> {
  await engine.write(teamId, async ({ db, tables: { posts } }) => {
    await db
      .update(posts)
      .set({ state: 'settled', deliveredRevision: sql`${posts.revision}`, remoteId: sql`${posts.key}` })
      .where(and(eq(posts.teamId, teamId), eq(posts.state, 'waiting')));
  });
}

export async function keys(ground: Ground): Promise<readonly string[]> {
  return (await postsOf(ground)).filter(({ state }) => state !== 'withdrawn').map(({ key }) => key);
}

export async function card(ground: Ground, id: string): Promise<ReminderFacts | undefined> {
  const facts = (await postsOf(ground)).find(({ key }) => key === `reminder:${id}`)?.facts;
  return facts?.kind === 'reminder' ? facts.reminder : undefined;
}

export async function rings(ground: Ground) {
  return (await postsOf(ground)).flatMap(({ key, state, replyTo, facts }) =>
    facts.kind === 'reminder-ring' && state !== 'withdrawn'
      ? [{ key, replyTo, mention: facts.mention, of: facts.reminders.map(({ milestoneId }) => milestoneId) }]
      : [],
  );
}

export async function remindersOf({ engine, teamId }: Ground, milestoneId: string) {
  const { reminders } = engine.tables;
  const rows = await engine.read((db) =>
    db.select().from(reminders).where(eq(reminders.teamId, teamId)).orderBy(asc(reminders.dueMs)),
  );
  return rows
    .filter((row) => row.milestoneId === milestoneId)
    .map(({ slot, postedAtMs }) => [slot.slice('2027-01-20/'.length), postedAtMs] as const);
}
