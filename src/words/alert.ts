import { ESCALATE_AFTER_MS } from '../domain/alert.ts';
import { sayDuration } from '../domain/time.ts';
import { unreachable } from '../domain/unreachable.ts';
import type { Button, Mention, Message, Part, Span, Telling, Text } from '../ports/message.ts';
import { say } from '../ports/message.ts';
import type { AlertFacts, PostFacts } from '../ports/post.ts';
import { platformWords, roleWords } from './refusal.ts';
import { goodsName } from './stock.ts';

type Rings = Extract<PostFacts, { kind: 'alert-ring' }>['rings'];

const SNOOZE_MS = 10 * 60_000;
const SILENT_HEAD = 'no orders are being heard';
const PRESS = ' Press Acknowledge if you have it.';
const RINGS_NAMED_MAX = 25; // a storm of a whole drop; more are counted

/** An alert as one living card: what, how bad, how many now, what crossed, who has it, and what to press. */
export function alertCard(alert: AlertFacts, telling: Telling): Message {
  const buttons = buttonsOf(alert);
  const parts: Part[] = [
    { kind: 'text', text: [{ kind: 'strong', text: headline(alert) }] },
    {
      kind: 'fields',
      rows: [...(alert.subjectKind === 'feed' ? feedRows(alert) : stockRows(alert)), ['State', stateText(alert, telling)]],
    },
  ];
  if (alert.test)
    parts.push({ kind: 'context', text: 'A test: nothing is wrong, and no stock or threshold changed. It closes by itself.' });
  if (buttons.length > 0) parts.push({ kind: 'buttons', buttons });
  return { summary: headline(alert), tone: toneOf(alert), mentions: [], parts };
}

/** What must be heard, in one line, and whom it rings. Several alerts at once are one message that names them all. */
export function alertRing(rings: Rings, telling: Telling): Message {
  const [first, second] = rings;
  if (first === undefined) return say('This alert is over.');
  const mentions = distinct(rings.map(({ mention }) => mention));
  const tone = rings.some(({ alert }) => alert.severity === 'critical') ? 'critical' : 'warning';
  if (second === undefined) return { summary: ringLine(first, telling), tone, mentions, parts: [] };
  const named = rings.slice(0, RINGS_NAMED_MAX);
  const more = rings.length - named.length;
  const subjects = named.map(({ alert }) => `${alert.subject} ${amount(alert)}`).join(', ');
  const summary = `${testMark(first.alert)}${rings.length} alerts: ${subjects}${more > 0 ? ` and ${more} more` : ''}`;
  // Each of many says what it is; what to press is said once.
  const lines = named.map((ring): Part => ({ kind: 'text', text: `• ${ringLine(ring, telling).replace(PRESS, '')}` }));
  const rest: readonly Part[] = [
    ...(more > 0 ? [{ kind: 'text', text: `and ${more} more; their cards are in this channel` } as const] : []),
    ...(rings.some(({ why }) => why === 'opened')
      ? [{ kind: 'context', text: 'Press Acknowledge on the cards you have.' } as const]
      : []),
  ];
  return { summary, tone, mentions, parts: [{ kind: 'text', text: summary.slice(0, summary.indexOf(':')) }, ...lines, ...rest] };
}

/** One line for lists: what it is, and how it stands. */
export function alertLine(alert: AlertFacts, telling: Telling): Text {
  const state = stateText(alert, telling);
  return [`${headline(alert)}. `, ...(typeof state === 'string' ? [state] : state)];
}

/** "[TEST] Critical: Hoodie, medium (HOODIE-M) sold out". */
function headline(alert: AlertFacts): string {
  const { severity, state } = alert;
  const recovered = isUnheard(alert) ? 'Over' : 'Recovered';
  const word = state === 'recovered' ? recovered : state === 'dismissed' ? 'Dismissed' : SEVERITY_WORDS[severity];
  return `${testMark(alert)}${word}: ${whatIs(alert)}`;
}

const SEVERITY_WORDS = { critical: 'Critical', live: 'Act now', routine: 'Routine' } as const;

function testMark({ test }: AlertFacts): string {
  return test ? '[TEST] ' : '';
}

