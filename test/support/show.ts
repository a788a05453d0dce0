import { and, eq } from 'drizzle-orm';
import { expect } from 'vitest';
import { addDays, dayAtMs, dayOf } from '../../src/domain/time.ts';
import type { PostFacts } from '../../src/ports/post.ts';
import { TOLD_AFTER_MS } from '../../src/store/posts/troubles.ts';
import { checkLedger } from '../../src/store/stock/ledger-check.ts';
import { visibleText as discordText } from '../fakes/discord/index.ts';
import { visibleText as slackText } from '../fakes/slack/index.ts';
import { goOnAir, TEAM, type ChannelName, type OnAir } from './on-air.ts';
import { heard, lineOf, orderOf } from './orders.ts';

export type PlatformName = 'slack' | 'discord';
export type Show = OnAir & { readonly sold: Map<string, number> };

const ZONE = 'America/New_York';
const SECOND = 1_000;
const SELLABLE: Readonly<Record<string, number>> = { 'HOODIE-S': 40, 'HOODIE-M': 58, 'HOODIE-L': 40, PIN: 200 }; // less the reserve

/** A show that is live on both platforms, ten seconds before a reminder falls due. */
export async function openShow(): Promise<Show> {
  const tomorrow = addDays(dayOf(Date.now(), ZONE), 1);
  const milestones = [{ name: 'Final count', due: tomorrow, owner: 'finn' }];
  const air = await goOnAir({ timeoutMs: 400, plan: { milestones } });
  air.forward(dayAtMs(tomorrow, '09:00', ZONE) - air.now() - 10 * SECOND);
  const by = { personId: 'priya', place: { platform: 'slack', channel: air.cast.slack.channels.team } } as const;
  await air.team.drops.start({ asked: null, place: by.place, key: 'start', by, nowMs: air.now() });
  await air.drain();
  return Object.assign(air, { sold: new Map<string, number>() });
}

let orderCount = 0;

/** Sells so many, one unit an order, all heard at once. What was sold is counted apart from the house. */
export async function sell(show: Show, sku: string, units: number): Promise<void> {
  const atMs = show.now();
  const when = { placedAtMs: atMs, version: { updatedAtMs: atMs, eventAtMs: atMs } };
  const orders = Array.from({ length: units }, () => {
    orderCount += 1;
    return heard(orderOf(`#${orderCount}`, 0, [lineOf('1', sku, { orderedUnits: 1 })], when));
  });
  await show.team.orders.recordAll(orders, atMs);
  show.sold.set(sku, (show.sold.get(sku) ?? 0) + units);
}

/** Types a command on one platform, in the team's channel, and reads the private answer. */
export async function ask(
  show: Show,
  platform: PlatformName,
  command: string,
  options: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { people, channels } = show.cast[platform];
  if (platform === 'slack') {
    const line = `/${[command, ...Object.values(options)].join(' ')}`;
    return plain(slackText(await (await show.slack.slash(people.priya, channels.team, line)).answer()));
  }
  return plain(
    discordText(await (await show.discord.slash({ user: people.priya, channel: channels.team, command, options })).answer()),
  );
}

/** Without the stars of either platform's bold type. */
function plain(text: string): string {
  return text.replaceAll('*', '');
}

/** What a channel shows, oldest first: each message's id and text. Null: there is no such channel any more. */
export function shownIn(
  show: Show,
  platform: PlatformName,
  channel: ChannelName,
): readonly { readonly id: string; readonly text: string }[] {
  const id = show.cast[platform].channels[channel];
  return platform === 'slack'
    ? show.slack.messages(id).map((message) => ({ id: message.ts, text: slackText(message) }))
    : show.discord.messages(id).map((message) => ({ id: message.id, text: discordText(message) }));
}

export const textsIn = (show: Show, platform: PlatformName, channel: ChannelName): readonly string[] =>
  shownIn(show, platform, channel).map(({ text }) => text);

/** The lanes of what two channels show, in the order it is shown. */
export async function lanesShown(
  show: Show,
  platform: PlatformName,
): Promise<Readonly<Record<'team' | 'alerts', readonly number[]>>> {
  const { posts } = show.engine.tables;
  const rows = await show.engine.read((db) => db.select().from(posts).where(eq(posts.teamId, TEAM)));
  const laneOf = new Map(rows.map(({ remoteId, lane }) => [remoteId, lane]));
  const lanes = (channel: ChannelName) => shownIn(show, platform, channel).map(({ id }) => laneOf.get(id) ?? NaN);
  return { team: lanes('team'), alerts: lanes('alerts') };
}

/** Lets time pass until nothing waits any more: what is held or between two tries goes out meanwhile. */
export async function settle(show: Show): Promise<void> {
  for (let minute = 0; minute < 30; minute += 1) {
    await show.drain();
    await show.tick();
    await show.drain();
    if ((await waiting(show)) === 0) return;
    show.forward(60 * SECOND);
  }
  throw new Error(`posts still wait: ${JSON.stringify(await show.team.posts.health(show.now()))}`);
}

