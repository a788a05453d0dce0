import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startFakeSlack, type FakeSlack, type Json } from './index.ts';
import { actions, button, errorOf, mrkdwn, plain, QUIET, section } from './samples.ts';

const NOW = Date.UTC(2027, 0, 30, 0, 4, 11);

let nowMs = NOW;
let slack: FakeSlack;
let client: WebClient;

function clientFor(token: string): WebClient {
  const once = { retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, timeout: 300 };
  return new WebClient(token, { slackApiUrl: slack.apiUrl, logger: QUIET, ...once });
}

beforeEach(async () => {
  nowMs = NOW;
  slack = await startFakeSlack({ now: () => nowMs });
  slack.addUser('Maya', { id: 'U1' });
  slack.addUser('Finn', { id: 'U2' });
  slack.addChannel('alerts', { id: 'C1' });
  client = clientFor(slack.botToken);
});
afterEach(() => slack.stop());

/** The SDK's argument types stand in the way of sending what Slack refuses. */
const call = (method: string, args: Json): Promise<Json> => client.apiCall(method, args) as unknown as Promise<Json>;
const pings = () => slack.notifications.map(({ userId, by }) => `${userId} ${by}`);

describe('a message', () => {
  test('is posted, edited without ringing anybody, and found again by its metadata', async () => {
    const metadata = { event_type: 'showcaller_post', event_payload: { post_id: 'p1' } };
    const first = { channel: 'C1', text: 'sold out', blocks: [section('<@U1> sold out')], metadata };
    const ts = String((await call('chat.postMessage', first))['ts']);
    expect(pings()).toEqual(['U1 mention']);
    const update = { channel: 'C1', ts, text: 'back', blocks: [section('<@U2> <!channel> back')] };
    await call('chat.update', update);
    expect(pings()).toEqual(['U1 mention']);
    expect(slack.messages('C1')).toMatchObject([{ ts, text: 'back', editCount: 1, pastTexts: ['@U1 sold out'], metadata }]);
    const era = { channel: 'C1', oldest: String((NOW - 60_000) / 1000), limit: 1 };
    const found = await client.conversations.history({ ...era, include_all_metadata: true });
    expect(found.messages).toMatchObject([{ ts, metadata }]);
    expect((await client.conversations.history(era)).messages?.[0]).not.toHaveProperty('metadata');
    await client.chat.delete({ channel: 'C1', ts });
    expect(await errorOf(call('chat.update', update))).toBe('message_not_found');
    expect(slack.complaints).toEqual([]);
  });

  test('replies in a thread, broadcast or not, and is read there', async () => {
    const ts = String((await call('chat.postMessage', { channel: 'C1', text: 'card' }))['ts']);
    const thread = { channel: 'C1', thread_ts: ts };
    await call('chat.postMessage', { ...thread, text: 'quiet' });
    const loud = String((await call('chat.postMessage', { ...thread, text: '<!here>', reply_broadcast: true }))['ts']);
    expect(pings()).toEqual(['U1 here', 'U2 here']);
    expect(slack.messages('C1').map(({ text, broadcast }) => [text, broadcast])).toEqual([
      ['card', false],
      ['quiet', false],
      ['<!here>', true],
    ]);
    const textsOf = ({ messages = [] }: { messages?: { text?: string }[] }) => messages.map(({ text }) => text);
    expect(textsOf(await client.conversations.history({ channel: 'C1' }))).toEqual(['<!here>', 'card']);
    expect(textsOf(await client.conversations.replies({ channel: 'C1', ts }))).toEqual(['card', 'quiet', '<!here>']);
    const page = await client.conversations.replies({ channel: 'C1', ts, limit: 2 });
    const cursor = page.response_metadata?.next_cursor ?? '';
    expect(textsOf(await client.conversations.replies({ channel: 'C1', ts, limit: 2, cursor }))).toEqual(['<!here>']);
    expect(slack.complaints).toEqual([]);
    await call('chat.postMessage', { channel: 'C1', text: 'odd', thread_ts: loud });
    expect(slack.complaints.map(({ told }) => told)).toEqual([`thread_ts ${loud} is itself a reply: name its parent`]);
    expect(await errorOf(call('chat.postMessage', { channel: 'C1', text: 'x', thread_ts: '1.000001' }))).toBe('thread_not_found');
    slack.deleteMessage('C1', ts);
    expect(await errorOf(call('chat.postMessage', { ...thread, text: 'orphan' }))).toBe('ok');
  });

  test.each<[string, Json, string[]]>([
    ['a mention in text alone', { text: '<@U1|Maya>' }, ['U1 mention']],
    ['an escaped one', { text: '&lt;@U1&gt; &lt;!channel&gt;' }, []],
    ['text hidden behind blocks', { text: '<@U1>', blocks: [section('quiet')] }, []],
    ['plain_text', { text: 'x', blocks: [{ type: 'header', text: plain('<@U1> <!channel>') }] }, []],
    ['the channel', { text: 'x', blocks: [section('<!channel>')] }, ['U1 channel', 'U2 channel']],
    ['everyone, with a label', { text: '<!everyone|all>' }, ['U1 everyone', 'U2 everyone']],
    ['a field', { text: 'x', blocks: [{ type: 'section', fields: [mrkdwn('<@U2>')] }] }, ['U2 mention']],
    ['a context', { text: 'x', blocks: [{ type: 'context', elements: [mrkdwn('<@U2>')] }] }, ['U2 mention']],
    ['a mention twice', { text: '<@U1> <@U1> <!here>' }, ['U1 mention', 'U2 here']],
    ['plain words Slack may read as a mention', { text: 'x', blocks: [section('@channel')] }, ['U1 channel', 'U2 channel']],
    ['the same, verbatim', { text: 'x', blocks: [section('@channel', { verbatim: true })] }, []],
    ['the same in text alone', { text: '@channel' }, []],
    ['a person who is not there', { text: '<@U9>' }, []],
    [
      'rich text',
      {
        text: 'x',
        blocks: [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'user', user_id: 'U1' }] }] }],
      },
      ['U1 mention'],
    ],
    [
      'rich text that only reads so',
      {
        text: 'x',
        blocks: [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: '<@U1>' }] }] }],
      },
      [],
    ],
    ['a confirmation', { text: 'x', blocks: [actions(button('A', { confirm: { text: mrkdwn('<@U1>') } }))] }, []],
  ])('%s rings %j → %j', async (_what, content, expected) => {
    await call('chat.postMessage', { channel: 'C1', ...content });
    expect(pings()).toEqual(expected);
    expect(slack.complaints).toEqual([]);
  });

  test('rings a user group, and whoever it is written to directly', async () => {
    const group = slack.addGroup(['U2']);
    await call('chat.postMessage', { channel: 'C1', text: `<!subteam^${group}>` });
    const { channel } = await client.conversations.open({ users: 'U1' });
    await call('chat.postMessage', { channel: channel?.id, text: 'psst' });
    await call('chat.postEphemeral', { channel: 'C1', user: 'U1', text: '<@U1> <!channel>' });
    expect(pings()).toEqual(['U2 subteam', 'U1 direct']);
    expect(slack.answersTo('U1')).toMatchObject([{ via: 'chat.postEphemeral' }]);
  });
});

