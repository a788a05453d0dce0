import { describe, expect, test } from 'vitest';
import { checkDiscord } from '../../../src/chat/discord/check.ts';
import { renderMessage } from '../../../src/chat/discord/render.ts';
import { tryDiscordToken } from '../../../src/chat/discord/setup.ts';
import { say } from '../../../src/ports/message.ts';
import type { LesserAnswer } from './lesser-server.ts';
import { lesserSender, startLesserDiscord } from './lesser-server.ts';
import { COMMANDS, button, deliveryTo } from './stage.ts';

const POST = 'POST /channels/5/messages';
const EDIT = 'PATCH /channels/5/messages/9';
const HISTORY = 'GET /channels/5/messages';
const ME = 'GET /users/@me';
const delivery = deliveryTo('5');
const edit = deliveryTo('5', { remoteId: '9' });
const again = (reason: string) => ({ kind: 'retry', hold: 'post', afterMs: 0, reason });
const FOOTED = {
  id: 9,
  author: { id: '900' },
  embeds: [{ footer: { text: `sc·${delivery.postId}` } }],
};

describe('a post is delivered once', () => {
  test.each([
    ['an id in digits', { body: '{"id":1234567890123456789}', type: 'application/json' }, '1234567890123456789'],
    ['a small id in digits', { body: { id: 9 } }, '9'],
    ['JSON by another name', { body: '{"id":"9"}', type: 'text/plain' }, '9'],
  ])('answered with %s', async (_, answer: LesserAnswer, remoteId) => {
    await using lesser = await lesserSender({ routes: { [POST]: answer } });
    expect(await lesser.sender.deliver(delivery)).toEqual({ kind: 'sent', remoteId });
    expect(lesser.discord.keys()).toEqual([POST]);
  });

  test.each([
    ['nothing', { status: 204 }],
    ['no id', { body: {} }],
    ['a page', { body: '<html>' }],
  ])('answered with %s it is looked for, and given up in words where it cannot be found', async (_, answer: LesserAnswer) => {
    await using lesser = await lesserSender({ routes: { [POST]: answer } });
    expect(await lesser.sender.deliver(delivery)).toEqual({
      kind: 'dead',
      reason:
        'The server took the message without telling its id, so it cannot be kept up to date. It stands there as it was posted.',
    });
    await using listing = await lesserSender({ routes: { [POST]: answer, [HISTORY]: { body: [FOOTED] } } });
    expect(await listing.sender.deliver(delivery)).toEqual({ kind: 'sent', remoteId: '9' });
  });

  test.each([[{ status: 204 }], [{ body: {} }], [{ body: { id: '77' } }]])(
    'an edit keeps its id, answered %j',
    async (answer) => {
      await using lesser = await lesserSender({ routes: { [EDIT]: answer } });
      expect(await lesser.sender.deliver(edit)).toEqual({ kind: 'sent', remoteId: '9' });
    },
  );
});

