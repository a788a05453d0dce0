// Half an hour of orders with commands and pauses mixed in, on the real process; a line each ten seconds, and what it came to.
//   npm run soak                          (-- --minutes 30 --rate 500 --engine sqlite)
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { faultGround } from '../../support/faults/show.ts';
import { soak } from '../../support/faults/soak.ts';

const TIMER_LATE_MAX_MS = 1_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '500' },
    engine: { type: 'string', default: 'sqlite' },
  },
});
const print = (line: string): void => console.log(line);
const kind = values.engine === 'postgres' ? 'postgres' : 'sqlite';
const ground = await faultGround(kind, process.env['TEST_DATABASE_URL']);
const came = await soak({ ground, forMs: Number(values.minutes) * 60_000, perSecond: Number(values.rate) }, print);
for (const fault of came.faults.slice(0, 50)) print(`FAULT ${fault}`);
print(
  `\n\`npm run soak\`, ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, Node ${process.versions.node}, ${kind}:\n`,
);
print(
  '| minutes | orders | orders/s | commands | pauses | slowest answer | latest timer | memory after warm-up → end | growth (memory, heap) | posts | messages | faults |',
);
print('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
const { rssMib, heapMib } = came;
const memory = `${rssMib.afterWarmUp} → ${rssMib.end} MiB | ${rssMib.perHour}, ${heapMib.perHour} MiB/h`;
print(
  `| ${values.minutes} | ${came.orders} | ${came.perSecond} | ${came.commands} | ${came.pauses} | ${came.commandSlowestMs} ms | ` +
    `${came.latestTimerMs} ms | ${memory} | ${came.posts} | ${came.messages} | ${came.faults.length} |`,
);
process.exitCode = came.faults.length > 0 || came.latestTimerMs > TIMER_LATE_MAX_MS ? 1 : 0;
