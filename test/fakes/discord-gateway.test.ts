import { once } from 'node:events';
import { Client, Events, GatewayIntentBits, MessageFlags } from 'discord.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { codeOf, openStage } from './discord/stage.ts';
import type { ChatInputCommandInteraction } from 'discord.js';
import type { FakeDiscord } from './discord/index.ts';
import type { Stage } from './discord/stage.ts';

let stage: Stage;
let discord: FakeDiscord;
let maya: string;
let channel: string;

beforeEach(async () => {
  stage = await openStage();
  ({ discord, maya, channel } = stage);
});

afterEach(() => stage.close());

describe('the gateway', () => {
  test('heartbeats are answered, and a dropped line is resumed with what was missed', async () => {
    const heard: string[] = [];
    await stage.register();
    await stage.connect(async (interaction) => {
      heard.push(interaction.id);
      await (interaction as ChatInputCommandInteraction).reply({ content: 'back', flags: MessageFlags.Ephemeral });
    });
    discord.dropGateway({ resumable: true });
    await discord.until(() => !discord.gateway.isConnected());
    const handle = await discord.slash({ user: maya, channel, command: 'stock' });
    expect(heard).toEqual([handle.interactionId]);
    expect([discord.gateway.identifies(), discord.gateway.resumes(), discord.complaints]).toEqual([1, 1, []]);
  });

  test('told to reconnect, or left without an acknowledgement, it resumes', async () => {
    const client = await stage.connect();
    discord.askReconnect();
    await discord.until(() => discord.gateway.resumes() === 1);
    discord.muteHeartbeats(true);
    await discord.until(() => !discord.gateway.isConnected());
    discord.muteHeartbeats(false);
    await discord.until(() => discord.gateway.resumes() === 2);
    discord.invalidSession({ resumable: true });
    await discord.until(() => discord.gateway.resumes() === 3);
    expect([client.isReady(), discord.gateway.identifies(), discord.complaints]).toEqual([true, 1, []]);
  });

  test('an invalid session is identified anew', async () => {
    const client = await stage.connect();
    const again = new Promise((resolve) => client.once(Events.ShardReady, resolve));
    discord.invalidSession({ resumable: false });
    await again; // the SDK waits five seconds between two
    expect(discord.gateway.identifies()).toBe(2);
    expect([discord.gateway.resumes(), discord.complaints]).toEqual([0, []]);
  });

  test('a privileged intent and a revoked token end it for good', async () => {
    const client = new Client({
      intents: [GatewayIntentBits.Guilds, GatewayIntentBits.MessageContent],
      rest: { api: discord.apiUrl, retries: 0 },
    });
    const closed = new Promise((resolve) => client.once(Events.ShardDisconnect, ({ code }) => resolve(code)));
    client.on(Events.ShardError, () => undefined);
    client.login(discord.token).catch(() => undefined);
    expect(await closed).toBe(4_014);
    await client.destroy();
    expect(discord.complaints.map(({ what }) => what)).toEqual(['privileged-intent']);
    const second = await stage.connect();
    const gone = new Promise((resolve) => second.once(Events.ShardDisconnect, ({ code }) => resolve(code)));
    discord.revokeToken();
    expect(await gone).toBe(4_004);
    expect(await codeOf(stage.rest().get('/users/@me'))).toEqual([401, 0]);
  });

  test('frames a client must not send close the line with Discord’s own codes', async () => {
    const identify = { op: 2, d: { token: discord.token, intents: 1, properties: {} } };
    const closing = async (frames: readonly unknown[], query = '?v=10&encoding=json'): Promise<number> => {
      const socket = new WebSocket(`${discord.gatewayUrl}${query}`);
      socket.on('open', () => {
        for (const frame of frames) socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
      });
      const [code] = (await once(socket, 'close')) as [number];
      return code;
    };
    const identifying = (more: object): unknown => ({ op: 2, d: { ...identify.d, ...more } });
    expect(await closing([], '?v=9&encoding=json')).toBe(4_012);
    expect(await closing([], '?v=10&encoding=etf')).toBe(4_002);
    expect(await closing([], '?v=10&encoding=json&compress=zlib-stream')).toBe(4_002);
    expect(await closing(['{'])).toBe(4_002);
    expect(await closing([{ op: 1, d: 'x'.repeat(4_096) }])).toBe(4_002);
    expect(await closing([{ op: 99 }])).toBe(4_001);
    expect(await closing([{ op: 3, d: {} }])).toBe(4_003);
    expect(await closing([identifying({ token: 'Bot other' })])).toBe(4_004);
    expect(await closing([identify, identify])).toBe(4_005);
    expect(await closing(Array.from({ length: 121 }, () => ({ op: 1, d: null })))).toBe(4_008);
    expect(await closing([identifying({ shard: [1, 1] })])).toBe(4_010);
    expect(await closing([identifying({ intents: 1 << 19 })])).toBe(4_013);
    expect(await closing([identifying({ intents: 1 << 8 })])).toBe(4_014);
    expect(discord.complaints.map(({ what }) => what)).toEqual(['gateway', 'gateway', 'privileged-intent']);
    expect(await closing([identify])).toBe(4_009); // and then never beats
    expect(discord.complaints.at(-1)?.what).toBe('missed-heartbeat');
  });

  test('a session that is over cannot be resumed, nor can one resume what was never told', async () => {
    const resuming = async (seq: number): Promise<unknown> => {
      const socket = new WebSocket(`${discord.gatewayUrl.replace('gateway', 'resume')}?v=10&encoding=json`);
      const refused = new Promise<unknown>((resolve) => {
        socket.on('message', (data: Buffer) => {
          const frame = JSON.parse(data.toString()) as { op: number };
          if (frame.op === 9) resolve(frame);
        });
      });
      socket.on('open', () => socket.send(JSON.stringify({ op: 6, d: { token: discord.token, session_id: session, seq } })));
      const said = await Promise.race([once(socket, 'close'), refused]);
      socket.terminate();
      return Array.isArray(said) ? said[0] : said;
    };
    const first = new WebSocket(`${discord.gatewayUrl}?v=10&encoding=json`);
    let session = '';
    first.on('message', (data: Buffer) => (session ||= /"session_id":"([^"]+)"/.exec(data.toString())?.[1] ?? ''));
    first.on('open', () => first.send(JSON.stringify({ op: 2, d: { token: discord.token, intents: 1, properties: {} } })));
    await discord.until(() => session !== '');
    expect(await resuming(99)).toBe(4_007);
    discord.dropGateway({ resumable: false, code: 4_009 });
    expect(await resuming(1)).toMatchObject({ op: 9, d: false });
    expect(discord.gateway.resumes()).toBe(0);
  });

  test('kicked, invited, a channel gone: the client hears of it', async () => {
    const client = await stage.connect();
    expect(client.guilds.cache.get(discord.guildId)?.channels.cache.get(channel)?.name).toBe('alerts');
    discord.deleteChannel(channel);
    await expect.poll(() => client.channels.cache.has(channel)).toBe(false);
    discord.kickBot();
    await expect.poll(() => client.guilds.cache.size).toBe(0);
    expect(await codeOf(stage.rest().get(`/guilds/${discord.guildId}`))).toEqual([403, 50_001]);
    discord.inviteBot();
    await expect.poll(() => client.guilds.cache.size).toBe(1);
  });
});

