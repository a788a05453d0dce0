import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CHAT_METHODS } from './chat-methods.ts';
import { shapeFaults } from './limits.ts';
import { fail, needs, type Answer, type Method, type Room } from './method.ts';
import { READ_METHODS } from './read-methods.ts';
import { respond } from './response-url.ts';
import type { Call, Json, Weather } from './types.ts';
import { VIEW_METHODS } from './view-methods.ts';

const METHODS: Readonly<Record<string, Method>> = { ...CHAT_METHODS, ...READ_METHODS, ...VIEW_METHODS };
const POST_EVERY_MS = 1_000;
const RESPONSE_PATH = /^\/(commands|actions|app)\//;

export type Token = { readonly value: string; revoked: boolean };
export type WebNeeds = {
  readonly room: Room;
  readonly tokens: Readonly<Record<'bot' | 'app', Token>>;
  readonly lacks: readonly string[];
  readonly takeWeather: (method: string, channel: string | null) => Weather | null;
};
export type Web = ReturnType<typeof createWeb>;

async function bodyOf(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  if ((request.headers['content-type'] ?? '').startsWith('application/json'))
    return JSON.parse(text === '' ? '{}' : text) as Json;
  return Object.fromEntries(new URLSearchParams(text));
}

/** The Web API and the response URLs over HTTP, and the weather they stand in. */
export function createWeb({ room, tokens, lacks, takeWeather }: WebNeeds) {
  const { world } = room;
  const lastPostMs = new Map<string, number>();
  let limited = false;

  function refusedToken(method: Method, given: string | null): Answer | null {
    if (given === null) return fail('not_authed');
    const known = Object.entries(tokens).find(([, token]) => token.value === given);
    if (known === undefined) return fail('invalid_auth');
    if (known[1].revoked) return fail('token_revoked');
    return known[0] === method.token ? null : fail('not_allowed_token_type');
  }

  /** Does the work of a call: token, scopes, arguments, then the method itself. */
  function work(name: string, args: Json, token: string | null): Answer {
    const method = lacks.includes(name) ? undefined : METHODS[name];
    if (method === undefined) {
      if (!lacks.includes(name)) world.complain(name, 'unknown_method');
      return fail('unknown_method', { req_method: name });
    }
    const refused =
      refusedToken(method, token) ?? method.scopes.map((scope) => needs(scope, room)).find((answer) => answer !== null);
    if (refused !== null && refused !== undefined) return refused;
    const faults = shapeFaults(method.args, args);
    if (faults.length > 0) {
      world.complain(name, faults.join('; '));
      return fail('invalid_arguments', { response_metadata: { messages: faults } });
    }
    return method.run(method.args.parse(args), room);
  }

  /** Slack allows about a message a second in a channel. */
  function tooSoon(name: string, channel: string | null): Weather | null {
    if (!limited || name !== 'chat.postMessage' || channel === null) return null;
    const at = world.now();
    if (at - (lastPostMs.get(channel) ?? -Infinity) < POST_EVERY_MS) return { kind: 'rate-limited', retryAfterSeconds: 1 };
    lastPostMs.set(channel, at);
    return null;
  }

  function record(method: string, args: Json, outcome: string): void {
    const plain: Record<string, unknown> = { ...args };
    delete plain['token'];
    for (const key of ['blocks', 'view', 'metadata']) {
      if (typeof plain[key] === 'string') plain[key] = JSON.parse(plain[key]) as unknown;
    }
    const call: Call = { method, args: plain, atMs: world.now(), outcome };
    world.calls.push(call);
    world.tell();
  }

  function reply(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
    response.writeHead(status, {
      'Content-Type': 'application/json; charset=utf-8',
      Date: new Date(world.now()).toUTCString(),
      ...headers,
    });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  const nameOf = (answer: Answer): string => (answer.ok ? 'ok' : answer.error);

  /** Lets a call meet its weather; `act` does the work, `finish` sends its answer. */
  async function throughWeather(
    { method, args, weather, response }: { method: string; args: Json; weather: Weather | null; response: ServerResponse },
    act: () => Answer,
    finish: (answer: Answer) => void,
  ): Promise<void> {
    switch (weather?.kind) {
      case undefined: {
        const answer = act();
        record(method, args, nameOf(answer));
        return finish(answer);
      }
      case 'rate-limited':
        record(method, args, 'rate-limited');
        return reply(response, 429, fail('ratelimited'), { 'Retry-After': String(weather.retryAfterSeconds) });
      case 'status':
        record(method, args, `status-${weather.status}`);
        return reply(response, weather.status, 'upstream connect error');
      case 'error':
        record(method, args, weather.error);
        return finish(fail(weather.error));
      case 'lost':
        record(method, args, 'lost');
        return void response.socket?.destroy();
      case 'accept-then-hang':
        act();
        return record(method, args, 'accept-then-hang');
      case 'accept-then-lost':
        act();
        record(method, args, 'accept-then-lost');
        return void response.socket?.destroy();
      case 'slow': {
        const answer = act();
        record(method, args, nameOf(answer));
        await new Promise((resolve) => setTimeout(resolve, weather.byMs));
        return finish(answer);
      }
    }
  }

  async function answerCall(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const args = await bodyOf(request);
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const token = bearer ?? (typeof args['token'] === 'string' ? args['token'] : null);
    const channel = typeof args['channel'] === 'string' ? args['channel'] : null;
    const weather = takeWeather(name, channel) ?? tooSoon(name, channel);
    const scopes = {
      'x-oauth-scopes': [...world.granted].join(','),
      'x-accepted-oauth-scopes': (METHODS[name]?.scopes ?? []).join(','),
    };
    await throughWeather(
      { method: name, args, weather, response },
      () => work(name, args, token),
      (answer) => reply(response, 200, answer, token === tokens.bot.value ? scopes : {}),
    );
  }

  async function answerResponse(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const args = await bodyOf(request);
    await throughWeather(
      { method: 'response_url', args, weather: takeWeather('response_url', null), response },
      () => respond(path, args, room),
      (answer) => {
        if (answer.ok) return reply(response, 200, 'ok');
        return reply(response, ['expired_url', 'used_url', 'no_such_url'].includes(nameOf(answer)) ? 404 : 400, answer);
      },
    );
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (request.method === 'POST' && path.startsWith('/api/')) return answerCall(path.slice('/api/'.length), request, response);
    if (request.method === 'POST' && RESPONSE_PATH.test(path)) return answerResponse(path, request, response);
    world.complain('http', `${request.method} ${path} is nothing Slack has`);
    reply(response, 404, 'not found');
  }

  const server = createServer((request, response) => {
    route(request, response).catch((fault: unknown) => {
      world.complain(
        'http',
        `the fake failed on ${request.url}: ${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}`,
      );
      if (!response.headersSent) reply(response, 500, fail('internal_error'));
    });
  });

  return {
    server,
    limitPosts: (isOn: boolean): void => void (limited = isOn),
    async listen(port: number): Promise<number> {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    },
    async close(): Promise<void> {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
