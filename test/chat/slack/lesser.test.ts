import { afterEach, describe, expect, test, vi } from 'vitest';
import { connectSlack } from '../../../src/chat/slack/connect.ts';
import { slackNotes } from '../../../src/chat/slack/notes.ts';
import { trySlackBotToken } from '../../../src/chat/slack/setup.ts';
import type { FrontDoor } from '../../../src/ports/chat.ts';
import { fakeDoor, keepingLog, milestoneForm } from './door.ts';
import { type LesserSlack, type Methods, NO_SUCH_METHOD, startLesserSlack } from './lesser.ts';

const TIMEOUT_MS = 500;
const WELL: Methods = { 'auth.test': () => ({ ok: true, team_id: 'T1', user_id: 'B1' }), answer: () => ({ ok: true }) };
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function connected(
  methods: Methods,
  { run, ...ways }: Parameters<typeof startLesserSlack>[1] & { readonly run?: FrontDoor['run'] } = {},
) {
  const slack = await startLesserSlack(methods, ways);
  stops.push(slack.stop);
  const door = fakeDoor('T1');
  const log = keepingLog();
  const connection = await connectSlack({
    botToken: 'xoxb-1',
    appToken: 'xapp-1',
    apiUrl: slack.apiUrl,
    timeoutMs: TIMEOUT_MS,
    door: run === undefined ? door : { ...door, run },
    clock: { now: Date.now },
    log,
    notes: slackNotes(),
  });
  stops.push(connection.close);
  return { slack, door, log, connection };
}

const slash = (slack: LesserSlack, more: object = {}) => ({
  command: '/stock',
  text: 'PIN',
  user_id: 'U1',
  team_id: 'T1',
  channel_id: 'C1',
  trigger_id: '1.2',
  response_url: slack.answerUrl,
  ...more,
});
const until = (what: () => unknown) => vi.waitFor(() => expect(what()).toBeTruthy(), { timeout: 5_000, interval: 5 });
const answers = ({ calls }: LesserSlack) => calls.filter(({ method }) => method === 'answer').length;
const unread = (log: ReturnType<typeof keepingLog>) => log.lines.filter(([event]) => event.endsWith('unread'));

describe('what cannot be read', () => {
  test.each([
    'null',
    '5',
    '"words"',
    '[]',
    '{}',
    'no JSON',
    '{"type":null}',
    '{"type":"error"}',
    '{"type":"slash_commands","payload":{}}',
    '{"type":"ws_message"}',
  ])('the frame %s is dropped, and nothing else', async (frame) => {
    const { slack, door, log, connection } = await connected(WELL);
    slack.send(frame);
    slack.deliver('slash_commands', slash(slack));
    await until(() => answers(slack) === 1);
    expect(door.requests).toHaveLength(1);
    expect(connection.state().kind).toBe('connected');
    expect(unread(log)).toEqual([['slack.frame_unread', {}]]);
  });

  test.each([
    ['an event without an event', 'events_api', { type: 'event_callback' }],
    ['an event that is nothing', 'events_api', null],
    ['a command that is nothing', 'slash_commands', null],
    ['a press without payload', 'interactive', undefined],
    ['a press that is a list', 'interactive', []],
    ['a press without actions', 'interactive', { type: 'block_actions', actions: [] }],
    ['something nobody knows', 'novelty', { type: 'novelty' }],
  ])('%s is acknowledged, logged once and forgotten', async (_, type, payload) => {
    const { slack, door, log } = await connected(WELL);
    slack.deliver(type, payload, 'e1');
    await until(() => slack.acks.length === 1);
    expect(slack.acks).toEqual([{ envelope_id: 'e1', payload: {} }]);
    expect(unread(log)).toHaveLength(1);
    expect([door.requests, answers(slack)]).toEqual([[], 0]);
  });

  test.each([
    ['a command without a channel', 'slash_commands', { command: '/stock', user_id: 'U1' }],
    ['a press without a button', 'interactive', { type: 'block_actions', user: 'U1', actions: [] }],
    ['a form without fields', 'interactive', { type: 'view_submission', user: { id: 'U1' }, view: { id: 'V1' } }],
  ])('%s is acknowledged, and its person told', async (_, type, payload) => {
    const { slack, door } = await connected(WELL);
    slack.deliver(type, { ...payload, response_url: slack.answerUrl }, 'e1');
    await until(() => answers(slack) === 1);
    expect(slack.acks.map(({ envelope_id }) => envelope_id)).toEqual(['e1']);
    expect(door.requests).toEqual([]);
  });
});

