import { afterEach, describe, expect, test } from 'vitest';
import { slackNotes } from '../../../src/chat/slack/notes.ts';
import { slackSender } from '../../../src/chat/slack/send.ts';
import { say } from '../../../src/ports/message.ts';
import type { Delivery, Sent } from '../../../src/ports/post.ts';
import { type Answer, type Methods, NO_SUCH_METHOD, startLesserSlack } from './lesser.ts';

const POST: Delivery = {
  postId: 'post-1',
  address: 'C1',
  message: say('A card', { kind: 'text', text: 'A card' }),
  buttonIds: [],
  kind: 'card',
  broadcast: false,
  remoteId: null,
  replyToRemoteId: null,
  pings: [],
  createdAtMs: 1_700_000_000_000,
  repostCount: 0,
  zone: 'UTC',
  locale: 'en',
};
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function ground(methods: Methods) {
  const slack = await startLesserSlack(methods);
  stops.push(slack.stop);
  const notes = slackNotes();
  const clock = { nowMs: 1_700_000_000_000 };
  const sender = slackSender({
    token: 'xoxb-1',
    apiUrl: slack.apiUrl,
    timeoutMs: 500,
    clock: { now: () => clock.nowMs },
    notes,
  });
  return { slack, sender, notes, clock };
}

const posting = (answer: Answer): Methods => ({ 'chat.postMessage': () => answer });

describe('a message that was posted', () => {
  test.each<[string, Answer, string]>([
    ['by a number', { ok: true, ts: 1_700_000_000.0001 }, '1700000000.000100'],
    ['by a count', { ok: true, ts: 42 }, '42'],
    ['inside of it', { ok: true, message: { ts: '1.1' } }, '1.1'],
    ['beside odd things', { ok: true, ts: '1.1', response_metadata: null }, '1.1'],
  ])('is known %s', async (_, answer, remoteId) => {
    const { slack, sender, notes } = await ground(posting(answer));
    expect(await sender.deliver(POST)).toEqual({ kind: 'sent', remoteId });
    expect([slack.calls.length, notes.told()]).toEqual([1, []]);
  });

  test.each<[string, Answer]>([
    ['nothing', { ok: true }],
    ['no id', { ok: true, ts: null, message: {} }],
  ])('with %s said about it is never posted again', async (_, answer) => {
    const { slack, sender, notes } = await ground(posting(answer));
    expect(await sender.deliver(POST)).toEqual({
      kind: 'dead',
      reason: 'Slack posted this without saying which message it is, so it stays as it was posted',
    });
    expect(slack.calls).toHaveLength(1);
    expect(notes.told()).toEqual(['This Slack server does not say which message it posted, so cards stay as they were posted.']);
  });

  test('and edited keeps its id, whatever is said about that', async () => {
    const { sender } = await ground({ 'chat.update': () => ({ ok: true }) });
    expect(await sender.deliver({ ...POST, remoteId: '1.1' })).toEqual({ kind: 'sent', remoteId: '1.1' });
  });

  test('and cannot be edited says so, once in health', async () => {
    const { sender, notes } = await ground({});
    const edit = () => sender.deliver({ ...POST, remoteId: '1.1' });
    const reason = 'This Slack server cannot change what was posted (chat.update: Slack answered 404)';
    expect([await edit(), await edit()]).toEqual([
      { kind: 'dead', reason },
      { kind: 'dead', reason },
    ]);
    expect(notes.told()).toEqual(['This Slack server has no chat.update, so cards stay as they were posted.']);
  });
});

