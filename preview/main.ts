import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLog } from '../src/log.ts';
import { ordersFile, planFile, type FileReading } from '../src/verbs/files.ts';
import { DRAWN, type Drawn } from './cast.ts';
import { discordPage } from './discord/page.ts';
import { playEvening } from './evening.ts';
import type { Evening, Extra, Page } from './exhibit.ts';
import { findChromium, takePictures } from './pictures.ts';
import { extrasOn } from './samples.ts';
import { slackPage } from './slack/page.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'preview', 'out');
const PAGES: Readonly<Record<Drawn, (evening: Evening, extras: readonly Extra[]) => Page>> = {
  slack: slackPage,
  discord: discordPage,
};

const tell = (line: string): void => void process.stdout.write(`${line}\n`);

/** Plays the sample's evening and writes what each platform shows to a page. */
async function main(withPictures: boolean): Promise<number> {
  const plan = read(planFile(join(ROOT, 'examples', 'hoodie-run.yaml')));
  const orders = read(ordersFile(join(ROOT, 'examples', 'hoodie-run-orders.csv'), { columns: 'shopify', zone: plan.drop.zone }));
  const evening = await playEvening({ plan, orders }, openLog('warn'));
  mkdirSync(OUT, { recursive: true });
  const browser = withPictures ? findChromium(process.env['CHROMIUM']) : null;
  if (withPictures && browser === null) tell('There is no Chromium on this machine, so no pictures. CHROMIUM may name one.');
  let faultCount = 0;
  for (const platform of DRAWN) {
    const page = PAGES[platform](evening[platform], extrasOn(platform));
    const file = join(OUT, `${platform}.html`);
    writeFileSync(file, page.html);
    tell(file);
    for (const fault of page.faults) tell(`✗ ${fault}`);
    faultCount += page.faults.length;
    if (browser !== null) for (const picture of await takePictures({ file, name: platform, folder: OUT, browser })) tell(picture);
  }
  return faultCount === 0 ? 0 : 1;
}

function read<T>(reading: FileReading<T>): T {
  if (reading.kind === 'read') return reading.value;
  throw new Error(reading.lines.join('\n'));
}

process.exitCode = await main(process.argv.includes('--pictures'));
