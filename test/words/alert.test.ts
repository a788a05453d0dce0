import { describe, expect, test } from 'vitest';
import type { Message, Telling, Text } from '../../src/ports/message.ts';
import type { AlertFacts, RingWhy } from '../../src/ports/post.ts';
import { alertCard, alertRing } from '../../src/words/alert.ts';
import { digest } from '../../src/words/digest.ts';
import { SAMPLE_ALERT } from '../support/sample-facts.ts';

const AT = Date.UTC(2027, 0, 29, 24, 4);
const TELLING: Telling = { locale: 'en', zone: 'America/New_York', nameOf: (id) => (id === 'finn' ? 'Finn' : id) };
const ALERT: AlertFacts = {
  ...SAMPLE_ALERT,
  alertId: 'stock:BOX:2',
  subject: 'BOX',
  name: 'Box',
  bindingSku: 'PIN',
  openedAtMs: AT - 60_000,
  asOfMs: AT,
};
const FINN_DID = { actedBy: 'finn', actedPlace: { platform: 'slack', channel: 'C1' }, actedAtMs: AT } as const;

/** A message as plain lines, times as `HH:MM` in UTC. */
function lines({ parts }: Message): readonly string[] {
  const plain = (text: Text): string =>
    typeof text === 'string'
      ? text
      : text
          .map((span) => {
            if (typeof span === 'string') return span;
            if (span.kind === 'channel') return `#${span.address}`;
            return span.kind === 'strong' ? span.text : new Date(span.atMs).toISOString().slice(11, 16);
          })
          .join('');
  return parts.flatMap((part) => {
    if (part.kind === 'text' || part.kind === 'context') return [plain(part.text)];
    if (part.kind === 'fields') return part.rows.map(([label, value]) => `${label}: ${plain(value)}`);
    if (part.kind === 'buttons') return [part.buttons.map(({ label }) => `[${label}]`).join(' ')];
    return [part.kind];
  });
}

