import { UNDO_MS } from '../domain/promotion.ts';
import type { Receipt } from '../domain/promotion.ts';
import { sayDuration } from '../domain/time.ts';
import { unreachable } from '../domain/unreachable.ts';
import type { Button, Message, Part, Telling, Text } from '../ports/message.ts';
import { say } from '../ports/message.ts';
import type { PauseFacts, PostFacts } from '../ports/post.ts';
import { goodsName } from './stock.ts';

const ANNOUNCEMENTS = 'announcements'; // stopped by the commit itself, so said as a row of its own

type Row = readonly [label: string, value: Text];

/** The living card of a pause: that it stands, who, why, until when, and which surface has confirmed. Public channels learn less. */
export function pauseCard(facts: PauseFacts, telling: Telling): Message {
  if (facts.audience === 'public') return publicCard(facts);
  return facts.pause.resumedAtMs === null ? standingCard(facts, telling) : overCard(facts, telling);
}

/** The one line that rings when promotion stops, runs again, or cannot be shown to have stopped. */
export function pauseRing(facts: Extract<PostFacts, { kind: 'pause-ring' }>, telling: Telling): Message {
  const { why, mentions } = facts;
  const tone = why === 'resumed' ? 'good' : 'critical';
  return { summary: ringLine(facts, telling), tone, mentions, parts: [] };
}

/** What a pause covers, in words: "everything", or the item's name. */
export function scopeWords({ pause: { scope }, scopeName }: PauseFacts): string {
  return scope === '*' ? 'everything' : goodsName({ sku: scope, name: scopeName });
}

/** The button that lets go of this pause. */
export function resumeButton({ pause: { scope } }: PauseFacts): Button {
  const what = scope === '*' ? 'all' : scope;
  return {
    label: 'Resume',
    style: 'primary',
    call: { name: 'resume', input: { what } },
    confirm: {
      title: 'Resume promotion?',
      text: 'What was held and is not too late goes out at once. Nothing is resumed while an item it covers is oversold.',
      yes: 'Resume',
    },
  };
}

/** The button that takes a pause back, for the person who made it and only while that is allowed. */
export function undoButton({ pause: { id } }: PauseFacts): Button {
  return { label: `Undo (${UNDO_MS / 1000} s)`, style: 'plain', call: { name: 'undo', input: { pause: id } }, confirm: null };
}

/** What the surfaces answered, grouped: those not confirmed first and loudest, then those still asked, then each one's time. */
export function receiptRows(receipts: readonly Receipt[]): readonly Row[] {
  const surfaces = receipts.filter(({ surface }) => surface !== ANNOUNCEMENTS);
  const group = (label: string, state: Receipt['state'], words: (receipt: Receipt) => string): readonly Row[] => {
    const some = surfaces.filter((receipt) => receipt.state === state);
    return some.length === 0 ? [] : [[label, some.map(words).join(' · ')]];
  };
  return [
    ...group('NOT CONFIRMED', 'not-confirmed', ({ name, note }) => (note === null ? name : `${name} (${note})`)),
    ...group('Asked', 'asked', ({ name }) => name),
    ...group('CONFIRMED', 'confirmed', (receipt) => `${receipt.name} in ${tookWords(receipt)}`),
  ];
}

/** Who, why, since when and until when, and what was stopped, as rows. */
export function pauseRows(facts: PauseFacts, telling: Telling): readonly Row[] {
  const { pause, heldCount, inFlight, markedCount, unitsSoldMeanwhile, asOfMs } = facts;
  const until: Text = pause.untilMs === null ? 'somebody resumes it' : [{ kind: 'time', atMs: pause.untilMs, style: 'moment' }];
  const marked = markedCount > 0 ? `, ${markedCount} sent earlier and now marked paused` : '';
  return [
    ['Paused by', telling.nameOf(pause.byPersonId)],
    ['Why', pause.reason ?? 'no reason was given'],
    ['Since', [{ kind: 'time', atMs: pause.atMs, style: 'moment' }]],
    ['Until', until],
    ['Announcements', `${heldCount} held${marked}`],
    ...(inFlight.length > 0 ? [['Being sent as the pause fell', inFlight.join(', ')] as const] : []),
    ['Units sold meanwhile', [`${unitsSoldMeanwhile}, at `, { kind: 'time', atMs: asOfMs, style: 'clock' }]],
  ];
}

