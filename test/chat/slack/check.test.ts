import { afterEach, describe, expect, test } from 'vitest';
import { checkSlack } from '../../../src/chat/slack/check.ts';
import { SCOPES } from '../../../src/chat/slack/manifest.ts';
import { type FakeSlack, type FakeSlackOptions, startFakeSlack } from '../../fakes/slack/index.ts';
import { SAMPLE_COMMANDS } from './door.ts';

const INVITE = 'type /invite @Showcaller there';
const UNSEEN = `does not exist, or is private and Showcaller is not in it: ${INVITE}, or bind another`;
const UNREAD = 'can be posted to, but not read back after a crash:';
const REINSTALL = 'ut in the manifest again (npm start -- manifest) and install the app anew';
const REVOKED = '(token_revoked): install the app again and put in the new token';
const COMPARE = 'Slack does not show them to a bot: after an update, compare with npm start -- manifest';

const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function slack(options: FakeSlackOptions = {}): Promise<FakeSlack> {
  const fake = await startFakeSlack({ scopes: Object.keys(SCOPES), ...options });
  stops.push(() => fake.stop());
  return fake;
}

async function faults(fake: FakeSlack, channels: readonly string[] = [], nowMs = Date.now()) {
  const { botToken, appToken, apiUrl } = fake;
  const needs = { botToken, appToken, apiUrl, timeoutMs: 2_000, clock: { now: () => nowMs } };
  const found = await checkSlack(needs, { channels, commands: SAMPLE_COMMANDS });
  return {
    found: found.map(({ what }) => what),
    bad: found.flatMap(({ what, fine, told }) => (fine ? [] : [`${what}: ${told}`])),
    fine: found.flatMap(({ what, fine, told }) => (fine ? [`${what}: ${told}`] : [])),
  };
}

describe('the doctor', () => {
  test('finds nothing wrong where nothing is', async () => {
    const fake = await slack();
    const team = fake.addChannel('team').id;
    expect(await faults(fake, [team])).toEqual({
      found: [
        'Slack bot token',
        'Slack scopes',
        'Slack app token and Socket Mode',
        'Clock beside Slack’s',
        'Slack channel #team',
        'Slack commands',
      ],
      bad: [],
      fine: [
        expect.stringMatching(/^Slack bot token: accepted, for /u),
        'Slack scopes: all 7 are granted',
        'Slack app token and Socket Mode: a connection may be opened',
        'Clock beside Slack’s: within 1 s',
        'Slack channel #team: can be posted to and read back',
        `Slack commands: 4 belong in the app. ${COMPARE}`,
      ],
    });
    expect(fake.complaints).toEqual([]);
    expect(fake.messages(team)).toEqual([]);
  });

  test('says what is wrong with each channel, and what to do', async () => {
    const fake = await slack();
    const secret = fake.addChannel('secret', { private: true, botIn: false }).id;
    const lobby = fake.addChannel('lobby', { botIn: false }).id;
    const old = fake.addChannel('old').id;
    fake.archiveChannel(old);
    expect((await faults(fake, [secret, lobby, old, 'CNOWHERE'])).bad).toEqual([
      `Slack channel ${secret}: ${UNSEEN}`,
      `Slack channel #lobby: ${UNREAD} ${INVITE}`,
      'Slack channel #old: is archived: bring it back, or bind another with /team channel',
      `Slack channel CNOWHERE: ${UNSEEN}`,
    ]);
  });

  test('names each missing scope and what it is for', async () => {
    const fake = await slack();
    const team = fake.addChannel('team').id;
    fake.revokeScopes('channels:history');
    expect((await faults(fake, [team])).bad).toEqual([
      `Slack scopes: channels:history is missing. It is for: ${SCOPES['channels:history']} P${REINSTALL}.`,
      `Slack channel #team: ${UNREAD} the scope channels:history is missing: p${REINSTALL}`,
    ]);
  });

  test('tells tokens apart', async () => {
    const fake = await slack();
    fake.revokeToken('bot');
    fake.revokeToken('app');
    expect((await faults(fake, ['C1'])).bad).toEqual([
      `Slack bot token: Slack no longer accepts SLACK_BOT_TOKEN ${REVOKED}`,
      `Slack app token and Socket Mode: Slack no longer accepts SLACK_APP_TOKEN ${REVOKED}`,
    ]);
  });

  test('sees a clock that is wrong', async () => {
    const fake = await slack();
    expect((await faults(fake, [], Date.now() - 125_000)).bad).toEqual([
      expect.stringMatching(/^Clock beside Slack’s: 12[456] s behind: let this machine set its clock/u),
    ]);
  });

  test('passes over what a lesser server lacks', async () => {
    const fake = await slack({ lacks: ['auth.test', 'conversations.info', 'conversations.history'] });
    const team = fake.addChannel('team').id;
    const { bad, fine } = await faults(fake, [team]);
    expect(bad).toEqual([]);
    expect(fine[0]).toBe('Slack bot token: not checkable: this server has no auth.test');
    expect(fine).toContain(`Slack channel ${team}: not checkable: this server has no conversations.info`);
  });

  test('says that Slack is away, and ends', async () => {
    const fake = await slack();
    await fake.down(true);
    expect((await faults(fake, ['C1'])).bad).toEqual([
      'Slack bot token: Slack cannot be reached (ECONNREFUSED)',
      'Slack app token and Socket Mode: Slack cannot be reached (ECONNREFUSED)',
    ]);
  });
});
