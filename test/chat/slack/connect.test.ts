import { afterEach, describe, expect, test, vi } from 'vitest';
import { connectSlack, type SlackConnection } from '../../../src/chat/slack/connect.ts';
import { renderMessage } from '../../../src/chat/slack/render.ts';
import { slackClient } from '../../../src/chat/slack/client.ts';
import { say, type Button } from '../../../src/ports/message.ts';
import { type FakeSlack, type FakeSlackOptions, startFakeSlack, visibleText } from '../../fakes/slack/index.ts';
import { fakeDoor, keepingLog, milestoneForm } from './door.ts';

const TIMEOUT_MS = 2_000;
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function slack(options: FakeSlackOptions = {}): Promise<FakeSlack & { readonly ann: string; readonly channel: string }> {
  const fake = await startFakeSlack(options);
  stops.push(() => fake.stop());
  const ann = fake.addUser('Ann').id;
  return Object.assign(fake, { ann, channel: fake.addChannel('team').id });
}

async function connected(fake: FakeSlack, more: { readonly botToken?: string; readonly timeoutMs?: number } = {}) {
  const door = fakeDoor(fake.workspaceId);
  const log = keepingLog();
  const { botToken, appToken, apiUrl } = fake;
  const clock = { now: Date.now };
  const connection = await connectSlack({ botToken, appToken, apiUrl, timeoutMs: TIMEOUT_MS, door, clock, log, ...more });
  stops.push(connection.close);
  return { door, log, connection };
}

/** Resolves when the connection is up; a bounded wait. */
async function up(connection: SlackConnection): Promise<void> {
  await vi.waitFor(() => expect(connection.state().kind).toBe('connected'), { timeout: 8_000, interval: 10 });
}

/** What the log says of the connection, once it came up for the second time. */
async function lossOf(log: ReturnType<typeof keepingLog>): Promise<readonly (readonly [string, object])[]> {
  const said = () => log.lines.filter(([event]) => event === 'slack.connected' || event === 'slack.lost');
  await vi.waitFor(() => expect(said()).toHaveLength(3), { timeout: 8_000, interval: 10 });
  return said();
}

const CONNECTED = ['slack.connected', {}] as const;
const CLOSED = ['slack.lost', { reason: 'Slack closed the connection; connecting again' }] as const;

/** Posts a message with one button, as the courier would. */
async function posted(fake: FakeSlack, channel: string, buttonId: string, more: Partial<Button> = {}) {
  const button: Button = { label: 'Press me', style: 'plain', call: { name: 'stock', input: {} }, confirm: null, ...more };
  const look = { buttonIds: [buttonId], pings: [], zone: 'UTC', locale: 'en', nowMs: 0 };
  const { text, blocks } = renderMessage(say('A card', { kind: 'buttons', buttons: [button] }), look);
  const client = slackClient(fake.botToken, { apiUrl: fake.apiUrl, timeoutMs: TIMEOUT_MS });
  await client.apiCall('chat.postMessage', { channel, text, blocks });
  const message = fake.messages(channel).at(-1) ?? null;
  if (message === null) throw new Error('not posted');
  return message;
}