describe('bad weather', () => {
  const post = () => call('chat.postMessage', { channel: 'C1', text: 'x' });
  const outcomes = () => slack.calls.map(({ outcome }) => outcome);
  const texts = () => slack.messages('C1').length;

  test('429 says when to come back', async () => {
    slack.weather.next('chat.postMessage', { kind: 'rate-limited', retryAfterSeconds: 7 }, { channel: 'C1' });
    await expect(post()).rejects.toMatchObject({ code: 'slack_webapi_rate_limited_error', retryAfter: 7 });
    expect([texts(), await errorOf(post()), outcomes()]).toEqual([0, 'ok', ['rate-limited', 'ok']]);
  });

  test.each([500, 503] as const)('%i does nothing', async (status) => {
    slack.weather.next('chat.postMessage', { kind: 'status', status });
    await expect(post()).rejects.toMatchObject({ code: 'slack_webapi_http_error', statusCode: status });
    expect([texts(), outcomes()]).toEqual([0, [`status-${status}`]]);
  });

  test.each([
    ['accept-then-hang', 1],
    ['accept-then-lost', 1],
    ['lost', 0],
  ] as const)('%s leaves %i message', async (kind, count) => {
    slack.weather.next('chat.postMessage', { kind });
    expect(await errorOf(post())).toBe('slack_webapi_request_error');
    expect([texts(), outcomes()]).toEqual([count, [kind]]);
  });

  test('an error, for one channel only, until it clears', async () => {
    slack.addChannel('host', { id: 'C2' });
    slack.weather.always('chat.postMessage', { kind: 'error', error: 'fatal_error' }, { channel: 'C2' });
    expect(await errorOf(post())).toBe('ok');
    expect(await errorOf(call('chat.postMessage', { channel: 'C2', text: 'x' }))).toBe('fatal_error');
    slack.weather.clear();
    expect(await errorOf(call('chat.postMessage', { channel: 'C2', text: 'x' }))).toBe('ok');
  });

  test('down refuses connections, and comes back at the same port', async () => {
    await slack.down(true);
    await expect(post()).rejects.toMatchObject({ original: { cause: { code: 'ECONNREFUSED' } } });
    await slack.down(false);
    expect(await errorOf(post())).toBe('ok');
  });

  test('a second message in a second is one too many, where that is asked for', async () => {
    slack.limitPosts(true);
    expect([await errorOf(post()), await errorOf(post())]).toEqual(['ok', 'slack_webapi_rate_limited_error']);
    nowMs += 1000;
    expect(await errorOf(post())).toBe('ok');
  });
});

