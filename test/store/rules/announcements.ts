import { and, eq } from 'drizzle-orm';
import { expect } from 'vitest';
import type { Announcement } from '../../../src/domain/promotion.ts';
import { ANNOUNCEMENT_EXPIRES_MS } from '../../../src/domain/promotion.ts';
import { say } from '../../../src/ports/message.ts';
import { rerouteAnnouncements, scheduleAnnouncement, withdrawAnnouncement } from '../../../src/store/promotion/announce.ts';
import type { Rules } from '../contract.ts';
import { NOW } from '../../support/plan.ts';
import { MIN, announcement, paused, postCount, resumed, stage } from '../../support/promotion.ts';

const byName = (a = '', b = ''): number => (a < b ? -1 : 1);

export const announcementRules: Rules = {
  'announcements: announcements that a pause covers are held, others go out; a resume lets them go': async (ground) => {
    const at = await stage(ground, [
      announcement('pin', NOW + MIN, ['PIN']),
      announcement('box', NOW + MIN, ['BOX']),
      announcement('small', NOW + MIN, ['HOODIE-S']),
      announcement('drop', NOW + MIN),
    ]);
    expect(paused(await at.pause('PIN'))).toMatchObject({ heldCount: 2, inFlight: [], markedCount: 0 });
    await at.deliver(NOW + MIN);
    expect(at.now('community').toSorted(byName)).toEqual(['Look at drop', 'Look at small', 'public paused']);
    const states = async () => Object.fromEntries((await at.team.promotion.announcements()).map(({ id, state }) => [id, state]));
    expect(await states()).toEqual({ pin: 'held', box: 'held', small: 'sent', drop: 'sent' });
    const [facts] = resumed(await at.resume(NOW + 16 * MIN, 'pin'));
    expect(facts?.receipts.find(({ surface }) => surface === 'announcements')).toMatchObject({ note: '2 released, 0 missed' });
    await at.deliver(NOW + 16 * MIN);
    expect(at.now('community').toSorted(byName)).toEqual([
      'Look at box',
      'Look at drop',
      'Look at pin',
      'Look at small',
      'public resumed',
    ]);
  },

  'announcements: what another pause still covers stays held and marked': async (ground) => {
    const at = await stage(ground, [announcement('pin sent', NOW, ['PIN']), announcement('pin', NOW + MIN, ['PIN', 'HOODIE-S'])]);
    await at.deliver(NOW);
    await at.pause('PIN');
    await at.pause('HOODIE-S');
    await at.pause(null, { nowMs: NOW + 1, forMs: MIN });
    await at.team.promotion.tick(NOW + 1 + MIN);
    await at.deliver(NOW + 1 + MIN);
    expect(at.now('community').filter((text) => text?.includes('Look'))).toEqual(['Paused: Look at pin sent']);
    await at.resume(NOW + 2 * MIN, 'PIN');
    await at.deliver(NOW + 2 * MIN);
    expect(at.now('community').filter((text) => text?.includes('Look'))).toEqual(['Look at pin sent']);
    await at.resume(NOW + 3 * MIN, 'HOODIE-S');
    await at.deliver(NOW + 3 * MIN);
    expect(at.now('community').filter((text) => text?.includes('Look'))).toEqual(['Look at pin sent', 'Look at pin']);
  },

  'announcements: an announcement held for more than a quarter of an hour past its time is missed, and said so once': async (
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

  'announcements: one that nobody sent within the hour is missed, and said so once': async (ground) => {
    const at = await stage(ground, [announcement('one', NOW + MIN)]);
    await at.deliver(NOW + MIN + ANNOUNCEMENT_EXPIRES_MS);
    await at.deliver(NOW + MIN + ANNOUNCEMENT_EXPIRES_MS + 1);
    expect(at.now('community')).toEqual([]);
    expect(at.now('team')).toEqual(['notice missed-announcement']);
  },

  'announcements: what was sent in the last 48 hours is marked until resumed; older is left': async (ground) => {
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

  'announcements: an announcement being sent as the pause falls is named, and marked when it arrives': async (ground) => {
    const at = await stage(ground, [announcement('one', NOW)]);
    const claims = await at.store.courier.claim({ worker: 'w', leaseMs: 30_000, limit: 1_000, nowMs: NOW });
    const post = claims.find(({ teamId }) => teamId === at.teamId);
    expect(paused(await at.pause())).toMatchObject({ heldCount: 0, inFlight: ['one'] });
    if (post === undefined) throw new Error('nothing was claimed');
    const arrived = await at.platform.sender.deliver({
      postId: post.id,
      address: post.destination.address,
      message: say('Look at one'),
      buttonIds: [],
      kind: 'card',
      broadcast: false,
      remoteId: null,
      replyToRemoteId: null,
      pings: [],
      createdAtMs: NOW,
      repostCount: 0,
      zone: 'UTC',
      locale: 'en',
    });
    expect(await at.store.courier.settle({ post, worker: 'w', sent: arrived, pinged: [], nowMs: NOW + 5 })).toBe(true);
    await at.deliver(NOW + 10);
    expect(at.now('community')).toEqual(['Paused: Look at one', 'public paused']);
    await at.resume(NOW + MIN);
    await at.deliver(NOW + MIN);
    expect(at.now('community')).toEqual(['Look at one', 'public resumed']);
  },

  'announcements: one being sent as the pause falls that fails is held': async (ground) => {
    const at = await stage(ground, [announcement('one', NOW)]);
    const claims = await at.store.courier.claim({ worker: 'w', leaseMs: 30_000, limit: 1_000, nowMs: NOW });
    const post = claims.find(({ teamId }) => teamId === at.teamId);
    await at.pause();
    if (post === undefined) throw new Error('nothing was claimed');
    const sent = { kind: 'retry', afterMs: 0, hold: 'post', reason: '500' } as const;
    await at.store.courier.settle({ post, worker: 'w', sent, pinged: [], nowMs: NOW });
    await at.deliver(NOW + 10 * MIN);
    expect(at.now('community')).toEqual(['public paused']);
  },

  'announcements: claims and a pause at once: an announcement goes out or is held, never both, and never silently': async (
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
    expect(claimed.toSorted(byName)).toEqual(facts.inFlight);
    expect(facts.heldCount + facts.inFlight.length).toBe(6);
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
    expect(at.shows('community')).toEqual([['Better words']]);
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

  'announcements: one that somebody deleted is never posted anew, least of all by a pause': async (ground) => {
    const at = await stage(ground, [announcement('one', NOW)]);
    await at.deliver(NOW);
    at.platform.remove(`${at.teamId}-community`, at.platform.channel(`${at.teamId}-community`)[0]?.remoteId ?? '');
    await at.pause(null, { nowMs: NOW + MIN });
    await at.deliver(NOW + MIN);
    expect(at.now('community')).toEqual(['public paused']);
    await at.resume(NOW + 2 * MIN);
    await at.deliver(NOW + 2 * MIN);
    expect(at.now('community')).toEqual(['public resumed']);
  },

  'announcements: one that was sent and then left the plan is marked and unmarked with the others': async (ground) => {
    const at = await stage(ground, [announcement('one', NOW), announcement('two', NOW)]);
    await at.deliver(NOW);
    const leave = (id: string) => at.engine.write(at.teamId, (tx) => withdrawAnnouncement(tx, id, NOW));
    await leave('one');
    expect(paused(await at.pause())).toMatchObject({ heldCount: 0, markedCount: 2 });
    await leave('two');
    await at.deliver(NOW + 1);
    expect(at.now('community').toSorted(byName)).toEqual(['Paused: Look at one', 'Paused: Look at two', 'public paused']);
    await at.resume(NOW + MIN);
    await at.deliver(NOW + MIN);
    expect(at.now('community').toSorted(byName)).toEqual(['Look at one', 'Look at two', 'public resumed']);
  },
};
