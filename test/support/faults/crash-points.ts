import { readFileSync, writeFileSync } from 'node:fs';
import type { EngineKind } from './show.ts';

const FILE = new URL('../../faults/crash-points.json', import.meta.url).pathname;

type Lists = Readonly<Record<EngineKind, readonly string[]>>;

/** Every named boundary at which the process is killed, by engine: written by `npm run faults -- --record`, reviewed, and compared by a test. */
export function crashPoints(): Lists {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Lists;
}

/** Writes down anew what an evening reaches. */
export function recordCrashPoints(lists: Lists): void {
  writeFileSync(FILE, `${JSON.stringify(lists, null, 2)}\n`);
}
