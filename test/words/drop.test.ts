import { describe, expect, test } from 'vitest';
import type { Drop } from '../../src/domain/drop.ts';
import type { Telling } from '../../src/ports/message.ts';
import type { Decision, DropAnswer } from '../../src/ports/store/drops.ts';
import { dropAnswer, dropList, dropShow, noDrop } from '../../src/words/drop.ts';
import { liveCard } from '../../src/words/live.ts';

const NAMES: Readonly<Record<string, string>> = { maya: 'Maya', priya: 'Priya', finn: 'Finn' };
const TELLING: Telling = { locale: 'en', zone: 'Europe/London', nameOf: (id) => NAMES[id] ?? 'someone who left' };

const DROP: Drop = {
  id: 'hoodie-run',
  name: 'Hoodie Run',
  format: 'limited',
  streamWall: '2027-01-29T19:00',
  zone: 'America/New_York',
  streamAtMs: Date.UTC(2027, 0, 30, 0),
  state: 'planned',
  startedAtMs: null,
  endedAtMs: null,
};
const DECISIONS: readonly Decision[] = [
  { decision: 'moq', ownerRole: 'founder', ownerPersonIds: ['maya'], open: [{ kind: 'not-tracked' }] },
  { decision: 'qc-standards', ownerRole: 'ops-lead', ownerPersonIds: [], open: [{ kind: 'no-owner' }, { kind: 'not-tracked' }] },
  {
    decision: 'broadcast-timing',
    ownerRole: 'producer',
    ownerPersonIds: ['priya', 'maya'],
    open: [{ kind: 'not-started' }, { kind: 'milestones-overdue', names: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] }],
  },
  { decision: 'returns-policy', ownerRole: 'support', ownerPersonIds: ['gone'], open: [] },
  {
    decision: 'inventory',
    ownerRole: 'fulfilment',
    ownerPersonIds: ['finn'],
    open: [
      { kind: 'oversold', skus: ['PIN'] },
      { kind: 'not-counted', skus: ['PIN', 'BOX'] },
    ],
  },
];

test('a drop is shown with its stream as asked, its state and its decisions', () => {
  expect(dropShow({ drop: DROP, decisions: DECISIONS }, TELLING)).toEqual({
    summary: 'Hoodie Run: planned; 4 of 5 decisions are open',
    tone: 'warning',
    mentions: [],
    parts: [
      { kind: 'text', text: [{ kind: 'strong', text: 'Hoodie Run' }, ' (hoodie-run), limited'] },
      {
        kind: 'fields',
        rows: [
          ['Stream', 'Fri, Jan 29, 2027, 19:00 EST (New York time), asked for as 2027-01-29 19:00 America/New_York.'],
          ['State', 'planned, not live yet'],
        ],
      },
      { kind: 'text', text: 'Decisions, with who owns each:' },
      {
        kind: 'fields',
        rows: [
          ['Order quantity (MOQ)', 'Maya (founder), open: not tracked here yet, ask its owner'],
          ['QC standards', 'nobody yet (ops lead), open: nobody has the role (/team grant); not tracked here yet, ask its owner'],
          ['Broadcast timing', 'Priya, Maya (producer), open: not live yet (/drop start); a, b, c, d, e and 2 more overdue'],
          ['Returns policy', 'someone who left (support), settled ✓'],
          ['Inventory', 'Finn (fulfilment), open: PIN oversold; PIN, BOX not counted in the 7 days before the stream'],
        ],
      },
    ],
  });
});

test('a drop with nothing open is good; its state says since when', () => {
  const live = { ...DROP, state: 'live', startedAtMs: DROP.streamAtMs + 60_000 } as const;
  const settled = DECISIONS.map((decision) => ({ ...decision, open: [] }));
  const message = dropShow({ drop: live, decisions: settled }, TELLING);
  expect([message.summary, message.tone]).toEqual(['Hoodie Run: live; every decision is settled', 'good']);
  expect(JSON.stringify(message.parts)).toContain('live since Fri, Jan 29, 2027, 19:01 EST');
  const ended = { ...live, state: 'ended', endedAtMs: DROP.streamAtMs + 3_600_000 } as const;
  expect(JSON.stringify(dropShow({ drop: ended, decisions: settled }, TELLING).parts)).toContain(
    '"ended Fri, Jan 29, 2027, 20:00 EST"',
  );
});

test('a stream in the hour that comes twice says which is meant', () => {
  const drop = { ...DROP, streamWall: '2027-11-07T01:30', streamAtMs: Date.UTC(2027, 10, 7, 5, 30) };
  expect(JSON.stringify(dropShow({ drop, decisions: [] }, TELLING))).toContain(
    '01:30 happens twice that night; the first is meant.',
  );
});

