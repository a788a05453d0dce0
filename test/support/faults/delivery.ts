import { Agent, request as httpRequest } from 'node:http';
import type { Request } from '../web.ts';

/** What a delivery was answered; a status that is text is what broke the connection. */
export type Answered = { readonly status: number | string; readonly text: string };

/** So many connections to one process that stay open, as a shop's senders keep them. */
export type Lines = Disposable & {
  readonly deliver: (request: Request) => Promise<Answered>;
  /** Breaks the connection in the middle of the body. Resolves once it is broken. */
  readonly deliverHalf: (request: Request) => Promise<void>;
};

export function openLines(port: number, connections: number): Lines {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    deliver: ({ path, headers, body }) =>
      new Promise((answered) => {
        const asked = httpRequest({ host: '127.0.0.1', port, path, method: 'POST', headers, agent }, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
          response.once('end', () => answered({ status: response.statusCode ?? 0, text: text.trimEnd() }));
        });
        asked.once('error', ({ message }) => answered({ status: message, text: '' }));
        asked.end(body);
      }),
    deliverHalf: ({ path, headers, body }) =>
      new Promise((broken) => {
        const bytes = Buffer.from(body);
        const length = { 'content-length': String(bytes.length) };
        const asked = httpRequest({ host: '127.0.0.1', port, path, method: 'POST', headers: { ...headers, ...length } });
        asked.once('error', () => undefined); // the end that is meant
        asked.once('close', broken);
        asked.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => asked.destroy());
      }),
    [Symbol.dispose]: () => agent.destroy(),
  };
}
