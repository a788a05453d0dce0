import { minorDigits } from '../domain/money.ts';
import type { Threshold } from '../domain/threshold.ts';
import { unreachable } from '../domain/unreachable.ts';
import type { Button, Message, Part, Telling, Text } from '../ports/message.ts';
import { say } from '../ports/message.ts';
import type { StockAnswer, StockBoard, StockBundle, StockItem } from '../ports/store/stock.ts';

type Goods = StockItem | StockBundle;

// A longer board starts with what needs somebody; a shorter one keeps the plan's order, so that eyes find the line again.
const PLAN_ORDER_ROWS_MAX = 20;

/** The answer to `/stock`: numbers and their formula for the team, a bucket for anybody else. */
export function stockAnswer({ audience, board }: StockAnswer, telling: Telling): Message {
  const goods: readonly Goods[] = [...board.items, ...board.bundles];
  if (goods.length === 0) return say('Nothing is listed yet. A drop plan brings the items in.');
  const [only] = goods;
  const one = goods.length === 1 && only !== undefined;
  if (audience === 'public') return one ? publicOne(only, telling) : publicBoard(goods, telling);
  return one ? teamOne(only, board, telling) : teamBoard(board, goods);
}

/** The answer shown to a channel, with who showed it. */
export function stockPost({ answer, shownBy }: { answer: StockAnswer; shownBy: string }, telling: Telling): Message {
  const message = stockAnswer(answer, telling);
  // A message without parts shows its summary; once it has any, they say it all.
  const said: readonly Part[] = message.parts.length > 0 ? message.parts : [{ kind: 'text', text: message.summary }];
  return { ...message, parts: [...said, { kind: 'context', text: `Shown by ${telling.nameOf(shownBy)}` }] };
}

/** The button that shows a `/stock` answer to the channel. */
export function showStockHere(sku: string | null): Button {
  const input = sku === null ? { show: 'here' } : { sku, show: 'here' };
  return { label: 'Show here', style: 'plain', call: { name: 'stock', input }, confirm: null };
}

/** How one item's availability is worked out, with its numbers. */
export function stockFormula({ level, availableUnits, oversoldUnits }: StockItem): string {
  const { onHand, committed, reserve, held, damaged } = level;
  const left = oversoldUnits > 0 ? -oversoldUnits : availableUnits;
  const sum = `${onHand} on hand − ${committed} committed − ${reserve} reserve − ${held} held − ${damaged} damaged`;
  return `${sum} = ${signed(left)} left to sell`;
}

/** An item as people say it: its name, and its SKU where that is something else. */
export function goodsName({ sku, name }: { readonly sku: string; readonly name: string }): string {
  return sku === name ? name : `${name} (${sku})`;
}

/** When an item alerts, in words. */
export function thresholdWords({ unit, value, severity }: Threshold): string {
  switch (unit) {
    case 'oversold':
      return `oversold (${severity})`;
    case 'percent':
      return `${value} % of sellable (${severity})`;
    case 'minutes':
      return `${value} min left (${severity})`;
    case 'units':
      return value === 0 ? `sold out (${severity})` : `${value} left (${severity})`;
    default:
      return unreachable(unit);
  }
}

function teamOne(goods: Goods, board: StockBoard, telling: Telling): Message {
  const parts: Part[] = [
    { kind: 'text', text: [{ kind: 'strong', text: goodsName(goods) }] },
    { kind: 'text', text: 'level' in goods ? stockFormula(goods) : bundleFormula(goods) },
  ];
  if ('components' in goods) {
    parts.push({
      kind: 'table',
      columns: ['Component', 'Left to sell', 'In one bundle', 'Enough for'],
      rows: goods.components.map(({ sku, availableUnits, unitsPerBundle }) => [
        sku === goods.bindingSku ? `${sku} (limits it)` : sku,
        String(availableUnits),
        String(unitsPerBundle),
        String(Math.floor(availableUnits / unitsPerBundle)),
      ]),
    });
  }
  const rows = detailRows(goods, telling);
  if (rows.length > 0) parts.push({ kind: 'fields', rows });
  parts.push({ kind: 'context', text: ['As of ', { kind: 'time', atMs: board.asOfMs, style: 'clock' }] });
  const paused = goods.paused ? '; its promotion is paused' : '';
  return { ...say(`${goodsName(goods)}: ${leftWords(goods)}${paused}`, ...parts), tone: toneOf([goods]) };
}

function detailRows(goods: Goods, telling: Telling): readonly (readonly [string, Text])[] {
  const rows: (readonly [string, Text])[] = [];
  if (goods.oversoldUnits > 0) rows.push(['Oversold', `by ${goods.oversoldUnits}: more were sold than may be sold`]);
  if (goods.priceMinor !== null) rows.push(['Price', priceWords(goods.priceMinor, goods.currency, telling.locale)]);
  if ('incomingUnits' in goods && goods.incomingUnits > 0) rows.push(['Incoming', `${goods.incomingUnits} on their way`]);
  if (goods.thresholds.length > 0) rows.push(['Alerts at', goods.thresholds.map(thresholdWords).join(', ')]);
  if (goods.paused) rows.push(['Promotion', 'paused']);
  return rows;
}