describe('what is left out of a request', () => {
  test('two commands without a trigger are two, and one delivered twice is one', async () => {
    const { slack, door } = await connected(WELL);
    for (const envelopeId of ['e1', 'e2', 'e2']) {
      slack.deliver('slash_commands', slash(slack, { trigger_id: undefined }), envelopeId);
    }
    await until(() => slack.acks.length === 3 && answers(slack) === 2);
    expect(door.requests.map(({ requestKey }) => requestKey)).toEqual(['slack:e1', 'slack:e2']);
  });

  test('an event without an id opens the Home tab all the same', async () => {
    const { slack, door } = await connected({ ...WELL, 'views.publish': () => ({ ok: true }) });
    slack.deliver('events_api', { event: { type: 'app_home_opened', user: 'U1' } }, 'e1');
    await until(() => slack.calls.some(({ method }) => method === 'views.publish'));
    expect(door.requests).toMatchObject([{ requestKey: 'slack:e1', ask: { name: 'home' } }]);
  });

  test('a form cannot open without a trigger, so it is answered with words', async () => {
    const { slack, door } = await connected(WELL);
    door.forms.set('b1', milestoneForm());
    const actions = [{ action_id: 'press:0', value: 'b1' }];
    slack.deliver('interactive', { type: 'block_actions', user: 'U1', channel: 'C1', actions, response_url: slack.answerUrl });
    await until(() => answers(slack) === 1);
    expect(door.requests).toMatchObject([{ ask: { kind: 'button', buttonId: 'b1' } }]);
  });
});

describe('an answer', () => {
  const ephemeral = (slack: LesserSlack) => slack.calls.filter(({ method }) => method === 'chat.postEphemeral').length;

  test('whose address hangs goes another way, and that is logged', async () => {
    const { slack, log } = await connected({ ...WELL, answer: () => 'nothing', 'chat.postEphemeral': () => ({ ok: true }) });
    slack.deliver('slash_commands', slash(slack));
    await until(() => ephemeral(slack) === 1);
    await until(() => log.lines.length === 2);
    expect(log.lines[1]).toEqual(['slack.answer_rerouted', { responseUrl: 'timed out' }]);
    expect(answers(slack)).toBe(1);
  });

  test('that is refused in any order of words goes another way', async () => {
    const refusal = { error: 'used_url', ok: false };
    const { slack, log } = await connected({ ...WELL, answer: () => refusal, 'chat.postEphemeral': () => ({ ok: true }) });
    slack.deliver('slash_commands', slash(slack));
    await until(() => log.lines.length === 2);
    expect(log.lines[1]).toEqual(['slack.answer_rerouted', { responseUrl: 'refused' }]);
  });

  test('that goes no way at all is logged, and health knows why', async () => {
    const { slack, log, connection } = await connected(WELL);
    slack.deliver('slash_commands', slash(slack, { response_url: '' }));
    await until(() => log.lines.length === 2);
    expect(log.lines[1]).toEqual(['slack.answer_lost', { responseUrl: 'none', fallback: 'http_404' }]);
    expect(connection.state().notes).toEqual([
      'This Slack server has no chat.postEphemeral, so an answer is lost where the address Slack gave for it does not work.',
    ]);
  });
});

describe('a server that does not say who it is', () => {
  const UNSAID =
    'This Slack server does not say which workspace it is (auth.test): the first request that names one decides which it is.';

  test.each<[string, Methods]>([
    ['has no such page', {}],
    ['does not know the method', { 'auth.test': () => ({ ok: false, error: 'unknown_method' }) }],
    ['finds nothing', { 'auth.test': () => ({ ok: false, error: 'not_found' }) }],
    ['does not support it', { 'auth.test': () => ({ ok: false, error: 'method_not_supported' }) }],
    ['says so in a sentence', { 'auth.test': () => ({ ok: false, error: 'unknown method: auth.test' }) }],
    ['refuses for reasons of its own', { 'auth.test': () => ({ ok: false, error: 'no_thanks' }) }],
    ['says nothing of use', { 'auth.test': () => ({ ok: true, user: 'bot' }) }],
    ['is not implemented', { 'auth.test': () => ({ status: 501 }) }],
  ])('%s: the first request that names a workspace does', async (_, methods) => {
    const { slack, door, connection } = await connected({ answer: () => ({ ok: true }), ...methods });
    expect(connection.state()).toMatchObject({ kind: 'connected', notes: [UNSAID] });
    expect([connection.workspaceId, connection.botUserId]).toEqual([null, null]);
    slack.deliver('slash_commands', slash(slack, { trigger_id: '1', team_id: undefined }));
    slack.deliver('slash_commands', slash(slack, { trigger_id: '2' }));
    slack.deliver('slash_commands', slash(slack, { trigger_id: '3', team_id: undefined }));
    await until(() => answers(slack) === 3);
    expect(door.requests.map(({ teamId }) => teamId)).toEqual([null, 'night-market', 'night-market']);
    expect(connection.workspaceId).toBe('T1');
    expect(connection.state().notes).toEqual([
      'This Slack server does not say which workspace it is (auth.test): the first request named T1.',
    ]);
  });

  test('that fails each time is done without after a while', async () => {
    const { connection } = await connected({ 'auth.test': () => ({ status: 500 }) });
    expect(connection.state()).toMatchObject({ kind: 'lost', reason: 'Slack answered 500', notes: [] });
    await until(() => connection.state().kind === 'connected');
    expect(connection.state().notes).toEqual([UNSAID]);
  });

  test('but names its workspace is believed', async () => {
    const { connection } = await connected({ 'auth.test': () => ({ ok: true, team_id: 'T1' }) });
    expect([connection.workspaceId, connection.botUserId]).toEqual(['T1', null]);
    expect(connection.state()).toMatchObject({ kind: 'connected', notes: [] });
  });

  test.each<[string, Methods, Awaited<ReturnType<typeof trySlackBotToken>>]>([
    ['lacks', {}, { kind: 'accepted', workspaceId: null, workspaceName: 'a workspace without a name' }],
    [
      'names half of',
      { 'auth.test': () => ({ ok: true, team: 'Night Market' }) },
      { kind: 'accepted', workspaceId: null, workspaceName: 'Night Market' },
    ],
    [
      'refuses by status in',
      { 'auth.test': () => ({ status: 401 }) },
      {
        kind: 'refused',
        told: "Slack does not accept SLACK_BOT_TOKEN (http_401): copy it again from the app's page, Install App",
      },
    ],
    ['fails in', { 'auth.test': () => ({ status: 500 }) }, { kind: 'refused', told: 'Slack answered 500' }],
  ])('setup takes a token on a server that %s auth.test as it should', async (_, methods, tried) => {
    const slack = await startLesserSlack(methods);
    stops.push(slack.stop);
    expect(await trySlackBotToken('xoxb-1', { apiUrl: slack.apiUrl, timeoutMs: TIMEOUT_MS })).toEqual(tried);
  });
});

