import { once } from 'node:events';
import { App, SocketModeReceiver } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startFakeSlack, visibleText, type FakeSlack, type Json } from './slack/index.ts';
import { actions, button, errorOf, input, modal, plain, QUIET, section } from './slack/samples.ts';

const NOW = Date.UTC(2027, 0, 30, 0, 4, 11);

let nowMs = NOW;
let slack: FakeSlack;
let client: WebClient;
let stops: (() => Promise<unknown>)[] = [];

function clientFor(token: string): WebClient {
  const once = { retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, timeout: 300 };
  return new WebClient(token, { slackApiUrl: slack.apiUrl, logger: QUIET, ...once });
}

async function startApp(listen: (app: App) => void): Promise<App> {
  const clientOptions = { slackApiUrl: slack.apiUrl, logger: QUIET };
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    logger: QUIET,
    clientPingTimeout: 300, // also the wait before a reconnection
    installerOptions: { clientOptions },
  });
  const app = new App({ token: slack.botToken, receiver, clientOptions, logger: QUIET });
  listen(app);
  await app.start();
  stops.push(() => app.stop());
  await slack.until('a connection', () => slack.socketCount() === 1);
  return app;
}

beforeEach(async () => {
  nowMs = NOW;
  slack = await startFakeSlack({ now: () => nowMs });
  slack.addUser('Maya', { id: 'U1' });
  slack.addUser('Finn', { id: 'U2' });
  slack.addChannel('alerts', { id: 'C1' });
  client = clientFor(slack.botToken);
});
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
  await slack.stop();
});

/** The SDK's argument types stand in the way of sending what Slack refuses. */
const call = (method: string, args: Json): Promise<Json> => client.apiCall(method, args) as unknown as Promise<Json>;

describe('a slash command, through Bolt', () => {
  test('is acknowledged and answered by its response URL, five times and no more', async () => {
    const failures: unknown[] = [];
    await startApp((app) => {
      app.command('/stock', async ({ ack, respond, command }) => {
        await ack();
        for (const nth of [1, 2, 3, 4, 5, 6])
          await respond({ text: `${nth}: ${command.text}` }).catch((error: unknown) => failures.push(error));
      });
    });
    const act = await slack.slash('U1', 'C1', '/stock  HOODIE-M');
    expect(act).toMatchObject({ acked: true, ackPayload: {} });
    expect(await act.answer()).toMatchObject({ userId: 'U1', channelId: 'C1', text: '1: HOODIE-M', via: 'response_url' });
    expect(await act.answer(5)).toMatchObject({ text: '5: HOODIE-M' });
    await slack.until('the sixth', () => failures.length === 1);
    expect(failures).toMatchObject([{ statusCode: 404 }]);
    expect(slack.complaints).toMatchObject([{ where: 'response_url', told: 'used_url' }]);
    expect(slack.answersTo('U2')).toEqual([]);
    expect(slack.notifications).toEqual([]);
    expect(slack.deliveries).toMatchObject([{ type: 'slash_commands', attempt: 1, ackedAfterMs: act.ackedAfterMs }]);
  });

  test('nobody acknowledges in time is told off, and the person is told that the app did not respond', async () => {
    const impatient = await startFakeSlack({ ackWithinMs: 50 });
    try {
      const receiver = new SocketModeReceiver({
        appToken: impatient.appToken,
        logger: QUIET,
        installerOptions: { clientOptions: { slackApiUrl: impatient.apiUrl } },
      });
      const app = new App({
        token: impatient.botToken,
        receiver,
        clientOptions: { slackApiUrl: impatient.apiUrl },
        logger: QUIET,
      });
      app.command('/stock', async () => undefined);
      await app.start();
      expect(await impatient.slash('U1', 'C1', '/stock')).toMatchObject({ acked: false, ackedAfterMs: null });
      expect(impatient.ackTimeouts).toHaveLength(1);
      expect(impatient.complaints).toMatchObject([{ where: 'socket', told: 'slash_commands was not acknowledged within 50 ms' }]);
      await app.stop();
    } finally {
      await impatient.stop();
    }
  });

  test('is delivered twice when asked for, with the same payload', async () => {
    const triggers: string[] = [];
    await startApp((app) => {
      app.command('/stock', async ({ ack, command }) => {
        triggers.push(command.trigger_id);
        await ack();
      });
    });
    slack.deliverTwice(true);
    await slack.slash('U1', 'C1', '/stock');
    expect(triggers).toHaveLength(2);
    expect(triggers[0]).toBe(triggers[1]);
  });

  test('the app never declared is refused by Slack’s client', async () => {
    await using other = await startFakeSlack({ commands: ['/stock'] });
    await expect(other.slash('U1', 'C1', '/stocks')).rejects.toThrow('/stocks is not a valid command');
    expect(await other.slash('U1', 'C1', '/stock')).toMatchObject({ acked: false });
  });

  test('reaches nobody while no connection is open', async () => {
    expect(await slack.slash('U1', 'C1', '/stock')).toMatchObject({ acked: false });
  });
});

