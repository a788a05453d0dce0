import { describe, expect, test } from 'vitest';
import type { Message, Telling, Text } from '../../src/ports/message.ts';
import type { PauseFacts, PostFacts } from '../../src/ports/post.ts';
import { announcementPost } from '../../src/words/announcement.ts';
import { noticePost } from '../../src/words/notice.ts';
import { pauseCard, pauseRing } from '../../src/words/pause.ts';
import { pauseAnswer, resumeAnswer } from '../../src/words/pause-answer.ts';

const AT = Date.UTC(2027, 0, 30, 0, 4);
const NAMES: Readonly<Record<string, string>> = { priya: 'Priya', maya: 'Maya' };
const TELLING: Telling = { locale: 'en', zone: 'America/New_York', nameOf: (id) => NAMES[id] ?? 'someone who left' };
const receipt = { askedAtMs: AT, confirmedAtMs: null, note: null };
const PAUSED: PauseFacts = {
  pause: {
    id: 'pause:1',
    scope: '*',
    reason: 'label misprint',
    byPersonId: 'priya',
    place: { platform: 'console', channel: 'team' },
    atMs: AT,
    untilMs: null,
    resumedAtMs: null,
    resumedBy: null,
  },
  scopeName: 'every promotion',
  receipts: [
    { ...receipt, surface: 'announcements', name: 'announcements', state: 'confirmed', confirmedAtMs: AT, note: '2 held' },
    { ...receipt, surface: 'slack:C1', name: 'alerts on slack', state: 'confirmed', confirmedAtMs: AT + 180 },
    { ...receipt, surface: 'slack:C2', name: 'host on slack', state: 'not-confirmed', note: 'the platform is busy' },
    { ...receipt, surface: 'discord:9', name: 'team on discord', state: 'asked' },
  ],
  heldCount: 2,
  inFlight: ['teaser'],
  markedCount: 1,
  unitsSoldMeanwhile: 7,
  asOfMs: AT + 60_000,
  audience: 'team',
};
const RESUMED: PauseFacts = {
  ...PAUSED,
  pause: { ...PAUSED.pause, scope: 'PIN', resumedAtMs: AT + 90_000, resumedBy: 'maya' },
  scopeName: 'Enamel pin',
  receipts: [
    {
      ...receipt,
      surface: 'announcements',
      name: 'announcements',
      state: 'confirmed',
      confirmedAtMs: AT,
      note: '1 released, 1 missed',
    },
  ],
};

const clock = (atMs: number): string => new Date(atMs).toISOString().slice(11, 16);
const plain = (text: Text): string =>
  typeof text === 'string'
    ? text
    : text
        .map((one) =>
          typeof one === 'string' ? one : one.kind === 'time' ? clock(one.atMs) : one.kind === 'channel' ? one.address : one.text,
        )
        .join('');

/** A message as plain lines, times as HH:MM in UTC, buttons in brackets. */
function lines({ parts }: Message): readonly string[] {
  return parts.flatMap((part) => {
    if (part.kind === 'text' || part.kind === 'context') return [plain(part.text)];
    if (part.kind === 'fields') return part.rows.map(([label, value]) => `${label}: ${plain(value)}`);
    return part.kind === 'buttons' ? [part.buttons.map(({ label }) => `[${label}]`).join(' ')] : [];
  });
}

describe('the pause card', () => {
  test('says first what is paused, then who, why and which surface has not confirmed', () => {
    const card = pauseCard(PAUSED, TELLING);
    expect(card.summary).toBe('PROMOTION PAUSED — everything');
    expect([card.tone, card.mentions]).toEqual(['critical', []]);
    expect(lines(card)).toEqual([
      'PROMOTION PAUSED — everything',
      'NOT CONFIRMED: host on slack. Check by hand.',
      'Paused by: Priya',
      'Why: label misprint',
      'Since: 00:04',
      'Until: somebody resumes it',
      'Announcements: 2 held, 1 sent earlier and now marked paused',
      'Being sent as the pause fell: teaser',
      'Units sold meanwhile: 7, at 00:05',
      'NOT CONFIRMED: host on slack (the platform is busy)',
      'Asked: team on discord',
      'CONFIRMED: alerts on slack in 180 ms',
      '[Resume]',
    ]);
  });

  test('says when it is over, by whom, and what became of what was held', () => {
    expect(lines(pauseCard(RESUMED, TELLING))).toEqual([
      'Promotion runs again — Enamel pin (PIN)',
      'Resumed by: Maya',
      'At: 00:05',
      'Paused by: Priya',
      'Why it was paused: label misprint',
      'Paused for: 90 s',
      'Units sold meanwhile: 7',
      'Announcements: 1 released, 1 missed',
    ]);
  });

  test('tells the community neither who nor why nor how many', () => {
    for (const facts of [PAUSED, RESUMED]) {
      const message = pauseCard({ ...facts, audience: 'public' }, TELLING);
      expect(message.parts).toEqual([]);
      expect(message.summary).not.toMatch(/Priya|Maya|misprint|\d/);
    }
  });

  test('names nobody who left, and says when no reason was given', () => {
    const unnamed = { ...PAUSED, pause: { ...PAUSED.pause, reason: null, byPersonId: 'gone', untilMs: AT + 600_000 } };
    expect(lines(pauseCard(unnamed, TELLING)).slice(2, 6)).toEqual([
      'Paused by: someone who left',
      'Why: no reason was given',
      'Since: 00:04',
      'Until: 00:14',
    ]);
  });
});

