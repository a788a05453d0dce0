// From an order that sells an item out, sent, to its alert at the platform's API, while a thousand orders a second arrive: Showcaller,
// and by hand the same authentication, one durable commit and one call. `p99 <= 50 ms` is for a quiet machine.
//   npm run bench:alert            (-- --alerts 100)
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openOnAir, openOnAirFloor, openReceiver, openWire, share, spread, startOrders } from './support/on-air.ts';
import { benchRequest } from './support/orders.ts';
import type { Serving } from './support/process.ts';

const AIM_MS = 50;
const ORDERS_PER_SECOND = 1_000;
const EVERY_MS = 100;
const WARM_UP_SECONDS = 3;

const { values } = parseArgs({ options: { alerts: { type: 'string', default: '100' } } });
const scarce = Array.from({ length: Number(values.alerts) }, (_, at) => `SCARCE-${String(at).padStart(4, '0')}`);
const folder = mkdtempSync(join(tmpdir(), 'showcaller-bench-'));
const receiver = await openReceiver();
const print = (line: string): void => console.log(line);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Milliseconds from sent to the first call that names the item, for each of the scarce items. */
async function measure(serving: Serving, from: number): Promise<readonly number[]> {
  const seconds = Math.ceil((scarce.length * EVERY_MS) / 1_000) + WARM_UP_SECONDS + 2;
  const orders = startOrders({ port: serving.port, perSecond: ORDERS_PER_SECOND, seconds, from });
  const wire = await openWire(serving.port);
  await wait((WARM_UP_SECONDS + 1) * 1_000);
  receiver.calls.length = 0;
  const sentMs = new Map<string, number>();
  for (const [at, sku] of scarce.entries()) {
    const request = benchRequest(90_000_000 + at, { only: sku });
    sentMs.set(sku, performance.now());
    wire.write(request);
    await wait(EVERY_MS);
  }
  await receiver.quiet(1_500);
  wire.end();
  const { sent, accepted } = await orders.done;
  print(`  ${accepted} of ${sent} orders were answered 200 meanwhile, ${receiver.calls.length} calls came in`);
  return scarce.map((sku) => {
    const first = receiver.calls.find(({ method, text }) => method === 'chat.postMessage' && text.includes(sku));
    if (first === undefined) throw new Error(`nobody told of ${sku}`);
    return first.atMs - (sentMs.get(sku) ?? NaN);
  });
}

try {
  print(`${scarce.length} items sold out, one each ${EVERY_MS} ms, with ${ORDERS_PER_SECOND} orders a second beside them.\n`);
  const ours = await openOnAir(folder, { receiver, scarce, more: 0 });
  const a = await measure(ours, 1);
  await ours.stop();
  const floor = await openOnAirFloor(folder, receiver, 1);
  const b = await measure(floor, 1);
  await floor.stop();
  print(`\n  Showcaller: order to alert ${spread(a)}`);
  print(`  floor:      order to alert ${spread(b)}`);
  const p99 = share(a, 0.99);
  print(`  ratio of the medians ${(share(b, 0.5) / share(a, 0.5)).toFixed(2)}`);
  print(`  p99 ${p99.toFixed(1)} ms (aim ${AIM_MS}): ${p99 <= AIM_MS ? 'reached' : 'NOT reached'}`);
} finally {
  receiver.close();
  rmSync(folder, { recursive: true, force: true });
}
