import type { Threshold } from '../domain/threshold.ts';
import { unreachable } from '../domain/unreachable.ts';
import type { Message, Part } from '../ports/message.ts';
import { refuse, say } from '../ports/message.ts';
import type { StockChange, StockItem } from '../ports/store/stock.ts';
import { unknownSku } from './refusal.ts';
import { goodsName, stockFormula, thresholdWords } from './stock.ts';

export type StockVerb = 'receive' | 'ship' | 'count' | 'adjust' | 'reserve';

/** What came of a change of stock by hand, with its numbers before and after. */
export function stockChanged(verb: StockVerb, answer: StockChange): Message {
  switch (answer.kind) {
    case 'unknown-sku':
      return unknownSku(answer);
    case 'is-bundle':
      return refuse(`${answer.sku} is a bundle: its stock is that of its components. Change those instead. Nothing was changed.`);
    case 'short':
      return refuse(`${shortWords(verb, answer)} Nothing was changed.`);
    case 'done': {
      const summary = doneWords(verb, answer);
      const hint = backHint(verb, answer);
      const parts: Part[] = [
        { kind: 'text', text: summary },
        { kind: 'text', text: stockFormula(answer.item) },
      ];
      if (answer.item.oversoldUnits > 0) parts.push({ kind: 'text', text: `Oversold by ${answer.item.oversoldUnits}.` });
      if (hint !== null) parts.push({ kind: 'context', text: hint });
      return { ...say(summary, ...parts), tone: answer.item.oversoldUnits > 0 ? 'warning' : 'good' };
    }
    default:
      return unreachable(answer);
  }
}

/** Which thresholds an item has, and how they are changed. `lead` says what happened, if anything did. */
export function thresholdsAnswer(sku: string, thresholds: readonly Threshold[], lead: string): Message {
  const rows = thresholds.map((threshold) => [threshold.id, thresholdWords(threshold)] as const);
  const list: readonly Part[] = rows.length === 0 ? [] : [{ kind: 'table', columns: ['Threshold', 'Alerts at'], rows }];
  const [own] = thresholds.filter(({ unit, value }) => unit !== 'oversold' && !(unit === 'units' && value === 0));
  const away = own === undefined ? '' : ` One is taken away with /inventory threshold ${sku} replaces:${own.id}.`;
  return say(lead, { kind: 'text', text: lead }, ...list, {
    kind: 'context',
    text: `Sold out and oversold always alert.${away}`,
  });
}

type Done = Extract<StockChange, { readonly kind: 'done' }>;

function doneWords(verb: StockVerb, { item, units }: Done): string {
  const name = goodsName(item);
  const onHand = `on hand ${item.level.onHand - (verb === 'ship' ? -units : units)} → ${item.level.onHand}`;
  switch (verb) {
    case 'receive':
      return `${units} of ${name} received: ${onHand}.`;
    case 'ship': {
      const committed = `committed ${item.level.committed + units} → ${item.level.committed}`;
      return `${units} of ${name} shipped: ${onHand}, ${committed}.`;
    }
    case 'count':
      return units === 0
        ? `${name} counted: ${item.level.onHand}, as the books said.`
        : `${name} counted: ${onHand} (${Math.abs(units)} ${units < 0 ? 'missing' : 'more than the books said'}).`;
    case 'adjust':
      return `${name} corrected by ${units < 0 ? `−${-units}` : `+${units}`}: ${onHand}.`;
    case 'reserve': {
      const reserve = `reserve ${item.level.reserve - units} → ${item.level.reserve}`;
      return units < 0 ? `${-units} of ${name} given back to sale: ${reserve}.` : `${units} of ${name} kept back: ${reserve}.`;
    }
    default:
      return unreachable(verb);
  }
}

function shortWords(
  verb: StockVerb,
  { item, missingUnits }: { readonly item: StockItem; readonly missingUnits: number },
): string {
  const name = goodsName(item);
  switch (verb) {
    case 'ship':
      return `Only ${item.level.committed} of ${name} are sold and waiting to be shipped: ${missingUnits} too few.`;
    case 'reserve':
      return `${name} is short by ${missingUnits}: ${item.availableUnits} left to sell, ${item.level.reserve} in reserve.`;
    case 'adjust':
    case 'count':
    case 'receive':
      return `${name} has ${item.level.onHand} on hand: ${missingUnits} too few.`;
    default:
      return unreachable(verb);
  }
}

/** How to take a change back. A receipt also fed the reserve, and a shipment the orders, so those are counted again instead. */
function backHint(verb: StockVerb, { item, units }: Done): string | null {
  if (units === 0) return null;
  switch (verb) {
    case 'adjust':
      return `A slip? /inventory adjust ${item.sku} ${-units} taken back`;
    case 'reserve':
      return `A slip? /inventory reserve ${item.sku} ${-units}`;
    case 'count':
      return `A slip? Count again: /inventory count ${item.sku} <units>`;
    case 'receive':
      return `A slip? /inventory adjust ${item.sku} ${-units} received by mistake`;
    case 'ship':
      return null;
    default:
      return unreachable(verb);
  }
}
