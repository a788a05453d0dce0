import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { backupInto, restoreInto } from '../store/copy/backup.ts';
import type { CopyAnswer } from '../store/copy/copy.ts';
import { teamIdsIn } from '../store/copy/rows.ts';
import type { Engine } from '../store/engine/engine.ts';
import { backupSqlite, inspectBackup, restoreSqlite, type BackupFault } from '../store/engine/sqlite-files.ts';
import { progressLines, rowCountOf, whyNotCopied } from './copying.ts';
import { claimAlone, nameOf, openEngine, type Database } from './database.ts';
import type { ExitCode, Terminal } from './terminal.ts';

type File = Extract<Database, { kind: 'sqlite' }>;
type Server = Extract<Database, { kind: 'postgres' }>;

/** `backup FILE`: a consistent copy, also while Showcaller is serving. A SQLite file, whatever the database is. */
export async function backup(database: Database, to: string, terminal: Terminal): Promise<ExitCode> {
  const { write, warn } = terminal;
  if (database.kind === 'sqlite' && !existsSync(database.file)) {
    return no(warn, `There is no database at ${database.file} yet. Import a plan first.`);
  }
  if (existsSync(to)) return no(warn, `${to} exists already. Nothing was written; choose another name.`);
  if (database.kind === 'postgres') {
    const answer = await withEngine(database, (engine) => backupInto(engine, to, progressLines(warn)));
    if (answer.kind !== 'copied') return notCopied(warn, answer, to);
  } else {
    await backupFile(database, to, warn);
  }
  write(`Backed up ${nameOf(database)} to ${to} (${Math.ceil(statSync(to).size / 1024)} KiB).`);
  return 0;
}

async function backupFile({ file }: File, to: string, warn: Terminal['warn']): Promise<void> {
  let told = 0;
  await backupSqlite(file, to, ({ pages, pagesLeft }) => {
    const percent = Math.floor((100 * (pages - pagesLeft)) / Math.max(1, pages));
    if (percent >= told + 25) warn(`… ${percent} %`);
    told = Math.max(told, percent - (percent % 25));
  });
}

const FAULTS: Readonly<Record<BackupFault, string>> = {
  missing: 'is not there',
  'not-a-database': 'is not a database',
  damaged: 'is damaged; try an older backup',
  'not-showcaller': 'is a database, but not a backup of Showcaller',
};

export type RestoreAsk = { readonly from: string; readonly replace: boolean; readonly nowMs: number };

/** `restore FILE`: puts a backup in the place of DATABASE_URL, which must be free unless `replace` moves the old one aside. */
export async function restore(database: Database, ask: RestoreAsk, terminal: Terminal): Promise<ExitCode> {
  const { write, warn } = terminal;
  const fault = inspectBackup(ask.from);
  if (fault !== null) return no(warn, `${ask.from} ${FAULTS[fault]}. Nothing was changed.`);
  const isThere = database.kind === 'postgres' ? await withEngine(database, holdsTeams) : existsSync(database.file);
  if (isThere && !ask.replace) {
    return no(
      warn,
      `There is a database at ${nameOf(database)}. To restore over it, add --replace; the old one is kept beside it.`,
    );
  }
  const claim = await claimAlone(database);
  if (claim.kind === 'served') return no(warn, `${claim.by} is serving ${nameOf(database)}. Stop it first; nothing was changed.`);
  try {
    const code =
      database.kind === 'postgres' ? await restoreServer(database, ask, terminal) : await restoreFile(database, ask, terminal);
    if (code !== 0) return code;
  } finally {
    await claim.release();
  }
  write(
    `Restored ${nameOf(database)} from ${ask.from}. Posts that went out before are looked for before anything is posted again.`,
  );
  write(
    'The console finds its own only in its record: without SHOWCALLER_CONSOLE_RECORD it may show again what it showed before.',
  );
  return 0;
}

async function restoreFile({ file }: File, { from, nowMs }: RestoreAsk, { write }: Terminal): Promise<ExitCode> {
  const aside = existsSync(file) ? `${file}.before-restore-${nowMs}` : null;
  // A copy by SQLite itself, because the newest commits may still be in the file beside it.
  if (aside !== null) await backupSqlite(file, aside, () => undefined);
  restoreSqlite(from, file, nowMs);
  if (aside !== null) write(`The database that was there is kept as ${aside}.`);
  return 0;
}

/** A server's database has no place beside it, so what was there becomes a backup beside the one that is restored. */
function restoreServer(database: Server, { from, nowMs }: RestoreAsk, { write, warn }: Terminal): Promise<ExitCode> {
  return withEngine(database, async (engine) => {
    if (await holdsTeams(engine)) {
      const aside = join(dirname(from), `${basename(new URL(database.url).pathname)}.before-restore-${nowMs}`);
      const kept = await backupInto(engine, aside, progressLines(warn));
      if (kept.kind !== 'copied') return notCopied(warn, kept, aside);
      write(`The database that was there is kept as ${aside}, a backup.`);
    }
    const answer = await restoreInto(engine, { from, nowMs, onProgress: progressLines(warn) });
    if (answer.kind !== 'copied') return notCopied(warn, answer, nameOf(database));
    write(`${rowCountOf(answer.tables)} rows in ${answer.tables.length} tables, equal on both sides.`);
    return 0;
  });
}

async function withEngine<T>(database: Database, work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await openEngine(database);
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

function holdsTeams(engine: Engine): Promise<boolean> {
  return engine.read(async (db) => (await teamIdsIn(engine, db)).length > 0);
}

function notCopied(warn: Terminal['warn'], answer: Exclude<CopyAnswer, { kind: 'copied' }>, to: string): ExitCode {
  whyNotCopied(answer, { to }).forEach(warn);
  return 1;
}

function no(warn: Terminal['warn'], line: string): ExitCode {
  warn(line);
  return 1;
}
