import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { and, eq, isNotNull } from 'drizzle-orm';
import { checkLedger } from '../../../src/store/stock/ledger-check.ts';
import { TEAM } from '../on-air.ts';
import { openLines } from './delivery.ts';
import { quiet, typeIn } from './outage.ts';
import { postFaults, postsOf, receiptFaults, ringFaults, shownBy } from './reckoning.ts';
import { connected, openShow, shopOrder, type FaultGround, type Order, type Show } from './show.ts';

const PRELOAD = new URL('../../faults/preload/pulse.ts', import.meta.url).pathname;
const SKUS = 20;
const PROGRESS_MS = 10_000;
const COMMAND_MS = 3_000;
const PAUSE_MS = 15_000;
const CONNECTIONS = 32;
const SLICE_MS = 20;
const MIB = 1024 * 1024;

export type SoakAsk = { readonly ground: FaultGround; readonly forMs: number; readonly perSecond: number };

type Pulse = { readonly atMs: number; readonly lateMs: number; readonly rss: number; readonly heapUsed: number };

/** What came of it. `faults` is everything that was compared and differs. */
export type Soak = {
  readonly orders: number;
  readonly perSecond: number;
  readonly commands: number;
  readonly pauses: number;
  readonly posts: number;
  readonly messages: number;
  readonly latestTimerMs: number;
  readonly commandSlowestMs: number;
  readonly rssMib: { readonly afterWarmUp: number; readonly end: number; readonly perHour: number };
  readonly heapMib: { readonly perHour: number };
  readonly faults: readonly string[];
};

/** Sells at a steady rate, types and pauses meanwhile, and compares levels, posts and what the platforms show at the end. */
export async function soak({ ground, forMs, perSecond }: SoakAsk, print: (line: string) => void): Promise<Soak> {
  const folder = mkdtempSync(join(tmpdir(), 'showcaller-soak-'));
  const pulseFile = join(folder, 'pulse.jsonl');
  const counts = new Map(Array.from({ length: SKUS }, (_, n) => [skuOf(n), 10_000_000]));
  const env = { NODE_OPTIONS: `--import=${PRELOAD}`, PULSE_FILE: pulseFile };
  await using show = await openShow({ ground, counts, env });
  await show.start();
  await connected(show);
  const starting = pulsesIn(pulseFile).length; // loading everything is late too, and nobody is there yet
  const pulses = (): readonly Pulse[] => pulsesIn(pulseFile).slice(starting);
  const startedMs = performance.now();
  const isOver = (): boolean => performance.now() - startedMs >= forMs;
  const selling = sell(show, perSecond, isOver);
  const typing = type(show, isOver);
  for (let nextMs = PROGRESS_MS; !isOver(); nextMs += PROGRESS_MS) {
    await wait(Math.max(0, Math.min(nextMs, forMs) - (performance.now() - startedMs)));
    if (isOver()) break;
    const latest = pulses().at(-1);
    print(
      `${Math.round((performance.now() - startedMs) / 1000)} s: ${selling.sold.length} orders, ${typing.done.length} commands, ` +
        `memory ${toMib(latest?.rss)} MiB (heap ${toMib(latest?.heapUsed)}), latest timer ${latest?.lateMs} ms`,
    );
  }
  await Promise.all([selling.ended, typing.ended]);
  const tookMs = performance.now() - startedMs;
  await typeIn(show, '/resume');
  await quiet(show);
  const all = pulses();
  const rows = await postsOf(show.engine);
  const shown = shownBy(show);
  const faults = [
    ...selling.refused,
    ...typing.done
      .filter(({ text }) => /went wrong|did not respond|no answer/u.test(text))
      .map(({ line, text }) => `${line}: ${text}`),
    ...(await levelFaults(show, selling.sold)),
    ...postFaults(rows, shown),
    ...ringFaults(show, rows),
    ...(await receiptFaults(show.engine, rows, shown)),
    ...[...show.slack.complaints, ...show.discord.complaints].map((complaint) => JSON.stringify(complaint)),
  ];
  rmSync(folder, { recursive: true, force: true });
  return {
    orders: selling.sold.length,
    perSecond: Math.round(selling.sold.length / (tookMs / 1000)),
    commands: typing.done.length,
    pauses: typing.done.filter(({ line }) => line.startsWith('/pause')).length,
    posts: rows.length,
    messages: shown.length,
    latestTimerMs: Math.max(...all.map(({ lateMs }) => lateMs)),
    commandSlowestMs: Math.round(Math.max(0, ...typing.done.map(({ tookMs }) => tookMs))),
    ...memoryOf(all),
    faults,
  };
}

