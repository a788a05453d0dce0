import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BODY_CHARS_MAX } from '../../../src/chat/slack/limits.ts';
import type { Look } from '../../../src/chat/slack/render.ts';
import { renderMessage } from '../../../src/chat/slack/render.ts';
import type { Button, Message, Part, Span, Text } from '../../../src/ports/message.ts';
import { say } from '../../../src/ports/message.ts';
import type { Ping } from '../../../src/ports/post.ts';
import { limitFaults, visibleText } from '../../fakes/slack/index.ts';
import type { Json } from '../../fakes/slack/index.ts';
import { SAMPLE_NOW, SAMPLE_TELLING } from '../../support/sample-facts.ts';
import { MESSAGES } from '../../support/messages.ts';

const LOOK: Look = { buttonIds: [], pings: [], zone: 'America/New_York', locale: 'en', nowMs: SAMPLE_NOW };
const IDS = Array.from({ length: 60 }, (_, at) => `b1_${at}`);
const button = (label: string, more: Partial<Button> = {}): Button => {
  return { label, style: 'plain', call: { name: 'stock', input: {} }, confirm: null, ...more };
};
const render = (parts: readonly Part[], look: Partial<Look> = {}, more: Partial<Message> = {}) =>
  renderMessage({ ...say('Summary', ...parts), ...more }, { ...LOOK, ...look });
const texts = (parts: readonly Part[], look: Partial<Look> = {}) =>
  render(parts, look).blocks.map((block) => {
    if (block.type === 'section') return block.text?.text ?? block.fields?.map(({ text }) => text);
    return block.type === 'context' ? block.elements.map((one) => ('text' in one ? one.text : one)) : block.type;
  });
const head: Part = { kind: 'text', text: 'Head' };

describe('every sample message', () => {
  test.each(Object.entries(MESSAGES))('%s', async (name, { message, pings }) => {
    const { zone, locale } = SAMPLE_TELLING;
    const rendered = renderMessage(message, { buttonIds: IDS, pings, zone, locale, nowMs: SAMPLE_NOW });
    expect(limitFaults(rendered.blocks)).toEqual([]);
    await expect(`${JSON.stringify(rendered, null, 2)}\n`).toMatchFileSnapshot(`snapshots/${name}.json`);
  });
});

