import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import type { HeardFacts } from '../domain/order.ts';
import type { ShopTold } from '../domain/shop-count.ts';
import { unreachable } from '../domain/unreachable.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import type { CountHeard } from '../ports/store/counts.ts';
import type { Heard } from '../ports/store/orders.ts';
import { refusal } from './route.ts';
import type { Answer, Asked, Route } from './route.ts';

const MIB = 1024 * 1024;

/** What an adapter of `intake/` makes of a body. */
type Reading =
  | { readonly kind: 'facts'; readonly heard: readonly HeardFacts[] }
  | { readonly kind: 'counts'; readonly told: ShopTold }
  | { readonly kind: 'ignored'; readonly why: string }
  | { readonly kind: 'faulty'; readonly why: string };

type Keyed = (text: string) => string;

export type IntakeNeeds = {
  readonly store: Pick<Store, 'team' | 'teamIds'>;
  readonly log: Log;
  /** Told what so many facts came to, such as `recorded`. */
  readonly onHeard?: (outcome: string, count: number) => void;
  /** Secrets by team id. */
  readonly shopifySecrets: ReadonlyMap<string, string>;
  readonly intakeSecrets: ReadonlyMap<string, string>;
  readonly readShopify: (delivery: {
    topic: string;
    eventId: string | null;
    triggeredAtMs: number | null;
    body: Buffer;
    keyed: Keyed;
  }) => Reading;
  readonly readStandardWebhook: (delivery: { webhookId: string; body: Buffer; keyed: Keyed }) => Reading;
};

/** Where shops tell us about orders, and what they have themselves. Each is answered 2xx only after the commit that holds what it told. */
export function intakeRoutes(needs: IntakeNeeds): readonly Route[] {
  const hears = hearing(needs);
  return [shopifyRoute(needs, hears), ordersRoute(needs, hears)];
}

type Hears = (teamId: string, reading: Reading, nowMs: number) => Promise<Answer>;

function shopifyRoute({ shopifySecrets, readShopify }: IntakeNeeds, hears: Hears): Route {
  return {
    method: 'POST',
    path: '/intake/shopify/:team',
    bytesMax: 5 * MIB, // a large order with its discounts and taxes is real
    open: false,
    authentic: ({ headers, params, body }) => {
      const signature = header(headers, 'x-shopify-hmac-sha256') ?? header(headers, 'shopify-hmac-sha256');
      return signature !== null && sameText(signature, hmac(secretOf(shopifySecrets, params['team']), body, 'base64'));
    },
    answer: async ({ headers, params, body, nowMs }) => {
      const team = params['team'] ?? '';
      const either = (name: string): string | null => header(headers, `x-shopify-${name}`) ?? header(headers, `shopify-${name}`);
      const topic = either('topic');
      if (topic === null) return refusal(400, 'the X-Shopify-Topic header is missing');
      const reading = readShopify({
        topic,
        eventId: either('event-id') ?? either('webhook-id'),
        triggeredAtMs: instantOf(either('triggered-at')),
        body,
        keyed: keyedBy(secretOf(shopifySecrets, team)),
      });
      return hears(team, reading, nowMs);
    },
  };
}

function ordersRoute({ intakeSecrets, readStandardWebhook }: IntakeNeeds, hears: Hears): Route {
  return {
    method: 'POST',
    path: '/intake/orders/:team',
    bytesMax: MIB,
    open: false,
    authentic: ({ headers, params, body }) => isStandardSigned(headers, body, secretOf(intakeSecrets, params['team'])),
    answer: async ({ headers, params, body, nowMs }) => {
      const team = params['team'] ?? '';
      const webhookId = header(headers, 'webhook-id') ?? '';
      if (webhookId.length > 200) return refusal(400, 'the webhook-id header is longer than 200 letters');
      return hears(team, readStandardWebhook({ webhookId, body, keyed: keyedBy(secretOf(intakeSecrets, team)) }), nowMs);
    },
  };
}

