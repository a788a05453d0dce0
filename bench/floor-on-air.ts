// The least a process can do and still tell of it: an order is authenticated, parsed and committed with whatever else arrived, and one of
// a scarce item is told to the platform in one call; a pause is authenticated, committed, and told to every channel at once.
//   node bench/floor-on-air.ts DATABASE_FILE PLATFORM_URL CHANNELS
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Database from 'better-sqlite3';
import { parseJson } from '../src/intake/json.ts';
import { SIGNING_SECRET } from './support/commands.ts';
import { BENCH_SECRET } from './support/orders.ts';

type Order = {
  readonly id: number | string;
  readonly line_items: readonly { readonly sku: string; readonly quantity: number }[];
};

const [file = '', platformUrl = '', channels = '1'] = process.argv.slice(2);
const db = new Database(file);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec('CREATE TABLE orders (id TEXT PRIMARY KEY, body TEXT NOT NULL); CREATE TABLE pauses (at_ms INTEGER NOT NULL)');
const insertOrder = db.prepare('INSERT OR IGNORE INTO orders (id, body) VALUES (?, ?)');
const insertPause = db.prepare('INSERT INTO pauses (at_ms) VALUES (?)');

let waiting: { readonly order: Order; readonly body: Buffer; readonly response: ServerResponse }[] = [];

function tell(channel: string, text: string): void {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer xoxb-bench' };
  const body = JSON.stringify({ channel, text });
  void fetch(`${platformUrl}/api/chat.postMessage`, { method: 'POST', headers, body }).then((told) => told.text());
}

function flush(): void {
  const batch = waiting;
  waiting = [];
  db.transaction(() => {
    for (const { order, body } of batch) insertOrder.run(String(order.id), body.toString());
  })();
  for (const { order, response } of batch) {
    response.writeHead(200, { 'content-length': 2 }).end('{}');
    const scarce = order.line_items.find(({ sku }) => sku.startsWith('SCARCE'));
    if (scarce !== undefined) tell('C0ALERTS', `${scarce.sku} is sold out`);
  }
}

function isSame(given: unknown, right: string): boolean {
  const [a, b] = [Buffer.from(String(given)), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function take(url: string, headers: IncomingHttpHeaders, body: Buffer, response: ServerResponse): void {
  if (url === '/slack/events') {
    const signed = `v0:${String(headers['x-slack-request-timestamp'])}:${body.toString()}`;
    const right = `v0=${createHmac('sha256', SIGNING_SECRET).update(signed).digest('hex')}`;
    if (!isSame(headers['x-slack-signature'], right)) return void response.writeHead(401).end();
    response.writeHead(200, { 'content-length': 0 }).end();
    insertPause.run(Date.now());
    for (let at = 0; at < Number(channels); at += 1) tell(`C0FLOOR${at}`, 'PROMOTION PAUSED');
    return;
  }
  const right = createHmac('sha256', BENCH_SECRET).update(body).digest('base64');
  const json = isSame(headers['x-shopify-hmac-sha256'], right) ? parseJson(body) : null;
  if (json?.kind !== 'json') return void response.writeHead(401).end();
  if (waiting.length === 0) setImmediate(flush);
  waiting.push({ order: json.value as Order, body, response });
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => take(request.url ?? '', request.headers, Buffer.concat(chunks), response));
});
server.listen(0, '127.0.0.1', () =>
  process.stderr.write(`${JSON.stringify({ event: 'serving', port: (server.address() as AddressInfo).port })}\n`),
);
process.once('SIGTERM', () => process.exit(0));
