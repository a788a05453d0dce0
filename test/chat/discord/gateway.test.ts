import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { connectDiscord } from '../../../src/chat/discord/connect.ts';
import { startFakeDiscord } from '../../fakes/discord/index.ts';
import type { FakeDiscord } from '../../fakes/discord/types.ts';
import { keptLog, onStage, recordingDoor, registered, until } from './stage.ts';

function needsOf(discord: Pick<FakeDiscord, 'token' | 'apiUrl'>) {
  const { door } = recordingDoor();
  const log = keptLog();
  return { token: discord.token, apiUrl: discord.apiUrl, guildId: null, timeoutMs: 1_000, clock: { now: Date.now }, door, log };
}

describe('the connection', () => {
  test('knows who and where it is, asks for no privileged intent, and says when it is lost', async () => {
    await using stage = await onStage();
    const { discord, connection } = stage;
    await registered(stage);
    expect(connection.state()).toMatchObject({ kind: 'connected', reason: null });
    expect([connection.workspaceId, connection.botUserId, connection.notes()]).toEqual([discord.guildId, discord.botUserId, []]);
    discord.dropGateway({ resumable: true });
    await until(() => connection.state().kind === 'lost');
    expect(connection.state().reason).toMatch(/^the connection to Discord closed \(\d+\)$/u);
    await until(() => connection.state().kind === 'connected');
    expect([discord.gateway.identifies(), discord.gateway.resumes()]).toEqual([1, 1]);
    discord.askReconnect();
    await until(() => discord.gateway.resumes() === 2);
    expect(discord.complaints).toEqual([]);
  });

  test('answers what was asked while it was gone', async () => {
    await using stage = await onStage();
    const { discord, user, channel, requests } = stage;
    await registered(stage);
    discord.dropGateway({ resumable: true });
    const handle = await discord.slash({ user, channel, command: 'stock' });
    await handle.answer();
    expect([requests.length, discord.complaints]).toEqual([1, []]);
  });

  test('identifies anew after an invalid session', async () => {
    await using stage = await onStage();
    const { discord, user, channel, requests, connection } = stage;
    await registered(stage);
    discord.invalidSession({ resumable: false });
    // The library waits for the five seconds Discord wants between two of them.
    await until(() => discord.gateway.identifies() === 2 && connection.state().kind === 'connected', 12_000);
    await (await discord.slash({ user, channel, command: 'stock' })).answer();
    expect(requests).toHaveLength(1);
  });

  test('notices a connection that is dead without a word', async () => {
    await using stage = await onStage({ heartbeatMs: 40 });
    const { discord, connection } = stage;
    discord.muteHeartbeats(true);
    await until(() => connection.state().kind === 'lost' || discord.gateway.resumes() > 0);
    discord.muteHeartbeats(false);
    await until(() => discord.gateway.resumes() > 0 && connection.state().kind === 'connected');
  });

  test('says when the bot was removed from the server, and when it is back', async () => {
    await using stage = await onStage();
    const { discord, connection } = stage;
    await registered(stage);
    discord.kickBot();
    await until(() => connection.notes().length > 0);
    expect(connection.notes()).toEqual(['The bot is not in the server. Invite it again: npm start -- setup shows the link.']);
    discord.inviteBot();
    await until(() => connection.notes().length === 0);
  });
});

describe('a Discord that is down', () => {
  test('keeps nobody waiting at the start, and is joined when it is back', async () => {
    const discord = await startFakeDiscord();
    await discord.down(true);
    const connection = await connectDiscord(needsOf(discord));
    try {
      expect(connection.state()).toMatchObject({ kind: 'lost', reason: 'Discord cannot be reached (ECONNREFUSED)' });
      expect(connection.workspaceId).toBeNull();
      await discord.down(false);
      await until(() => connection.state().kind === 'connected');
      await until(() => connection.workspaceId === discord.guildId);
      await discord.down(true);
      await until(() => connection.state().kind === 'lost');
      await discord.down(false);
      await until(() => connection.state().kind === 'connected');
      expect(discord.complaints).toEqual([]);
    } finally {
      await connection.close();
      await discord.stop();
    }
  });

  test('and fails at first is asked again', async () => {
    const discord = await startFakeDiscord();
    discord.weather({ kind: 'status', status: 500 }, { route: 'GET /gateway/bot' });
    discord.weather({ kind: 'rate-limited', retryAfterSeconds: 1, scope: 'global' }, { route: 'GET /gateway/bot' });
    const connection = await connectDiscord(needsOf(discord));
    try {
      expect(connection.state()).toMatchObject({ kind: 'lost', reason: 'Discord failed (500)' });
      await until(() => connection.state().kind === 'connected');
    } finally {
      await connection.close();
      await discord.stop();
    }
  });

  test('can be left at any moment, and is not joined again behind our back', async () => {
    const discord = await startFakeDiscord();
    try {
      for (const moment of ['down', 'lost', 'connecting', 'connected'] as const) {
        await discord.down(moment === 'down');
        const connecting = connectDiscord({ ...needsOf(discord), timeoutMs: moment === 'connecting' ? 1 : 1_000 });
        const connection = await connecting;
        if (moment === 'lost') {
          await discord.down(true);
          await until(() => connection.state().kind === 'lost');
        }
        await connection.close();
        await discord.down(false);
        const identifies = discord.gateway.identifies();
        // Longer than the library's own half second between two attempts.
        await expect(discord.until(() => discord.gateway.identifies() > identifies, 900)).rejects.toThrow('');
        expect([moment, discord.gateway.isConnected()]).toEqual([moment, false]);
      }
    } finally {
      await discord.stop();
    }
  });
});

test('a gateway that is slow to open the connection is left at once', async () => {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ url: `ws://127.0.0.1:${port}` }));
  });
  const asked = Promise.withResolvers<Duplex>();
  server.on('upgrade', (_, socket) => asked.resolve(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const connecting = connectDiscord({ ...needsOf({ token: 't', apiUrl: `http://127.0.0.1:${port}` }), timeoutMs: 50 });
    const socket = await asked.promise;
    const connection = await connecting;
    expect(connection.state().reason).toBe('not connected yet');
    const startedMs = performance.now();
    await Promise.all([once(socket.resume(), 'end'), connection.close()]);
    expect(performance.now() - startedMs).toBeLessThan(500);
    socket.destroy();
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

describe('a token that is refused', () => {
  test('is told, at the start and later, and not tried again at once', async () => {
    const discord = await startFakeDiscord();
    const told = 'Discord does not accept the bot’s token. Put a new one into DISCORD_TOKEN and restart.';
    const wrong = await connectDiscord({ ...needsOf(discord), token: 'wrong' });
    expect(wrong.state()).toMatchObject({ kind: 'lost', reason: told });
    await wrong.close();
    const connection = await connectDiscord(needsOf(discord));
    try {
      expect(connection.state().kind).toBe('connected');
      discord.revokeToken();
      await until(() => connection.state().kind === 'lost' && connection.state().reason === told);
      const calls = discord.calls.length;
      await expect(discord.until(() => discord.calls.length > calls, 700)).rejects.toThrow('');
    } finally {
      await connection.close();
      await discord.stop();
    }
  });
});
