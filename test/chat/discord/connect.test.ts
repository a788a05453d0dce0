import { describe, expect, test } from 'vitest';
import { connectDiscord } from '../../../src/chat/discord/connect.ts';
import { refuse, say } from '../../../src/ports/message.ts';
import { startFakeDiscord } from '../../fakes/discord/index.ts';
import type { WireMessage } from '../../fakes/discord/types.ts';
import type { Stage } from './stage.ts';
import { COMMANDS, deliveryTo, keptLog, onStage, recordingDoor, registered, until } from './stage.ts';

const DISMISS = COMMANDS.find(({ name }) => name === 'alert dismiss');
/** What each embed opens with: its title, or its text where several sentences make none. */
const titles = ({ embeds }: WireMessage): readonly unknown[] => embeds.map(({ title, description }) => title ?? description);
const labels = ({ components }: WireMessage): readonly string[] =>
  (components as readonly { components: readonly { label: string }[] }[]).flatMap((row) =>
    row.components.map(({ label }) => label),
  );

/** A card in the channel, as it stands there. */
async function card({ sender, channel, discord }: Stage): Promise<WireMessage> {
  await sender.deliver(deliveryTo(channel));
  const message = discord.messages(channel).at(-1);
  if (message === undefined) throw new Error('the card did not arrive');
  return message;
}

describe('a command that is typed', () => {
  test('is acknowledged privately first, then run, then answered', async () => {
    await using stage = await onStage();
    const { discord, user, channel, requests } = stage;
    await registered(stage);
    const options = { sku: 'HOODIE-M', units: 20 };
    const handle = await discord.slash({ user, channel, command: 'inventory receive', options });
    expect(handle.deferred).toBe(true);
    expect(titles(await handle.answer())).toEqual(['It is done.']);
    expect(requests).toEqual([
      {
        teamId: `team-${discord.guildId}`,
        account: { platform: 'discord', accountId: user },
        place: { platform: 'discord', channel },
        requestKey: `discord:${handle.interactionId}`,
        ask: { kind: 'typed', name: 'inventory receive', input: options },
      },
    ]);
    expect(discord.ephemerals(user)).toHaveLength(1);
    expect(discord.messages(channel)).toEqual([]);
    expect([discord.complaints, discord.notifications]).toEqual([[], []]);
  });

  test('and delivered twice is run and answered once', async () => {
    await using stage = await onStage();
    const { discord, user, channel, requests, log } = stage;
    await registered(stage);
    discord.deliverTwice(true);
    const handle = await discord.slash({ user, channel, command: 'stock' });
    await handle.answer();
    await until(() => log.lines.some((line) => line.includes('discord.delivered-twice')));
    expect([requests.length, handle.edits(), discord.complaints]).toEqual([1, 1, []]);
  });

  test('is answered although Discord fails at first', async () => {
    await using stage = await onStage();
    const { discord, user, channel, requests } = stage;
    await registered(stage);
    discord.weather({ kind: 'status', status: 502 }, { route: 'POST /interactions/:id/:token/callback' });
    discord.weather({ kind: 'status', status: 500 }, { route: 'PATCH /webhooks/:id/:token/messages/@original' });
    const handle = await discord.slash({ user, channel, command: 'stock' });
    expect(titles(await handle.answer())).toEqual(['It is done.']);
    expect(requests).toHaveLength(1);
  });

  test('is not run when Discord takes no acknowledgement: nobody would see what came of it', async () => {
    await using stage = await onStage();
    const { discord, user, channel, requests, log } = stage;
    await registered(stage);
    const refusal = { kind: 'error', status: 404, code: 10_062, message: 'Unknown interaction' } as const;
    discord.weather(refusal, { route: 'POST /interactions/:id/:token/callback' });
    const handle = discord.slash({ user, channel, command: 'stock' }).catch(() => null);
    await until(() => log.lines.some((line) => line.includes('discord.not-acknowledged')));
    expect(requests).toEqual([]);
    discord.down(true).catch(() => undefined);
    await handle;
  });

  test('outside a server is told where commands work', async () => {
    await using stage = await onStage();
    const { discord, user, channel, requests } = stage;
    const message = await card(stage);
    const direct = discord.openDirect(user);
    await stage.sender.deliver(deliveryTo(direct, { postId: 'BbCdEfGhIjKlMnOpQrStUv' }));
    const [there] = discord.messages(direct);
    const handle = await discord.press({ user, message: there ?? message, button: 'Acknowledge' });
    expect(titles(await handle.answer())).toEqual([
      '✗ Commands work in your server, in a channel. Here nobody knows which team is meant.',
    ]);
    expect([requests, discord.messages(channel).length]).toEqual([[], 1]);
  });

  test('is apologised for, with a number for the operator, should the front door break its word', async () => {
    await using stage = await onStage({ answer: () => Promise.reject(new Error('broken')) });
    const { discord, user, channel, log } = stage;
    await registered(stage);
    const answer = await (await discord.slash({ user, channel, command: 'stock' })).answer();
    expect(titles(answer)[0]).toMatch(/^✗ Something went wrong on our side.*[0-9a-f]{8}\.$/u);
    expect(log.lines.filter((line) => line.startsWith('error discord.deed-failed'))).toHaveLength(1);
  });
});