describe('a post that is refused', () => {
  test.each<[string, Answer, Sent]>([
    [
      'where nothing can be posted',
      NO_SUCH_METHOD,
      {
        kind: 'retry',
        afterMs: 60_000,
        hold: 'platform',
        reason: 'This Slack server cannot post messages (chat.postMessage: Slack answered 404)',
      },
    ],
    ['without a reason', { ok: false }, { kind: 'retry', afterMs: 0, hold: 'post', reason: 'Slack refused (unknown_error)' }],
    [
      'in an odd way',
      { ok: false, error: { code: 1 } },
      { kind: 'retry', afterMs: 0, hold: 'post', reason: 'Slack refused (unknown_error)' },
    ],
    [
      'for its blocks, with odd details',
      { ok: false, error: 'invalid_blocks', response_metadata: { messages: 'x' } },
      { kind: 'dead', reason: 'Slack cannot show this message (invalid_blocks); please report it' },
    ],
    [
      'for its haste, without a time',
      { status: 429 },
      { kind: 'retry', afterMs: 1_000, hold: 'destination', reason: 'Slack asked us to slow down in this channel' },
    ],
    ['by what is no answer', [], { kind: 'retry', afterMs: 0, hold: 'post', reason: 'Slack answered what cannot be read' }],
  ])('%s', async (_, answer, sent) => {
    const { sender } = await ground(posting(answer));
    expect(await sender.deliver(POST)).toEqual(sent);
  });

  test.each<[string, Answer]>([
    ['an argument it does not know', { ok: false, error: 'unknown_argument' }],
    ['a bad request', { status: 400 }],
    ['words of its own', { ok: false, error: 'What is metadata?' }],
  ])('for its metadata as %s goes without, and metadata is tried again after an hour', async (_, refusal) => {
    const { slack, sender, notes, clock } = await ground({
      'chat.postMessage': (args) => ('metadata' in args ? refusal : { ok: true, ts: '1.1' }),
    });
    const named = () => slack.calls.map(({ args }) => 'metadata' in args);
    expect(await sender.deliver(POST)).toEqual({ kind: 'sent', remoteId: '1.1' });
    await sender.deliver(POST);
    expect(named()).toEqual([true, false, false]);
    expect(notes.told()).toEqual([
      'This Slack server takes no message metadata, so a post that was cut off cannot be found again and may come twice.',
    ]);
    clock.nowMs += 3_600_000;
    await sender.deliver(POST);
    expect(named().slice(3)).toEqual([true, false]);
  });

  test('for its channel is asked once', async () => {
    const { slack, sender } = await ground(posting({ ok: false, error: 'not_in_channel' }));
    expect(await sender.deliver(POST)).toMatchObject({ kind: 'dead' });
    expect(slack.calls).toHaveLength(1);
  });
});

describe('looking for a post', () => {
  const metadata = { event_type: 'showcaller_post', event_payload: { post_id: 'post-1' } };

  test.each<[string, unknown, string | null]>([
    ['among messages without ids', [{ text: 'x' }, null, { ts: '1.1', metadata }], '1.1'],
    ['whose id is a number', [{ ts: 1_700_000_000.0001, metadata }], '1700000000.000100'],
    ['whose metadata comes back as text', [{ ts: '1.1', metadata: JSON.stringify(metadata) }], '1.1'],
    ['among nothing', null, null],
    ['among words', 'none', null],
  ])('%s', async (_, messages, remoteId) => {
    const { sender, notes } = await ground({ 'conversations.history': () => ({ ok: true, messages }) });
    expect(await sender.find(POST)).toEqual(remoteId === null ? null : { remoteId });
    expect(notes.told()).toEqual([]);
  });

  test('where nobody can look finds nothing, and health says what that means', async () => {
    const { sender, notes } = await ground({});
    expect([await sender.find(POST), await sender.find({ ...POST, replyToRemoteId: '1.1' })]).toEqual([null, null]);
    expect(notes.told()).toEqual([
      'This Slack server does not show what was said (conversations.history), so a post that was cut off may come twice.',
      'This Slack server does not show threads (conversations.replies), so a reply that was cut off may come twice.',
    ]);
  });

  test('where it works again takes the note back', async () => {
    const { sender, notes } = await ground({
      'conversations.history': (_, call) => (call === 1 ? NO_SUCH_METHOD : { ok: true, messages: [] }),
    });
    await sender.find(POST);
    expect(notes.told()).toHaveLength(1);
    await sender.find(POST);
    expect(notes.told()).toEqual([]);
  });
});