function bundleFormula({ availableUnits, oversoldUnits, bindingSku, components }: StockBundle): string {
  const binding = components.find(({ sku }) => sku === bindingSku);
  const left = oversoldUnits > 0 ? `oversold by ${oversoldUnits}` : `${availableUnits} left to sell`;
  if (binding === undefined) return left;
  const each = binding.unitsPerBundle === 1 ? '' : `, ${binding.unitsPerBundle} in each bundle`;
  return `${left}, limited by ${bindingSku} (${binding.availableUnits} left${each})`;
}

function teamBoard(board: StockBoard, goods: readonly Goods[]): Message {
  const anyOversold = goods.some(({ oversoldUnits }) => oversoldUnits > 0);
  const oversold = ({ oversoldUnits }: Goods) => (anyOversold ? [oversoldUnits === 0 ? '' : String(oversoldUnits)] : []);
  const columns = ['Item', 'Left', ...(anyOversold ? ['Oversold'] : []), 'On hand', 'Committed', 'Reserve', 'Held', 'Damaged'];
  const parts: Part[] = [];
  if (board.items.length > 0) {
    const rows = attentionFirst(board.items).map((item) => {
      const { onHand, committed, reserve, held, damaged } = item.level;
      const numbers = [onHand, committed, reserve, held, damaged].map(String);
      return [rowName(item), String(item.availableUnits), ...oversold(item), ...numbers];
    });
    parts.push({ kind: 'table', columns, rows });
  }
  if (board.bundles.length > 0) {
    const rows = attentionFirst(board.bundles).map((bundle) => [
      rowName(bundle),
      String(bundle.availableUnits),
      ...oversold(bundle),
      bundle.bindingSku,
    ]);
    parts.push({ kind: 'table', columns: ['Bundle', 'Left', ...(anyOversold ? ['Oversold'] : []), 'Limited by'], rows });
  }
  const formula = 'Left = on hand − committed − reserve − held − damaged. As of ';
  parts.push({ kind: 'context', text: [formula, { kind: 'time', atMs: board.asOfMs, style: 'clock' }] });
  return { ...say(boardSummary(goods), ...parts), tone: toneOf(goods) };
}

function boardSummary(goods: readonly Goods[]): string {
  const count = (matches: (goods: Goods) => boolean, words: string) => {
    const matching = goods.filter(matches).length;
    return matching === 0 ? [] : [`${matching} ${words}`];
  };
  const notes = [
    ...count(({ oversoldUnits }) => oversoldUnits > 0, 'oversold'),
    ...count(({ oversoldUnits, bucket }) => oversoldUnits === 0 && bucket === 'sold out', 'sold out'),
    ...count(({ bucket }) => bucket === 'low', 'low'),
    ...count(({ paused }) => paused, 'paused'),
  ];
  const all = goods.length === 1 ? '1 item' : `${goods.length} items`;
  return `Stock: ${all}, ${notes.length === 0 ? 'all with enough to sell' : notes.join(', ')}`;
}

function publicOne(goods: Goods, telling: Telling): Message {
  const price = goods.priceMinor === null ? '' : `, ${priceWords(goods.priceMinor, goods.currency, telling.locale)}`;
  return say(`${goodsName(goods)}: ${goods.bucket}${price}`);
}

function publicBoard(goods: readonly Goods[], telling: Telling): Message {
  const rows = goods.map((one) => [
    one.name,
    one.sku,
    one.bucket,
    one.priceMinor === null ? '' : priceWords(one.priceMinor, one.currency, telling.locale),
  ]);
  const open = goods.filter(({ bucket }) => bucket !== 'sold out').length;
  const summary = open === 0 ? 'Everything is sold out' : `${open} of ${goods.length} items can be bought`;
  return say(summary, { kind: 'table', columns: ['Item', 'SKU', 'Stock', 'Price'], rows });
}

function priceWords(priceMinor: number, currency: string | null, locale: string): string {
  const digits = minorDigits(currency);
  const style = currency === null ? {} : ({ style: 'currency', currency } as const);
  const shown = { ...style, minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(locale, shown).format(priceMinor / 10 ** digits);
}

function leftWords({ availableUnits, oversoldUnits }: Goods): string {
  if (oversoldUnits > 0) return `oversold by ${oversoldUnits}, none left to sell`;
  return availableUnits === 0 ? 'sold out' : `${availableUnits} left to sell`;
}

function rowName(goods: Goods): string {
  return goods.paused ? `${goods.sku} (paused)` : goods.sku;
}

function toneOf(goods: readonly Goods[]): Message['tone'] {
  if (goods.some(({ oversoldUnits }) => oversoldUnits > 0)) return 'critical';
  return goods.some(({ bucket }) => bucket !== 'available') ? 'warning' : 'plain';
}

function attentionFirst<G extends Goods>(goods: readonly G[]): readonly G[] {
  if (goods.length <= PLAN_ORDER_ROWS_MAX) return goods;
  const rank = ({ oversoldUnits, bucket }: Goods) =>
    oversoldUnits > 0 ? 0 : ['sold out', 'low', 'available'].indexOf(bucket) + 1;
  return goods.toSorted((a, b) => rank(a) - rank(b));
}

function signed(units: number): string {
  return units < 0 ? `−${-units}` : String(units);
}
