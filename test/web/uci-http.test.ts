import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { and, asc, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { EMPTY_LEVEL, moved } from '../../src/domain/stock.ts';
import type { MovementKind } from '../../src/domain/stock.ts';
import { readOrders } from '../../src/intake/csv.ts';
import { openSqlite } from '../../src/store/engine/sqlite.ts';
import { openStore } from '../../src/store/store.ts';
import { temporarySqlite } from '../support/engines.ts';
import { BEFORE_UCI, UCI_TRACKED, shuffled, uciInvoices, uciPlan, uciRows, uciText, uciTotals } from '../support/uci-file.ts';
import type { UciRow } from '../support/uci-file.ts';
import { TEAM, post, shopifyRequest, standardRequest, startSite } from '../support/web.ts';
import type { Request, Site } from '../support/web.ts';

const ROWS = uciRows();
const SALES = ROWS.filter(({ units }) => units > 0);
const SENDERS = 16;

type Invoice = readonly [string, readonly UciRow[]];

/** An invoice as Shopify would tell it. The shop's clock is London's, which is UTC in winter. */
function shopifyOrder([invoice, rows]: Invoice): object {
  const at = `${rows[0]?.at.replace(' ', 'T')}Z`;
  return {
    id: Number(invoice),
    created_at: at,
    updated_at: at,
    currency: 'GBP',
    line_items: rows.map(({ sku, units }, index) => ({ id: lineId(invoice, index), sku, quantity: units, price: '1.00' })),
  };
}

const lineId = (invoice: string, index: number): number => Number(invoice) * 10_000 + index;
const shippedOf = ({ units }: UciRow): number => Math.ceil(units / 2);
const backOf = ({ units }: UciRow): number => (units > 2 ? 1 : 0);

/** What Shopify tells of an invoice as it is placed, half of it leaves, and a unit of what left comes back: three whole orders. */
function shopifyLife(invoice: Invoice): readonly Request[] {
  const [id, rows] = invoice;
  const placed = shopifyOrder(invoice);
  const laterBy = (hours: number) => new Date(Date.parse(`${rows[0]?.at.replace(' ', 'T')}Z`) + hours * 3_600_000).toISOString();
  const shipped = rows.map((row, index) => ({ id: lineId(id, index), quantity: shippedOf(row) }));
  const fulfilled = { ...placed, updated_at: laterBy(1), fulfillments: [{ status: 'success', line_items: shipped }] };
  const back = rows.flatMap((row, index) =>
    backOf(row) === 0 ? [] : [{ line_item_id: lineId(id, index), quantity: backOf(row), restock_type: 'return' }],
  );
  const refunded = { ...fulfilled, updated_at: laterBy(2), refunds: [{ id: Number(id), refund_line_items: back }] };
  return [
    shopifyRequest(placed, { eventId: `placed-${id}` }),
    shopifyRequest(fulfilled, { eventId: `fulfilled-${id}`, topic: 'orders/partially_fulfilled' }),
    shopifyRequest(refunded, { eventId: `refunded-${id}`, topic: 'orders/updated' }),
  ];
}

async function sendAll(site: Site, requests: readonly Request[]): Promise<readonly number[]> {
  const statuses: number[] = [];
  let next = 0;
  async function send(): Promise<void> {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
      statuses.push((await post(site, request))[0]);
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, send));
  return statuses;
}

/**
 * Sends in parts to one file, cut at four points the seed chooses. After each cut a new house opens it, every other time
 * while the old one was never closed; the last fifty of before are sent once more, as by senders who never heard an answer.
 */
async function sendWithRestarts(
  requests: readonly Request[],
  { seed, check }: { readonly seed: number; readonly check: (site: Site) => Promise<void> },
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'showcaller-test-'));
  const points = shuffled(
    requests.slice(1).map((_, index) => index + 1),
    seed,
  ).slice(0, 4);
  const cuts = [0, ...points.toSorted((a, b) => a - b), requests.length];
  const abandoned: Site[] = [];
  for (const [index, from] of cuts.slice(0, -1).entries()) {
    const engine = openSqlite(join(folder, 'showcaller.db'));
    const site = await startSite({ ground: { engine, remove: () => engine.close() } });
    if (index === 0) await site.store.importPlan({ plan: uciPlan(TEAM), by: null, nowMs: BEFORE_UCI });
    const statuses = await sendAll(site, requests.slice(Math.max(0, from - 50), cuts[index + 1]));
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    if (index === cuts.length - 2) await check(site);
    if (index % 2 === 0) abandoned.push(site);
    else await site.close();
  }
  for (const site of abandoned) await site.close();
  rmSync(folder, { recursive: true });
}

const COUNTS = { '23084': 7600, '22086': 3500, '85123A': 1378 };

