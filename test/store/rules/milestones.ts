import { eq } from 'drizzle-orm';
import * as fc from 'fast-check';
import { expect } from 'vitest';
import type { Actor } from '../../../src/domain/team.ts';
import { openStore } from '../../../src/store/store.ts';
import {
  COUNT,
  DAY,
  HUGO,
  OLGA,
  QC,
  REHEARSAL,
  ask,
  at,
  card,
  deliverAll,
  keys,
  postsOf,
  remindersOf,
  rings,
} from '../../support/reminders.ts';
import { FINN, MAYA, NOW, planFor, PRIYA, seeded } from '../../support/plan.ts';
import type { Ground, Rules } from '../contract.ts';

async function audited({ store, teamId }: Ground) {
  const entries = await store.team(teamId).audit.list({ fromSeq: 1, limit: 1000 });
  return entries.filter(({ action }) => action.startsWith('milestone.'));
}

export const milestoneRules: Rules = {
  'milestones are found by id, name or an unambiguous start': async (ground) => {
    await seeded(ground, { milestones: [QC, COUNT, REHEARSAL] });
    const { milestones } = ground.store.team(ground.teamId);
    const move = (asked: string) =>
      milestones.move({ ...ask(MAYA), asked, dueDay: '2027-01-21', reason: 'later', mayManage: true });
    expect(await move('final')).toMatchObject({ kind: 'which', matches: [{ id: 'final-qc' }, { id: 'final-count' }] });
    expect(await move('finel qc')).toEqual({ kind: 'no-such-milestone', asked: 'finel qc', near: ['Final QC'] });
    expect(await move('zzz')).toEqual({ kind: 'no-such-milestone', asked: 'zzz', near: [] });
    expect(await audited(ground)).toEqual([]);
    expect(await move('FINAL Q')).toMatchObject({
      kind: 'done',
      before: { dueDay: '2027-01-20' },
      milestone: { dueDay: '2027-01-21' },
    });
    expect(await move('reh')).toMatchObject({ kind: 'done', milestone: { id: 'rehearsal' } });
    expect((await milestones.list({ dropId: null, nowMs: NOW })).map(({ id, dueDay }) => [id, dueDay])).toEqual([
      ['final-qc', '2027-01-21'],
      ['rehearsal', '2027-01-21'],
      ['final-count', '2027-01-22'],
    ]);
  },

  'only an owner, by name or by role, or a manager changes a milestone': async (ground) => {
    await seeded(ground, { milestones: [QC, COUNT] });
    const { milestones } = ground.store.team(ground.teamId);
    const done = (by: Actor, asked: string, mayManage = false) => milestones.done({ ...ask(by), asked, mayManage });
    expect(await done(HUGO, 'final-qc')).toMatchObject({ kind: 'not-yours', milestone: { id: 'final-qc', doneAtMs: null } });
    expect(await done(FINN, 'final-qc')).toMatchObject({ kind: 'not-yours' });
    expect(await done(OLGA, 'final-count')).toMatchObject({ kind: 'not-yours' });
    expect(await audited(ground)).toEqual([]);
    expect((await milestones.list({ dropId: null, nowMs: NOW })).map(({ doneAtMs }) => doneAtMs)).toEqual([null, null]);
    expect(await done(OLGA, 'final-qc')).toMatchObject({ kind: 'done', milestone: { doneAtMs: NOW, doneBy: 'olga' } });
    expect(await done(FINN, 'final-count')).toMatchObject({ kind: 'done', milestone: { doneBy: 'finn' } });
    expect(await done(OLGA, 'final-qc')).toMatchObject({ kind: 'already-done' });
    expect(await milestones.reopen({ ...ask(PRIYA), asked: 'final-qc', mayManage: true })).toMatchObject({
      kind: 'done',
      milestone: { doneAtMs: null, doneBy: null },
    });
    expect((await audited(ground)).map(({ action, target }) => [action, target])).toEqual([
      ['milestone.done', 'final-qc'],
      ['milestone.done', 'final-count'],
      ['milestone.reopen', 'final-qc'],
    ]);
  },

  'the same request twice changes a milestone once': async (ground) => {
    await seeded(ground, { milestones: [QC] });
    const { milestones } = ground.store.team(ground.teamId);
    const once = { ...ask(MAYA), asked: 'final-qc', dueDay: '2027-01-25', reason: 'Labels were late', mayManage: true };
    const first = await milestones.move(once);
    expect(await milestones.move({ ...once, nowMs: NOW + 5 })).toEqual(first);
    expect(await audited(ground)).toMatchObject([
      { action: 'milestone.move', reason: 'Labels were late', before: { dueDay: '2027-01-20' }, after: { dueDay: '2027-01-25' } },
    ]);
  },

  'a milestone is added with its owner, once under one name': async (ground) => {
    await seeded(ground);
    const { milestones } = ground.store.team(ground.teamId);
    const add = (name: string, owner = {}) =>
      milestones.add({ ...ask(OLGA), dropId: null, name, dueDay: '2027-01-26', ownerPersonId: null, ownerRole: null, ...owner });
    expect(await add('Étiquettes prêtes')).toMatchObject({
      kind: 'done',
      before: null,
      milestone: {
        id: 'etiquettes-pretes',
        dropId: 'hoodie-run',
        ownerPersonId: 'olga',
        ownerRole: null,
        zone: 'America/New_York',
      },
    });
    expect(await add('ÉTIQUETTES prêtes')).toMatchObject({ kind: 'exists', milestone: { id: 'etiquettes-pretes' } });
    expect(await add('Count!', { ownerRole: 'fulfilment' })).toMatchObject({ milestone: { id: 'count', ownerPersonId: null } });
    expect(await add('count?')).toMatchObject({ milestone: { id: 'count-2' } });
    expect(await add('梱包')).toMatchObject({ milestone: { id: 'milestone' } });
    expect((await audited(ground)).map(({ target }) => target)).toEqual(['etiquettes-pretes', 'count', 'count-2', 'milestone']);
    expect(await keys(ground)).toEqual([]); // whoever added it knows
  },

  'each reminder is one card edited and one ring for its owner only': async (ground) => {
    await seeded(ground, { milestones: [QC, COUNT] });
    const { milestones } = ground.store.team(ground.teamId);
    await milestones.tick(at('2027-01-18', '08:59'));
    // The team learned of both dates on the 15th; Final count's T-7 was that morning at 09:00, after the import.
    expect((await rings(ground)).map(({ key }) => key)).toEqual(['reminder:final-count:ring:2027-01-22/7d']);
    await deliverAll(ground);
    await milestones.tick(at('2027-01-18'));
    await deliverAll(ground);
    expect(await rings(ground)).toEqual([
      {
        key: 'reminder:final-count:ring:2027-01-22/7d',
        replyTo: 'reminder:final-count',
        mention: { role: 'fulfilment' },
        of: ['final-count'],
      },
      {
        key: 'reminder:final-qc:ring:2027-01-20/2d',
        replyTo: 'reminder:final-qc',
        mention: { personId: 'olga' },
        of: ['final-qc'],
      },
    ]);
    await milestones.tick(at('2027-01-20'));
    await milestones.tick(at('2027-01-21'));
    const shown = await postsOf(ground);
    expect(shown.filter(({ key }) => key === 'reminder:final-qc').map(({ revision }) => revision)).toEqual([3]);
    expect(await card(ground, 'final-qc')).toMatchObject({ daysLeft: -1, lateMs: 0, doneAtMs: null, ownerPersonId: 'olga' });
    expect((await keys(ground)).filter((key) => key.startsWith('reminder:final-qc:'))).toEqual([
      'reminder:final-qc:ring:2027-01-20/2d',
      'reminder:final-qc:ring:2027-01-20/late-1', // the second was still unsent when the third took its place
    ]);
    expect(await remindersOf(ground, 'final-qc')).toEqual([
      ['2d', at('2027-01-18')],
      ['day', at('2027-01-20')],
      ['late-1', at('2027-01-21')],
    ]);
  },

  'after a week without power there is one message per milestone, saying how late': async (ground) => {
    await seeded(ground, { milestones: [QC, COUNT] });
    const { milestones } = ground.store.team(ground.teamId);
    const back = at('2027-01-23', '12:00');
    await milestones.tick(back);
    expect(await keys(ground)).toEqual([
      'reminder:final-count',
      'reminder:final-count:ring:2027-01-22/late-1',
      'reminder:final-qc',
      'reminder:final-qc:ring:2027-01-20/late-3',
    ]);
    expect(await card(ground, 'final-qc')).toMatchObject({ daysLeft: -3, lateMs: 3 * 3_600_000 });
    expect(await remindersOf(ground, 'final-qc')).toEqual([
      ['2d', null],
      ['day', null],
      ['late-1', null],
      ['late-2', null],
      ['late-3', back],
    ]);
    // A restart, and two processes ticking at once: nothing more.
    const other = openStore(ground.engine).team(ground.teamId).milestones;
    await Promise.all([other.tick(back), milestones.tick(back), other.tick(back + 1)]);
    expect((await postsOf(ground)).map(({ revision }) => revision)).toEqual([1, 1, 1, 1]);
  },

  'twenty milestones after a week ring each owner once': async (ground) => {
    const many = Array.from({ length: 20 }, (_, index) => ({
      name: `Step ${index + 1}`,
      due: '2027-01-17',
      owner: index === 19 ? 'support' : ['olga', 'finn', 'priya'][index % 3],
    }));
    await seeded(ground, { milestones: many });
    await ground.store.team(ground.teamId).milestones.tick(at('2027-01-22'));
    const shown = await rings(ground);
    expect(shown.map(({ mention, of, replyTo }) => [mention, of.length, replyTo === null])).toEqual(
      expect.arrayContaining([
        [{ personId: 'olga' }, 7, true],
        [{ personId: 'finn' }, 6, true],
        [{ personId: 'priya' }, 6, true],
        [{ role: 'support' }, 1, false],
      ]),
    );
    expect(shown).toHaveLength(4);
    expect((await keys(ground)).filter((key) => /^reminder:step-\d+$/.test(key))).toHaveLength(20);
    // One is done before anybody was rung: its owner hears of the others only.
    const { milestones } = ground.store.team(ground.teamId);
    await milestones.done({ ...ask(OLGA), asked: 'step-1', mayManage: false });
    await milestones.done({ ...ask(MAYA), asked: 'step-20', mayManage: true });
    const after = await rings(ground);
    expect(after.map(({ mention, of }) => [mention, of.length])).toHaveLength(3);
    expect(after.find(({ mention }) => 'personId' in mention && mention.personId === 'olga')?.of).toHaveLength(6);
    expect(after.flatMap(({ of }) => of)).not.toContain('step-1');
  },

  'done before anybody saw the reminder takes it back; done after edits it': async (ground) => {
    await seeded(ground, { milestones: [QC, REHEARSAL] });
    const { milestones } = ground.store.team(ground.teamId);
    await milestones.tick(at('2027-01-18'));
    await milestones.done({ ...ask(OLGA, at('2027-01-18', '09:01')), asked: 'final-qc', mayManage: false });
    expect(await keys(ground)).toEqual([]);
    await milestones.tick(at('2027-01-21'));
    await deliverAll(ground);
    const doneMs = at('2027-01-21', '10:00');
    await milestones.done({ ...ask(PRIYA, doneMs), asked: 'rehearsal', mayManage: false });
    expect(await card(ground, 'rehearsal')).toMatchObject({ doneAtMs: doneMs, doneBy: 'priya' });
    await milestones.tick(at('2027-02-10'));
    expect(await rings(ground)).toHaveLength(1); // the one from before
    await milestones.reopen({ ...ask(PRIYA, at('2027-02-10', '10:00')), asked: 'rehearsal', mayManage: false });
    expect(await card(ground, 'rehearsal')).toMatchObject({ doneAtMs: null, daysLeft: -13 });
    await milestones.tick(at('2027-02-11', '08:59'));
    expect(await rings(ground)).toHaveLength(1);
    await milestones.tick(at('2027-02-11'));
    expect((await rings(ground)).map(({ key }) => key)).toEqual([
      'reminder:rehearsal:ring:2027-01-28/7d',
      'reminder:rehearsal:ring:2027-01-28/late-14',
    ]);
  },

  'a card being sent at this moment is put right afterwards': async (ground) => {
    await seeded(ground, { milestones: [QC] });
    const { milestones } = ground.store.team(ground.teamId);
    await milestones.tick(at('2027-01-18'));
    const { engine, teamId } = ground;
    await engine.write(teamId, async ({ db, tables: { posts } }) => {
      await db.update(posts).set({ leaseWorker: 'courier-1' }).where(eq(posts.teamId, teamId));
    });
    await milestones.done({ ...ask(OLGA, at('2027-01-18', '09:01')), asked: 'final-qc', mayManage: false });
    expect((await postsOf(ground)).map(({ key, state, revision }) => [key, state, revision])).toEqual([
      ['reminder:final-qc', 'waiting', 2],
      ['reminder:final-qc:ring:2027-01-20/2d', 'withdrawn', 1],
    ]);
    expect(await card(ground, 'final-qc')).toMatchObject({ doneBy: 'olga' });
  },

  'a moved milestone reminds anew for its new day, and not of what is past': async (ground) => {
    await seeded(ground, { milestones: [QC] });
    const { milestones } = ground.store.team(ground.teamId);
    await milestones.tick(at('2027-01-20'));
    await deliverAll(ground);
    const movedMs = at('2027-01-20', '11:00');
    await milestones.move({
      ...ask(OLGA, movedMs),
      asked: 'final-qc',
      dueDay: '2027-01-25',
      reason: 'lot 2 late',
      mayManage: false,
    });
    expect(await card(ground, 'final-qc')).toMatchObject({ dueDay: '2027-01-25', daysLeft: 5 });
    const before = (await rings(ground)).length;
    await milestones.tick(at('2027-01-23', '08:59')); // the new T-7 was on the 18th
    expect(await rings(ground)).toHaveLength(before);
    await milestones.tick(at('2027-01-23'));
    expect(await rings(ground)).toHaveLength(before + 1);
    expect(await card(ground, 'final-qc')).toMatchObject({ daysLeft: 2, lateMs: 0 });
  },

  'a snoozed milestone is quiet until its snooze ends': async (ground) => {
    await seeded(ground, { milestones: [QC] });
    const { milestones } = ground.store.team(ground.teamId);
    await milestones.tick(at('2027-01-20'));
    await deliverAll(ground);
    const untilMs = at('2027-01-20', '09:30') + DAY;
    await milestones.snooze({ ...ask(OLGA, untilMs - DAY), asked: 'final-qc', forMs: DAY, mayManage: false });
    expect(await card(ground, 'final-qc')).toMatchObject({ snoozedUntilMs: untilMs });
    await milestones.tick(untilMs - 1);
    expect(await rings(ground)).toHaveLength(1);
    await milestones.tick(untilMs);
    await milestones.tick(untilMs + 60_000);
    expect((await rings(ground)).map(({ key }) => key)).toEqual([
      'reminder:final-qc:ring:2027-01-20/day',
      `reminder:final-qc:ring:2027-01-20/snooze-${untilMs}`,
    ]);
    expect(await card(ground, 'final-qc')).toMatchObject({ daysLeft: -1, lateMs: 0, snoozedUntilMs: null });
  },

  'a drop that ended reminds of nothing that was due by then': async (ground) => {
    await seeded(ground, { milestones: [QC, { name: 'Returns reviewed', due: '2027-02-12', owner: 'sam' }] });
    const { milestones, drops } = ground.store.team(ground.teamId);
    await drops.start({ ...ask(PRIYA, at('2027-01-29', '19:00')), asked: null, place: null });
    await drops.end({ ...ask(PRIYA, at('2027-01-29', '21:00')), asked: null, place: null });
    await milestones.tick(at('2027-02-10'));
    expect((await rings(ground)).map(({ of }) => of)).toEqual([['returns-reviewed']]);
  },

  'an edited plan changes only the lines it changed, and what was done in chat stays': async (ground) => {
    const { store, teamId } = ground;
    await seeded(ground, { milestones: [QC, COUNT, REHEARSAL] });
    const { milestones } = store.team(teamId);
    await milestones.move({ ...ask(MAYA), asked: 'rehearsal', dueDay: '2027-01-27', reason: 'hall is taken', mayManage: true });
    await milestones.tick(at('2027-01-20'));
    await deliverAll(ground);
    const plan = planFor(teamId, {
      milestones: [{ ...QC, owner: 'ops-lead' }, REHEARSAL, { name: 'Packing', due: '2027-01-23', owner: 'finn' }],
    });
    const { changes } = await store.importPlan({ plan, by: MAYA, nowMs: at('2027-01-20', '10:00') });
    expect(changes).toEqual([
      'milestone Final count: removed',
      'milestone Final QC: owner olga → ops-lead',
      'milestone Packing: added, due 2027-01-23',
    ]);
    const list = await milestones.list({ dropId: null, nowMs: NOW });
    expect(list.map(({ id, dueDay, ownerPersonId, ownerRole }) => [id, dueDay, ownerPersonId ?? ownerRole])).toEqual([
      ['final-qc', '2027-01-20', 'ops-lead'],
      ['packing', '2027-01-23', 'finn'],
      ['rehearsal', '2027-01-27', 'priya'],
    ]);
    expect(await card(ground, 'final-count')).toMatchObject({ removed: true });
    expect(await card(ground, 'final-qc')).toMatchObject({ ownerRole: 'ops-lead' });
    expect((await store.importPlan({ plan, by: MAYA, nowMs: at('2027-01-20', '11:00') })).changes).toEqual([]);
    // A line that comes back rings again: its first life's rings are not edited.
    const again = planFor(teamId, { milestones: [...plan.milestones, { ...COUNT, due: '2027-01-24' }] });
    await store.importPlan({ plan: again, by: MAYA, nowMs: at('2027-01-20', '12:00') });
    await milestones.tick(at('2027-01-22'));
    expect((await rings(ground)).map(({ key }) => key).filter((key) => key.startsWith('reminder:final-count'))).toEqual([
      'reminder:final-count:ring:2027-01-22/2d',
      'reminder:final-count:ring:2027-01-24/2d',
    ]);
  },

  'restored: the reminder that was rung is looked for under its own key, the next one rings anew': async (ground) => {
    await seeded(ground, { milestones: [QC] });
    const { engine, teamId, store } = ground;
    const { milestones } = store.team(teamId);
    await milestones.tick(at('2027-01-18'));
    await deliverAll(ground);
    // The backup was made before that morning: neither the slot nor its posts are in it.
    await engine.write(teamId, async ({ db, tables }) => {
      await db.delete(tables.posts).where(eq(tables.posts.teamId, teamId));
      await db.delete(tables.reminders).where(eq(tables.reminders.teamId, teamId));
      await db
        .update(tables.milestones)
        .set({ remindedSlot: null, lookAtMs: at('2027-01-18') })
        .where(eq(tables.milestones.teamId, teamId));
      await db
        .update(tables.teams)
        .set({ restoredAtMs: at('2027-01-18', '12:00') })
        .where(eq(tables.teams.teamId, teamId));
    });
    await milestones.tick(at('2027-01-18', '12:01'));
    const claimed = await store.courier.claim({ worker: 'w', leaseMs: 30_000, limit: 1_000, nowMs: at('2027-01-18', '12:01') });
    const card = claimed.find((post) => post.teamId === teamId);
    expect(card).toMatchObject({ key: 'reminder:final-qc', lookFirst: true });
    expect((await rings(ground)).map(({ key }) => key)).toEqual(['reminder:final-qc:ring:2027-01-20/2d']);
    await milestones.tick(at('2027-01-20'));
    expect((await rings(ground)).map(({ key }) => key)).toEqual(['reminder:final-qc:ring:2027-01-20/day']);
  },

  'whenever the clock job wakes, each slot is posted or passed over, once': async (ground) => {
    const { store } = ground;
    let runCount = 0;
    const wakings = fc.array(fc.integer({ min: at('2027-01-15'), max: at('2027-01-24', '08:59') }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(wakings, async (times) => {
        runCount += 1;
        const here = { ...ground, teamId: `${ground.teamId}-${runCount}` };
        await seeded(here, { milestones: [COUNT] });
        for (const nowMs of [...times, at('2027-01-24')].toSorted((a, b) => a - b)) {
          await store.team(here.teamId).milestones.tick(nowMs);
          await deliverAll(here);
        }
        const slots = await remindersOf(here, 'final-count');
        expect(slots.map(([slot]) => slot)).toEqual(['7d', '2d', 'day', 'late-1', 'late-2']);
        const posted = slots.filter(([, postedAtMs]) => postedAtMs !== null);
        expect(await rings(here)).toHaveLength(posted.length);
      }),
      { numRuns: 8 },
    );
  },
};
