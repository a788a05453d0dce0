import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { unreachable } from '../../../src/domain/unreachable.ts';
import { isBody, textOf } from './shape.ts';
import { Refusal, refusals } from './refusal.ts';
import type { Answer, Asked, Route } from './route.ts';
import type { World } from './world.ts';
import type { Body, Call, Weather, WeatherFor } from './types.ts';

const BODY_BYTES_MAX = 25 * 1_024 * 1_024;
const MESSAGES_PER_WINDOW = 5;
const WINDOW_MS = 5_000;
const CREATE_MESSAGE = 'POST /channels/:channel/messages';

type Pending = { readonly weather: Weather; readonly which: WeatherFor; times: number };
type Hold = { readonly bucket: string | null; readonly scope: string; readonly untilMs: number }; // a null bucket: everything
type Met = { readonly route: Route; readonly params: Readonly<Record<string, string>> };

export type ServerNeeds = {
  readonly world: World;
  readonly routes: () => readonly Route[];
  readonly isToken: (header: string) => boolean;
};
export type RestServer = ReturnType<typeof createRestServer>;

/** The REST side: finds the route, applies the weather, judges the request, and answers with Discord's rate limit headers. */
export function createRestServer({ world, routes, isToken }: ServerNeeds) {
  const calls: { -readonly [K in keyof Call]: Call[K] }[] = [];
  const pending: Pending[] = [];
  const forgotten = new Set<string>();
  const sent = new Map<string, number[]>(); // when messages were created, by channel
  const sockets = new Set<Socket>();
  let holds: Hold[] = [];
  let isLimited = false;

  const server: Server = createServer((request, response) => {
    handle(request, response).catch((fault: unknown) => {
      world.complain(
        'fake',
        `the fake itself failed: ${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}`,
      );
      reply(response, { status: 500, body: { message: '500: Internal Server Error', code: 0 } }, {});
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  function meet(method: string, path: string): Met | null {
    const parts = path.split('/');
    for (const route of routes()) {
      const [wantedMethod, wantedPath = ''] = route.route.split(' ');
      const wanted = wantedPath.split('/');
      if (wantedMethod !== method || wanted.length !== parts.length) continue;
      if (!wanted.every((part, at) => part.startsWith(':') || part === parts[at])) continue;
      const params = wanted.flatMap((part, at) =>
        part.startsWith(':') ? [[part.slice(1), decodeURIComponent(parts[at] ?? '')] as const] : [],
      );
      return { route, params: Object.fromEntries(params) };
    }
    return null;
  }

  /** The same route, once it is sure that there is one: weather over a misspelt one would never come. */
  function known(route: string): string {
    const [method = '', path = ''] = route.split(' ');
    if (routes().some((one) => pattern(one.route) === pattern(route)) || meet(method, path) !== null) return route;
    throw new Error(`there is no route ${route}`);
  }

  function bucketOf({ route, params }: Met): string {
    return `${route.route} ${params['channel'] ?? params['guild'] ?? params['token'] ?? ''}`;
  }

  function weatherFor(met: Met, path: string, method: string): Weather | null {
    const fits = ({ which }: Pending): boolean => {
      const isRoute =
        which.route === undefined || pattern(which.route) === pattern(met.route.route) || which.route === `${method} ${path}`;
      return isRoute && (which.channel === undefined || which.channel === met.params['channel']);
    };
    const found = pending.find(fits);
    if (found === undefined) return null;
    found.times -= 1;
    if (found.times <= 0) pending.splice(pending.indexOf(found), 1);
    return found.weather;
  }

  /** The wait a standing rate limit still asks for. Interactions are never counted. */
  function held(met: Met): Hold | null {
    holds = holds.filter(({ untilMs }) => untilMs > world.now());
    const isExempt = met.route.auth === 'none';
    return holds.find(({ bucket }) => (bucket === null ? !isExempt : bucket === bucketOf(met))) ?? null;
  }

  function crowded(met: Met): Hold | null {
    if (!isLimited || met.route.route !== CREATE_MESSAGE) return null;
    const times = recent(met.params['channel'] ?? '');
    const oldest = times[0];
    if (times.length < MESSAGES_PER_WINDOW || oldest === undefined) return null;
    return { bucket: bucketOf(met), scope: 'user', untilMs: oldest + WINDOW_MS };
  }

  function recent(channel: string): readonly number[] {
    const times = (sent.get(channel) ?? []).filter((atMs) => atMs > world.now() - WINDOW_MS);
    sent.set(channel, times);
    return times;
  }

  function headersFor(met: Met | null): Record<string, string> {
    const isCounted = isLimited && met?.route.route === CREATE_MESSAGE;
    const times = isCounted ? recent(met.params['channel'] ?? '') : [];
    const limit = isCounted ? MESSAGES_PER_WINDOW : 50;
    const resetMs = isCounted ? (times[0] ?? world.now()) + WINDOW_MS - world.now() : 1_000;
    const name = met === null ? 'unknown' : met.route.route;
    return {
      'X-RateLimit-Limit': String(limit),
      'X-RateLimit-Remaining': String(isCounted ? Math.max(0, limit - times.length) : limit - 1),
      'X-RateLimit-Reset': ((world.now() + resetMs) / 1_000).toFixed(3),
      'X-RateLimit-Reset-After': (resetMs / 1_000).toFixed(3),
      'X-RateLimit-Bucket': Buffer.from(name).toString('hex').slice(0, 32).padEnd(32, '0'),
    };
  }

  function limited({ scope, bucket, untilMs }: Hold): { readonly answer: Answer; readonly headers: Record<string, string> } {
    const seconds = Math.max(0, untilMs - world.now()) / 1_000;
    const isGlobal = bucket === null;
    const body = {
      message: isGlobal ? 'You are being blocked from accessing our API temporarily.' : 'You are being rate limited.',
      retry_after: seconds,
      global: isGlobal,
    };
    const whole = {
      'Retry-After': String(Math.ceil(seconds)),
      'X-RateLimit-Scope': scope,
      'X-RateLimit-Reset-After': seconds.toFixed(3),
    };
    return {
      answer: { status: 429, body },
      headers: { ...whole, 'X-RateLimit-Remaining': '0', ...(isGlobal ? { 'X-RateLimit-Global': 'true' } : {}) },
    };
  }

  function work(met: Met | null, asked: Asked, method: string, path: string, request: IncomingMessage): Answer {
    try {
      if (met === null) {
        world.complain('unknown-route', `${method} ${path}`);
        throw refusals.notFound();
      }
      if (met.route.auth === 'bot' && !isToken(request.headers.authorization ?? '')) throw refusals.unauthorized();
      for (const [name, value] of Object.entries(met.params)) {
        const isId = /^\d{15,20}$/.test(value) || name === 'token' || (name === 'message' && value === '@original');
        if (!isId) badRequest(`${method} ${path}: ${value} is no snowflake`, name);
      }
      for (const name of Object.keys(asked.query)) {
        if (met.route.query?.includes(name) !== true) badRequest(`${method} ${path}: unknown query ${name}`, name);
      }
      const answer = met.route.handle(asked);
      const channel = asked.params['channel'] ?? '';
      if (met.route.route === CREATE_MESSAGE) sent.set(channel, [...recent(channel), world.now()]);
      return answer;
    } catch (fault) {
      if (fault instanceof Refusal) return { status: fault.status, body: fault.body };
      throw fault;
    }
  }

  function badRequest(detail: string, name: string): never {
    world.complain('bad-request', detail);
    throw refusals.badBody([{ path: name, code: 'NUMBER_TYPE_COERCE', message: detail }]);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const method = request.method ?? 'GET';
    const isCurrent = url.pathname.startsWith('/api/v10/');
    const path = url.pathname.replace(/^\/api(\/v\d+)?/, '');
    const read = await bodyOf(request);
    const query = Object.fromEntries(url.searchParams);
    const found = isCurrent ? meet(method, path) : null;
    const call = { method, path, query, body: read.body, status: null as number | null, atMs: world.now() };
    calls.push(call);
    if (found !== null && (forgotten.has(pattern(found.route.route)) || forgotten.has(`${method} ${path}`))) {
      return finish(call, response, { status: 404, body: { message: '404: Not Found', code: 0 } }, {});
    }
    const hold = found === null ? null : (held(found) ?? crowded(found));
    if (hold !== null) {
      const { answer, headers } = limited(hold);
      return finish(call, response, answer, { ...headersFor(found), ...headers });
    }
    const weather = found === null ? null : weatherFor(found, path, method);
    if (weather !== null && found !== null && weather.kind !== 'accept-then-hang') return strike(weather, found, call, response);
    const answer = read.fault ?? work(found, { params: found?.params ?? {}, query, body: read.body }, method, path, request);
    if (weather?.kind === 'accept-then-hang') {
      call.status = null;
      return world.changed();
    }
    return finish(call, response, answer, headersFor(found));
  }

  /** Answers in bad weather's place: nothing is done. */
  function strike(
    weather: Exclude<Weather, { kind: 'accept-then-hang' }>,
    met: Met,
    call: (typeof calls)[number],
    response: ServerResponse,
  ): void {
    switch (weather.kind) {
      case 'rate-limited': {
        const bucket = weather.scope === 'global' ? null : bucketOf(met);
        const hold = { bucket, scope: weather.scope, untilMs: world.now() + weather.retryAfterSeconds * 1_000 };
        holds.push(hold);
        const { answer, headers } = limited(hold);
        return finish(call, response, answer, { ...headersFor(met), ...headers });
      }
      case 'status':
        call.status = weather.status;
        response.writeHead(weather.status, { 'content-type': 'text/html' }).end('<html>upstream</html>');
        return world.changed();
      case 'error':
        return finish(
          call,
          response,
          { status: weather.status, body: { code: weather.code, message: weather.message } },
          headersFor(met),
        );
      case 'lost':
        response.socket?.destroy();
        return world.changed();
      default:
        return unreachable(weather);
    }
  }

  function finish(call: (typeof calls)[number], response: ServerResponse, answer: Answer, headers: Record<string, string>): void {
    call.status = answer.status;
    reply(response, answer, headers);
    world.changed();
  }

  return {
    server,
    calls,
    weather: (weather: Weather, which: WeatherFor = {}): void => {
      if (which.route !== undefined) known(which.route);
      pending.push({ weather, which, times: which.times ?? 1 });
    },
    clearWeather: (): void => {
      pending.length = 0;
      holds = [];
    },
    limitMessages: (enforced: boolean) => (isLimited = enforced),
    forget: (route: string) => forgotten.add(pattern(known(route))),
    cutSockets: (): void => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function pattern(route: string): string {
  return route.replaceAll(/:\w+/g, ':id');
}

function reply(response: ServerResponse, { status, body }: Answer, headers: Readonly<Record<string, string>>): void {
  if (response.headersSent || response.destroyed) return;
  if (body === undefined) response.writeHead(status, headers).end();
  else response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Reads a request's body: JSON, or a form whose `payload_json` is the JSON and whose files become attachments. */
async function bodyOf(request: IncomingMessage): Promise<{ readonly body: unknown; readonly fault: Answer | null }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  if (bytes > BODY_BYTES_MAX)
    return { body: undefined, fault: { status: 413, body: { code: 40_005, message: 'Request entity too large' } } };
  if (bytes === 0) return { body: undefined, fault: null };
  const raw = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  try {
    if (!type.startsWith('multipart/form-data')) return { body: JSON.parse(raw.toString()), fault: null };
    const form = await new Response(raw, { headers: { 'content-type': type } }).formData();
    const payload: unknown = JSON.parse(textOf(form.get('payload_json')) || '{}');
    return { body: isBody(payload) ? withFiles(payload, form) : payload, fault: null };
  } catch {
    return {
      body: undefined,
      fault: { status: 400, body: { code: 50_109, message: 'The request body contains invalid JSON.' } },
    };
  }
}

function withFiles(payload: Body, form: FormData): Body {
  const files = [...form.entries()].flatMap(([name, value]) =>
    value instanceof File ? [{ id: name.replaceAll(/\D/g, ''), filename: value.name }] : [],
  );
  const target = isBody(payload['data']) ? payload['data'] : payload;
  const given = Array.isArray(target['attachments']) ? (target['attachments'] as readonly Body[]) : [];
  const attachments = files.map((file) => ({ ...given.find(({ id }) => String(id) === file.id), ...file }));
  const filled = { ...target, attachments };
  return target === payload ? filled : { ...payload, data: filled };
}
