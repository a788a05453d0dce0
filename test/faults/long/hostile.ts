import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const RUNS = '200';
const VITEST = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url));

/** Runs the tests of hostile input with every property tried two hundred times, or `FAULTS_RUNS` times. They print for themselves. */
export function hostile(): Promise<{ readonly isWell: boolean; readonly runs: string }> {
  const runs = process.env['FAULTS_RUNS'] ?? RUNS;
  const env = { ...process.env, FAULTS_RUNS: runs };
  const child = spawn(process.execPath, [VITEST, 'run', 'test/faults/hostile-'], { env, stdio: 'inherit' });
  return new Promise((exit) => child.once('exit', (code) => exit({ isWell: code === 0, runs })));
}