test('a dropped socket is reconnected by the SDK, and what it had not acknowledged comes again', async () => {
  let attempts = 0;
  await startApp((app) => {
    app.command('/stock', async ({ ack, respond }) => {
      attempts += 1;
      if (attempts === 1) return slack.dropSockets();
      await ack();
      await respond('here');
    });
  });
  const act = await slack.slash('U1', 'C1', '/stock');
  expect(act.acked).toBe(true);
  expect(await act.answer()).toMatchObject({ text: 'here' });
  expect(slack.deliveries.map(({ attempt }) => attempt)).toEqual([1, 2]);
  slack.disconnect('refresh_requested');
  await slack.until('no connection', () => slack.socketCount() === 0);
  await slack.until('another connection', () => slack.socketCount() === 1);
  expect((await slack.slash('U1', 'C1', '/stock')).acked).toBe(true);
  expect(slack.complaints).toEqual([]);
});

describe('a form', () => {
  const proposals = [{ text: { type: 'plain_text' as const, text: 'Hoodie, medium' }, value: 'HOODIE-M' }];
  const FORM = modal(
    input({ type: 'external_select', action_id: 'sku', min_query_length: 0 }, { block_id: 'sku', label: plain('Which item') }),
    input(
      { type: 'number_input', action_id: 'n', is_decimal_allowed: false, min_value: '1' },
      { block_id: 'units', label: plain('How many') },
    ),
    input(
      { type: 'plain_text_input', action_id: 'why', max_length: 10 },
      { block_id: 'why', label: plain('Why'), optional: true },
    ),
  );
  const seen: Json[] = [];

  async function openForm() {
    seen.length = 0;
    await startApp((app) => {
      app.command('/count', async ({ ack, command, client: own }) => {
        await ack();
        await own.views.open({ trigger_id: command.trigger_id, view: FORM as never });
      });
      app.options('sku', async ({ ack, options }) => {
        seen.push({ typed: options.value });
        await ack({ options: proposals });
      });
      app.view('form', async ({ ack, view }) => {
        seen.push({ values: view.state.values });
        if (view.state.values['units']?.['n']?.value === '13')
          return ack({ response_action: 'errors', errors: { units: 'unlucky' } });
        await ack();
      });
    });
    return (await slack.slash('U1', 'C1', '/count')).view();
  }

  test('opens once for its trigger, proposes, says what is wrong in place, and closes', async () => {
    const view = await openForm();
    expect(slack.openViews('U1')).toEqual([view]);
    expect(await slack.options(view, 'Which item', 'hoo')).toEqual([{ label: 'Hoodie, medium', value: 'HOODIE-M' }]);
    const wrong = await slack.submit(view, { sku: 'HOODIE-M', units: '13' });
    expect(wrong).toMatchObject({ acked: true, errors: { units: 'unlucky' }, next: { id: view.id } });
    expect(slack.openViews('U1')).toMatchObject([{ errors: { units: 'unlucky' } }]);
    const right = await slack.submit(view, { 'Which item': 'Hoodie, medium', 'How many': '12', why: 'counted' });
    expect(right).toMatchObject({ acked: true, errors: {}, next: null });
    expect(slack.openViews('U1')).toEqual([]);
    expect(seen).toEqual([
      { typed: 'hoo' },
      { typed: 'HOODIE-M' },
      { values: expect.anything() as unknown },
      { typed: 'Hoodie, medium' },
      {
        values: {
          sku: {
            sku: {
              type: 'external_select',
              selected_option: { text: { ...plain('Hoodie, medium'), emoji: true }, value: 'HOODIE-M' },
            },
          },
          units: { n: { type: 'number_input', value: '12' } },
          why: { why: { type: 'plain_text_input', value: 'counted' } },
        },
      },
    ]);
    expect(slack.complaints).toEqual([]);
  });

  test('is not sent by Slack’s client where that would say no', async () => {
    const view = await openForm();
    await expect(slack.submit(view, { sku: 'HOODIE-M' })).rejects.toThrow('How many: it is empty');
    await expect(slack.submit(view, { sku: 'HOODIE-M', units: '0' })).rejects.toThrow('How many: 0 is less than 1');
    await expect(slack.submit(view, { sku: 'HOODIE-M', units: '1.5' })).rejects.toThrow('How many: 1.5 is no number');
    await expect(slack.submit(view, { sku: 'TOTE', units: '1' })).rejects.toThrow('Which item: TOTE was not proposed');
    await expect(slack.submit(view, { sku: 'HOODIE-M', units: '1', why: 'x'.repeat(11) })).rejects.toThrow('Why: too long');
    expect(seen.filter((one) => 'values' in one)).toEqual([]);
  });

  test('opens for a trigger once, and within three seconds', async () => {
    const first = await slack.slash('U1', 'C1', '/count'); // nobody listens: the trigger is unspent
    expect(await errorOf(call('views.open', { trigger_id: first.triggerId, view: FORM }))).toBe('ok');
    expect(await errorOf(call('views.open', { trigger_id: first.triggerId, view: FORM }))).toBe('exchanged_trigger_id');
    const second = await slack.slash('U1', 'C1', '/count');
    nowMs += 3001;
    expect(await errorOf(call('views.open', { trigger_id: second.triggerId, view: FORM }))).toBe('expired_trigger_id');
    expect(await errorOf(call('views.open', { trigger_id: 'made-up', view: FORM }))).toBe('invalid_trigger_id');
    expect(slack.complaints.map(({ told }) => told)).toEqual([
      'exchanged_trigger_id',
      'expired_trigger_id',
      'invalid_trigger_id',
    ]);
  });
});

