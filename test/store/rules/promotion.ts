import { and, eq } from 'drizzle-orm';
import { expect } from 'vitest';
import type { Announcement } from '../../../src/domain/promotion.ts';
import { ANNOUNCEMENT_EXPIRES_MS } from '../../../src/domain/promotion.ts';
import { deliverDue } from '../../../src/jobs/courier.ts';
import { say } from '../../../src/ports/message.ts';
import type { PostFacts } from '../../../src/ports/post.ts';
import type { PauseAnswer, ResumeAnswer } from '../../../src/ports/store/promotion.ts';
import { rerouteAnnouncements, scheduleAnnouncement, withdrawAnnouncement } from '../../../src/store/announce.ts';
import type { Ground, Rules } from '../contract.ts';
import { FINN, MAYA, NOW, PRIYA, seeded } from '../../support/plan.ts';
import { recordingPlatform } from '../../support/recording-sender.ts';

const MIN = 60_000;

function announcement(id: string, atMs: number, skus: readonly string[] = []): Announcement {
  const when = { atMs, wall: '2027-01-15T07:00', zone: 'America/New_York' };
  return { id, dropId: 'hoodie-run', kind: 'teaser', text: `Look at ${id}`, purposes: ['community'], skus, ...when };
}

/** A seeded team with a platform that shows what each channel sees, and a courier that goes when told. */
async function stage(ground: Ground, announcements: readonly Announcement[] = []) {
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
    keepButtons: async () => [],
    clock: { now: () => NOW },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    worker: `worker of ${teamId}`,
  };
  return {
    ...ground,
    team,
    platform,
    deliver: (nowMs: number) => deliverDue(needs, nowMs),
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
  switch (facts.kind) {
    case 'pause': {
      const { pause, receipts, heldCount, unitsSoldMeanwhile, audience } = facts.pause;
      const confirmed = receipts.filter(({ state }) => state === 'confirmed').length;
      const state = pause.resumedAtMs === null ? 'paused' : 'resumed';
      return audience === 'public'
        ? `public ${state}`
        : `${state} ${confirmed}/${receipts.length} held ${heldCount} sold ${unitsSoldMeanwhile}`;
    }
    case 'pause-ring':
      return `ring ${facts.why} ${facts.surfaces.join(' ')}`.trim();
    case 'announcement':
      return `${facts.paused === null ? '' : 'Paused: '}${facts.announcement.text}`;
    case 'notice':
      return `notice ${facts.notice.what}`;
    default:
      return facts.kind;
  }
}

function paused(answer: PauseAnswer) {
  if (answer.kind !== 'paused') throw new Error(`not paused: ${JSON.stringify(answer)}`);
  return answer.pause;
}

function resumed(answer: ResumeAnswer) {
  if (answer.kind !== 'resumed') throw new Error(`not resumed: ${JSON.stringify(answer)}`);
  return answer.pauses;
}

async function postCount({ engine, teamId }: Ground): Promise<number> {
  const { posts } = engine.tables;
  const rows = await engine.read((db) => db.select({ revision: posts.revision }).from(posts).where(eq(posts.teamId, teamId)));
  return rows.reduce((sum, { revision }) => sum + revision, 0);
}

