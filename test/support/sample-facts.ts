import type { Policy } from '../../src/domain/policy.ts';
import type { Announcement } from '../../src/domain/promotion.ts';
import type { Telling } from '../../src/ports/message.ts';
import type { AlertFacts, DriftFacts, PauseFacts, ReminderFacts } from '../../src/ports/post.ts';
import type { CountLine } from '../../src/ports/store/counts.ts';
import type { AfterShow } from '../../src/ports/store/drops.ts';
import type { StockBoard, StockBundle, StockItem } from '../../src/ports/store/stock.ts';
import type { TeamView } from '../../src/ports/store/team.ts';
import { COMMANDS } from '../../commands/index.ts';

/** When the samples are told: four minutes into the sample stream. */
export const SAMPLE_NOW = Date.UTC(2027, 0, 30, 0, 4, 11);

const NAMES: Readonly<Record<string, string>> = { finn: 'Finn', maya: 'Maya', olga: 'Olga', priya: 'Priya', sam: 'Sam' };

/** Whose language and zone the samples are in. */
export const SAMPLE_TELLING: Telling = {
  locale: 'en',
  zone: 'America/New_York',
  nameOf: (personId) => NAMES[personId] ?? 'someone who left',
};

const AT = SAMPLE_NOW;

/** A drop's stock at three left, one minute after it crossed. */
export const SAMPLE_ALERT: AlertFacts = {
  alertId: 'stock:HOODIE-M:3:1',
  subjectKind: 'stock',
  subject: 'HOODIE-M',
  name: 'Hoodie, medium',
  severity: 'live',
  state: 'open',
  test: false,
  cause: 'order shopify 450789469',
  thresholdId: 'units:5',
  limitUnits: 5,
  crossedBalanceUnits: 5,
  minutesLeft: null,
  bindingSku: null,
  balanceNowUnits: 3,
  openedAtMs: AT - 60_000,
  asOfMs: AT,
  actedBy: null,
  actedPlace: null,
  actedAtMs: null,
  reason: null,
  snoozedUntilMs: null,
  escalatedTo: null,
};
export const ACTED = { actedBy: 'finn', actedPlace: { platform: 'discord', channel: '9' }, actedAtMs: AT } as const;
export const SOLD_OUT = { severity: 'critical', balanceNowUnits: 0, crossedBalanceUnits: 0, thresholdId: 'units:0' } as const;
export const SILENT = { subjectKind: 'feed', subject: 'feed', name: 'feed', severity: 'critical' } as const;

export const REMINDER: ReminderFacts = {
  milestoneId: 'final-qc',
  name: 'Final QC',
  dropName: 'Hoodie Run',
  ownerPersonId: 'olga',
  ownerRole: null,
  dueDay: '2027-01-28',
  zone: 'America/New_York',
  daysLeft: 2,
  lateMs: 0,
  doneAtMs: null,
  doneBy: null,
  snoozedUntilMs: null,
};

const asked = { askedAtMs: AT, confirmedAtMs: null, note: null };
export const PAUSED: PauseFacts = {
  pause: {
    id: 'pause:1',
    scope: '*',
    reason: 'label misprint',
    byPersonId: 'priya',
    place: { platform: 'slack', channel: 'C0TEAM' },
    atMs: AT,
    untilMs: null,
    resumedAtMs: null,
    resumedBy: null,
  },
  scopeName: 'every promotion',
  receipts: [
    { ...asked, surface: 'announcements', name: 'announcements', state: 'confirmed', confirmedAtMs: AT, note: '2 held' },
    { ...asked, surface: 'slack:C1', name: 'alerts on Slack', state: 'confirmed', confirmedAtMs: AT + 180 },
    { ...asked, surface: 'slack:C2', name: 'host on Slack', state: 'not-confirmed', note: 'the platform is busy' },
    { ...asked, surface: 'discord:9', name: 'team on Discord', state: 'asked' },
  ],
  heldCount: 2,
  inFlight: ['Teaser 3'],
  markedCount: 1,
  unitsSoldMeanwhile: 7,
  asOfMs: AT + 60_000,
  audience: 'team',
};
export const RESUMED: PauseFacts = {
  ...PAUSED,
  pause: { ...PAUSED.pause, resumedAtMs: AT + 90_000, resumedBy: 'maya' },
  receipts: [
    { ...asked, surface: 'announcements', name: 'announcements', state: 'confirmed', confirmedAtMs: AT, note: '1 released' },
  ],
};

