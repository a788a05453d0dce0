import { exportTeam } from '../store/export.ts';
import type { Engine } from '../store/engine/engine.ts';
import type { ExitCode, Terminal } from './terminal.ts';

/** `export`: every row of one team (or of each) as JSON lines, one `{ table, row }` a line, from one snapshot per team. */
export async function exportRows(
  engine: Engine,
  ask: { readonly teamIds: readonly string[]; readonly team: string | null },
  { write, warn }: Terminal,
): Promise<ExitCode> {
  if (ask.team !== null && !ask.teamIds.includes(ask.team)) {
    warn(`There is no team ${ask.team}. Teams here: ${ask.teamIds.join(', ') || 'none yet'}.`);
    return 1;
  }
  for (const teamId of ask.team === null ? ask.teamIds : [ask.team]) {
    const rowCount = await exportTeam(engine, teamId, (row) => write(JSON.stringify(row)));
    warn(`Exported ${rowCount} rows of ${teamId}.`);
  }
  return 0;
}
