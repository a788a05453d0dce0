import { PLATFORM_NAMES } from '../domain/team.ts';
import type { Message, Part, Text } from '../ports/message.ts';
import { say } from '../ports/message.ts';
import type { CountLine } from '../ports/store/counts.ts';
import type { SetAsideOrder } from '../ports/store/orders.ts';
import type { PostHealth } from '../ports/store/posts.ts';
import { sayDuration } from '../domain/time.ts';
import type { PlatformReach } from '../ports/reach.ts';
import { channelWords } from './channel.ts';
import { driftTable } from './drift.ts';
import { POST_WORDS } from './notice.ts';

/** This release. A test holds it to package.json. */
export const VERSION = '0.1.0';

const ROWS_MAX = 10;
const LATE_MS = 10_000; // a busy channel is a second or two behind, and well

export type HealthFacts = {
  readonly nowMs: number;
  readonly posts: PostHealth;
  readonly lastHeardMs: number | null;
  readonly setAside: readonly SetAsideOrder[];
  readonly unknownSkus: readonly { readonly sku: string; readonly units: number; readonly orderCount: number }[];
  readonly drifts: readonly CountLine[]; // shops whose own count is not what the books say
  readonly audit: { readonly kind: 'intact'; readonly entryCount: number } | { readonly kind: 'broken'; readonly seq: number };
  readonly zoneData: string; // the release of the time zone database
  readonly reach: readonly PlatformReach[];
};

/** How Showcaller itself is doing: what waits, what failed, what it could not place. */
export function health(facts: HealthFacts): Message {
  const { posts, setAside, unknownSkus, audit } = facts;
  const faults = [
    ...lateWords(facts),
    ...(posts.dead.length > 0 ? [`${counted(posts.dead.length, 'post')} could not be delivered`] : []),
    ...(setAside.length > 0 ? [`${counted(setAside.length, 'order')} set aside`] : []),
    ...(unknownSkus.length > 0 ? [counted(unknownSkus.length, 'unknown SKU')] : []),
    ...(facts.drifts.length > 0 ? [`${counted(facts.drifts.length, 'count')} in a shop that the books do not explain`] : []),
    ...facts.reach.filter(({ kind }) => kind === 'lost').map(({ platform }) => `no connection to ${PLATFORM_NAMES[platform]}`),
    ...(audit.kind === 'broken' ? [`the audit chain breaks at entry ${audit.seq}`] : []),
  ];
  const summary = faults.length === 0 ? 'Showcaller is well' : `Showcaller needs a look: ${faults.join(', ')}`;
  const rows: readonly (readonly [string, Text])[] = [
    ...facts.reach.map((reach) => [PLATFORM_NAMES[reach.platform], reachWords(reach)] as const),
    ['Posts', postsWords(facts)],
    ['Orders', heardWords(facts)],
    [
      'Audit',
      audit.kind === 'intact' ? `${counted(audit.entryCount, 'entry', 'entries')}, chain intact` : `broken at ${audit.seq}`,
    ],
    ['Version', `Showcaller ${VERSION}, time zones ${facts.zoneData}`],
  ];
  const tone = faults.length === 0 ? 'good' : 'warning';
  return { ...say(summary, { kind: 'text', text: summary }, { kind: 'fields', rows }, ...details(facts)), tone };
}

/** Posts that should have gone long ago: whatever holds them up, the channels do not show what is true. */
function lateWords({ posts, nowMs }: HealthFacts): readonly string[] {
  const { waitingCount, oldestWaitingMs } = posts;
  if (oldestWaitingMs === null || nowMs - oldestWaitingMs < LATE_MS) return [];
  return [`${counted(waitingCount, 'post')} waiting, the oldest for ${sayDuration(nowMs - oldestWaitingMs)}`];
}

function reachWords({ kind, sinceMs, reason, notes }: PlatformReach): Text {
  const since = { kind: 'time', atMs: sinceMs, style: 'moment' } as const;
  const state =
    kind === 'standby'
      ? ['connected by another process; this one has stood by since ', since]
      : kind === 'connected'
        ? ['connected since ', since]
        : ['not connected since ', since, reason === null ? '' : `: ${reason}`];
  return [...state, ...notes.map((note, at) => `${at === 0 ? '. ' : ' '}${note}`)];
}

function postsWords({ posts, nowMs }: HealthFacts): string {
  const { waitingCount, oldestWaitingMs, expiredCount } = posts;
  const oldest = oldestWaitingMs === null ? '' : `, the oldest for ${sayDuration(nowMs - oldestWaitingMs)}`;
  const waiting = waitingCount === 0 ? 'none waiting' : `${waitingCount} waiting${oldest}`;
  return `${waiting}, ${posts.dead.length} failed, ${expiredCount} too late to be sent`;
}

function heardWords({ lastHeardMs, nowMs }: HealthFacts): Text {
  if (lastHeardMs === null) return 'none heard yet';
  return ['last heard at ', { kind: 'time', atMs: lastHeardMs, style: 'moment' }, `, ${sayDuration(nowMs - lastHeardMs)} ago`];
}

function details({ posts, setAside, unknownSkus, drifts }: HealthFacts): readonly Part[] {
  const parts: Part[] = [];
  if (posts.heldDestinations.length > 0) {
    parts.push({
      kind: 'fields',
      rows: posts.heldDestinations
        .slice(0, ROWS_MAX)
        .map(({ where, untilMs, reason }) => [
          channelWords(where),
          ['held until ', { kind: 'time', atMs: untilMs, style: 'clock' }, reason === null ? '' : `: ${reason}`],
        ]),
    });
  }
  if (posts.dead.length > 0) {
    const rows = failedRows(posts.dead);
    parts.push({ kind: 'fields', rows: rows.slice(0, ROWS_MAX) }, ...more(rows.length));
  }
  if (setAside.length > 0) {
    const rows = setAside.slice(-ROWS_MAX).map(({ source, externalId, why }) => [`${source} ${externalId}`, why]);
    parts.push({ kind: 'table', columns: ['Order set aside', 'Why'], rows }, ...more(setAside.length));
  }
  if (unknownSkus.length > 0) {
    const rows = unknownSkus.slice(0, ROWS_MAX).map(({ sku, units, orderCount }) => [sku, String(units), String(orderCount)]);
    parts.push({ kind: 'table', columns: ['Unknown SKU', 'Units', 'Orders'], rows }, ...more(unknownSkus.length));
    parts.push({ kind: 'context', text: 'Add these SKUs to the drop plan and import it: their units are counted then.' });
  }
  if (drifts.length > 0) parts.push(driftTable(drifts.slice(0, ROWS_MAX)), ...more(drifts.length));
  return parts;
}

/** One row for each channel and reason, the newest first: what is to be done about it is said once, and in full. */
function failedRows(dead: PostHealth['dead']): readonly (readonly [string, string])[] {
  const groups = Map.groupBy(dead.toReversed(), ({ where, reason }) => `${channelWords(where)}: ${reason}`);
  return [...groups.values()].flatMap((those) => {
    const [newest] = those;
    if (newest === undefined) return [];
    const kinds = [...new Set(those.map(({ kind }) => POST_WORDS[kind]))];
    return [
      [`Not shown in ${channelWords(newest.where)}`, `${newest.reason} (${counted(those.length, 'post')}: ${kinds.join(', ')})`],
    ];
  });
}

function more(count: number): readonly Part[] {
  return count <= ROWS_MAX ? [] : [{ kind: 'context', text: `… and ${count - ROWS_MAX} more.` }];
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
