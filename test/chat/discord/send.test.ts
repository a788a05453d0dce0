import { describe, expect, test } from 'vitest';
import { outcomeOf } from '../../../src/chat/discord/outcome.ts';
import { discordSender } from '../../../src/chat/discord/send.ts';
import { say } from '../../../src/ports/message.ts';
import type { Message } from '../../../src/ports/message.ts';
import type { Delivery, Ping, Sender } from '../../../src/ports/post.ts';
import { startFakeDiscord } from '../../fakes/discord/index.ts';
import type { FakeDiscord } from '../../fakes/discord/types.ts';
import { deliveryTo, until } from './stage.ts';

type Stage = {
  readonly discord: FakeDiscord;
  readonly sender: Sender;
  readonly channel: string;
  readonly user: string;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

async function onStage(): Promise<Stage> {
  const discord = await startFakeDiscord();
  const sender = discordSender({ token: discord.token, apiUrl: discord.apiUrl, timeoutMs: 400, clock: { now: Date.now } });
  const channel = discord.addChannel({ name: 'alerts' });
  return { discord, sender, channel, user: discord.addUser({ name: 'Finn' }), [Symbol.asyncDispose]: () => discord.stop() };
}

const ringing = (user: string): Ping => ({
  mention: { role: 'fulfilment' },
  people: [{ personId: 'finn', name: 'Finn', accountIds: [user] }],
  elsewhere: [],
});
const ring = (channel: string, user: string, more: Partial<Delivery> = {}): Delivery =>
  deliveryTo(channel, {
    postId: 'RiNgEfGhIjKlMnOpQrStUv',
    kind: 'ring',
    message: { ...say('Hoodie is sold out'), tone: 'critical' },
    buttonIds: [],
    pings: [ringing(user)],
    ...more,
  });
const POSTS = 'POST /channels/:id/messages';

describe('a card', () => {
  test('is posted with its id as nonce, and edited in place; an edit pings nobody', async () => {
    await using stage = await onStage();
    const { discord, sender, channel, user } = stage;
    const sent = await sender.deliver(deliveryTo(channel));
    const [message] = discord.messages(channel);
    expect(sent).toEqual({ kind: 'sent', remoteId: message?.id });
    expect(discord.calls.at(-1)?.body).toMatchObject({ nonce: 'AbCdEfGhIjKlMnOpQrStUv', enforce_nonce: true });
    const edit = deliveryTo(channel, { remoteId: message?.id ?? '', message: say('Recovered'), pings: [ringing(user)] });
    expect(await sender.deliver(edit)).toEqual(sent);
    expect(discord.calls.at(-1)?.body).toMatchObject({
      content: '',
      allowed_mentions: { parse: [], users: [], replied_user: false },
    });
    const [edited] = discord.messages(channel);
    expect([edited?.embeds[0]?.['title'], edited?.components, discord.messages(channel).length]).toEqual(['Recovered', [], 1]);
    expect([discord.notifications, discord.complaints]).toEqual([[], []]);
  });

  test('sent twice within minutes is one message; posted anew after it was deleted, it is another', async () => {
    await using stage = await onStage();
    const { discord, sender, channel } = stage;
    const first = await sender.deliver(deliveryTo(channel));
    expect(await sender.deliver(deliveryTo(channel))).toEqual(first);
    const [message] = discord.messages(channel);
    if (message !== undefined) discord.deleteMessage(message);
    expect(await sender.deliver(deliveryTo(channel, { remoteId: message?.id ?? '' }))).toEqual({ kind: 'gone' });
    const anew = await sender.deliver(deliveryTo(channel, { repostCount: 1 }));
    expect(anew.kind === 'sent' && anew.remoteId !== message?.id).toBe(true);
    expect(discord.messages(channel)).toHaveLength(1);
  });

  test('with 60 rows and hostile names is taken, and notifies nobody', async () => {
    await using stage = await onStage();
    const { discord, sender, channel, user } = stage;
    const rows = Array.from({ length: 60 }, (_, at) => [`@everyone ${at} <@${user}>`, '46', `<@&${user}> **x** ||y||`]);
    const message: Message = say('@here', { kind: 'table', columns: ['@everyone', 'Left', `<@${user}>`], rows });
    expect((await sender.deliver(deliveryTo(channel, { message, buttonIds: [] }))).kind).toBe('sent');
    expect((await sender.deliver(ring(channel, user, { message, pings: [] }))).kind).toBe('sent');
    expect([discord.notifications, discord.complaints]).toEqual([[], []]);
  });
});

describe('a ring', () => {
  test('answers its card and pings just the one it is for, not who wrote the card', async () => {
    await using stage = await onStage();
    const { discord, sender, channel, user } = stage;
    const card = await sender.deliver(deliveryTo(channel));
    const replyToRemoteId = card.kind === 'sent' ? card.remoteId : null;
    await sender.deliver(ring(channel, user, { replyToRemoteId }));
    const [, message] = discord.messages(channel);
    expect([message?.content, message?.message_reference?.message_id]).toEqual([
      `● Hoodie is sold out\n🔔 <@${user}> (fulfilment)`,
      replyToRemoteId,
    ]);
    expect(discord.notifications.map(({ userId, why }) => [userId, why])).toEqual([[user, 'user']]);
    expect(discord.complaints).toEqual([]);
  });

  test('is heard although its card is gone, or may not be answered', async () => {
    await using stage = await onStage();
    const { discord, sender, channel, user } = stage;
    expect((await sender.deliver(ring(channel, user, { replyToRemoteId: '999999999999999999' }))).kind).toBe('sent');
    const refusal = { kind: 'error', status: 403, code: 160_002, message: 'You cannot reply' } as const;
    discord.weather(refusal, { route: POSTS });
    const second = ring(channel, user, { postId: 'SeCoNdGhIjKlMnOpQrStUv', replyToRemoteId: '999999999999999999' });
    expect((await sender.deliver(second)).kind).toBe('sent');
    expect(discord.notifications).toHaveLength(2);
  });
});

describe('what came of it is told', () => {
  test('a rate limit holds its destination, a global one the platform, and neither is waited for', async () => {
    await using stage = await onStage();
    const { discord, sender, channel } = stage;
    discord.weather({ kind: 'rate-limited', retryAfterSeconds: 30, scope: 'user' }, { route: POSTS });
    const startedMs = performance.now();
    const limited = await sender.deliver(deliveryTo(channel));
    expect(limited).toMatchObject({ kind: 'retry', hold: 'destination', reason: 'Discord asks us to wait 31 s' });
    expect(limited.kind === 'retry' && Math.round(limited.afterMs / 1000)).toBe(30);
    discord.clearWeather();
    discord.weather({ kind: 'rate-limited', retryAfterSeconds: 2, scope: 'global' }, { route: POSTS });
    expect(await sender.deliver(deliveryTo(channel))).toMatchObject({ kind: 'retry', hold: 'platform' });
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  test('a failure, a lost connection and silence are tried again; silence that arrived is found', async () => {
    await using stage = await onStage();
    const { discord, sender, channel } = stage;
    discord.weather({ kind: 'status', status: 503 }, { route: POSTS });
    const again = { kind: 'retry', hold: 'post', afterMs: 0 };
    expect(await sender.deliver(deliveryTo(channel))).toEqual({ ...again, reason: 'Discord failed (503)' });
    discord.weather({ kind: 'lost' }, { route: POSTS });
    expect(await sender.deliver(deliveryTo(channel))).toMatchObject(again);
    expect(await sender.find(deliveryTo(channel))).toBeNull();
    discord.weather({ kind: 'accept-then-hang' }, { route: POSTS });
    expect(await sender.deliver(deliveryTo(channel))).toMatchObject(again);
    expect(await sender.find(deliveryTo(channel))).toEqual({ remoteId: discord.messages(channel)[0]?.id });
  });

  test('a Discord that cannot be reached holds the platform', async () => {
    await using stage = await onStage();
    const { discord, sender, channel } = stage;
    await discord.down(true);
    const told = { kind: 'retry', hold: 'platform', afterMs: 2_000, reason: 'Discord cannot be reached (ECONNREFUSED)' };
    expect(await sender.deliver(deliveryTo(channel))).toEqual(told);
    await expect(sender.find(deliveryTo(channel))).rejects.toThrow('whether it arrived could not be looked up');
  });

  test('a token that is refused holds the platform, and a new try carries the token again', async () => {
    await using stage = await onStage();
    const { discord, sender, channel } = stage;
    discord.weather({ kind: 'error', status: 401, code: 0, message: '401: Unauthorized' }, { route: POSTS });
    expect(await sender.deliver(deliveryTo(channel))).toEqual({
      kind: 'retry',
      hold: 'platform',
      afterMs: 60_000,
      reason: 'Discord does not accept the bot’s token. Put a new one into DISCORD_TOKEN and restart.',
    });
    expect((await sender.deliver(deliveryTo(channel))).kind).toBe('sent');
  });

  test('a channel that is gone, hidden or closed to us is dead, in words that say what to do', async () => {
    await using stage = await onStage();
    const { discord, sender, channel } = stage;
    const told = async (address: string) => {
      const sent = await sender.deliver(deliveryTo(address));
      return sent.kind === 'dead' ? sent.reason : sent.kind;
    };
    discord.takePermission(channel, 'SEND_MESSAGES');
    expect(await told(channel)).toContain('Send Messages and Embed Links');
    discord.takePermission(channel, 'VIEW_CHANNEL');
    expect(await told(channel)).toBe('Showcaller may not see this channel. Give it the permission View Channel there.');
    discord.deleteChannel(channel);
    expect(await told(channel)).toContain('The channel does not exist any more.');
    expect(await told('../users/@me')).toContain('This is no Discord channel.');
    expect(discord.complaints).toEqual([]);
  });

  test.each([
    [{ kind: 'refused', status: 404, code: 10_008, told: 'Unknown Message' }, true, { kind: 'gone' }],
    [{ kind: 'refused', status: 403, code: 50_005, told: 'Cannot edit' }, true, { kind: 'gone' }],
    [
      { kind: 'refused', status: 400, code: 50_035, told: 'Invalid Form Body\ncontent: too long' },
      false,
      {
        kind: 'dead',
        reason: 'Discord refused it: Invalid Form Body; content: too long (400, code 50035). Nothing more is tried.',
      },
    ],
    [
      { kind: 'refused', status: 403, code: 0, told: 'No Description' },
      false,
      { kind: 'retry', hold: 'post', afterMs: 0, reason: 'Discord refused it: No Description (403, code 0)' },
    ],
  ] as const)('%j (an edit: %s) is %j', (fault, isEdit, outcome) => {
    expect(outcomeOf(fault, { isEdit })).toEqual(outcome);
  });
});

test('a critical post does not wait behind one that hangs in the same channel', async () => {
  await using stage = await onStage();
  const { discord, sender, channel } = stage;
  discord.weather({ kind: 'accept-then-hang' }, { route: POSTS });
  const order: string[] = [];
  const routine = sender.deliver(deliveryTo(channel, { postId: 'RoUtInEhIjKlMnOpQrStUv' })).then(() => order.push('routine'));
  await until(() => discord.messages(channel).length === 1);
  await sender.deliver(deliveryTo(channel, { postId: 'CrItIcAlIjKlMnOpQrStUv' })).then(() => order.push('critical'));
  await routine;
  expect(order).toEqual(['critical', 'routine']);
});

describe('what may have arrived is looked for', () => {
  test('a card by its footer, far back; another’s message with the same footer is not ours', async () => {
    await using stage = await onStage();
    const { discord, sender, channel, user } = stage;
    const delivery = deliveryTo(channel);
    await sender.deliver(delivery);
    for (let at = 0; at < 150; at += 1) discord.say({ user, channel, text: `hello ${at}` });
    expect(await sender.find(delivery)).toEqual({ remoteId: discord.messages(channel)[0]?.id });
    expect(await sender.find({ ...delivery, postId: 'NoTtHeReIjKlMnOpQrStUv' })).toBeNull();
    expect(discord.complaints).toEqual([]);
  });

  test('a ring by its words in answer to its card; an older one with the same words is not it', async () => {
    await using stage = await onStage();
    const { discord, sender, channel, user } = stage;
    const card = await sender.deliver(deliveryTo(channel));
    const delivery = ring(channel, user, { replyToRemoteId: card.kind === 'sent' ? card.remoteId : null });
    const sent = await sender.deliver(delivery);
    const other = { ...delivery, postId: 'OtHeRfGhIjKlMnOpQrStUv' };
    expect(await sender.find(other)).toEqual({ remoteId: sent.kind === 'sent' ? sent.remoteId : '' });
    expect(await sender.find({ ...other, createdAtMs: Date.now() + 120_000 })).toBeNull();
    expect(await sender.find({ ...other, message: say('Something else') })).toBeNull();
    discord.say({ user, channel, text: '● Something new\n🔔 <@1>' });
    expect(await sender.find({ ...other, message: { ...say('Something new'), tone: 'critical' }, pings: [] })).toBeNull();
  });

  test('where the history may not be read, the nonce alone has to do', async () => {
    await using stage = await onStage();
    const { discord, sender, channel } = stage;
    discord.weather(
      { kind: 'error', status: 403, code: 50_001, message: 'Missing Access' },
      { route: 'GET /channels/:id/messages' },
    );
    expect(await sender.find(deliveryTo(channel))).toBeNull();
  });
});