function whatIs(alert: AlertFacts): string {
  if (isUnheard(alert)) return 'the show ended before another order was heard';
  if (alert.subjectKind === 'feed') return alert.state === 'recovered' ? 'orders are heard again' : SILENT_HEAD;
  return `${goodsName({ sku: alert.subject, name: alert.name })}, ${amount(alert)}`;
}

/** A silence that ended with the show: its last order is older than itself. */
function isUnheard({ subjectKind, state, asOfMs, openedAtMs }: AlertFacts): boolean {
  return subjectKind === 'feed' && state === 'recovered' && asOfMs < openedAtMs;
}

function amount({ subjectKind, balanceNowUnits }: AlertFacts): string {
  if (subjectKind === 'feed') return 'silent';
  if (balanceNowUnits < 0) return `oversold by ${-balanceNowUnits}`;
  return balanceNowUnits === 0 ? 'sold out' : `${balanceNowUnits} left`;
}

/** What an alert is about, for a sentence: the item, or the orders. */
export function subjectWords({ subjectKind, subject, name }: AlertFacts): string {
  return subjectKind === 'feed' ? 'missing orders' : goodsName({ sku: subject, name });
}

type Row = readonly [label: string, value: Text];

function feedRows(alert: AlertFacts): readonly Row[] {
  const { asOfMs, openedAtMs, state } = alert;
  if (isUnheard(alert)) return [['Last order heard', [clock(asOfMs)]]];
  if (state === 'recovered') return [['Heard again', [clock(asOfMs)]]];
  return [
    ['Last order heard', [clock(asOfMs)]],
    ['Noticed', [clock(openedAtMs)]],
    ['Check', 'the shop, its webhooks and the stream: stock on the cards may be too high until orders arrive'],
  ];
}

function stockRows(alert: AlertFacts): readonly Row[] {
  const { balanceNowUnits, asOfMs, bindingSku, openedAtMs, minutesLeft, test } = alert;
  const now = balanceNowUnits < 0 ? `0, oversold by ${-balanceNowUnits}` : String(balanceNowUnits);
  const rows: Row[] = [['Left to sell', [`${now}, as of `, clock(asOfMs)]]];
  if (bindingSku !== null) rows.push(['Limited by', bindingSku]);
  if (test) return rows;
  rows.push([
    'Crossed',
    [`${limitWords(alert)}, by ${causeWords(alert.cause)} at `, clock(openedAtMs), `: ${crossedWords(alert)}`],
  ]);
  if (minutesLeft !== null) rows.push(['Time left', `about ${sayDuration(minutesLeft * 60_000)} at the rate it sold then`]);
  return rows;
}

function crossedWords({ crossedBalanceUnits }: AlertFacts): string {
  return crossedBalanceUnits < 0 ? `oversold by ${-crossedBalanceUnits} then` : `${crossedBalanceUnits} left then`;
}

function limitWords({ thresholdId, limitUnits }: AlertFacts): string {
  const [unit = '', value = ''] = thresholdId.split(':');
  switch (unit) {
    case 'units':
      return value === '0' ? 'sold out' : `${value} left`;
    case 'percent':
      return `${value} % of sellable (${limitUnits} units)`;
    case 'minutes':
      return `${value} min left`;
    default:
      return thresholdId === 'oversold' ? 'more sold than may be sold' : thresholdId;
  }
}

const CAUSE_WORDS: Readonly<Record<string, string>> = {
  pulse: 'the rate of sale',
  count: 'a count',
  adjust: 'a correction by hand',
  reserve: 'units kept back',
  ship: 'a shipment',
};

/** What made a balance change, in words: `order shopify 450789469` is an order of that shop. */
function causeWords(cause: string): string {
  const order = /^order (\S+) (.+)$/.exec(cause);
  if (order !== null) return `order ${order[2]} (${order[1]})`;
  return CAUSE_WORDS[cause] ?? cause;
}

