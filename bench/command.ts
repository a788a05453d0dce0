// `/stock` of 60 items over Slack HTTP and Discord HTTP, signatures checked, against apps that do nothing else, in turns:
//   acknowledged: received → acknowledged at a pace people type, against an app that only acknowledges (the target: 0.7 of its time)
//   answered: commands a second, each waiting for its answer at the platform's API, against an app that hands over a ready-made one
//   under load: both, while a thousand orders a second arrive (p99 of the acknowledgement: 20 ms on a quiet machine)
//   npm run bench:command            (-- --rounds 3, or --profile)
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { COMMAND_TEAM, GUILD, PUBLIC_KEY_HEX, SIGNING_SECRET, commandPlan, type Chat } from './support/commands.ts';
import { BENCH_SECRET } from './support/orders.ts';
import { openPlatform } from './support/platform.ts';
import { sharesOf } from './support/profile.ts';
import { run, startServing, type Serving } from './support/process.ts';

const ROOT = new URL('..', import.meta.url).pathname;
const MAIN = join(ROOT, 'src/main.ts');
const AIM = 0.7;
const WARM_UP = 400;
const TYPED_PER_SECOND = 50;
const TYPED = 250;
const ANSWERED = 600;
const CONNECTIONS = 16;
const ORDERS_PER_SECOND = 1_000;
const ORDER_SECONDS = 8;
const TYPED_UNDER_LOAD = 300; // six seconds of the eight

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, profile: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
const folder = mkdtempSync(join(tmpdir(), 'showcaller-bench-'));
const platform = await openPlatform();

const print = (line: string): void => console.log(line);
const share = (list: readonly number[], part: number): number =>
  list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(part * list.length))] ?? NaN;
const median = (list: readonly number[]): number => share(list, 0.5);
const spread = (list: readonly number[]): string => `p50 ${share(list, 0.5).toFixed(2)} p99 ${share(list, 0.99).toFixed(2)} ms`;

async function openOurs(flags: readonly string[] = []): Promise<Serving> {
  const planFile = join(folder, 'bench.yaml');
  const database = { DATABASE_URL: `file:${join(folder, 'ours.db')}` };
  writeFileSync(planFile, commandPlan());
  await run([MAIN, 'import', planFile], database);
  return startServing([...flags, MAIN], {
    ...database,
    PORT: '0',
    SLACK_BOT_TOKEN: 'xoxb-bench',
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
    SLACK_API_URL: `${platform.url}/api/`,
    DISCORD_TOKEN: 'bench',
    DISCORD_PUBLIC_KEY: PUBLIC_KEY_HEX,
    DISCORD_GUILD_ID: GUILD,
    DISCORD_API_URL: `${platform.url}/api`,
    SHOPIFY_WEBHOOK_SECRET: `${COMMAND_TEAM}=${BENCH_SECRET}`,
  });
}

const openFloor = (chat: Chat, ...answer: readonly string[]): Promise<Serving> =>
  startServing([join(ROOT, 'bench/floor-command.ts'), chat, platform.url, PUBLIC_KEY_HEX, ...answer], {});

async function acknowledged(chat: Chat, ours: Serving, floor: Serving): Promise<void> {
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const a = await platform.send(chat, ours.port, TYPED, { perSecond: TYPED_PER_SECOND });
    const b = await platform.send(chat, floor.port, TYPED, { perSecond: TYPED_PER_SECOND }, false);
    const ratio = median(b.ackedMs) / median(a.ackedMs);
    ratios.push(ratio);
    print(
      `  acknowledged, run ${round}: Showcaller ${spread(a.ackedMs)} | floor ${spread(b.ackedMs)} | ratio ${ratio.toFixed(2)}`,
    );
    print(`      the answer reached the platform's API after ${spread(a.answeredMs)}`);
  }
  const ratio = median(ratios);
  print(`  acknowledged: median ratio ${ratio.toFixed(2)} (aim ${AIM}): ${ratio >= AIM ? 'reached' : 'NOT reached'}`);
}