test('while a value is typed, proposals come from the front door', async () => {
  await using stage = await onStage();
  const { discord, user, channel, suggested } = stage;
  await registered(stage);
  const proposals = await discord.autocomplete({ user, channel, command: 'stock', option: 'sku', typed: 'hoo' });
  expect(proposals).toEqual([{ name: 'HOODIE-M · 46 left', value: 'HOODIE-M' }]);
  expect(suggested).toEqual([
    {
      teamId: `team-${discord.guildId}`,
      account: { platform: 'discord', accountId: user },
      place: { platform: 'discord', channel },
      command: 'stock',
      option: 'sku',
      typed: 'hoo',
    },
  ]);
});

describe('a button', () => {
  test('runs its command and leaves the card alone; the answer is private', async () => {
    await using stage = await onStage();
    const { discord, user, channel, requests } = stage;
    const message = await card(stage);
    const handle = await discord.press({ user, message, button: 'Acknowledge' });
    expect(titles(await handle.answer())).toEqual(['It is done.']);
    expect(requests[0]?.ask).toEqual({ kind: 'button', buttonId: 'v1ack', shownAs: message.id });
    expect(discord.messages(channel)).toEqual([message]);
    expect(discord.complaints).toEqual([]);
  });

  test('that asks first is asked privately; yes runs it in the question’s place, also after a restart', async () => {
    await using stage = await onStage();
    const { discord, user, requests, buttons } = stage;
    buttons.set('v1ack', { kind: 'confirm', confirm: { title: 'End the show?', text: 'It is over then.', yes: 'End it' } });
    const question = await (await discord.press({ user, message: await card(stage), button: 'Acknowledge' })).answer();
    expect([titles(question), labels(question), question.flags & 64]).toEqual([['End the show?'], ['End it', 'Leave it'], 64]);
    expect(requests).toEqual([]);
    const yes = await discord.press({ user, message: question, button: 'End it' });
    const answer = await yes.answer({ edits: 1 });
    expect([answer.id, titles(answer), labels(answer)]).toEqual([question.id, ['It is done.'], []]);
    const [shown] = discord.messages(stage.channel);
    expect(requests.map(({ ask }) => ask)).toEqual([{ kind: 'button', buttonId: 'v1ack', shownAs: shown?.id }]);
    expect(discord.complaints).toEqual([]);
  });

  test('that asks first and is left alone runs nothing', async () => {
    await using stage = await onStage();
    const { discord, user, requests, buttons } = stage;
    buttons.set('v1ack', { kind: 'confirm', confirm: { title: 'End the show?', text: 'It is over then.', yes: 'End it' } });
    const question = await (await discord.press({ user, message: await card(stage), button: 'Acknowledge' })).answer();
    const answer = await (await discord.press({ user, message: question, button: 'Leave it' })).answer();
    expect([titles(answer), labels(answer), requests]).toEqual([['Left as it is. Nothing was done.'], [], []]);
  });

  test('that needs more opens a form at once, which runs with what its row knows', async () => {
    await using stage = await onStage();
    const { discord, user, requests, buttons } = stage;
    if (DISMISS === undefined) throw new Error('no such command');
    const known = { alert: 'stock:HOODIE-M:3:1801267451900' };
    buttons.set('v1ack', { kind: 'form', form: { command: DISMISS, input: known, missing: ['reason'] } });
    const { modal } = await discord.press({ user, message: await card(stage), button: 'Acknowledge' });
    if (modal === null) throw new Error('no form was opened');
    expect(modal.inputs.map(({ label, required }) => [label, required])).toEqual([['Why', true]]);
    const handle = await discord.submit({ user, modal, values: { reason: 'a miscount' } });
    expect(titles(await handle.answer())).toEqual(['It is done.']);
    expect(requests.map(({ ask }) => ask)).toEqual([
      { kind: 'form', name: 'alert dismiss', input: { ...known, reason: 'a miscount' } },
    ]);
    expect(discord.complaints).toEqual([]);
  });

  test('whose needs are read too late asks for the rest by a button, and nothing has run', async () => {
    await using stage = await onStage();
    const { discord, user, buttons, requests, slow } = stage;
    if (DISMISS === undefined) throw new Error('no such command');
    buttons.set('v1ack', { kind: 'form', form: { command: DISMISS, input: { alert: 'a1' }, missing: ['reason'] } });
    const message = await card(stage);
    const gate = Promise.withResolvers<void>();
    slow.until = gate.promise;
    const handle = await discord.press({ user, message, button: 'Acknowledge' });
    expect([handle.deferred, handle.edits(), requests]).toEqual([true, 0, []]);
    gate.resolve();
    const answer = await handle.answer();
    expect([titles(answer), labels(answer)]).toEqual([
      ['/alert dismiss needs a little more. Nothing was done yet.'],
      ['Open the form'],
    ]);
    const { modal } = await discord.press({ user, message: answer, button: 'Open the form' });
    expect(modal?.inputs.map(({ label }) => label)).toEqual(['Why']);
    expect([requests, discord.complaints]).toEqual([[], []]);
  });

  test('that asks first does so too when that is found out late, and runs only on yes', async () => {
    await using stage = await onStage();
    const { discord, user, buttons, requests, slow } = stage;
    buttons.set('v1ack', { kind: 'confirm', confirm: { title: 'End the show?', text: 'It is over then.', yes: 'End it' } });
    const message = await card(stage);
    const gate = Promise.withResolvers<void>();
    slow.until = gate.promise;
    const handle = await discord.press({ user, message, button: 'Acknowledge' });
    gate.resolve();
    const question = await handle.answer();
    expect([titles(question), labels(question), requests]).toEqual([['End the show?'], ['End it', 'Leave it'], []]);
    const yes = await discord.press({ user, message: question, button: 'End it' });
    expect(titles(await yes.answer({ edits: 1 }))).toEqual(['It is done.']);
    expect(requests.map(({ ask }) => ask)).toEqual([{ kind: 'button', buttonId: 'v1ack', shownAs: message.id }]);
    expect(discord.complaints).toEqual([]);
  });

  test.each(['at once', 'late'])('whose needs cannot be found out (told %s) runs nothing and says so', async (when) => {
    await using stage = await onStage();
    const { discord, user, buttons, requests, slow } = stage;
    buttons.set('v1ack', { kind: 'failed', message: refuse('Something went wrong on our side. 1234') });
    const message = await card(stage);
    const gate = Promise.withResolvers<void>();
    if (when === 'late') slow.until = gate.promise;
    const handle = await discord.press({ user, message, button: 'Acknowledge' });
    gate.resolve();
    expect([titles(await handle.answer()), handle.deferred, requests]).toEqual([
      ['✗ Something went wrong on our side. 1234'],
      when === 'late',
      [],
    ]);
  });

  test('that asks first by now is not run by a form that was opened before', async () => {
    await using stage = await onStage();
    const { discord, user, buttons, requests } = stage;
    if (DISMISS === undefined) throw new Error('no such command');
    buttons.set('v1ack', { kind: 'form', form: { command: DISMISS, input: { alert: 'a1' }, missing: ['reason'] } });
    const { modal } = await discord.press({ user, message: await card(stage), button: 'Acknowledge' });
    if (modal === null) throw new Error('no form was opened');
    buttons.set('v1ack', { kind: 'confirm', confirm: { title: 'Sure?', text: 'It is over then.', yes: 'Yes' } });
    const question = await (await discord.submit({ user, modal, values: { reason: 'x' } })).answer();
    expect([titles(question), labels(question), requests]).toEqual([['Sure?'], ['Yes', 'Leave it'], []]);
  });
});

