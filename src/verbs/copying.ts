import { unreachable } from '../domain/unreachable.ts';
import type { Compared, CopyAnswer, CopyAsk } from '../store/copy/copy.ts';
import type { Terminal } from './terminal.ts';

const PERCENT_STEP = 10;
const LONG_ROW_COUNT = 20_000; // fewer are copied before anybody wonders

/** Tells how far a copy has come, if it is a long one: a line for each tenth of it. */
export function progressLines(warn: Terminal['warn']): CopyAsk['onProgress'] {
  let told = 0;
  return ({ table, rowCount, totalRowCount }) => {
    const percent = Math.floor((100 * rowCount) / Math.max(1, totalRowCount));
    if (totalRowCount < LONG_ROW_COUNT || percent < told + PERCENT_STEP) return;
    told = percent - (percent % PERCENT_STEP);
    warn(`… ${told} % (${rowCount} of ${totalRowCount} rows; ${table})`);
  };
}

/** The proof, a line for each table: its rows and its checksum, which both sides agreed on. */
export function comparedLines(tables: readonly Compared[]): readonly string[] {
  const width = Math.max(...tables.map(({ table }) => table.length));
  const line = ({ table, source, target }: Compared): string => {
    const isEqual = source.rowCount === target.rowCount && source.checksum === target.checksum;
    const cells = [table.padEnd(width), String(source.rowCount).padStart(9), source.checksum.slice(0, 16)];
    return isEqual
      ? [...cells, 'equal'].join('  ')
      : [...cells, `NOT EQUAL: ${target.rowCount} rows, ${target.checksum.slice(0, 16)} arrived`].join('  ');
  };
  return [`${'table'.padEnd(width)}  ${'rows'.padStart(9)}  ${'checksum'.padEnd(16)}`, ...tables.map(line)];
}

/** How many rows all tables have together. */
export function rowCountOf(tables: readonly Compared[]): number {
  return tables.reduce((sum, { target }) => sum + target.rowCount, 0);
}

/** Why a copy came to nothing, a line each. `to` is what the target is called. */
export function whyNotCopied(
  answer: Exclude<CopyAnswer, { kind: 'copied' }>,
  { to }: { readonly to: string },
): readonly string[] {
  switch (answer.kind) {
    case 'no-such-team':
      return [
        answer.teamIds.length === 0
          ? 'There is no team in it. Nothing was changed.'
          : `There is no such team. Teams there: ${answer.teamIds.join(', ')}. Nothing was changed.`,
      ];
    case 'holds-team':
      return [`${to} has the team ${answer.teamIds.join(', ')} already. Nothing was changed.`];
    case 'unequal':
      return [
        ...comparedLines(answer.tables),
        `What arrived in ${to} is not what was read, so it was all taken back. Nothing was changed.`,
      ];
    case 'cannot-hold':
      return [
        `PostgreSQL cannot hold a text in ${answer.table} (${answer.key.join(', ')}): it has a NUL or half of a letter. Nothing was changed.`,
      ];
    default:
      return unreachable(answer);
  }
}
