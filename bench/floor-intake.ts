// The least a server can do and still have done the work: authenticate the raw body, parse it without losing digits, and have the same
// rows on disk before it answers, in one transaction for all that wait. No schema, no versions, no thresholds, no second engine.
//   node bench/floor-intake.ts DATABASE_FILE
import Database from 'better-sqlite3';
import { answerAll, buyerKeyOf, eventIdOf, linesOf, serveFloor } from './support/floor-server.ts';
import type { Waiting } from './support/floor-server.ts';
import { BENCH_TEAM } from './support/orders.ts';

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

function keep(one: Waiting, nowMs: number, sold: Map<string, number>): void {
  const { order } = one;
  const updatedAtMs = Date.parse(order.updated_at);
  if (insertEvent.run(BENCH_TEAM, 'shopify', eventIdOf(one), nowMs).changes === 0) return;
  const id = String(order.id);
  const placedAtMs = Date.parse(order.created_at);
  const buyerKey = buyerKeyOf(order);
  insertOrder.run(BENCH_TEAM, id, placedAtMs, updatedAtMs, updatedAtMs, buyerKey, order.currency, linesOf(order), nowMs);
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
  answerAll(batch);
}

const server = serveFloor((one) => {
  if (waiting.length === 0) setImmediate(flush);
  waiting.push(one);
});
process.once('SIGTERM', () => {
  server.closeAllConnections();
  server.close(() => db.close());
});