describe('what is refused holds up nothing else', () => {
  const told = (status: number, body: unknown): LesserAnswer => ({ status, body });
  test.each([
    ['an edit of what is gone, in words', edit, told(404, { message: 'Unknown Message' }), { kind: 'gone' }],
    ['an edit of what is gone, by a page', edit, told(404, '<html>'), { kind: 'gone' }],
    ['an edit of what is gone, by its code as text', edit, told(403, { code: '10008', message: 'x' }), { kind: 'gone' }],
    ['an edit by a page', edit, told(405, '<html>'), again('Discord refused it: Method Not Allowed (405, code 0)')],
    ['a post in words', delivery, told(400, { message: 'Bad' }), again('Discord refused it: Bad (400, code 0)')],
    ['a post by a page', delivery, told(403, '<html>'), again('Discord refused it: Forbidden (403, code 0)')],
    [
      'a post by a bare word',
      delivery,
      { status: 404, body: '"No"', type: 'application/json' },
      again('Discord refused it: Not Found (404, code 0)'),
    ],
    ['a post sent elsewhere', delivery, { status: 302, headers: { location: '/' } }, again('Discord failed (302)')],
    [
      'a post by its code as text',
      delivery,
      told(404, { code: '10003', message: 'Unknown Channel' }),
      { kind: 'dead', reason: 'The channel does not exist any more. Bind another one: /team channel, typed where it should be.' },
    ],
    [
      'a token',
      delivery,
      told(401, '<html>'),
      {
        kind: 'retry',
        hold: 'platform',
        afterMs: 60_000,
        reason: 'Discord does not accept the bot’s token. Put a new one into DISCORD_TOKEN and restart.',
      },
    ],
  ] as const)('%s', async (_, ask, answer, outcome) => {
    await using lesser = await lesserSender({ routes: { [POST]: answer, [EDIT]: answer } });
    expect(await lesser.sender.deliver(ask)).toEqual(outcome);
  });

  test('edits that are not taken are missing in health', async () => {
    await using lesser = await lesserSender({ routes: { [EDIT]: { status: 405, body: '<html>' } } });
    await lesser.sender.deliver(edit);
    expect(lesser.notes()).toEqual(['This server takes no edits, so a card stays as it was first posted.']);
  });

  test.each([
    ['a limit without a time', { body: '<html>' }, 1_050, 'destination'],
    ['a limit with its time in the body', { body: { retry_after: 2.5 } }, 2_550, 'destination'],
    ['a limit for all in the body', { body: { retry_after: 2.5, global: true } }, 2_550, 'platform'],
    ['a limit by a date', { body: '', headers: { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' } }, 1_050, 'destination'],
  ])('%s', async (_, answer, afterMs, hold) => {
    await using lesser = await lesserSender({ routes: { [POST]: { status: 429, ...answer } } });
    const outcome = await lesser.sender.deliver(delivery);
    expect(outcome).toMatchObject({ kind: 'retry', hold, reason: `Discord asks us to wait ${Math.ceil(afterMs / 1000)} s` });
    // A limit for all is the time until it ends, and a little more.
    expect(Math.abs((outcome.kind === 'retry' ? outcome.afterMs : 0) - afterMs)).toBeLessThanOrEqual(60);
  });
});

describe('what may have arrived is looked for', () => {
  test('without knowing who we are, by its footer or its nonce, never by its words', async () => {
    const rung = deliveryTo('5', { kind: 'ring', postId: 'RiNgEfGhIjKlMnOpQrStUv', message: say('Sold out') });
    const timestamp = new Date().toISOString();
    const said = { id: '11', author: { id: '7' }, content: 'Sold out', timestamp };
    await using lesser = await lesserSender({ routes: { [HISTORY]: { body: [said, FOOTED] } } });
    expect(await lesser.sender.find(delivery)).toEqual({ remoteId: '9' });
    expect(await lesser.sender.find(rung)).toBeNull();
    expect(lesser.notes()).toEqual([]);
    await using nonces = await lesserSender({ routes: { [HISTORY]: { body: [said, { id: '12', nonce: rung.postId }] } } });
    expect(await nonces.sender.find(rung)).toEqual({ remoteId: '12' });
  });

  test.each([
    ['no history', { status: 404, body: '<html>' }],
    ['no such method', { status: 405, body: { message: 'no' } }],
    ['a history that cannot be read', { body: { messages: [] } }],
    ['a history not made yet', { status: 501 }],
  ])('%s: it is posted all the same, and health says what is missing', async (_, answer: LesserAnswer) => {
    await using lesser = await lesserSender({ routes: { [HISTORY]: answer, [ME]: { body: { id: '900' } } } });
    expect(await lesser.sender.find(delivery)).toBeNull();
    expect(lesser.notes()).toEqual([
      'This server has no history to look in, so a message whose answer was lost may be posted a second time.',
    ]);
  });
});

describe('a token is tried', () => {
  const tried = async (routes: Readonly<Record<string, LesserAnswer>>) => {
    await using discord = await startLesserDiscord({ routes });
    return await tryDiscordToken({ token: 't', apiUrl: discord.apiUrl, timeoutMs: 1_000 });
  };

  test('where nothing says whose it is, it is taken with a warning', async () => {
    const warning =
      'This server cannot say whose token it is, so it was not tried. Starting Showcaller shows whether it is accepted.';
    expect(await tried({})).toMatchObject({ kind: 'accepted', botName: 'the bot', warning });
    expect(await tried({ [ME]: { body: { id: 900, username: 'ours' } } })).toMatchObject({ botName: 'ours', warning: null });
  });

  test('where it is refused, it is', async () => {
    expect(await tried({ [ME]: { status: 401, body: '<html>' } })).toEqual({
      kind: 'refused',
      told: 'Discord does not accept this token: Reset Token on the Bot page makes a new one',
    });
  });
});

describe('the doctor', () => {
  const findings = async (routes: Readonly<Record<string, LesserAnswer>>) => {
    await using discord = await startLesserDiscord({ routes });
    const needs = { token: 't', apiUrl: discord.apiUrl, timeoutMs: 1_000, clock: { now: Date.now }, commands: COMMANDS };
    const found = await checkDiscord({ ...needs, guildId: '100', channels: ['5'] });
    return found.filter(({ what }) => what !== 'Clock').map(({ what, fine, told }) => [what, fine, told]);
  };

  test('says what cannot be looked at, and does not call it missing', async () => {
    const routes = {
      [ME]: { body: { id: '900', username: 'ours' } },
      'GET /guilds/100': { body: { id: '100', name: 'Ours' } },
      'GET /channels/5': { body: { id: '5', type: 0, name: 'alerts' } },
    };
    expect((await findings(routes)).slice(2)).toEqual([
      ['Discord commands', true, 'cannot be looked at: Discord refused it: Not Found (404, code 0)'],
      ['Discord server', true, 'the bot is in Ours'],
      ['Discord channel #alerts', true, 'can be seen; what Showcaller may do there cannot be looked at'],
    ]);
  });

  test('goes on where nothing says who the bot is', async () => {
    expect(await findings({})).toEqual([
      ['Discord token', true, 'cannot be tried: this server does not say whose it is'],
      ['Discord intents', true, 'only Guilds is used, which needs nobody’s approval'],
      ['Discord commands', true, 'cannot be looked at: this server does not say which application the bot is'],
      ['Discord server', true, 'cannot be looked at here, and so neither can its channels'],
    ]);
  });
});

test('a card with more buttons than there is room for still says how many rows it leaves out', () => {
  for (let chars = 32; chars <= 62; chars += 3) {
    const rows = Array.from({ length: 60 }, (_, at) => [`row${at}_${'x*'.repeat(chars / 2)}`, '12', '3']);
    const buttons = Array.from({ length: 30 }, () => button('Do it'));
    const message = say(
      'Stock',
      { kind: 'text', text: 'Stock of the drop' },
      { kind: 'table', columns: ['SKU', 'Left', 'Sold'], rows },
      { kind: 'buttons', buttons },
    );
    const look = { kind: 'card', buttonIds: buttons.map((_, at) => `b${at}`), pings: [], postId: delivery.postId } as const;
    const words = renderMessage(message, look)
      .embeds.map(({ description }) => description)
      .join('\n');
    const shownCount = words.match(/row\d+/gu)?.length ?? 0;
    const leftOut = shownCount === 60 ? 0 : Number(/and (\d+) more rows/u.exec(words)?.[1] ?? Number.NaN);
    expect([chars, shownCount + leftOut]).toEqual([chars, 60]);
    expect(words).toContain('… and 5 more buttons, left out here.');
  }
});