describe('no connection', () => {
  test.each<[string, Methods, string]>([
    [
      'gives no address',
      { 'apps.connections.open': () => ({ ok: true }) },
      'Slack gave no address to connect to (apps.connections.open)',
    ],
    [
      'gives half an address',
      { 'apps.connections.open': () => ({ ok: true, url: 'nonsense' }) },
      'Slack gave no address to connect to (apps.connections.open)',
    ],
    [
      'gives an address where nobody is',
      { 'apps.connections.open': () => ({ ok: true, url: 'ws://127.0.0.1:1/' }) },
      'the connection that Slack offered could not be made',
    ],
    [
      'has no Socket Mode',
      { 'apps.connections.open': () => NO_SUCH_METHOD },
      'This Slack server has no Socket Mode (apps.connections.open)',
    ],
    ['asks to wait without saying how long', { 'apps.connections.open': () => ({ status: 429 }) }, 'Slack asks to wait 1 s'],
  ])('comes about where a server %s, and the reason is told', async (_, methods, reason) => {
    const { connection } = await connected({ ...WELL, ...methods });
    expect(connection.state()).toMatchObject({ kind: 'lost', reason });
  });

  test('comes about without a hello, and nothing of it is left behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((what) => what === 'Timeout').length;
    const before = timers();
    const { slack, connection } = await connected(WELL, { hello: false });
    expect(connection.state()).toMatchObject({ kind: 'lost', reason: 'Slack did not say hello' });
    await connection.close();
    await until(() => slack.socketCount() === 0);
    await slack.stop();
    await until(() => timers() <= before);
  });
});

describe('closing', () => {
  test('waits three seconds for what hangs, and no longer', async () => {
    let isAsked = false;
    const run = () => {
      isAsked = true;
      return new Promise<never>(() => undefined);
    };
    const { slack, connection } = await connected(WELL, { run });
    slack.deliver('slash_commands', slash(slack));
    await until(() => isAsked);
    const beganMs = performance.now();
    await connection.close();
    const tookMs = performance.now() - beganMs;
    expect(tookMs).toBeGreaterThan(2_900);
    expect(tookMs).toBeLessThan(4_000);
  });

  test('opens nothing any more that was still to be opened', async () => {
    const asked = Promise.withResolvers<object>();
    const { slack, connection } = await connected({
      'auth.test': (_, call) => (call === 1 ? { status: 500 } : asked.promise),
    });
    const methods = () => slack.calls.map(({ method }) => method);
    await until(() => methods().length === 2);
    const closed = connection.close();
    asked.resolve({ ok: true, team_id: 'T1' });
    await closed;
    expect(methods()).toEqual(['auth.test', 'auth.test']);
  });

  test('does not wait for a server that never says goodbye', async () => {
    const { slack, connection } = await connected(WELL, { goodbye: false });
    const beganMs = performance.now();
    await connection.close();
    expect(performance.now() - beganMs).toBeLessThan(2_500);
    await until(() => slack.socketCount() === 0);
  });
});
