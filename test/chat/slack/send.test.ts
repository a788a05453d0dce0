import { afterEach, describe, expect, test } from 'vitest';
import { slackSender } from '../../../src/chat/slack/send.ts';
import { say } from '../../../src/ports/message.ts';
import type { Delivery, Ping } from '../../../src/ports/post.ts';
import { type FakeSlack, type FakeSlackOptions, startFakeSlack, visibleText } from '../../fakes/slack/index.ts';

const TIMEOUT_MS = 400;
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function ground(options: FakeSlackOptions = {}) {
  const fake = await startFakeSlack(options);
  stops.push(() => fake.stop());
  const channel = fake.addChannel('alerts').id;
  const ann = fake.addUser('Ann').id;
  const sender = slackSender({ token: fake.botToken, apiUrl: fake.apiUrl, timeoutMs: TIMEOUT_MS, clock: { now: Date.now } });
  const delivery = (more: Partial<Delivery> = {}): Delivery => ({
    postId: 'post-1',
    address: channel,
    message: say('A card', { kind: 'text', text: 'A card' }),
    buttonIds: [],
    kind: 'card',
    broadcast: false,
    remoteId: null,
    replyToRemoteId: null,
    pings: [],
    createdAtMs: Date.now(),
    repostCount: 0,
    zone: 'UTC',
    locale: 'en',
    ...more,
  });
  const deliver = (more: Partial<Delivery> = {}) => sender.deliver(delivery(more));
  const sent = async (more: Partial<Delivery> = {}): Promise<string> => {
    const outcome = await deliver(more);
    if (outcome.kind !== 'sent') throw new Error(JSON.stringify(outcome));
    return outcome.remoteId;
  };
  const find = (more: Partial<Delivery> = {}) => sender.find(delivery(more));
  return { fake, channel, ann, deliver, sent, find };
}

const ringing = (accountId: string): readonly Ping[] => [
  { mention: { personId: 'ann' }, people: [{ personId: 'ann', name: 'Ann', accountIds: [accountId] }], elsewhere: [] },
];
const shown = (fake: FakeSlack, channel: string) =>
  fake.messages(channel).map(({ text, threadTs, broadcast, editCount }) => [text, threadTs, broadcast, editCount]);