async function answered(chat: Chat, ours: Serving, floor: Serving): Promise<void> {
  const ratios: number[] = [];
  const pace = { after: 'answer', connections: CONNECTIONS } as const;
  for (let round = 1; round <= rounds; round += 1) {
    const a = await platform.send(chat, ours.port, ANSWERED, pace);
    const b = await platform.send(chat, floor.port, ANSWERED, pace);
    const perSecond = [a, b].map(({ tookMs }) => (ANSWERED / tookMs) * 1000);
    const ratio = b.tookMs / a.tookMs;
    ratios.push(ratio);
    const [oursRate = NaN, floorRate = NaN] = perSecond;
    print(
      `  answered, run ${round}: Showcaller ${oursRate.toFixed(0)}/s | floor with a ready answer ${floorRate.toFixed(0)}/s | ratio ${ratio.toFixed(2)}`,
    );
  }
  print(`  answered: median ratio ${median(ratios).toFixed(2)}`);
}

/** The rate of acknowledging alone, when nobody waits for answers: what the floor does nothing but. */
async function burst(chat: Chat, ours: Serving, floor: Serving): Promise<void> {
  const pace = { after: 'ack', connections: CONNECTIONS } as const;
  const a = await platform.send(chat, ours.port, ANSWERED, pace);
  const lastAckMs = Math.max(...a.ackedMs);
  const b = await platform.send(chat, floor.port, ANSWERED, pace, false);
  print(
    `  a burst of ${ANSWERED}: Showcaller acknowledges within ${spread(a.ackedMs)} (longest ${lastAckMs.toFixed(1)}) while it answers, all in ${a.tookMs.toFixed(0)} ms; ` +
      `the floor only acknowledges, ${((ANSWERED / b.tookMs) * 1000).toFixed(0)}/s`,
  );
}

async function underLoad(chat: Chat, ours: Serving, from: number): Promise<void> {
  const orders = run([join(ROOT, 'bench/support/pace.ts'), ...[ours.port, ORDERS_PER_SECOND, ORDER_SECONDS, from].map(String)]);
  await new Promise((resolve) => setTimeout(resolve, 1_500)); // until the orders flow
  const typed = await platform.send(chat, ours.port, TYPED_UNDER_LOAD, { perSecond: TYPED_PER_SECOND });
  print(
    `  with ${ORDERS_PER_SECOND} orders a second: acknowledged ${spread(typed.ackedMs)}, answered ${spread(typed.answeredMs)}`,
  );
  print(`      orders: ${(await orders).trim()}`);
}

/** Where the time of answering goes. */
async function profile(): Promise<void> {
  for (const chat of ['slack', 'discord'] as const) {
    const profiles = join(folder, `profiles-${chat}`);
    mkdirSync(profiles);
    const ours = await openOurs(['--cpu-prof', '--cpu-prof-dir', profiles]);
    await platform.send(chat, ours.port, WARM_UP + ANSWERED, { after: 'answer', connections: CONNECTIONS });
    await ours.stop();
    print(`${chat}: where the time goes (busy time of the serving process, its start included)`);
    for (const { where, percent } of sharesOf(profiles).filter((share) => share.percent >= 1)) {
      print(`  ${percent.toFixed(1).padStart(5)} %  ${where}`);
    }
  }
}

async function compare(): Promise<void> {
  const ours = await openOurs();
  for (const [at, chat] of (['slack', 'discord'] as const).entries()) {
    print(`${chat}: /stock of 60 items`);
    await platform.send(chat, ours.port, WARM_UP, { after: 'answer', connections: CONNECTIONS });
    const answerFile = join(folder, `${chat}.json`);
    writeFileSync(answerFile, platform.lastBody());
    print(`  an answer is ${platform.lastBody().length} bytes`);
    const only = await openFloor(chat);
    await platform.send(chat, only.port, WARM_UP, { after: 'ack', connections: CONNECTIONS }, false);
    await acknowledged(chat, ours, only);
    await burst(chat, ours, only);
    await only.stop();
    const ready = await openFloor(chat, answerFile);
    await platform.send(chat, ready.port, WARM_UP, { after: 'answer', connections: CONNECTIONS });
    await answered(chat, ours, ready);
    await ready.stop();
    await underLoad(chat, ours, 1 + at * ORDERS_PER_SECOND * ORDER_SECONDS);
  }
  await ours.stop();
}

try {
  await (values.profile ? profile() : compare());
} finally {
  platform.close();
  rmSync(folder, { recursive: true, force: true });
}