export const ANNOUNCEMENT: Announcement = {
  id: 'ann-1',
  dropId: 'hoodie-run',
  kind: 'hard',
  text: 'Doors at 19:00 tonight.\nSixty hoodies, numbered by hand: https://nightmarket.example/run',
  atMs: AT,
  wall: '2027-01-29T19:00',
  zone: 'America/New_York',
  purposes: ['community'],
  skus: [],
};

export const POLICY: Policy = {
  windowDays: 30,
  windowFrom: 'delivery',
  condition: 'unworn, with the tags on',
  refundMethod: 'original-payment',
  refundWithinDays: 7,
  whoPays: 'seller-if-faulty',
  restrictions: ['opened pins', 'the box only as a whole'],
  faulty: 'Send us a photo and we replace it',
  shipping: 'Everything leaves within 3 days of the stream',
  sizing: null,
  contact: 'help@nightmarket.example',
};
export const POLICY_VERSION = { version: 3, policy: POLICY, publishedAtMs: Date.UTC(2027, 0, 16, 2) };

export const HOODIE: StockItem = {
  sku: 'HOODIE-M',
  name: 'Hoodie, medium',
  dropId: 'hoodie-run',
  level: { onHand: 60, committed: 12, reserve: 2, held: 0, damaged: 0 },
  incomingUnits: 20,
  availableUnits: 46,
  oversoldUnits: 0,
  bucket: 'available',
  priceMinor: 5800,
  currency: 'USD',
  paused: false,
  thresholds: [
    { id: 'percent:20', unit: 'percent', value: 20, severity: 'routine' },
    { id: 'units:0', unit: 'units', value: 0, severity: 'critical' },
    { id: 'oversold', unit: 'oversold', value: -1, severity: 'critical' },
  ],
};
export const PIN: StockItem = {
  ...HOODIE,
  sku: 'PIN',
  name: 'Enamel pin',
  level: { onHand: 5, committed: 8, reserve: 0, held: 0, damaged: 0 },
  incomingUnits: 0,
  availableUnits: 0,
  oversoldUnits: 3,
  bucket: 'sold out',
  priceMinor: 900,
  paused: true,
};
export const BOX: StockBundle = {
  sku: 'BOX',
  name: 'Box',
  dropId: 'hoodie-run',
  availableUnits: 7,
  oversoldUnits: 0,
  bindingSku: 'PIN',
  components: [
    { sku: 'HOODIE-M', unitsPerBundle: 1, availableUnits: 46 },
    { sku: 'PIN', unitsPerBundle: 2, availableUnits: 15 },
  ],
  bucket: 'low',
  priceMinor: 7200,
  currency: 'USD',
  paused: false,
  thresholds: [],
};
export const BOARD: StockBoard = { asOfMs: AT, items: [HOODIE, PIN], bundles: [BOX] };

/** A board of so many items, the first of them oversold. */
export function boardOf(itemCount: number): StockBoard {
  const items = Array.from({ length: itemCount }, (_, at) => ({
    ...(at === 0 ? PIN : HOODIE),
    sku: `ITEM-${String(at + 1).padStart(2, '0')}`,
    name: `Item number ${at + 1}`,
  }));
  return { asOfMs: AT, items, bundles: [] };
}

export const MILESTONE = {
  id: 'final-qc',
  dropId: 'hoodie-run',
  name: 'Final QC',
  ownerPersonId: 'olga',
  ownerRole: null,
  dueDay: '2027-01-28',
  zone: 'America/New_York',
  doneAtMs: null,
  doneBy: null,
  snoozedUntilMs: null,
} as const;
export const DROP = {
  id: 'hoodie-run',
  name: 'Hoodie Run',
  format: 'limited',
  streamWall: '2027-01-29T19:00',
  streamAtMs: Date.UTC(2027, 0, 30),
  zone: 'America/New_York',
  state: 'live',
  startedAtMs: AT - 240_000,
  endedAtMs: null,
} as const;

