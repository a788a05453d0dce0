import { sayClock, sayDuration } from '../domain/time.ts';
import { say, type Message, type Part, type Telling } from '../ports/message.ts';
import type { AfterShow } from '../ports/store/drops.ts';

type Line = AfterShow['skus'][number];

const UNKNOWN_MAX = 10; // named; the others are counted

/** The after-show summary: per SKU and in all, then every pause, then what is still unlisted. */
export function afterShowReport(report: AfterShow, telling: Telling): Message {
  const { dropName, orderCount, skus, bundles, alertCount, silenceAlertCount, pauses, unknownSkus } = report;
  const name = dropName ?? 'the show';
  const total = (of: (line: Line) => number) => skus.reduce((sum, line) => sum + of(line), 0);
  const sold = `${total(({ soldUnits }) => soldUnits)} sold in ${counted(orderCount, 'order')}`;
  const oversold = total(({ oversoldUnits }) => oversoldUnits);
  const noted = [
    ...(oversold > 0 ? [`${oversold} oversold`] : []),
    alertCount === 0
      ? 'no alerts'
      : `${counted(alertCount, 'alert')}${silenceAlertCount === 0 ? '' : ` (${silenceAlertCount} of no orders heard)`}`,
    pauses.length === 0 ? 'no pauses' : counted(pauses.length, 'pause'),
  ];
  const parts: Part[] = [{ kind: 'text', text: [{ kind: 'strong', text: `After ${name}` }, `: ${sold}, ${noted.join(', ')}.`] }];
  if (skus.length + bundles.length > 0) parts.push(table(report));
  for (const pause of pauses) parts.push({ kind: 'text', text: pauseLine(pause, telling) });
  if (unknownSkus.length > 0) parts.push({ kind: 'text', text: unknownLine(unknownSkus) });
  parts.push({
    kind: 'context',
    text: 'Sold is everything ordered; cancelled and brought back are not taken off it. Left is what may still be sold.',
  });
  return { ...say(`After ${name}: ${sold}, ${noted.join(', ')}`, ...parts), tone: oversold > 0 ? 'warning' : 'plain' };
}

function table({ skus, bundles, pauses }: AfterShow): Part {
  const columns: readonly (readonly [title: string, of: (line: Line) => number, always: boolean])[] = [
    ['Sold', ({ soldUnits }) => soldUnits, true],
    ['Cancelled', ({ cancelledUnits }) => cancelledUnits, false],
    ['Brought back', ({ broughtBackUnits }) => broughtBackUnits, true],
    ['Shipped', ({ shippedUnits }) => shippedUnits, false],
    ['On hand', ({ onHandUnits }) => onHandUnits, true],
    ['Left', ({ availableUnits }) => availableUnits, true],
    ['Oversold', ({ oversoldUnits }) => oversoldUnits, true],
  ];
  // These two are known of bundles too; what was sold of a bundle is in the lines of its parts.
  const both: readonly (readonly [title: string, of: (line: Line | AfterShow['bundles'][number]) => number, all: number])[] = [
    ['Alerts', ({ alertCount }) => alertCount, [...skus, ...bundles].reduce((sum, { alertCount }) => sum + alertCount, 0)],
    ...(pauses.length === 0 ? [] : [['Pauses', ({ pauseCount }: { pauseCount: number }) => pauseCount, pauses.length] as const]),
  ];
  const shown = columns.filter(([, of, always]) => always || skus.some((line) => of(line) !== 0));
  const rows = [
    ...skus.map((line) => [line.sku, ...[...shown, ...both].map(([, of]) => String(of(line)))]),
    ...bundles.map((line) => [`${line.sku} (bundle)`, ...shown.map(() => '–'), ...both.map(([, of]) => String(of(line)))]),
  ];
  const sums = shown.map(([, of]) => skus.reduce((sum, line) => sum + of(line), 0));
  const all = ['All', ...[...sums, ...both.map(([, , total]) => total)].map(String)];
  const titles = ['SKU', ...[...shown, ...both].map(([title]) => title)];
  return { kind: 'table', columns: titles, rows: rows.length > 1 ? [...rows, all] : rows };
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
  const most = unknown.toSorted((a, b) => b.units - a.units); // as listed where equal
  const named = most
    .slice(0, UNKNOWN_MAX)
    .map(({ sku, units, orderCount }) => `${sku} (${counted(units, 'unit')} in ${counted(orderCount, 'order')})`);
  const more = unknown.length > UNKNOWN_MAX ? ` and ${unknown.length - UNKNOWN_MAX} more` : '';
  return `Ordered, but not in the plan: ${named.join(', ')}${more}. Add them to the plan and they are counted.`;
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