describe('whoever is not allowed to is refused', () => {
  const post = (channel = 'C1') => errorOf(call('chat.postMessage', { channel, text: 'x' }));

  test('by token', async () => {
    expect(await errorOf(clientFor('xoxb-other').auth.test())).toBe('invalid_auth');
    expect(await errorOf(new WebClient(undefined, { slackApiUrl: slack.apiUrl, logger: QUIET }).auth.test())).toBe('not_authed');
    expect(await errorOf(clientFor(slack.appToken).auth.test())).toBe('not_allowed_token_type');
    slack.revokeToken();
    expect(await post()).toBe('token_revoked');
    slack.restoreToken();
    expect(await post()).toBe('ok');
  });

  test('by scope', async () => {
    expect((await client.auth.test()).response_metadata?.scopes).toContain('chat:write.public');
    slack.revokeScopes('channels:history');
    const missing = { error: 'missing_scope', needed: 'channels:history' };
    await expect(client.conversations.history({ channel: 'C1' })).rejects.toMatchObject({ data: missing });
    slack.addChannel('open', { id: 'C2', botIn: false });
    expect(await post('C2')).toBe('ok');
    slack.revokeScopes('chat:write.public');
    expect(await post('C2')).toBe('not_in_channel');
    slack.revokeScopes('chat:write');
    expect(await post()).toBe('missing_scope');
    expect(await errorOf(call('conversations.join', { channel: 'C2' }))).toBe('missing_scope');
  });

  test('by channel', async () => {
    slack.addChannel('secret', { id: 'C2', private: true, botIn: false });
    expect(await post('C2')).toBe('channel_not_found');
    slack.addChannel('old', { id: 'C3' });
    slack.archiveChannel('C3');
    expect(await post('C3')).toBe('is_archived');
    slack.kickBot('C1');
    expect(await errorOf(client.conversations.history({ channel: 'C1' }))).toBe('not_in_channel');
    expect((await client.conversations.info({ channel: 'C1' })).channel).toMatchObject({ is_member: false, is_archived: false });
    const listed = await client.conversations.list({ types: 'public_channel,private_channel', exclude_archived: true });
    expect(listed.channels?.map(({ id }) => id)).toEqual(['C1']);
    slack.deleteChannel('C1');
    expect(await post()).toBe('channel_not_found');
    expect(slack.complaints).toEqual([]);
  });

  test('by what Slack does not know, unless this server is a lesser one', async () => {
    expect(await errorOf(call('chat.shout', {}))).toBe('unknown_method');
    expect(await errorOf(call('chat.postMessage', { channel: 'C1', text: 'x', colour: 'red' }))).toBe('invalid_arguments');
    expect(await errorOf(call('chat.postMessage', { channel: 'C1', text: 'x', reply_broadcast: true }))).toBe(
      'invalid_arguments',
    );
    expect(slack.complaints.map(({ told }) => told)).toEqual([
      'unknown_method',
      '[ERROR] additional property: colour [json-pointer:/]',
      'reply_broadcast without thread_ts',
    ]);
    await using lesser = await startFakeSlack({ lacks: ['auth.test'] });
    const own = new WebClient(lesser.botToken, { slackApiUrl: lesser.apiUrl, logger: QUIET });
    expect(await errorOf(own.auth.test())).toBe('unknown_method');
    expect(lesser.complaints).toEqual([]);
  });

  test('by its own content', async () => {
    expect(await errorOf(call('chat.postMessage', { channel: 'C1' }))).toBe('no_text');
    expect(await errorOf(call('chat.postMessage', { channel: 'C1', text: 'x'.repeat(40_001) }))).toBe('msg_too_long');
    await expect(call('chat.postMessage', { channel: 'C1', text: 'x', blocks: [{ type: 'wat' }] })).rejects.toMatchObject({
      data: {
        error: 'invalid_blocks',
        response_metadata: { messages: ['[ERROR] unsupported type [json-pointer:/blocks/0/type]'] },
      },
    });
    expect(await errorOf(call('chat.postMessage', { channel: 'C1', text: 'x', metadata: { id: 1 } }))).toBe(
      'invalid_metadata_format',
    );
    expect(slack.messages('C1')).toEqual([]);
    expect(await errorOf(call('chat.postMessage', { channel: 'C1', blocks: [section('x')] }))).toBe('ok');
    expect(slack.complaints.at(-1)?.told).toBe('blocks without text: screen readers and notifications have nothing to read');
    expect(slack.complaints).toHaveLength(4);
  });
});
