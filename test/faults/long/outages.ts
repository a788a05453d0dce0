import Database from 'better-sqlite3';
import { limitFileSize } from '../../support/faults/disk.ts';
import { openGate } from '../../support/faults/gate.ts';
import { sitOut } from '../../support/faults/outage.ts';
import type { Reckoning } from '../../support/faults/reckoning.ts';
import { faultGround, openShow, sqliteGround } from '../../support/faults/show.ts';
import { stopFor } from '../../support/faults/stopped.ts';

const HALF_A_MINUTE_MS = 30_000;
const FIVE_MINUTES_MS = 5 * 60_000;

/** What `npm test` does for some seconds, at its full length. Those of PostgreSQL only where one is named. */
export function outages(postgresUrl: string | undefined): ReadonlyMap<string, () => Promise<Reckoning>> {
  const onSqlite = [
    ['outage: another process holds the database for 30 s', locked],
    ['outage: no file may grow for 30 s', full],
    ['outage: stopped for 5 minutes (SIGSTOP)', stopped],
  ] as const;
  const onPostgres = [
    ['outage: PostgreSQL gone for 30 s', () => away(postgresUrl ?? '', 'shut')],
    ['outage: PostgreSQL stands still for 30 s', () => away(postgresUrl ?? '', 'freeze')],
  ] as const;
  return new Map<string, () => Promise<Reckoning>>([...onSqlite, ...(postgresUrl === undefined ? [] : onPostgres)]);
}

async function locked(): Promise<Reckoning> {
  const ground = sqliteGround();
  await using show = await openShow({ ground });
  const other = new Database(ground.url.replace('file:', ''));
  const outage = await sitOut(show, {
    begin: () => void other.exec('BEGIN EXCLUSIVE'),
    end: () => void other.exec('ROLLBACK'),
    lastsMs: HALF_A_MINUTE_MS,
  });
  other.close();
  return judged(outage);
}

async function full(): Promise<Reckoning> {
  await using show = await openShow({ ground: sqliteGround() });
  const pid = (): number => show.process().process.pid ?? 0;
  const begin = (): void => limitFileSize(pid(), 1);
  return judged(await sitOut(show, { begin, end: () => limitFileSize(pid(), 'unlimited'), lastsMs: HALF_A_MINUTE_MS }));
}

async function away(postgresUrl: string, how: 'shut' | 'freeze'): Promise<Reckoning> {
  const ground = await faultGround('postgres', postgresUrl);
  await using gate = await openGate(ground.url);
  await using show = await openShow({ ground: { ...ground, url: gate.url } });
  return judged(await sitOut(show, { begin: gate[how], end: gate.open, lastsMs: HALF_A_MINUTE_MS }));
}

async function stopped(): Promise<Reckoning> {
  await using show = await openShow({ ground: sqliteGround() });
  await show.start();
  const came = await stopFor(show, { stoppedMs: FIVE_MINUTES_MS, standsForMs: FIVE_MINUTES_MS, clock: null });
  const told = came.resumedTold === 1 ? [] : [`the end of the pause was told ${came.resumedTold} times`];
  return { ...came, faults: [...came.faults, ...told, ...came.doubled.map((text) => `shown twice: ${text}`)] };
}

/** An order that was neither taken nor told to come again, and a command that nobody acknowledged, are faults too. */
function judged(outage: Awaited<ReturnType<typeof sitOut>>): Reckoning {
  const unanswered = outage.answers.filter((text) => text === 'the app did not respond' || text === 'no answer came');
  return { ...outage, faults: [...outage.faults, ...outage.otherwise, ...unanswered] };
}
