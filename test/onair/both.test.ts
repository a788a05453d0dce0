import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { visibleText as discordText } from '../fakes/discord/index.ts';
import type { WireMessage } from '../fakes/discord/types.ts';
import { visibleText as slackText } from '../fakes/slack/index.ts';
import type { ShownMessage } from '../fakes/slack/types.ts';
import { heard, lineOf, orderOf } from '../support/orders.ts';
import { goOnAir, type ChannelName, type OnAir } from '../support/on-air.ts';

let air: OnAir;
beforeEach(async () => {
  air = await goOnAir();
});
afterEach(() => air[Symbol.asyncDispose]());

const onSlack = (name: ChannelName): readonly ShownMessage[] => air.slack.messages(air.cast.slack.channels[name]);
const onDiscord = (name: ChannelName): readonly WireMessage[] => air.discord.messages(air.cast.discord.channels[name]);
const slackCards = (name: ChannelName) => onSlack(name).map((message) => slackText(message));
const discordCards = (name: ChannelName) => onDiscord(name).map((message) => discordText(message));

const slash = (line: string, who: keyof OnAir['cast']['slack']['people'] = 'maya', channel: ChannelName = 'team') =>
  air.slack.slash(air.cast.slack.people[who], air.cast.slack.channels[channel], line);

async function goLive(): Promise<void> {
  expect(slackText(await (await slash('/drop start', 'priya')).answer())).toContain('is live');
  await air.drain();
}

function expectQuiet(): void {
  expect(air.slack.complaints).toEqual([]);
  expect(air.discord.complaints).toEqual([]);
  expect(air.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
}

/** Waits until the card about this shows the pattern on both platforms, edits being paced at one a second. */
async function bothShow(channel: ChannelName, about: string, pattern: RegExp): Promise<void> {
  const shows = (texts: readonly string[]) => pattern.test(texts.find((text) => text.includes(about)) ?? '');
  await air.slack.until(`Slack to show ${pattern}`, () => shows(slackCards(channel)));
  await air.discord.until(() => shows(discordCards(channel)));
}

let orderCount = 0;

/** Sells so many of an item, as a shop would tell it. */
async function sell(sku: string, units: number): Promise<void> {
  orderCount += 1;
  const atMs = Date.now();
  const when = { placedAtMs: atMs, version: { updatedAtMs: atMs, eventAtMs: atMs } };
  const order = orderOf(`#${orderCount}`, 0, [lineOf('1', sku, { orderedUnits: units })], when);
  await air.team.orders.recordAll([heard(order)], atMs);
}

describe('one drop on both platforms', () => {
  test('the same command answers the same on each, in private', async () => {
    const slack = await (await slash('/stock HOODIE-S', 'priya')).answer();
    const handle = await air.discord.slash({
      user: air.cast.discord.people.priya,
      channel: air.cast.discord.channels.team,
      command: 'stock',
      options: { sku: 'HOODIE-S' },
    });
    const discord = await handle.answer();
    const sum = '40 on hand − 0 committed − 0 reserve − 0 held − 0 damaged = 40 left to sell';
    expect(slackText(slack)).toContain(sum);
    expect(discordText(discord)).toContain(sum);
    expect([onSlack('team'), onDiscord('team')]).toEqual([[], []]);
    expectQuiet();
  });

  test('acknowledged on Discord shows who and where on Slack, and the one who must act was pinged once', async () => {
    await goLive();
    await sell('HOODIE-S', 36);
    await air.drain();
    const [card] = onDiscord('alerts');
    if (card === undefined) throw new Error('no card');
    const pinged = () => [
      ...air.slack.notifications.map(({ userId }) => userId),
      ...air.discord.notifications.map(({ userId }) => userId),
    ];
    expect(pinged()).toEqual([air.cast.slack.people.finn]); // Slack, until more is known of him
    const press = await air.discord.press({ user: air.cast.discord.people.finn, message: card, button: 'Acknowledge' });
    expect(discordText(await press.answer())).toContain('You have Hoodie, small (HOODIE-S)');
    await bothShow('alerts', 'Hoodie, small', /Acknowledged by Finn on Discord at/);
    expect(onSlack('alerts')[0]?.editCount).toBe(1);
    expect(pinged()).toEqual([air.cast.slack.people.finn]);
    // He was last on Discord, so the next ring is there.
    await sell('HOODIE-L', 36);
    await air.drain();
    expect(air.discord.notifications.map(({ userId }) => userId)).toEqual([air.cast.discord.people.finn]);
    expect(air.slack.notifications).toHaveLength(1);
    expect(slackCards('alerts').at(-1)).toContain('Finn is pinged on Discord');
    expectQuiet();
  });

  test('forty changes in a second end in the newest card on each', async () => {
    await goLive();
    await sell('HOODIE-M', 50);
    await air.drain();
    for (let n = 0; n < 6; n += 1) await sell('HOODIE-M', 1);
    await Promise.all(Array.from({ length: 34 }, () => sell('PIN', 1)));
    await bothShow('alerts', 'Hoodie, medium', /2 left\b/);
    // Six changes in a moment are at most the few edits a platform takes.
    const cards = onSlack('alerts').filter(
      (message) => message.threadTs === null && /now: Hoodie, medium.*\n.*Left to sell/.test(slackText(message)),
    );
    expect(cards.map(({ editCount }) => editCount <= 3)).toEqual([true]);
    expectQuiet();
  });

  test('pausing in a storm of rate limits on a routine channel reaches every destination at once', async () => {
    await goLive();
    await air.drain();
    const busy = air.cast.slack.channels.community;
    air.slack.weather.next('chat.postMessage', { kind: 'rate-limited', retryAfterSeconds: 3 }, { channel: busy });
    air.discord.weather(
      { kind: 'rate-limited', retryAfterSeconds: 3, scope: 'user' },
      { channel: air.cast.discord.channels.community },
    );
    await air.team.posts.show({
      facts: { kind: 'live', dropName: 'routine', state: 'live', atMs: 0, byPersonId: 'maya' },
      place: { platform: 'slack', channel: busy },
      key: 'routine',
      nowMs: Date.now(),
    });
    await air.drain();
    const answer = await (await slash('/pause all label misprint', 'finn', 'alerts')).answer();
    expect(slackText(answer)).toContain('8 channels are being told now');
    const confirmed = () =>
      /CONFIRMED[\s\S]*/.exec(slackCards('team').find((text) => text.includes('PROMOTION PAUSED')) ?? '')?.[0] ?? '';
    await air.slack.until('six channels to confirm', () => (confirmed().match(/ in \d+ m?s/g) ?? []).length >= 7);
    for (const name of ['team', 'alerts', 'host'] as const) {
      expect([name, slackCards(name).some((text) => text.includes('PROMOTION PAUSED'))]).toEqual([name, true]);
      expect([name, discordCards(name).some((text) => text.includes('PROMOTION PAUSED'))]).toEqual([name, true]);
    }
    expect(confirmed()).toMatch(/team on Slack in \d+ ms/);
    expect(confirmed()).toMatch(/team on Discord in \d+ ms/);
    // The limited channel follows when its limit ends.
    await air.slack.until('the limited channel', () => slackCards('community').some((text) => /paused/i.test(text)));
    expect(air.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
