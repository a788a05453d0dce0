import { eq } from 'drizzle-orm';
import { expect } from 'vitest';
import { insertRows } from '../../../src/store/bulk.ts';
import { retire } from '../../../src/store/retention.ts';
import { desire, postId } from '../../../src/store/posts/desire.ts';
import type { Rules } from '../contract.ts';

const DAY = 86_400_000;

const person = (teamId: string, personId: string) => ({ teamId, personId, name: personId });

export const engineRules: Rules = {
  'a write that throws leaves nothing behind': async ({ engine, teamId }) => {
    const fault = engine.write(teamId, async ({ db, tables }) => {
      await db.insert(tables.people).values(person(teamId, 'maya'));
      await Promise.resolve();
      throw new Error('stop');
    });
    await expect(fault).rejects.toThrow('stop');
    const rows = await engine.read((db) => db.select().from(engine.tables.people).where(eq(engine.tables.people.teamId, teamId)));
    expect(rows).toEqual([]);
  },

  'a write inside a write throws': async ({ engine, teamId }) => {
    const nested = engine.write(teamId, () => engine.write(teamId, async () => 1));
    await expect(nested).rejects.toThrow('inside a write');
  },

  'a read inside a write throws: it would see nothing of it': async ({ engine, teamId }) => {
    const nested = engine.write(teamId, () => engine.read((db) => db.select().from(engine.tables.people)));
    await expect(nested).rejects.toThrow('would not see what it wrote');
  },

  'fifty read-modify-writes at once all count': async ({ engine, teamId }) => {
    const { people } = engine.tables;
    await engine.write(teamId, async ({ db }) => db.insert(people).values({ teamId, personId: 'sum', name: '0' }));
    const one = () =>
      engine.write(teamId, async ({ db }) => {
        const [row] = await db.select().from(people).where(eq(people.teamId, teamId));
        await new Promise((resume) => setImmediate(resume));
        await db
          .update(people)
          .set({ name: String(Number(row?.name) + 1) })
          .where(eq(people.teamId, teamId));
      });
    await Promise.all(Array.from({ length: 50 }, one));
    const [row] = await engine.read((db) => db.select().from(people).where(eq(people.teamId, teamId)));
    expect(row?.name).toBe('50');
  },

  'a post asked for again is a new revision of the same post': async ({ engine, teamId }) => {
    const { posts } = engine.tables;
    const want = (nowMs: number) =>
      engine.write(teamId, (tx) =>
        desire(tx, {
          key: 'k',
          destinationId: 'console:team',
          facts: { kind: 'live', dropName: 'Run', state: 'live', atMs: nowMs, byPersonId: 'maya' },
          lane: 1,
          nowMs,
        }),
      );
    const first = await want(1);
    const second = await want(2);
    expect(second).toBe(first);
    expect(first).toBe(postId(teamId, 'k', 'console:team'));
    expect(first).toHaveLength(22);
    const rows = await engine.read((db) => db.select().from(posts).where(eq(posts.teamId, teamId)));
    expect(rows.map(({ revision, createdAtMs, dueMs }) => ({ revision, createdAtMs, dueMs }))).toEqual([
      { revision: 2, createdAtMs: 1, dueMs: 2 },
    ]);
  },

  'what has its age goes; what still waits, the ledger and the audit stay': async ({ engine, teamId }) => {
    const nowMs = 400 * DAY;
    const facts = { kind: 'live', dropName: 'Run', state: 'live', atMs: 1, byPersonId: 'maya' } as const;
    await engine.write(teamId, async (tx) => {
      const { db, tables } = tx;
      for (const age of [29, 31]) {
        const heardAtMs = nowMs - age * DAY;
        await db.insert(tables.events).values({ teamId, source: 'csv', eventId: `${age} days`, heardAtMs });
      }
      for (const age of [6, 8]) {
        await db.insert(tables.requests).values({ teamId, key: `${age} days`, answer: {}, atMs: nowMs - age * DAY });
      }
      for (const age of [179, 181]) {
        const id = `${age} days`;
        await db.insert(tables.buttons).values({ teamId, id, command: 'stock', input: {}, keptAtMs: nowMs - age * DAY });
        for (const state of ['settled', 'waiting']) {
          const key = `${state} ${age} days`;
          await desire(tx, { key, destinationId: 'console:team', facts, lane: 1, nowMs: nowMs - age * DAY });
          await db.update(tables.posts).set({ state }).where(eq(tables.posts.key, key));
        }
      }
      const old = { teamId, sku: 'PIN', units: 1, cause: 'count', atMs: 0 };
      await db.insert(tables.movements).values({ ...old, seq: 1, kind: 'count', key: 'k' });
    });
    await retire(engine, nowMs);
    const { events, requests, buttons, posts, movements } = engine.tables;
    const left = await engine.read(async (db) => ({
      events: (await db.select().from(events).where(eq(events.teamId, teamId))).map(({ eventId }) => eventId),
      requests: (await db.select().from(requests).where(eq(requests.teamId, teamId))).map(({ key }) => key),
      buttons: (await db.select().from(buttons).where(eq(buttons.teamId, teamId))).map(({ id }) => id),
      posts: (await db.select().from(posts).where(eq(posts.teamId, teamId))).map(({ key }) => key).toSorted(),
      movements: (await db.select().from(movements).where(eq(movements.teamId, teamId))).length,
    }));
    expect(left).toEqual({
      events: ['29 days'],
      requests: ['6 days'],
      buttons: ['179 days'],
      posts: ['settled 179 days', 'waiting 179 days', 'waiting 181 days'],
      movements: 1,
    });
  },

  'retention: what a great sale left behind goes a part at a time, all of it': async ({ engine, teamId }) => {
    const { events } = engine.tables;
    const nowMs = Date.UTC(2030, 0, 1);
    const row = (eventId: string, heardAtMs: number) => ({ teamId, source: 'csv', eventId, heardAtMs });
    await engine.write(teamId, async ({ db }) => {
      // Three thousand of one instant, two thousand of an instant each, and one that is not old enough.
      const together = Array.from({ length: 3_000 }, (_, index) => row(`a ${index}`, nowMs - 40 * DAY));
      const apart = Array.from({ length: 2_000 }, (_, index) => row(`b ${index}`, nowMs - 39 * DAY + index));
      await insertRows(db, events, [...together, ...apart, row('c', nowMs - 29 * DAY)]);
    });
    await retire(engine, nowMs);
    const left = await engine.read((db) => db.select({ id: events.eventId }).from(events).where(eq(events.teamId, teamId)));
    expect(left).toEqual([{ id: 'c' }]);
  },
};
