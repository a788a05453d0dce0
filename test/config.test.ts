import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { envExample, readEnvFile, readSettings, settingRows, settingsTable } from '../src/config.ts';

const WHSEC = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

function faultsOf(env: Record<string, string>): readonly string[] {
  const reading = readSettings(env);
  return reading.kind === 'settings' ? [] : reading.faults;
}

test('nothing set: every default, nothing served', () => {
  expect(readSettings({ PATH: '/bin', HOME: '/root' })).toEqual({
    kind: 'settings',
    settings: {
      HOST: '127.0.0.1',
      SHOWCALLER_OWNERS: [],
      SHOPIFY_WEBHOOK_SECRET: new Map(),
      SHOWCALLER_INTAKE_SECRET: new Map(),
      SHOWCALLER_LOG_LEVEL: 'info',
    },
  });
});

test('everything set', () => {
  const env = {
    DATABASE_URL: 'file:showcaller.db',
    HOST: '0.0.0.0',
    PORT: '8080',
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_APP_TOKEN: 'xapp-1',
    SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5',
    SLACK_API_URL: 'http://127.0.0.1:3100/api/',
    DISCORD_TOKEN: 'bot',
    DISCORD_PUBLIC_KEY: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    DISCORD_GUILD_ID: '1234567890',
    DISCORD_API_URL: 'http://127.0.0.1:4655/api',
    SHOWCALLER_OWNERS: 'slack:U01, discord:99',
    SHOWCALLER_PUBLIC_URL: 'https://drops.example.com',
    SHOPIFY_WEBHOOK_SECRET: 'moth=hush=hush, fern=quiet',
    SHOWCALLER_INTAKE_SECRET: `moth=${WHSEC}`,
    SHOWCALLER_METRICS_TOKEN: 'sixteen-letters-at-least',
    SHOWCALLER_LOG_LEVEL: 'warn',
    SHOWCALLER_CONSOLE_RECORD: 'posts.jsonl',
  };
  const reading = readSettings(env);
  expect(reading).toEqual({
    kind: 'settings',
    settings: {
      ...env,
      PORT: 8080,
      SHOWCALLER_OWNERS: [
        { platform: 'slack', accountId: 'U01' },
        { platform: 'discord', accountId: '99' },
      ],
      SHOPIFY_WEBHOOK_SECRET: new Map([
        ['moth', 'hush=hush'],
        ['fern', 'quiet'],
      ]),
      SHOWCALLER_INTAKE_SECRET: new Map([['moth', WHSEC]]),
    },
  });
  expect(Object.keys(env)).toEqual(settingRows().map(({ name }) => name));
});

test('an empty line is not set', () => {
  expect(readSettings({ PORT: '', HOST: '', DATABASE_URL: '', SHOWCALLER_LOG_LEVEL: '', SHOPIFY_WEBHOOK_SECRET: '' })).toEqual(
    readSettings({}),
  );
});

describe('faults', () => {
  test.each([
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL: expected file:path/to/showcaller.db or postgres://…'],
    [{ PORT: '70000' }, 'PORT: expected a whole number from 0 to 65535'],
    [{ PORT: '80.5' }, 'PORT: expected a whole number from 0 to 65535'],
    [{ PORT: 'http' }, 'PORT: expected a whole number from 0 to 65535'],
    [{ SHOWCALLER_LOG_LEVEL: 'loud' }, 'SHOWCALLER_LOG_LEVEL: expected one of silent, error, warn, info'],
    [{ SHOWCALLER_LOG_LEVL: 'warn' }, 'SHOWCALLER_LOG_LEVL: no setting has this name. Did you mean SHOWCALLER_LOG_LEVEL?'],
    [{ DISCORD_X: '1' }, 'DISCORD_X: no setting has this name'],
    [
      { SLACK_BOT_TOKEN: 'xapp-TOPSECRET' },
      'SLACK_BOT_TOKEN: expected the other token: one that starts with xapp- does not belong here',
    ],
    [
      { SLACK_APP_TOKEN: 'xoxb-TOPSECRET' },
      'SLACK_APP_TOKEN: expected the other token: one that starts with xoxb- does not belong here',
    ],
    [{ SLACK_API_URL: 'slack.com' }, 'SLACK_API_URL: expected an address such as http://127.0.0.1:3100/api/'],
    [{ DISCORD_GUILD_ID: 'My Server' }, 'DISCORD_GUILD_ID: expected the digits of a server id'],
    [
      { SHOWCALLER_OWNERS: 'maya' },
      'SHOWCALLER_OWNERS: expected slack:U…, discord:… or both, separated by commas; maya is neither',
    ],
    [
      { SHOPIFY_WEBHOOK_SECRET: 'hush' },
      'SHOPIFY_WEBHOOK_SECRET: expected team=secret, separated by commas, with the team id of the plan',
    ],
    [{ SHOPIFY_WEBHOOK_SECRET: 'moth=hush,moth=hush2' }, 'SHOPIFY_WEBHOOK_SECRET: team moth is here twice'],
    [{ SHOPIFY_WEBHOOK_SECRET: 'moth=' }, 'SHOPIFY_WEBHOOK_SECRET: the secret of team moth is not between 4 and 200 letters'],
    [
      { SHOWCALLER_INTAKE_SECRET: 'moth=hushhushhush' },
      'SHOWCALLER_INTAKE_SECRET: the secret of team moth is not whsec_ and base64 of 24 to 64 bytes',
    ],
  ])('%j', (env, fault) => expect(faultsOf(env)).toEqual([fault]));

  test('are told all at once, and never repeat a secret', () => {
    const faults = faultsOf({
      PORT: 'x',
      SHOWCALLER_PROT: '1',
      SHOWCALLER_INTAKE_SECRET: 'moth=TOPSECRET,FERN=TOPSECRET',
      DATABASE_URL: 'pg:TOPSECRET',
    });
    expect(faults).toHaveLength(5);
    expect(faults.join()).not.toContain('TOPSECRET');
  });
});

test('.env.example is in step with the settings, and empty until somebody edits it', () => {
  const kept = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  expect(kept).toBe(envExample());
  expect(settingRows().every(({ about }) => about.length > 20)).toBe(true);
  expect(settingsTable().split('\n')).toHaveLength(settingRows().length + 2);
});

test('a .env file is read; a missing one says nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'showcaller-test-'));
  const file = join(folder, '.env');
  expect(readEnvFile(file)).toEqual({});
  writeFileSync(file, '# a note\nPORT=8080\nSHOPIFY_WEBHOOK_SECRET="moth=a#b"\n');
  expect(readEnvFile(file)).toEqual({ PORT: '8080', SHOPIFY_WEBHOOK_SECRET: 'moth=a#b' });
  // With every line uncommented the example still reads: nothing in it is only there to be replaced.
  writeFileSync(file, envExample().replaceAll(/^# (?=[A-Z_]+=)/gm, ''));
  expect(readSettings(readEnvFile(file))).toEqual(readSettings({}));
  rmSync(folder, { recursive: true });
});

test('the README lists every setting as it is', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    .replaceAll(/ +/g, ' ')
    .replaceAll(/-{3,}/g, '---');
  expect(readme).toContain(settingsTable().replaceAll(/ +/g, ' '));
});