describe('a slash command', () => {
  test('is acknowledged silently, run once and answered in private', async () => {
    const fake = await slack();
    const { door, connection } = await connected(fake);
    expect(connection).toMatchObject({ workspaceId: fake.workspaceId, botUserId: fake.botUserId });
    expect(connection.state()).toMatchObject({ kind: 'connected', reason: null });
    const act = await fake.slash(fake.ann, fake.channel, '/stock HOODIE-M & <co>');
    expect([act.acked, act.ackPayload]).toEqual([true, {}]);
    expect(visibleText(await act.answer())).toBe('You typed /stock HOODIE-M & <co>');
    expect(door.requests).toEqual([
      {
        teamId: 'night-market',
        account: { platform: 'slack', accountId: fake.ann },
        place: { platform: 'slack', channel: fake.channel },
        requestKey: `slack:${act.triggerId}`,
        ask: { kind: 'text', text: '/stock HOODIE-M & <co>' },
      },
    ]);
    expect(fake.messages(fake.channel)).toEqual([]);
    expect(fake.complaints).toEqual([]);
  });

  test('delivered twice is answered once', async () => {
    const fake = await slack();
    const { door } = await connected(fake);
    fake.deliverTwice(true);
    const first = await fake.slash(fake.ann, fake.channel, '/stock');
    await first.answer();
    const second = await fake.slash(fake.ann, fake.channel, '/stock PIN');
    await second.answer();
    expect(door.requests).toHaveLength(2);
    expect(fake.answersTo(fake.ann)).toHaveLength(2);
    expect(fake.deliveries.filter(({ type }) => type === 'slash_commands')).toHaveLength(4);
  });

  test('of the umbrella runs the command it names', async () => {
    const fake = await slack();
    const { door } = await connected(fake);
    for (const line of ['/showcaller stock PIN', '/showcaller health', '/showcaller', '/showcaller help', '/showcaller what']) {
      await (await fake.slash(fake.ann, fake.channel, line)).answer();
    }
    expect(door.requests.map(({ ask }) => ask)).toEqual(
      ['/stock PIN', '/showcaller health', '/showcaller', '/help', '/showcaller what'].map((text) => ({ kind: 'text', text })),
    );
  });

  test('whose answer address died is answered another way, and logged', async () => {
    const fake = await slack();
    const { log } = await connected(fake);
    fake.weather.next('response_url', { kind: 'error', error: 'used_url' });
    const act = await fake.slash(fake.ann, fake.channel, '/stock');
    expect(await act.answer()).toMatchObject({ via: 'chat.postEphemeral', text: 'You typed /stock' });
    fake.weather.next('response_url', { kind: 'status', status: 503 }, { times: 2 });
    fake.weather.next('chat.postEphemeral', { kind: 'status', status: 500 });
    await fake.slash(fake.ann, fake.channel, '/stock again');
    await vi.waitFor(() => expect(log.lines.map(([event]) => event)).toContain('slack.answer_lost'), { timeout: 5_000 });
    expect(log.lines.filter(([event]) => event === 'slack.answer_lost')).toEqual([
      ['slack.answer_lost', { responseUrl: 'status 503', fallback: 'in-doubt' }],
    ]);
  });
});

