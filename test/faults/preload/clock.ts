// Preloaded into the real process: its wall clock, and only that, is ahead of the machine's by what CLOCK_FILE says, in milliseconds.
// Looked up again at SIGUSR2, and answered with a file beside it.
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.env['CLOCK_FILE'] ?? '';
const MachineDate = Date;
let aheadMs = 0;

class SetDate extends MachineDate {
  constructor(...given: readonly unknown[]) {
    super(...((given.length === 0 ? [SetDate.now()] : given) as [number]));
  }

  static override now(): number {
    return MachineDate.now() + aheadMs;
  }
}
globalThis.Date = SetDate as DateConstructor;

process.on('SIGUSR2', () => {
  const text = readFileSync(file, 'utf8');
  aheadMs = Number(text);
  writeFileSync(`${file}.set`, text);
});
