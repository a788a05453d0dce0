// Every crash point, on both engines: the process is killed at each, started again, and everything is compared. Then what a database,
// a disk and a machine do for half a minute or five; and hostile input, each property two hundred times.
//   npm run faults                       (PostgreSQL too where TEST_DATABASE_URL names one)
//   npm run faults -- --record           writes the list of crash points anew
//   npm run faults -- --only settle      those whose name begins so: claim, order, outage, hostile …
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { crashAt, boundariesOf, type Crash } from '../../support/faults/crash.ts';
import { crashPoints, recordCrashPoints } from '../../support/faults/crash-points.ts';
import { hostile } from './hostile.ts';
import { outages } from './outages.ts';
import type { EngineKind } from '../../support/faults/show.ts';

const POSTGRES = process.env['TEST_DATABASE_URL'];
// Of PostgreSQL's cases most wait for a lease of half a minute.
const AT_ONCE = { sqlite: 2, postgres: 4 } as const;
// The first time it is reached, and one in the middle of the evening, when other things are under way.
const NTHS = [1, 3];

const { values } = parseArgs({ options: { record: { type: 'boolean', default: false }, only: { type: 'string', default: '' } } });
const print = (line: string): void => console.log(line);
const ENGINES = (['sqlite', 'postgres'] as const).filter((kind) => kind === 'sqlite' || POSTGRES !== undefined);
if (POSTGRES === undefined) print('TEST_DATABASE_URL is not set: PostgreSQL is left out.');

async function record(): Promise<void> {
  const lists = { ...crashPoints() };
  for (const kind of ENGINES) {
    const { boundaries, crash } = await boundariesOf({ kind, postgresUrl: POSTGRES });
    if (crash.faults.length > 0) throw new Error(crash.faults.join('\n'));
    lists[kind] = boundaries;
    print(`${kind}: ${boundaries.length} crash points`);
  }
  recordCrashPoints(lists);
}

/** Runs every case, so many at once. */
async function sweep(kind: EngineKind): Promise<readonly Crash[]> {
  const points = crashPoints()[kind].filter((boundary) => boundary.startsWith(values.only));
  const cases = points.flatMap((boundary) => NTHS.map((nth) => ({ boundary, nth })));
  const done: Crash[] = [];
  const waiting = [...cases];
  const worker = async (): Promise<void> => {
    for (let point = waiting.shift(); point !== undefined; point = waiting.shift()) {
      const crash = await crashAt(point, { kind, postgresUrl: POSTGRES }).catch((fault: unknown) => failed(point, fault));
      done.push(crash);
      const outcome = crash.faults.length > 0 ? 'FAULT' : crash.died ? 'well' : 'not reached';
      print(
        `${kind} ${done.length}/${cases.length} ${outcome} in ${Math.round(crash.tookMs)} ms: ${point.boundary} (${point.nth})`,
      );
      for (const fault of crash.faults) print(`    ${fault}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE[kind] }, worker));
  return done;
}

function failed(point: { readonly boundary: string; readonly nth: number }, fault: unknown): Crash {
  const told = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
  return { point, died: false, orders: 0, posts: 0, messages: 0, tookMs: 0, faults: [told] };
}

function summary(kind: EngineKind, done: readonly Crash[]): string {
  const killed = done.filter(({ died }) => died);
  const points = new Set(killed.map(({ point }) => point?.boundary));
  const [orders, posts, messages, faults] = [
    killed.reduce((all, one) => all + one.orders, 0),
    killed.reduce((all, one) => all + one.posts, 0),
    killed.reduce((all, one) => all + one.messages, 0),
    done.reduce((all, one) => all + one.faults.length, 0),
  ];
  return `| ${kind} | ${points.size} | ${killed.length} | ${orders} | ${posts} | ${messages} | ${faults} |`;
}

if (values.record) {
  await record();
} else {
  const rows: string[] = [];
  let isWell = true;
  for (const kind of ENGINES) {
    const done = await sweep(kind);
    rows.push(summary(kind, done));
    // A point that was not reached even once has proven nothing.
    const reached = new Set(done.filter(({ died }) => died).map(({ point }) => point?.boundary));
    const missed = crashPoints()[kind].filter((boundary) => boundary.startsWith(values.only) && !reached.has(boundary));
    for (const boundary of missed) print(`${kind}: never reached: ${boundary}`);
    isWell &&= missed.length === 0 && done.every(({ faults }) => faults.length === 0);
  }
  const sat: string[] = [];
  for (const [name, run] of outages(POSTGRES)) {
    if (!name.startsWith(values.only)) continue;
    const startedMs = performance.now();
    const { orders, posts, messages, faults } = await run().catch((fault: unknown) => failed({ boundary: name, nth: 1 }, fault));
    print(`${faults.length > 0 ? 'FAULT' : 'well'} in ${Math.round(performance.now() - startedMs)} ms: ${name}`);
    for (const fault of faults) print(`    ${fault}`);
    sat.push(`| ${name} | ${orders} | ${posts} | ${messages} | ${faults.length} |`);
    isWell &&= faults.length === 0;
  }
  if ('hostile'.startsWith(values.only)) {
    const told = await hostile();
    print(`${told.isWell ? 'well' : 'FAULT'}: hostile input, each property ${told.runs} times`);
    isWell &&= told.isWell;
  }
  print(
    `\n\`npm run faults\`, ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, Node ${process.versions.node}:\n`,
  );
  print('| engine | crash points | kills | orders compared | posts compared | messages compared | faults |');
  print('| --- | --- | --- | --- | --- | --- | --- |');
  for (const row of rows) print(row);
  print('\n| case | orders compared | posts compared | messages compared | faults |');
  print('| --- | --- | --- | --- | --- |');
  for (const row of sat) print(row);
  process.exitCode = isWell ? 0 : 1;
}
