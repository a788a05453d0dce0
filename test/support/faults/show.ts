import type { Plan } from '../../../src/ports/plan.ts';
import type { Engine } from '../../../src/store/engine/engine.ts';
import { openStore } from '../../../src/store/store.ts';
import type { FakeDiscord } from '../../fakes/discord/types.ts';
import type { FakeSlack } from '../../fakes/slack/types.ts';
import { temporarySqlite } from '../engines.ts';
import { onAirPlan, openPlatforms, TEAM, type Cast } from '../on-air.ts';
import { temporaryPostgres } from '../real-postgres.ts';
import { exitOf, serve, type Serving } from '../serving.ts';
import { SHOP_SECRET, shopifyRequest } from '../web.ts';
import { until } from './until.ts';

export type EngineKind = Engine['kind'];

/** A database nobody has served yet. `url` is what the process is told. */
export type FaultGround = { readonly engine: Engine; readonly url: string; readonly remove: () => Promise<void> };

export type Order = { readonly n: number; readonly sku: string; readonly units: number; readonly placedAtMs?: number };

/** A drop on air: the real process, serving on Slack and Discord, on a database of its own. It may die and be started again. */
export type Show = AsyncDisposable & {
  readonly slack: FakeSlack;
  readonly discord: FakeDiscord;
  readonly cast: Cast;
  readonly engine: Engine;
  readonly counts: ReadonlyMap<string, number>;
  /** Orders answered 200, in the order of their answers. */
  readonly acknowledged: readonly Order[];
  /** Starts the process; resolves once it serves, or has died before it did. `onDeath` is told what ended it, whenever that is. */
  readonly start: (more?: NodeJS.ProcessEnv, onDeath?: (signal: NodeJS.Signals | null) => void) => Promise<void>;
  readonly isAlive: () => boolean;
  readonly process: () => Serving;
  /** Asks the process to stop, and answers its exit code. */
  readonly stop: () => Promise<number | null>;
  /** Sends an order once, to the process started last unless another is named. Answers the status; null where nobody answered. */
  readonly order: (order: Order, to?: Serving) => Promise<{ readonly status: number; readonly retryAfter: string | null } | null>;
};

const FIRST_ID = 7_000_000;
const OPENING = new Map([
  ['HOODIE-M', 40],
  ['PIN', 60],
]);

/** A real PostgreSQL where `postgresUrl` names one, else a SQLite file. */
export async function faultGround(kind: EngineKind, postgresUrl?: string): Promise<FaultGround> {
  if (kind === 'sqlite') return sqliteGround();
  if (postgresUrl === undefined) throw new Error('TEST_DATABASE_URL names no PostgreSQL');
  const { engine, database, close } = await temporaryPostgres(postgresUrl);
  return { engine, url: database.url, remove: close };
}

/** A SQLite file in a folder of its own, below `parent`. */
export function sqliteGround(parent?: string): FaultGround {
  const { engine, file, remove } = temporarySqlite(parent);
  return { engine, url: `file:${file}`, remove };
}

type ShowNeeds = {
  readonly ground: FaultGround;
  readonly counts?: ReadonlyMap<string, number>;
  readonly plan?: Parameters<typeof onAirPlan>[1];
  /** Goes into the environment of every start. */
  readonly env?: NodeJS.ProcessEnv;
};

