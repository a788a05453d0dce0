import { saidId } from '../src/domain/fact-id.ts';
import { unreachable } from '../src/domain/unreachable.ts';
import { sayDuration } from '../src/domain/time.ts';
import { defineCommand, duration, text } from '../src/ports/command.ts';
import { refuse, say, type Message, type Part, type Telling } from '../src/ports/message.ts';
import type { AlertFacts } from '../src/ports/post.ts';
import type { AlertAnswer } from '../src/ports/store/alerts.ts';
import { alertLine, subjectWords } from '../src/words/alert.ts';
import { orList } from '../src/words/refusal.ts';

const MINUTE_MS = 60_000;
const SNOOZE_MS = 10 * MINUTE_MS;
const WHICH = 'Which alert: its SKU, or its id';

export const alertTest = defineCommand({
  name: 'alert test',
  summary: 'Send a test alert to the people a real one would ring',
  may: 'alert.test',
  options: { sku: text('As if for this item', { charsMax: 64, required: false, suggest: 'sku' }) },
  async run({ sku = null }, { store, actor, requestKey, nowMs, telling }) {
    if (actor === null) return onlyMembers();
    const answer = await store.alerts.test({ sku, key: requestKey, by: actor, nowMs });
    if (answer.kind === 'unknown-sku') {
      const near = answer.near.length > 0 ? `Did you mean ${orList(answer.near)}?` : 'Try /stock for what there is.';
      return refuse(`No item is called ${answer.asked}. ${near} Nothing was sent.`);
    }
    if (answer.kind !== 'done') return notDone(answer, telling);
    return say('A test alert is on its way to the alerts channel. It closes by itself in 10 min, and changes no stock.');
  },
});

export const alertAck = defineCommand({
  name: 'alert ack',
  summary: 'Take an alert: you are looking after it',
  may: 'alert.acknowledge',
  options: { alert: text(WHICH, { charsMax: 100, required: false, suggest: 'alert' }) },
  async run({ alert = null }, { store, actor, requestKey, nowMs, telling }) {
    if (actor === null) return onlyMembers();
    const answer = await store.alerts.acknowledge({ alertId: alert, key: requestKey, by: actor, nowMs });
    if (answer.kind !== 'done') return notDone(answer, telling);
    const next = 'If nothing is done about it in 10 min, it opens again';
    return say(`You have ${subjectWords(answer.alert)}. ${answer.alert.test ? 'The test has reached you.' : `${next}.`}`);
  },
});

export const alertSnooze = defineCommand({
  name: 'alert snooze',
  summary: 'Keep an alert quiet for a while',
  may: 'alert.acknowledge',
  options: {
    alert: text(WHICH, { charsMax: 100, required: false, suggest: 'alert' }),
    for: duration('For how long', { minMs: MINUTE_MS, maxMs: 24 * 60 * MINUTE_MS }),
    reason: text('Why', { charsMax: 300, required: false }),
  },
  async run({ alert = null, for: forMs = SNOOZE_MS, reason = null }, { store, actor, requestKey, nowMs, telling }) {
    if (actor === null) return onlyMembers();
    const answer = await store.alerts.snooze({ alertId: alert, forMs, reason, key: requestKey, by: actor, nowMs });
    if (answer.kind !== 'done') return notDone(answer, telling);
    return say(`${subjectWords(answer.alert)} is quiet for ${sayDuration(forMs)}. It rings at once if it gets worse.`);
  },
});

export const alertDismiss = defineCommand({
  name: 'alert dismiss',
  summary: 'Close an alert that needs nothing, with the reason',
  may: 'alert.acknowledge',
  options: { alert: text(WHICH, { charsMax: 100, suggest: 'alert' }), reason: text('Why it needs nothing', { charsMax: 300 }) },
  async run({ alert, reason }, { store, actor, requestKey, nowMs, telling }) {
    if (actor === null) return onlyMembers();
    const answer = await store.alerts.dismiss({ alertId: alert, reason, key: requestKey, by: actor, nowMs });
    if (answer.kind !== 'done') return notDone(answer, telling);
    return say(`The alert for ${subjectWords(answer.alert)} is closed. The next threshold crossed opens another.`);
  },
});

function notDone(answer: Exclude<AlertAnswer, { kind: 'done' }>, telling: Telling): Message {
  switch (answer.kind) {
    case 'closed':
      return refuse(already(answer.alert, telling));
    case 'which': {
      const lines = answer.open.map((alert): Part => ({ kind: 'text', text: alertLine(alert, telling) }));
      const ids = answer.open.map(({ alertId }) => saidId(alertId));
      const summary = `${ids.length} alerts are open: ${ids.join(', ')}. Say which.`;
      return refuse(summary, { kind: 'text', text: summary }, ...lines);
    }
    case 'none-open':
      return refuse('No alert is open. There is nothing to do.');
    case 'no-such-alert':
      return refuse(`No open alert is called ${answer.asked}. Name its SKU, or press the button on its card.`);
    default:
      return unreachable(answer);
  }
}

function already(alert: AlertFacts, { nameOf }: Telling): string {
  const who = alert.actedBy === null ? 'Somebody' : nameOf(alert.actedBy);
  const what = `the alert for ${subjectWords(alert)}`;
  if (alert.state === 'acknowledged') return `${who} has ${what} already. Its card is up to date now.`;
  if (alert.state === 'dismissed') return `${who} closed ${what} already. Its card is up to date now.`;
  return `${what.charAt(0).toUpperCase()}${what.slice(1)} is over. Its card is up to date now.`;
}

function onlyMembers(): Message {
  return refuse('Only members of the team may answer alerts. Nothing was changed.');
}
