import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Log } from './ports/log.ts';

/** What is true at the moment somebody asks, read from the database and the connections then. */
export type Standing = {
  readonly teamCount: number;
  readonly postsWaiting: number;
  readonly oldestPostLateMs: number | null; // null: nothing waits
  readonly postsDead: number;
  readonly connected: Readonly<Record<string, boolean>>; // by platform
};

/** What this process counts of itself, in Prometheus's words. */
export type Metrics = {
  /** The same log, every line of which is counted on its way, also those too mild to be written. */
  readonly counting: (log: Log) => Log;
  readonly answered: (request: { readonly path: string; readonly status: number; readonly tookMs: number }) => void;
  readonly heard: (outcome: string, count: number) => void;
  /** The page as of now. `standing` rejecting leaves its gauges out: the rest is wanted most when the database is gone. */
  readonly page: (standing: () => Promise<Standing>) => Promise<{ readonly text: string; readonly contentType: string }>;
};

type Fields = Parameters<Log['info']>[1];

// Seconds. An alert is asked to be out within 50 ms of its order; a platform's edits are a second apart; a hold may last minutes.
const LATE_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1_800];
const CALL_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts from nothing. Each call has a registry of its own. */
export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const told = toldMetrics(registry);
  const now = standingMetrics(registry);
  const requests = new Histogram({
    name: 'showcaller_http_request_seconds',
    help: 'From the request to the answer handed to the socket, by route and status',
    labelNames: ['path', 'status'],
    buckets: CALL_BUCKETS,
    registers: [registry],
  });
  const orders = new Counter({
    name: 'showcaller_orders_total',
    help: 'Order facts heard from shops, by what came of them: recorded, repeat, set-aside',
    labelNames: ['outcome'],
    registers: [registry],
  });

  return {
    counting: (log) => ({
      info: (event, fields) => (told('info', event, fields), log.info(event, fields)),
      warn: (event, fields) => (told('warn', event, fields), log.warn(event, fields)),
      error: (event, fields) => (told('error', event, fields), log.error(event, fields)),
    }),
    answered: ({ path, status, tookMs }) => requests.observe({ path, status: String(status) }, tookMs / 1_000),
    heard: (outcome, count) => orders.inc({ outcome }, count),
    async page(standing) {
      now(await standing().catch(() => null));
      return { text: await registry.metrics(), contentType: registry.contentType };
    },
  };
}

/** What the log's own lines tell: how many of each, and how long the things they report took. */
function toldMetrics(registry: Registry): (level: string, event: string, fields: Fields) => void {
  const registers = [registry];
  const events = new Counter({
    name: 'showcaller_events_total',
    help: 'Log lines, written or not, by event and level',
    labelNames: ['event', 'level'],
    registers,
  });
  const late = new Histogram({
    name: 'showcaller_post_late_seconds',
    help: 'How long after it was due a post was handed to its platform, by platform and lane',
    labelNames: ['platform', 'lane'],
    buckets: LATE_BUCKETS,
    registers,
  });
  const call = new Histogram({
    name: 'showcaller_post_call_seconds',
    help: 'How long a platform took to answer a post, by platform and outcome',
    labelNames: ['platform', 'outcome'],
    buckets: CALL_BUCKETS,
    registers,
  });
  const alert = new Histogram({
    name: 'showcaller_alert_seconds',
    help: 'From the order that crossed a threshold to its alert handed to the platform',
    labelNames: ['platform'],
    buckets: LATE_BUCKETS,
    registers,
  });
  const command = new Histogram({
    name: 'showcaller_command_seconds',
    help: 'From a command read to its answer made, by command and platform',
    labelNames: ['command', 'platform'],
    buckets: CALL_BUCKETS,
    registers,
  });

  return (level, event, fields = {}) => {
    events.inc({ event, level });
    const seconds = (name: string): number => Number(fields[name] ?? 0) / 1_000;
    const platform = String(fields['platform'] ?? '');
    if (event === 'command.ran') command.observe({ command: String(fields['command']), platform }, seconds('tookMs'));
    if (!POST_OUTCOMES.has(event)) return;
    call.observe({ platform, outcome: event.slice('post.'.length) }, seconds('tookMs'));
    if (event !== 'post.sent' || fields['attempt'] !== 1) return;
    late.observe({ platform, lane: LANE_NAMES[Number(fields['lane'])] ?? 'other' }, seconds('lateMs'));
    // An edit tells of something that was already said.
    if (fields['kind'] === 'alert-ring' || (fields['kind'] === 'alert' && fields['isNew'] === true)) {
      alert.observe({ platform }, seconds('ageMs'));
    }
  };
}

const POST_OUTCOMES: ReadonlySet<string> = new Set(['post.sent', 'post.retry', 'post.gone', 'post.dead']);
const LANE_NAMES = ['critical', 'live', 'routine'] as const;

/** What is read when the page is asked for. Without it (null) the gauges are left out rather than left standing. */
function standingMetrics(registry: Registry): (standing: Standing | null) => void {
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers: [registry] });
  const teams = gauge('showcaller_teams', 'Teams in the database');
  const waiting = gauge('showcaller_posts_waiting', 'Posts not delivered yet, of all teams');
  const oldest = gauge('showcaller_post_oldest_seconds', 'How long ago the oldest waiting post was due; 0 when none is late');
  const dead = gauge('showcaller_posts_dead', 'Posts given up, which /showcaller health lists with their reasons');
  const database = gauge('showcaller_database_up', '1 when the database answered as this page was made');
  const connected = new Gauge({
    name: 'showcaller_platform_connected',
    help: '1 while this process hears from the platform, by platform',
    labelNames: ['platform'],
    registers: [registry],
  });

  return (standing) => {
    database.set(standing === null ? 0 : 1);
    connected.reset();
    if (standing === null) {
      for (const one of [teams, waiting, oldest, dead]) one.remove();
      return;
    }
    teams.set(standing.teamCount);
    waiting.set(standing.postsWaiting);
    oldest.set(Math.max(0, standing.oldestPostLateMs ?? 0) / 1_000);
    dead.set(standing.postsDead);
    for (const [platform, isConnected] of Object.entries(standing.connected)) connected.set({ platform }, isConnected ? 1 : 0);
  };
}
