import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { discordOverHttp } from '../../../src/chat/discord/http.ts';
import { applicationKey, signedByDiscord } from '../../../src/chat/discord/signature.ts';
import { startServer } from '../../../src/web/server.ts';
import { makeKeys, signatureOf, startFakeDiscord, visibleText } from '../../fakes/discord/index.ts';
import { keptLog, recordingDoor, registered, until } from './stage.ts';

const VECTORS = JSON.parse(readFileSync(new URL('../../data/signature_vectors.json', import.meta.url), 'utf8')) as {
  readonly discordInteractions: readonly {
    publicKeyHex: string;
    timestamp: string;
    rawBody: string;
    expectedSignatureHex: string;
  }[];
};
const WINDOW_MS = 5 * 60_000;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

/** A fake Discord that sends to a real server of ours; no gateway. */
async function onHttp(more: { readonly lookEveryMs?: number; readonly answer?: Parameters<typeof recordingDoor>[0] } = {}) {
  const discord = await startFakeDiscord();
  stops.push(() => discord.stop());
  const recorded = recordingDoor(more.answer);
  const log = keptLog();
  const clock = { now: () => Date.now() };
  const channel = discord.addChannel({ name: 'alerts' });
  const user = discord.addUser({ name: 'Finn', permissions: ['MANAGE_EVENTS'] });
  const needs = {
    token: discord.token,
    apiUrl: discord.apiUrl,
    guildId: null,
    timeoutMs: 2_000,
    clock,
    door: recorded.door,
    log,
  };
  const { lookEveryMs = 60_000 } = more;
  const over = discordOverHttp({ ...needs, publicKey: discord.publicKey, lookEveryMs });
  const server = await startServer({ port: 0, host: '127.0.0.1', routes: [over.route], clock, log });
  const connection = await over.connect();
  stops.push(async () => {
    await server.close();
    await connection.close();
  });
  const url = `http://127.0.0.1:${server.port}/discord/interactions`;
  await discord.sendTo([url]);
  await registered({ discord });
  return { ...recorded, discord, log, channel, user, connection, url, seat: { user, channel } };
}

type OnHttp = Awaited<ReturnType<typeof onHttp>>;

async function post(
  { url, discord }: Pick<OnHttp, 'url' | 'discord'>,
  body: string,
  how: { key?: typeof discord.privateKey; atMs?: number } = {},
) {
  const { key = discord.privateKey, atMs = Date.now() } = how;
  const response = await fetch(url, { method: 'POST', body, headers: signatureOf(body, key, atMs) });
  return [response.status, await response.text()] as const;
}

const interaction = ({ discord, user, channel }: OnHttp, id = '1200000000000000001'): string =>
  JSON.stringify({
    id,
    token: 'a-token',
    type: 2,
    application_id: discord.applicationId,
    guild_id: discord.guildId,
    channel_id: channel,
    member: { user: { id: user } },
    data: { id: '1', name: 'stock', type: 1 },
  });

describe('a signature', () => {
  test.each(VECTORS.discordInteractions)(
    'of RFC 8032’s first key',
    ({ publicKeyHex, timestamp, rawBody, expectedSignatureHex }) => {
      const key = applicationKey(publicKeyHex);
      const atMs = Number(timestamp) * 1000;
      const signed = (more: { body?: string; nowMs?: number; headers?: Readonly<Record<string, string>> } = {}) => {
        const headers = { 'x-signature-timestamp': timestamp, 'x-signature-ed25519': expectedSignatureHex, ...more.headers };
        return signedByDiscord({ headers, body: Buffer.from(more.body ?? rawBody), nowMs: more.nowMs ?? atMs }, key);
      };
      expect(signed()).toBe('authentic');
      expect([signed({ nowMs: atMs + WINDOW_MS }), signed({ nowMs: atMs - WINDOW_MS })]).toEqual(['authentic', 'authentic']);
      expect([signed({ nowMs: atMs + WINDOW_MS + 1 }), signed({ nowMs: atMs - WINDOW_MS - 1 })]).toEqual([
        'outdated',
        'outdated',
      ]);
      expect(signed({ body: `${rawBody} ` })).toBe('wrong');
      expect(signed({ headers: { 'x-signature-timestamp': String(Number(timestamp) + 1) } })).toBe('wrong');
      expect(signed({ headers: { 'x-signature-ed25519': '0'.repeat(128) } })).toBe('wrong');
      expect(signed({ headers: { 'x-signature-ed25519': expectedSignatureHex.slice(2) } })).toBe('strange');
      expect(signed({ headers: { 'x-signature-timestamp': 'now' } })).toBe('strange');
      expect(signedByDiscord({ headers: {}, body: Buffer.from(rawBody), nowMs: atMs }, key)).toBe('strange');
    },
  );
});

