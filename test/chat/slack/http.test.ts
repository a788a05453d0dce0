import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { slackOverHttp } from '../../../src/chat/slack/http.ts';
import { signedBySlack } from '../../../src/chat/slack/signature.ts';
import type { FrontDoor } from '../../../src/ports/chat.ts';
import { startServer } from '../../../src/web/server.ts';
import { type FakeSlackOptions, signatureOf, startFakeSlack, visibleText } from '../../fakes/slack/index.ts';
import { rememberingLog } from '../../support/web.ts';
import { fakeDoor } from './door.ts';

const VECTORS = JSON.parse(readFileSync(new URL('../../data/signature_vectors.json', import.meta.url), 'utf8')) as {
  readonly slack: readonly { signingSecret: string; timestamp: string; rawBody: string; expected: string }[];
};
const FORM = 'application/x-www-form-urlencoded';
const WINDOW_MS = 5 * 60_000;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

/** A fake Slack that sends to a real server of ours. */
async function onHttp(
  options: FakeSlackOptions & { readonly lookEveryMs?: number; readonly alter?: (door: FrontDoor) => Partial<FrontDoor> } = {},
) {
  const fake = await startFakeSlack(options);
  stops.push(() => fake.stop());
  const door = fakeDoor(fake.workspaceId);
  const log = rememberingLog();
  const clock = { now: Date.now };
  const { botToken, signingSecret, apiUrl } = fake;
  const { lookEveryMs = 60_000, alter = () => ({}) } = options;
  const needs = { botToken, signingSecret, apiUrl, timeoutMs: 2_000, clock, log, lookEveryMs };
  const over = slackOverHttp({ ...needs, door: { ...door, ...alter(door) } });
  const server = await startServer({ port: 0, host: '127.0.0.1', routes: [over.route], clock, log });
  const connection = await over.connect();
  stops.push(async () => {
    await server.close();
    await connection.close();
  });
  const url = `http://127.0.0.1:${server.port}/slack/events`;
  await fake.sendTo([url]);
  const ann = fake.addUser('Ann').id;
  return { fake, door, log, connection, url, ann, channel: fake.addChannel('team').id };
}

type OnHttp = Awaited<ReturnType<typeof onHttp>>;

/** Posts raw bytes signed as asked for. */
async function post({ url, fake }: OnHttp, body: string, how: { secret?: string; atMs?: number; contentType?: string } = {}) {
  const { secret = fake.signingSecret, atMs = Date.now(), contentType = FORM } = how;
  const headers = { 'content-type': contentType, ...signatureOf(body, secret, atMs) };
  const response = await fetch(url, { method: 'POST', body, headers });
  return [response.status, await response.text()] as const;
}

/** Everything a refused request must not have done. */
function expectNothingDone({ fake, door }: OnHttp): void {
  expect(door.requests).toEqual([]);
  expect(fake.ephemerals).toEqual([]);
  expect(fake.complaints).toEqual([]);
}

const slashBody = ({ fake, ann, channel }: OnHttp, triggerId = '1.2.3'): string =>
  new URLSearchParams({
    command: '/stock',
    text: 'HOODIE-M',
    team_id: fake.workspaceId,
    user_id: ann,
    channel_id: channel,
    trigger_id: triggerId,
  }).toString();