describe('weather', () => {
  test('a rate limit holds its route and channel until its time; a global one holds all but interactions', async () => {
    const other = discord.addChannel({ name: 'host' });
    discord.weather(
      { kind: 'rate-limited', retryAfterSeconds: 2, scope: 'shared' },
      { route: 'POST /channels/:id/messages', channel },
    );
    expect(await codeOf(stage.post({ content: 'x' }, other))).toBe('fine');
    expect(await codeOf(stage.post({ content: 'x' }))).toEqual(['limited', false, 'shared']);
    expect(await codeOf(stage.post({ content: 'x' }))).toEqual(['limited', false, 'shared']);
    stage.clock.nowMs += 2_000;
    expect(await codeOf(stage.post({ content: 'x' }))).toBe('fine');
    discord.weather({ kind: 'rate-limited', retryAfterSeconds: 1, scope: 'global' });
    expect(await codeOf(stage.post({ content: 'x' }))).toEqual(['limited', true, 'global']);
    expect(await codeOf(stage.rest().get('/users/@me'))).toEqual(['limited', true, 'global']);
    discord.clearWeather();
    expect(await codeOf(stage.rest().get('/users/@me'))).toBe('fine');
    expect(discord.calls.map(({ status }) => status)).toEqual([200, 429, 429, 200, 429, 429, 200]);
  });

  test('five messages in five seconds', async () => {
    discord.limitMessages(true);
    const codes: unknown[] = [];
    for (let at = 0; at < 6; at += 1) codes.push(await codeOf(stage.post({ content: 'x' })));
    expect(codes).toEqual(['fine', 'fine', 'fine', 'fine', 'fine', ['limited', false, 'user']]);
    expect(discord.messages(channel)).toHaveLength(5);
    stage.clock.nowMs += 5_000;
    expect(await codeOf(stage.post({ content: 'x' }))).toBe('fine');
  });

  test('broken answers, lost requests, answers that never come', async () => {
    discord.weather({ kind: 'status', status: 502 });
    expect(await codeOf(stage.post({ content: 'x' }))).toEqual([502]);
    discord.weather({ kind: 'error', status: 403, code: 50_007, message: 'Cannot send messages to this user' });
    expect(await codeOf(stage.post({ content: 'x' }))).toEqual([403, 50_007]);
    discord.weather({ kind: 'lost' });
    expect(await codeOf(stage.post({ content: 'x' }))).toBe('UND_ERR_SOCKET');
    expect(discord.messages(channel)).toEqual([]);
    discord.weather({ kind: 'accept-then-hang' });
    expect(await codeOf(stage.post({ content: 'done' }, channel, stage.rest({ timeout: 300 })))).toBe('AbortError');
    expect(discord.messages(channel).map(({ content }) => content)).toEqual(['done']);
    expect(await codeOf(stage.post({ content: 'x' }))).toBe('fine');
  });

  test('down refuses connections and comes back where it was; a forgotten route is no complaint', async () => {
    const client = await stage.connect();
    await discord.down(true);
    await expect.poll(() => codeOf(stage.post({ content: 'x' }))).toBe('ECONNREFUSED');
    await discord.down(false);
    expect(await codeOf(stage.post({ content: 'x' }))).toBe('fine');
    await discord.until(() => discord.gateway.isConnected(), 15_000);
    expect(client.isReady()).toBe(true);
    expect(() => discord.forgetRoute('GET /nowhere')).toThrow('there is no route GET /nowhere');
    discord.forgetRoute('GET /gateway/bot');
    expect(await codeOf(stage.rest().get('/gateway/bot'))).toEqual([404, 0]);
    expect(discord.complaints).toEqual([]);
  });
});
