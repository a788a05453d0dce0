import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/** What a method of a lesser server does: answers with an object, with a bare status, or not at all. */
export type Answer = object | { readonly status: number } | 'nothing';
export type Methods = Readonly<
  Record<string, (args: Readonly<Record<string, string>>, call: number) => Answer | Promise<Answer>>
>;

export type LesserSlack = {
  readonly apiUrl: string;
  readonly answerUrl: string; // where private answers may go; the method `answer` decides what comes of it
  readonly calls: readonly { readonly method: string; readonly args: Readonly<Record<string, string>> }[];
  readonly acks: readonly { readonly envelope_id: string; readonly payload: object }[];
  readonly socketCount: () => number;
  /** Sends a frame over every open socket: text as it is, anything else as JSON. */
  readonly send: (frame: unknown) => void;
  /** Sends a payload in an envelope. */
  readonly deliver: (type: string, payload: unknown, envelopeId?: string) => void;
  readonly stop: () => Promise<void>;
};

/** What a server answers with that has never heard of a method: a page, as most web servers do. */
export const NO_SUCH_METHOD = { status: 404 } as const;

type SocketWays = {
  readonly hello?: boolean; // false: it connects and says nothing
  readonly goodbye?: boolean; // false: it never answers that a connection is closed
};

/** A server that speaks only as much of Slack as it is told to. Socket Mode works unless `apps.connections.open` is given. */
export async function startLesserSlack(
  methods: Methods,
  { hello = true, goodbye = true }: SocketWays = {},
): Promise<LesserSlack> {
  const calls: { method: string; args: Readonly<Record<string, string>> }[] = [];
  const acks: { envelope_id: string; payload: object }[] = [];
  const sockets = new Set<WebSocket>();
  let envelopes = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      const method = (request.url ?? '').replace('/api/', '');
      const args = body.startsWith('{') ? {} : Object.fromEntries(new URLSearchParams(body));
      calls.push({ method, args });
      const call = calls.filter((one) => one.method === method).length;
      void Promise.resolve(all[method]?.(args, call) ?? NO_SUCH_METHOD).then((given) => answer(response, given));
    });
  });
  const gateway = new WebSocketServer({ server, path: '/link' });
  gateway.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('message', (data: Buffer) => acks.push(JSON.parse(data.toString('utf8')) as (typeof acks)[number]));
    if (!goodbye) socket.close = () => undefined;
    if (hello) socket.send(JSON.stringify({ type: 'hello' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const all: Methods = { 'apps.connections.open': () => ({ ok: true, url: `ws://127.0.0.1:${port}/link` }), ...methods };

  const send = (frame: unknown): void => {
    for (const socket of sockets) socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  };
  return {
    apiUrl: `http://127.0.0.1:${port}/api/`,
    answerUrl: `http://127.0.0.1:${port}/api/answer`,
    calls,
    acks,
    socketCount: () => sockets.size,
    send,
    deliver: (type, payload, envelopeId = `envelope-${(envelopes += 1)}`) => send({ type, envelope_id: envelopeId, payload }),
    async stop() {
      for (const socket of sockets) socket.terminate();
      gateway.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(response: ServerResponse, answer: Answer): void {
  if (answer === 'nothing') return;
  if ('status' in answer) {
    response.writeHead(answer.status, { 'content-type': 'text/html' }).end('<html><h1>No</h1></html>');
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}