describe('a message', () => {
  test('without parts shows its summary, which is also the line for notifications', () => {
    expect(render([], {}, { tone: 'refusal', summary: 'No *such* <item>.' })).toEqual({
      text: '✗ No ∗such∗ &lt;item&gt;.',
      blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '✗ No ∗such∗ &lt;item&gt;.', verbatim: true } }],
    });
  });

  test.each([
    ['plain', 'Head'],
    ['good', '✓ Head'],
    ['warning', '▲ Head'],
    ['critical', '● Head'],
    ['refusal', '✗ Head'],
  ] as const)('of tone %s says so by a sign', (tone, first) => {
    const { text, blocks } = render([head], {}, { tone });
    expect(text).toBe(first.replace('Head', 'Summary'));
    expect(blocks).toMatchObject([{ type: 'section', text: { text: first } }]);
  });

  test('that begins with a table is headed by its summary', () => {
    const table: Part = {
      kind: 'table',
      columns: ['Item', 'Left', 'On hand'],
      rows: [
        ['A', '1', ''],
        ['B', '0', '3'],
      ],
    };
    expect(texts([table])).toEqual(['*Summary*', '*A* — left 1\n*B* — left 0 · on hand 3']);
  });

  test('tells times in the reader’s own zone, with ours where Slack cannot', () => {
    const time = (style: 'clock' | 'day' | 'moment' | 'relative'): Span => ({ kind: 'time', atMs: SAMPLE_NOW - 90_000, style });
    expect(texts([{ kind: 'text', text: [time('clock'), ' ', time('day')] }])).toEqual([
      '<!date^1801267361^{time}|19:02 EST> <!date^1801267361^{date_short}|Fri, Jan 29, 2027>',
    ]);
    expect(texts([{ kind: 'text', text: [time('moment'), ' ', time('relative')] }])).toEqual([
      '<!date^1801267361^{date_short} {time}|Fri, Jan 29, 2027, 19:02 EST> <!date^1801267361^{ago}|90 s ago>',
    ]);
  });

  test('links a channel of Slack, and names others', () => {
    const channel = (platform: 'slack' | 'discord', address: string): Span => ({ kind: 'channel', platform, address });
    const text = [channel('slack', 'C0TEAM'), ' ', channel('discord', '99'), ' ', channel('slack', '!channel')];
    expect(texts([{ kind: 'text', text }])).toEqual(['<#C0TEAM> #99 #!channel']);
  });

  test('makes bold what is strong, and never by accident', () => {
    const strong = (text: string): Span => ({ kind: 'strong', text });
    expect(texts([{ kind: 'text', text: ['a', strong('b*c'), 'd ', strong(' e '), strong('f\ng')] }])).toEqual([
      'a\u200B*b∗c*\u200Bd  *e* *f*\n*g*',
    ]);
    expect(texts([{ kind: 'text', text: [strong('  ')] }, head])).toEqual(['Head']);
  });

  test('puts short values in pairs and gives longer ones a line each', () => {
    expect(
      texts([
        head,
        {
          kind: 'fields',
          rows: [
            ['Price', '$9'],
            ['Left', '3'],
          ],
        },
      ]),
    ).toEqual(['Head', ['*Price*: $9', '*Left*: 3']]);
    const rows = [['Price', '$9'] as const, ['State', 'Open: nobody has taken it yet'] as const];
    expect(texts([head, { kind: 'fields', rows }])).toEqual(['Head', '*Price*: $9\n*State*: Open: nobody has taken it yet']);
  });

  test('that is critical shouts its headline, unless it rings and so is a line', () => {
    const strong = (text: string): Part => ({ kind: 'text', text: [{ kind: 'strong', text }] });
    const critical = { tone: 'critical' } as const;
    expect(render([strong('PROMOTION *PAUSED*')], {}, critical).blocks).toEqual([
      { type: 'header', text: { type: 'plain_text', text: '● PROMOTION *PAUSED*', emoji: false } },
    ]);
    const pings: readonly Ping[] = [{ mention: { role: 'producer' }, people: [], elsewhere: [] }];
    const loud = render([strong('x'.repeat(149))], {}, critical).blocks;
    for (const blocks of [render([strong('x')]).blocks, render([strong('x')], { pings }, critical).blocks, loud])
      expect(blocks.map(({ type }) => type)).toEqual(['section']);
  });

  test('names a column of numbers or with a title of several words, and tells once what is nought in every row', () => {
    const columns = ['Item', 'Left', 'On hand', 'Held', 'State', 'Limited by'];
    const rows = [
      ['A', '0', '5', '0', 'sold out', 'PIN'],
      ['B', '0', '6', '0', 'low', ''],
    ];
    expect(texts([head, { kind: 'table', columns, rows }])).toEqual([
      'Head',
      '*A* — left 0 · on hand 5 · sold out · limited by PIN\n*B* — left 0 · on hand 6 · low',
      ['Held: 0 in every row'],
    ]);
  });

  test('says how many rows of a table are left out', () => {
    const rows = Array.from({ length: 60 }, (_, at) => [`ITEM-${at}`, String(at)]);
    const [, shown] = texts([{ kind: 'table', columns: ['Item', 'Left'], rows }]);
    const lines = typeof shown === 'string' ? shown.split('\n') : [];
    expect(lines).toHaveLength(31);
    expect(lines[29]).toBe('*ITEM-29* — left 29');
    expect(lines[30]).toBe('… and 30 more rows, left out here.');
  });

  test('gives each button its id, its look and its question', () => {
    const confirm = { title: 'Sure?', text: 'It *cannot* be undone', yes: 'Do it' };
    const buttons = [button('Go', { style: 'primary' }), button('Stop <now>', { style: 'danger', confirm }), button('No id')];
    const plain = (text: string) => ({ type: 'plain_text', text, emoji: false });
    expect(render([head, { kind: 'buttons', buttons }], { buttonIds: ['b1', 'b2'] }).blocks[1]).toEqual({
      type: 'actions',
      elements: [
        { type: 'button', text: plain('Go'), action_id: 'press:0', value: 'b1', style: 'primary' },
        {
          type: 'button',
          text: plain('Stop <now>'),
          action_id: 'press:1',
          value: 'b2',
          style: 'danger',
          confirm: {
            title: plain('Sure?'),
            text: plain('It *cannot* be undone'),
            confirm: plain('Do it'),
            deny: plain('Leave it'),
            style: 'danger',
          },
        },
      ],
    });
  });

  test('keeps ids apart over several rows of buttons', () => {
    const many: Part = { kind: 'buttons', buttons: Array.from({ length: 30 }, (_, at) => button(`B${at}`)) };
    const { blocks } = render([head, many, { kind: 'buttons', buttons: [button('Last')] }], { buttonIds: IDS });
    const elements = blocks.flatMap((block) => (block.type === 'actions' ? [block.elements.map((one) => one.action_id)] : []));
    expect(elements.map(({ length }) => length)).toEqual([25, 5, 1]);
    expect(elements.flat()).toEqual(Array.from({ length: 31 }, (_, at) => `press:${at}`));
    expect(JSON.stringify(blocks.at(-1))).toContain('"value":"b1_30"');
  });

  test('over Slack’s limits keeps its buttons and says what it left out', () => {
    const contexts = Array.from({ length: 70 }, (_, at): Part => ({ kind: 'context', text: `line ${at}` }));
    const parts: readonly Part[] = [head, ...contexts, { kind: 'buttons', buttons: [button('Still here')] }];
    const { blocks } = render(parts, { buttonIds: IDS });
    expect(blocks).toHaveLength(50);
    expect(blocks[47]).toMatchObject({ type: 'context', elements: [{ text: 'line 46' }] });
    expect(blocks[48]).toMatchObject({ type: 'actions' });
    expect(blocks[49]).toMatchObject({ elements: [{ text: '… and 23 more parts, left out here.' }] });
    const long = Array.from({ length: 10 }, (_, at): Part => ({ kind: 'text', text: `${at}`.repeat(2_500) }));
    const shown = render(long).blocks.map((block) => (block.type === 'section' ? (block.text?.text.length ?? 0) : 0));
    expect(shown.reduce((sum, chars) => sum + chars, 0)).toBeLessThanOrEqual(BODY_CHARS_MAX);
    expect(render(long).blocks.at(-1)).toMatchObject({ elements: [{ text: '… and 6 more parts, left out here.' }] });
  });

  test('says what a picture shows, as Slack cannot read a file of ours', () => {
    expect(texts([head, { kind: 'image', file: '/tmp/x.png', altText: 'A *hoodie*' }])).toEqual([
      'Head',
      ['Picture: A ∗hoodie∗'],
    ]);
  });
});

