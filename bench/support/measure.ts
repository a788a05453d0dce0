import { join } from 'node:path';
import { run } from './process.ts';

export type Load = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly statuses: object;
  readonly bytes: number;
};

export type Ask = {
  readonly ports: readonly number[];
  readonly connections: number;
  readonly from: number;
  readonly count: number;
  readonly teams?: number;
};

/** Sends orders from a process of its own and answers how they were answered. Any answer but 200 is a fault. */
export async function load({ ports, connections, from, count, teams = 1 }: Ask): Promise<Load> {
  const script = join(import.meta.dirname, 'load.ts');
  const printed = await run([script, ports.join(), ...[connections, from, count, teams].map(String)]);
  const answer = JSON.parse(printed) as Load;
  if (JSON.stringify(answer.statuses) !== JSON.stringify({ 200: count })) {
    throw new Error(`not all were 200: ${JSON.stringify(answer.statuses)}`);
  }
  return answer;
}

export function median(list: readonly number[]): number {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? NaN;
}

export function print(line: string): void {
  console.log(line);
}

/** One side of a run, in a column. */
export function told({ perSecond, p50Ms, p99Ms }: Load): string {
  return `${perSecond.toFixed(0).padStart(6)}/s p50 ${p50Ms.toFixed(1)} p99 ${p99Ms.toFixed(1)} ms`;
}

/** Runs both in turns, so that what else the machine does falls on both, and prints each run. Answers ours, and medians of both. */
export async function inTurns(
  label: string,
  rounds: number,
  sides: { readonly ours: () => Promise<Load>; readonly floor: () => Promise<Load> },
): Promise<{ readonly perSecond: number; readonly ratio: number; readonly p99Ratio: number }> {
  const runs: { readonly ours: Load; readonly floor: Load }[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const run = { ours: await sides.ours(), floor: await sides.floor() };
    runs.push(run);
    const ratio = run.ours.perSecond / run.floor.perSecond;
    print(
      `  ${label}, run ${round}: Showcaller ${told(run.ours)} | floor ${told(run.floor)} | ratio ${ratio.toFixed(2)}, p99 ${(run.ours.p99Ms / run.floor.p99Ms).toFixed(2)}x`,
    );
  }
  return {
    perSecond: median(runs.map(({ ours }) => ours.perSecond)),
    ratio: median(runs.map(({ ours, floor }) => ours.perSecond / floor.perSecond)),
    p99Ratio: median(runs.map(({ ours, floor }) => ours.p99Ms / floor.p99Ms)),
  };
}

export function judged(isReached: boolean): string {
  return isReached ? 'reached' : 'NOT reached';
}
