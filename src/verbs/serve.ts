import type { Readable, Writable } from 'node:stream';
import { createButtonNumbers } from '../chat/console/buttons.ts';
import { connectConsole } from '../chat/console/connect.ts';
import { createDesk, type Desk, type Seat } from '../chat/console/desk.ts';
import { widthOf } from '../chat/console/limits.ts';
import { buttonRecord } from '../chat/console/record.ts';
import { consoleSender, replyLines } from '../chat/console/send.ts';
import type { Settings } from '../config.ts';
import { openMetrics, type Metrics } from '../metrics.ts';
import { readShopify } from '../intake/shopify.ts';
import { readStandardWebhook } from '../intake/standard-webhook.ts';
import { startCourier } from '../jobs/courier.ts';
import { startWaking } from '../jobs/waking.ts';
import { PLATFORM_NAMES } from '../domain/team.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { FrontDoor } from '../ports/chat.ts';
import type { PlatformReach } from '../ports/reach.ts';
import type { Store } from '../ports/store.ts';
import type { TeamView } from '../ports/store/team.ts';
import type { Engine } from '../store/engine/engine.ts';
import { claimServing } from '../store/engine/sqlite-files.ts';
import { retire } from '../store/retention.ts';
import { openStore } from '../store/store.ts';
import { healthRoute } from '../web/health-route.ts';
import { intakeRoutes } from '../web/intake-routes.ts';
import { metricsRoute } from '../web/metrics-route.ts';
import { startServer, type Server } from '../web/server.ts';
import { createBinder } from './bind.ts';
import { completions } from './complete.ts';
import { assertFolder, nameOf, openEngine, type Database } from './database.ts';
import { openHouse, type House } from './house.ts';
import { openPlatforms, type Platforms } from './platforms.ts';
import { firstSeat, sitAs, sitIn } from './seat.ts';
import { healthOf, standingOf } from './standing.ts';
import type { ExitCode, Terminal } from './terminal.ts';

export type ServeNeeds = {
  readonly settings: Settings;
  readonly database: Database;
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly terminal: Terminal;
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly colours: boolean;
  /** Resolves when the process is asked to stop. */
  readonly stopAsked: Promise<unknown>;
};

/** Serves for real until asked to stop; then finishes what is in flight. */
export async function serve(needs: ServeNeeds): Promise<ExitCode> {
  const { database, terminal } = needs;
  assertFolder(database);
  const serving = database.kind === 'sqlite' ? claimServing(database.file) : null;
  if (serving?.kind === 'taken') {
    terminal.warn(
      `Process ${serving.pid} is serving ${database.kind === 'sqlite' ? database.file : ''} already. Stop it first, or use PostgreSQL.`,
    );
    return 1;
  }
  if (database.kind === 'postgres' && (await isClaimedNow(database.url))) {
    terminal.warn(`${nameOf(database)} is being moved or restored. Start again when that is done.`);
    return 1;
  }
  const engine = await openEngine(database);
  const store = openStore(engine);
  try {
    await serveStore(needs, { engine, store });
    return 0;
  } finally {
    await store.close();
    if (serving?.kind === 'serving') serving.release();
  }
}

async function isClaimedNow(url: string): Promise<boolean> {
  const { isClaimed } = await import('../store/engine/postgres-serving.ts');
  return isClaimed(url);
}

async function serveStore(needs: ServeNeeds, { engine, store }: { engine: Engine; store: Store }): Promise<void> {
  const { settings, clock, port, terminal, stopAsked } = needs;
  const metrics = openMetrics();
  const log = metrics.counting(needs.log);
  const record = settings.SHOWCALLER_CONSOLE_RECORD;
  const screen = {
    numbers: createButtonNumbers(record === undefined ? undefined : buttonRecord(record)),
    now: clock.now,
    width: () => widthOf(needs.output.columns),
    colours: needs.colours,
  };
  const sender = consoleSender({
    ...screen,
    write: (line) => line.split('\n').forEach(terminal.write),
    ...(record === undefined ? {} : { record }),
  });
  const platforms = await openPlatforms({ settings, alone: engine.alone, clock, log });
  const senders = new Map([['console', sender], ...platforms.senders]);
  const teamOf = createBinder({ store, owners: settings.SHOWCALLER_OWNERS, homes: platforms.homes, now: clock.now, log });
  const house = openHouse({ store: { ...store, teamOf }, clock, log, senders, reach: platforms.reach, homes: platforms.homes });
  // First, because it is what can fail: nothing else has started when the port is taken.
  const server = await openWeb({ settings, store, clock, log, port, metrics, platforms, door: house.door });
  const courier = startCourier(house.courierNeeds);
  engine.onPosts(courier.wake);
  const waking = startWaking({
    store,
    worker: house.courierNeeds.worker,
    retire: (nowMs) => retire(engine, nowMs),
    alone: engine.alone,
    platforms,
    clock,
    log,
  });
  log.info('serving', {
    port: server.port,
    host: settings.HOST,
    engine: engine.kind,
    node: process.versions.node,
    tz: process.versions['tz'] ?? '',
  });
  terminal.warn(`Showcaller is serving on http://${settings.HOST}:${server.port} (health: /health). Ctrl-C stops it.`);
  if (record === undefined) {
    terminal.warn('Buttons are numbered anew from 1: press none shown before this start (SHOWCALLER_CONSOLE_RECORD keeps them).');
  }
  const desk = await openDesk(needs, { store, house, screen });
  let isStopping = false;
  const connecting = platforms.connect().then(() => {
    if (!isStopping) platforms.reach().map(reachLine).forEach(terminal.warn);
  });

  await stopAsked;
  isStopping = true;
  // In the order things come in: no new requests, then no new work, then what is in flight. What came over HTTP is answered by the
  // platforms after the server has closed, so they close after it.
  desk.close();
  await server.close();
  await platforms.close();
  await connecting;
  await waking.stop();
  await courier.stop();
  log.info('stopped');
}