describe('the card', () => {
  test('says in one look what, how bad, how many, why, who and what to press', () => {
    const message = alertCard(ALERT, TELLING);
    expect(message.summary).toBe('Act now: Box (BOX), 3 left');
    expect(message.tone).toBe('warning');
    expect(message.mentions).toEqual([]);
    expect(lines(message)).toEqual([
      'Act now: Box (BOX), 3 left',
      'Left to sell: 3, as of 00:04',
      'Limited by: PIN',
      'Crossed: 5 left, by order 450789469 (shopify) at 00:03: 5 left then',
      'State: Open: nobody has taken it yet',
      '[Acknowledge] [Snooze 10 min] [Dismiss] [Pause this SKU]',
    ]);
  });
  test('pauses at once, as every pause does: it is undone faster than confirmed', () => {
    const buttons = alertCard(ALERT, TELLING).parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));
    const id = { alert: 'stock:BOX:2' };
    expect(buttons.map(({ style, call, confirm }) => [style, call.name, call.input, confirm?.title ?? null])).toEqual([
      ['primary', 'alert ack', id, null],
      ['plain', 'alert snooze', { ...id, for: 600_000 }, null],
      ['plain', 'alert dismiss', id, null],
      ['danger', 'pause', { what: 'BOX' }, null],
    ]);
  });
  test.each<[string, Partial<AlertFacts>, string, string, string]>([
    [
      'oversold',
      { severity: 'critical', balanceNowUnits: -2, thresholdId: 'oversold' },
      'Critical: Box (BOX), oversold by 2',
      'Open: nobody has taken it yet',
      'critical',
    ],
    [
      'sold out, told on',
      { severity: 'critical', balanceNowUnits: 0, escalatedTo: 'ops-lead' },
      'Critical: Box (BOX), sold out',
      'Open: nobody has taken it yet; the ops lead was told',
      'critical',
    ],
    ['routine', { severity: 'routine' }, 'Routine: Box (BOX), 3 left', 'Open; nobody is called for this', 'plain'],
    [
      'acknowledged',
      { state: 'acknowledged', ...FINN_DID },
      'Act now: Box (BOX), 3 left',
      'Acknowledged by Finn on Slack at 00:04',
      'warning',
    ],
    [
      'reverted',
      { ...FINN_DID },
      'Act now: Box (BOX), 3 left',
      'Open again: Finn acknowledged it at 00:04 and nothing was done since',
      'warning',
    ],
    [
      'snoozed',
      { state: 'snoozed', ...FINN_DID, snoozedUntilMs: AT + 600_000, reason: 'counting' },
      'Act now: Box (BOX), 3 left',
      'Snoozed until 00:14, by Finn on Slack at 00:04: counting',
      'warning',
    ],
    [
      'dismissed',
      { state: 'dismissed', ...FINN_DID, reason: 'no more sales today' },
      'Dismissed: Box (BOX), 3 left',
      'Dismissed by Finn on Slack at 00:04: no more sales today',
      'plain',
    ],
    [
      'recovered',
      { state: 'recovered', balanceNowUnits: 50 },
      'Recovered: Box (BOX), 50 left',
      'Recovered; nothing to do',
      'good',
    ],
  ])('%s', (_, facts, summary, state, tone) => {
    const message = alertCard({ ...ALERT, ...facts }, TELLING);
    expect(message.summary).toBe(summary);
    expect(message.tone).toBe(tone);
    expect(lines(message)).toContain(`State: ${state}`);
    expect(message.mentions).toEqual([]);
  });
  test.each<[AlertFacts['state'], boolean, string | undefined]>([
    ['acknowledged', false, '[Snooze 10 min] [Dismiss] [Pause this SKU]'],
    ['snoozed', false, '[Acknowledge] [Dismiss] [Pause this SKU]'],
    ['dismissed', false, undefined],
    ['recovered', false, undefined],
    ['open', true, '[Acknowledge]'], // a test pauses nothing
    ['acknowledged', true, undefined],
  ])('%s (test: %s) offers %s', (state, isTest, buttons) => {
    const shown = lines(alertCard({ ...ALERT, state, test: isTest }, TELLING));
    expect(shown.find((line) => line.startsWith('[') && !line.startsWith('[TEST]'))).toBe(buttons);
  });
  test('a test says so first', () => {
    const message = alertCard({ ...ALERT, test: true, cause: 'test', thresholdId: 'test' }, TELLING);
    expect(message.summary).toBe('[TEST] Act now: Box (BOX), 3 left');
    expect(lines(message)).toContain('A test: nothing is wrong, and no stock or threshold changed. It closes by itself.');
  });
  test('missing orders say when the last was heard, and offer no pause of one SKU', () => {
    const feed: AlertFacts = { ...ALERT, alertId: 'feed:1', subjectKind: 'feed', subject: 'feed', bindingSku: null };
    const shown = lines(alertCard(feed, TELLING));
    expect(shown[0]).toBe('Act now: no orders are being heard');
    expect(shown[1]).toBe('Last order heard: 00:04');
    expect(shown.at(-1)).toBe('[Acknowledge] [Snooze 10 min] [Dismiss]');
  });
  test('missing orders that are heard again, or never were before the show ended, are told apart', () => {
    const over: AlertFacts = {
      ...ALERT,
      alertId: 'feed:1',
      subjectKind: 'feed',
      subject: 'feed',
      bindingSku: null,
      state: 'recovered',
    };
    expect(lines(alertCard(over, TELLING))).toEqual([
      'Recovered: orders are heard again',
      'Heard again: 00:04',
      'State: Recovered; nothing to do',
    ]);
    expect(lines(alertCard({ ...over, openedAtMs: AT + 90_001 }, TELLING))).toEqual([
      'Over: the show ended before another order was heard',
      'Last order heard: 00:04',
      'State: Over; compare the shop’s orders with /stock before you ship',
    ]);
  });
  test.each([
    ['percent:20', 11, null, 'Crossed: 20 % of sellable (11 units), by a count at 00:03: 5 left then'],
    ['minutes:10', 40, 7.5, 'Crossed: 10 min left, by a count at 00:03: 5 left then'],
  ])('names the line %s', (thresholdId, limitUnits, minutesLeft, line) => {
    const shown = lines(alertCard({ ...ALERT, thresholdId, limitUnits, minutesLeft, cause: 'count' }, TELLING));
    expect(shown).toContain(line);
    expect(shown.includes('Time left: about 7 min 30 s at the rate it sold then')).toBe(minutesLeft !== null);
  });
});