describe('a signature', () => {
  test.each(VECTORS.slack)('of Slack’s own, made at $timestamp', ({ signingSecret, timestamp, rawBody, expected }) => {
    const atMs = Number(timestamp) * 1000;
    const signed = (more: { body?: string; nowMs?: number; headers?: Readonly<Record<string, string>> } = {}) => {
      const headers = { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': expected, ...more.headers };
      const body = Buffer.from(more.body ?? rawBody);
      return signedBySlack({ headers, body, nowMs: more.nowMs ?? atMs }, signingSecret);
    };
    expect(signed()).toBe('authentic');
    expect([signed({ nowMs: atMs + WINDOW_MS }), signed({ nowMs: atMs - WINDOW_MS })]).toEqual(['authentic', 'authentic']);
    expect([signed({ nowMs: atMs + WINDOW_MS + 1 }), signed({ nowMs: atMs - WINDOW_MS - 1 })]).toEqual(['outdated', 'outdated']);
    expect(signed({ body: `${rawBody} ` })).toBe('wrong');
    expect(signed({ headers: { 'x-slack-request-timestamp': String(Number(timestamp) + 1) } })).toBe('wrong');
    expect(signed({ headers: { 'x-slack-signature': expected.replace('v0=', 'v1=') } })).toBe('wrong');
    expect(signed({ headers: { 'x-slack-signature': expected.slice(0, -2) } })).toBe('wrong');
    expect(signed({ headers: { 'x-slack-request-timestamp': `${timestamp}.0` } })).toBe('strange');
    expect(signedBySlack({ headers: {}, body: Buffer.from(rawBody), nowMs: atMs }, signingSecret)).toBe('strange');
  });
});

describe('a request that is refused does nothing', () => {
  test.each([
    ['signed with nothing', { secret: '' }],
    ['signed with another secret', { secret: 'f'.repeat(32) }],
    ['five minutes old', { atMs: Date.now() - WINDOW_MS - 10_000 }],
    ['from the future', { atMs: Date.now() + WINDOW_MS + 60_000 }],
  ] as const)('%s', async (_, how) => {
    const on = await onHttp();
    expect(await post(on, slashBody(on), how)).toEqual([401, 'the signature is missing or wrong\n']);
    expectNothingDone(on);
    expect(on.log.lines).toContainEqual({ level: 'warn', event: 'web.unsigned', fields: { path: '/slack/events', count: 1 } });
  });

  test('without any signature', async () => {
    const on = await onHttp();
    const response = await fetch(on.url, { method: 'POST', body: slashBody(on), headers: { 'content-type': FORM } });
    expect(response.status).toBe(401);
    expectNothingDone(on);
  });

  test('too large, though well signed', async () => {
    const on = await onHttp();
    expect((await post(on, `text=${'x'.repeat(1024 * 1024)}`))[0]).toBe(413);
    expectNothingDone(on);
  });

  test.each([
    ['nothing', '', FORM],
    ['no JSON', '{"type":"event_callback"', 'application/json'],
    ['JSON that is no object', '[1,2]', 'application/json'],
    ['a form whose payload is no JSON', 'payload=%7B', FORM],
  ])('well signed, but %s', async (_, body, contentType) => {
    const on = await onHttp();
    expect(await post(on, body, { contentType })).toEqual([400, 'this is not how Slack writes\n']);
    expectNothingDone(on);
    expect(on.log.lines).toContainEqual({ level: 'warn', event: 'slack.request_unread', fields: { what: 'body' } });
  });
});

test('a request URL is taken by Slack, and a look at the certificate answered', async () => {
  const on = await onHttp(); // `sendTo` has Slack try the URL
  expect(await post(on, 'ssl_check=1&token=x')).toEqual([200, '']);
  expectNothingDone(on);
});

test('a command is acknowledged with nothing before it is run, and answered after', async () => {
  const running = Promise.withResolvers<void>();
  const on = await onHttp({ alter: (door) => ({ run: (request) => running.promise.then(() => door.run(request)) }) });
  const act = await on.fake.slash(on.ann, on.channel, '/stock HOODIE-M');
  expect([act.acked, act.ackPayload, on.door.requests]).toEqual([true, {}, []]);
  running.resolve();
  expect(visibleText(await act.answer())).toBe('You typed /stock HOODIE-M');
  expect(on.fake.complaints).toEqual([]);
});

test('the same bytes sent again within their five minutes are done once', async () => {
  const on = await onHttp();
  const body = slashBody(on);
  const atMs = Date.now();
  expect([await post(on, body, { atMs }), await post(on, body, { atMs })]).toEqual([
    [200, ''],
    [200, ''],
  ]);
  await vi.waitFor(() => expect(on.door.requests).toHaveLength(1));
  // A request without a trigger is known by its signature.
  const bare = new URLSearchParams(body);
  bare.delete('trigger_id');
  for (let nth = 0; nth < 2; nth += 1) await post(on, bare.toString(), { atMs });
  await vi.waitFor(() => expect(on.door.requests.length).toBeGreaterThan(1));
  await on.connection.close(); // waits for whatever else had begun
  expect(on.door.requests).toHaveLength(2);
});

test('an event Slack sends again is answered and done once', async () => {
  const on = await onHttp();
  const event = { type: 'app_home_opened', user: on.ann, channel: 'D1', tab: 'home' };
  const body = JSON.stringify({ type: 'event_callback', team_id: on.fake.workspaceId, event_id: 'Ev1', event });
  for (const atMs of [Date.now() - 1_000, Date.now()]) {
    expect(await post(on, body, { atMs, contentType: 'application/json' })).toEqual([200, '']);
  }
  await on.fake.until('the Home tab', () => on.fake.homeOf(on.ann) !== null);
  await on.connection.close();
  expect(on.door.requests.map(({ requestKey }) => requestKey)).toEqual(['slack:Ev1']);
});

test('a form’s faults and the proposals of a field stand in the answer to the request', async () => {
  const on = await onHttp();
  const view = await (await on.fake.slash(on.ann, on.channel, '/milestone add')).view();
  expect((await on.fake.options(view, 'owner', 'hoo')).map(({ value }) => value)).toEqual(['HOODIE-M', 'hoo']);
  on.door.faults = { day: 'day is a day such as 2027-01-29' };
  const refused = await on.fake.submit(view, { name: 'Samples', day: '2027-01-29' });
  expect(refused.errors).toEqual({ day: 'day is a day such as 2027-01-29' });
  on.door.faults = null;
  const taken = await on.fake.submit(view, { name: 'Samples', day: '2027-01-29' });
  expect([taken.errors, taken.ackPayload]).toEqual([{}, {}]);
  expect(visibleText(await taken.answer())).toContain('form milestone add');
  expect(on.fake.complaints).toEqual([]);
});

test('what breaks before it is acknowledged is answered with 503, so that an event comes again', async () => {
  const formFaults = (): never => {
    throw new Error('a bug');
  };
  const on = await onHttp({ alter: () => ({ formFaults }) });
  const view = await (await on.fake.slash(on.ann, on.channel, '/milestone add')).view();
  const submitted = await on.fake.submit(view, { name: 'Samples', day: '2027-01-29' });
  expect(submitted.acked).toBe(false);
  expect(on.fake.complaints).toEqual([expect.objectContaining({ told: expect.stringContaining('503') as string })]);
});

describe('without a socket, Slack counts as connected', () => {
  test('while it accepts the token, and as lost when it no longer does', async () => {
    const { fake, connection } = await onHttp({ lookEveryMs: 20 });
    expect(connection.state()).toMatchObject({ kind: 'connected', reason: null, notes: [] });
    expect([connection.workspaceId, connection.botUserId]).toEqual([fake.workspaceId, fake.botUserId]);
    fake.revokeToken();
    await vi.waitFor(() => expect(connection.state().kind).toBe('lost'), { timeout: 5_000, interval: 5 });
    expect(connection.state().reason).toContain('no longer accepts SLACK_BOT_TOKEN (token_revoked)');
  });

  test('again, when it was away and is back', async () => {
    const { fake, connection } = await onHttp({ lookEveryMs: 20 });
    await fake.down(true);
    await vi.waitFor(() => expect(connection.state().kind).toBe('lost'), { timeout: 5_000, interval: 5 });
    expect(connection.state().reason).toBe('Slack cannot be reached (ECONNREFUSED)');
    await fake.down(false);
    await vi.waitFor(() => expect(connection.state().kind).toBe('connected'), { timeout: 8_000, interval: 5 });
  });

  test('and health says so when nothing that comes is signed with our secret, until something is', async () => {
    const on = await onHttp();
    const fresh = await onHttp({ signingSecret: 'a'.repeat(32) });
    // `sendTo` made each of them heard already; a third server has heard nobody.
    const over = slackOverHttp({
      botToken: fresh.fake.botToken,
      signingSecret: 'b'.repeat(32),
      apiUrl: fresh.fake.apiUrl,
      timeoutMs: 2_000,
      door: fresh.door,
      clock: { now: Date.now },
      log: fresh.log,
    });
    const connection = await over.connect();
    stops.push(connection.close);
    const asked = (secret: string, atMs = Date.now()) => ({
      headers: { 'content-type': FORM, ...signatureOf('x=1', secret, atMs) },
      params: {},
      body: Buffer.from('x=1'),
      nowMs: Date.now(),
    });
    expect(over.route.authentic({ ...asked('b'), headers: {} })).toBe(false);
    expect(connection.state().notes).toEqual([]);
    expect(over.route.authentic(asked('c'.repeat(32)))).toBe(false);
    expect(connection.state().notes).toEqual([expect.stringContaining('is not signed with SLACK_SIGNING_SECRET')]);
    expect(over.route.authentic(asked('b'.repeat(32), Date.now() - WINDOW_MS * 2))).toBe(false);
    expect(connection.state().notes).toEqual([expect.stringContaining('set its clock by the network')]);
    expect(over.route.authentic(asked('b'.repeat(32)))).toBe(true);
    expect(connection.state().notes).toEqual([]);
    expect(over.route.authentic(asked('c'.repeat(32)))).toBe(false);
    expect([connection.state().notes, on.connection.state().notes]).toEqual([[], []]);
  });
});

test('closing answers what was asked', async () => {
  const on = await onHttp();
  on.fake.weather.next('response_url', { kind: 'slow', byMs: 100 });
  await on.fake.slash(on.ann, on.channel, '/stock');
  await on.connection.close();
  expect(on.fake.answersTo(on.ann)).toHaveLength(1);
});
