import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { visibleText as discordText } from '../fakes/discord/index.ts';
import type { WireMessage } from '../fakes/discord/types.ts';
import { visibleText as slackText } from '../fakes/slack/index.ts';
import type { ShownView } from '../fakes/slack/types.ts';
import { goOnAir, WAYS_IN, type ChannelName, type OnAir, type PersonName } from '../support/on-air.ts';
import { heard, lineOf, orderOf } from '../support/orders.ts';

let air: OnAir;
afterEach(() => air[Symbol.asyncDispose]());

async function onSlack(who: PersonName, line: string, channel: ChannelName = 'team'): Promise<string> {
  const act = await air.slack.slash(air.cast.slack.people[who], air.cast.slack.channels[channel], line);
  return slackText(await act.answer());
}

async function onDiscord(who: PersonName, command: string, options: Readonly<Record<string, string>> = {}): Promise<string> {
  const seat = { user: air.cast.discord.people[who], channel: air.cast.discord.channels.team };
  return discordText(await (await air.discord.slash({ ...seat, command, options })).answer());
}

const slackMessages = (name: ChannelName) => air.slack.messages(air.cast.slack.channels[name]);
const discordMessages = (name: ChannelName) => air.discord.messages(air.cast.discord.channels[name]);

/** What a Home tab says, JSON as it is: everything a person reads stands in it. */
const homeText = (home: ShownView | null): string => JSON.stringify(home?.view);

function found<T>(one: T | undefined): T {
  if (one === undefined) throw new Error('it is not there');
  return one;
}

async function sellOut(sku: string, units: number): Promise<void> {
  const atMs = Date.now();
  const when = { placedAtMs: atMs, version: { updatedAtMs: atMs, eventAtMs: atMs } };
  await air.team.orders.recordAll([heard(orderOf(`#${sku}`, 0, [lineOf('1', sku, { orderedUnits: units })], when))], atMs);
  await air.drain();
}

