// From `/pause`, sent, to the call of every one of twenty channels, while a thousand orders a second arrive: Showcaller, and by hand the
// same authentication, one durable commit and twenty calls at once. `p99 <= 100 ms` is for a quiet machine.
//   npm run bench:pause            (-- --pauses 15)
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { slackCommand } from './support/commands.ts';
import {
  openOnAir,
  openOnAirFloor,
  openReceiver,
  openWire,
  PLAN_CHANNELS,
  share,
  spread,
  startOrders,
} from './support/on-air.ts';
import type { Serving } from './support/process.ts';

const AIM_MS = 100;
const CHANNELS = 20;
const ORDERS_PER_SECOND = 1_000;
const WARM_UP_SECONDS = 3;
const BETWEEN_MS = 1_300; // what was written of one pause is out before the next

const { values } = parseArgs({ options: { pauses: { type: 'string', default: '15' } } });
const pauses = Number(values.pauses);
const folder = mkdtempSync(join(tmpdir(), 'showcaller-bench-'));
const receiver = await openReceiver();
const print = (line: string): void => console.log(line);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
let asked = 0;

/** Milliseconds from each `/pause` to the first new message of each channel. */
async function measure(serving: Serving): Promise<readonly number[]> {
  const seconds = Math.ceil((pauses * 2 * BETWEEN_MS) / 1_000) + WARM_UP_SECONDS + 2;
  const orders = startOrders({ port: serving.port, perSecond: ORDERS_PER_SECOND, seconds, from: 1 });
  const wire = await openWire(serving.port);
  await wait((WARM_UP_SECONDS + 1) * 1_000);
  const tookMs: number[] = [];
  for (let nth = 0; nth < pauses; nth += 1) {
    receiver.calls.length = 0;
    asked += 1;
    const request = slackCommand(asked, receiver.url, '/pause', 'all bench');
    const sentMs = performance.now();
    wire.write(request);
    await wait(BETWEEN_MS);
    const firsts = new Map<string, number>();
    for (const { method, channel, atMs } of receiver.calls) {
      if (method === 'chat.postMessage' && !firsts.has(channel)) firsts.set(channel, atMs - sentMs);
    }
    if (firsts.size !== CHANNELS) throw new Error(`pause ${nth + 1} was told to ${firsts.size} of ${CHANNELS} channels`);
    tookMs.push(...firsts.values());
    asked += 1;
    wire.write(slackCommand(asked, receiver.url, '/resume', ''));
    await wait(BETWEEN_MS);
  }
  wire.end();
  const { sent, accepted } = await orders.done;
  print(`  ${accepted} of ${sent} orders were answered 200 meanwhile`);
  return tookMs;
}

try {
  print(`${pauses} pauses of ${CHANNELS} channels, with ${ORDERS_PER_SECOND} orders a second beside them.\n`);
  const ours = await openOnAir(folder, { receiver, scarce: [], more: CHANNELS - PLAN_CHANNELS });
  const a = await measure(ours);
  await ours.stop();
  const floor = await openOnAirFloor(folder, receiver, CHANNELS);
  const b = await measure(floor);
  await floor.stop();
  print(`\n  Showcaller: pause to each channel ${spread(a)}`);
  print(`  floor:      pause to each channel ${spread(b)}`);
  const p99 = share(a, 0.99);
  print(`  ratio of the medians ${(share(b, 0.5) / share(a, 0.5)).toFixed(2)}`);
  print(`  p99 ${p99.toFixed(1)} ms (aim ${AIM_MS}): ${p99 <= AIM_MS ? 'reached' : 'NOT reached'}`);
} finally {
  receiver.close();
  rmSync(folder, { recursive: true, force: true });
}