function hearing({ store, log, onHeard }: IntakeNeeds): Hears {
  const known = new Set<string>(); // a team once there stays
  async function isKnown(teamId: string): Promise<boolean> {
    if (known.has(teamId)) return true;
    for (const id of await store.teamIds()) known.add(id);
    return known.has(teamId);
  }
  return async (teamId, reading, nowMs) => {
    if (!(await isKnown(teamId))) return refusal(404, `no team ${teamId} yet; import its plan first`);
    switch (reading.kind) {
      case 'ignored':
        return { status: 200, body: { ignored: reading.why } };
      case 'faulty':
        log.warn('intake.refused', { teamId, why: reading.why });
        return refusal(400, reading.why);
      case 'facts':
        return { status: 200, body: counted(await heardBy(store.team(teamId), reading.heard, nowMs), onHeard) };
      case 'counts':
        return { status: 200, body: countsAnswer(await store.team(teamId).counts.hear(reading.told, nowMs)) };
      default:
        return unreachable(reading);
    }
  };
}

async function heardBy(
  { orders }: ReturnType<Store['team']>,
  heard: readonly HeardFacts[],
  nowMs: number,
): Promise<readonly Heard[]> {
  const [only] = heard;
  return heard.length === 1 && only !== undefined ? [await orders.record(only, nowMs)] : orders.recordAll(heard, nowMs);
}

/** `{"recorded": 2, "repeat": 1}`: what each fact came to. One set aside is kept and shown here, so nobody need send it again. */
function counted(heard: readonly Heard[], onHeard: IntakeNeeds['onHeard']): Readonly<Record<string, number>> {
  const counts = tallyOf(heard.map(({ kind }) => kind));
  if (onHeard !== undefined) for (const [outcome, count] of Object.entries(counts)) onHeard(outcome, count);
  return counts;
}

// What a shop's own count needs before it can be compared, told to whoever looks at the delivery in the shop's log.
const COUNT_NOTES: Partial<Readonly<Record<CountHeard, string>>> = {
  'unknown-item': 'no product told which SKU this inventory item is; send products/create and products/update here too',
  'unknown-sku': 'a SKU that is in no plan is not counted',
  waiting: 'this place is kept; it is compared once a product has told its total',
};

/** `{"counted": 2, "older": 1}`, and what is missing for those that were not kept. */
function countsAnswer(heard: readonly CountHeard[]): Readonly<Record<string, number | string>> {
  const counts: Record<string, number | string> = tallyOf(heard);
  const notes = [...new Set(heard)].flatMap((kind) => COUNT_NOTES[kind] ?? []);
  return notes.length === 0 ? counts : { ...counts, note: notes.join('; ') };
}

function tallyOf(kinds: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

// A team nobody gave a secret is checked like any other, against one nobody can know: neither answer nor time tells which teams there are.
const NOBODYS_SECRET = randomBytes(32).toString('base64');

function secretOf(secrets: ReadonlyMap<string, string>, teamId: string | undefined): string {
  return secrets.get(teamId ?? '') ?? NOBODYS_SECRET;
}

function header(headers: Asked['headers'], name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

function hmac(secret: string, body: Buffer, encoding: 'base64' | 'base64url'): string {
  return createHmac('sha256', secret).update(body).digest(encoding);
}

/** Buyers are known by a hash only this server can make. */
function keyedBy(secret: string): Keyed {
  return (text) => hmac(`buyer ${secret}`, Buffer.from(text), 'base64url').slice(0, 22);
}

function sameText(given: string, right: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}

function isStandardSigned(headers: Asked['headers'], body: Buffer, secret: string): boolean {
  const named = {
    'webhook-id': header(headers, 'webhook-id') ?? '',
    'webhook-timestamp': header(headers, 'webhook-timestamp') ?? '',
    'webhook-signature': header(headers, 'webhook-signature') ?? '',
  };
  try {
    new Webhook(secret).verify(body, named, { jsonParse: false });
    return true;
  } catch (fault) {
    if (fault instanceof WebhookVerificationError) return false;
    throw fault;
  }
}

function instantOf(text: string | null): number | null {
  const ms = text === null ? NaN : Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
