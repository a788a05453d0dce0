import { expect, test } from 'vitest';
import { readSettings } from '../../src/config.ts';
import { discordWay, slackWay } from '../../src/verbs/ways.ts';

const KEY = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
const BOT = { SLACK_BOT_TOKEN: 'xoxb-1' };
const APP = { SLACK_APP_TOKEN: 'xapp-1' };
const SIGNING = { SLACK_SIGNING_SECRET: 'f'.repeat(32) };

function settingsOf(env: Record<string, string>) {
  const reading = readSettings(env);
  if (reading.kind === 'faulty') throw new Error(reading.faults.join());
  return reading.settings;
}

test.each([
  [{}, { kind: 'none' }],
  [
    { ...BOT, ...APP },
    { kind: 'socket', botToken: 'xoxb-1', appToken: 'xapp-1' },
  ],
  [
    { ...BOT, ...SIGNING },
    { kind: 'http', botToken: 'xoxb-1', signingSecret: 'f'.repeat(32) },
  ],
  [
    { ...BOT, ...APP, ...SIGNING },
    { kind: 'unclear', told: expect.stringContaining('are both set') as string },
  ],
  [
    { ...APP, ...SIGNING },
    { kind: 'unclear', told: expect.stringContaining('are both set') as string },
  ],
  [BOT, { kind: 'unclear', told: expect.stringContaining('needs a second secret beside SLACK_BOT_TOKEN') as string }],
  [APP, { kind: 'unclear', told: expect.stringContaining('SLACK_BOT_TOKEN is not set') as string }],
  [SIGNING, { kind: 'unclear', told: expect.stringContaining('SLACK_BOT_TOKEN is not set') as string }],
])('Slack with %j', (env, way) => expect(slackWay(settingsOf(env))).toEqual(way));

test.each([
  [{}, { kind: 'none' }],
  [{ DISCORD_TOKEN: 't' }, { kind: 'gateway', token: 't' }],
  [
    { DISCORD_TOKEN: 't', DISCORD_PUBLIC_KEY: KEY },
    { kind: 'http', token: 't', publicKey: KEY },
  ],
  [{ DISCORD_PUBLIC_KEY: KEY }, { kind: 'unclear', told: expect.stringContaining('DISCORD_TOKEN is not set') as string }],
])('Discord with %j', (env, way) => expect(discordWay(settingsOf(env))).toEqual(way));
