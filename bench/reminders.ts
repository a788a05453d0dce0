// A hundred thousand reminders ahead, beside none at all: what they cost a process to start, to keep and to wait for.
//   npm run bench:reminders            (-- --reminders 100000)
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { BENCH_TEAM, benchPlan } from './support/orders.ts';
import { run, startServing } from './support/process.ts';

const MAIN = new URL('../src/main.ts', import.meta.url).pathname;
const IDLE_MS = 30_000;
const SETTLE_MS = 8_000;
const DUE_IN_MS = 5_000;
const TICKS_PER_SECOND = 100; // of /proc: Linux counts processor time in hundredths

const { values } = parseArgs({ options: { reminders: { type: 'string', default: '100000' } } });
const reminderCount = Number(values.reminders);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Milestones due over the next ten years, as an import writes them: to be looked at by the first tick. */
function addMilestones(file: string, count: number): void {
  const db = new Database(file);
  const add = db.prepare(
    `insert into milestones (team_id, id, drop_id, name, owner_person_id, due_day, zone, look_at_ms)
     values (?, ?, ?, ?, 'maya', ?, 'America/New_York', 0)`,
  );
  const fromMs = Date.now() + 30 * 86_400_000;
  db.transaction(() => {
    for (let index = 0; index < count; index += 1) {
      const dueDay = new Date(fromMs + (index % 3_650) * 86_400_000).toISOString().slice(0, 10);
      add.run(BENCH_TEAM, `far-${index}`, BENCH_TEAM, `Far step ${index}`, dueDay);
    }
  })();
  db.close();
}

function unlookedCount(file: string): number {
  const db = new Database(file, { readonly: true });
  const count = db.prepare('select count(*) from milestones where look_at_ms = 0').pluck().get() as number;
  db.close();
  return count;
}

type Cost = { readonly bootMs: number; readonly restMb: number; readonly cpuPercent: number; readonly lateMs: number };

/** Starts for real, rests, is watched doing nothing, and is told of one reminder that is due in a moment. */
async function costOf(file: string): Promise<Cost> {
  const startMs = performance.now();
  const env = { DATABASE_URL: `file:${file}`, PORT: '0', SHOWCALLER_CONSOLE_RECORD: `${file}.record` };
  const serving = await startServing([MAIN], env);
  const bootMs = performance.now() - startMs;
  const pid = readFileSync(`${file}-serving.pid`, 'utf8').trim();
  await sleep(SETTLE_MS);
  const before = processorSeconds(pid);
  await sleep(IDLE_MS);
  const cpuPercent = ((processorSeconds(pid) - before) / (IDLE_MS / 1_000)) * 100;
  const restMb = Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
  const lateMs = await latenessMs(file);
  await serving.stop();
  return { bootMs, restMb, cpuPercent, lateMs };
}

function processorSeconds(pid: string): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** A snooze that ends in a moment is a reminder whose instant we may choose. */
async function latenessMs(file: string): Promise<number> {
  const db = new Database(file);
  const dueMs = Date.now() + DUE_IN_MS;
  db.prepare('update milestones set snoozed_until_ms = ?, look_at_ms = 0 where id = ?').run(dueMs, 'far-0');
  const posted = db.prepare("select created_at_ms from posts where key = 'reminder:far-0' order by created_at_ms desc").pluck();
  for (;;) {
    const atMs = posted.get() as number | undefined;
    if (atMs !== undefined && atMs >= dueMs) {
      db.close();
      return atMs - dueMs;
    }
    await sleep(50);
  }
}

/** The work an upgrade or an import leaves for the first ticks, outside of what is measured. */
async function lookAtAll(file: string): Promise<void> {
  const serving = await startServing([MAIN], { DATABASE_URL: `file:${file}`, PORT: '0' });
  const startMs = performance.now();
  while (unlookedCount(file) > 0) await sleep(100);
  console.log(`The first look at ${reminderCount} new milestones took ${((performance.now() - startMs) / 1_000).toFixed(1)} s.`);
  await serving.stop();
}

const folder = mkdtempSync(join(tmpdir(), 'showcaller-reminders-'));
try {
  const planFile = join(folder, 'bench.yaml');
  writeFileSync(planFile, benchPlan());
  const costs: Cost[] = [];
  for (const count of [1, reminderCount]) {
    const file = join(folder, `${count}.db`);
    await run([MAIN, 'import', planFile], { DATABASE_URL: `file:${file}` });
    addMilestones(file, count);
    if (count > 1) await lookAtAll(file);
    costs.push(await costOf(file));
  }
  const [floor, ours] = costs;
  if (floor === undefined || ours === undefined) throw new Error('nothing was measured');
  const judge = (what: string, reached: boolean): void => console.log(`  ${what}: ${reached ? 'reached' : 'NOT reached'}`);
  const perReminderBytes = ((ours.restMb - floor.restMb) * 1_048_576) / reminderCount;
  console.log(`${reminderCount} reminders ahead, beside one:`);
  judge(
    `start ${ours.bootMs.toFixed(0)} ms, ${(ours.bootMs / floor.bootMs).toFixed(2)} of it with one (to reach 1,000 ms)`,
    ours.bootMs <= 1_000,
  );
  judge(
    `at rest ${ours.restMb.toFixed(0)} MB, with one ${floor.restMb.toFixed(0)} MB: ${perReminderBytes.toFixed(0)} bytes each (to reach: under 100)`,
    perReminderBytes < 100,
  );
  judge(
    `idle ${ours.cpuPercent.toFixed(2)} % of a processor, with one ${floor.cpuPercent.toFixed(2)} % (to reach 1 %)`,
    ours.cpuPercent < 1,
  );
  judge(`late ${ours.lateMs} ms, with one ${floor.lateMs} ms (to reach 1,000 ms)`, ours.lateMs <= 1_000);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