export const WELL = { waitingCount: 0, oldestWaitingMs: null, dead: [], expiredCount: 0, heldDestinations: [] };
export const HEALTH = {
  nowMs: AT,
  lastHeardMs: AT - 5_000,
  unknownSkus: [],
  setAside: [],
  drifts: [],
  reach: [],
  audit: { kind: 'intact', entryCount: 41 },
} as const;
export const GONE_CHANNEL = { platform: 'slack', address: 'C0GONE', purposes: ['alerts'] } as const;
export const BUSY_CHANNEL = { platform: 'discord', address: '9', purposes: ['team'] } as const;
export const FAILED = {
  ...WELL,
  waitingCount: 2,
  oldestWaitingMs: AT - 90_000,
  dead: [{ postId: 'p1', kind: 'alert' as const, where: GONE_CHANNEL, reason: 'the channel does not exist any more' }],
  heldDestinations: [{ where: BUSY_CHANNEL, untilMs: AT + 30_000, reason: 'the platform asked us to wait' }],
};
export const TEAM: TeamView = {
  id: 'night-market',
  name: 'Night Market',
  zone: 'America/New_York',
  locale: 'en',
  members: [
    { personId: 'maya', name: 'Maya', assignments: [{ role: 'founder', scope: '*' }], accounts: [] },
    { personId: 'priya', name: 'Priya', assignments: [{ role: 'producer', scope: '*' }], accounts: [] },
  ],
  edits: [],
  destinations: [],
};
export const HELPED = COMMANDS.filter(({ name }) => ['stock', 'policy', 'pause', 'resume', 'milestone add'].includes(name));
const SOLD = { sku: 'HOODIE-M', name: 'Hoodie, medium', onHandUnits: 60, soldUnits: 52, cancelledUnits: 1, broughtBackUnits: 0 };

export const REPORT: AfterShow = {
  dropName: 'Hoodie Run',
  orderCount: 48,
  skus: [{ ...SOLD, shippedUnits: 0, availableUnits: 7, oversoldUnits: 0, alertCount: 2, pauseCount: 1 }],
  bundles: [{ sku: 'BOX', name: 'Box', alertCount: 1, pauseCount: 1 }],
  alertCount: 3,
  silenceAlertCount: 0,
  pauses: [{ scope: '*', atMs: AT, lastedMs: 90_000, unitsSoldMeanwhile: 7 }],
  unknownSkus: [{ sku: 'HOODIE-XXL', units: 2, orderCount: 1 }],
};

export const DRIFT: DriftFacts = {
  source: 'shopify',
  sku: 'HOODIE-M',
  name: 'Hoodie, medium',
  shownUnits: 45,
  driftUnits: -1,
  expectedUnits: 46,
  sellableUnits: 46,
  keptBackUnits: 2,
  liesIn: null,
  sinceMs: AT - 600_000,
  countedAtMs: AT - 120_000,
  over: null,
};
const COUNT = { availableUnits: 45, onHandUnits: null, committedUnits: null, countedAtMs: AT - 120_000, sequence: null };
export const DRIFTING: CountLine = {
  source: 'shopify',
  sku: 'HOODIE-M',
  name: 'Hoodie, medium',
  count: COUNT,
  reckoning: { driftUnits: -1, expectedUnits: 46, sellableUnits: 46, keptBackUnits: 2, liesIn: null },
  settling: false,
  driftSinceMs: AT - 600_000,
};
export const KEPT_BACK_ON_SALE: CountLine = {
  ...DRIFTING,
  sku: 'HOODIE-L',
  name: 'Hoodie, large',
  count: { ...COUNT, availableUnits: 40 },
  reckoning: { driftUnits: 0, expectedUnits: 40, sellableUnits: 38, keptBackUnits: 2, liesIn: null },
  driftSinceMs: null,
};
export const SETTLING: CountLine = { ...KEPT_BACK_ON_SALE, sku: 'PIN', name: 'Enamel pin', settling: true };

export const TROUBLE = {
  platform: 'discord',
  sinceMs: AT - 300_000,
  reason: 'Discord cannot be reached',
  waitingCount: 6,
  backAtMs: null,
  tooLateCount: 0,
} as const;
