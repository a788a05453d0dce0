import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { SIGNING_SECRET, WORKSPACE } from './commands.ts';
import { BENCH_SECRET, BENCH_SKUS, BENCH_TEAM } from './orders.ts';
import { run, startServing, type Serving } from './process.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const MAIN = join(ROOT, 'src/main.ts');

/** One call of the platform's API, and when it came. */
export type Call = { readonly method: string; readonly channel: string; readonly text: string; readonly atMs: number };

/** A Slack in this process that takes whatever it is told and remembers when. */
export type Receiver = {
  readonly url: string;
  readonly calls: Call[];
  /** Resolves when nothing was called for `quietMs`. */
  readonly quiet: (quietMs: number) => Promise<void>;
  readonly close: () => void;
};

export async function openReceiver(): Promise<Receiver> {
  const calls: Call[] = [];
  let ts = 0;
  const server = createServer((request, response) => {
    const atMs = performance.now();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const method = /\/api\/([\w.]+)/u.exec(request.url ?? '')?.[1] ?? 'response';
      // Both ways Slack is written to, forms and JSON, name what matters alike once they are decoded.
      const text = decodeURIComponent(Buffer.concat(chunks).toString().replaceAll('+', ' '));
      const channel = /(?:channel=|"channel":")([A-Z0-9]+)/u.exec(text)?.[1] ?? '';
      calls.push({ method, channel, text, atMs });
      ts += 1;
      const told = {
        ok: true,
        team_id: WORKSPACE,
        user_id: 'U0BOT',
        bot_id: 'B0BOT',
        channel,
        ts: `1790000000.${String(ts).padStart(6, '0')}`,
      };
      const body = JSON.stringify(told);
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async quiet(quietMs) {
      let before = -1;
      while (before !== calls.length) {
        before = calls.length;
        await new Promise((resolve) => setTimeout(resolve, quietMs));
      }
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A plan of what never runs out, and of `scarce` items that do with their first order. */
function onAirPlan(scarce: readonly string[]): string {
  const skus = [...BENCH_SKUS.map((sku) => [sku, 10_000_000] as const), ...scarce.map((sku) => [sku, 2] as const)];
  return `team: { id: ${BENCH_TEAM}, name: Bench, zone: America/New_York }
people:
  maya: { name: Maya, roles: [founder], accounts: { slack: U0MAYA } }
channels:
  team: { slack: C0TEAM }
  alerts: { slack: C0ALERTS }
  host: { slack: C0HOST }
  community: { slack: C0COMMUNITY }
drop: { id: bench, name: Bench, format: limited, stream: 2027-01-29T19:00, zone: America/New_York, currency: USD }
skus:
${skus.map(([sku, count]) => `  ${sku}: { name: Item ${sku}, count: ${count}, price: 58 }`).join('\n')}
`;
}

/** The channels of the plan. */
export const PLAN_CHANNELS = 4;

/** Showcaller on a fresh file, with Slack over HTTP; `more` channels beside the plan's four, which a plan has no words for. */
export async function openOnAir(
  folder: string,
  { receiver, scarce, more }: { readonly receiver: Receiver; readonly scarce: readonly string[]; readonly more: number },
): Promise<Serving> {
  const file = join(folder, 'ours.db');
  writeFileSync(join(folder, 'plan.yaml'), onAirPlan(scarce));
  await run([MAIN, 'import', join(folder, 'plan.yaml')], { DATABASE_URL: `file:${file}` });
  const db = new Database(file);
  const bind = db.prepare(
    `INSERT INTO destinations (team_id, id, platform, address, purposes, locale, zone, held_until_ms)
     SELECT team_id, ?, platform, ?, '["alerts"]', locale, zone, held_until_ms FROM destinations WHERE address = 'C0ALERTS'`,
  );
  for (let at = 0; at < more; at += 1) bind.run(`slack:C0MORE${at}`, `C0MORE${at}`);
  db.close();
  return startServing([MAIN], {
    DATABASE_URL: `file:${file}`,
    PORT: '0',
    SLACK_BOT_TOKEN: 'xoxb-bench',
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
    SLACK_API_URL: `${receiver.url}/api/`,
    SHOPIFY_WEBHOOK_SECRET: `${BENCH_TEAM}=${BENCH_SECRET}`,
  });
}

/** The same work by hand, on a file of its own. */
export function openOnAirFloor(folder: string, receiver: Receiver, channels: number): Promise<Serving> {
  return startServing([join(ROOT, 'bench/floor-on-air.ts'), join(folder, 'floor.db'), receiver.url, String(channels)], {});
}

/** Orders at an even pace from a process of their own; `flowing` resolves when they begin, `done` with how many were answered 200. */
export function startOrders(ask: {
  readonly port: number;
  readonly perSecond: number;
  readonly seconds: number;
  readonly from: number;
}): {
  readonly done: Promise<{ readonly sent: number; readonly accepted: number }>;
} {
  const { port, perSecond, seconds, from } = ask;
  const printed = run([join(ROOT, 'bench/support/pace.ts'), ...[port, perSecond, seconds, from].map(String)]);
  return { done: printed.then((line) => JSON.parse(line) as { sent: number; accepted: number }) };
}

/** One connection that requests are written to, whatever is answered. */
export async function openWire(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  socket.resume();
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

export const share = (list: readonly number[], part: number): number =>
  list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(part * list.length))] ?? NaN;

/** `p50 3.1 p99 9.8 ms` */
export const spread = (list: readonly number[]): string =>
  `p50 ${share(list, 0.5).toFixed(1)} p99 ${share(list, 0.99).toFixed(1)} longest ${Math.max(...list).toFixed(1)} ms`;
