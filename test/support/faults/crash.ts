import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { visibleText } from '../../fakes/slack/index.ts';
import { postsOf, reckon, type Reckoning } from './reckoning.ts';
import { connected, faultGround, openShow, type EngineKind, type Order, type Show } from './show.ts';
import { until } from './until.ts';

/** Loaded before the process's own code: names every boundary it reaches, and dies at CRASH_AT. */
export const BOUNDARIES = `--import=${new URL('../../faults/preload/boundaries.ts', import.meta.url).pathname}`;

/** HOODIE-M goes down past 20 %, then past 5 units and none at once; PIN stays quiet. */
const ORDERS: readonly Order[] = [
  { n: 1, sku: 'HOODIE-M', units: 33 },
  { n: 2, sku: 'PIN', units: 1 },
  { n: 3, sku: 'HOODIE-M', units: 9 },
];

// On PostgreSQL what a dead process had leased waits for its lease, 30 s.
const QUIET_WITHIN_MS = 90_000;

/** Where a process dies: at the `nth` time it reaches a boundary. */
export type CrashPoint = { readonly boundary: string; readonly nth: number };

export type Crash = Reckoning & {
  readonly point: CrashPoint | null;
  /** Whether it died there; what is not reached proves nothing. */
  readonly died: boolean;
  readonly tookMs: number;
};

type Ground = { readonly kind: EngineKind; readonly postgresUrl?: string | undefined };

/** Plays an evening with the process dying at a point (null: it lives), starts it again, and compares everything at the end. */
export async function crashAt(point: CrashPoint | null, ground: Ground, more: NodeJS.ProcessEnv = {}): Promise<Crash> {
  const startedMs = performance.now();
  await using show = await openShow({ ground: await faultGround(ground.kind, ground.postgresUrl) });
  makeTrouble(show);
  const dying = point === null ? {} : { CRASH_AT: point.boundary, CRASH_NTH: String(point.nth) };
  const keeper = keepServing(show, { NODE_OPTIONS: BOUNDARIES, ...dying, ...more });
  try {
    await keeper.started;
    for (const order of ORDERS)
      await until('the order to be taken', async () => (await show.order(order))?.status === 200, { withinMs: QUIET_WITHIN_MS });
    const answer = await pause(show, keeper.deaths);
    await until('every post to have gone', () => keeper.isServing() && allGone(show), { withinMs: QUIET_WITHIN_MS });
    const reckoning = await reckon(show);
    const faults = [
      ...reckoning.faults,
      ...(await pauseFaults(show, answer)),
      ...deathFaults(keeper.deaths(), point),
      ...keeper.failures(),
    ];
    return { ...reckoning, faults, point, died: keeper.deaths().length > 0, tookMs: performance.now() - startedMs };
  } finally {
    keeper.rest();
  }
}

/** Every boundary an evening reaches, each once, sorted; ticks of time and starting up are nobody's crash point. */
export async function boundariesOf(ground: Ground): Promise<{ readonly boundaries: readonly string[]; readonly crash: Crash }> {
  const folder = mkdtempSync(join(tmpdir(), 'showcaller-boundaries-'));
  const file = join(folder, 'boundaries.txt');
  try {
    const crash = await crashAt(null, ground, { BOUNDARIES_FILE: file });
    const reached = new Set(readFileSync(file, 'utf8').trim().split('\n'));
    return { crash, boundaries: [...reached].filter((one) => !one.startsWith('other:')).toSorted() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A rate limit, an answer that is lost, and a channel that takes nothing: so that every way of settling a post is gone. */
function makeTrouble({ slack, discord, cast }: Show): void {
  slack.weather.next('chat.postMessage', { kind: 'rate-limited', retryAfterSeconds: 1 }, { channel: cast.slack.channels.alerts });
  slack.weather.next('chat.postMessage', { kind: 'accept-then-lost' }, { channel: cast.slack.channels.host });
  discord.takePermission(cast.discord.channels.host, 'SEND_MESSAGES');
}

/** Starts the process, and again whenever it dies, as a supervisor does; the environment of its crash goes with its first life only. */
function keepServing(show: Show, firstLife: NodeJS.ProcessEnv) {
  const deaths: (NodeJS.Signals | null)[] = [];
  const failures: string[] = [];
  let isResting = false;
  let isServing = false;
  const live = async (env: NodeJS.ProcessEnv): Promise<void> => {
    isServing = false;
    await show.start(env, (signal) => {
      if (isResting) return;
      deaths.push(signal);
      // What cannot start again is missed by whoever waits for it; at the end of a case nobody does.
      void live({}).catch((fault: unknown) => void (isResting || failures.push(String(fault))));
    });
    isServing = show.isAlive();
  };
  return {
    started: live(firstLife),
    deaths: (): readonly (NodeJS.Signals | null)[] => deaths,
    failures: (): readonly string[] => failures,
    isServing: () => isServing && show.isAlive(),
    rest: () => void (isResting = true),
  };
}

/** Types `/pause` as often as it takes until it is answered. */
async function pause(show: Show, deaths: () => readonly unknown[]): Promise<string> {
  const { slack, cast } = show;
  for (let tries = 0; tries < 5; tries += 1) {
    await connected(show);
    const before = deaths().length;
    const act = await slack.slash(cast.slack.people.priya, cast.slack.channels.team, '/pause all misprint');
    const answered = act.acked
      ? act.answer().then(
          (answer) => visibleText(answer),
          () => null,
        )
      : Promise.resolve(null);
    const died = until('death', () => deaths().length > before, { withinMs: 10_000 }).then(
      () => null,
      () => null,
    );
    const text = await Promise.race([answered, died]);
    if (text !== null) return text;
  }
  throw new Error('/pause was never answered');
}

async function allGone({ engine }: Show): Promise<boolean> {
  return (await postsOf(engine)).every(({ state }) => state !== 'waiting');
}

async function pauseFaults({ engine }: Show, answer: string): Promise<readonly string[]> {
  const pauses = await engine.read((db) => db.select().from(engine.tables.pauses));
  return [
    ...(pauses.length === 1 ? [] : [`there are ${pauses.length} pauses`]),
    ...(/paused/iu.test(answer) ? [] : [`/pause was answered: ${answer}`]),
  ];
}

function deathFaults(deaths: readonly (NodeJS.Signals | null)[], point: CrashPoint | null): readonly string[] {
  const own = deaths.filter((signal) => signal !== 'SIGKILL').map((signal) => `it died by itself (${signal ?? 'exit'})`);
  return deaths.length > (point === null ? 0 : 1) ? [...own, `it died ${deaths.length} times`] : own;
}