/** Sets up a drop that has gone live, on both platforms. Nothing serves it yet. */
export async function openShow({ ground, counts = OPENING, plan = {}, env: always = {} }: ShowNeeds): Promise<Show> {
  const { engine } = ground;
  const { slack, discord, cast } = await openPlatforms();
  await goLive(engine, onAirPlan(cast, { skus: skusOf(counts), bundles: {}, ...plan }), cast);
  const { bindWorkspace } = openStore(engine);
  const nowMs = Date.now();
  await bindWorkspace({ teamId: TEAM, workspace: { platform: 'slack', workspaceId: slack.workspaceId }, nowMs });
  await bindWorkspace({ teamId: TEAM, workspace: { platform: 'discord', workspaceId: discord.guildId }, nowMs });
  const acknowledged: Order[] = [];
  let serving: Serving | null = null;
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: ground.url,
    PORT: '0',
    SHOPIFY_WEBHOOK_SECRET: `${TEAM}=${SHOP_SECRET}`,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    DISCORD_TOKEN: discord.token,
    DISCORD_GUILD_ID: discord.guildId,
    DISCORD_API_URL: discord.apiUrl,
    SHOWCALLER_LOG_LEVEL: 'error',
    ...always,
  };
  const running = (): Serving => {
    if (serving === null) throw new Error('nothing was started');
    return serving;
  };
  const isAlive = (): boolean => serving !== null && serving.process.exitCode === null && serving.process.signalCode === null;

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (!isAlive()) return null;
    const exit = exitOf(running());
    running().process.kill(signal);
    return exit;
  }

  async function order(asked: Order, to?: Serving): ReturnType<Show['order']> {
    const request = shopOrder(asked);
    try {
      const { body, headers } = request;
      const answer = await fetch((to ?? running()).url + request.path, { method: 'POST', body, headers });
      await answer.arrayBuffer();
      if (answer.ok) acknowledged.push(asked);
      return { status: answer.status, retryAfter: answer.headers.get('retry-after') };
    } catch {
      return null; // the process is gone, or went while it was asked
    }
  }

  return {
    slack,
    discord,
    cast,
    engine,
    counts,
    acknowledged,
    isAlive,
    process: running,
    stop,
    order,
    async start(more = {}, onDeath = () => undefined) {
      try {
        serving = await serve({ ...env, ...more });
      } catch (fault) {
        const { cause, message } = fault as Error;
        if (cause !== 'SIGKILL') throw new Error(`it did not start: ${message}`, { cause: fault });
        return onDeath('SIGKILL');
      }
      if (isAlive()) serving.process.once('exit', (_code, signal) => onDeath(signal));
      else onDeath(serving.process.signalCode);
    },
    async [Symbol.asyncDispose]() {
      await stop('SIGKILL');
      await Promise.all([slack.stop(), discord.stop()]);
      await ground.remove();
    },
  };
}

/** What an order of a show is called in the ledger. */
export function causeOf({ n }: Order): string {
  return `order shopify ${FIRST_ID + n}`;
}

/** Resolves when both platforms let people in. */
export async function connected({ slack, discord }: Show): Promise<void> {
  await until('both platforms to be connected', () => slack.socketCount() > 0 && discord.gateway.isConnected());
}

/** The order as a shop tells it, signed. */
export function shopOrder({ n, sku, units, placedAtMs = Date.UTC(2030, 0, 1) + n * 1_000 }: Order) {
  const at = new Date(placedAtMs).toISOString();
  const line = { id: n * 10 + 1, sku, quantity: units, price: '10.00', current_quantity: units };
  const order = { id: FIRST_ID + n, created_at: at, updated_at: at, currency: 'USD', line_items: [line], refunds: [] };
  return shopifyRequest(order, { team: TEAM, eventId: `event-${n}` });
}

function skusOf(counts: ReadonlyMap<string, number>): Readonly<Record<string, object>> {
  return Object.fromEntries([...counts].map(([sku, count]) => [sku, { name: `Item ${sku}`, count, price: 10 }]));
}

async function goLive(engine: Engine, plan: Plan, cast: Cast): Promise<void> {
  const store = openStore(engine);
  const nowMs = Date.now();
  await store.importPlan({ plan, by: null, nowMs });
  const by = { personId: 'priya', place: { platform: 'slack', channel: cast.slack.channels.team } } as const;
  const started = await store.team(TEAM).drops.start({ asked: null, place: null, key: 'start', by, nowMs });
  if (started.kind !== 'done') throw new Error(`the drop did not start: ${started.kind}`);
}
