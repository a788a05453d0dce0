import { expect, test } from 'vitest';
import { checkDiscord, inviteUrl } from '../../../src/chat/discord/check.ts';
import type { Finding } from '../../../src/ports/finding.ts';
import { registrationOf } from '../../../src/chat/discord/register.ts';
import { discordApi } from '../../../src/chat/discord/api.ts';
import { startFakeDiscord } from '../../fakes/discord/index.ts';
import type { FakeDiscord } from '../../fakes/discord/types.ts';
import { COMMANDS } from './stage.ts';

const needsOf = (
  discord: FakeDiscord,
  channels: readonly string[],
  more: { token?: string; guildId?: string; skewMs?: number } = {},
) => ({
  token: more.token ?? discord.token,
  apiUrl: discord.apiUrl,
  timeoutMs: 1_000,
  guildId: more.guildId ?? discord.guildId,
  channels,
  commands: COMMANDS,
  clock: { now: () => Date.now() + (more.skewMs ?? 0) },
});
const amiss = (findings: readonly Finding[]): readonly (readonly string[])[] =>
  findings.filter(({ fine }) => !fine).map(({ what, told }) => [what, told]);

test('where all is well, everything is said to be', async () => {
  await using discord = await startFakeDiscord();
  const channel = discord.addChannel({ name: 'alerts' });
  const api = discordApi({ token: discord.token, apiUrl: discord.apiUrl, timeoutMs: 1_000 });
  await api('PUT', `/applications/${discord.applicationId}/commands`, { body: registrationOf(COMMANDS) });
  const thread = discord.addChannel({ name: 'a thread', parent: channel });
  const findings = await checkDiscord(needsOf(discord, [channel, thread]));
  expect(amiss(findings)).toEqual([]);
  expect(findings.map(({ what }) => what)).toEqual([
    'Clock',
    'Discord token',
    'Discord intents',
    'Discord commands',
    'Discord server',
    'Discord channel #alerts',
    'Discord channel #a thread',
  ]);
  expect(discord.complaints).toEqual([]);
});

test('each thing amiss is told with what to do', async () => {
  await using discord = await startFakeDiscord();
  const [dull, hidden, gone] = ['dull', 'hidden', 'gone'].map((name) => discord.addChannel({ name }));
  const other = discord.addChannel({ name: 'other', guild: discord.addGuild({ name: 'Elsewhere' }) });
  discord.takePermission(dull ?? '', 'EMBED_LINKS');
  discord.takePermission(dull ?? '', 'SEND_MESSAGES_IN_THREADS'); // not needed where no thread is
  discord.takePermission(dull ?? '', 'READ_MESSAGE_HISTORY');
  discord.takePermission(hidden ?? '', 'VIEW_CHANNEL');
  discord.deleteChannel(gone ?? '');
  const findings = await checkDiscord(
    needsOf(discord, [dull ?? '', hidden ?? '', gone ?? '', other, 'general'], { skewMs: 90_000 }),
  );
  expect(amiss(findings)).toEqual([
    [
      'Clock',
      expect.stringMatching(/^(89|90|91) s ahead of Discord’s\. Let this machine set its clock by the network \(NTP\)\.$/u),
    ],
    ['Discord commands', expect.stringMatching(/^\/stock is not registered; .* Starting Showcaller registers them\.$/u)],
    [
      'Discord channel #dull',
      'Showcaller lacks Embed Links, Read Message History there. Allow it in the channel’s settings, under Permissions.',
    ],
    [
      `Discord channel ${hidden}`,
      'cannot be seen by Showcaller. Allow View Channel in the channel’s settings, under Permissions.',
    ],
    [`Discord channel ${gone}`, 'does not exist any more. Bind another: /team channel, typed where it should be.'],
    ['Discord channel #other', expect.stringContaining('is in another server than')],
    ['Discord channel general', 'is no channel’s id. Bind it again: /team channel, typed there.'],
  ]);
});

test('a token that is refused, a Discord that is down and a server without the bot are told', async () => {
  await using discord = await startFakeDiscord();
  expect(amiss(await checkDiscord(needsOf(discord, [], { token: 'wrong' })))).toEqual([
    ['Discord token', 'not accepted. Make a new one (Discord’s developer page, Bot, Reset Token) and put it into DISCORD_TOKEN.'],
  ]);
  discord.kickBot();
  expect(amiss(await checkDiscord(needsOf(discord, [discord.guildId]))).slice(1)).toEqual([
    ['Discord server', `the bot is not in it. Invite it: ${inviteUrl(discord.applicationId)}`],
  ]);
  await discord.down(true);
  expect(amiss(await checkDiscord(needsOf(discord, [])))).toEqual([
    ['Discord token', expect.stringContaining('could not be tried: Discord cannot be reached (ECONNREFUSED)')],
  ]);
});

test('the invitation asks for just what is needed', () => {
  expect(inviteUrl('123')).toBe(
    'https://discord.com/oauth2/authorize?client_id=123&scope=bot+applications.commands&permissions=274877991936',
  );
});

test('interactions that go another way than ours are found', async () => {
  await using discord = await startFakeDiscord();
  const publicUrl = 'https://drops.example.com';
  const way = async (overHttp: { publicKey: string; publicUrl: string } | null) =>
    (await checkDiscord({ ...needsOf(discord, []), overHttp })).filter(({ what }) => what === 'Discord interactions');
  const ours = { publicKey: discord.publicKey, publicUrl };
  expect(await way(null)).toEqual([]);
  expect(amiss(await way(ours))).toEqual([
    [
      'Discord interactions',
      'are not sent here: put https://drops.example.com/discord/interactions into Interactions Endpoint URL',
    ],
  ]);
  discord.setEndpoint('https://elsewhere.example.com/x');
  expect((await way(ours))[0]?.told).toContain('where https://elsewhere.example.com/x stands');
  discord.setEndpoint('https://drops.example.com/discord/interactions');
  expect(await way(ours)).toEqual([
    { what: 'Discord interactions', fine: true, told: 'sent to https://drops.example.com/discord/interactions' },
  ]);
  expect((await way({ ...ours, publicKey: 'a'.repeat(64) }))[0]?.told).toContain('another application’s');
  expect((await way(null))[0]?.told).toContain('so nothing typed reaches the gateway');
});