function reachLine({ platform, kind, reason }: PlatformReach): string {
  const name = PLATFORM_NAMES[platform];
  if (kind === 'standby') return `${name} is connected by another process; this one stands by.`;
  return kind === 'connected'
    ? `${name} is connected.`
    : `${name} is not connected yet: ${reason ?? 'it did not answer'}. Trying on.`;
}

type WebNeeds = Pick<ServeNeeds, 'settings' | 'clock' | 'log' | 'port'> & {
  readonly store: Store;
  readonly metrics: Metrics;
  readonly platforms: Platforms;
  readonly door: FrontDoor;
};

function openWeb({ settings, store, clock, log, port, metrics, platforms, door }: WebNeeds): Promise<Server> {
  const token = settings.SHOWCALLER_METRICS_TOKEN;
  const routes = [
    ...intakeRoutes({
      store,
      log,
      onHeard: metrics.heard,
      shopifySecrets: settings.SHOPIFY_WEBHOOK_SECRET,
      intakeSecrets: settings.SHOWCALLER_INTAKE_SECRET,
      readShopify,
      readStandardWebhook,
    }),
    ...platforms.admit(door),
    healthRoute(() => healthOf(store, clock.now())),
    ...(token === undefined
      ? []
      : [metricsRoute({ token, page: () => metrics.page(() => standingOf(store, platforms.reach(), clock.now())) })]),
  ];
  return startServer({ port, host: settings.HOST, routes, clock, log, onAnswered: metrics.answered });
}

const OWN_WORDS = ['/as', '/in'];

type Screen = Omit<Parameters<typeof replyLines>[1], 'zone' | 'locale'>;

/** The console as a platform: people of the team type here. With several teams it is the first by its id. */
async function openDesk(
  { input, output, terminal }: ServeNeeds,
  { store, house, screen }: { store: Store; house: House; screen: Screen },
): Promise<{ readonly close: () => void }> {
  const noTeam = 'No team yet. In another terminal: npm start -- import examples/hoodie-run.yaml';
  let sitting: Sitting | null = await sitDown({ store, house, screen, terminal });
  if (sitting === null) terminal.warn(noTeam);

  async function onLine(line: string): Promise<void> {
    sitting ??= await sitDown({ store, house, screen, terminal }); // a plan may have been imported meanwhile
    if (sitting === null) return terminal.warn(noTeam);
    const [word = '', ...rest] = line.trim().split(/\s+/);
    if (word !== '/as' && word !== '/in') return sitting.desk.handle(line, sitting.seat);
    const moved = (word === '/as' ? sitAs : sitIn)(sitting.seat, rest.join(' '), await sitting.view());
    sitting = { ...sitting, seat: moved.seat };
    terminal.write(moved.line);
  }
  const prompt = (): string => (sitting === null ? '> ' : `${sitting.seat.account.accountId} #${sitting.seat.place.channel}> `);
  const complete = (line: string): Promise<readonly string[]> =>
    sitting === null
      ? Promise.resolve([])
      : completions({ line, seat: sitting.seat, teamId: sitting.teamId, suggest: house.door.suggest, words: OWN_WORDS });
  return connectConsole({ input, output, prompt, onLine, complete });
}

type Sitting = { readonly teamId: string; readonly desk: Desk; readonly seat: Seat; readonly view: () => Promise<TeamView> };

async function sitDown(needs: { store: Store; house: House; screen: Screen; terminal: Terminal }): Promise<Sitting | null> {
  const { store, house, screen, terminal } = needs;
  const [teamId] = await store.teamIds();
  if (teamId === undefined) return null;
  const { view } = store.team(teamId).team;
  const now = await view();
  const desk = createDesk({
    run: house.door.run,
    teamId,
    numbers: screen.numbers,
    show: (answer) => replyLines(answer, { ...screen, zone: now.zone, locale: now.locale }).forEach(terminal.write),
  });
  return { teamId, desk, seat: firstSeat(now), view };
}
