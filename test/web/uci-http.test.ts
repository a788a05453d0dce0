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

/** An invoice as Shopify would tell it. The shop's clock is London's, which is UTC in winter. */
function shopifyOrder([invoice, rows]: readonly [string, readonly UciRow[]]): object {
  const at = `${rows[0]?.at.replace(' ', 'T')}Z`;
  return {
    id: Number(invoice),
    created_at: at,
    updated_at: at,
    currency: 'GBP',
    line_items: rows.map(({ sku, units }, index) => ({
      id: Number(invoice) * 10_000 + index,
      sku,
      quantity: units,
      price: '1.00',
    })),
  };
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

/** What the house now says of every SKU, and whether the ledger folds to the same. */
async function expectTotals({ store, engine }: Pick<Site, 'store' | 'engine'>, rows: readonly UciRow[]): Promise<void> {
  const totals = uciTotals(rows);
  const board = await store.team(TEAM).stock.board({ sku: null, nowMs: BEFORE_UCI });
  if (board.kind !== 'board') throw new Error(board.kind);
  const counts = { '23084': 7600, '22086': 3500, '85123A': 1378 };
  for (const sku of UCI_TRACKED) {
    const { sold, back } = totals.get(sku) ?? { sold: NaN, back: NaN };
    const level = board.items.find((item) => item.sku === sku)?.level;
    // Units brought back are on the shelf, and held until somebody has looked at them.
    expect([sku, level]).toEqual([sku, { onHand: counts[sku] + back, committed: sold, reserve: 0, held: back, damaged: 0 }]);
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

test('sales through Shopify, forwards, every event twice, with restarts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'showcaller-test-'));
  const open = () => {
    const engine = openSqlite(join(folder, 'showcaller.db'));
    return startSite({ ground: { engine, remove: () => engine.close() } });
  };
  const requests = uciInvoices(SALES).map((invoice) => shopifyRequest(shopifyOrder(invoice), { eventId: `event-${invoice[0]}` }));
  expect(requests).toHaveLength(1206);
  const cuts = [0, 211, 640, requests.length];
  for (const [index, from] of cuts.slice(0, -1).entries()) {
    const site = await open();
    if (index === 0) await site.store.importPlan({ plan: uciPlan(TEAM), by: null, nowMs: BEFORE_UCI });
    const part = requests.slice(from, cuts[index + 1]);
    // Each twice, and after a restart the last fifty of before once more: their senders never heard an answer.
    const statuses = await sendAll(site, [
      ...requests.slice(Math.max(0, from - 50), from),
      ...part.flatMap((each) => [each, each]),
    ]);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    if (index === cuts.length - 2) await expectTotals(site, SALES);
    await site.close();
  }
  rmSync(folder, { recursive: true });
});

test('sales through Shopify, shuffled, every event twice', async () => {
  const site = await startSite();
  await site.store.importPlan({ plan: uciPlan(TEAM), by: null, nowMs: BEFORE_UCI });
  const requests = uciInvoices(SALES).map((invoice) => shopifyRequest(shopifyOrder(invoice), { eventId: `event-${invoice[0]}` }));
  const statuses = await sendAll(site, shuffled([...requests, ...requests], 7));
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  await expectTotals(site, SALES);
  await site.close();
});

test('everything through Standard Webhooks, in deliveries of forty, forwards and again shuffled', async () => {
  const site = await startSite();
  await site.store.importPlan({ plan: uciPlan(TEAM), by: null, nowMs: BEFORE_UCI });
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
  const deliveries = (list: typeof orders): readonly Request[] =>
    Array.from({ length: Math.ceil(list.length / 40) }, (_, index) =>
      standardRequest({ orders: list.slice(index * 40, index * 40 + 40) }),
    );
  for (const list of [orders, shuffled(orders, 11)]) {
    for (const request of deliveries([...list])) expect((await post(site, request))[0]).toBe(200);
  }
  await expectTotals(site, ROWS);
  await site.close();
});

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
  const twice = reading.orders.flatMap((each) => [each, each]);
  const answers = await store.team(TEAM).orders.recordAll(order === 'forwards' ? twice : shuffled(twice, 3), BEFORE_UCI);
  expect(Object.fromEntries([...Map.groupBy(answers, ({ kind }) => kind)].map(([kind, all]) => [kind, all.length]))).toEqual({
    recorded: 1456,
    repeat: 1456,
  });
  await expectTotals({ store, engine }, ROWS);
  await remove();
});