describe('a message’s own menu', () => {
  test('opens the form with the message’s first line; what is wrong in it is told privately, with a way back in', async () => {
    await using stage = await onStage();
    const { discord, user, channel, requests } = stage;
    await registered(stage);
    const said = discord.say({ user, channel, text: '**Ask the printer** about Friday\nand more' });
    const { modal } = await discord.messageCommand({ user, channel, message: said.id, name: 'Add to timeline' });
    if (modal === null) throw new Error('no form was opened');
    expect(modal.inputs.map(({ label, value }) => [label, value])).toEqual([
      ['The day it is due', ''],
      ['What is to be done', '**Ask the printer** about Friday'],
      ['What kind', ''],
    ]);
    const values = { 'The day it is due': 'soon', kind: 'freight' };
    const refused = await (await discord.submit({ user, modal, values })).answer();
    expect([titles(refused), labels(refused), requests]).toEqual([
      ['✗ Not taken yet. Nothing was changed.'],
      ['Open the form again'],
      [],
    ]);
    expect(refused.embeds[0]?.['description']).toBe('day is a day such as 2027-01-29; “soon” is not.');
    const again = await discord.press({ user, message: refused, button: 'Open the form again' });
    if (again.modal === null) throw new Error('the form was not opened again');
    expect(again.modal.inputs.map(({ value }) => value)).toEqual(['**Ask the printer** about Friday', 'soon', 'freight']);
    const done = await discord.submit({ user, modal: again.modal, values: { day: '2027-01-29' } });
    expect(titles(await done.answer())).toEqual(['It is done.']);
    expect(requests.map(({ ask }) => ask)).toEqual([
      {
        kind: 'form',
        name: 'milestone add',
        input: { name: '**Ask the printer** about Friday', day: '2027-01-29', kind: 'freight' },
      },
    ]);
    expect(discord.complaints).toEqual([]);
  });

  test('of a card takes its title', async () => {
    await using stage = await onStage();
    const { discord, user, channel } = stage;
    await registered(stage);
    const message = await card(stage);
    const { modal } = await discord.messageCommand({ user, channel, message: message.id, name: 'Add to timeline' });
    expect(modal?.inputs[1]?.value).toBe('Hoodie, medium is low');
  });
});

