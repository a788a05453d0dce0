import type { Button, Mention, Message } from '../../src/ports/message.ts';
import type { AlertFacts, Ping, PostFacts, Recipient, ReminderFacts, RingWhy } from '../../src/ports/post.ts';
import { driftAnswer } from '../../src/words/drift.ts';
import { dropList } from '../../src/words/drop.ts';
import { health } from '../../src/words/health.ts';
import { helpFor, helpList } from '../../src/words/help.ts';
import { pauseAnswer, resumeAnswer } from '../../src/words/pause-answer.ts';
import { pingsOf } from '../../src/words/ping.ts';
import { policyAnswer, showPolicyHere } from '../../src/words/policy.ts';
import { postMessage } from '../../src/words/post.ts';
import { mayNot, staleButton, unknownSku } from '../../src/words/refusal.ts';
import { afterShowReport } from '../../src/words/report.ts';
import { showStockHere, stockAnswer } from '../../src/words/stock.ts';
import { stockChanged } from '../../src/words/stock-change.ts';
import { summarized } from '../../src/words/summary.ts';
import { teamList } from '../../src/words/team.ts';
import { timeline } from '../../src/words/timeline.ts';
import {
  ACTED,
  ANNOUNCEMENT,
  BOARD,
  DRIFT,
  DRIFTING,
  DROP,
  FAILED,
  GONE_CHANNEL,
  HEALTH,
  HELPED,
  HOODIE,
  KEPT_BACK_ON_SALE,
  MILESTONE,
  PAUSED,
  POLICY_VERSION,
  REMINDER,
  REPORT,
  RESUMED,
  SAMPLE_ALERT,
  SAMPLE_NOW,
  SAMPLE_TELLING,
  SETTLING,
  SILENT,
  SOLD_OUT,
  TEAM,
  TROUBLE,
  WELL,
  boardOf,
} from './sample-facts.ts';

/** A message as a platform shows it: a card and a ring are posted to a channel, an answer only its asker sees. */
export type Sample = { readonly kind: 'card' | 'ring' | 'answer'; readonly message: Message; readonly pings: readonly Ping[] };

/** Account ids as the two platforms write them. */
export const SAMPLE_ACCOUNTS = {
  slack: { finn: 'U0FINN0001', priya: 'U0PRIYA001' },
  discord: { finn: '812345678901234567', priya: '812345678901234568' },
} as const;

function recipientsOn(platform: 'slack' | 'discord'): readonly Recipient[] {
  const { finn, priya } = SAMPLE_ACCOUNTS[platform];
  const other = platform === 'slack' ? 'discord' : 'slack';
  return [
    { personId: 'finn', name: 'Finn', roles: ['fulfilment'], accountIds: [finn], rungOn: null },
    { personId: 'priya', name: 'Priya', roles: ['producer'], accountIds: [priya], rungOn: null },
    { personId: 'maya', name: 'Maya', roles: ['founder', 'producer'], accountIds: [], rungOn: other },
    { personId: 'olga', name: 'Olga', roles: ['ops-lead'], accountIds: [], rungOn: null },
  ];
}

const AT = SAMPLE_NOW;
const PAUSE_RING = {
  kind: 'pause-ring',
  pause: PAUSED,
  surfaces: [],
  mentions: [{ role: 'producer' }, { role: 'founder' }],
} as const;
const alertOf = (more: Partial<AlertFacts> = {}): AlertFacts => ({ ...SAMPLE_ALERT, ...more });
const ringOf = (mention: Mention, more: Partial<AlertFacts> = {}, why: RingWhy = 'opened') => ({
  why,
  alert: alertOf(more),
  mention,
});
const alert = (more: Partial<AlertFacts> = {}): PostFacts => ({ kind: 'alert', alert: alertOf(more) });
const reminder = (more: Partial<ReminderFacts> = {}): PostFacts => ({ kind: 'reminder', reminder: { ...REMINDER, ...more } });
const storm = Array.from({ length: 30 }, (_, at) =>
  ringOf({ role: 'producer' }, { subject: `ITEM-${at + 1}`, name: `Item ${at + 1}` }),
);