describe('a press', () => {
  test('shows its confirmation, tells where it was pressed, and may answer privately or in place', async () => {
    const pressed: Json[] = [];
    await startApp((app) => {
      app.action(/.*/, async ({ ack, body, respond }) => {
        pressed.push(body as unknown as Json);
        await ack();
        const value = (body as unknown as { actions: [{ value: string }] }).actions[0].value;
        await respond({ text: `pressed ${value}`, replace_original: value === 'v:Refresh' });
      });
    });
    const confirm = { title: plain('End?'), text: plain('It is over then.'), confirm: plain('End it'), deny: plain('No') };
    const blocks = [section('card'), actions(button('End', { confirm }), button('Refresh'))];
    const { ts } = await call('chat.postMessage', { channel: 'C1', text: 'card', blocks });
    const card = slack.message('C1', String(ts));
    if (card === null) throw new Error('no card');
    expect(await slack.press('U2', card, 'End', { decline: true })).toMatchObject({ acked: false, confirm });
    expect(pressed).toEqual([]);
    const act = await slack.press('U2', card, 'End');
    expect(act.confirm).toEqual(confirm);
    const answer = await act.answer();
    expect(answer).toMatchObject({ userId: 'U2', text: 'pressed v:End' });
    expect(pressed).toMatchObject([
      {
        type: 'block_actions',
        api_app_id: slack.appId,
        team: { id: slack.workspaceId },
        user: { id: 'U2', team_id: slack.workspaceId },
        channel: { id: 'C1', name: 'alerts' },
        container: { type: 'message', message_ts: ts, channel_id: 'C1', is_ephemeral: false },
        message: { ts, text: 'card' },
        enterprise: null,
        actions: [
          { type: 'button', action_id: 'End', value: 'v:End', text: plain('End'), block_id: card.blocks[1]?.['block_id'] },
        ],
        response_url: act.responseUrl,
        trigger_id: act.triggerId,
      },
    ]);
    await slack.press('U2', card, 'Refresh');
    const edited = await slack.until('the edit', () => slack.messages('C1').find(({ editCount }) => editCount === 1));
    expect(edited).toMatchObject({ ts, text: 'pressed v:Refresh', blocks: [], pastTexts: ['card\n[End] [Refresh]'] });
    expect(slack.complaints).toEqual([]);
  });

  test('on a private answer sends no message along, and can take it away', async () => {
    await startApp((app) => {
      app.command('/stock', async ({ ack, respond }) => {
        await ack();
        await respond({ text: 'stock', blocks: [actions(button('Hide'))] as never });
      });
      app.action('Hide', async ({ ack, body, respond }) => {
        await ack();
        expect('message' in body).toBe(false);
        await respond({ delete_original: true });
      });
    });
    const answer = await (await slack.slash('U1', 'C1', '/stock')).answer();
    await slack.press('U1', answer, 'Hide');
    await slack.until('it to be gone', () => slack.answersTo('U1').length === 0);
    await expect(slack.press('U1', answer, 'Show')).rejects.toThrow('Nothing here is called Show. There are: Hide');
  });

  test('whose answer does not say whether it replaces the card is told off', async () => {
    await startApp((app) => {
      app.action('Go', async ({ ack, respond }) => {
        await ack();
        await respond('done');
      });
    });
    await call('chat.postMessage', { channel: 'C1', text: 'card', blocks: [actions(button('Go'))] });
    await slack.press('U1', slack.messages('C1')[0]!, 'Go');
    await slack.until('a complaint', () => slack.complaints.length === 1);
    expect(slack.complaints).toMatchObject([{ told: 'an answer to a press does not say whether it replaces the original' }]);
  });
});

