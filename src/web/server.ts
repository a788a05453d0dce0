import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as turnOfTheEventLoop, setTimeout as wait } from 'node:timers/promises';
import findMyWay from 'find-my-way';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { bodyReader } from './body.ts';
import type { Bodies } from './body.ts';
import { refusal } from './route.ts';
import type { Answer, Asked, Route } from './route.ts';

const CONNECTIONS_MAX = 2_000;
const WAITING_BYTES_MAX = 64 * 1024 * 1024;
const HEADERS_MS = 10_000; // a client that sends a letter a minute is sent away
const REQUEST_MS = 30_000;
const KEEP_ALIVE_MS = 65_000; // longer than a load balancer's usual minute, so that it closes first
const CLOSE_MS = 10_000;
const QUIET_MS = 20;
const LINGER_MS = 1_000; // a connection that was opened and never says anything holds nobody longer

export type Server = {
  readonly port: number;
  /** Answers whoever has connected, takes no more connections, then closes. What cannot be answered in time is told to try again. */
  readonly close: () => Promise<void>;
};

type Needs = {
  readonly port: number; // 0: any free one
  readonly host: string;
  readonly routes: readonly Route[];
  readonly clock: Clock;
  readonly log: Log;
  /** Told of every answer to a known address; `path` is the route's own, as it is written. */
  readonly onAnswered?: (request: { readonly path: string; readonly status: number; readonly tookMs: number }) => void;
};

/** Serves the routes. Each request is read raw and bounded, proven authentic, and only then understood. */
export async function startServer({ port, host, routes, clock, log, onAnswered }: Needs): Promise<Server> {
  const bodies = bodyReader({ bytesMax: WAITING_BYTES_MAX });
  const router = findMyWay({ ignoreTrailingSlash: true });
  for (const route of routes) router.on(route.method, route.path, () => undefined, route);
  const unanswered = new Map<ServerResponse, IncomingMessage>();
  let closing = false;

  const http = createServer(
    { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => {
      unanswered.set(response, request);
      response.once('close', () => unanswered.delete(response));
      const startedMs = performance.now();
      const place = placeOf(router, request);
      const answered =
        place.kind === 'refused' ? Promise.resolve(place.answer) : handle({ ...place, request, bodies, nowMs: clock.now(), log });
      void answered.then((answer) => {
        if (!response.headersSent) send(response, request, answer, closing);
        if (place.kind === 'refused') return;
        onAnswered?.({ path: place.route.path, status: answer.status, tookMs: performance.now() - startedMs });
      });
    },
  );
  http.maxConnections = CONNECTIONS_MAX;
  const heardOut = listener(http);
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, () => {
      http.off('error', reject);
      resolve();
    });
  });

  async function close(): Promise<void> {
    closing = true; // from here on every answer is its connection's last
    await heardOut();
    const closed = new Promise<void>((resolve) => {
      http.close(() => resolve());
    });
    const force = setTimeout(() => {
      for (const [response, request] of unanswered) if (!response.headersSent) send(response, request, TOO_LATE, closing);
      setTimeout(() => http.closeAllConnections(), QUIET_MS);
    }, CLOSE_MS);
    await closed;
    clearTimeout(force);
  }
  return { port: (http.address() as AddressInfo).port, close };
}

const TOO_LATE = refusal(503, 'shutting down; please send this again', { 'retry-after': '5' });

/**
 * Watches who connects and asks. The answer resolves once everybody who has connected was heard, and takes leave of those who
 * said nothing. Node's `close` alone resets what is still in the kernel: connections nobody has accepted and requests nobody
 * has read, though their senders believe them sent.
 */
function listener(http: HttpServer): () => Promise<void> {
  const silent = new Set<Socket>(); // connected, and have not asked anything yet
  let heardCount = 0;
  http.on('connection', (socket) => {
    heardCount += 1;
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  http.on('request', ({ socket }) => {
    heardCount += 1;
    silent.delete(socket);
  });

  return async () => {
    const lingered = AbortSignal.timeout(LINGER_MS);
    let before = -1;
    while (!lingered.aborted && (heardCount > before || silent.size > 0)) {
      before = heardCount;
      await wait(QUIET_MS);
      // After a long piece of work timers come before sockets: turn until the sockets were asked as well.
      await turnOfTheEventLoop();
      await turnOfTheEventLoop();
    }
    // Node counts one that never said a word as busy.
    for (const socket of silent) if (socket.bytesRead === 0) socket.end();
  };
}

type Router = findMyWay.Instance<findMyWay.HTTPVersion.V1>;
type Found = { readonly kind: 'found'; readonly route: Route; readonly params: Asked['params'] };

function placeOf(
  router: Router,
  { method, url = '/' }: IncomingMessage,
): Found | { readonly kind: 'refused'; readonly answer: Answer } {
  const path = url.split('?', 1)[0] ?? '/';
  const asked = method === 'HEAD' ? 'GET' : method;
  const at = (each: Route['method']) => router.find(each, path);
  const found = asked === 'GET' || asked === 'POST' ? at(asked) : null;
  if (found !== null) return { kind: 'found', route: found.store as Route, params: found.params };
  const known = (['GET', 'POST'] as const).filter((each) => at(each) !== null);
  if (known.length === 0) return { kind: 'refused', answer: refusal(404, 'nothing is at this address') };
  return { kind: 'refused', answer: refusal(405, `use ${known.join(' or ')} here`, { allow: known.join(', ') }) };
}

type Handling = Found & { readonly request: IncomingMessage; readonly bodies: Bodies; readonly nowMs: number; readonly log: Log };

async function handle({ route, params, request, bodies, nowMs, log }: Handling): Promise<Answer> {
  const body = await bodies.read(request, route.bytesMax);
  switch (body.kind) {
    case 'too-large':
      return refusal(413, `at most ${route.bytesMax} bytes`);
    case 'busy':
      return refusal(503, 'too much is arriving at once; please send this again', { 'retry-after': '1' });
    case 'aborted':
      return refusal(400, 'the request broke off');
    case 'body':
      break;
  }
  try {
    const asked: Asked = { headers: request.headers, params, body: body.bytes, nowMs };
    if (!route.authentic(asked)) {
      log.warn('web.unsigned', { path: route.path });
      return refusal(401, 'the signature is missing or wrong');
    }
    return await route.answer(asked);
  } catch (fault) {
    // The edge of a request: whatever broke, the sender is told to try again, and the log says which fault it was.
    const faultId = randomUUID();
    log.error('web.failed', {
      path: route.path,
      faultId,
      fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault),
    });
    return refusal(503, `something broke here; please send this again (fault ${faultId})`, { 'retry-after': '5' });
  } finally {
    body.release();
  }
}

function send(
  response: ServerResponse,
  request: IncomingMessage,
  { status, body, headers = {} }: Answer,
  closing: boolean,
): void {
  const isText = typeof body === 'string';
  const bytes = Buffer.from(isText ? `${body}\n` : JSON.stringify(body));
  // A body that was not read to its end would be taken for the next request.
  const last = closing || !request.complete;
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
    'content-length': bytes.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(last ? { connection: 'close' } : {}),
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
