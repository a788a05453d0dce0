import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { discordApi } from '../../../src/chat/discord/api.ts';
import { connectDiscord } from '../../../src/chat/discord/connect.ts';
import { openGateway } from '../../../src/chat/discord/gateway.ts';
import { READY, onLesserStage, readyFrame, startLesserDiscord } from './lesser-server.ts';
import { keptLog, recordingDoor, until } from './stage.ts';

const COMMANDS = '/applications/901/commands';
const LOCAL = '/applications/901/guilds/100/commands';
const REGISTERS = { [`GET ${COMMANDS}`]: { body: [] }, [`PUT ${COMMANDS}`]: { body: [] } };
const NO_COMMANDS = 'This server registers no commands, so nothing can be typed as a slash command. Buttons work.';

describe('a gateway that does not speak well', () => {
  test('frames that say nothing are dropped and told once; the next command is answered', async () => {
    const callback = 'POST /interactions/1/t/callback';
    const routes = { [callback]: { status: 204 }, 'PATCH /webhooks/901/t/messages/@original': { body: { id: '5' } } };
    await using stage = await onLesserStage({ routes });
    const { discord, log, requests, connection } = stage;
    const bad = ['null', 'x', '5', '[]', '{}', '{"op":"?"}', '{"op":0}', '{"op":0,"t":5}', { op: 0, t: 'GUILD_CREATE', d: null }];
    for (const one of bad) discord.send(one);
    const user = { user: { id: '7' } };
    discord.dispatch('INTERACTION_CREATE', {
      id: '1',
      token: 't',
      type: 2,
      guild_id: '100',
      member: user,
      data: { name: 'stock' },
    });
    await until(() => requests.length === 1);
    expect(log.lines.filter((line) => line.includes('discord.unread'))).toEqual(['warn discord.unread {"event":"frame"}']);
    expect([connection.state().kind, discord.connectionCount()]).toEqual(['connected', 1]);
  });

  test('an invalid session without a word more is one to open anew', async () => {
    await using stage = await onLesserStage();
    const { discord, connection } = stage;
    discord.send({ op: 9 });
    await until(() => connection.state().kind === 'lost');
    await until(
      () => discord.frames.filter(({ op }) => op === 2).length === 2 && connection.state().kind === 'connected',
      12_000,
    );
  });

  test.each([
    ['no interval', { op: 10 }],
    ['an empty hello', { op: 10, d: {} }],
    ['an interval in words', { op: 10, d: { heartbeat_interval: 'often' } }],
    ['an interval longer than a timer', { op: 10, d: { heartbeat_interval: 2 ** 40 } }],
  ])('%s is not taken for no pause at all', async (_, hello) => {
    await using stage = await onLesserStage({ hello });
    const { discord, connection } = stage;
    expect(connection.state().kind).toBe('connected');
    // A wrong interval beats at once and then every millisecond.
    await expect(until(() => discord.frames.filter(({ op }) => op === 1).length > 1, 300)).rejects.toThrow('');
  });

  test('a fault while an event is dealt with costs the connection, not the process', async () => {
    await using discord = await startLesserDiscord();
    const log = keptLog();
    let faults = 0;
    const onDispatch = (): void => {
      faults += 1;
      if (faults === 1) throw new Error('broken');
    };
    const api = discordApi({ token: 't', apiUrl: discord.apiUrl, timeoutMs: 1_000 });
    const gateway = openGateway({ api, token: 't', clock: { now: Date.now }, log, onDispatch });
    await until(() => discord.frames.filter(({ op }) => op === 2).length === 2 && gateway.state().kind === 'connected');
    await until(() => discord.connectionCount() === 1);
    await gateway.close();
    expect(log.lines.map((line) => line.replace(/ \{.*/u, ''))).toEqual([
      'info discord.connected',
      'error discord.gateway-broke',
      'warn discord.lost',
      'info discord.connected',
    ]);
  });

  test.each(['ws://h:99999', 'wss://h/#x', 'ws://', 'ws://a b', 'http://h', 5])('no connection is tried to %s', async (url) => {
    await using stage = await onLesserStage({ routes: { 'GET /gateway/bot': { body: { url } } } });
    expect(stage.connection.state()).toMatchObject({
      kind: 'lost',
      reason: 'Discord names no address that a connection can be opened to',
    });
  });
});

describe('a server that tells less of where its gateway is', () => {
  test('JSON by another name is read', async () => {
    await using lesser = await startLesserDiscord();
    const { port } = new URL(lesser.apiUrl);
    const routes = { 'GET /gateway/bot': { type: 'text/plain', body: JSON.stringify({ url: `ws://127.0.0.1:${port}` }) } };
    await using stage = await onLesserStage({ routes });
    expect(stage.connection.state().kind).toBe('connected');
  });

  test('without /gateway/bot it is asked as anybody may ask', async () => {
    await using lesser = await startLesserDiscord();
    const { port } = new URL(lesser.apiUrl);
    const routes = {
      'GET /gateway/bot': { status: 404, body: { message: '404: Not Found' } },
      'GET /gateway': { body: { url: `ws://127.0.0.1:${port}` } },
    };
    await using stage = await onLesserStage({ routes });
    expect(stage.connection.state().kind).toBe('connected');
  });

  test('an error that is a bare word is an error', async () => {
    await using stage = await onLesserStage({
      routes: { 'GET /gateway/bot': { status: 403, body: '"No"', type: 'application/json' } },
    });
    expect(stage.connection.state().reason).toBe('Discord refused it: Forbidden (403, code 0)');
  });
});

describe('a READY that tells less', () => {
  test.each([
    ['application', { ...READY, application: undefined, user: { id: '901' } }],
    ['text ids', { ...READY, user: { id: 900 }, application: { id: 901 }, guilds: [{ id: 100 }] }],
  ])('without %s: who the bot is comes from what there is', async (_, ready) => {
    await using stage = await onLesserStage({ routes: REGISTERS, onIdentify: [readyFrame(ready)] });
    const { discord, connection } = stage;
    await until(() => discord.keys().includes(`PUT ${COMMANDS}`));
    expect([connection.workspaceId, connection.notes()]).toEqual(['100', []]);
  });

  test('without anybody: asked for', async () => {
    const routes = { ...REGISTERS, 'GET /applications/@me': { body: { id: '901' } } };
    await using stage = await onLesserStage({ routes, onIdentify: [readyFrame({ guilds: [{ id: '100' }] })] });
    await until(() => stage.discord.keys().includes(`PUT ${COMMANDS}`));
    expect(stage.connection.notes()).toEqual([]);
  });

  test('without servers: listed where that is possible', async () => {
    const routes = { ...REGISTERS, 'GET /users/@me/guilds': { body: [{ id: '100', name: 'Ours' }] } };
    await using stage = await onLesserStage({ routes, onIdentify: [readyFrame({ ...READY, guilds: undefined })] });
    await until(() => stage.connection.workspaceId === '100');
    expect(stage.connection.notes()).toEqual([]);
  });

  test('without servers, nobody is said to be absent before it is gone', async () => {
    const settings = { routes: REGISTERS, onIdentify: [readyFrame({ ...READY, guilds: undefined })] };
    await using stage = await onLesserStage(settings, { guildId: '100' });
    const { discord, connection } = stage;
    await until(() => discord.keys().includes(`PUT ${COMMANDS}`));
    expect([connection.workspaceId, connection.notes()]).toEqual(['100', []]);
    discord.dispatch('GUILD_DELETE', { id: '100' });
    await until(() => connection.notes().length === 1);
    expect(connection.notes()).toEqual(['The bot is not in the server. Invite it again: npm start -- setup shows the link.']);
  });

  test('with nothing at all: connected, and health says what to do', async () => {
    await using stage = await onLesserStage({ onIdentify: [{ op: 0, t: 'READY', s: 1 }] });
    const { connection, discord } = stage;
    await until(() => connection.notes().length === 2);
    expect([connection.state().kind, connection.notes()]).toEqual([
      'connected',
      [
        'Nothing here tells which servers the bot is in. Put the server’s id into DISCORD_GUILD_ID and restart.',
        'Nothing here tells which application the bot is, so its commands cannot be registered.',
      ],
    ]);
    expect(discord.connectionCount()).toBe(1);
  });
});

describe('commands', () => {
  test('are put where they cannot be listed', async () => {
    await using stage = await onLesserStage({ routes: { [`PUT ${COMMANDS}`]: { status: 204 } } });
    await until(() => stage.connection.notes().length > 0);
    expect(stage.connection.notes()).toEqual([
      'This server does not list the commands, so they are registered anew at each start.',
    ]);
  });

  test('are registered for the server alone where that is all there is', async () => {
    await using stage = await onLesserStage({ routes: { [`GET ${LOCAL}`]: { body: [] }, [`PUT ${LOCAL}`]: { body: [] } } });
    const { discord, connection } = stage;
    await until(() => connection.notes().length > 0);
    expect(connection.notes()).toEqual([
      'Commands can only be registered server by server here, so they are offered in the servers known at the start.',
    ]);
    const put = discord.calls.find(({ key }) => key === `PUT ${LOCAL}`);
    const [first] = (put?.body ?? []) as readonly Record<string, unknown>[];
    expect(Object.keys(first ?? {}).toSorted()).toEqual(['default_member_permissions', 'description', 'name', 'options', 'type']);
  });

  test('that can be registered nowhere are said to be missing, and a server met later is tried', async () => {
    const onIdentify = [readyFrame({ ...READY, guilds: [] })];
    await using stage = await onLesserStage({ onIdentify, routes: { [`PUT ${LOCAL}`]: { body: [] } } });
    const { discord, connection, notes } = stage;
    await until(() => notes().includes(NO_COMMANDS));
    discord.dispatch('GUILD_CREATE', { id: '100' });
    await until(() => discord.keys().includes(`PUT ${LOCAL}`));
    await until(() => !notes().includes(NO_COMMANDS));
    expect(connection.workspaceId).toBe('100');
  });
});

describe('requests that tell less', () => {
  const BASE = {
    id: '1',
    token: 't',
    application_id: '901',
    type: 2,
    guild_id: '100',
    channel_id: '5',
    member: { user: { id: '7' } },
    data: { type: 1, name: 'stock', options: [{ type: 3, name: 'sku', value: 'X' }] },
  };
  const CALLBACK = 'POST /interactions/1/t/callback';
  const ANSWER = 'PATCH /webhooks/901/t/messages/@original';
  const routes = { ...REGISTERS, [CALLBACK]: { status: 204 }, [ANSWER]: { body: { id: '55' } } };
  const typed = { kind: 'typed', name: 'stock', input: { sku: 'X' } };
  const bare = { kind: 'typed', name: 'stock', input: {} };

  test.each([
    ['no application', { application_id: undefined }, typed],
    ['an application that is none', { application_id: {} }, typed],
    ['no options', { data: { name: 'stock', options: null } }, bare],
    ['an option without a type', { data: { type: 1, name: 'stock', options: [{ name: 'sku', value: 'X' }] } }, typed],
    ['an option without a value', { data: { name: 'stock', options: [{ type: 3, name: 'sku', value: null }] } }, bare],
    [
      'a verb without a type',
      { data: { name: 'stock', options: [{ name: 'all', options: [] }] } },
      { ...bare, name: 'stock all' },
    ],
    ['no member', { member: undefined, user: { id: 7 } }, typed],
    ['a server as an object', { guild_id: undefined, guild: { id: '100' } }, typed],
    ['numbers as text', { type: '2' }, typed],
    ['a press without its message', { type: 3, data: { custom_id: 'v1' } }, { kind: 'button', buttonId: 'v1' }],
    ['a form without fields', { type: 5, data: { custom_id: 'f:c:stock' } }, { kind: 'form', name: 'stock', input: {} }],
  ])('%s: it is done all the same', async (_, change, ask) => {
    await using stage = await onLesserStage({ routes });
    const { discord, requests } = stage;
    discord.dispatch('INTERACTION_CREATE', { ...BASE, ...change });
    await until(() => discord.keys().includes(ANSWER));
    expect(requests.map((request) => [request.ask, request.account.accountId, request.teamId])).toEqual([[ask, '7', 'team-100']]);
  });

  test.each([
    ['nobody', { member: null }],
    ['nothing', { data: undefined }],
    ['something of another kind', { type: 99 }],
  ])('%s in it: whoever asked is told privately that nothing was done', async (_, change) => {
    await using stage = await onLesserStage({ routes });
    const { discord, requests, log } = stage;
    discord.dispatch('INTERACTION_CREATE', { ...BASE, ...change });
    await until(() => discord.keys().includes(CALLBACK));
    const answer = discord.calls.find(({ key }) => key === CALLBACK)?.body as { type: number; data: Record<string, unknown> };
    expect([answer.type, answer.data['flags'], requests]).toEqual([4, 64, []]);
    expect(answer.data['embeds']).toMatchObject([
      { description: '✗ What this server sent cannot be read, so nothing was done. Please try again.' },
    ]);
    expect(log.lines.filter((line) => line.includes('discord.unread'))).toHaveLength(1);
  });

  test('answers that the server does not take are missing in health', async () => {
    await using stage = await onLesserStage({ routes: REGISTERS });
    stage.discord.dispatch('INTERACTION_CREATE', BASE);
    await until(() => stage.notes().length > 0);
    expect(stage.notes()).toEqual(['This server takes no answers to commands and buttons, so nobody sees what came of theirs.']);
  });
});

describe('leaving', () => {
  test('while a silent server has not answered the first call, at once', async () => {
    const silent = createServer();
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const stopping = new AbortController();
    const { port } = silent.address() as AddressInfo;
    const apiUrl = `http://127.0.0.1:${port}`;
    const { door } = recordingDoor();
    const called = once(silent, 'connection');
    const needs = { token: 't', apiUrl, guildId: null, timeoutMs: 10_000, clock: { now: Date.now }, door, log: keptLog() };
    const connecting = connectDiscord({ ...needs, stopping: stopping.signal });
    const [socket] = (await called) as [Socket];
    const startedMs = performance.now();
    stopping.abort();
    const connection = await connecting;
    await connection.close();
    // Its call ends as well, so nothing keeps the process.
    await once(socket.resume(), 'close');
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    silent.close();
  });

  test('while the gateway says nothing, at once', async () => {
    await using discord = await startLesserDiscord({ hello: '' });
    const stopping = new AbortController();
    const { door } = recordingDoor();
    const needs = { token: 't', apiUrl: discord.apiUrl, guildId: null, timeoutMs: 10_000, clock: { now: Date.now }, door };
    const connecting = connectDiscord({ ...needs, log: keptLog(), stopping: stopping.signal });
    await until(() => discord.connectionCount() === 1);
    const startedMs = performance.now();
    stopping.abort();
    const connection = await connecting;
    await connection.close();
    await until(() => discord.connectionCount() === 0);
    expect(performance.now() - startedMs).toBeLessThan(500);
  });
});
