import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import findMyWay from 'find-my-way';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { bodyReader } from './body.ts';
import type { Bodies } from './body.ts';
import { watchConnections, type Visit } from './connections.ts';
import { refusal } from './route.ts';
import type { Answer, Asked, Route } from './route.ts';

const HEADERS_MS = 10_000; // a client that sends a letter a minute is sent away
const REQUEST_MS = 30_000;
const KEEP_ALIVE_MS = 65_000; // longer than a load balancer's usual minute, so that it closes first
const CLOSE_MS = 10_000;
const UNSIGNED_TOLD_MS = 1_000;
const FORCE_MS = 20;
const CHECK_MS = 5_000; // how often those times are looked at
const STALLED_MS = 60_000; // a connection on which nothing moves for so long, in the middle of something, is given up

export type Server = {
  readonly port: number;
  /** Answers whoever has connected, takes no more connections, then closes. What cannot be answered in time is told to try again. */
  readonly close: () => Promise<void>;
};

/** The most that is taken at once; what is beyond is told to come again, or gives way. */
const LIMITS = {
  connections: 2_000,
  waitingBytes: 64 * 1024 * 1024, // of bodies being heard or worked on
  workingRequests: 2_000, // more than any database answers in the time a shop waits
  requestsPerConnection: 16, // shops ask one thing at a time; the rest of a pipeline is told to come again
} as const;

type Needs = {
  readonly port: number; // 0: any free one
  readonly host: string;
  readonly routes: readonly Route[];
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: { readonly [limit in keyof typeof LIMITS]?: number };
  /** Told of every answer to a known address; `path` is the route's own, as it is written. */
  readonly onAnswered?: (request: { readonly path: string; readonly status: number; readonly tookMs: number }) => void;
};

/** Serves the routes. Each request is read raw and bounded, proven authentic, and only then understood. */
export async function startServer({ port, host, routes, clock, log, limits, onAnswered }: Needs): Promise<Server> {
  const most = { ...LIMITS, ...limits };
  const bodies = bodyReader({ bytesMax: most.waitingBytes });
  const router = findMyWay({ ignoreTrailingSlash: true });
  for (const route of routes) router.on(route.method, route.path, () => undefined, route);
  let closing = false;
  const unsigned = sparingly(clock, (path, count) => log.warn('web.unsigned', { path, count }));
  const withinRoom = createRoom(most.workingRequests);
  const http = createServer(
    {
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_MS,
    },
    (request, response) => {
      const startedMs = performance.now();
      const visit = connections.visit(request, response);
      const place = visit.waitingCount() > most.requestsPerConnection ? CROWDED : placeOf(router, request);
      const answered =
        place.kind === 'refused'
          ? Promise.resolve(place.answer)
          : handle({ ...place, visit, bodies, withinRoom, unsigned, nowMs: clock.now(), log });
      void answered.then((answer) => {
        if (!response.headersSent) send(visit, answer, closing);
        if (place.kind === 'refused') return;
        onAnswered?.({ path: place.route.path, status: answer.status, tookMs: performance.now() - startedMs });
      });
    },
  );
  http.setTimeout(STALLED_MS);
  const connections = watchConnections(http, { countMax: most.connections });
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, () => {
      http.off('error', reject);
      resolve();
    });
  });

  async function close(): Promise<void> {
    closing = true; // from here on every answer is its connection's last
    await connections.heardOut();
    const closed = new Promise<void>((resolve) => {
      http.close(() => resolve());
    });
    const force = setTimeout(() => {
      for (const visit of connections.unanswered()) if (!visit.response.headersSent) send(visit, TOO_LATE, closing);
      setTimeout(() => http.closeAllConnections(), FORCE_MS);
    }, CLOSE_MS);
    await closed;
    clearTimeout(force);
  }
  return { port: (http.address() as AddressInfo).port, close };
}

const TOO_LATE = refusal(503, 'shutting down; please send this again', { 'retry-after': '5' });
const TOO_MUCH = refusal(503, 'too much is arriving at once; please send this again', { 'retry-after': '1' });
const CROWDED = { kind: 'refused', answer: TOO_MUCH } as const;

/** Tells at once, then at most once a second for each path, and how many there were: strangers must not fill a disk with our log. */
function sparingly(clock: Clock, tell: (path: string, count: number) => void): (path: string) => void {
  const told = new Map<string, { atMs: number; untoldCount: number }>();
  return (path) => {
    const nowMs = clock.now();
    const { atMs, untoldCount } = told.get(path) ?? { atMs: -Infinity, untoldCount: 0 };
    const isDue = Math.abs(nowMs - atMs) >= UNSIGNED_TOLD_MS;
    if (isDue) tell(path, untoldCount + 1);
    told.set(path, isDue ? { atMs: nowMs, untoldCount: 0 } : { atMs, untoldCount: untoldCount + 1 });
  };
}

/** Runs work while there is room for it; else it is told to come again. */
function createRoom(workMax: number): (work: () => Promise<Answer>) => Promise<Answer> {
  let workCount = 0;
  return async (work) => {
    if (workCount >= workMax) return TOO_MUCH;
    workCount += 1;
    try {
      return await work();
    } finally {
      workCount -= 1;
    }
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

type Handling = Found & {
  readonly visit: Visit;
  readonly bodies: Bodies;
  readonly withinRoom: (work: () => Promise<Answer>) => Promise<Answer>;
  readonly unsigned: (path: string) => void;
  readonly nowMs: number;
  readonly log: Log;
};

async function handle({ route, params, visit, bodies, withinRoom, unsigned, nowMs, log }: Handling): Promise<Answer> {
  const { request } = visit;
  const body = await bodies.read(request, route.bytesMax);
  switch (body.kind) {
    case 'too-large':
      return refusal(413, `at most ${route.bytesMax} bytes`);
    case 'busy':
      return TOO_MUCH;
    case 'aborted':
      return refusal(400, 'the request broke off');
    case 'body':
      break;
  }
  try {
    const asked: Asked = { headers: request.headers, params, body: body.bytes, nowMs };
    if (!route.authentic(asked)) {
      unsigned(route.path);
      return refusal(401, 'the signature is missing or wrong');
    }
    if (!route.open) visit.hold();
    return await withinRoom(() => route.answer(asked));
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

function send({ request, response }: Visit, { status, body, headers = {} }: Answer, closing: boolean): void {
  const isText = typeof body === 'string';
  const text = isText ? (body === '' ? '' : `${body}\n`) : JSON.stringify(body);
  // A body that was not read to its end would be taken for the next request.
  const last = closing || !request.complete;
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(last ? { connection: 'close' } : {}),
    ...headers,
  });
  // As text, not bytes: Node then sends the head and the body in one piece.
  response.end(request.method === 'HEAD' ? undefined : text);
}