export const promotionRules: Rules = {
  'promotion: a pause reaches every channel, rings those who must hear it, and each channel’s arrival is its receipt': async (
    ground,
  ) => {
    const at = await stage(ground);
    const facts = paused(await at.pause(null, { reason: 'label misprint' }));
    expect(facts).toMatchObject({
      pause: { id: 'pause:1', scope: '*', reason: 'label misprint', byPersonId: 'priya', untilMs: null },
    });
    expect(facts.receipts.map(({ surface, state }) => [surface, state])).toEqual([
      ['announcements', 'confirmed'],
      ...['alerts', 'community', 'host', 'team'].map((name) => [`console:${at.teamId}-${name}`, 'asked']),
    ]);
    await at.deliver(NOW + 180);
    const [standing] = await at.team.promotion.standing(NOW + 180);
    expect(standing?.receipts.map(({ state, confirmedAtMs, askedAtMs }) => [state, (confirmedAtMs ?? 0) - askedAtMs])).toEqual([
      ['confirmed', 0],
      ...Array.from({ length: 4 }, () => ['confirmed', 180]),
    ]);
    expect(at.shows('community')).toEqual([['public paused']]);
    expect(at.now('team')).toEqual(['paused 5/5 held 0 sold 0', 'ring paused']);
    expect(at.now('host')).toEqual(['paused 5/5 held 0 sold 0', 'ring paused']);
    expect(at.now('alerts')).toEqual(['paused 5/5 held 0 sold 0']);
    const [card, ring] = at.platform.channel(`${at.teamId}-team`);
    expect(ring?.replyToRemoteId).toBe(card?.remoteId);
    expect(await at.audit()).toEqual([['promotion.pause', '*', 'label misprint']]);
    const settled = await postCount(at);
    await at.deliver(NOW + 1_000);
    await at.team.promotion.tick(NOW + 60_000);
    expect(await postCount(at)).toBe(settled); // receipts converge: nothing refreshes for ever
  },

  'promotion: the same request twice pauses once; a pause that stands is answered, not repeated': async (ground) => {
    const at = await stage(ground);
    const ask = { scope: null, reason: null, forMs: null, key: 'same', by: PRIYA, nowMs: NOW };
    const first = await at.team.promotion.pause(ask);
    expect(await at.team.promotion.pause({ ...ask, nowMs: NOW + 9 })).toEqual(first);
    const before = await postCount(at);
    expect(await at.pause(null, { nowMs: NOW + 10 })).toMatchObject({
      kind: 'already-paused',
      pause: { pause: { id: 'pause:1' } },
    });
    expect(await at.pause('PIN', { nowMs: NOW + 10 })).toMatchObject({
      kind: 'already-paused',
      pause: { pause: { scope: '*' } },
    });
    expect(await postCount(at)).toBe(before);
    expect(await at.team.promotion.history()).toHaveLength(1);
  },

  'promotion: a pause for longer outlasts the shorter one; a wider one is added': async (ground) => {
    const at = await stage(ground);
    await at.pause('PIN', { forMs: 10 * MIN });
    expect(await at.pause('PIN', { nowMs: NOW + MIN })).toMatchObject({
      kind: 'already-paused',
      pause: { pause: { untilMs: null } },
    });
    paused(await at.pause(null, { forMs: MIN, nowMs: NOW + MIN }));
    // Everything runs again in a minute; what is paused for longer needs its own.
    expect(paused(await at.pause('HOODIE-S', { nowMs: NOW + MIN })).pause).toMatchObject({ id: 'pause:3', scope: 'HOODIE-S' });
    await at.team.promotion.tick(NOW + 2 * MIN);
    const standing = await at.team.promotion.standing(NOW + 2 * MIN);
    expect(standing.map(({ pause }) => pause.scope)).toEqual(['PIN', 'HOODIE-S']);
  },

  'promotion: a SKU is found in any case; an unknown one pauses nothing and names its neighbours': async (ground) => {
    const at = await stage(ground);
    const before = await postCount(at);
    expect(await at.pause('HOODY-M')).toEqual({ kind: 'unknown-sku', asked: 'HOODY-M', near: ['HOODIE-M'] });
    expect(await at.pause('hoodie')).toMatchObject({ near: ['HOODIE-S', 'HOODIE-M', 'HOODIE-L'] });
    expect(await postCount(at)).toBe(before);
    expect(await at.audit()).toEqual([]);
    expect(paused(await at.pause('hoodie-m'))).toMatchObject({ pause: { scope: 'HOODIE-M' }, scopeName: 'Hoodie, medium' });
  },

  'promotion: announcements that a pause covers are held, others go out; a resume lets them go': async (ground) => {
    const at = await stage(ground, [
      announcement('pin', NOW + MIN, ['PIN']),
      announcement('box', NOW + MIN, ['BOX']),
      announcement('small', NOW + MIN, ['HOODIE-S']),
      announcement('drop', NOW + MIN),
    ]);
    expect(paused(await at.pause('PIN'))).toMatchObject({ heldCount: 2, inFlight: [], markedCount: 0 });
    await at.deliver(NOW + MIN);
    expect(at.now('community').toSorted()).toEqual(['Look at drop', 'Look at small', 'public paused']);
    const states = async () => Object.fromEntries((await at.team.promotion.announcements()).map(({ id, state }) => [id, state]));
    expect(await states()).toEqual({ pin: 'held', box: 'held', small: 'sent', drop: 'sent' });
    const [facts] = resumed(await at.resume(NOW + 16 * MIN, 'pin'));
    expect(facts?.receipts.find(({ surface }) => surface === 'announcements')).toMatchObject({ note: '2 released, 0 missed' });
    await at.deliver(NOW + 16 * MIN);
    expect(at.now('community').toSorted()).toEqual([
      'Look at box',
      'Look at drop',
      'Look at pin',
      'Look at small',
      'public resumed',
    ]);
  },

  'promotion: an announcement held for more than a quarter of an hour past its time is missed, and said so once': async (
    ground,
  ) => {
    const at = await stage(ground, [announcement('one', NOW + MIN)]);
    await at.pause();
    await at.resume(NOW + 17 * MIN);
    await at.deliver(NOW + 17 * MIN);
    await at.deliver(NOW + 3 * 60 * MIN);
    expect(at.now('community')).toEqual(['public resumed']);
    expect(at.now('team').filter((text) => text === 'notice missed-announcement')).toHaveLength(1);
    expect(await at.team.promotion.announcements()).toMatchObject([{ id: 'one', state: 'missed' }]);
  },

  'promotion: one that nobody sent within the hour is missed, and said so once': async (ground) => {
    const at = await stage(ground, [announcement('one', NOW + MIN)]);
    await at.deliver(NOW + MIN + ANNOUNCEMENT_EXPIRES_MS);
    await at.deliver(NOW + MIN + ANNOUNCEMENT_EXPIRES_MS + 1);
    expect(at.now('community')).toEqual([]);
    expect(at.now('team')).toEqual(['notice missed-announcement']);
  },

  'promotion: what was sent in the last 48 hours is marked until resumed; older is left': async (ground) => {
    const at = await stage(ground, [announcement('old', NOW), announcement('new', NOW + MIN)]);
    await at.deliver(NOW);
    await at.deliver(NOW + MIN);
    const later = NOW + 48 * 60 * MIN + 1;
    expect(paused(await at.pause(null, { nowMs: later }))).toMatchObject({ heldCount: 0, markedCount: 1 });
    await at.deliver(later);
    expect(at.now('community')).toEqual(['Look at old', 'Paused: Look at new', 'public paused']);
    await at.resume(later + MIN);
    await at.deliver(later + MIN);
    expect(at.shows('community')).toEqual([
      ['Look at old'],
      ['Look at new', 'Paused: Look at new', 'Look at new'],
      ['public paused', 'public resumed'],
    ]);
  },

  'promotion: an announcement being sent as the pause falls is named, and marked when it arrives': async (ground) => {
    const at = await stage(ground, [announcement('one', NOW)]);
    const claims = await at.store.courier.claim({ worker: 'w', leaseMs: 30_000, limit: 1_000, nowMs: NOW });
    const post = claims.find(({ teamId }) => teamId === at.teamId);
    expect(paused(await at.pause())).toMatchObject({ heldCount: 0, inFlight: ['one'] });
    if (post === undefined) throw new Error('nothing was claimed');
    const arrived = await at.platform.sender.deliver({
      ...{ postId: post.id, address: post.destination.address, message: say('Look at one'), buttonIds: [], kind: 'card' },
      ...{ broadcast: false, remoteId: null, replyToRemoteId: null, recipients: [], zone: 'UTC', locale: 'en' },
    });
    expect(await at.store.courier.settle({ post, worker: 'w', sent: arrived, nowMs: NOW + 5 })).toBe(true);
    await at.deliver(NOW + 10);
    expect(at.now('community')).toEqual(['Paused: Look at one', 'public paused']);
    await at.resume(NOW + MIN);
    await at.deliver(NOW + MIN);
    expect(at.now('community')).toEqual(['Look at one', 'public resumed']);
  },

  'promotion: one being sent as the pause falls that fails is held': async (ground) => {
    const at = await stage(ground, [announcement('one', NOW)]);
    const claims = await at.store.courier.claim({ worker: 'w', leaseMs: 30_000, limit: 1_000, nowMs: NOW });
    const post = claims.find(({ teamId }) => teamId === at.teamId);
    await at.pause();
    if (post === undefined) throw new Error('nothing was claimed');
    const sent = { kind: 'retry', afterMs: 0, hold: 'post', reason: '500' } as const;
    await at.store.courier.settle({ post, worker: 'w', sent, nowMs: NOW });
    await at.deliver(NOW + 10 * MIN);
    expect(at.now('community')).toEqual(['public paused']);
  },

  'promotion: claims and a pause at once: an announcement goes out or is held, never both, and never silently': async (
    ground,
  ) => {
    const at = await stage(
      ground,
      Array.from({ length: 6 }, (_, n) => ({
        ...announcement(`a${n}`, NOW),
        purposes: [['community', 'team', 'host'][n % 3] ?? 'team'],
      })),
    );
    const claim = (worker: string) => at.store.courier.claim({ worker, leaseMs: 30_000, limit: 1_000, nowMs: NOW });
    const [first, answer, second] = await Promise.all([claim('a'), at.pause(), claim('b')]);
    const facts = paused(answer);
    const claimed = [...first, ...second].flatMap(({ teamId, facts: said }) =>
      teamId === at.teamId && said.kind === 'announcement' ? [said.announcement.id] : [],
    );
    expect(claimed.toSorted()).toEqual(facts.inFlight);
    expect(facts.heldCount + facts.inFlight.length).toBe(6);
  },

  'promotion: a channel that has not confirmed in five seconds is NOT CONFIRMED, rung about once, and confirmed late': async (
    ground,
  ) => {
    const at = await stage(ground);
    at.platform.meets(`${at.teamId}-alerts`, {
      kind: 'retry',
      afterMs: 20_000,
      hold: 'destination',
      reason: 'the platform is busy',
    });
    await at.pause();
    await at.deliver(NOW + 100);
    await at.team.promotion.tick(NOW + 4_999);
    expect(at.now('team')).toEqual(['paused 4/5 held 0 sold 0', 'ring paused']);
    await at.team.promotion.tick(NOW + 5_000);
    await at.team.promotion.tick(NOW + 6_000);
    await at.deliver(NOW + 6_000);
    const [standing] = await at.team.promotion.standing(NOW + 6_000);
    const alerts = `console:${at.teamId}-alerts`;
    expect(standing?.receipts.find(({ surface }) => surface === alerts)).toMatchObject({
      state: 'not-confirmed',
      note: 'the platform is busy',
    });
    expect(at.now('team')).toEqual(['paused 4/5 held 0 sold 0', 'ring paused', `ring not-confirmed ${alerts}`]);
    await at.deliver(NOW + 20_100);
    expect(at.now('alerts')).toEqual(['paused 5/5 held 0 sold 0']);
    expect(at.now('team')[0]).toBe('paused 5/5 held 0 sold 0');
  },

  'promotion: the pauser may take a pause back for 30 seconds, without the gate; nobody else may': async (ground) => {
    const at = await stage(ground);
    await at.oversell('PIN', 201);
    const { id } = paused(await at.pause()).pause;
    const before = await postCount(at);
    expect(await at.undo(id, FINN, NOW + 1)).toMatchObject({ kind: 'not-yours-to-undo' });
    expect(await at.undo(id, PRIYA, NOW + 30_001)).toMatchObject({ kind: 'too-late-to-undo' });
    expect(await at.undo('pause:9', PRIYA, NOW + 1)).toEqual({ kind: 'nothing-paused' });
    expect(await postCount(at)).toBe(before);
    expect(await at.undo(id, PRIYA, NOW + 30_000)).toMatchObject({ kind: 'resumed', undone: true });
    expect(await at.team.promotion.standing(NOW + 30_000)).toEqual([]);
    expect(await at.undo(id, PRIYA, NOW + 30_000)).toEqual({ kind: 'nothing-paused' });
    expect((await at.audit()).map(([action]) => action)).toEqual(['promotion.pause', 'promotion.undo']);
    await at.deliver(NOW + 30_000);
    expect(at.now('team')).toEqual(['resumed 5/5 held 0 sold 0', 'ring resumed']); // the ring of the pause was never seen: withdrawn
  },

  'promotion: a resume refuses while something is oversold, unless overridden with a reason': async (ground) => {
    const at = await stage(ground);
    await at.pause('BOX');
    await at.oversell('PIN', 207);
    const before = await postCount(at);
    expect(await at.resume(NOW + MIN, 'box')).toEqual({ kind: 'refused', causes: [{ kind: 'oversold', sku: 'PIN', units: 7 }] });
    expect(await at.team.promotion.standing(NOW + MIN)).toHaveLength(1);
    expect(await postCount(at)).toBe(before);
    expect(resumed(await at.resume(NOW + MIN, 'box', 'more pins arrive tonight'))).toHaveLength(1);
    expect(await at.audit()).toEqual([
      ['promotion.pause', 'BOX', null],
      ['promotion.resume', 'BOX', 'more pins arrive tonight'],
    ]);
  },

  'promotion: an oversold SKU elsewhere does not keep this one paused': async (ground) => {
    const at = await stage(ground);
    await at.pause('HOODIE-S');
    await at.oversell('PIN', 207);
    expect(await at.resume(NOW + MIN, 'HOODIE-S')).toMatchObject({ kind: 'resumed' });
  },

  'promotion: while everything is paused one SKU cannot be let go; a bare resume lets all go': async (ground) => {
    const at = await stage(ground);
    expect(await at.resume(NOW)).toEqual({ kind: 'nothing-paused' });
    await at.pause('PIN');
    await at.pause(null, { nowMs: NOW + 1 });
    expect(await at.resume(NOW + 2, 'PIN')).toMatchObject({ kind: 'covered', pause: { pause: { id: 'pause:2' } } });
    await at.deliver(NOW + 2);
    const pauses = resumed(await at.resume(NOW + MIN));
    expect(pauses.map(({ pause }) => [pause.scope, pause.resumedBy])).toEqual([
      ['PIN', 'maya'],
      ['*', 'maya'],
    ]);
    await at.deliver(NOW + MIN);
    expect(at.now('host').filter((text) => text === 'ring resumed')).toHaveLength(1);
    const [again] = await at.team.promotion.history();
    expect(again).toMatchObject({ id: 'pause:1', resumedAtMs: NOW + MIN });
  },

  'promotion: a pause for a while ends by itself, but not while its cause stands': async (ground) => {
    const at = await stage(ground);
    await at.pause('PIN', { forMs: 10 * MIN });
    await at.pause('HOODIE-S', { forMs: 10 * MIN });
    await at.oversell('PIN', 201);
    await at.deliver(NOW);
    await at.team.promotion.tick(NOW + 10 * MIN - 1);
    expect(await at.team.promotion.standing(NOW)).toHaveLength(2);
    await at.team.promotion.tick(NOW + 10 * MIN);
    const standing = await at.team.promotion.standing(NOW + 10 * MIN);
    expect(standing.map(({ pause }) => [pause.scope, pause.untilMs])).toEqual([['PIN', null]]);
    const [, small] = await at.team.promotion.history();
    expect(small).toMatchObject({ scope: 'HOODIE-S', resumedAtMs: NOW + 10 * MIN, resumedBy: null });
    await at.deliver(NOW + 10 * MIN);
    expect(at.now('team').filter((text) => text?.startsWith('ring'))).toEqual([
      'ring paused',
      'ring paused',
      'ring still-paused',
      'ring resumed',
    ]);
    await at.team.promotion.tick(NOW + 20 * MIN);
    expect(await at.team.promotion.standing(NOW + 20 * MIN)).toHaveLength(1);
  },

  'promotion: units sold meanwhile are those of the covered SKUs, and the card follows': async (ground) => {
    const at = await stage(ground);
    await at.pause('BOX');
    await at.deliver(NOW);
    const sell = (seq: number, sku: string, units: number) =>
      at.engine.write(at.teamId, async ({ db, tables: { movements, teams } }) => {
        const cause = { kind: 'commit', cause: `order test ${seq}`, key: `sold ${seq}`, atMs: NOW + 1 };
        await db.insert(movements).values({ teamId: at.teamId, seq, sku, units, ...cause });
        await db.update(teams).set({ movementSeq: seq }).where(eq(teams.teamId, at.teamId));
      });
    await sell(1_001, 'PIN', 4);
    await sell(1_002, 'HOODIE-M', 2);
    await sell(1_003, 'HOODIE-S', 9);
    await at.team.promotion.tick(NOW + 30_000);
    await at.deliver(NOW + 30_000);
    expect(at.now('team')[0]).toBe('paused 5/5 held 0 sold 6');
    const [facts] = resumed(await at.resume(NOW + MIN));
    await sell(1_004, 'PIN', 50);
    await at.deliver(NOW + MIN);
    expect(facts?.unitsSoldMeanwhile).toBe(6);
    expect(at.now('team')[0]).toBe('resumed 5/5 held 0 sold 6');
  },

  'announcements: the same again writes nothing; a changed one changes until it is sent': async (ground) => {
    const at = await stage(ground, [announcement('one', NOW + MIN)]);
    const put = (one: Announcement) => at.engine.write(at.teamId, (tx) => scheduleAnnouncement(tx, one, NOW));
    const before = await postCount(at);
    await put(announcement('one', NOW + MIN));
    expect(await postCount(at)).toBe(before);
    await put({ ...announcement('one', NOW + 2 * MIN), text: 'Better words' });
    await at.deliver(NOW + MIN);
    expect(at.now('community')).toEqual([]);
    await at.deliver(NOW + 2 * MIN);
    await put({ ...announcement('one', NOW + 3 * MIN), text: 'Too late' });
    await at.deliver(NOW + 3 * MIN);
    expect(at.shows('community')).toEqual([['Better words']].map(() => ['Better words']));
  },

  'announcements: one that is withdrawn, or whose hour has long passed, is never sent': async (ground) => {
    const at = await stage(ground, [announcement('one', NOW + MIN), announcement('past', NOW - ANNOUNCEMENT_EXPIRES_MS)]);
    await at.engine.write(at.teamId, (tx) => withdrawAnnouncement(tx, 'one', NOW));
    await at.deliver(NOW + MIN);
    expect(at.now('community')).toEqual([]);
    expect(at.now('team')).toEqual([]);
    expect(await at.team.promotion.announcements()).toMatchObject([{ id: 'past', state: 'missed' }]);
  },

  'announcements: one scheduled while a pause stands is held; a rebound channel gets it instead': async (ground) => {
    const at = await stage(ground);
    await at.pause();
    await at.engine.write(at.teamId, (tx) => scheduleAnnouncement(tx, announcement('one', NOW + MIN), NOW));
    await at.deliver(NOW + MIN);
    expect(at.now('community')).toEqual(['public paused']);
    await at.engine.write(at.teamId, async (tx) => {
      const { destinations } = tx.tables;
      const of = (channel: string) =>
        and(eq(destinations.teamId, at.teamId), eq(destinations.id, `console:${at.teamId}-${channel}`));
      await tx.db.update(destinations).set({ purposes: [] }).where(of('community'));
      await tx.db
        .update(destinations)
        .set({ purposes: ['host', 'community'] })
        .where(of('host'));
      await rerouteAnnouncements(tx, NOW + MIN);
    });
    await at.resume(NOW + 2 * MIN);
    await at.deliver(NOW + 2 * MIN);
    expect(at.now('host')).toContain('Look at one');
    expect(at.now('community')).toEqual(['public paused']);
  },
};