describe('a request that is refused does nothing', () => {
  test.each([
    ['signed with another key', { key: makeKeys().privateKey }],
    ['five minutes old', { atMs: Date.now() - WINDOW_MS - 10_000 }],
    ['from the future', { atMs: Date.now() + WINDOW_MS + 60_000 }],
  ])('%s', async (_, how) => {
    const on = await onHttp();
    expect(await post(on, interaction(on), how)).toEqual([401, 'the signature is missing or wrong\n']);
    expect([on.requests, on.discord.complaints]).toEqual([[], []]);
  });

  test('without any signature', async () => {
    const on = await onHttp();
    expect((await fetch(on.url, { method: 'POST', body: interaction(on) })).status).toBe(401);
    expect(on.requests).toEqual([]);
  });

  test('too large, though well signed', async () => {
    const on = await onHttp();
    expect((await post(on, `"${'x'.repeat(1024 * 1024)}"`))[0]).toBe(413);
    expect(on.requests).toEqual([]);
  });

  test.each(['', '{', '[]', '{"type":2}', '{"id":"1","type":2,"token":""}'])('well signed, but %j', async (body) => {
    const on = await onHttp();
    expect(await post(on, body)).toEqual([400, 'this is no interaction anybody could be answered for\n']);
    expect(on.requests).toEqual([]);
    expect(on.log.lines.filter((line) => line.startsWith('error'))).toEqual([]);
  });
});

test('a ping is answered, also one that calls its kind by text', async () => {
  const on = await onHttp();
  expect(await post(on, '{"type":1}')).toEqual([200, '{"type":1}']);
  expect(await post(on, '{"type":"1"}')).toEqual([200, '{"type":1}']);
});

test('a command is answered: first that an answer comes, then by the webhook, with no callback and no gateway', async () => {
  const on = await onHttp();
  const handle = await on.discord.slash({ ...on.seat, command: 'stock' });
  expect(handle.deferred).toBe(true);
  expect(visibleText(await handle.answer())).toContain('It is done.');
  expect(on.discord.calls.filter(({ path }) => path.endsWith('/callback'))).toEqual([]);
  expect([on.discord.gateway.identifies(), on.discord.complaints]).toEqual([0, []]);
});

test('an answer that overtakes its first response waits for it', async () => {
  const on = await onHttp();
  on.discord.slowResponses(150);
  const handle = await on.discord.slash({ ...on.seat, command: 'stock' });
  expect(visibleText(await handle.answer())).toContain('It is done.');
  const edits = on.discord.calls.filter(({ method, path }) => method === 'PATCH' && path.endsWith('original'));
  expect(edits.length).toBeGreaterThan(1); // it had really overtaken
  expect(edits.map(({ status }) => status).at(-1)).toBe(200);
});

test('a form opens as the answer to the request, and its fields are proposed for', async () => {
  const on = await onHttp();
  on.buttons.set('v1dismiss', { kind: 'nothing' });
  const proposals = await on.discord.autocomplete({ ...on.seat, command: 'stock', option: 'sku', typed: 'hoo' });
  expect(proposals).toEqual([{ name: 'HOODIE-M · 46 left', value: 'HOODIE-M' }]);
  const text = on.discord.say({ ...on.seat, text: 'Book the van' });
  const handle = await on.discord.messageCommand({ ...on.seat, message: text.id, name: 'Add to timeline' });
  const { modal } = handle;
  if (modal === null) throw new Error('no form');
  const day = modal.inputs.find(({ label }) => label.toLowerCase().includes('day'))?.customId ?? '';
  const sent = await on.discord.submit({ user: on.user, modal, values: { [day]: '2027-01-21' } });
  expect(visibleText(await sent.answer())).toContain('It is done.');
  expect(on.discord.complaints).toEqual([]);
});

