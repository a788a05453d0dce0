import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';

/** What came of asking to be the one serving process of a file. */
export type Serving =
  | { readonly kind: 'serving'; readonly release: () => void }
  | { readonly kind: 'taken'; readonly pid: string };

/**
 * Claims a database file for one serving process. The claim is a lock the system drops when the process dies, however it dies,
 * so nothing has to be cleaned up after a crash; the pid beside it is only for the message.
 */
export function claimServing(file: string): Serving {
  const lock = new Database(`${file}-serving`, { timeout: 0 });
  const pidFile = `${file}-serving.pid`;
  try {
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    return { kind: 'taken', pid: existsSync(pidFile) ? readFileSync(pidFile, 'utf8').trim() : 'unknown' };
  }
  writeFileSync(pidFile, `${process.pid}\n`);
  return {
    kind: 'serving',
    release() {
      rmSync(pidFile, { force: true });
      lock.exec('ROLLBACK');
      lock.close();
    },
  };
}

/** Writes a consistent copy of a database that may be serving meanwhile. Answers the copy's size in bytes. */
export async function backupSqlite(
  file: string,
  to: string,
  onProgress: (done: { readonly pagesLeft: number; readonly pages: number }) => void,
): Promise<void> {
  const source = new Database(file, { readonly: true, fileMustExist: true });
  try {
    // Into a neighbour first: a backup that was cut short must not look like a backup.
    const part = `${to}.part`;
    await source.backup(part, {
      progress({ totalPages, remainingPages }) {
        onProgress({ pages: totalPages, pagesLeft: remainingPages });
        return 1_000;
      },
    });
    sealSqlite(part, to);
  } finally {
    source.close();
  }
}

/** Makes a closed database one file that needs none beside it, and gives it its name. */
export function sealSqlite(part: string, file: string): void {
  const sealing = new Database(part);
  sealing.pragma('journal_mode = DELETE');
  sealing.close();
  renameSync(part, file);
}

/** Takes a closed database away, if it is there. */
export function removeSqlite(file: string): void {
  for (const beside of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${beside}`, { force: true });
}

export type BackupFault = 'missing' | 'not-a-database' | 'damaged' | 'not-showcaller';

/** Whether a file is a sound backup of ours. */
export function inspectBackup(file: string): BackupFault | null {
  if (!existsSync(file)) return 'missing';
  let copy: Database.Database | null = null;
  try {
    copy = new Database(file, { readonly: true, fileMustExist: true });
    if (copy.pragma('quick_check', { simple: true }) !== 'ok') return 'damaged';
    const ours = copy.prepare(
      "select count(*) as n from sqlite_master where type = 'table' and name in ('teams', 'movements', 'posts')",
    );
    return (ours.get() as { n: number }).n === 3 ? null : 'not-showcaller';
  } catch {
    return 'not-a-database';
  } finally {
    copy?.close();
  }
}

/**
 * Puts a backup in a database's place, whole or not at all. What was posted after the backup is not in it, so every team is
 * marked restored: until the mark ages, each first post is looked for on its platform before it is sent, and posts that were
 * under way count as possibly sent.
 */
export function restoreSqlite(backup: string, file: string, nowMs: number): void {
  const part = `${file}.restoring`;
  copyFileSync(backup, part);
  const copy = new Database(part);
  copy.pragma('journal_mode = DELETE');
  const mark = copy.transaction(() => {
    copy.prepare('update teams set restored_at_ms = ?').run(nowMs);
    copy.prepare("update posts set in_doubt = 1, lease_worker = null, lease_until_ms = null where state = 'waiting'").run();
  });
  mark();
  copy.close();
  for (const beside of ['-wal', '-shm']) rmSync(`${file}${beside}`, { force: true });
  renameSync(part, file);
}