describe('a form', () => {
  test('opens at once, is filled and answered', async () => {
    const fake = await slack();
    const { door } = await connected(fake);
    const act = await fake.slash(fake.ann, fake.channel, '/milestone add Final QC');
    const view = await act.view();
    expect(door.requests).toEqual([]);
    const submitted = await fake.submit(view, { day: '2027-01-28', owner: 'HOODIE-M' });
    expect(submitted.errors).toEqual({});
    const answer = await fake.until('an answer', () => fake.answersTo(fake.ann)[0]);
    const input = { day: '2027-01-28', name: 'Final QC', owner: 'HOODIE-M' };
    expect(visibleText(answer)).toBe(`form milestone add ${JSON.stringify(input)}`);
    expect(door.requests).toMatchObject([
      { requestKey: `slack:${view.id}`, place: { channel: fake.channel }, ask: { kind: 'form', name: 'milestone add', input } },
    ]);
    expect(fake.complaints).toEqual([]);
  });

  test('shows in place what cannot be taken, and runs nothing', async () => {
    const fake = await slack();
    const { door } = await connected(fake);
    const view = await (await fake.slash(fake.ann, fake.channel, '/milestone add')).view();
    door.faults = { day: 'day is a day such as 2027-01-29.', other: 'There is more.' };
    const { errors } = await fake.submit(view, { name: 'QC', day: '2027-01-28' });
    expect(errors).toEqual({ day: 'day is a day such as 2027-01-29.', name: 'There is more.' });
    expect(door.requests).toEqual([]);
    door.faults = null;
    fake.deliverTwice(true);
    const [open] = fake.openViews(fake.ann);
    if (open === undefined) throw new Error('the form is closed');
    await fake.submit(open, { name: 'QC', day: '2027-01-28' });
    await fake.until('an answer', () => fake.answersTo(fake.ann)[0]);
    expect(door.requests).toHaveLength(1);
  });

  test('proposes values, and takes what was typed as well', async () => {
    const fake = await slack();
    const { door } = await connected(fake);
    const view = await (await fake.slash(fake.ann, fake.channel, '/milestone add')).view();
    expect(await fake.options(view, 'owner', 'fulfil')).toEqual([
      { label: 'HOODIE-M · Hoodie, medium · 3 left', value: 'HOODIE-M' },
      { label: '“fulfil”', value: 'fulfil' },
    ]);
    expect(await fake.options(view, 'owner', '')).toHaveLength(1);
    expect(door.asked[0]).toEqual({
      teamId: 'night-market',
      account: { platform: 'slack', accountId: fake.ann },
      place: { platform: 'slack', channel: fake.channel },
      command: 'milestone add',
      option: 'owner',
      typed: 'fulfil',
    });
  });

  test('that cannot be opened is answered with words', async () => {
    const fake = await slack();
    const { log } = await connected(fake);
    fake.weather.next('views.open', { kind: 'error', error: 'expired_trigger_id' });
    const act = await fake.slash(fake.ann, fake.channel, '/milestone add');
    expect(visibleText(await act.answer())).toBe('You typed /milestone add');
    expect(log.lines).toContainEqual(['slack.form_failed', { command: 'milestone add', fault: 'expired_trigger_id' }]);
  });

  test('opens from a message, about its first line', async () => {
    const fake = await slack();
    await connected(fake);
    const message = fake.say(fake.ann, fake.channel, '\nCall <@U1|Ben> &amp; <https://a.example|the printer>\nsecond line');
    const act = await fake.messageShortcut(fake.ann, message, 'command:milestone add');
    const view = await act.view();
    await fake.submit(view, { day: '2027-01-28' });
    const answer = await fake.until('an answer', () => fake.answersTo(fake.ann)[0]);
    expect(visibleText(answer)).toContain('"name":"Call Ben & the printer"');
  });
});