function standingCard(facts: PauseFacts, telling: Telling): Message {
  const head = `PROMOTION PAUSED — ${scopeWords(facts)}`;
  const missing = facts.receipts.filter(({ state }) => state === 'not-confirmed');
  const loud: readonly Part[] =
    missing.length === 0
      ? []
      : [{ kind: 'text', text: [{ kind: 'strong', text: `NOT CONFIRMED: ${names(missing)}. Check by hand.` }] }];
  return {
    summary: head,
    tone: 'critical',
    mentions: [],
    parts: [
      { kind: 'text', text: [{ kind: 'strong', text: head }] },
      ...loud,
      { kind: 'fields', rows: [...pauseRows(facts, telling), ...receiptRows(facts.receipts)] },
      { kind: 'buttons', buttons: [resumeButton(facts)] },
    ],
  };
}

function overCard(facts: PauseFacts, telling: Telling): Message {
  const { pause, receipts, unitsSoldMeanwhile } = facts;
  const head = `Promotion runs again — ${scopeWords(facts)}`;
  const endedMs = pause.resumedAtMs ?? facts.asOfMs;
  return {
    summary: head,
    tone: 'good',
    mentions: [],
    parts: [
      { kind: 'text', text: [{ kind: 'strong', text: head }] },
      {
        kind: 'fields',
        rows: [
          ['Resumed by', pause.resumedBy === null ? 'its time being up' : telling.nameOf(pause.resumedBy)],
          ['At', [{ kind: 'time', atMs: endedMs, style: 'moment' }]],
          ['Paused by', telling.nameOf(pause.byPersonId)],
          ['Why it was paused', pause.reason ?? 'no reason was given'],
          ['Paused for', sayDuration(endedMs - pause.atMs)],
          ['Units sold meanwhile', String(unitsSoldMeanwhile)],
          ...announcementRows(receipts),
          ...receiptRows(receipts),
        ],
      },
    ],
  };
}

function publicCard(facts: PauseFacts): Message {
  const what = facts.pause.scope === '*' ? 'this drop' : scopeWords(facts);
  return facts.pause.resumedAtMs === null
    ? say(`Announcements about ${what} are paused for the moment. This message will say when they are back.`)
    : say(`Announcements about ${what} are back.`);
}

function ringLine(facts: Extract<PostFacts, { kind: 'pause-ring' }>, telling: Telling): string {
  const { why, surfaces, pause } = facts;
  const what = scopeWords(pause);
  const inside = pause.audience === 'team';
  switch (why) {
    case 'paused': {
      const because = pause.pause.reason === null ? '' : `: ${pause.pause.reason}`;
      const who = inside ? `, by ${telling.nameOf(pause.pause.byPersonId)}${because}` : '';
      return `PROMOTION PAUSED — ${what}${who}. Stop promoting it until this says it runs again.`;
    }
    case 'resumed': {
      const { resumedBy } = pause.pause;
      const who = resumedBy === null ? 'its time is up' : `resumed by ${telling.nameOf(resumedBy)}`;
      return `Promotion runs again — ${what}${inside ? `, ${who}` : ''}.`;
    }
    case 'not-confirmed': {
      const unconfirmed = surfaces.map((surface) => pause.receipts.find((one) => one.surface === surface)?.name ?? surface);
      const asked = pause.pause.resumedAtMs === null ? 'the pause' : 'that promotion runs again';
      return `NOT CONFIRMED: ${unconfirmed.join(', ')} did not show ${asked} in time. Check there by hand; Showcaller keeps trying.`;
    }
    case 'still-paused':
      return `Still paused — ${what}: its time is up, but an item it covers is oversold. /resume it once that is settled.`;
    default:
      return unreachable(why);
  }
}

function announcementRows(receipts: readonly Receipt[]): readonly Row[] {
  const note = receipts.find(({ surface }) => surface === ANNOUNCEMENTS)?.note;
  return note === null || note === undefined ? [] : [['Announcements', note]];
}

function tookWords({ askedAtMs, confirmedAtMs }: Receipt): string {
  const tookMs = Math.max(0, (confirmedAtMs ?? askedAtMs) - askedAtMs);
  return tookMs < 10_000 ? `${tookMs} ms` : sayDuration(tookMs);
}

function names(receipts: readonly Receipt[]): string {
  return receipts.map(({ name }) => name).join(', ');
}

/** What a person typed for "which item", as the store takes it: null is everything. */
export function everythingOr(typed: string | undefined): string | null {
  return typed === undefined || ['all', 'everything', '*'].includes(typed.toLowerCase()) ? null : typed;
}
