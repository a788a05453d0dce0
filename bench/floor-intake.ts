// The least a server can do and still have done the work: authenticate the raw body, parse it without losing digits, and have the same
// rows on disk before it answers, in one transaction for all that wait. No schema, no versions, no thresholds, no second engine.
//   node bench/floor-intake.ts DATABASE_FILE
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Database from 'better-sqlite3';
import { parseJson } from '../src/intake/json.ts';
import { BENCH_SECRET, BENCH_TEAM } from './support/orders.ts';

type Order = {
  readonly id: number | string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly currency: string;
  readonly customer: { readonly id: number | string };
  readonly line_items: readonly {
    readonly id: number | string;
    readonly sku: string;
    readonly quantity: number;
    readonly price: string;
  }[];
};
type Waiting = { readonly order: Order; readonly topic: string; readonly eventId: string; readonly response: ServerResponse };

const db = new Database(process.argv[2] ?? '');
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
const begin = db.prepare('BEGIN IMMEDIATE');
const commit = db.prepare('COMMIT');
const insertEvent = db.prepare('INSERT OR IGNORE INTO events (team_id, source, event_id, heard_at_ms) VALUES (?, ?, ?, ?)');
const insertOrder = db.prepare(
  `INSERT INTO orders (team_id, source, external_id, placed_at_ms, updated_at_ms, event_at_ms, buyer_key, currency, lines, refunds,
   reconcile, heard_at_ms, change_count) VALUES (?, 'shopify', ?, ?, ?, ?, ?, ?, ?, '[]', 0, ?, 1)`,
);
const insertMovement = db.prepare(
  `INSERT INTO movements (team_id, seq, sku, kind, units, cause, key, at_ms) VALUES (?, ?, ?, 'commit', ?, ?, ?, ?)`,
);
const updateLevel = db.prepare('UPDATE levels SET committed = committed + ? WHERE team_id = ? AND sku = ?');
const updateTeam = db.prepare(
  'UPDATE teams SET heard_at_ms = ?, heard_recent = heard_recent + ?, movement_seq = ? WHERE team_id = ?',
);
const selectTeam = db.prepare('SELECT movement_seq AS seq FROM teams WHERE team_id = ?');

let seq = (selectTeam.get(BENCH_TEAM) as { seq: number }).seq;
let waiting: Waiting[] = [];

function keep({ order, topic, eventId }: Waiting, nowMs: number, sold: Map<string, number>): void {
  const updatedAtMs = Date.parse(order.updated_at);
  if (insertEvent.run(BENCH_TEAM, 'shopify', `${topic}:${eventId}:${updatedAtMs}`, nowMs).changes === 0) return;
  const id = String(order.id);
  const buyer = createHmac('sha256', `buyer ${BENCH_SECRET}`)
    .update(`shopify customer ${order.customer.id}`)
    .digest('base64url')
    .slice(0, 22);
  const lines = order.line_items.map(({ id: lineId, sku, quantity, price }) => {
    return [String(lineId), sku, Math.round(Number(price) * 100), 1, [quantity, 0, 0, 0, 0], 1];
  });
  insertOrder.run(
    BENCH_TEAM,
    id,
    Date.parse(order.created_at),
    updatedAtMs,
    updatedAtMs,
    buyer,
    order.currency,
    JSON.stringify(lines),
    nowMs,
  );
  for (const [index, { sku, quantity }] of order.line_items.entries()) {
    seq += 1;
    insertMovement.run(BENCH_TEAM, seq, sku, quantity, `order shopify ${id}`, `order shopify ${id} 1.${index}`, nowMs);
    sold.set(sku, (sold.get(sku) ?? 0) + quantity);
  }
}

function flush(): void {
  const batch = waiting;
  waiting = [];
  const nowMs = Date.now();
  const sold = new Map<string, number>();
  begin.run();
  for (const each of batch) keep(each, nowMs, sold);
  for (const [sku, units] of sold) updateLevel.run(units, BENCH_TEAM, sku);
  updateTeam.run(nowMs, batch.length, seq, BENCH_TEAM);
  commit.run();
  for (const { response } of batch) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 14 });
    response.end('{"recorded":1}');
  }
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const given = Buffer.from(String(request.headers['x-shopify-hmac-sha256']));
    const right = Buffer.from(createHmac('sha256', BENCH_SECRET).update(body).digest('base64'));
    const json = given.length === right.length && timingSafeEqual(given, right) ? parseJson(body) : null;
    if (json?.kind !== 'json') {
      response.writeHead(json === null ? 401 : 400, { 'content-length': 0 }).end();
      return;
    }
    if (waiting.length === 0) setImmediate(flush);
    const { 'x-shopify-topic': topic, 'x-shopify-event-id': eventId } = request.headers;
    waiting.push({ order: json.value as Order, topic: String(topic), eventId: String(eventId), response });
  });
});
server.listen(0, '127.0.0.1', () =>
  process.stderr.write(`${JSON.stringify({ event: 'serving', port: (server.address() as AddressInfo).port })}\n`),
);
process.once('SIGTERM', () => {
  server.closeAllConnections();
  server.close(() => db.close());
});