test('delivered twice, it is done once, and both deliveries get the one first response', async () => {
  const on = await onHttp();
  const body = interaction(on);
  const answers = await Promise.all([post(on, body), post(on, body)]);
  expect(answers).toEqual([
    [200, '{"type":5,"data":{"flags":64}}'],
    [200, '{"type":5,"data":{"flags":64}}'],
  ]);
  await until(() => on.requests.length > 0);
  expect(await post(on, body)).toEqual([200, '{"type":5,"data":{"flags":64}}']);
  await on.connection.close();
  expect(on.requests).toHaveLength(1);
});

describe('without a gateway, Discord counts as connected', () => {
  test('while it accepts the token; who and where the bot is comes by asking', async () => {
    const { discord, connection } = await onHttp({ lookEveryMs: 20 });
    expect(connection.state()).toMatchObject({ kind: 'connected', reason: null });
    expect([connection.workspaceId, connection.botUserId]).toEqual([discord.guildId, discord.botUserId]);
    expect(connection.notes()).toEqual([]);
    discord.revokeToken();
    await until(() => connection.state().kind === 'lost');
    expect(connection.state().reason).toBe(
      'Discord does not accept the bot’s token. Put a new one into DISCORD_TOKEN and restart.',
    );
  });

  test('again, when it was away and is back', async () => {
    const { discord, connection } = await onHttp({ lookEveryMs: 20 });
    await discord.down(true);
    await until(() => connection.state().kind === 'lost');
    expect(connection.state().reason).toBe('Discord cannot be reached (ECONNREFUSED)');
    await discord.down(false);
    await until(() => connection.state().kind === 'connected');
  });

  test('and says when the bot was thrown out of its server, and when it is back', async () => {
    const { discord, connection } = await onHttp({ lookEveryMs: 20 });
    discord.kickBot();
    await until(() => connection.notes().length > 0);
    expect(connection.notes()).toEqual(['The bot is not in the server. Invite it again: npm start -- setup shows the link.']);
    discord.inviteBot();
    await until(() => connection.notes().length === 0);
  });

  test('also while it is away from the start: commands are registered when it comes', async () => {
    const discord = await startFakeDiscord();
    stops.push(() => discord.stop());
    await discord.down(true);
    const { door } = recordingDoor();
    const needs = {
      token: discord.token,
      apiUrl: discord.apiUrl,
      guildId: null,
      timeoutMs: 2_000,
      clock: { now: Date.now },
      door,
    };
    const connection = await discordOverHttp({ ...needs, publicKey: discord.publicKey, log: keptLog() }).connect();
    stops.push(connection.close);
    expect([connection.state().kind, connection.workspaceId]).toEqual(['lost', null]);
    await discord.down(false);
    await registered({ discord });
    expect(connection.workspaceId).toBe(discord.guildId);
  });
});

test('a clock that is off is told in health, until a request is on time', async () => {
  const on = await onHttp();
  await post(on, '{"type":1}', { atMs: Date.now() - WINDOW_MS * 2 });
  expect(on.connection.notes()).toEqual([expect.stringContaining('set its clock by the network')]);
  await post(on, '{"type":1}');
  expect(on.connection.notes()).toEqual([]);
});

test('closing answers what was asked, even where the first response is still on its way', async () => {
  const on = await onHttp();
  on.discord.slowResponses(100);
  const handle = on.discord.slash({ ...on.seat, command: 'stock' });
  await until(() => on.requests.length === 1);
  await on.connection.close();
  expect(visibleText(await (await handle).answer())).toContain('It is done.');
});
