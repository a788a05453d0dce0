// From `node src/main.ts` to the first 200 of /health on a database of 1 GB, beside a bare server on the same file; and the memory at
// rest, alone and with Slack and Discord connected.
//   npm run bench:boot            (-- --rounds 5)
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openSqlite } from '../src/store/engine/sqlite.ts';
import { startFakeDiscord } from '../test/fakes/discord/index.ts';
import { startFakeSlack } from '../test/fakes/slack/index.ts';
import { addHistory } from './support/history.ts';
import { BENCH_SKUS, BENCH_TEAM, benchPlan } from './support/orders.ts';
import { run, startServing, type Serving } from './support/process.ts';

const ROOT = new URL('..', import.meta.url).pathname;
const MAIN = join(ROOT, 'src/main.ts');
const FLOOR = join(ROOT, 'bench/floor-boot.ts');
const COMPILED = join(ROOT, 'node_modules/.cache/showcaller');
const DATABASE_BYTES = 1e9;
const SHOWS_AT_ONCE = 25;
const READY_AIM_MS = 1_500;
const REST_AIM_MB = { none: 150, both: 320 };
// At rest: four looks a second apart within a megabyte of each other.
const LOOK_MS = 1_000;
const STEADY_LOOKS = 4;
const STEADY_MB = 1;
const LOOKS_MAX = 40;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);
const print = (line: string): void => console.log(line);
const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? NaN;
const verdict = (isReached: boolean): string => (isReached ? 'reached' : 'NOT reached');

/** A database of earlier shows, made once and kept in the temporary folder; migrations that came since are run at its first start. */
async function history(): Promise<string> {
  const folder = join(tmpdir(), 'showcaller-bench-boot');
  const file = join(folder, 'history.db');
  if (!existsSync(file)) {
    print(`Making ${file}, once: it is kept for the next run, and yours to delete.`);
    mkdirSync(folder, { recursive: true });
    const part = join(folder, 'part.db');
    for (const beside of ['', '-wal', '-shm']) rmSync(`${part}${beside}`, { force: true });
    const plan = join(folder, 'plan.yaml');
    writeFileSync(plan, benchPlan());
    await run([MAIN, 'import', plan], { DATABASE_URL: `file:${part}` });
    const engine = openSqlite(part);
    const nowMs = Date.now();
    for (let from = 0; statSync(part).size < DATABASE_BYTES; from += SHOWS_AT_ONCE) {
      await addHistory(engine, { teamId: BENCH_TEAM, skus: BENCH_SKUS, from, count: SHOWS_AT_ONCE, nowMs });
    }
    await engine.close();
    renameSync(part, file);
  }
  print(`Database: ${file}, ${(statSync(file).size / 1e6).toFixed(0)} MB.`);
  return file;
}

/** Takes the file out of the system's memory, as after the machine itself was started. */
function forget(file: string): void {
  execFileSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' });
}

async function start(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Serving & { tookMs: number }> {
  const startedMs = performance.now();
  const serving = await startServing(args, env);
  const { status } = await fetch(`http://127.0.0.1:${serving.port}/health`);
  if (status !== 200) throw new Error(`not ready: ${status}`);
  return { ...serving, tookMs: performance.now() - startedMs };
}

async function readyAfterMs(args: readonly string[], file: string): Promise<number> {
  forget(file);
  const serving = await start(args, { DATABASE_URL: `file:${file}`, PORT: '0' });
  await serving.stop();
  return serving.tookMs;
}

async function boot(file: string): Promise<void> {
  rmSync(COMPILED, { recursive: true, force: true });
  print(`The first start of a fresh checkout, nothing compiled: ${(await readyAfterMs([MAIN], file)).toFixed(0)} ms.`);
  const took = { ours: [] as number[], floor: [] as number[] };
  for (let round = 1; round <= rounds; round += 1) {
    took.ours.push(await readyAfterMs([MAIN], file));
    took.floor.push(await readyAfterMs([FLOOR, file], file));
    print(
      `  start ${round}: Showcaller ${took.ours.at(-1)?.toFixed(0)} ms | bare server ${took.floor.at(-1)?.toFixed(0)} ms, the file not in memory`,
    );
  }
  const [ours, floor] = [median(took.ours), median(took.floor)];
  print(
    `Ready after ${ours.toFixed(0)} ms (median), ${(ours / floor).toFixed(1)} times the floor's ${floor.toFixed(0)} ms; aim ${READY_AIM_MS} ms: ${verdict(ours <= READY_AIM_MS)}`,
  );
}

const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;

async function restMb(pid: number): Promise<number> {
  const seen: number[] = [];
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    await wait(LOOK_MS);
    seen.push(residentMb(pid));
    const last = seen.slice(-STEADY_LOOKS);
    if (last.length === STEADY_LOOKS && Math.max(...last) - Math.min(...last) < STEADY_MB) return Math.max(...last);
  }
  throw new Error(`memory did not come to rest: ${seen.map((mb) => mb.toFixed(0)).join(' ')}`);
}

async function memory(file: string): Promise<void> {
  const database = { DATABASE_URL: `file:${file}`, PORT: '0' };
  const alone = await start([MAIN], database);
  const none = await restMb(alone.pid);
  await alone.stop();
  const [slack, discord] = await Promise.all([startFakeSlack(), startFakeDiscord()]);
  const connected = await start([MAIN], {
    ...database,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    DISCORD_TOKEN: discord.token,
    DISCORD_GUILD_ID: discord.guildId,
    DISCORD_API_URL: discord.apiUrl,
  });
  while (slack.socketCount() === 0) await wait(50);
  await discord.until(() => discord.commands().length > 0);
  const both = await restMb(connected.pid);
  await connected.stop();
  await Promise.all([slack.stop(), discord.stop()]);
  print(`Memory at rest, no platform: ${none.toFixed(0)} MB; aim ${REST_AIM_MB.none} MB: ${verdict(none <= REST_AIM_MB.none)}`);
  print(
    `Memory at rest, Slack and Discord connected: ${both.toFixed(0)} MB; aim ${REST_AIM_MB.both} MB: ${verdict(both <= REST_AIM_MB.both)}`,
  );
}

const file = await history();
await boot(file);
await memory(file);
