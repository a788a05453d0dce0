import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openMetrics } from '../src/metrics.ts';
import { exitOf, run, serve } from './support/serving.ts';
import { post, rememberingLog, shopifyRequest, SHOP_SECRET } from './support/web.ts';

const ROOT = new URL('..', import.meta.url).pathname;
const TOKEN = 'a-token-for-the-test-only';

/** A page's samples by name and labels, such as `showcaller_orders_total{outcome="recorded"}`. */
function samples(page: string): ReadonlyMap<string, number> {
  const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

const PLAN = `team: { id: night, name: Night Market, zone: America/New_York }
people:
  maya: { name: Maya, roles: [founder], accounts: { console: maya } }
channels:
  team: { console: team }
  alerts: { console: alerts }
drop: { id: one, name: One, format: limited, stream: 2027-01-29T19:00, zone: America/New_York, currency: USD }
skus:
  PIN: { name: Pin, count: 3, price: 9 }
`;

/** One order that sells more pins than there are. */
const ORDER = {
  id: 1,
  created_at: '2027-01-29T19:00:00Z',
  updated_at: '2027-01-29T19:00:00Z',
  currency: 'USD',
  line_items: [{ id: 11, sku: 'PIN', quantity: 4, price: '9.00' }],
};

test('a serving process tells what it heard, said and how long the alert took, to whoever has the token', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'showcaller-metrics-'));
  writeFileSync(join(folder, 'plan.yaml'), PLAN);
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: `file:${join(folder, 'night.db')}`,
    PORT: '0',
    SHOPIFY_WEBHOOK_SECRET: `night=${SHOP_SECRET}`,
    SHOWCALLER_METRICS_TOKEN: TOKEN,
    SHOWCALLER_LOG_LEVEL: 'error', // what is not written is counted all the same
  };
  expect(await run(['import', join(folder, 'plan.yaml')], env)).toMatchObject({ code: 0 });
  const serving = await serve(env);
  const page = async (authorization?: string) =>
    fetch(`${serving.url}/metrics`, authorization === undefined ? {} : { headers: { authorization } });
  for (const wrong of [undefined, '', TOKEN, `Bearer ${TOKEN}x`, `bearer ${TOKEN}`, 'Bearer ']) {
    const refused = await page(wrong);
    expect([wrong, refused.status, await refused.text()]).toEqual([wrong, 401, 'the signature is missing or wrong\n']);
  }

  const request = shopifyRequest(ORDER, { team: 'night', eventId: 'one' });
  expect(await post(serving, request)).toEqual([200, '{"recorded":1}']);
  expect(await post(serving, request)).toEqual([200, '{"repeat":1}']);
  expect((await post(serving, { ...request, headers: {} }))[0]).toBe(401);
  serving.process.stdin?.write('/stock\n');
  const told = async () => samples(await (await page(`Bearer ${TOKEN}`)).text());
  await expect.poll(async () => (await told()).get('showcaller_alert_seconds_count{platform="console"}')).toBeGreaterThan(0);
  await expect
    .poll(async () => (await told()).get('showcaller_command_seconds_count{command="stock",platform="console"}'))
    .toBe(1);
  const answer = await page(`Bearer ${TOKEN}`);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const now = samples(await answer.text());
  expect(Object.fromEntries([...now].filter(([name]) => name.startsWith('showcaller_orders_total')))).toEqual({
    'showcaller_orders_total{outcome="recorded"}': 1,
    'showcaller_orders_total{outcome="repeat"}': 1,
  });
  const path = '/intake/shopify/:team';
  expect(now.get(`showcaller_http_request_seconds_count{path="${path}",status="200"}`)).toBe(2);
  expect(now.get(`showcaller_http_request_seconds_count{path="${path}",status="401"}`)).toBe(1);
  expect(now.get('showcaller_events_total{event="web.unsigned",level="warn"}')).toBeGreaterThan(0);
  expect(now.get('showcaller_post_late_seconds_count{platform="console",lane="critical"}')).toBeGreaterThan(0);
  expect([now.get('showcaller_teams'), now.get('showcaller_posts_dead'), now.get('showcaller_database_up')]).toEqual([1, 0, 1]);
  expect(now.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);

  const stopped = exitOf(serving);
  serving.process.kill('SIGTERM');
  expect(await stopped).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

