import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import { openSqlite } from '../engine/sqlite.ts';
import { removeSqlite, restoreSqlite, sealSqlite } from '../engine/sqlite-files.ts';
import { copyTeams, type CopyAnswer, type CopyAsk } from './copy.ts';

type Progress = CopyAsk['onProgress'];

/**
 * Writes everything an engine holds, as of one moment, into a new SQLite file: the one form backups have, whatever they are of, so
 * that each can be put in the place of either engine. What was posted is in it as it stood.
 */
export async function backupInto(source: Engine, to: string, onProgress: Progress): Promise<CopyAnswer> {
  // Into a neighbour first: a backup that was cut short must not look like a backup.
  const part = `${to}.part`;
  removeSqlite(part);
  const target = openSqlite(part);
  let answer: CopyAnswer | null = null;
  try {
    answer = await copyTeams({ source, target, teamId: null, replace: false, takeOver: false, onProgress });
  } finally {
    await target.close();
    if (answer?.kind !== 'copied') removeSqlite(part);
  }
  if (answer.kind === 'copied') sealSqlite(part, to);
  return answer;
}

/**
 * Puts a backup in the place of everything an engine holds, whole or not at all, and compares both. As with a file, every team is
 * marked restored and what was under way counts as possibly sent: the marks are made in a copy of the backup, which stays as it is.
 */
export async function restoreInto(
  target: Engine,
  { from, nowMs, onProgress }: { readonly from: string; readonly nowMs: number; readonly onProgress: Progress },
): Promise<CopyAnswer> {
  const folder = mkdtempSync(join(tmpdir(), 'showcaller-restore-'));
  try {
    const copy = join(folder, 'restoring.db');
    restoreSqlite(from, copy, nowMs);
    const source = openSqlite(copy); // a backup of an older version becomes one of this version
    try {
      return await copyTeams({ source, target, teamId: null, replace: true, takeOver: false, onProgress });
    } finally {
      await source.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