/** Every post that is not shown as it should be, whether it is due or waits for its time. */
async function waiting({ engine }: Show): Promise<number> {
  const { posts } = engine.tables;
  const rows = await engine.read((db) =>
    db
      .select({ id: posts.id })
      .from(posts)
      .where(and(eq(posts.teamId, TEAM), eq(posts.state, 'waiting'))),
  );
  return rows.length;
}

/** Lets pass what it takes until a platform that takes nothing is told on the other, and tells it. */
export async function noticeTrouble(show: Show): Promise<void> {
  await show.tick();
  show.forward(TOLD_AFTER_MS);
  await show.tick();
  await show.drain();
}

export type Destinations = readonly `${PlatformName}:${ChannelName}`[];

/**
 * Compares what the house believes with what the platforms hold: the ledger with what was sold, each post with one message, each
 * receipt with a pause somebody can read. `deadEnds` are channels that took nothing for good; `gone`, those there are no more.
 */
export async function expectTrue(
  show: Show,
  { deadEnds = [], gone = [] }: { deadEnds?: Destinations; gone?: Destinations },
): Promise<void> {
  const { engine } = show;
  expect(await checkLedger(engine, TEAM)).toEqual([]);
  const board = await show.team.stock.board({ sku: null, nowMs: show.now() });
  if (board.kind !== 'board') throw new Error('no board');
  for (const { sku, level } of board.items) expect([sku, level.committed]).toEqual([sku, show.sold.get(sku) ?? 0]);

  const { posts } = engine.tables;
  const rows = await engine.read((db) => db.select().from(posts).where(eq(posts.teamId, TEAM)));
  for (const platform of ['slack', 'discord'] as const) {
    for (const [channel, address] of Object.entries(show.cast[platform].channels) as [ChannelName, string][]) {
      const name = `${platform}:${channel}` as const;
      const here = rows.filter(({ destinationId }) => destinationId === `${platform}:${address}`);
      const lost = here.filter(({ state }) => state !== 'settled' && state !== 'withdrawn');
      const lostAs = new Set(lost.map(({ state }) => state));
      expect([name, ...lostAs]).toEqual(deadEnds.includes(name) && lost.length > 0 ? [name, 'dead'] : [name]);
      for (const row of here.filter(({ state }) => state === 'settled'))
        expect([row.key, row.deliveredRevision]).toEqual([row.key, row.revision]);
      if (gone.includes(name)) continue;
      const shown = shownIn(show, platform, channel);
      const believed = here.flatMap(({ remoteId }) => (remoteId === null ? [] : [remoteId]));
      expect([name, shown.map(({ id }) => id).toSorted()]).toEqual([name, believed.toSorted()]);
      for (const { key, remoteId, state, facts } of here) {
        const told = facts as PostFacts;
        if (told.kind !== 'alert' || told.alert.subjectKind !== 'stock' || state !== 'settled') continue;
        const leftUnits = leftOf(show, told.alert.subject);
        const text = shown.find(({ id }) => id === remoteId)?.text ?? '';
        expect([key, text]).toEqual([
          key,
          expect.stringMatching(
            new RegExp(leftUnits === 0 ? 'sold out' : `\\b${leftUnits} left\\b|Left to sell\\D*${leftUnits}\\b`, 'i'),
          ),
        ]);
      }
    }
  }
  await expectReceiptsTrue(show, gone);
  expectRungOnce(show);
}

/** What is left to sell by what was sold, worked out apart from the house. A box is one medium hoodie and two pins. */
function leftOf(show: Show, sku: string): number {
  if (sku === 'BOX') return Math.min(leftOf(show, 'HOODIE-M'), Math.floor(leftOf(show, 'PIN') / 2));
  return Math.max(0, (SELLABLE[sku] ?? NaN) - (show.sold.get(sku) ?? 0));
}

/** A receipt says confirmed only where the pause can be read. Holds at any moment, not only at the end. */
export async function expectReceiptsTrue(show: Show, gone: Destinations = []): Promise<void> {
  const { receipts } = show.engine.tables;
  const rows = await show.engine.read((db) => db.select().from(receipts).where(eq(receipts.teamId, TEAM)));
  expect(rows.length).toBeGreaterThan(0);
  for (const platform of ['slack', 'discord'] as const) {
    for (const [channel, address] of Object.entries(show.cast[platform].channels) as [ChannelName, string][]) {
      const confirmed = rows.filter(({ surface, state }) => surface === `${platform}:${address}` && state === 'confirmed');
      if (confirmed.length === 0 || gone.includes(`${platform}:${channel}`)) continue;
      expect([platform, channel, textsIn(show, platform, channel).some((text) => /paused/i.test(text))]).toEqual([
        platform,
        channel,
        true,
      ]);
    }
  }
}

/** Nobody was rung twice by one message, and whoever must act was rung at all. */
function expectRungOnce({ slack, discord, cast }: Show): void {
  const rung = [
    ...slack.notifications.map(({ userId, ts }) => `${userId} ${ts}`),
    ...discord.notifications.map(({ userId, messageId }) => `${userId} ${messageId}`),
  ];
  expect(rung.toSorted()).toEqual([...new Set(rung)].toSorted());
  expect(rung.some((one) => one.startsWith(cast.slack.people.finn) || one.startsWith(cast.discord.people.finn))).toBe(true);
}
