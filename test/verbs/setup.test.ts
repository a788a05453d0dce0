import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FakeDiscord } from '../fakes/discord/types.ts';
import { visibleText as discordText } from '../fakes/discord/index.ts';
import type { FakeSlack } from '../fakes/slack/types.ts';
import { visibleText as slackText } from '../fakes/slack/index.ts';
import { openPlatforms, type Cast } from '../support/on-air.ts';

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;
const SAMPLE = new URL('../../examples/hoodie-run.yaml', import.meta.url).pathname;

let slack: FakeSlack;
let discord: FakeDiscord;
let cast: Cast;
let folder: string;

beforeEach(async () => {
  ({ slack, discord, cast } = await openPlatforms());
  folder = mkdtempSync(join(tmpdir(), 'showcaller-setup-'));
});
afterEach(async () => {
  await Promise.all([slack.stop(), discord.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const SERVERS = () => ({ SLACK_API_URL: slack.apiUrl, DISCORD_API_URL: discord.apiUrl });

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(SLACK|DISCORD|SHOWCALLER|PORT|DATABASE)/.test(name)),
  );
  return spawn(process.execPath, [MAIN, ...args], { cwd: folder, env: { ...clean, ...SERVERS(), ...env }, stdio: 'pipe' });
}

/** Runs a verb to its end with these lines typed. */
async function run(args: readonly string[], typed: readonly string[] = []): Promise<{ code: number | null; said: string }> {
  const child = start(args);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
  child.stdin.end(typed.map((line) => `${line}\n`).join(''));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })));
}

/** The number a channel has in an alphabetical list of the four. */
const at = (name: string): string => String(['alerts', 'community', 'host', 'team'].indexOf(name) + 1);
const CHANNELS = [at('team'), at('alerts'), at('host'), at('community')];

