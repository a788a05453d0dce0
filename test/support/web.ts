import { createHmac, randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { readShopify } from '../../src/intake/shopify.ts';
import { readStandardWebhook } from '../../src/intake/standard-webhook.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Store } from '../../src/ports/store.ts';
import { openStore } from '../../src/store/store.ts';
import type { Engine } from '../../src/store/engine/engine.ts';
import { healthRoute } from '../../src/web/health-route.ts';
import { intakeRoutes } from '../../src/web/intake-routes.ts';
import type { Route } from '../../src/web/route.ts';
import { startServer } from '../../src/web/server.ts';
import { temporarySqlite } from './engines.ts';
import { NOW } from './plan.ts';

export const TEAM = 'moth';
export const SHOP_SECRET = 'hush';
export const INTAKE_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export type LogLine = { readonly level: 'info' | 'warn' | 'error'; readonly event: string; readonly fields: object };

/** A log that remembers. */
export function rememberingLog(): Log & { readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const at =
    (level: LogLine['level']) =>
    (event: string, fields: object = {}): void => {
      lines.push({ level, event, fields });
    };
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}

export type Site = {
  readonly url: string;
  readonly store: Store;
  readonly engine: Engine;
  readonly routes: readonly Route[];
  readonly log: ReturnType<typeof rememberingLog>;
  readonly close: () => Promise<void>;
};

/** The real server on a fresh SQLite file, on a free port. `alter` may put something in front of the store. */
export async function startSite({
  clock = { now: () => NOW },
  alter = (store) => store,
  ground = temporarySqlite(),
}: {
  clock?: Clock;
  alter?: (store: Store) => Pick<Store, 'team' | 'teamIds'>;
  ground?: { engine: Engine; remove: () => Promise<void> };
} = {}): Promise<Site> {
  const { engine, remove } = ground;
  const store = openStore(engine);
  const log = rememberingLog();
  const routes = [
    healthRoute(() => Promise.resolve({ ok: true })),
    ...intakeRoutes({
      store: alter(store),
      log,
      // `fern` has secrets and no plan; `night-market` is the team that is on air.
      shopifySecrets: new Map([
        [TEAM, SHOP_SECRET],
        ['night-market', SHOP_SECRET],
        ['fern', 'quiet'],
      ]),
      intakeSecrets: new Map([
        [TEAM, INTAKE_SECRET],
        ['night-market', INTAKE_SECRET],
      ]),
      readShopify,
      readStandardWebhook,
    }),
  ];
  const server = await startServer({ port: 0, host: '127.0.0.1', routes, clock, log });
  return {
    url: `http://127.0.0.1:${server.port}`,
    store,
    engine,
    routes,
    log,
    async close() {
      await server.close();
      await remove();
    },
  };
}

/** What a test compares after a refusal. */
export async function rowCounts({ engine }: Pick<Site, 'engine'>): Promise<Readonly<Record<string, number>>> {
  const { tables } = engine;
  return engine.read(async (db) => ({
    events: (await db.select().from(tables.events)).length,
    orders: (await db.select().from(tables.orders)).length,
    movements: (await db.select().from(tables.movements)).length,
    posts: (await db.select().from(tables.posts)).length,
    setAside: (await db.select().from(tables.setAsideFacts)).length,
    audit: (await db.select().from(tables.audit)).length,
  }));
}

export type Request = {
  readonly path: string;
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
};

type ShopifyOptions = { readonly team?: string; readonly topic?: string; readonly eventId?: string; readonly secret?: string };

export function shopifyRequest(
  body: object | string | Buffer,
  { team = TEAM, topic = 'orders/create', eventId = randomUUID(), secret = SHOP_SECRET }: ShopifyOptions = {},
): Request {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const signature = createHmac('sha256', secret).update(text).digest('base64');
  return {
    path: `/intake/shopify/${team}`,
    body: text,
    headers: { 'x-shopify-topic': topic, 'x-shopify-event-id': eventId, 'x-shopify-hmac-sha256': signature },
  };
}

/** Signed now: the library that checks it reads the real clock. */
export function standardRequest(
  body: object | string | Buffer,
  { team = TEAM, id = `msg_${randomUUID()}`, secret = INTAKE_SECRET, at = new Date() } = {},
): Request {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return {
    path: `/intake/orders/${team}`,
    body: text,
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, at, text),
    },
  };
}

/** Sends and answers with the status and the first line. */
export async function post(
  { url }: Pick<Site, 'url'>,
  { path, body, headers }: Request,
): Promise<readonly [status: number, text: string]> {
  const response = await fetch(url + path, { method: 'POST', body, headers });
  return [response.status, (await response.text()).trimEnd()];
}