describe('a post', () => {
  test('is posted with its id, edited in place, and an edit calls nobody', async () => {
    const { fake, channel, ann, sent, deliver } = await ground();
    const ts = await sent({ pings: ringing(ann) });
    expect(fake.message(channel, ts)).toMatchObject({
      text: `A card\n🔔 <@${ann}>`,
      metadata: { event_type: 'showcaller_post', event_payload: { post_id: 'post-1' } },
    });
    expect(await deliver({ remoteId: ts, message: say('Newer') })).toEqual({ kind: 'sent', remoteId: ts });
    expect(shown(fake, channel)).toEqual([['Newer', null, false, 1]]);
    expect(fake.notifications).toEqual([{ userId: ann, channelId: channel, ts, by: 'mention' }]);
    expect(fake.complaints).toEqual([]);
  });

  test('that rings replies to its card, and is seen in the channel when critical', async () => {
    const { fake, channel, sent } = await ground();
    const card = await sent();
    const ring = { kind: 'ring', replyToRemoteId: card, message: say('Ring') } as const;
    await sent({ ...ring, postId: 'post-2' });
    await sent({ ...ring, postId: 'post-3', broadcast: true });
    await sent({ ...ring, postId: 'post-4', replyToRemoteId: null, broadcast: true });
    expect(shown(fake, channel)).toEqual([
      ['A card', null, false, 0],
      ['Ring', card, false, 0],
      ['Ring', card, true, 0],
      ['Ring', null, false, 0],
    ]);
    expect(fake.complaints).toEqual([]);
  });

  test('whose card cannot be replied to is heard all the same', async () => {
    const { fake, channel, sent } = await ground();
    const card = await sent();
    fake.weather.next('chat.postMessage', { kind: 'error', error: 'cannot_reply_to_message' });
    await sent({ kind: 'ring', replyToRemoteId: card, message: say('Ring') });
    expect(shown(fake, channel).at(-1)).toEqual(['Ring', null, false, 0]);
  });

  test('somebody deleted is gone', async () => {
    const { fake, channel, sent, deliver } = await ground();
    const remoteId = await sent();
    fake.deleteMessage(channel, remoteId);
    expect(await deliver({ remoteId })).toEqual({ kind: 'gone' });
  });

  test('goes without its id to a server that knows no metadata', async () => {
    const { fake, channel, sent } = await ground();
    fake.weather.next('chat.postMessage', { kind: 'error', error: 'invalid_arguments' });
    await sent();
    await sent();
    expect(fake.messages(channel).map(({ metadata }) => metadata)).toEqual([null, null]);
    expect(fake.calls.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(3);
  });
});

describe('what comes of trouble', () => {
  test('a rate limit holds the channel for as long as Slack says', async () => {
    const { fake, deliver } = await ground();
    fake.weather.next('chat.postMessage', { kind: 'rate-limited', retryAfterSeconds: 7 });
    expect(await deliver()).toEqual({
      kind: 'retry',
      afterMs: 7_000,
      hold: 'destination',
      reason: 'Slack asked us to slow down in this channel',
    });
    expect(fake.calls).toHaveLength(1); // it is not tried again behind our back
  });

  test('Slack away holds everything: nothing arrived', async () => {
    const { fake, deliver } = await ground();
    await fake.down(true);
    expect(await deliver()).toEqual({
      kind: 'retry',
      afterMs: 2_000,
      hold: 'platform',
      reason: 'Slack cannot be reached (ECONNREFUSED)',
    });
  });

  test.each([
    [{ kind: 'status', status: 503 }, 0, /^Slack answered 503$/u],
    [{ kind: 'accept-then-hang' }, 1, /^Slack did not answer in time$/u],
    [{ kind: 'accept-then-lost' }, 1, /^the connection to Slack broke/u],
    [{ kind: 'lost' }, 0, /^the connection to Slack broke/u],
    [{ kind: 'error', error: 'internal_error' }, 0, /^Slack failed inside$/u],
    [{ kind: 'error', error: 'never_heard_of' }, 0, /^Slack refused \(never_heard_of\)$/u],
  ] as const)('%j leaves this post in doubt', async (weather, arrivedCount, reason) => {
    const { fake, channel, deliver } = await ground();
    fake.weather.next('chat.postMessage', weather, { times: 2 }); // a refusal is asked again without the post's id
    const outcome = await deliver();
    expect(outcome).toMatchObject({ kind: 'retry', afterMs: 0, hold: 'post' });
    expect('reason' in outcome ? outcome.reason : '').toMatch(reason);
    expect(fake.messages(channel)).toHaveLength(arrivedCount);
  });

  test('a revoked token holds everything and says what to do', async () => {
    const { fake, deliver } = await ground();
    fake.revokeToken();
    expect(await deliver()).toEqual({
      kind: 'retry',
      afterMs: 60_000,
      hold: 'platform',
      reason: 'Slack no longer accepts SLACK_BOT_TOKEN (token_revoked): install the app again and put in the new token',
    });
  });

  test('a slow call does not hold up the next', async () => {
    const { fake, channel, deliver } = await ground();
    fake.weather.next('chat.postMessage', { kind: 'accept-then-hang' }, { times: 3 });
    const ended: string[] = [];
    const slow = [1, 2, 3].map((at) => deliver({ postId: `slow-${at}` }).finally(() => ended.push('slow')));
    await fake.until('the slow ones to be on their way', () => fake.messages(channel).length === 3);
    expect(await deliver({ postId: 'critical', message: say('Paused') })).toMatchObject({ kind: 'sent' });
    expect(ended).toEqual([]);
    expect(fake.messages(channel).at(-1)?.text).toBe('Paused');
    expect((await Promise.all(slow)).map(({ kind }) => kind)).toEqual(['retry', 'retry', 'retry']);
  });

  test.each<[string, (fake: FakeSlack, channel: string) => void, string]>([
    [
      'a private channel it is not in',
      (fake) => fake.addChannel('secret', { id: 'CSECRET', private: true, botIn: false }),
      'Slack knows no such channel, or it is private and Showcaller is not in it: ' +
        'type /invite @Showcaller there (channel CSECRET)',
    ],
    [
      'an archived channel',
      (fake) => {
        fake.addChannel('old', { id: 'CSECRET' });
        fake.archiveChannel('CSECRET');
      },
      'This channel is archived: bring it back, or bind another with /team channel (channel CSECRET)',
    ],
    [
      'a missing scope',
      (fake) => {
        fake.addChannel('open', { id: 'CSECRET' });
        fake.revokeScopes('chat:write');
      },
      'The Slack app lacks the scope chat:write: put in the newest manifest (npm start -- manifest) and install the app again',
    ],
    [
      'a channel where few may post',
      (fake) => {
        fake.addChannel('open', { id: 'CSECRET' });
        fake.weather.next('chat.postMessage', { kind: 'error', error: 'restricted_action' });
      },
      'A workspace setting lets only some people post in this channel: allow Showcaller there (channel CSECRET)',
    ],
  ])('%s ends the post in words a producer understands', async (_, arrange, reason) => {
    const { fake, channel, deliver } = await ground();
    arrange(fake, channel);
    expect(await deliver({ address: 'CSECRET' })).toEqual({ kind: 'dead', reason });
  });
});

describe('looking for a post that may have arrived', () => {
  test('finds it among others, in the channel and below its card', async () => {
    const { fake, channel, ann, deliver, sent, find } = await ground();
    fake.weather.next('chat.postMessage', { kind: 'accept-then-hang' });
    await deliver({ postId: 'lost-card' });
    for (let at = 0; at < 230; at += 1) fake.say(ann, channel, `talk ${at}`);
    const card = fake.messages(channel)[0]?.ts ?? '';
    const ring = await sent({ postId: 'lost-ring', replyToRemoteId: card });
    expect(await find({ postId: 'lost-card' })).toEqual({ remoteId: card });
    expect(await find({ postId: 'lost-ring', replyToRemoteId: card })).toEqual({ remoteId: ring });
    expect(await find({ postId: 'never' })).toBeNull();
    expect(await find({ postId: 'never', replyToRemoteId: card })).toBeNull();
    expect(fake.complaints).toEqual([]);
  });

  test('reads nothing said before it was wanted', async () => {
    const { fake, sent, find } = await ground();
    await sent({ postId: 'old' });
    expect(await find({ postId: 'old', createdAtMs: Date.now() + 3_600_000 })).toBeNull();
    const [history] = fake.calls.filter(({ method }) => method === 'conversations.history');
    expect(Number(history?.args['oldest'])).toBeGreaterThan(Date.now() / 1_000 + 3_000);
  });

  test('finds nothing where there is nothing to look with, or nowhere to look', async () => {
    const { fake, find } = await ground({ lacks: ['conversations.history', 'conversations.replies'] });
    expect(await find()).toBeNull();
    expect(await find({ replyToRemoteId: '1.2' })).toBeNull();
    expect(fake.complaints).toEqual([]);
    const other = await ground();
    expect(await other.find({ address: 'CNOWHERE' })).toBeNull();
    expect(await other.find({ replyToRemoteId: '1000000000.000100' })).toBeNull();
  });

  test('says so when nobody can tell', async () => {
    const { fake, find } = await ground();
    fake.weather.next('conversations.history', { kind: 'status', status: 500 });
    await expect(find()).rejects.toThrow('It cannot be looked up whether an earlier attempt arrived: Slack answered 500');
    fake.revokeScopes('channels:history');
    await expect(find()).rejects.toThrow('Slack refused (missing_scope, it needs channels:history)');
  });
});

test('a hostile name calls nobody and reads as written', async () => {
  const { fake, channel, sent } = await ground();
  const name = '<!channel> @everyone *x* 👩‍👩‍👧‍👦';
  const ts = await sent({ message: say(name, { kind: 'text', text: [{ kind: 'strong', text: name }] }) });
  const message = fake.message(channel, ts);
  expect(message === null ? '' : visibleText(message)).toBe('*<!channel> @everyone ∗x∗ 👩‍👩‍👧‍👦*'); // bold, as a strong text is
  expect(fake.notifications).toEqual([]);
});