describe('what rings', () => {
  const ring = (why: Extract<PostFacts, { kind: 'pause-ring' }>['why'], pause = PAUSED) =>
    pauseRing({ kind: 'pause-ring', why, pause, surfaces: ['slack:C2'], mentions: [{ role: 'host' }] }, TELLING);
  test.each([
    [
      'paused',
      PAUSED,
      'PROMOTION PAUSED — everything, by Priya: label misprint. Stop promoting it until this says it runs again.',
    ],
    ['resumed', RESUMED, 'Promotion runs again — Enamel pin (PIN), resumed by Maya.'],
    [
      'not-confirmed',
      PAUSED,
      'NOT CONFIRMED: host on slack did not show the pause in time. Check there by hand; Showcaller keeps trying.',
    ],
    [
      'still-paused',
      PAUSED,
      'Still paused — everything: its time is up, but an item it covers is oversold. /resume it once that is settled.',
    ],
  ] as const)('%s', (why, pause, summary) => {
    expect(ring(why, pause)).toMatchObject({ summary, mentions: [{ role: 'host' }] });
  });
});

describe('the answers', () => {
  const buttons = ({ parts }: Message) =>
    parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons.map(({ call }) => call) : []));

  test('a pause is answered with a way back', () => {
    const answer = pauseAnswer({ kind: 'paused', pause: PAUSED }, { reason: 'label misprint' }, TELLING);
    expect(answer.summary).toMatch(/^Paused: everything\. 3 channels are being told now/);
    expect(buttons(answer)).toEqual([
      { name: 'undo', input: { pause: 'pause:1' } },
      { name: 'resume', input: { what: 'all' } },
    ]);
  });

  test('a reason typed first pauses nothing, and one press does what was meant', () => {
    const answer = pauseAnswer({ kind: 'unknown-sku', asked: 'label', near: ['LABEL-1'] }, { reason: 'misprint' }, TELLING);
    expect(answer.tone).toBe('refusal');
    expect(lines(answer).slice(0, 2)).toEqual([
      'Nothing was paused: no item is called label. Did you mean LABEL-1?',
      'To pause everything for that reason: /pause all label misprint',
    ]);
    expect(buttons(answer)).toEqual([
      { name: 'pause', input: { what: 'all', reason: 'label misprint' } },
      { name: 'pause', input: { what: 'LABEL-1', reason: 'misprint' } },
    ]);
  });

  test('a refused resume names the cause and how to override it', () => {
    const causes = [{ kind: 'oversold', sku: 'PIN', units: 7 }] as const;
    expect(lines(resumeAnswer({ kind: 'refused', causes }, { what: 'PIN' }, TELLING))).toEqual([
      'Still paused: more was sold than there is.',
      'PIN: oversold by 7',
      'Settle that first: /inventory receive, or cancel orders in the shop. To resume all the same, say why: /resume PIN because …',
    ]);
  });

  test('nothing to resume is said of what was asked', () => {
    const nothing = (what: string | null): string => resumeAnswer({ kind: 'nothing-paused' }, { what }, TELLING).summary;
    expect(nothing('all')).toBe('Nothing is paused: promotion is running.');
    expect(nothing('PIN')).toBe('PIN is not paused. Nothing was changed.');
    expect(nothing(null)).toBe('There is no such pause any more, so there is nothing to undo.');
  });
});

describe('announcements and notices', () => {
  const announcement = {
    id: 'teaser',
    dropId: 'd',
    kind: 'teaser',
    text: 'Soon.\nVery soon.',
    atMs: AT,
    wall: '2027-01-29T19:04',
    zone: 'America/New_York',
    purposes: [],
    skus: [],
  } as const;

  test('an announcement is its text; paused, its first line says so', () => {
    expect(lines(announcementPost({ announcement, paused: null }))).toEqual(['Soon.\nVery soon.']);
    expect(announcementPost({ announcement, paused: null }).summary).toBe('Soon. Very soon.');
    expect(lines(announcementPost({ announcement, paused: { sinceMs: AT } }))).toEqual([
      'Paused: what follows is on hold, and details may change.',
      'Soon.\nVery soon.',
      'On hold since 00:04',
    ]);
  });

  test.each([
    [{ what: 'unknown-sku', sku: 'X', source: 'shopify', externalId: '1', units: 2 }, 'Orders name an item nobody listed: X'],
    [{ what: 'set-aside', source: 'shopify', externalId: '1', why: 'too large' }, 'An order was set aside: 1 from shopify'],
    [{ what: 'reconcile', source: 'shopify', externalId: '1' }, 'An order needs a look: 1 from shopify'],
    [{ what: 'missed-announcement', text: 'Soon', atMs: AT }, 'An announcement did not go out'],
  ] as const)('%j', (notice, head) => {
    const message = noticePost(notice);
    expect([message.summary, message.tone, lines(message).length]).toEqual([head, 'warning', 2]);
  });
});
