import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const WIDTHS = { phone: 390, desktop: 1280 } as const;
const COLOURS = ['light', 'dark'] as const;
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'] as const;

/** Where a Chromium is on this machine: what `CHROMIUM` says, else where Linux keeps it. Null: there is none. */
export function findChromium(wanted: string | undefined): string | null {
  return [...(wanted === undefined ? [] : [wanted]), ...PLACES].find((path) => existsSync(path)) ?? null;
}

/** Takes a picture of every chapter of a page, at a phone's width and a desk's, light and dark. Returns the files. */
export async function takePictures(page: { file: string; name: string; folder: string; browser: string }): Promise<string[]> {
  const files: string[] = [];
  const browser = await chromium.launch({ executablePath: page.browser, args: ['--no-sandbox'] });
  try {
    for (const [device, width] of Object.entries(WIDTHS)) {
      for (const colorScheme of COLOURS) {
        const tab = await browser.newPage({ viewport: { width, height: 844 }, colorScheme });
        await tab.goto(pathToFileURL(page.file).href);
        for (const section of await tab.locator('section').all()) {
          const file = join(page.folder, `${page.name}-${(await section.getAttribute('id')) ?? ''}-${device}-${colorScheme}.png`);
          await section.screenshot({ path: file });
          files.push(file);
        }
        await tab.close();
      }
    }
  } finally {
    await browser.close();
  }
  return files;
}