describe('a button', () => {
  test('runs, answers in private and leaves its card alone', async () => {
    const fake = await slack();
    const { door } = await connected(fake);
    const card = await posted(fake, fake.channel, 'b1_x', { confirm: { title: 'Sure?', text: 'Really?', yes: 'Yes' } });
    const act = await fake.press(fake.ann, card, 'Press me');
    expect(act.confirm).toMatchObject({ title: { text: 'Sure?' } });
    expect(visibleText(await act.answer())).toBe('You pressed b1_x');
    expect(door.requests).toMatchObject([
      { requestKey: `slack:${act.triggerId}`, ask: { kind: 'button', buttonId: 'b1_x', shownAs: card.ts } },
    ]);
    expect(fake.message(fake.channel, card.ts)).toMatchObject({ text: 'A card', editCount: 0 });
    expect(fake.complaints).toEqual([]);
  });

  test('that needs a form opens it, and its answer comes back where it was pressed', async () => {
    const fake = await slack();
    const { door } = await connected(fake);
    door.forms.set('b1_form', milestoneForm({ name: 'QC' }, ['day']));
    const view = await (await fake.press(fake.ann, await posted(fake, fake.channel, 'b1_form'), 'Press me')).view();
    await fake.submit(view, { day: '2027-01-28' });
    const answer = await fake.until('an answer', () => fake.answersTo(fake.ann)[0]);
    expect(visibleText(answer)).toBe('form milestone add {"name":"QC","day":"2027-01-28"}');
  });

  test('opens a form without what it knows itself, and has it all the same', async () => {
    const fake = await slack();
    const { door } = await connected(fake);
    door.forms.set('b1_form', milestoneForm({ name: 'QC' }, ['day']));
    const view = await (await fake.press(fake.ann, await posted(fake, fake.channel, 'b1_form'), 'Press me')).view();
    expect(JSON.stringify(view.view['blocks'])).not.toContain('QC');
    expect((await fake.submit(view, { day: '2027-01-28' })).errors).toEqual({});
    await fake.until('an answer', () => fake.answersTo(fake.ann)[0]);
    expect(door.requests.map(({ ask }) => ask)).toEqual([
      { kind: 'form', name: 'milestone add', input: { name: 'QC', day: '2027-01-28' } },
    ]);
  });

  test('about which nothing can be found out does nothing, and says so', async () => {
    const fake = await slack();
    const { door } = await connected(fake);
    door.failing.set('b1_down', say('We are sorry.'));
    const act = await fake.press(fake.ann, await posted(fake, fake.channel, 'b1_down'), 'Press me');
    expect(visibleText(await act.answer())).toBe('We are sorry.');
    expect(door.requests).toEqual([]);
  });

  test('whose need of a form is found only by running it opens one all the same', async () => {
    const fake = await slack();
    const { door } = await connected(fake);
    door.next.push({ form: milestoneForm() });
    const act = await fake.press(fake.ann, await posted(fake, fake.channel, 'b1_late'), 'Press me');
    expect((await act.view()).type).toBe('modal');
    expect(fake.answersTo(fake.ann)).toEqual([]);
  });

  test('of an answer works too', async () => {
    const fake = await slack();
    const { door } = await connected(fake);
    const button: Button = { label: 'Show here', style: 'plain', call: { name: 'stock', input: {} }, confirm: null };
    door.next.push({ message: say('Stock', { kind: 'buttons', buttons: [button] }), buttonIds: ['b1_here'] });
    const answer = await (await fake.slash(fake.ann, fake.channel, '/stock')).answer();
    const act = await fake.press(fake.ann, answer, 'Show here');
    expect(visibleText(await act.answer())).toBe('You pressed b1_here');
    expect(door.requests[1]?.ask).toEqual({ kind: 'button', buttonId: 'b1_here' }); // no message of the channel shows it
  });
});

describe('the Home tab', () => {
  test('is shown when opened, and again with the answer to a press', async () => {
    const fake = await slack();
    const { door } = await connected(fake);
    const button: Button = { label: 'Pause', style: 'danger', call: { name: 'pause', input: {} }, confirm: null };
    const home = { message: say('Hoodie Run', { kind: 'buttons', buttons: [button] }), buttonIds: ['b1_home'] };
    door.next.push(home);
    await fake.openHome(fake.ann);
    const shown = await fake.until('a home', () => fake.homeOf(fake.ann));
    expect(door.requests).toMatchObject([{ ask: { kind: 'typed', name: 'home', input: {} } }]);
    door.next.push({ message: say('Paused.', { kind: 'buttons', buttons: [button] }), buttonIds: ['b1_undo'] }, home);
    await fake.press(fake.ann, shown, 'Pause');
    const after = await fake.until('a home with the answer', () => {
      const view = fake.homeOf(fake.ann);
      return view !== null && JSON.stringify(view.view).includes('Paused.') ? view : null;
    });
    expect(JSON.stringify(after.view)).toMatch(/Paused\..*b1_undo.*Hoodie Run.*b1_home/u);
    expect(fake.answersTo(fake.ann)).toEqual([]);
    expect(fake.complaints).toEqual([]);
  });
});

