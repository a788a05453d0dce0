import { and, eq } from 'drizzle-orm';
import { expect } from 'vitest';
import type { ClaimedPost, Lane, PostFacts, Sent } from '../../../src/ports/post.ts';
import { desire, withdraw } from '../../../src/store/posts/desire.ts';
import type { Ground, Rules } from '../contract.ts';
import { NOW, seeded } from '../../support/plan.ts';

const LEASE = { leaseMs: 30_000, limit: 1_000 }; // the suite’s earlier teams have posts waiting too
const LIVE_NOTE = (dropName: string): PostFacts => ({ kind: 'live', dropName, state: 'live', atMs: NOW, byPersonId: 'maya' });

type Wanted = {
  readonly lane?: Lane;
  readonly at?: number;
  readonly due?: number;
  readonly expires?: number;
  readonly replyTo?: string;
};

async function want({ engine, teamId }: Ground, key: string, channel: string, wanted: Wanted = {}): Promise<void> {
  const { lane = 1, at = NOW, due = at, expires, replyTo } = wanted;
  await engine.write(teamId, (tx) =>
    desire(tx, {
      key,
      destinationId: `console:${teamId}-${channel}`,
      facts: LIVE_NOTE(key),
      lane,
      nowMs: at,
      dueMs: due,
      expiresAtMs: expires ?? null,
      replyToKey: replyTo ?? null,
    }),
  );
}

/** Claims, and keeps this team's posts: the suite's other teams share the database. */
async function claim(
  { store, teamId }: Ground,
  worker: string,
  nowMs: number,
  leaseMs = LEASE.leaseMs,
): Promise<readonly ClaimedPost[]> {
  const posts = await store.courier.claim({ ...LEASE, worker, leaseMs, nowMs });
  return posts.filter((post) => post.teamId === teamId);
}

const keys = (posts: readonly ClaimedPost[]): readonly string[] => posts.map(({ key }) => key);
const SENT: Sent = { kind: 'sent', remoteId: 'm1' };

async function row({ engine, teamId }: Ground, key: string) {
  const { posts } = engine.tables;
  const rows = await engine.read((db) =>
    db
      .select()
      .from(posts)
      .where(and(eq(posts.teamId, teamId), eq(posts.key, key))),
  );
  expect(rows).toHaveLength(1);
  return rows[0];
}

async function settle(
  ground: Ground,
  post: ClaimedPost | undefined,
  worker: string,
  sent: Sent,
  nowMs: number,
): Promise<boolean> {
  if (post === undefined) throw new Error('nothing was claimed');
  return ground.store.courier.settle({ post, worker, sent, pinged: [], nowMs });
}

