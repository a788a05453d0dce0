import { connect } from 'node:net';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { PROPERTY_MS_MAX, runsOf } from '../support/hostile.ts';
import { INTAKE_SECRET, post, rowCounts, standardRequest, startSite, TEAM, type Site } from '../support/web.ts';
import { planFor } from '../support/plan.ts';

const CLOSED_WITHIN_MS = 5_000;
const RUNS = runsOf(150);
vi.setConfig({ testTimeout: PROPERTY_MS_MAX });

let site: Site;
let orderCount = 0;
let caseCount = 0;
let before: Awaited<ReturnType<typeof rowCounts>>;
beforeAll(async () => {
  site = await startSite({ clock: { now: Date.now } });
  await site.store.importPlan({ plan: planFor(TEAM), by: null, nowMs: Date.now() });
});
beforeEach(async () => {
  before = await rowCounts(site);
});
afterEach(() => expectStillServing());
afterAll(async () => {
  await site.close();
  console.info(`hostile-transport: ${caseCount} connections`);
});

/** The server is as it was: somebody else's order, on a connection of its own, is taken. */
async function expectStillServing(): Promise<void> {
  const [status] = await post(site, order());
  expect(status).toBe(200);
  expect(site.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
}

function order() {
  orderCount += 1;
  const lines = [{ lineId: '1', sku: 'PIN', orderedUnits: 1, unitPriceMinor: 900 }];
  return standardRequest({ externalId: `T-${orderCount}`, placedAt: '2027-01-29T19:00:00Z', lines }, { secret: INTAKE_SECRET });
}

/** A rightly signed order as bytes, with lines of the head altered. Whether it is taken tells whether it was understood as a request. */
function signed({ head = ['POST', 'HTTP/1.1'], more = [], framed }: Signed = {}): string {
  const { path, body, headers } = order();
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const frame = framed ?? [`content-length: ${Buffer.byteLength(body)}`];
  return [`${head[0]} ${head[2] ?? path} ${head[1]}`, 'host: x', ...lines, ...more, ...frame, '', body as string].join('\r\n');
}
type Signed = {
  readonly head?: readonly [method: string, version: string, target?: string];
  readonly more?: readonly string[];
  readonly framed?: readonly string[];
};

const chunked = (body: string, extension = ''): string =>
  `${Buffer.byteLength(body).toString(16)}${extension}\r\n${body}\r\n0\r\n\r\n`;
const bodyOf = (request: string): string => request.slice(request.indexOf('\r\n\r\n') + 4);
const headOf = (request: string): string => request.slice(0, request.indexOf('\r\n\r\n') + 4);

/** Sends it all, says that no more comes, and answers with the statuses heard until the connection was closed. */
function statusesFor(bytes: string): Promise<readonly number[]> {
  caseCount += 1;
  const { promise, resolve, reject } = Promise.withResolvers<readonly number[]>();
  const socket = connect(Number(new URL(site.url).port), '127.0.0.1');
  let said = '';
  socket.setTimeout(CLOSED_WITHIN_MS, () => {
    reject(new Error(`was not closed; said so far: ${said}`));
    socket.destroy();
  });
  socket.on('data', (data) => (said += data.toString('latin1')));
  socket.on('error', () => undefined); // being cut off is one of the answers
  socket.once('close', () => resolve([...said.matchAll(/^HTTP\/1\.1 (\d{3}) /gmu)].map(([, status]) => Number(status))));
  socket.end(Buffer.from(bytes, 'latin1'));
  return promise;
}

/** Refused with at most one answer, and nothing of it was kept. `100 Continue` is no answer. */
async function expectRefused(bytes: string): Promise<void> {
  const statuses = (await statusesFor(bytes)).filter((status) => status !== 100);
  expect(statuses.length).toBeLessThanOrEqual(1);
  for (const status of statuses) expect([400, 401, 404, 405, 408, 413, 414, 417, 431]).toContain(status);
  expect(await rowCounts(site)).toEqual(before);
}

// Each has two readings; under one of them a second, rightly signed order stands behind the first.
test.each<[string, readonly string[]]>([
  ['a length and chunks', ['content-length: 5', 'transfer-encoding: chunked']],
  ['chunks and a length', ['transfer-encoding: chunked', 'content-length: 5']],
  ['two lengths', ['content-length: 5', 'content-length: 0']],
  ['the same length twice', ['content-length: 5', 'content-length: 5']],
  ['a list of lengths', ['content-length: 5, 5']],
  ['a length with a sign', ['content-length: +5']],
  ['a negative length', ['content-length: -5']],
  ['a length in hexadecimal', ['content-length: 0x5']],
  ['a length with a space in it', ['content-length: 0 5']],
  ['a length beyond any number', ['content-length: 99999999999999999999999']],
  ['a length that is no number', ['content-length: five']],
  ['an unknown encoding', ['transfer-encoding: xchunked']],
  ['chunks that are not the last encoding', ['transfer-encoding: chunked, identity']],
  ['no encoding, by name', ['transfer-encoding: identity']],
  ['chunks twice', ['transfer-encoding: chunked', 'transfer-encoding: identity']],
  ['a space before the colon', ['transfer-encoding : chunked']],
  ['a folded line', ['transfer-encoding:', ' chunked', 'content-length: 5']],
  ['a name with a control in it', ['transfer-encoding\u000B: chunked', 'content-length: 5']],
])('nothing is smuggled in behind %s', async (_, framed) => {
  const smuggled = signed();
  await expectRefused(`POST /intake/orders/${TEAM} HTTP/1.1\r\nhost: x\r\n${framed.join('\r\n')}\r\n\r\n0\r\n\r\n${smuggled}`);
});

test.each<[string, (body: string) => string]>([
  ['no number', (body) => `zz\r\n${body}\r\n0\r\n\r\n`],
  ['negative', (body) => `-1\r\n${body}\r\n0\r\n\r\n`],
  ['nothing', (body) => `\r\n${body}\r\n0\r\n\r\n`],
  ['in the usual notation of hexadecimal', (body) => `0x${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
  ['beyond any number', (body) => `fffffffffffffffff\r\n${body}\r\n0\r\n\r\n`],
  ['too small', (body) => `5\r\n${body}\r\n0\r\n\r\n`],
  ['too large', (body) => `ffff\r\n${body}\r\n0\r\n\r\n`],
  ['followed by 20 KB of extensions', (body) => chunked(body, `;x=${'y'.repeat(20_000)}`)],
  ['followed by a bare line feed', (body) => `${body.length.toString(16)}\n${body}\r\n0\r\n\r\n`],
  ['without an end', (body) => `${body.length.toString(16)}\r\n${body}\r\n`],
])('an order in chunks whose size is %s is refused', async (_, framed) => {
  const whole = signed({ framed: ['transfer-encoding: chunked'] });
  await expectRefused(headOf(whole) + framed(bodyOf(whole)));
});

test.each<[string, () => string]>([
  ['half a body', () => signed().slice(0, -10)],
  ['a length that is too long', () => signed({ framed: ['content-length: 9999'] })],
  ['a length of five megabytes', () => signed({ framed: ['content-length: 5242880'] })],
  ['half a head', () => headOf(signed()).slice(0, -10)],
  ['20 KB of one header', () => signed({ more: [`x: ${'y'.repeat(20_000)}`] })],
  ['20 KB of an address', () => signed({ head: ['POST', 'HTTP/1.1', `/intake/orders/${'m'.repeat(20_000)}`] })],
  ['20 KB of a header’s name', () => signed({ more: [`${'x'.repeat(20_000)}: y`] })],
  ['no host', () => signed().replace('host: x\r\n', '')],
  ['a NUL in a value', () => signed({ more: ['x: a\0b'] })],
  ['a NUL in a name', () => signed({ more: ['x\0y: a'] })],
  ['a NUL in the address', () => signed({ head: ['POST', 'HTTP/1.1', `/intake/orders/${TEAM}\0`] })],
  ['a NUL before it', () => `\0${signed()}`],
  ['a carriage return in a value', () => signed({ more: ['x: a\rb: c'] })],
  ['a header without a colon', () => signed({ more: ['nothing'] })],
  ['a method nobody knows', () => signed({ head: ['ORDER', 'HTTP/1.1'] })],
  ['a method in small letters', () => signed({ head: ['post', 'HTTP/1.1'] })],
  ['another method', () => signed({ head: ['PUT', 'HTTP/1.1'] })],
  ['HTTP/2 without a word', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['HTTP/9.9', () => signed({ head: ['POST', 'HTTP/9.9'] })],
  ['HTTP/0.9', () => 'GET /health\r\n'],
  ['a TLS greeting', () => '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00FC\u0003\u0003'],
  ['an expectation nobody knows', () => signed({ more: ['expect: 200-ok'] })],
  ['another’s whole address', () => signed({ head: ['POST', 'HTTP/1.1', `http://x/intake/orders/${TEAM}/..`] })],
  ['everything', () => 'OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n'],
  ['a tunnel', () => `CONNECT 127.0.0.1:1 HTTP/1.1\r\nhost: x\r\n\r\n${signed()}`],
  ['two slashes', () => 'GET // HTTP/1.1\r\nhost: x\r\n\r\n'],
  ['a way up', () => 'GET /../../etc/passwd HTTP/1.1\r\nhost: x\r\n\r\n'],
  ['a way up, written otherwise', () => 'GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nhost: x\r\n\r\n'],
  ['no address', () => 'GET  HTTP/1.1\r\nhost: x\r\n\r\n'],
  ['a broken escape in the address', () => signed({ head: ['POST', 'HTTP/1.1', '/intake/orders/%E0%A4%A'] })],
  ['an escaped NUL in the address', () => signed({ head: ['POST', 'HTTP/1.1', `/intake/orders/${TEAM}%00`] })],
  ['an escaped slash in the address', () => signed({ head: ['POST', 'HTTP/1.1', `/intake/orders%2F${TEAM}`] })],
  ['only line ends', () => '\r\n'.repeat(1_000)],
  ['nothing', () => ''],
])('%s is refused', (_, bytes) => expectRefused(bytes()));

test('of 3,000 headers those that come too late are not there', async () => {
  const flood = Array.from({ length: 3_000 }, () => 'a:b');
  await expectRefused(signed().replace('host: x\r\n', `host: x\r\n${flood.join('\r\n')}\r\n`));
});

// What is unusual but right is taken, once.
test.each<[string, () => string, readonly number[]]>([
  ['HTTP/1.0', () => signed({ head: ['POST', 'HTTP/1.0'] }), [200]],
  ['HTTP/2.0, by name alone', () => signed({ head: ['POST', 'HTTP/2.0'] }), [200]],
  ['an expectation to be let in', () => signed({ more: ['expect: 100-continue'] }), [100, 200]],
  ['the wish for a WebSocket', () => signed({ more: ['connection: upgrade', 'upgrade: websocket'] }), [200]],
  ['the wish for HTTP/2', () => signed({ more: ['connection: upgrade, http2-settings', 'upgrade: h2c'] }), [200]],
])('%s changes nothing about an order', async (_, bytes, statuses) => {
  expect(await statusesFor(bytes())).toEqual(statuses);
  expect((await rowCounts(site))['orders']).toBe((before['orders'] ?? 0) + 1);
});

test('chunks with extensions and trailers are the order they hold', async () => {
  const whole = signed({ framed: ['transfer-encoding: chunked'] });
  const chunks = chunked(bodyOf(whole), ';name="value"').replace(/\r\n$/u, 'webhook-id: another\r\n\r\n');
  expect(await statusesFor(headOf(whole) + chunks)).toEqual([200]);
  expect((await rowCounts(site))['orders']).toBe((before['orders'] ?? 0) + 1);
});

test('any bytes that look like requests end with the connection closed, and keep nothing', async () => {
  const pieces = fc.constantFrom(
    'POST ',
    'GET ',
    'CONNECT x:1',
    `/intake/orders/${TEAM} `,
    '/ ',
    '* ',
    'HTTP/1.1\r\n',
    'HTTP/1.0\r\n',
    'host: x\r\n',
    'content-length: 3\r\n',
    'content-length: 30\r\n',
    'transfer-encoding: chunked\r\n',
    'connection: upgrade\r\nupgrade: h2c\r\n',
    'expect: 100-continue\r\n',
    'webhook-id: 1\r\n',
    '\r\n',
    '\r\n\r\n',
    '3\r\nabc\r\n',
    '0\r\n\r\n',
    '\n',
    '\0',
    ': ',
    '\u00FF',
    '{}',
  );
  const start = fc.constantFrom(
    '',
    `POST /intake/orders/${TEAM} HTTP/1.1\r\nhost: x\r\n`,
    'POST /nowhere HTTP/1.1\r\nhost: x\r\n',
  );
  const streams = fc.tuple(start, fc.array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 30 }));
  const property = fc.asyncProperty(streams, async ([first, rest]) => {
    for (const status of await statusesFor(first + rest.join('')))
      expect(status === 100 || (status >= 400 && status < 500)).toBe(true);
  });
  await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
  expect(await rowCounts(site)).toEqual(before);
});