test('from no app at all to a team bound on both platforms', async () => {
  const typed = [
    'file:drop.db',
    '0',
    'nowhere.yaml', // there is no such file: it asks again
    SAMPLE,
    'y',
    'xoxb-wrong', // Slack does not know it: it says so and asks again
    slack.botToken,
    slack.appToken,
    ...CHANNELS,
    'y',
    discord.token,
    '', // the bot is in the server
    ...CHANNELS.map(() => ''), // each channel is called what it is for
    '3', // Finn, Hugo, Maya …
    cast.slack.people.maya,
    cast.discord.people.maya,
  ];
  const { code, said } = await run(['setup'], typed);
  expect(said).toContain('There is no file nowhere.yaml');
  expect(said).toContain('Imported Hoodie Run No. 3 for Night Market');
  expect(said).toContain('That does not work: Slack does not accept SLACK_BOT_TOKEN');
  expect(said).toContain('Slack knows it: Socket Mode works.');
  expect(said).toMatch(
    /https:\/\/discord\.com\/oauth2\/authorize\?client_id=\d+&scope=bot\+applications\.commands&permissions=\d+/,
  );
  expect(said.match(/#team is for team now\./g)).toHaveLength(2);
  expect(code).toBe(0);
  // Tokens are in the file only, and only its owner reads it.
  for (const token of [slack.botToken, slack.appToken, discord.token]) expect(said).not.toContain(token);
  const env = parseEnv(readFileSync(join(folder, '.env'), 'utf8'));
  expect(env).toEqual({
    DATABASE_URL: 'file:drop.db',
    PORT: '0',
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    DISCORD_TOKEN: discord.token,
    DISCORD_GUILD_ID: discord.guildId,
    SHOWCALLER_OWNERS: `slack:${cast.slack.people.maya},discord:${cast.discord.people.maya}`,
  });
  expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
  const manifest = JSON.parse(readFileSync(join(folder, 'slack-manifest.json'), 'utf8')) as object;
  expect(said).toContain(`\n${JSON.stringify(manifest, null, 2)}\n`);
  expect(JSON.parse((await run(['manifest'])).said.split('\nPaste')[0] ?? '')).toEqual(manifest);

  // The commands on Discord are registered by the first start; until then the doctor says so.
  const before = await run(['doctor']);
  expect(before.said).toMatch(/✓ Slack scopes: all \d+ are granted/);
  expect(before.said).toMatch(/✓ Slack channel #team: can be posted to and read back/);
  expect(before.said).toMatch(/✗ NEEDS A HAND Discord commands: .*Starting Showcaller registers them/);

  const served = await serveOnce(async () => {
    const act = await slack.slash(cast.slack.people.maya, cast.slack.channels.team, '/drop start');
    expect(slackText(await act.answer())).toContain('Hoodie Run No. 3 is live');
    await slack.until('who did it', () =>
      slack.messages(cast.slack.channels.team).some((one) => slackText(one).includes('Started by Maya Okafor')),
    );
    await slack.until('the card', () => slack.messages(cast.slack.channels.team).length > 0);
    await discord.until(() => discord.messages(cast.discord.channels.team).length > 0);
    const shown = discord.messages(cast.discord.channels.team).map((message) => discordText(message));
    expect(shown).toEqual([expect.stringContaining('Hoodie Run No. 3 is live')]);
  });
  expect(served).toContain('Slack is connected.');
  expect(served).toContain('Discord is connected.');
  const after = await run(['doctor']);
  expect(after.said).toMatch(/✓ Discord commands: registered as they should be/);
  expect(after.said).not.toContain('NEEDS A HAND Slack');
  expect(after.said).not.toContain('NEEDS A HAND Discord');
  expect([slack.complaints.map(({ told }) => told), discord.complaints]).toEqual([[], []]);
}, 60_000);

test('what is left out is left out, and asking again keeps what was set', async () => {
  const first = await run(['setup'], ['file:drop.db', '8080', SAMPLE, 'n', 'n']);
  expect(first.code).toBe(0);
  const second = await run(['setup'], ['', '', 'y', slack.botToken, slack.appToken, '-', '-', '-', '-', 'n', '', '']);
  expect(second.code).toBe(0);
  expect(second.said).not.toContain('Your drop plan');
  expect(parseEnv(readFileSync(join(folder, '.env'), 'utf8'))).toMatchObject({
    DATABASE_URL: 'file:drop.db',
    PORT: '8080',
    SLACK_BOT_TOKEN: slack.botToken,
  });
  const ended = await run(['setup'], ['file:other.db']);
  expect(ended).toMatchObject({ code: 1 });
  expect(ended.said).toContain('Stopped; .env was not changed.');
});

test('the doctor says what to do about each thing that is wrong', async () => {
  await run(
    ['setup'],
    ['file:drop.db', '0', SAMPLE, 'y', slack.botToken, slack.appToken, ...CHANNELS, 'y', discord.token, '', ...CHANNELS],
  );
  slack.archiveChannel(cast.slack.channels.alerts);
  slack.revokeScopes('groups:history');
  slack.deleteChannel(cast.slack.channels.host);
  discord.takePermission(cast.discord.channels.alerts, 'SEND_MESSAGES');
  discord.deleteChannel(cast.discord.channels.host);
  const { said, code } = await run(['doctor']);
  expect(code).toBe(1);
  expect(said).toMatch(/✗ NEEDS A HAND Slack scopes: groups:history is missing/);
  expect(said).toMatch(/✗ NEEDS A HAND Slack channel #alerts: is archived: bring it back/);
  expect(said).toMatch(/✗ NEEDS A HAND Slack channel \w+: does not exist, or is private/);
  expect(said).toMatch(/✗ NEEDS A HAND Discord channel #alerts: Showcaller lacks Send Messages there/);
  expect(said).toMatch(/✗ NEEDS A HAND Discord channel \d+: does not exist any more/);
  slack.revokeToken('bot');
  discord.revokeToken();
  const revoked = await run(['doctor']);
  expect(revoked.said).toMatch(/✗ NEEDS A HAND Slack bot token: Slack no longer accepts SLACK_BOT_TOKEN/);
  expect(revoked.said).toMatch(/✗ NEEDS A HAND Discord token: not accepted/);
});

test('serving starts although both platforms are down, and lets people in when they are back', async () => {
  await run(
    ['setup'],
    [
      'file:drop.db',
      '0',
      SAMPLE,
      'y',
      slack.botToken,
      slack.appToken,
      ...CHANNELS,
      'y',
      discord.token,
      '',
      ...CHANNELS,
      '1',
      cast.slack.people.maya,
    ],
  );
  await Promise.all([slack.down(true), discord.down(true)]);
  const said = await serveOnce(async () => {
    await Promise.all([slack.down(false), discord.down(false)]);
    await slack.until('Slack to be connected', () => slack.socketCount() > 0, 30_000);
    const act = await slack.slash(cast.slack.people.maya, cast.slack.channels.team, '/stock');
    expect(slackText(await act.answer())).toContain('HOODIE-M');
  });
  expect(said).toMatch(/Slack is not connected yet: .*Trying on\./);
  expect(said).toMatch(/Discord is not connected yet: .*Trying on\./);
}, 60_000);

test('a platform that never answers keeps nobody from stopping', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/api`;
  const tokens = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', DISCORD_TOKEN: 'bot' };
  const child = start([], { DATABASE_URL: 'file:drop.db', PORT: '0', ...tokens, SLACK_API_URL: `${url}/`, DISCORD_API_URL: url });
  const asked = new Promise((resolve) => silent.once('connection', resolve));
  await asked;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  // The longest platform call takes ten seconds; stopping waits for none.
  const late = new Promise((resolve) => setTimeout(resolve, 8_000, 'late').unref());
  expect(await Promise.race([ended, late])).toEqual([0, null]);
  silent.closeAllConnections();
  silent.close();
});

/** Serves until `meanwhile` is over, then stops it as an operator would. Answers what it said; it must end well. */
async function serveOnce(meanwhile: () => Promise<void>): Promise<string> {
  const child = start([]);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  try {
    for (
      const endsMs = Date.now() + 20_000;
      !/Slack is (not )?connected[\s\S]*Discord is (not )?connected|Discord is (not )?connected[\s\S]*Slack is/.test(said);
    ) {
      if (Date.now() > endsMs || child.exitCode !== null) throw new Error(said);
      await new Promise((resume) => setTimeout(resume, 25));
    }
    await meanwhile();
  } finally {
    child.kill('SIGTERM');
  }
  expect([await ended, said.includes('"level":50')]).toEqual([0, false]);
  return said;
}