test('a Home tab opens and is published, and a message shortcut brings its message', async () => {
  const shortcuts: unknown[] = [];
  await startApp((app) => {
    app.event('app_home_opened', async ({ event, client: own }) => {
      await own.views.publish({ user_id: event.user, view: { type: 'home', blocks: [section('hello')] as never } });
    });
    app.shortcut('add', async ({ ack, shortcut, respond }) => {
      shortcuts.push(shortcut);
      await ack();
      await respond('added');
    });
  });
  expect((await slack.openHome('U1')).acked).toBe(true);
  const home = await slack.until('a Home', () => slack.homeOf('U1'));
  expect(home).toMatchObject({ type: 'home', updateCount: 0 });
  expect(visibleText({ blocks: home.view['blocks'] as Json[] })).toBe('hello');
  expect(slack.homeOf('U2')).toBeNull();
  const said = slack.say('U2', 'C1', 'Sample approved on Friday');
  const act = await slack.messageShortcut('U1', said, 'add');
  expect(await act.answer()).toMatchObject({ text: 'added', userId: 'U1' });
  expect(shortcuts).toMatchObject([
    { type: 'message_action', callback_id: 'add', message: { text: 'Sample approved on Friday', user: 'U2' } },
  ]);
  expect(slack.complaints).toEqual([]);
});

test('a Slack that is down loses its connections, and the app is back soon after it is', async () => {
  await startApp((app) => {
    app.command('/stock', async ({ ack }) => ack());
  });
  await slack.down(true);
  expect(slack.socketCount()).toBe(0);
  await slack.down(false);
  await slack.until('a connection', () => slack.socketCount() === 1);
  expect((await slack.slash('U1', 'C1', '/stock')).acked).toBe(true);
});

test('a connection address is good once', async () => {
  const { url = '' } = await new WebClient(slack.appToken, { slackApiUrl: slack.apiUrl, logger: QUIET }).apps.connections.open(
    {},
  );
  const first = new WebSocket(url);
  const [hello] = (await once(first, 'message')) as [{ data: string }];
  expect(JSON.parse(hello.data)).toMatchObject({ type: 'hello', num_connections: 1, connection_info: { app_id: slack.appId } });
  await once(new WebSocket(url), 'error');
  expect(slack.complaints.map(({ told }) => told)).toEqual(['a connection address was used twice, or never given']);
  first.close();
});

test('a response URL is good for thirty minutes', async () => {
  await startApp((app) => {
    app.command('/stock', async ({ ack }) => ack());
  });
  const { responseUrl } = await slack.slash('U1', 'C1', '/stock');
  const respond = async () => {
    const body = JSON.stringify({ text: 'late' });
    return (await fetch(responseUrl ?? '', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })).status;
  };
  nowMs += 30 * 60_000;
  expect(await respond()).toBe(200);
  nowMs += 1;
  expect(await respond()).toBe(404);
  expect(slack.complaints).toMatchObject([{ told: 'expired_url' }]);
  expect(slack.answersTo('U1').map(({ text }) => text)).toEqual(['late']);
});