describe('a bad day', () => {
  test('a server that lacks the optional methods still takes commands', async () => {
    const fake = await slack({ lacks: ['auth.test', 'views.publish', 'views.open', 'chat.postEphemeral'] });
    const { door, connection, log } = await connected(fake);
    expect(connection.workspaceId).toBeNull();
    expect(connection.state()).toMatchObject({ kind: 'connected' });
    expect(connection.state().notes).toEqual([
      'This Slack server does not say which workspace it is (auth.test): the first request that names one decides which it is.',
    ]);
    expect(visibleText(await (await fake.slash(fake.ann, fake.channel, '/stock')).answer())).toBe('You typed /stock');
    expect(connection.workspaceId).toBe(fake.workspaceId);
    expect(door.requests[0]?.teamId).toBe('night-market');
    expect(visibleText(await (await fake.slash(fake.ann, fake.channel, '/milestone add')).answer())).toBe(
      'You typed /milestone add',
    );
    await fake.openHome(fake.ann);
    await vi.waitFor(() => expect(log.lines).toContainEqual(['slack.home_failed', { fault: 'unknown_method' }]), 5_000);
    expect(connection.state().notes).toEqual([
      `This Slack server does not say which workspace it is (auth.test): the first request named ${fake.workspaceId}.`,
      'This Slack server has no views.open, so no form opens: what is missing is typed.',
      'This Slack server has no views.publish, so there is no Home tab.',
    ]);
  });

  test('a broken socket is opened again', async () => {
    const fake = await slack();
    const { log } = await connected(fake);
    fake.dropSockets();
    expect(await lossOf(log)).toEqual([CONNECTED, CLOSED, CONNECTED]);
    expect(visibleText(await (await fake.slash(fake.ann, fake.channel, '/stock')).answer())).toBe('You typed /stock');
    expect(fake.socketCount()).toBe(1);
  });

  test('Slack that asks to reconnect is obeyed', async () => {
    const fake = await slack();
    const { log } = await connected(fake);
    fake.disconnect('warning');
    expect(await lossOf(log)).toEqual([CONNECTED, CLOSED, CONNECTED]);
    expect(fake.socketCount()).toBe(1);
  });

  test('it starts while Slack is away, and connects when it is back', async () => {
    const fake = await slack();
    await fake.down(true);
    const { connection } = await connected(fake);
    expect(connection.state()).toMatchObject({ kind: 'lost', reason: 'Slack cannot be reached (ECONNREFUSED)' });
    await fake.down(false);
    await up(connection);
    expect(connection.workspaceId).toBe(fake.workspaceId);
  });

  test('a server that errors is tried again, whatever it answers', async () => {
    const fake = await slack();
    fake.weather.next('apps.connections.open', { kind: 'status', status: 500 });
    fake.weather.next('apps.connections.open', { kind: 'lost' });
    const { connection } = await connected(fake);
    expect(connection.state()).toMatchObject({ kind: 'lost', reason: 'Slack answered 500' });
    await up(connection);
    expect(connection.state().notes).toEqual([]);
  });

  test('a token nobody accepts is told, and does not end the process', async () => {
    const fake = await slack();
    fake.revokeToken();
    const { connection } = await connected(fake);
    expect(connection.state()).toMatchObject({
      kind: 'lost',
      reason: 'Slack no longer accepts SLACK_BOT_TOKEN (token_revoked): install the app again and put in the new token',
    });
  });

  test('a server that never says hello is given up', async () => {
    const fake = await slack();
    fake.weather.always('apps.connections.open', { kind: 'accept-then-hang' });
    const { connection } = await connected(fake, { timeoutMs: 300 });
    expect(connection.state()).toMatchObject({ kind: 'lost', reason: 'Slack did not answer in time' });
  });

  test('closing answers what was asked, and leaves nothing open', async () => {
    const fake = await slack();
    const { connection } = await connected(fake);
    fake.weather.next('response_url', { kind: 'slow', byMs: 100 });
    await fake.slash(fake.ann, fake.channel, '/stock');
    await connection.close();
    expect(fake.answersTo(fake.ann)).toHaveLength(1);
    await fake.until('the socket to close', () => fake.socketCount() === 0);
  });

  test('nothing said is logged', async () => {
    const fake = await slack();
    const { log } = await connected(fake);
    await (await fake.slash(fake.ann, fake.channel, '/stock SECRET-SKU')).answer();
    fake.dropSockets();
    await fake.until('a new socket', () => fake.socketCount() === 1);
    expect(JSON.stringify(log.lines)).not.toMatch(/SECRET|xoxb|xapp|ticket|127\.0\.0\.1/u);
  });
});