describe('pings', () => {
  const person = (personId: string, name: string, ...accountIds: string[]) => ({ personId, name, accountIds });
  const producers: Ping = {
    mention: { role: 'producer' },
    people: [person('p', 'Priya', 'U1'), person('m', 'Maya', 'W2', 'U3')],
    elsewhere: [{ name: 'O*g', platform: 'discord' }],
  };

  test('call everybody meant, in what is shown and in what notifies', () => {
    const { text, blocks } = render([], { pings: [producers] }, { tone: 'critical' });
    const line = '🔔 <@U1> <@W2> <@U3> (producer); O∗g is pinged on Discord';
    expect(text).toBe(`● Summary\n${line}`);
    expect(blocks).toMatchObject([{ type: 'section', text: { text: `● Summary\n${line}` } }]);
  });

  test('call nobody twice, and only by something that is an account', () => {
    const founder: Ping = {
      mention: { personId: 'm' },
      people: [person('m', 'Maya', 'U3'), person('x', '<!here>', '!here')],
      elsewhere: [],
    };
    expect(
      render([], { pings: [producers, founder] })
        .text.split('\n')
        .slice(1),
    ).toEqual(['🔔 <@U1> <@W2> <@U3> (producer); O∗g is pinged on Discord', '🔔 Maya &lt;!here&gt;']);
  });

  test('say when there is nobody to call', () => {
    const none: Ping = { mention: { role: 'ops-lead' }, people: [], elsewhere: [] };
    expect(render([], { pings: [none] }).text).toBe('Summary\n🔔 Nobody with the role ops lead has an account here.');
  });

  test('stand below the headline of a longer ring', () => {
    expect(texts([head, { kind: 'context', text: 'more' }], { pings: [producers] })).toEqual([
      'Head\n🔔 <@U1> <@W2> <@U3> (producer); O∗g is pinged on Discord',
      ['more'],
    ]);
  });
});