describe('the ring', () => {
  const mention = { role: 'fulfilment' } as const;
  test.each<[RingWhy, string]>([
    ['opened', 'Act now: Box (BOX), 3 left. Press Acknowledge if you have it.'],
    ['worse', 'Act now: Box (BOX), 3 left. This is worse than before.'],
    ['escalated', 'Act now: Box (BOX), 3 left. Nobody has taken it for 5 min or more; please take it.'],
    ['reverted', 'Act now: Box (BOX), 3 left. Finn acknowledged it, and nothing was done since; please take it.'],
    ['snooze-over', 'Act now: Box (BOX), 3 left. The snooze is over and it still stands.'],
  ])('%s is one line and one mention', (why, line) => {
    const alert = why === 'reverted' ? { ...ALERT, ...FINN_DID } : ALERT;
    expect(alertRing([{ why, alert, mention }], TELLING)).toEqual({
      summary: line,
      tone: 'warning',
      mentions: [mention],
      parts: [],
    });
  });
  test('a storm names all and calls each once', () => {
    const pin: AlertFacts = {
      ...ALERT,
      alertId: 'stock:PIN:1',
      subject: 'PIN',
      name: 'Enamel pin',
      severity: 'critical',
      balanceNowUnits: 0,
    };
    const message = alertRing(
      [
        { why: 'opened', alert: ALERT, mention },
        { why: 'worse', alert: pin, mention },
        { why: 'escalated', alert: ALERT, mention: { role: 'founder' } },
      ],
      TELLING,
    );
    expect(message.summary).toBe('3 alerts: BOX 3 left, PIN sold out, BOX 3 left');
    expect(message.tone).toBe('critical');
    expect(message.mentions).toEqual([{ role: 'fulfilment' }, { role: 'founder' }]);
    expect(lines(message)).toEqual([
      '3 alerts',
      '• Act now: Box (BOX), 3 left.',
      '• Critical: Enamel pin (PIN), sold out. This is worse than before.',
      '• Act now: Box (BOX), 3 left. Nobody has taken it for 5 min or more; please take it.',
      'Press Acknowledge on the cards you have.',
    ]);
  });
  test('a storm of sixty says how many it left out', () => {
    const rings = Array.from({ length: 60 }, (_, index) => ({
      why: 'opened' as const,
      alert: { ...ALERT, subject: `S${index}`, alertId: `stock:S${index}:1` },
      mention,
    }));
    const message = alertRing(rings, TELLING);
    expect(message.summary.startsWith('60 alerts: S0 3 left, ')).toBe(true);
    expect(message.summary.endsWith(' and 35 more')).toBe(true);
    expect(lines(message).slice(-2)).toEqual([
      'and 35 more; their cards are in this channel',
      'Press Acknowledge on the cards you have.',
    ]);
  });
  test('a test is marked first, alone or among others', () => {
    const ring = { why: 'opened' as const, alert: { ...ALERT, test: true }, mention };
    expect(alertRing([ring], TELLING).summary.startsWith('[TEST] ')).toBe(true);
    expect(alertRing([ring, ring], TELLING).summary.startsWith('[TEST] 2 alerts: ')).toBe(true);
  });
});

test('the digest lists what is open and overdue, rings nobody, and says what to type', () => {
  const overdue = {
    milestoneId: 'freight',
    name: 'Freight booked',
    dropName: 'Hoodie Run',
    ownerPersonId: 'finn',
    ownerRole: null,
    dueDay: '2027-01-14',
    zone: 'America/New_York',
    daysLeft: -1,
    lateMs: 0,
    doneAtMs: null,
    doneBy: null,
    snoozedUntilMs: null,
  };
  const message = digest(
    { kind: 'digest', day: '2027-01-15', alerts: [{ ...ALERT, severity: 'routine' }], overdue: [overdue] },
    TELLING,
  );
  expect(message.mentions).toEqual([]);
  expect(lines(message)).toEqual([
    'Fri, Jan 15, 2027: 1 open alert, 1 milestone overdue',
    'Routine: Box (BOX), 3 left. Open; nobody is called for this',
    'Freight booked (Hoodie Run) was due Thu, Jan 14, 2027, 1 day ago; Finn',
    'Answer an alert with /alert ack or /alert dismiss and its SKU.',
    'Close a milestone with /milestone done, or give it a new day with /milestone move.',
  ]);
});
