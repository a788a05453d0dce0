import { expect, test } from 'vitest';
import { DRAWN } from '../../preview/cast.ts';
import { discordPage } from '../../preview/discord/page.ts';
import { playEvening } from '../../preview/evening.ts';
import { slackPage } from '../../preview/slack/page.ts';
import { openLog } from '../../src/log.ts';
import { ordersFile, planFile, type FileReading } from '../../src/verbs/files.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

function read<T>(reading: FileReading<T>): T {
  if (reading.kind === 'faulty') throw new Error(reading.lines.join('\n'));
  return reading.value;
}

test('the sample’s evening is shown on both platforms, and neither would refuse any of it', async () => {
  const plan = read(planFile(`${ROOT}examples/hoodie-run.yaml`));
  const orders = read(ordersFile(`${ROOT}examples/hoodie-run-orders.csv`, { columns: 'shopify', zone: plan.drop.zone }));
  const evening = await playEvening({ plan, orders }, openLog('error'));
  for (const platform of DRAWN) {
    const { channels, privates } = evening[platform];
    const summaries = (purpose: string) => (channels[purpose] ?? []).map(({ last }) => last.delivery.message.summary);
    expect(summaries('alerts')).toContain('Critical: Hoodie, medium (HOODIE-M), oversold by 2');
    expect(summaries('team')).toContain('Promotion runs again — Hoodie, extra large (HOODIE-XL)');
    expect(summaries('community')).toContain('Announcements about this drop are back.');
    const [first, last] = (channels['alerts'] ?? []).filter(({ first: { delivery } }) =>
      delivery.message.summary.includes('XXL'),
    );
    expect(first?.last.delivery.message.parts.some((part) => JSON.stringify(part).includes('few were made'))).toBe(true);
    expect(first?.editCount).toBeGreaterThan(1);
    expect(last?.first.delivery.kind).toBe('ring');
    expect(new Set(privates.map(({ kind }) => kind))).toEqual(new Set(['answer', 'home', 'form', 'question']));
    // A fan is told whether, never how many.
    const fan = privates.filter(({ who, typed }) => who === 'fan' && typed.startsWith('/stock'));
    expect(fan).toHaveLength(2);
    expect(JSON.stringify(fan)).not.toMatch(/on hand|\d+ left|committed/iu);
  }
  const pages = [slackPage(evening.slack, []), discordPage(evening.discord, [])];
  expect(pages.map(({ faults }) => faults)).toEqual([[], []]);
  for (const { html } of pages) {
    expect(html).toContain('CONFIRMED'); // on a pause’s card as its last edit left it
    expect(html).toContain('The same message later, edited');
    expect(html).toContain('class="modal"');
  }
}, 120_000);
