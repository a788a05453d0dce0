// Preloaded into the real process (`node --import`): names every boundary of what it writes and sends, at the moment it is reached.
// With CRASH_AT the process dies there by SIGKILL, at its CRASH_NTH time; with BOUNDARIES_FILE each one reached is written down.
import { appendFileSync } from 'node:fs';
import { subscribe } from 'node:diagnostics_channel';
import Database from 'better-sqlite3';
import { Client } from 'pg';
import { answerBoundary, requestBoundary, statementReader, type StatementReader } from './boundary-names.ts';

const { CRASH_AT: crashAt, CRASH_NTH: nth = '1', BOUNDARIES_FILE: file } = process.env;
let reachedCount = 0;

function reached(boundary: string | null): void {
  if (boundary === null) return;
  if (file !== undefined) appendFileSync(file, `${boundary}\n`);
  if (boundary !== crashAt) return;
  reachedCount += 1;
  if (reachedCount === Number(nth)) process.kill(process.pid, 'SIGKILL');
}

// Each connection holds one transaction at a time.
const readers = new WeakMap<object, StatementReader>();
function readerOf(connection: object): StatementReader {
  const reader = readers.get(connection) ?? statementReader();
  readers.set(connection, reader);
  return reader;
}

type Run = (this: { readonly source: string; readonly database: object }, ...values: unknown[]) => unknown;
const memory = new Database(':memory:');
const statements = Object.getPrototypeOf(memory.prepare('select 1')) as Record<'run' | 'get' | 'all', Run>;
memory.close();
for (const method of ['run', 'get', 'all'] as const) {
  const original = statements[method];
  statements[method] = function run(...values) {
    const { before, after } = readerOf(this.database)(this.source);
    reached(before);
    const answer = original.apply(this, values);
    reached(after);
    return answer;
  };
}

type Query = (this: object, ...asked: unknown[]) => unknown;
const clients = Client.prototype as unknown as { query: Query };
const query = clients.query;
clients.query = function run(...asked) {
  const [first] = asked;
  const text = typeof first === 'string' ? first : ((first as { readonly text?: string } | undefined)?.text ?? '');
  const { before, after } = readerOf(this)(text);
  reached(before);
  const answer = query.apply(this, asked);
  if (after === null || !(answer instanceof Promise)) return answer;
  return answer.then((result: unknown) => {
    reached(after);
    return result;
  });
};

// Node's own fetch (Slack) and the undici package (Discord) tell of their requests here.
type Told = { readonly request: { readonly method: string; readonly path: string; readonly origin: string } };
const STEPS = { create: 'before', bodySent: 'sent', headers: 'answered' } as const;
for (const [told, step] of Object.entries(STEPS)) {
  subscribe(`undici:request:${told}`, (message) => reached(requestBoundary(step, (message as Told).request)));
}
subscribe('http.server.response.finish', (message) => {
  const { request, response } = message as { request: { url?: string }; response: { statusCode: number } };
  reached(answerBoundary(request.url ?? '', response.statusCode));
});