/** Every kind of post, most of them in more than one state. */
export const SAMPLE_POSTS: Readonly<Record<string, PostFacts>> = {
  'alert-open': alert(),
  'alert-sold-out': alert({ ...SOLD_OUT, minutesLeft: 4, escalatedTo: 'founder' }),
  'alert-acknowledged': alert({ ...ACTED, state: 'acknowledged' }),
  'alert-snoozed': alert({ ...ACTED, state: 'snoozed', snoozedUntilMs: AT + 600_000, reason: 'restock is on its way' }),
  'alert-recovered': alert({ ...ACTED, state: 'recovered', balanceNowUnits: 23 }),
  'alert-oversold-bundle': alert({ subject: 'BOX', name: 'Box', bindingSku: 'PIN', ...SOLD_OUT, balanceNowUnits: -3 }),
  'alert-silence': alert(SILENT),
  'alert-test': alert({ test: true }),
  'alert-ring': { kind: 'alert-ring', rings: [ringOf({ role: 'fulfilment' }, SOLD_OUT)] },
  'alert-ring-escalated': { kind: 'alert-ring', rings: [ringOf({ role: 'producer' }, SOLD_OUT, 'escalated')] },
  'alert-ring-storm': { kind: 'alert-ring', rings: storm },
  reminder: reminder(),
  'reminder-overdue': reminder({ daysLeft: -2, lateMs: 7_200_000 }),
  'reminder-done': reminder({ doneAtMs: AT, doneBy: 'olga' }),
  'reminder-ring': { kind: 'reminder-ring', reminders: [{ ...REMINDER, daysLeft: 0 }], mention: { personId: 'olga' } },
  'reminder-ring-several': {
    kind: 'reminder-ring',
    reminders: [REMINDER, { ...REMINDER, milestoneId: 'rehearsal', name: 'Rehearsal', daysLeft: -1 }],
    mention: { personId: 'maya' },
  },
  announcement: { kind: 'announcement', announcement: ANNOUNCEMENT, paused: null },
  'announcement-paused': { kind: 'announcement', announcement: ANNOUNCEMENT, paused: { sinceMs: AT } },
  pause: { kind: 'pause', pause: PAUSED },
  'pause-public': { kind: 'pause', pause: { ...PAUSED, audience: 'public' } },
  'pause-over': { kind: 'pause', pause: RESUMED },
  'pause-ring': { ...PAUSE_RING, why: 'paused' },
  'pause-ring-not-confirmed': { ...PAUSE_RING, why: 'not-confirmed', surfaces: ['host on Slack'] },
  'pause-ring-resumed': { ...PAUSE_RING, why: 'resumed', pause: RESUMED },
  digest: {
    kind: 'digest',
    day: '2027-01-29',
    alerts: [alertOf({ severity: 'routine' }), alertOf({ ...ACTED, state: 'acknowledged' })],
    overdue: [{ ...REMINDER, daysLeft: -1 }],
  },
  live: { kind: 'live', dropName: 'Hoodie Run', state: 'live', atMs: AT, byPersonId: 'priya' },
  'live-ended': { kind: 'live', dropName: 'Hoodie Run', state: 'ended', atMs: AT, byPersonId: 'priya' },
  'stock-shown': { kind: 'stock', answer: { audience: 'public', board: BOARD }, shownBy: 'priya' },
  'policy-shown': { kind: 'policy', version: POLICY_VERSION, topic: null, dropName: 'Hoodie Run', shownBy: 'sam' },
  'notice-unknown-sku': {
    kind: 'notice',
    notice: { what: 'unknown-sku', sku: 'HOODIE-XXL', source: 'shopify', externalId: '450789469', units: 2 },
  },
  'notice-undelivered': {
    kind: 'notice',
    notice: { what: 'undelivered', ...GONE_CHANNEL, kinds: ['alert'], count: 2, reason: 'the channel does not exist any more' },
  },
  'notice-trouble': { kind: 'notice', notice: { what: 'trouble', ...TROUBLE } },
  'notice-trouble-over': { kind: 'notice', notice: { what: 'trouble', ...TROUBLE, backAtMs: AT, tooLateCount: 1 } },
  'notice-drift': { kind: 'notice', notice: { what: 'drift', ...DRIFT } },
  'notice-drift-over': { kind: 'notice', notice: { what: 'drift', ...DRIFT, over: { why: 'agrees', atMs: AT } } },
  'notice-missed': { kind: 'notice', notice: { what: 'missed-announcement', text: ANNOUNCEMENT.text, atMs: AT - 3_600_000 } },
};

