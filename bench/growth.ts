// Every operation of the store beside one, ten and a hundred earlier shows: what is over must make nothing slower.
//   npm run bench:growth            (-- --rounds 7)
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openSqlite } from '../src/store/engine/sqlite.ts';
import { openStage, operationRows, type Stage } from '../test/support/operations.ts';
import { NOW } from '../test/support/plan.ts';
import { addHistory, SHOW } from './support/history.ts';

const SIZES = [1, 10, 100];
/** Of time by history, both doubled: 0 is flat, 1 is linear. What grows by a logarithm stays far below. */
const SLOPE_MAX = 0.25;
/** Below this a hundred shows more are not worth an index: so long does a commit take. */
const FELT_MS = 1;

// What these answer is the whole history itself.
const LINEAR_BY_NATURE: Readonly<Record<string, string>> = {
  'alerts.crossings': 'answers them all',
  'audit.verify': 'walks the whole chain',
  'house.checkLedger': 'folds the whole ledger, for the doctor',
  'promotion.history': 'answers them all',
  'promotion.announcements': 'answers them all',
  'drops.start': 'reads the list of drops, each of them weeks of work',
  // Read through for what a person typed: people write a few for each drop, so that it takes years to be felt.
  ...Object.fromEntries(
    ['add', 'done', 'reopen', 'move', 'assign', 'snooze'].map((verb) => [
      `milestones.${verb}`,
      'looks a name up among all the team has',
    ]),
  ),
};

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const rounds = Number(values.rounds);

/** The least of some runs: what else this machine does only ever adds. */
async function leastMs(stage: Stage, run: (stage: Stage) => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    const startMs = performance.now();
    await run(stage);
    least = Math.min(least, performance.now() - startMs);
  }
  return least;
}

async function measure(folder: string, size: number): Promise<ReadonlyMap<string, number>> {
  const engine = openSqlite(join(folder, `${size}.db`));
  const stage = await openStage(engine, 'growth');
  await addHistory(engine, { teamId: stage.teamId, skus: stage.skus, from: 0, count: size, nowMs: NOW });
  const took = new Map<string, number>();
  for (const [name, run] of operationRows) took.set(name, await leastMs(stage, run));
  await engine.close();
  return took;
}

const folder = mkdtempSync(join(tmpdir(), 'showcaller-growth-'));
try {
  console.log(`Each earlier show: ${JSON.stringify(SHOW)}. Least of ${rounds} runs, on SQLite.\n`);
  console.log(`${'operation'.padEnd(26)}${SIZES.map((size) => `${size}× ms`.padStart(10)).join('')}     slope`);
  const all: ReadonlyMap<string, number>[] = [];
  for (const size of SIZES) all.push(await measure(folder, size));
  const offenders: string[] = [];
  for (const [name] of operationRows) {
    const times = all.map((took) => took.get(name) ?? NaN);
    const [first = NaN] = times;
    const last = times.at(-1) ?? NaN;
    const slope = Math.log(last / first) / Math.log((SIZES.at(-1) ?? NaN) / (SIZES[0] ?? NaN));
    const grows = slope > SLOPE_MAX && last - first > FELT_MS;
    const why = LINEAR_BY_NATURE[name];
    if (grows && why === undefined) offenders.push(name);
    const note = grows ? (why === undefined ? '  GROWS' : `  linear: it ${why}`) : '';
    console.log(
      `${name.padEnd(26)}${times.map((ms) => ms.toFixed(2).padStart(10)).join('')}${slope.toFixed(2).padStart(10)}${note}`,
    );
  }
  const verdict = offenders.length === 0 ? 'reached' : `NOT reached: ${offenders.join(', ')}`;
  console.log(`\n${operationRows.length} operations, flat or logarithmic: ${verdict}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