test('the list marks the current drop', () => {
  const caps = { ...DROP, id: 'cap-run', name: 'Cap Run', format: 'hero' } as const;
  expect(dropList({ drops: [DROP, caps], currentId: 'cap-run' }, TELLING)).toMatchObject({
    summary: '2 drops; current here: Cap Run',
    parts: [
      {
        columns: ['Drop', 'Id', 'Format', 'Stream', 'State'],
        rows: [
          ['Hoodie Run', 'hoodie-run', 'limited', 'Fri, Jan 29, 2027, 19:00 EST', 'planned'],
          ['Cap Run (current here)', 'cap-run', 'hero', 'Fri, Jan 29, 2027, 19:00 EST', 'planned'],
        ],
      },
      { kind: 'context' },
    ],
  });
  expect(dropList({ drops: [], currentId: null }, TELLING)).toEqual(noDrop());
});

describe('answers', () => {
  const drop = DROP;
  test.each<readonly ['use' | 'start' | 'end', DropAnswer, string, string]>([
    ['use', { kind: 'done', drop }, 'plain', 'Commands in this channel now mean Hoodie Run, unless another drop is live.'],
    ['use', { kind: 'unchanged', drop }, 'plain', 'Hoodie Run is what this channel means already. Nothing was changed.'],
    [
      'start',
      { kind: 'done', drop },
      'good',
      'Hoodie Run is live. Stock alerts ring at once from now on; /drop end ends the show.',
    ],
    ['start', { kind: 'unchanged', drop }, 'plain', 'Hoodie Run is live already. Nothing was changed.'],
    [
      'start',
      { kind: 'other-live', drop },
      'refusal',
      'Hoodie Run is live, and one drop is live at a time. End it first: /drop end. Nothing was changed.',
    ],
    [
      'start',
      { kind: 'ended', drop },
      'refusal',
      'Hoodie Run has ended and stays ended. A new show is a new drop in the plan. Nothing was changed.',
    ],
    ['end', { kind: 'unchanged', drop }, 'plain', 'Hoodie Run has ended already. Nothing was changed.'],
    [
      'end',
      { kind: 'not-live', drop },
      'refusal',
      'Hoodie Run is not live, so there is nothing to end. /drop start makes it live. Nothing was changed.',
    ],
    [
      'use',
      { kind: 'no-such-drop', asked: 'hoody', near: ['hoodie-run'] },
      'refusal',
      'No drop is called “hoody”. Did you mean hoodie-run? Nothing was changed.',
    ],
    [
      'start',
      { kind: 'no-such-drop', asked: 'x', near: [] },
      'refusal',
      'No drop is called “x”. /drop list shows them all. Nothing was changed.',
    ],
    [
      'start',
      { kind: 'no-such-drop', asked: null, near: [] },
      'refusal',
      'There is no drop yet. Importing a drop plan makes one.',
    ],
  ])('%s: %j', (verb, answer, tone, summary) => {
    expect(dropAnswer({ verb, answer })).toEqual({ summary, tone, mentions: [], parts: [] });
  });
});

test('the live card says what changes, who started and when, and rings nobody', () => {
  const facts = { dropName: 'Hoodie Run', state: 'live', atMs: DROP.streamAtMs, byPersonId: 'priya' } as const;
  const live = liveCard(facts, TELLING);
  const startedAt = { kind: 'time', atMs: DROP.streamAtMs, style: 'clock' };
  expect(live).toMatchObject({ summary: 'Hoodie Run is live.', tone: 'good', mentions: [] });
  expect(live.parts).toEqual([
    { kind: 'text', text: [{ kind: 'strong', text: 'Hoodie Run is live' }, '. Stock alerts ring at once from now on.'] },
    {
      kind: 'buttons',
      buttons: [
        { label: 'Stock', style: 'plain', call: { name: 'stock', input: {} }, confirm: null },
        { label: 'Pause promotion', style: 'danger', call: { name: 'pause', input: {} }, confirm: null },
      ],
    },
    { kind: 'context', text: ['Started by Priya at ', startedAt, '.'] },
  ]);
  const ended = liveCard({ ...facts, state: 'ended' }, TELLING);
  expect(ended).toMatchObject({ summary: 'Hoodie Run has ended.', tone: 'plain', mentions: [] });
  expect(ended.parts.at(-1)).toEqual({ kind: 'context', text: ['Ended by Priya at ', startedAt, '.'] });
});