export const courierRules: Rules = {
  'courier: one post in flight per destination, and one more kept for critical': async (ground) => {
    await seeded(ground);
    await want(ground, 'routine', 'team', { lane: 2, at: NOW - 2 });
    await want(ground, 'live', 'team', { lane: 1, at: NOW - 1 });
    await want(ground, 'elsewhere', 'host', { lane: 2 });
    expect(keys(await claim(ground, 'a', NOW)).toSorted()).toEqual(['elsewhere', 'live']);
    expect(keys(await claim(ground, 'b', NOW))).toEqual([]);
    await want(ground, 'critical', 'team', { lane: 0 });
    await want(ground, 'critical too', 'team', { lane: 0, at: NOW + 1 });
    expect(keys(await claim(ground, 'b', NOW + 1))).toEqual(['critical']);
    expect(keys(await claim(ground, 'c', NOW + 1))).toEqual([]);
  },

  'courier: the order is lane, then age': async (ground) => {
    await seeded(ground);
    await want(ground, 'young routine', 'team', { lane: 2, at: NOW - 1 });
    await want(ground, 'old routine', 'team', { lane: 2, at: NOW - 9 });
    await want(ground, 'live', 'team', { lane: 1 });
    const order: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const [post] = await claim(ground, 'a', NOW);
      order.push(post?.key ?? 'none');
      await settle(ground, post, 'a', { kind: 'sent', remoteId: `m${n}` }, NOW);
    }
    expect(order).toEqual(['live', 'old routine', 'young routine']);
    expect(keys(await claim(ground, 'a', NOW))).toEqual([]);
  },

  'courier: a post claimed while it changes is settled at the claimed revision and waits again': async (ground) => {
    await seeded(ground);
    await want(ground, 'card', 'team');
    const [first] = await claim(ground, 'a', NOW);
    for (let n = 1; n <= 40; n += 1) await want(ground, 'card', 'team', { at: NOW + n });
    expect(await settle(ground, first, 'a', SENT, NOW + 50)).toBe(true);
    expect(await row(ground, 'card')).toMatchObject({ state: 'waiting', deliveredRevision: 1, revision: 41, remoteId: 'm1' });
    // One edit a second: forty changes are one edit, and it is the newest.
    expect(keys(await claim(ground, 'a', NOW + 1_049))).toEqual([]);
    const [second] = await claim(ground, 'a', NOW + 1_050);
    expect(second).toMatchObject({ revision: 41, remoteId: 'm1', attemptCount: 1, lookFirst: false });
    await want(ground, 'card', 'team', { at: NOW + 1_055 });
    await settle(ground, second, 'a', SENT, NOW + 1_060);
    expect(await row(ground, 'card')).toMatchObject({ state: 'waiting', deliveredRevision: 41, dueMs: NOW + 2_060 });
    const [third] = await claim(ground, 'a', NOW + 2_060);
    await settle(ground, third, 'a', SENT, NOW + 2_060);
    await want(ground, 'card', 'team', { at: NOW + 2_061 });
    expect(await row(ground, 'card')).toMatchObject({ state: 'waiting', deliveredRevision: 42, dueMs: NOW + 3_060 });
  },

  'courier: a clock that was set back keeps no card waiting; what is wanted at a time waits for it': async (ground) => {
    const { store, teamId } = ground;
    const backMs = NOW - 3_600_000;
    await seeded(ground);
    await want(ground, 'card', 'team');
    const [first] = await claim(ground, 'a', NOW);
    await settle(ground, first, 'a', SENT, NOW);
    await want(ground, 'card', 'team', { at: backMs });
    await want(ground, 'unsent', 'host');
    await want(ground, 'wanted later', 'alerts', { at: NOW, due: NOW + 60_000 });
    expect(await claim(ground, 'a', backMs)).toEqual([]);
    await store.team(teamId).posts.afterSetBack(backMs);
    expect(keys(await claim(ground, 'a', backMs)).toSorted()).toEqual(['card', 'unsent']);
    expect(await row(ground, 'wanted later')).toMatchObject({ dueMs: NOW + 60_000 });
  },

  'courier: a lease that ran out is claimed by another, who looks first; the first one settles nothing': async (ground) => {
    await seeded(ground);
    await want(ground, 'card', 'team');
    const [lost] = await claim(ground, 'a', NOW, 0);
    expect(lost?.lookFirst).toBe(false);
    const [again] = await claim(ground, 'b', NOW);
    expect(again).toMatchObject({ key: 'card', attemptCount: 2, lookFirst: true });
    expect(await settle(ground, lost, 'a', { kind: 'sent', remoteId: 'stray' }, NOW)).toBe(false);
    expect(await row(ground, 'card')).toMatchObject({ state: 'waiting', remoteId: null, leaseWorker: 'b' });
    expect(await settle(ground, again, 'b', SENT, NOW)).toBe(true);
    expect(await settle(ground, again, 'b', { kind: 'sent', remoteId: 'twice' }, NOW)).toBe(false);
    expect(await row(ground, 'card')).toMatchObject({ state: 'settled', remoteId: 'm1' });
  },

  'courier: a post that kills every worker is given up after eight': async (ground) => {
    await seeded(ground);
    await want(ground, 'poison', 'team');
    for (let n = 1; n <= 8; n += 1) expect(await claim(ground, `w${n}`, NOW, 0)).toMatchObject([{ attemptCount: n }]);
    expect(keys(await claim(ground, 'w9', NOW, 0))).toEqual([]);
    expect(await row(ground, 'poison')).toMatchObject({ state: 'dead', attemptCount: 8 });
    const health = await ground.store.team(ground.teamId).posts.health(NOW);
    expect(health.dead).toMatchObject([{ kind: 'live', reason: 'gave up after 8 attempts: none was answered' }]);
  },

  'courier: a rate limit holds its destination and nothing else, and uses up no attempt': async (ground) => {
    await seeded(ground);
    await want(ground, 'busy', 'team', { lane: 2 });
    const [busy] = await claim(ground, 'a', NOW);
    await settle(ground, busy, 'a', { kind: 'retry', afterMs: 5_000, hold: 'destination', reason: '429' }, NOW);
    await want(ground, 'stop', 'team', { lane: 0 });
    await want(ground, 'stop too', 'host', { lane: 0 });
    expect(keys(await claim(ground, 'a', NOW + 1))).toEqual(['stop too']);
    const health = await ground.store.team(ground.teamId).posts.health(NOW + 1);
    expect(health.heldDestinations).toEqual([
      {
        where: { platform: 'console', address: `${ground.teamId}-team`, purposes: ['team'] },
        untilMs: NOW + 5_000,
        reason: '429',
      },
    ]);
    expect(keys(await claim(ground, 'a', NOW + 5_000))).toEqual(['stop']);
    expect(await row(ground, 'busy')).toMatchObject({ attemptCount: 0, inDoubt: false, state: 'waiting', failure: '429' });
  },

  'courier: a failure holds only its own post, which is looked for before it is posted again': async (ground) => {
    await seeded(ground);
    await want(ground, 'slow', 'team', { lane: 1 });
    await want(ground, 'next', 'team', { lane: 2 });
    const [slow] = await claim(ground, 'a', NOW);
    await settle(ground, slow, 'a', { kind: 'retry', afterMs: 0, hold: 'post', reason: 'timeout' }, NOW);
    expect(keys(await claim(ground, 'a', NOW))).toEqual(['next']);
    expect(await claim(ground, 'b', NOW + 999)).toEqual([]);
    const next = await row(ground, 'next');
    expect(next?.leaseWorker).toBe('a');
    expect(await row(ground, 'slow')).toMatchObject({ dueMs: NOW + 1_000, inDoubt: true, attemptCount: 1 });
  },

  'courier: a ring waits for its card and answers it; a dead card does not keep it': async (ground) => {
    await seeded(ground);
    await want(ground, 'card', 'team', { at: NOW });
    await want(ground, 'card:ring:1', 'team', { at: NOW - 5, lane: 0, replyTo: 'card' });
    const [card] = await claim(ground, 'a', NOW);
    expect(card?.key).toBe('card');
    expect(keys(await claim(ground, 'a', NOW))).toEqual([]);
    await settle(ground, card, 'a', SENT, NOW);
    expect(await claim(ground, 'a', NOW)).toMatchObject([{ key: 'card:ring:1', replyToRemoteId: 'm1' }]);

    await want(ground, 'doomed', 'host');
    await want(ground, 'doomed:ring:1', 'host', { replyTo: 'doomed' });
    const [doomed] = await claim(ground, 'a', NOW);
    await settle(ground, doomed, 'a', { kind: 'dead', reason: 'unknown channel' }, NOW);
    expect(await claim(ground, 'a', NOW)).toMatchObject([{ key: 'doomed:ring:1', replyToRemoteId: null }]);
  },

  'courier: a card that keeps failing keeps its ring for half a minute, however often its numbers change': async (ground) => {
    await seeded(ground);
    await want(ground, 'card', 'team');
    await want(ground, 'card:ring:1', 'team', { replyTo: 'card' });
    const failing: Sent = { kind: 'retry', afterMs: 0, hold: 'post', reason: '500' };
    for (const laterMs of [0, 10_000, 20_000, 30_000]) {
      const nowMs = NOW + laterMs;
      await want(ground, 'card', 'team', { at: nowMs });
      const [card, ring] = await claim(ground, 'a', nowMs);
      expect([card?.key, ring]).toEqual(['card', undefined]);
      await settle(ground, card, 'a', failing, nowMs);
      if (laterMs < 30_000) expect(await claim(ground, 'a', nowMs)).toEqual([]);
    }
    expect(await claim(ground, 'a', NOW + 30_000)).toMatchObject([{ key: 'card:ring:1', replyToRemoteId: null }]);
  },

  'courier: a deleted message is posted anew once if critical or live, and left alone if routine': async (ground) => {
    await seeded(ground);
    await want(ground, 'live', 'team', { lane: 1 });
    await want(ground, 'routine', 'host', { lane: 2 });
    for (const post of await claim(ground, 'a', NOW)) await settle(ground, post, 'a', SENT, NOW);
    for (const round of [2_000, 4_000]) {
      await want(ground, 'live', 'team', { lane: 1, at: NOW + round });
      await want(ground, 'routine', 'host', { lane: 2, at: NOW + round });
      for (const post of await claim(ground, 'a', NOW + round)) await settle(ground, post, 'a', { kind: 'gone' }, NOW + round);
      const anew = await claim(ground, 'a', NOW + round);
      expect(anew.map(({ key, remoteId }) => ({ key, remoteId }))).toEqual(
        round === 2_000 ? [{ key: 'live', remoteId: null }] : [],
      );
      for (const post of anew) await settle(ground, post, 'a', { kind: 'sent', remoteId: 'm2' }, NOW + round);
    }
    expect(await row(ground, 'routine')).toMatchObject({ state: 'settled', remoteId: 'm1' });
  },

  'courier: nothing goes before its time, after its end, or once withdrawn': async (ground) => {
    await seeded(ground);
    const { store } = ground;
    await want(ground, 'later', 'team', { due: NOW + 60_000 });
    await want(ground, 'stale', 'host', { due: NOW, expires: NOW + 1_000 });
    await want(ground, 'taken back', 'alerts');
    await ground.engine.write(ground.teamId, (tx) => withdraw(tx, 'taken back'));
    expect(keys(await claim(ground, 'a', NOW + 1_000))).toEqual([]);
    expect(await row(ground, 'stale')).toMatchObject({ state: 'expired' });
    expect((await store.team(ground.teamId).posts.health(NOW + 1_000)).expiredCount).toBe(1);
    expect(keys(await claim(ground, 'a', NOW + 60_000))).toEqual(['later']);
  },

  'courier: after a restore every first post is looked for, for a week': async (ground) => {
    await seeded(ground);
    const { engine, teamId } = ground;
    const { teams } = engine.tables;
    await engine.write(teamId, ({ db }) => db.update(teams).set({ restoredAtMs: NOW }).where(eq(teams.teamId, teamId)));
    await want(ground, 'one', 'team');
    expect(await claim(ground, 'a', NOW)).toMatchObject([{ key: 'one', lookFirst: true }]);
    await want(ground, 'two', 'host', { at: NOW + 7 * 86_400_000 });
    const late = await claim(ground, 'a', NOW + 7 * 86_400_000);
    expect(late.find(({ key }) => key === 'two')).toMatchObject({ lookFirst: false });
  },

  'courier: a claim brings the channel and the words’ names': async (ground) => {
    await seeded(ground);
    await want(ground, 'card', 'team');
    const [post] = await claim(ground, 'a', NOW);
    expect(post?.destination).toEqual({
      id: `console:${ground.teamId}-team`,
      platform: 'console',
      address: `${ground.teamId}-team`,
      purposes: ['team'],
      locale: 'en',
      zone: 'America/New_York',
    });
    expect(post?.telling.nameOf('maya')).toBe('Maya');
    expect(post?.telling.nameOf('nobody')).toBe('someone who left');
    expect(post?.recipients).toEqual([]); // a card calls on nobody
  },

  'courier: two claims at once never take the same post': async (ground) => {
    await seeded(ground);
    const channels = ['team', 'alerts', 'host', 'community'];
    for (const channel of channels) await want(ground, `in ${channel}`, channel);
    const claims = await Promise.all(['a', 'b', 'c', 'd'].map((worker) => claim(ground, worker, NOW)));
    expect(claims.flatMap(keys).toSorted()).toEqual(channels.map((channel) => `in ${channel}`).toSorted());
  },

  'buttons: the same button is one row, found again by its id': async ({ store, teamId }) => {
    const { buttons } = store.team(teamId);
    const calls = [
      { name: 'resume', input: { what: 'HOODIE-M' }, confirm: { title: 'Resume?', text: 'It goes on.', yes: 'Resume' } },
      { name: 'milestone move', input: { milestone: 'm1', days: 2 } },
    ];
    const ids = await buttons.keep(calls, NOW);
    expect(ids.map((id) => id.length)).toEqual([24, 24]);
    expect(await buttons.keep([{ name: 'milestone move', input: { days: 2, milestone: 'm1' } }], NOW + 1)).toEqual([ids[1]]);
    expect(await buttons.find(ids[0] ?? '')).toEqual(calls[0]);
    expect(await buttons.find('v1unknown')).toBeNull();
    const other = await store.team(`${teamId}-other`).buttons.keep(calls, NOW);
    expect(other[0]).not.toBe(ids[0]);
    expect(await store.team(`${teamId}-other`).buttons.find(ids[0] ?? '')).toBeNull();
  },
};
