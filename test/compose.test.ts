import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { settingRows } from '../src/config.ts';

type Service = {
  readonly image?: string;
  readonly build?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly volumes?: readonly string[];
};
type Compose = { readonly services: Readonly<Record<string, Service>>; readonly volumes: Readonly<Record<string, unknown>> };

const read = (file: string): string => readFileSync(new URL(`../docs/${file}`, import.meta.url), 'utf8');
const compose = parse(read('compose.yaml'), { merge: true }) as Compose;
const known = settingRows().map(({ name }) => name);
// Those of the machinery around us, which `.env.compose` or an image defines.
const OTHERS = ['POSTGRES_PASSWORD', 'SITE'];

test('the compose file is two of ours, a database and a balancer, and names nothing that is not there', () => {
  const { services, volumes } = compose;
  expect(Object.keys(services).toSorted()).toEqual(['app-1', 'app-2', 'balancer', 'postgres']);
  expect(services['app-1']).toEqual(services['app-2']);
  for (const [name, { image, build, depends_on: needs = [], volumes: mounts = [] }] of Object.entries(services)) {
    expect([name, image ?? build]).toEqual([name, expect.any(String)]);
    const needed = Array.isArray(needs) ? needs.map(String) : Object.keys(needs);
    expect(needed.filter((one) => !(one in services))).toEqual([]);
    expect(mounts.map((mount) => mount.split(':')[0] ?? '').filter((volume) => !(volume in volumes))).toEqual([]);
  }
  expect(services['app-1']?.healthcheck?.test.join(' ')).toContain(`:${services['app-1']?.environment?.['PORT']}/health`);
  expect(JSON.stringify(services['balancer'])).toContain('app-1:8080 app-2:8080');
});

test('every setting it and its page give us is one we have', () => {
  const given = Object.keys(compose.services['app-1']?.environment ?? {});
  expect(given).toEqual(['DATABASE_URL', 'HOST', 'PORT']);
  expect(given.filter((name) => !known.includes(name))).toEqual([]);
  const named = [read('compose.yaml'), read('many.md')].flatMap((text) => text.match(/\b[A-Z]+(?:_[A-Z]+)+\b/gu) ?? []);
  expect(named.length).toBeGreaterThan(8);
  expect([...new Set(named)].filter((name) => !known.includes(name) && !OTHERS.includes(name))).toEqual([
    'POSTGRES_USER',
    'POSTGRES_DB',
  ]);
});
