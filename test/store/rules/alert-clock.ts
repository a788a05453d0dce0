import { expect } from 'vitest';
import { factId, saidId } from '../../../src/domain/fact-id.ts';
import { alertsOf, ask, card, goLive, MINUTE, posts, rings, SECOND, sell, T } from '../../support/alerts.ts';
import { NOW, PRIYA, seeded } from '../../support/plan.ts';
import type { Rules } from '../contract.ts';

export const alertClockRules: Rules = {
  'while no drop is live a routine alert waits for the morning’s digest, once a day': async (ground) => {
    await seeded(ground, { milestones: [{ name: 'Freight booked', due: '2027-01-14', owner: 'olga' }] });
    const nine = NOW + 2 * 60 * MINUTE; // 09:00 in New York
    await sell(ground, '1', 'HOODIE-S', 32, NOW + MINUTE);
    expect(await posts(ground, 'alert')).toEqual([]);
    await alertsOf(ground).tick(nine - 1);
    expect(await posts(ground, 'digest')).toEqual([]);
    await alertsOf(ground).tick(nine);
    await alertsOf(ground).tick(nine + MINUTE);
    await sell(ground, '2', 'HOODIE-L', 32, nine + 2 * MINUTE);
    await alertsOf(ground).tick(nine + 3 * MINUTE);
    const [first, ...more] = await posts(ground, 'digest');
    expect(more).toEqual([]);
    expect(first).toMatchObject({ key: 'digest:2027-01-15', channel: 'team', revision: 1, lane: 2 });
    const facts = first?.facts.kind === 'digest' ? first.facts : null;
    expect(facts?.alerts.map(({ alertId }) => saidId(alertId))).toEqual(['stock:HOODIE-S:1']);
    expect(facts?.overdue).toEqual([
      {
        milestoneId: expect.any(String),
        name: 'Freight booked',
        dropName: 'Hoodie Run',
        ownerPersonId: 'olga',
        ownerRole: null,
        dueDay: '2027-01-14',
        zone: 'America/New_York',
        daysLeft: -1,
        lateMs: 0,
        doneAtMs: null,
        doneBy: null,
        snoozedUntilMs: null,
      },
    ]);
    await alertsOf(ground).tick(nine + 5 * 24 * 60 * MINUTE); // days of downtime
    expect((await posts(ground, 'digest')).map(({ key }) => key)).toEqual(['digest:2027-01-15', 'digest:2027-01-20']);
    expect(await rings(ground)).toEqual([]);
  },

  'nothing to say, or a drop is live: no digest': async (ground) => {
    await seeded(ground);
    await alertsOf(ground).tick(NOW + 3 * 60 * MINUTE);
    expect(await posts(ground, 'digest')).toEqual([]);
    await sell(ground, '1', 'HOODIE-S', 32, NOW + 4 * 60 * MINUTE);
    const { drops } = ground.store.team(ground.teamId);
    const liveMs = NOW + 20 * 60 * MINUTE;
    await drops.start({ asked: null, place: null, key: 'start', by: PRIYA, nowMs: liveMs });
    await alertsOf(ground).tick(NOW + 27 * 60 * MINUTE);
    expect(await posts(ground, 'digest')).toEqual([]);
    // What had waited is shown now that people are watching, and calls nobody.
    expect((await posts(ground, 'alert')).map(({ key, channel }) => [saidId(key), channel])).toEqual([
      ['alert:stock:HOODIE-S:1', 'alerts'],
    ]);
    expect(await rings(ground)).toEqual([]);
  },

  'a live show’s orders stop: one alert for the producer, over when the next order is heard': async (ground) => {
    await goLive(ground);
    for (let index = 0; index < 12; index += 1) await sell(ground, `a${index}`, 'PIN', 1, T + index * 5 * SECOND);
    const lastMs = T + 55 * SECOND;
    await alertsOf(ground).tick(lastMs + 90 * SECOND);
    expect(await alertsOf(ground).open()).toEqual([]);
    await alertsOf(ground).tick(lastMs + 90 * SECOND + 1);
    await alertsOf(ground).tick(lastMs + 91 * SECOND);
    expect(await alertsOf(ground).open()).toMatchObject([
      {
        alertId: factId('feed:1', lastMs + 90 * SECOND + 1),
        subjectKind: 'feed',
        cause: 'silence',
        severity: 'live',
        asOfMs: lastMs,
        openedAtMs: lastMs + 90 * SECOND + 1,
      },
    ]);
    expect(await rings(ground)).toEqual(['alerts: opened feed:1 producer']);
    await sell(ground, 'b', 'PIN', 1, lastMs + 120 * SECOND);
    await alertsOf(ground).tick(lastMs + 121 * SECOND);
    expect(await card(ground, 'feed:1')).toMatchObject({ state: 'recovered', asOfMs: lastMs + 120 * SECOND });
    expect(await rings(ground)).toEqual([]);
  },

  'a show without a rhythm is not called silent, and a silence dismissed stays dismissed': async (ground) => {
    await goLive(ground);
    for (let index = 0; index < 8; index += 1) await sell(ground, `a${index}`, 'PIN', 1, T);
    await alertsOf(ground).tick(T + 10 * MINUTE);
    expect(await alertsOf(ground).open()).toEqual([]); // 8 orders predict 2.77 in 90 s
    await sell(ground, 'b', 'PIN', 1, T);
    await alertsOf(ground).tick(T + 10 * MINUTE);
    await alertsOf(ground).dismiss({ ...ask('k', null, T + 11 * MINUTE), reason: 'a break' });
    await alertsOf(ground).tick(T + 12 * MINUTE);
    expect(await alertsOf(ground).open()).toEqual([]);
    expect((await posts(ground, 'alert')).map(({ key }) => saidId(key))).toEqual(['alert:feed:1']);
  },

  'minutes left: crosses at the smoothed rate, and arms again as the rate falls': async (ground) => {
    const thresholds = [{ minutes: 10, severity: 'live' }];
    await goLive(ground, { skus: { PIN: { name: 'Enamel pin', count: 100, thresholds } }, bundles: {} });
    await sell(ground, '1', 'PIN', 10, T + 30 * SECOND);
    await alertsOf(ground).pulse(T + 59 * SECOND); // too early for a rate
    expect(await alertsOf(ground).crossings()).toEqual([]);
    await alertsOf(ground).pulse(T + 60 * SECOND);
    await alertsOf(ground).pulse(T + 60 * SECOND);
    expect(await alertsOf(ground).crossings()).toEqual([
      {
        subject: 'PIN',
        thresholdId: 'minutes:10',
        severity: 'live',
        cause: 'pulse',
        balanceUnits: 90,
        limitUnits: 100,
        minutesLeft: 9,
        bindingSku: null,
        atMs: T + 60 * SECOND,
      },
    ]);
    expect(await rings(ground)).toEqual(['alerts: opened stock:PIN:1 fulfilment']);
    await alertsOf(ground).pulse(T + 240 * SECOND); // a half-life without a sale: 5 a minute, 18 minutes
    expect(await card(ground, 'stock:PIN:1')).toMatchObject({ state: 'recovered', minutesLeft: 9 });
    expect(await alertsOf(ground).open()).toEqual([]);
    expect(await alertsOf(ground).crossings()).toHaveLength(1);
  },

  'what opens after the morning’s time is for tomorrow’s digest': async (ground) => {
    await seeded(ground);
    const nine = NOW + 2 * 60 * MINUTE;
    await sell(ground, '1', 'HOODIE-S', 32, nine + MINUTE);
    await alertsOf(ground).tick(nine + 2 * MINUTE);
    expect(await posts(ground, 'digest')).toEqual([]);
    await alertsOf(ground).tick(nine + 24 * 60 * MINUTE);
    expect((await posts(ground, 'digest')).map(({ key }) => key)).toEqual(['digest:2027-01-16']);
  },

  'each pulse weighs only what was sold since the last': async (ground) => {
    const thresholds = [{ minutes: 6, severity: 'live' }];
    await goLive(ground, { skus: { PIN: { name: 'Enamel pin', count: 100, thresholds } }, bundles: {} });
    await sell(ground, '1', 'PIN', 10, T + 30 * SECOND);
    await alertsOf(ground).pulse(T + 60 * SECOND); // 10 a minute, 9 min left
    await sell(ground, '2', 'PIN', 20, T + 90 * SECOND);
    await alertsOf(ground).pulse(T + 120 * SECOND); // 2^(-1/3) of 10 and the rest of 20: 12.063 a minute
    const [crossing, ...more] = await alertsOf(ground).crossings();
    expect(more).toEqual([]);
    expect(crossing).toMatchObject({ balanceUnits: 70, limitUnits: 72, atMs: T + 120 * SECOND });
    expect(crossing?.minutesLeft).toBeCloseTo(5.8029, 4);
  },

  'a bundle lasts as long as the component that ends first': async (ground) => {
    const thresholds = [{ minutes: 5, severity: 'live' }];
    await goLive(ground, { bundles: { BOX: { name: 'Box', of: { 'HOODIE-M': 1, PIN: 2 }, thresholds } } });
    await sell(ground, '1', 'PIN', 60, T + 30 * SECOND); // 140 pins, 60 a minute: 2.33 min; 58 hoodies, none sold
    await alertsOf(ground).pulse(T + 60 * SECOND);
    expect(await alertsOf(ground).crossings()).toMatchObject([
      { subject: 'BOX', thresholdId: 'minutes:5', balanceUnits: 58, limitUnits: 150, bindingSku: 'PIN' },
    ]);
    expect((await alertsOf(ground).crossings())[0]?.minutesLeft).toBeCloseTo(70 / 30, 10);
  },

  'a silence ends with the show': async (ground) => {
    await goLive(ground);
    for (let index = 0; index < 9; index += 1) await sell(ground, `a${index}`, 'PIN', 1, T);
    await alertsOf(ground).tick(T + 2 * MINUTE);
    const { drops } = ground.store.team(ground.teamId);
    await drops.end({ asked: null, place: null, key: 'end', by: PRIYA, nowMs: T + 3 * MINUTE });
    await alertsOf(ground).tick(T + 4 * MINUTE);
    expect(await card(ground, 'feed:1')).toMatchObject({ state: 'recovered', asOfMs: T, openedAtMs: T + 2 * MINUTE });
  },
};
