import { existsSync, realpathSync } from 'node:fs';
import { copyTeams, type CopyAnswer } from '../store/copy/copy.ts';
import { removeSqlite } from '../store/engine/sqlite-files.ts';
import { comparedLines, progressLines, rowCountOf, whyNotCopied } from './copying.ts';
import { assertFolder, claimAlone, databaseOf, nameOf, openEngine, type Database } from './database.ts';
import { Refused } from './refused.ts';
import type { ExitCode, Terminal } from './terminal.ts';

export type MoveAsk = { readonly from: string; readonly to: string; readonly team: string | null };

/**
 * `move FROM TO`: copies every team, or one, from one database to another and proves that both hold the same. Neither may be serving
 * meanwhile: a message sent by the old one after the copy was taken would be sent again by the new one.
 */
export async function move(ask: MoveAsk, terminal: Terminal): Promise<ExitCode> {
  const from = databaseAt(ask.from);
  const to = databaseAt(ask.to);
  if (isSame(from, to)) throw new Refused('FROM and TO are the same database. Nothing was changed.');
  if (from.kind === 'sqlite' && !existsSync(from.file)) throw new Refused(`There is no database at ${from.file}.`);
  assertFolder(to);
  const source = await claimAlone(from);
  if (source.kind === 'served') return served(terminal, source.by, from);
  try {
    const target = await claimAlone(to);
    if (target.kind === 'served') return served(terminal, target.by, to);
    try {
      const answer = await copy(ask, { from, to, warn: terminal.warn });
      if (answer.kind === 'copied') return told(terminal, answer, { from, to });
      whyNotCopied(answer, { to: nameOf(to) }).forEach(terminal.warn);
      return 1;
    } finally {
      await target.release();
    }
  } finally {
    await source.release();
  }
}

function databaseAt(url: string): Database {
  if (/^(file:.+|postgres(ql)?:\/\/.+)$/.test(url)) return databaseOf(url);
  throw new Refused('FROM and TO are like file:showcaller.db or postgres://user@host/database.');
}

function isSame(one: Database, other: Database): boolean {
  if (one.kind === 'sqlite' && other.kind === 'sqlite') return realFile(one.file) === realFile(other.file);
  return one.kind === 'postgres' && other.kind === 'postgres' && nameOf(one) === nameOf(other);
}

/** The file itself, whatever links lead to it. */
function realFile(file: string): string {
  return existsSync(file) ? realpathSync(file) : file;
}

async function copy(
  { team }: MoveAsk,
  { from, to, warn }: { readonly from: Database; readonly to: Database; readonly warn: Terminal['warn'] },
): Promise<CopyAnswer> {
  const isNew = to.kind === 'sqlite' && !existsSync(to.file);
  const source = await openEngine(from);
  let answer: CopyAnswer | null = null;
  try {
    const target = await openEngine(to);
    try {
      const onProgress = progressLines(warn);
      answer = await copyTeams({ source, target, teamId: team, replace: false, takeOver: true, onProgress });
      return answer;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
    if (isNew && answer?.kind !== 'copied') removeSqlite(to.file);
  }
}

function served({ warn }: Terminal, by: string, database: Database): ExitCode {
  warn(`${by} is serving ${nameOf(database)}. Stop it first; nothing was changed.`);
  return 1;
}

function told(
  { write }: Terminal,
  { teamIds, tables }: Extract<CopyAnswer, { kind: 'copied' }>,
  { from, to }: { readonly from: Database; readonly to: Database },
): ExitCode {
  comparedLines(tables).forEach(write);
  write(`Moved ${teamIds.join(', ')} from ${nameOf(from)} to ${nameOf(to)}: ${rowCountOf(tables)} rows, equal on both sides.`);
  write('Now set DATABASE_URL to the new one, and start. The old one is as it was: keep it as a backup, and serve it no more,');
  write('or channels hear everything twice.');
  return 0;
}
