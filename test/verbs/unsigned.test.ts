import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { temporarySqlite } from '../support/engines.ts';
import { httpSettings, onAirPlan, openPlatforms, TEAM } from '../support/on-air.ts';
import { exitOf, serve } from '../support/serving.ts';
import { INTAKE_SECRET, rowCounts } from '../support/web.ts';

const SOURCE = new URL('../../src/', import.meta.url).pathname;

/** The address of every route there is in the source, so that a new one is tried here without being listed. */
function addresses(): readonly string[] {
  const texts = globSync('**/*.ts', { cwd: SOURCE }).map((file) => readFileSync(`${SOURCE}${file}`, 'utf8'));
  const found = texts.flatMap((text) => [...text.matchAll(/(?:\bpath: |_PATH = )'(\/[^']*)'/g)].map(([, path = '']) => path));
  return [...new Set(found)].toSorted();
}

// Signed by somebody else, in each family's own words.
const now = Math.floor(Date.now() / 1_000);
const FORGED = {
  authorization: 'Bearer not-the-token-of-this-process',
  'x-shopify-topic': 'orders/create',
  'x-shopify-event-id': 'forged',
  'x-shopify-hmac-sha256': Buffer.alloc(32, 1).toString('base64'),
  'webhook-id': 'forged',
  'webhook-timestamp': String(now),
  'webhook-signature': `v1,${Buffer.alloc(32, 1).toString('base64')}`,
  'x-slack-request-timestamp': String(now),
  'x-slack-signature': `v0=${'1'.repeat(64)}`,
  'x-signature-timestamp': String(now),
  'x-signature-ed25519': '1'.repeat(128),
};

test('a process with everything set answers 401 to whoever does not sign, on every route but the one that is open, and keeps nothing', async () => {
  const { slack, discord, cast } = await openPlatforms();
  const { engine, file, remove } = temporarySqlite();
  await openStore(engine).importPlan({ plan: onAirPlan(cast), by: null, nowMs: Date.now() });
  const serving = await serve({
    PATH: process.env['PATH'],
    DATABASE_URL: `file:${file}`,
    PORT: '0',
    ...httpSettings({ slack, discord }),
    SHOPIFY_WEBHOOK_SECRET: `${TEAM}=hush`,
    SHOWCALLER_INTAKE_SECRET: `${TEAM}=${INTAKE_SECRET}`,
    SHOWCALLER_METRICS_TOKEN: 'the-token-of-this-process',
  });
  try {
    await discord.until(() => discord.commands().length > 0);
    const paths = addresses();
    expect(paths.length).toBeGreaterThan(5);
    const before = await rowCounts({ engine });
    const told: Record<string, number[]> = {};
    for (const path of paths) {
      const url = serving.url + path.replace(':team', TEAM);
      const method = (await fetch(url, { method: 'POST' })).status === 405 ? 'GET' : 'POST';
      const body = method === 'GET' ? undefined : JSON.stringify({ type: 1, id: 1, command: '/pause' });
      const asks = [{}, FORGED].map((headers) => fetch(url, { method, headers, ...(body === undefined ? {} : { body }) }));
      told[path] = (await Promise.all(asks)).map(({ status }) => status);
    }
    expect(told).toEqual(Object.fromEntries(paths.map((path) => [path, path === '/health' ? [200, 200] : [401, 401]])));
    expect(await rowCounts({ engine })).toEqual(before);
    const ended = exitOf(serving);
    serving.process.kill('SIGTERM');
    expect(await ended).toBe(0);
  } finally {
    serving.process.kill('SIGKILL');
    await Promise.all([slack.stop(), discord.stop()]);
    await remove();
  }
});