function stateText(alert: AlertFacts, telling: Telling): Text {
  const { state, actedBy, actedAtMs, snoozedUntilMs, reason } = alert;
  const who = actedBy === null ? 'someone' : telling.nameOf(actedBy);
  const by: readonly Span[] = [`by ${who}${where(alert)} at `, clock(actedAtMs ?? alert.asOfMs)];
  const why = reason === null ? '' : `: ${reason}`;
  switch (state) {
    case 'open':
      return openText(alert, who);
    case 'acknowledged':
      return ['Acknowledged ', ...by];
    case 'snoozed':
      return ['Snoozed until ', clock(snoozedUntilMs ?? alert.asOfMs), ', ', ...by, why];
    case 'dismissed':
      return ['Dismissed ', ...by, why];
    case 'recovered':
      if (isUnheard(alert)) return 'Over; compare the shop’s orders with /stock before you ship';
      return actedBy === null ? 'Recovered; nothing to do' : ['Recovered; it was taken ', ...by];
    default:
      return unreachable(state);
  }
}

function openText({ actedBy, actedAtMs, snoozedUntilMs, escalatedTo, asOfMs, severity }: AlertFacts, who: string): Text {
  const next = escalatedTo === null ? '' : `; the ${roleWords(escalatedTo)} was told`;
  const at = clock(actedAtMs ?? asOfMs);
  if (actedBy !== null && snoozedUntilMs !== null) return [`Open again: the snooze ${who} asked for is over`, next];
  if (actedBy !== null) return [`Open again: ${who} acknowledged it at `, at, ` and nothing was done since${next}`];
  return severity === 'routine' ? 'Open; nobody is called for this' : `Open: nobody has taken it yet${next}`;
}

function where({ actedPlace }: AlertFacts): string {
  if (actedPlace === null) return '';
  return ` ${platformWords(actedPlace.platform)}`;
}

function ringLine({ why, alert }: Rings[number], telling: Telling): string {
  const what = `${testMark(alert)}${SEVERITY_WORDS[alert.severity]}: ${whatIs(alert)}`;
  const who = alert.actedBy === null ? 'Somebody' : telling.nameOf(alert.actedBy);
  switch (why) {
    case 'opened':
      return `${what}.${PRESS}`;
    case 'worse':
      return `${what}. This is worse than before.`;
    case 'escalated':
      return `${what}. Nobody has taken it for ${sayDuration(ESCALATE_AFTER_MS[alert.severity] ?? 0)} or more; please take it.`;
    case 'reverted':
      return `${what}. ${who} acknowledged it, and nothing was done since; please take it.`;
    case 'snooze-over':
      return `${what}. The snooze is over and it still stands.`;
    default:
      return unreachable(why);
  }
}

function buttonsOf(alert: AlertFacts): readonly Button[] {
  const { alertId, state, test } = alert;
  if (state === 'dismissed' || state === 'recovered') return [];
  const acknowledge = button('Acknowledge', 'primary', { name: 'alert ack', input: { alert: alertId } });
  if (test) return state === 'acknowledged' ? [] : [acknowledge];
  return [
    ...(state === 'acknowledged' ? [] : [acknowledge]),
    ...(state === 'snoozed'
      ? []
      : [button('Snooze 10 min', 'plain', { name: 'alert snooze', input: { alert: alertId, for: SNOOZE_MS } })]),
    button('Dismiss', 'plain', { name: 'alert dismiss', input: { alert: alertId } }),
    ...(alert.subjectKind === 'feed' ? [] : [pauseButton(alert)]),
  ];
}

function button(label: string, style: Button['style'], call: Button['call']): Button {
  return { label, style, call, confirm: null };
}

function pauseButton({ subject }: AlertFacts): Button {
  // Asked nothing: a pause is undone faster than confirmed.
  return button('Pause this SKU', 'danger', { name: 'pause', input: { what: subject } });
}

function toneOf({ state, severity }: AlertFacts): Message['tone'] {
  if (state === 'recovered') return 'good';
  if (state === 'dismissed' || severity === 'routine') return 'plain';
  return severity === 'critical' ? 'critical' : 'warning';
}

function clock(atMs: number): Span {
  return { kind: 'time', atMs, style: 'clock' };
}

function distinct(mentions: readonly Mention[]): readonly Mention[] {
  return [...new Map(mentions.map((mention) => [JSON.stringify(mention), mention])).values()];
}
