import { sayDuration } from '../domain/time.ts';
import { unreachable } from '../domain/unreachable.ts';
import type { Message, Part, Text } from '../ports/message.ts';
import { say } from '../ports/message.ts';
import type { DriftFacts } from '../ports/post.ts';
import type { CountLine } from '../ports/store/counts.ts';
import { goodsName } from './stock.ts';

const ROWS_MAX = 20;

/** What a shop's number is, where it should be, what may be behind it and what to do. Nothing was changed by itself. */
export function driftNotice(facts: DriftFacts): { readonly head: string; readonly text: Text } {
  const name = goodsName(facts);
  if (facts.over !== null) return driftOver(facts, facts.over);
  const { source, sku, shownUnits, sellableUnits, driftUnits, keptBackUnits, countedAtMs } = facts;
  const kept = keptBackUnits === 0 ? '' : `, with ${keptBackUnits} kept back (reserve, held, damaged)`;
  return {
    head: `The shop shows ${Math.abs(driftUnits)} ${driftUnits > 0 ? 'too many' : 'too few'} of ${name}`,
    text: [
      `${source} showed ${shownUnits} to sell at `,
      { kind: 'time', atMs: countedAtMs, style: 'clock' },
      `; by our books it can be ${facts.expectedUnits}${kept}. ${behindIt(facts)} Neither number was changed. `,
      `If our books are wrong: /inventory count ${sku} <units>. If the shop is: set it to ${Math.max(0, sellableUnits)} to sell.`,
    ],
  };
}

function driftOver({ source, shownUnits, sinceMs, ...facts }: DriftFacts, over: NonNullable<DriftFacts['over']>) {
  const name = goodsName(facts);
  const lasted = `They differed for ${sayDuration(over.atMs - sinceMs)}.`;
  switch (over.why) {
    case 'agrees':
      return {
        head: `The shop and our books agree about ${name} again`,
        text: `${source} shows ${shownUnits} to sell. ${lasted}`,
      };
    case 'uncounted':
      return { head: `The shop does not count ${name} any more`, text: `So ${source} and our books are not compared. ${lasted}` };
    case 'unlisted':
      return { head: `${name} is in no plan any more`, text: `So ${source} and our books are not compared. ${lasted}` };
    default:
      return unreachable(over.why);
  }
}

/** What such a difference mostly comes from, as far as the shop's numbers tell. */
function behindIt({ driftUnits, liesIn }: Pick<DriftFacts, 'driftUnits' | 'liesIn'>): string {
  if (liesIn === 'goods')
    return 'The shop has other goods on hand than we: something came, went or was counted that one side does not know.';
  const orders =
    driftUnits < 0
      ? 'orders may have been placed there that we never heard'
      : 'orders may have been cancelled there that we still count, or ours came from elsewhere';
  if (liesIn === 'orders') return `The shop has the same goods on hand, so ${orders}.`;
  return `Either goods came, went or were counted that one side does not know, or ${orders}.`;
}

/** Shops' numbers beside ours, one row for each shop and item. */
export function driftTable(lines: readonly CountLine[]): Part {
  const rows = lines.map(({ sku, source, count, reckoning }) => {
    const { driftUnits, sellableUnits } = reckoning ?? { driftUnits: null, sellableUnits: null };
    return [
      sku,
      source,
      String(count.availableUnits),
      sellableUnits === null ? '' : String(sellableUnits),
      driftUnits === null ? 'sells too fast to compare' : signed(driftUnits),
    ];
  });
  return { kind: 'table', columns: ['Item', 'Shop', 'Shows', 'May be sold', 'Off by'], rows };
}

/** The answer to `/inventory drift`: what differs first, then what the shop may sell although it is kept back. */
export function driftAnswer(lines: readonly CountLine[], nowMs: number): Message {
  if (lines.length === 0) {
    return say(
      'No shop has told us what it has. docs/orders.md says how a shop tells it: Shopify by its product and inventory webhooks.',
    );
  }
  const settled = lines.filter((line) => !line.settling && line.reckoning !== null);
  const drifting = settled.filter(({ reckoning }) => reckoning !== null && reckoning.driftUnits !== 0);
  const open = settled.filter((line) => sellsKeptBack(line) && !drifting.includes(line));
  const summary = driftSummary(settled.length, drifting.length);
  const parts: Part[] = [{ kind: 'text', text: `${summary}.` }];
  if (drifting.length > 0) parts.push(driftTable(drifting.slice(0, ROWS_MAX)), ...more(drifting.length));
  if (open.length > 0) {
    const rows = open
      .slice(0, ROWS_MAX)
      .map(({ sku, count, reckoning }) => [
        sku,
        String(count.availableUnits),
        String(Math.max(0, reckoning?.sellableUnits ?? 0)),
      ]);
    parts.push({ kind: 'text', text: 'The shop may sell what is kept back of these, and only the shop can stop it.' });
    parts.push({ kind: 'table', columns: ['Item', 'Shows', 'Set it to'], rows }, ...more(open.length));
  }
  const early = lines.length - settled.length;
  if (early > 0) {
    const text = `${counted(early, 'count')} cannot be compared yet: orders of the last minute may be on their way, or it sells too fast.`;
    parts.push({ kind: 'context', text });
  }
  parts.push({
    kind: 'context',
    text: `The oldest count was made ${oldest(lines, nowMs)}. Neither number is ever changed by the other.`,
  });
  return { ...say(summary, ...parts), tone: drifting.length > 0 ? 'warning' : 'good' };
}

function driftSummary(settledCount: number, driftingCount: number): string {
  if (settledCount === 0) return 'No count can be compared yet';
  const agreeing = settledCount - driftingCount;
  if (driftingCount === 0) return `The shop and our books agree about ${counted(agreeing, 'item')}`;
  return `${counted(driftingCount, 'item')} differ${driftingCount === 1 ? 's' : ''}, ${agreeing} agree${agreeing === 1 ? 's' : ''}`;
}

/** Whether the shop shows more than may be sold, because it does not know of what is kept back. */
function sellsKeptBack({ count, reckoning }: CountLine): boolean {
  return reckoning !== null && reckoning.driftUnits === 0 && count.availableUnits > Math.max(0, reckoning.sellableUnits);
}

function oldest(lines: readonly CountLine[], nowMs: number): string {
  const oldestMs = Math.min(...lines.map(({ count }) => count.countedAtMs));
  return `${sayDuration(Math.max(0, nowMs - oldestMs))} ago`;
}

function more(count: number): readonly Part[] {
  return count <= ROWS_MAX ? [] : [{ kind: 'context', text: `… and ${count - ROWS_MAX} more.` }];
}

function counted(count: number, one: string): string {
  return `${count} ${count === 1 ? one : `${one}s`}`;
}

function signed(units: number): string {
  if (units === 0) return '0';
  return units < 0 ? `−${-units}` : `+${units}`;
}