const withButton = (message: Message, button: Button): Message => ({
  ...message,
  parts: [...message.parts, { kind: 'buttons', buttons: [button] }],
});

/** The main private answers. */
export const SAMPLE_ANSWERS: Readonly<Record<string, Message>> = {
  'answer-stock-board': withButton(stockAnswer({ audience: 'team', board: BOARD }, SAMPLE_TELLING), showStockHere(null)),
  'answer-stock-60': withButton(stockAnswer({ audience: 'team', board: boardOf(60) }, SAMPLE_TELLING), showStockHere(null)),
  'answer-stock-one': stockAnswer({ audience: 'team', board: { ...BOARD, items: [HOODIE], bundles: [] } }, SAMPLE_TELLING),
  'answer-stock-bundle': stockAnswer({ audience: 'team', board: { ...BOARD, items: [] } }, SAMPLE_TELLING),
  'answer-stock-public': stockAnswer({ audience: 'public', board: BOARD }, SAMPLE_TELLING),
  'answer-policy': withButton(
    policyAnswer({ version: POLICY_VERSION, topic: 'returns', dropName: 'Hoodie Run' }, SAMPLE_TELLING),
    showPolicyHere('returns'),
  ),
  'answer-paused': pauseAnswer({ kind: 'paused', pause: PAUSED }, { reason: 'label misprint' }, SAMPLE_TELLING),
  'answer-pause-no-such-item': pauseAnswer(
    { kind: 'unknown-sku', asked: 'label', near: ['HOODIE-M', 'PIN'] },
    { reason: 'misprint' },
    SAMPLE_TELLING,
  ),
  'answer-resumed': resumeAnswer({ kind: 'resumed', pauses: [RESUMED], undone: false }, { what: 'all' }, SAMPLE_TELLING),
  'answer-resume-refused': resumeAnswer(
    { kind: 'refused', causes: [{ kind: 'oversold', sku: 'PIN', units: 3 }] },
    { what: 'all' },
    SAMPLE_TELLING,
  ),
  'answer-timeline': timeline({ drop: DROP, milestones: [MILESTONE], nowMs: AT, withIds: false }, SAMPLE_TELLING),
  'answer-drops': dropList({ drops: [DROP], currentId: 'hoodie-run' }, SAMPLE_TELLING),
  'answer-received': stockChanged('receive', { kind: 'done', item: HOODIE, units: 20 }),
  'answer-unknown-sku': unknownSku({ asked: 'HODIE-M', near: ['HOODIE-M'] }),
  'answer-may-not': mayNot({
    action: 'promotion.pause',
    roles: ['founder', 'producer'],
    members: TEAM.members,
    edits: [],
    isKnown: true,
  }),
  'answer-stale-button': staleButton(),
  'answer-team': teamList(TEAM),
  'answer-help': helpList(HELPED),
  'answer-help-pause': helpFor(HELPED.filter(({ name }) => name === 'pause')),
  'answer-health-well': health({ ...HEALTH, posts: WELL, zoneData: '2026d' }),
  'answer-health-dead': health({ ...HEALTH, posts: FAILED, zoneData: '2026d' }),
  'answer-health-drift': health({ ...HEALTH, posts: WELL, drifts: [DRIFTING], zoneData: '2026d' }),
  'answer-drift': driftAnswer([DRIFTING, KEPT_BACK_ON_SALE, SETTLING], AT),
  'answer-report': afterShowReport(REPORT, SAMPLE_TELLING),
};

/** Every sample as one platform gets it, by name. */
export function messagesOn(platform: 'slack' | 'discord'): Readonly<Record<string, Sample>> {
  const posts = Object.entries(SAMPLE_POSTS).map(([name, facts]): [string, Sample] => {
    const message = postMessage(facts, SAMPLE_TELLING);
    const kind = facts.kind.endsWith('-ring') ? 'ring' : 'card';
    return [name, { kind, message, pings: pingsOf(message.mentions, recipientsOn(platform)) }];
  });
  const answers = Object.entries(SAMPLE_ANSWERS).map(([name, message]): [string, Sample] => [
    name,
    { kind: 'answer', message: summarized(message), pings: [] },
  ]);
  return Object.fromEntries([...posts, ...answers]);
}

/** The samples with Slack's account ids. */
export const MESSAGES = messagesOn('slack');