test('a hostile answer notifies nobody', async () => {
  await using stage = await onStage({ answer: ({ account }) => ({ message: say(`@everyone <@${account.accountId}> @here`) }) });
  const { discord, user, channel } = stage;
  await registered(stage);
  await (await discord.slash({ user, channel, command: 'stock' })).answer();
  expect([discord.notifications, discord.complaints]).toEqual([[], []]);
});

test('a server that does not list the commands is given them all the same, and health says what is missing', async () => {
  const discord = await startFakeDiscord();
  discord.forgetRoute('GET /applications/:id/commands');
  const { door } = recordingDoor();
  const needs = { token: discord.token, apiUrl: discord.apiUrl, guildId: null, timeoutMs: 2_000, clock: { now: Date.now } };
  const connection = await connectDiscord({ ...needs, door, log: keptLog() });
  try {
    await until(() => connection.notes().length > 0);
    expect(connection.notes()).toEqual(['This server does not list the commands, so they are registered anew at each start.']);
    expect(discord.commands().length).toBeGreaterThan(0);
    expect([connection.state().kind, connection.botUserId]).toEqual(['connected', discord.botUserId]);
    await until(() => connection.workspaceId === discord.guildId);
  } finally {
    await connection.close();
    await discord.stop();
  }
});

test('commands are registered only when something changed', async () => {
  await using stage = await onStage();
  const { discord, log, connection, door } = stage;
  await until(() => log.lines.some((line) => line.includes('discord.registered')));
  await connection.close();
  const needs = { token: discord.token, apiUrl: discord.apiUrl, guildId: null, timeoutMs: 2_000, clock: { now: Date.now } };
  const second = await connectDiscord({ ...needs, door, log });
  await until(() => log.lines.filter((line) => line.includes('discord.registered')).length === 2);
  await second.close();
  expect(discord.calls.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  expect(log.lines.findLast((line) => line.includes('discord.registered'))).toContain('"outcome":"unchanged"');
});