describe.each(WAYS_IN)('over %s', (over) => {
  beforeEach(async () => {
    air = await goOnAir({ over });
  });

  test('a code from Slack makes an account on Discord the same person, once', async () => {
    expect(await onDiscord('fan', 'link')).toContain('does not know you here');
    const told = await onSlack('olga', '/link');
    const code = found(/\b[2-9A-HJKMNP-Z]{6}\b/.exec(told)?.[0]);
    expect(told).toContain(`Type /link ${code} on Discord`);
    expect(await onSlack('fan', `/link ${code}`)).toContain('This code was made on Slack');
    expect(await onDiscord('olga', 'link', { code })).toContain('You are Olga (ops lead) here now.');
    expect(await onDiscord('fan', 'link', { code })).toContain('wrong, used, or too old');
    expect(await onDiscord('olga', 'timeline')).not.toContain('Only members');
  });

  test('buttons: pressed on each platform, with a question first where it is dangerous, and a form where something is missing', async () => {
    await onSlack('priya', '/drop start');
    await sellOut('HOODIE-S', 36);
    await sellOut('HOODIE-L', 36);
    const discordCard = found(discordMessages('alerts').find((one) => discordText(one).includes('now: Hoodie, small')));
    const dismiss = await air.discord.press({ user: air.cast.discord.people.finn, message: discordCard, button: 'Dismiss' });
    expect(dismiss.modal?.inputs.map(({ required }) => required)).toContain(true);
    const form = found(dismiss.modal ?? undefined);
    const reason = found(form.inputs.find(({ label }) => label.includes('Why')));
    const sent = await air.discord.submit({
      user: air.cast.discord.people.finn,
      modal: form,
      values: { [reason.customId]: 'a miscount' },
    });
    expect(discordText(await sent.answer())).toContain('The alert for Hoodie, small (HOODIE-S) is closed');

    const slackCard = found(slackMessages('alerts').find((one) => slackText(one).includes('now: Hoodie, large')));
    const act = await air.slack.press(air.cast.slack.people.finn, slackCard, 'Dismiss');
    const view = await act.view();
    const submitted = await air.slack.submit(view, { reason: 'counted again' });
    expect(submitted.errors).toEqual({});
    expect(slackText(await submitted.answer())).toContain('The alert for Hoodie, large (HOODIE-L) is closed');

    await onSlack('priya', '/pause all misprint');
    await air.drain();
    const paused = found(slackMessages('team').find((one) => slackText(one).includes('PROMOTION PAUSED')));
    const declined = await air.slack.press(air.cast.slack.people.priya, paused, 'Resume', { decline: true });
    expect(JSON.stringify(declined.confirm)).toContain('Resume promotion?');
    const onTheOther = found(discordMessages('team').find((one) => discordText(one).includes('PROMOTION PAUSED')));
    const asked = await (
      await air.discord.press({ user: air.cast.discord.people.priya, message: onTheOther, button: 'Resume' })
    ).answer();
    expect(discordText(asked)).toContain('Resume promotion?');
    expect(await air.team.promotion.standing(Date.now())).toHaveLength(1);
    const yes = await air.discord.press({ user: air.cast.discord.people.priya, message: asked, button: 'Resume' });
    expect(discordText(await yes.answer({ edits: 1 }))).toContain('promotion runs again');
    expect(await air.team.promotion.standing(Date.now())).toEqual([]);
  });

  test('a stale button says so, and the message it is on is shown as it is now', async () => {
    await onSlack('priya', '/drop start');
    await sellOut('HOODIE-S', 36);
    const card = found(slackMessages('alerts').find((one) => slackText(one).includes('now: Hoodie, small')));
    await onSlack('finn', '/alert dismiss HOODIE-S miscounted');
    const refused = await (await air.slack.press(air.cast.slack.people.finn, card, 'Acknowledge')).answer();
    expect(slackText(refused)).toMatch(/Finn closed the alert .* already\. Its card is up to date now\./);
    // One nobody keeps: as from an older version of Showcaller.
    await air.engine.write('night-market', ({ db, tables }) => db.delete(tables.buttons));
    const before = found(air.slack.message(card.channelId, card.ts) ?? undefined).editCount;
    const stale = await (await air.slack.press(air.cast.slack.people.finn, card, 'Acknowledge')).answer();
    expect(slackText(stale)).toContain('This button is from an older message');
    await air.slack.until(
      'the card to be shown anew',
      () => (air.slack.message(card.channelId, card.ts)?.editCount ?? 0) > before,
    );
    expect(slackText(found(air.slack.message(card.channelId, card.ts) ?? undefined))).toContain('Dismissed');
  });

  test('a message becomes a milestone on each platform', async () => {
    const said = air.slack.say(
      air.cast.slack.people.olga,
      air.cast.slack.channels.team,
      'Ask the printer for new tags\nby Friday',
    );
    const callback = found(
      (await import('../../src/chat/slack/manifest.ts')).slackManifest(air.door.commands).features.shortcuts[0]?.callback_id,
    );
    const view = await (await air.slack.messageShortcut(air.cast.slack.people.olga, said, callback)).view();
    const submitted = await air.slack.submit(view, { day: '2027-01-20' });
    expect(slackText(await submitted.answer())).toContain('Ask the printer for new tags');

    const text = air.discord.say({
      user: air.cast.discord.people.priya,
      channel: air.cast.discord.channels.team,
      text: 'Book the van',
    });
    const handle = await air.discord.messageCommand({
      user: air.cast.discord.people.priya,
      channel: air.cast.discord.channels.team,
      message: text.id,
      name: 'Add to timeline',
    });
    const modal = found(handle.modal ?? undefined);
    expect(modal.inputs.map(({ value }) => value)).toContain('Book the van');
    const day = found(modal.inputs.find(({ label }) => label.toLowerCase().includes('day')));
    const sent = await air.discord.submit({
      user: air.cast.discord.people.priya,
      modal,
      values: { [day.customId]: '2027-01-21' },
    });
    expect(discordText(await sent.answer())).toContain('Book the van');
    const drop = found((await air.team.drops.list())[0]);
    const milestones = await air.team.milestones.list({ dropId: drop.id, nowMs: Date.now() });
    expect(milestones.map(({ name, dueDay }) => [name, dueDay])).toEqual([
      ['Ask the printer for new tags', '2027-01-20'],
      ['Book the van', '2027-01-21'],
    ]);
  });

  test('App Home shows my milestones, the stock and what is paused; a press there works and refreshes it', async () => {
    await onSlack('maya', '/milestone add "Count the boxes" 2027-01-20 priya');
    await air.slack.openHome(air.cast.slack.people.priya);
    const home = () => air.slack.homeOf(air.cast.slack.people.priya);
    await air.slack.until('her Home', () => home() !== null);
    const text = homeText(home());
    expect(text).toContain('Count the boxes');
    expect(text).toContain('HOODIE-M');
    await air.slack.press(air.cast.slack.people.priya, found(home() ?? undefined), 'Pause promotion');
    await air.slack.until('the pause in Home', () => homeText(home()).includes('PROMOTION PAUSED'));
    expect(await air.team.promotion.standing(Date.now())).toHaveLength(1);
    // Somebody of the public has no page of the team's.
    await air.slack.openHome(air.cast.slack.people.fan);
    await air.slack.until('their Home', () => air.slack.homeOf(air.cast.slack.people.fan) !== null);
    expect(homeText(air.slack.homeOf(air.cast.slack.people.fan))).not.toContain('HOODIE-M');
  });

  test('what is delivered twice is done once and answered once', async () => {
    air.slack.deliverTwice(true);
    air.discord.deliverTwice(true);
    await onSlack('finn', '/inventory receive PIN 5');
    await onDiscord('finn', 'inventory receive', { sku: 'PIN', units: 5 as never });
    await air.drain();
    const board = await air.team.stock.board({ sku: 'PIN', nowMs: Date.now() });
    expect(board).toMatchObject({ items: [{ level: { onHand: 210 } }] });
    // Two processes that are sent the same Slack request each answer it, for one of them may have died over it. Slack itself sends
    // no command twice over HTTP.
    const answers = air.slack.answersTo(air.cast.slack.people.finn).map((one) => slackText(one));
    expect(answers).toHaveLength(over === 'http' ? 2 : 1);
    expect(new Set(answers).size).toBe(1);
    expect(air.discord.ephemerals(air.cast.discord.people.finn)).toHaveLength(1);
  });

  test('Show here posts in the channel it was asked in, and numbers only where the team reads', async () => {
    const answer = await (
      await air.slack.slash(air.cast.slack.people.maya, air.cast.slack.channels.community, '/stock HOODIE-S')
    ).answer();
    await (await air.slack.press(air.cast.slack.people.maya, answer, 'Show here')).answer();
    const seat = { user: air.cast.discord.people.maya, channel: air.cast.discord.channels.team };
    const answered: WireMessage = await (
      await air.discord.slash({ ...seat, command: 'stock', options: { sku: 'HOODIE-S' } })
    ).answer();
    await (await air.discord.press({ user: seat.user, message: answered, button: 'Show here' })).answer();
    await air.drain();
    expect(slackMessages('community').map((one) => slackText(one))).toEqual([expect.stringContaining('available')]);
    expect(slackText(found(slackMessages('community')[0]))).not.toContain('40');
    expect(discordText(found(discordMessages('team')[0]))).toContain('40 left to sell');
  });

  test('another workspace or server is told that it belongs to no team', async () => {
    const guild = air.discord.addGuild({ name: 'Elsewhere' });
    const channel = air.discord.addChannel({ name: 'there', guild });
    const handle = await air.discord.slash({ user: air.cast.discord.people.maya, channel, command: 'stock' });
    expect(discordText(await handle.answer())).toContain('belongs to no team of Showcaller yet');
    expect(await air.store.teamOf({ platform: 'discord', workspaceId: guild })).toBeNull();
  });
});
