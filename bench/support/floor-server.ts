// What every floor does before it keeps anything: hear a request, prove it, parse it without losing digits.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseJson } from '../../src/intake/json.ts';
import { BENCH_SECRET } from './orders.ts';

export type Order = {
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
export type Waiting = {
  readonly team: string;
  readonly order: Order;
  readonly topic: string;
  readonly eventId: string;
  readonly response: ServerResponse;
};

/** Serves on a free port, says which on standard error as Showcaller does, and hands over each order that is signed rightly. */
export function serveFloor(take: (waiting: Waiting) => void): Server {
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
      const { 'x-shopify-topic': topic, 'x-shopify-event-id': eventId } = request.headers;
      const team = request.url?.slice('/intake/shopify/'.length) ?? '';
      take({ team, order: json.value as Order, topic: String(topic), eventId: String(eventId), response });
    });
  });
  server.listen(0, '127.0.0.1', () =>
    process.stderr.write(`${JSON.stringify({ event: 'serving', port: (server.address() as AddressInfo).port })}\n`),
  );
  return server;
}

export function answerAll(batch: readonly Waiting[]): void {
  for (const { response } of batch) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 14 });
    response.end('{"recorded":1}');
  }
}

export function eventIdOf({ topic, eventId, order }: Waiting): string {
  return `${topic}:${eventId}:${Date.parse(order.updated_at)}`;
}

/** The buyer as Showcaller keeps one. */
export function buyerKeyOf({ customer }: Order): string {
  return createHmac('sha256', `buyer ${BENCH_SECRET}`).update(`shopify customer ${customer.id}`).digest('base64url').slice(0, 22);
}

/** An order's lines as Showcaller keeps them. */
export function linesOf({ line_items: items }: Order): string {
  const lines = items.map(({ id, sku, quantity, price }) => {
    return [String(id), sku, Math.round(Number(price) * 100), 1, [quantity, 0, 0, 0, 0], 1];
  });
  return JSON.stringify(lines);
}