function pulsesIn(file: string): readonly Pulse[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as Pulse);
}

function skuOf(n: number): string {
  return `SKU-${n % SKUS}`;
}

function toMib(bytes = NaN): number {
  return Math.round(bytes / MIB);
}

/** How memory grew, as a straight line through what was seen after the first fifth, in which caches fill. */
function memoryOf(pulses: readonly Pulse[]): Pick<Soak, 'rssMib' | 'heapMib'> {
  const warm = pulses.slice(Math.floor(pulses.length / 5));
  const perHour = (of: (pulse: Pulse) => number): number =>
    Math.round(slope(warm.map((pulse) => [pulse.atMs, of(pulse) / MIB])) * 3_600_000);
  return {
    rssMib: { afterWarmUp: toMib(warm[0]?.rss), end: toMib(warm.at(-1)?.rss), perHour: perHour(({ rss }) => rss) },
    heapMib: { perHour: perHour(({ heapUsed }) => heapUsed) },
  };
}

function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: 0 | 1): number => points.reduce((all, point) => all + point[of], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const over = points.reduce((all, point) => all + (point[0] - x) * (point[1] - y), 0);
  return over / points.reduce((all, point) => all + (point[0] - x) ** 2, 0);
}

/** Sends orders at a steady rate; what one slice could not send, the next one does. */
function sell(show: Show, perSecond: number, isOver: () => boolean) {
  const sold: Order[] = [];
  const refused: string[] = [];
  async function run(): Promise<void> {
    using lines = openLines(show.process().port, CONNECTIONS);
    const startedMs = performance.now();
    const under = new Set<Promise<void>>();
    for (let n = 1; !isOver(); await wait(SLICE_MS)) {
      const dueCount = ((performance.now() - startedMs) / 1000) * perSecond;
      for (; n <= dueCount && under.size < 1_000; n += 1) {
        const order = { n, sku: skuOf(n), units: 1 + (n % 3) };
        const sending = lines.deliver(shopOrder(order)).then(({ status }) => {
          if (status === 200) sold.push(order);
          else refused.push(`order ${order.n} was answered ${status}`);
          under.delete(sending);
        });
        under.add(sending);
      }
    }
    await Promise.all(under);
  }
  return { sold, refused, ended: run() };
}

/** Types a command now and then; now and then a pause, and its end. */
function type(show: Show, isOver: () => boolean) {
  type Typed = { readonly line: string; readonly text: string; readonly tookMs: number };
  const done: Typed[] = [];
  async function run(): Promise<void> {
    for (let turn = 0; !isOver(); turn += 1) {
      const startedMs = performance.now();
      const line = lineOf(turn);
      const { text } = await typeIn(show, line);
      done.push({ line, text, tookMs: performance.now() - startedMs });
      await wait(Math.max(0, COMMAND_MS - (performance.now() - startedMs)));
    }
  }
  return { done, ended: run() };
}

const TURNS_PER_PAUSE = PAUSE_MS / COMMAND_MS;

function lineOf(turn: number): string {
  const round = Math.floor(turn / TURNS_PER_PAUSE);
  if (turn % TURNS_PER_PAUSE === 1) return `/pause ${skuOf(round)} misprint`;
  if (turn % TURNS_PER_PAUSE === 3) return `/resume ${skuOf(round)}`;
  return turn % 2 === 0 ? '/stock' : `/stock ${skuOf(turn)}`;
}

async function levelFaults({ engine, counts }: Show, sold: readonly Order[]): Promise<readonly string[]> {
  const { levels, movements } = engine.tables;
  const bySku = Map.groupBy(sold, ({ sku }) => sku);
  const stored = await engine.read((db) => db.select().from(levels).where(eq(levels.teamId, TEAM)));
  const counted = await engine.read((db) => db.$count(movements, and(eq(movements.kind, 'commit'), isNotNull(movements.cause))));
  const off = stored.flatMap(({ sku, onHand, committed }) => {
    const wanted = (bySku.get(sku) ?? []).reduce((all, { units }) => all + units, 0);
    return onHand === counts.get(sku) && committed === wanted
      ? []
      : [`${sku} has ${committed} committed of ${onHand}, and ${wanted} were sold`];
  });
  const drift = await checkLedger(engine, TEAM);
  return [
    ...off,
    ...drift.map((one) => `the ledger folds otherwise: ${JSON.stringify(one)}`),
    ...(counted === sold.length ? [] : [`the ledger holds ${counted} commits of ${sold.length} orders`]),
  ];
}
