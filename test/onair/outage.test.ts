import { afterEach, beforeEach, expect, test } from 'vitest';
import { visibleText as discordText } from '../fakes/discord/index.ts';
import { visibleText as slackText } from '../fakes/slack/index.ts';
import { goOnAir, type ChannelName, type OnAir } from '../support/on-air.ts';
import { TOLD_AFTER_MS } from '../../src/store/posts/troubles.ts';

let air: OnAir;
beforeEach(async () => {
  air = await goOnAir();
});
afterEach(() => air[Symbol.asyncDispose]());

const slackTexts = (name: ChannelName) => air.slack.messages(air.cast.slack.channels[name]).map((one) => slackText(one));
const discordTexts = (name: ChannelName) => air.discord.messages(air.cast.discord.channels[name]).map((one) => discordText(one));
const pingsOn = (platform: 'slack' | 'discord') => air[platform].notifications.map(({ userId }) => userId);

async function onDiscord(command: string, options: Readonly<Record<string, string>> = {}): Promise<string> {
  const seat = { user: air.cast.discord.people.priya, channel: air.cast.discord.channels.team };
  return discordText(await (await air.discord.slash({ ...seat, command, options })).answer());
}

/** Looks again and again, for at most ten seconds. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (const endsMs = Date.now() + 10_000; !(await holds());) {
    if (Date.now() > endsMs) throw new Error(`it never came; Discord shows ${discordTexts('team').join('\n---\n')}`);
    await new Promise((resume) => setTimeout(resume, 50));
  }
}

test('five minutes without Slack: Discord goes on and says so, people are rung there, and Slack catches up', async () => {
  await air.slack.down(true);
  expect(await onDiscord('drop start')).toContain('is live');
  expect(await onDiscord('pause', { what: 'all', reason: 'label misprint' })).toContain('Paused');
  // Priya was last on Discord, so she is rung there though Slack would come first.
  await air.discord.until(() => pingsOn('discord').length > 0);
  expect(new Set(pingsOn('discord'))).toEqual(new Set([air.cast.discord.people.priya]));
  // What time does in five minutes is done by rows and the time they are given: it need not be waited for.
  const nowMs = Date.now();
  const lost = [{ platform: 'slack', sinceMs: nowMs - 300_000, reason: 'Slack cannot be reached' }] as const;
  for (const agoMs of [300_000, 299_000, 0]) await air.team.posts.watch({ lost, nowMs: nowMs - agoMs });
  await air.discord.until(() => discordTexts('team').some((text) => text.includes('Slack takes no messages')));
  expect(slackTexts('team')).toEqual([]);
  const health = await onDiscord('showcaller health');
  expect(health).toMatch(/held until|waiting/);

  await air.slack.down(false);
  await air.slack.until('the pause on Slack', () => slackTexts('team').some((text) => text.includes('PROMOTION PAUSED')), 20_000);
  await eventually(async () => {
    for (const agoMs of [TOLD_AFTER_MS, 0]) await air.team.posts.watch({ lost: [], nowMs: Date.now() - agoMs });
    return discordTexts('team').some((text) => text.includes('Slack takes messages again'));
  });
  await air.slack.until('word on Slack', () => slackTexts('team').some((text) => text.includes('Slack takes messages again')));
  // Rung once, on Discord, although the ring came to Slack as well.
  expect(pingsOn('slack')).toEqual([]);
  expect(slackTexts('team').filter((text) => text.includes('PROMOTION PAUSED — everything, by Priya'))).toHaveLength(1);
  await air.slack.until('Slack to take commands again', () => air.slack.socketCount() > 0, 20_000);
  const seat = [air.cast.slack.people.priya, air.cast.slack.channels.team] as const;
  expect(slackText(await (await air.slack.slash(...seat, '/resume')).answer())).toContain('promotion runs again for everything');
}, 60_000);

test('a channel that is gone: the team sees elsewhere what it missed, and health tells why', async () => {
  air.slack.deleteChannel(air.cast.slack.channels.host);
  air.discord.takePermission(air.cast.discord.channels.host, 'SEND_MESSAGES');
  expect(await onDiscord('drop start')).toContain('is live');
  await air.discord.until(() => discordTexts('team').filter((text) => text.includes('could not be shown')).length === 2);
  await air.slack.until(
    'both notices',
    () => slackTexts('team').filter((text) => text.includes('could not be shown')).length === 2,
  );
  const health = await onDiscord('showcaller health');
  expect(health).toContain('the host channel on Slack');
  expect(health).toContain('the host channel on Discord');
  expect(health).toMatch(/2 posts could not be delivered/);
});

test.each([1, 2, 3])(
  'a deleted alerts channel on Slack, and Finn was last there: he is pinged on Discord, once (%i)',
  async () => {
    await air.team.team.sawOn({ personId: 'finn', platform: 'slack' });
    await onDiscord('drop start');
    air.slack.deleteChannel(air.cast.slack.channels.alerts);
    const by = { personId: 'maya', place: { platform: 'slack', channel: 'x' } } as const;
    await air.team.stock.adjust({ sku: 'HOODIE-S', units: -36, reason: 'sold', key: 'sold', by, nowMs: Date.now() });
    await eventually(async () => pingsOn('discord').length > 0);
    await air.drain();
    expect([pingsOn('slack'), pingsOn('discord')]).toEqual([[], [air.cast.discord.people.finn]]);
  },
);

test('a revoked token: nothing is lost, the other platform says so, and what waited follows with the new one', async () => {
  air.slack.revokeToken('bot');
  expect(await onDiscord('drop start')).toContain('is live');
  await air.drain();
  const nowMs = Date.now();
  for (const agoMs of [TOLD_AFTER_MS, 0]) await air.team.posts.watch({ lost: [], nowMs: nowMs - agoMs });
  await eventually(async () => discordTexts('team').some((text) => text.includes('no longer accepts SLACK_BOT_TOKEN')));
  const { dead, waitingCount } = await air.team.posts.health(nowMs + 60_000);
  expect([dead, waitingCount]).toEqual([[], 2]);
});