describe('whatever is said', () => {
  const nasty = fc.oneof(
    fc.constantFrom(
      '@everyone',
      '@here <!here>',
      '<!channel>',
      '<!subteam^S1>',
      '<@U1>',
      '<#C1>',
      '<!date^1^{time}|x>',
      '&lt;!channel&gt;',
      '*b* _i_ ~s~ `c` ```x```',
      '> quote\n> <@U2>',
      ':tada: https://evil.example/<@U1>',
      '\u202Ereversed\u202C',
      'שלום <@U9>',
      '👩‍👩‍👧‍👦'.repeat(100),
      'x'.repeat(4_000),
      '|<@U1|a>',
      '',
      ' \n ',
    ),
    fc.string({ unit: 'grapheme', maxLength: 80 }),
    fc.string({ unit: fc.constantFrom('<', '@', '!', 'U', '1', '>', '*', '\n', '&', ';', 'l', 't', '|', '#', 'C') }),
  );
  const span: fc.Arbitrary<Span> = fc.oneof(
    nasty,
    fc.record({ kind: fc.constant('strong' as const), text: nasty }),
    fc.record({
      kind: fc.constant('channel' as const),
      platform: fc.constantFrom('slack' as const, 'discord' as const),
      address: nasty,
    }),
    fc.record({
      kind: fc.constant('time' as const),
      atMs: fc.integer({ min: 0, max: 4e12 }),
      style: fc.constantFrom('clock' as const, 'day' as const, 'moment' as const, 'relative' as const),
    }),
  );
  const text: fc.Arbitrary<Text> = fc.oneof(nasty, fc.array(span, { maxLength: 5 }));
  const pressed = fc.record({
    label: nasty,
    style: fc.constantFrom('plain' as const, 'primary' as const, 'danger' as const),
    call: fc.constant({ name: 'stock', input: {} }),
    confirm: fc.option(fc.record({ title: nasty, text: nasty, yes: nasty }), { nil: null }),
  });
  const part: fc.Arbitrary<Part> = fc.oneof(
    fc.record({ kind: fc.constant('text' as const), text }),
    fc.record({ kind: fc.constant('context' as const), text }),
    fc.record({ kind: fc.constant('fields' as const), rows: fc.array(fc.tuple(nasty, text), { maxLength: 15 }) }),
    fc.record({
      kind: fc.constant('table' as const),
      columns: fc.array(nasty, { maxLength: 4 }),
      rows: fc.array(fc.array(nasty, { maxLength: 5 }), { maxLength: 40 }),
    }),
    fc.record({ kind: fc.constant('buttons' as const), buttons: fc.array(pressed, { maxLength: 30 }) }),
    fc.record({ kind: fc.constant('image' as const), file: nasty, altText: nasty }),
  );
  const message: fc.Arbitrary<Message> = fc.record({
    summary: nasty,
    tone: fc.constantFrom('plain' as const, 'good' as const, 'warning' as const, 'critical' as const, 'refusal' as const),
    mentions: fc.constant([]),
    parts: fc.array(part, { maxLength: 12 }),
  });

  test('it calls nobody, links nowhere, formats nothing of its own and stays within Slack’s limits', () => {
    fc.assert(
      fc.property(message, (said) => {
        const { text, blocks } = renderMessage(said, { ...LOOK, buttonIds: IDS });
        expect(text.length).toBeGreaterThan(0);
        expect(limitFaults(blocks)).toEqual([]);
        for (const shown of [text, ...blocks.flatMap(mrkdwnOf)]) {
          // All that may stand in brackets is ours: a time or a channel.
          expect(shown.replaceAll(/<!date\^\d+\^[{}\w ]+\|[^<>|]*>|<#[CDG][A-Z0-9]{1,40}>/gu, '')).not.toMatch(/[<>]/u);
        }
        expect(visibleText({ text, blocks: blocks as unknown as readonly Json[] })).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/u);
      }),
      { numRuns: 400 },
    );
  });
});

function mrkdwnOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnOf);
  if (typeof value !== 'object' || value === null) return [];
  const own = 'type' in value && value.type === 'mrkdwn' && 'text' in value && typeof value.text === 'string' ? [value.text] : [];
  return [...own, ...Object.values(value).flatMap(mrkdwnOf)];
}
