import { existsSync, statSync } from 'node:fs';
import { backupSqlite, claimServing, inspectBackup, restoreSqlite, type BackupFault } from '../store/engine/sqlite-files.ts';
import type { Database } from './database.ts';
import type { ExitCode, Terminal } from './terminal.ts';

const POSTGRES_HINT = 'This database is PostgreSQL: use pg_dump and pg_restore.';

/** `backup FILE`: a consistent copy, also while Showcaller is serving. */
export async function backup(database: Database, to: string, { write, warn }: Terminal): Promise<ExitCode> {
  if (database.kind === 'postgres') return no(warn, POSTGRES_HINT);
  if (!existsSync(database.file)) return no(warn, `There is no database at ${database.file} yet. Import a plan first.`);
  if (existsSync(to)) return no(warn, `${to} exists already. Nothing was written; choose another name.`);
  let told = 0;
  await backupSqlite(database.file, to, ({ pages, pagesLeft }) => {
    const percent = Math.floor((100 * (pages - pagesLeft)) / Math.max(1, pages));
    if (percent >= told + 25) warn(`… ${percent} %`);
    told = Math.max(told, percent - (percent % 25));
  });
  write(`Backed up ${database.file} to ${to} (${Math.ceil(statSync(to).size / 1024)} KiB).`);
  return 0;
}

const FAULTS: Readonly<Record<BackupFault, string>> = {
  missing: 'is not there',
  'not-a-database': 'is not a database',
  damaged: 'is damaged; try an older backup',
  'not-showcaller': 'is a database, but not a backup of Showcaller',
};

/** `restore FILE`: puts a backup in the place of DATABASE_URL, which must be free unless `replace` moves the old one aside. */
export async function restore(
  database: Database,
  ask: { readonly from: string; readonly replace: boolean; readonly nowMs: number },
  { write, warn }: Terminal,
): Promise<ExitCode> {
  if (database.kind === 'postgres') return no(warn, POSTGRES_HINT);
  const fault = inspectBackup(ask.from);
  if (fault !== null) return no(warn, `${ask.from} ${FAULTS[fault]}. Nothing was changed.`);
  const { file } = database;
  if (existsSync(file) && !ask.replace) {
    return no(warn, `There is a database at ${file}. To restore over it, add --replace; the old one is kept beside it.`);
  }
  const serving = claimServing(file);
  if (serving.kind === 'taken') return no(warn, `Process ${serving.pid} is serving ${file}. Stop it first; nothing was changed.`);
  try {
    const aside = existsSync(file) ? `${file}.before-restore-${ask.nowMs}` : null;
    // A copy by SQLite itself, because the newest commits may still be in the file beside it.
    if (aside !== null) await backupSqlite(file, aside, () => undefined);
    restoreSqlite(ask.from, file, ask.nowMs);
    if (aside !== null) write(`The database that was there is kept as ${aside}.`);
  } finally {
    serving.release();
  }
  write(`Restored ${file} from ${ask.from}. Posts that went out before are looked for before anything is posted again.`);
  write(
    'The console finds its own only in its record: without SHOWCALLER_CONSOLE_RECORD it may show again what it showed before.',
  );
  return 0;
}

function no(warn: Terminal['warn'], line: string): ExitCode {
  warn(line);
  return 1;
}