/** What the house now says of every SKU, and whether the ledger folds to the same. */
async function expectTotals({ store, engine }: Pick<Site, 'store' | 'engine'>, rows: readonly UciRow[]): Promise<void> {
  const totals = uciTotals(rows);
  const board = await store.team(TEAM).stock.board({ sku: null, nowMs: BEFORE_UCI });
  if (board.kind !== 'board') throw new Error(board.kind);
  for (const sku of UCI_TRACKED) {
    const { sold, back } = totals.get(sku) ?? { sold: NaN, back: NaN };
    const level = board.items.find((item) => item.sku === sku)?.level;
    // Units brought back are on the shelf, and held until somebody has looked at them.
    expect([sku, level]).toEqual([sku, { onHand: COUNTS[sku] + back, committed: sold, reserve: 0, held: back, damaged: 0 }]);
    const { movements } = engine.tables;
    const ledger = await engine.read((db) =>
      db
        .select({ kind: movements.kind, units: movements.units })
        .from(movements)
        .where(and(eq(movements.teamId, TEAM), eq(movements.sku, sku)))
        .orderBy(asc(movements.seq)),
    );
    expect(ledger.reduce((at, { kind, units }) => moved(at, kind as MovementKind, units), EMPTY_LEVEL)).toEqual(level);
  }
  const tracked: readonly string[] = UCI_TRACKED;
  const unknown = await store.team(TEAM).orders.unknownSkus();
  const others = [...totals].filter(([sku, { sold }]) => !tracked.includes(sku) && sold > 0);
  expect(Object.fromEntries(unknown.filter(({ units }) => units > 0).map(({ sku, units }) => [sku, units]))).toEqual(
    Object.fromEntries(others.map(([sku, { sold }]) => [sku, sold])),
  );
  expect(await store.team(TEAM).orders.setAside()).toEqual([]);
}

const twice = <T>(list: readonly T[]): readonly T[] => list.flatMap((each) => [each, each]);

test.each(['forwards', 'shuffled'])('sales through Shopify, %s, every event twice, with restarts', async (order) => {
  const requests = uciInvoices(SALES).map((invoice) => shopifyRequest(shopifyOrder(invoice), { eventId: `event-${invoice[0]}` }));
  expect(requests).toHaveLength(1206);
  const all = order === 'forwards' ? twice(requests) : shuffled(twice(requests), 7);
  await sendWithRestarts(all, { seed: 17, check: (site) => expectTotals(site, SALES) });
});

test.each(['forwards', 'shuffled'])(
  'three versions of each sale of a listed item through Shopify, %s, every event twice, with restarts',
  async (order) => {
    const tracked: readonly string[] = UCI_TRACKED;
    const invoices = uciInvoices(SALES).filter(([, rows]) => rows.some(({ sku }) => tracked.includes(sku)));
    expect(invoices.length).toBeGreaterThan(100);
    const told = twice(invoices.flatMap(shopifyLife));
    const rows = invoices.flatMap(([, those]) => those);
    await sendWithRestarts(order === 'forwards' ? told : shuffled(told, 5), {
      seed: 23,
      async check({ store }) {
        const board = await store.team(TEAM).stock.board({ sku: null, nowMs: BEFORE_UCI });
        if (board.kind !== 'board') throw new Error(board.kind);
        for (const sku of UCI_TRACKED) {
          const sum = (of: (row: UciRow) => number) => rows.reduce((all, row) => all + (row.sku === sku ? of(row) : 0), 0);
          const [sold, shipped, back] = [sum(({ units }) => units), sum(shippedOf), sum(backOf)];
          const level = { onHand: COUNTS[sku] - shipped + back, committed: sold - shipped, reserve: 0, held: back, damaged: 0 };
          expect([sku, board.items.find((item) => item.sku === sku)?.level]).toEqual([sku, level]);
        }
      },
    });
  },
);

test.each(['forwards', 'shuffled'])(
  'everything through Standard Webhooks, in deliveries of forty, %s, every delivery twice, with restarts',
  async (order) => {
    const orders = uciInvoices(ROWS).map(([invoice, rows]) => ({
      externalId: invoice,
      placedAt: `${rows[0]?.at.replace(' ', 'T')}Z`,
      lines: rows.map(({ sku, units }, index) => ({
        lineId: String(index + 1),
        sku,
        orderedUnits: Math.max(0, units),
        returnedUnits: Math.max(0, -units),
      })),
    }));
    const list = order === 'forwards' ? orders : shuffled(orders, 11);
    // A delivery's id belongs to it: the second time it comes under the same.
    const deliveries = Array.from({ length: Math.ceil(list.length / 40) }, (_, index) =>
      standardRequest({ orders: list.slice(index * 40, index * 40 + 40) }),
    );
    const all = order === 'forwards' ? twice(deliveries) : shuffled(twice(deliveries), 13);
    await sendWithRestarts(all, { seed: 29, check: (site) => expectTotals(site, ROWS) });
  },
);

test.each(['forwards', 'shuffled'])('everything through CSV, %s, every order twice', async (order) => {
  const { engine, remove } = temporarySqlite();
  const store = openStore(engine);
  await store.importPlan({ plan: uciPlan(TEAM), by: null, nowMs: BEFORE_UCI });
  const reading = readOrders(uciText(), {
    columns: { id: 'InvoiceNo', sku: 'StockCode', units: 'Quantity', at: 'InvoiceDate', price: 'UnitPrice' },
    zone: 'Europe/London',
    file: 'uci.csv',
  });
  if (reading.kind === 'faulty') throw new Error(JSON.stringify(reading.faults));
  const told = twice(reading.orders);
  const answers = await store.team(TEAM).orders.recordAll(order === 'forwards' ? told : shuffled(told, 3), BEFORE_UCI);
  expect(Object.fromEntries([...Map.groupBy(answers, ({ kind }) => kind)].map(([kind, all]) => [kind, all.length]))).toEqual({
    recorded: 1456,
    repeat: 1456,
  });
  await expectTotals({ store, engine }, ROWS);
  await remove();
});