const STANDING = {
  teamCount: 2,
  postsWaiting: 3,
  oldestPostLateMs: 4_500,
  postsDead: 1,
  connected: { slack: true, discord: false },
};

test('only a new alert counts for how long alerts take: an edit tells of what was said, a second try of a platform', async () => {
  const metrics = openMetrics();
  const log = metrics.counting(rememberingLog());
  const sent = { kind: 'alert', platform: 'slack', lane: 0, attempt: 1, isNew: true, lateMs: 20, ageMs: 30, tookMs: 40 };
  log.info('post.sent', sent);
  log.info('post.sent', { ...sent, isNew: false });
  log.info('post.sent', { ...sent, attempt: 2 });
  log.info('post.sent', { ...sent, kind: 'alert-ring' });
  log.info('post.sent', { ...sent, kind: 'notice', lane: 2 });
  log.warn('post.retry', sent);
  const now = samples((await metrics.page(() => Promise.resolve(STANDING))).text);
  expect(now.get('showcaller_alert_seconds_count{platform="slack"}')).toBe(2);
  expect(now.get('showcaller_alert_seconds_sum{platform="slack"}')).toBeCloseTo(0.06);
  expect(now.get('showcaller_post_late_seconds_count{platform="slack",lane="critical"}')).toBe(3);
  expect(now.get('showcaller_post_late_seconds_count{platform="slack",lane="routine"}')).toBe(1);
  expect(now.get('showcaller_post_call_seconds_count{platform="slack",outcome="sent"}')).toBe(5);
  expect(now.get('showcaller_post_call_seconds_count{platform="slack",outcome="retry"}')).toBe(1);
  expect(now.get('showcaller_post_oldest_seconds')).toBe(4.5);
  expect(now.get('showcaller_platform_connected{platform="discord"}')).toBe(0);
});

test('without the database its gauges are left out, and the rest of the page is there', async () => {
  const metrics = openMetrics();
  await metrics.page(() => Promise.resolve(STANDING));
  const now = samples((await metrics.page(() => Promise.reject(new Error('gone')))).text);
  expect(now.get('showcaller_database_up')).toBe(0);
  expect([...now.keys()].filter((name) => /^showcaller_(teams|posts_|post_oldest|platform_)/.test(name))).toEqual([]);
  expect(now.get('process_resident_memory_bytes')).toBeGreaterThan(0);
});

test('docs/operating.md says what each metric means, and the dashboard asks for none that is not there', async () => {
  const metrics = openMetrics();
  const { text } = await metrics.page(() => Promise.resolve(STANDING));
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]));
  const ours = [...types.keys()].filter((name) => name.startsWith('showcaller_'));
  expect(ours.length).toBeGreaterThan(10);
  const page = readFileSync(join(ROOT, 'docs/operating.md'), 'utf8');
  expect(ours.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  expect([...page.matchAll(/`(showcaller_\w+)`/g)].map(([, name = '']) => name).filter((name) => !types.has(name))).toEqual([]);

  const known = new Set(
    [...types].flatMap(([name, type]) => (type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name])),
  );
  const dashboard: unknown = JSON.parse(readFileSync(join(ROOT, 'docs/grafana-dashboard.json'), 'utf8'));
  const asked: string[] = [];
  JSON.stringify(dashboard, (key, value: unknown) => {
    if (key === 'expr') asked.push(...(String(value).match(/\b(?:showcaller|nodejs|process)_\w+/g) ?? []));
    return value;
  });
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});
