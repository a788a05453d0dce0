import { sayClock, sayDuration } from '../domain/time.ts';
import { say, type Message, type Part, type Telling } from '../ports/message.ts';
import type { AfterShow } from '../ports/store/drops.ts';

type Line = AfterShow['skus'][number];

/** The after-show summary: per SKU and in all, then every pause, then what is still unlisted. */
export function afterShowReport(report: AfterShow, telling: Telling): Message {
  const { dropName, orderCount, skus, alertCount, pauses, unknownSkus } = report;
  const name = dropName ?? 'the show';
  const total = (of: (line: Line) => number) => skus.reduce((sum, line) => sum + of(line), 0);
  const sold = `${total(({ soldUnits }) => soldUnits)} sold in ${counted(orderCount, 'order')}`;
  const oversold = total(({ oversoldUnits }) => oversoldUnits);
  const noted = [
    ...(oversold > 0 ? [`${oversold} oversold`] : []),
    alertCount === 0 ? 'no alerts' : counted(alertCount, 'alert'),
    pauses.length === 0 ? 'no pauses' : counted(pauses.length, 'pause'),
  ];
  const parts: Part[] = [{ kind: 'text', text: [{ kind: 'strong', text: `After ${name}` }, `: ${sold}, ${noted.join(', ')}.`] }];
  if (skus.length > 0) parts.push(table(skus));
  for (const pause of pauses) parts.push({ kind: 'text', text: pauseLine(pause, telling) });
  if (unknownSkus.length > 0) parts.push({ kind: 'text', text: unknownLine(unknownSkus) });
  parts.push({
    kind: 'context',
    text: 'Sold is everything ordered; cancelled and brought back are not taken off it. Left is what may still be sold.',
  });
  return { ...say(`After ${name}: ${sold}, ${noted.join(', ')}`, ...parts), tone: oversold > 0 ? 'warning' : 'plain' };
}

function table(skus: readonly Line[]): Part {
  const columns: readonly (readonly [title: string, of: (line: Line) => number, always: boolean])[] = [
    ['Sold', ({ soldUnits }) => soldUnits, true],
    ['Cancelled', ({ cancelledUnits }) => cancelledUnits, false],
    ['Brought back', ({ broughtBackUnits }) => broughtBackUnits, true],
    ['Shipped', ({ shippedUnits }) => shippedUnits, false],
    ['On hand', ({ onHandUnits }) => onHandUnits, true],
    ['Left', ({ availableUnits }) => availableUnits, true],
    ['Oversold', ({ oversoldUnits }) => oversoldUnits, true],
    ['Alerts', ({ alertCount }) => alertCount, true],
  ];
  const shown = columns.filter(([, of, always]) => always || skus.some((line) => of(line) !== 0));
  const rows = skus.map((line) => [line.sku, ...shown.map(([, of]) => String(of(line)))]);
  const all = ['All', ...shown.map(([, of]) => String(skus.reduce((sum, line) => sum + of(line), 0)))];
  return { kind: 'table', columns: ['SKU', ...shown.map(([title]) => title)], rows: skus.length > 1 ? [...rows, all] : rows };
}

function pauseLine(
  { scope, atMs, lastedMs, unitsSoldMeanwhile }: AfterShow['pauses'][number],
  { zone, locale }: Telling,
): string {
  const what = scope === '*' ? 'Every promotion' : `Promotion of ${scope}`;
  const lasted = lastedMs === null ? 'and is still paused' : `for ${sayDuration(lastedMs)}`;
  return `${what} was paused at ${sayClock(atMs, zone, locale)} ${lasted}; ${counted(unitsSoldMeanwhile, 'unit')} sold meanwhile.`;
}

function unknownLine(unknown: AfterShow['unknownSkus']): string {
  const named = unknown.map(
    ({ sku, units, orderCount }) => `${sku} (${counted(units, 'unit')} in ${counted(orderCount, 'order')})`,
  );
  return `Ordered, but not in the plan: ${named.join(', ')}. Add them to the plan and they are counted.`;
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
