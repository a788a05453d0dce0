import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EMBED, TABLE_ROWS_MAX } from '../../../src/chat/discord/limits.ts';
import { renderMessage } from '../../../src/chat/discord/render.ts';
import type { Body } from '../../../src/chat/discord/render.ts';
import { say } from '../../../src/ports/message.ts';
import type { Button, Message, Part, Text } from '../../../src/ports/message.ts';
import type { Ping } from '../../../src/ports/post.ts';
import { messageFaults } from '../../fakes/discord/limits.ts';
import { messagesOn } from '../../support/messages.ts';
import { button } from './stage.ts';

const POST_ID = 'AbCdEfGhIjKlMnOpQrStUv';
const buttonsOf = ({ parts }: Message): readonly Button[] =>
  parts.flatMap((part) => (part.kind === 'buttons' ? part.buttons : []));

function drawn(message: Message, more: Partial<Parameters<typeof renderMessage>[1]> = {}): Body {
  const buttonIds = buttonsOf(message).map((_, at) => `v1button${at}`);
  return renderMessage(message, { kind: 'card', buttonIds, pings: [], postId: POST_ID, ...more });
}
const described = (...parts: readonly Part[]): readonly (string | undefined)[] =>
  drawn(say('s', { kind: 'text', text: 'head' }, ...parts)).embeds.map(({ description }) => description);

describe('every kind of message', () => {
  test.each(Object.entries(messagesOn('discord')))('%s', async (name, { kind, message, pings }) => {
    const body = drawn(message, { kind: kind === 'ring' ? 'ring' : 'card', pings, postId: kind === 'answer' ? null : POST_ID });
    expect(messageFaults(body)).toEqual([]);
    await expect(`${JSON.stringify(body, null, 2)}\n`).toMatchFileSnapshot(`./snapshots/${name}.json`);
  });
});

describe('a card', () => {
  test('has its first line as title, its tone as a sign and a colour, its post in the footer', () => {
    const body = drawn({ ...say('s', { kind: 'text', text: 'Sold out\nreally' }), tone: 'critical' });
    expect(body).toEqual({
      content: '',
      embeds: [{ title: '● Sold out', description: 'really', color: 0xd7263d, footer: { text: `sc·${POST_ID}` } }],
      components: [],
      allowed_mentions: { parse: [], users: [], replied_user: false },
      flags: 0,
    });
  });

  test('has what is strong as title where a sentence follows, and no title where there are several sentences', () => {
    const strong = (text: string) => ({ kind: 'strong', text }) as const;
    const time = { kind: 'time', atMs: 1_801_267_451_900, style: 'clock' } as const;
    const headed = (text: Text) => {
      const [embed] = drawn(say('s', { kind: 'text', text })).embeds;
      return [embed?.title, embed?.description];
    };
    expect(headed([strong('Run No. 3 is live'), '. Stock alerts ring, ', time])).toEqual([
      'Run No. 3 is live',
      'Stock alerts ring, <t:1801267451:t>',
    ]);
    expect(headed([strong('Paused: everything.'), ' 4 channels are told.'])).toEqual([
      'Paused: everything.',
      '4 channels are told.',
    ]);
    expect(headed([strong('Final QC'), ' for the run: due today'])).toEqual(['Final QC for the run: due today', undefined]);
    expect(headed('Run No. 3 has 5 left.')).toEqual(['Run No. 3 has 5 left.', undefined]);
    expect(headed('Left as it is. Nothing was done.')).toEqual(['Left as it is. Nothing was done.', undefined]);
    const unknown = 'No item is called HODIE-M. Did you mean HOODIE-M? Nothing was changed.';
    expect(headed(unknown)).toEqual([undefined, unknown]);
  });

  test('shows times in each reader’s zone, and channels of Discord as links', () => {
    const atMs = 1_801_267_451_900;
    const text = (['clock', 'day', 'moment', 'relative'] as const).flatMap((style) => [
      { kind: 'time', atMs, style } as const,
      ' ',
    ]);
    const seconds = 1_801_267_451;
    expect(described({ kind: 'context', text })).toEqual([
      `-# <t:${seconds}:t> <t:${seconds}:D> <t:${seconds}:f> <t:${seconds}:R> `,
    ]);
    const channels = (['discord', 'slack'] as const).map(
      (platform) => ({ kind: 'channel', platform, address: platform === 'discord' ? '123' : 'C0_X' }) as const,
    );
    expect(described({ kind: 'text', text: channels })).toEqual(['\n<#123>#C0_X'.trim()]);
    // A title shows neither, and no link.
    expect(drawn(say('s', { kind: 'text', text: 'see https://a.example' })).embeds[0]).toMatchObject({
      description: 'see <https://a.example>',
    });
    const [embed] = drawn(say('s', { kind: 'text', text: ['since ', { kind: 'time', atMs, style: 'clock' }] })).embeds;
    expect([embed?.title, embed?.description]).toEqual([undefined, `since <t:${seconds}:t>`]);
  });

  test('shows a narrow table in aligned letters, a wide one as lines that name its columns', () => {
    const narrow = {
      kind: 'table',
      columns: ['Item', 'Left'],
      rows: [
        ['HOODIE-M', '7'],
        ['```界', '−3'],
      ],
    } as const;
    expect(described(narrow)).toEqual(['```\nItem      Left\nHOODIE-M     7\nˋˋˋ界       −3\n```']);
    const columns = ['Item', 'Left to sell', 'On hand', 'Held', 'State', 'Note that takes room'];
    const wide = {
      kind: 'table',
      columns,
      rows: [
        ['*A*', '0', '5', '0', 'low', ''],
        ['B', '1', '6', '0', 'sold out', 'x'],
      ],
    } as const;
    expect(described(wide)).toEqual([
      [
        '**\\*A\\*** · left to sell 0 · on hand 5 · low',
        '**B** · left to sell 1 · on hand 6 · sold out · note that takes room x',
        '-# Held: 0 in every row',
      ].join('\n'),
    ]);
  });

  test('has room for sixty items, and says how many more there are', () => {
    const columns = ['Item', 'Left', 'On hand', 'Committed', 'Reserve', 'Held', 'Damaged'];
    const rows = Array.from({ length: TABLE_ROWS_MAX + 30 }, (_, at) => [`ITEM-${at}`, '46', '60', '12', '2', '1', String(at)]);
    const texts = described({ kind: 'table', columns, rows });
    expect(
      texts
        .join('\n')
        .split('\n')
        .filter((line) => line.startsWith('**ITEM-')),
    ).toHaveLength(TABLE_ROWS_MAX);
    expect(texts.join('\n').endsWith('… and 30 more rows, left out here.')).toBe(true);
  });

  test('leaves out what is over Discord’s limits, and says so', () => {
    const parts = Array.from({ length: 40 }, (_, at): Part => ({ kind: 'text', text: `${at} ${'word '.repeat(80)}` }));
    const body = drawn(say('s', { kind: 'text', text: 'head' }, ...parts));
    expect(messageFaults(body)).toEqual([]);
    expect(body.embeds.length).toBe(2);
    expect(body.embeds.at(-1)?.description).toMatch(/… and \d+ more lines, left out here\.$/u);
  });

  test('has its buttons in rows, each with an id of its own', () => {
    const buttons = Array.from({ length: 27 }, (_, at) => button(`Button ${at}`, at === 0 ? 'danger' : 'plain'));
    const body = drawn(say('s', { kind: 'buttons', buttons }), { buttonIds: buttons.map(() => 'v1same') });
    expect(body.components.map(({ components }) => components.length)).toEqual([5, 5, 5, 5, 5]);
    expect(body.components[0]?.components.slice(0, 2)).toEqual([
      { type: 2, style: 4, label: 'Button 0', custom_id: 'v1same' },
      { type: 2, style: 2, label: 'Button 1', custom_id: 'v1same#2' },
    ]);
    expect(body.embeds[0]?.description).toBe('-# … and 2 more buttons, left out here.');
  });
});

describe('a ring', () => {
  const ping = (...accountIds: readonly string[]): Ping => ({
    mention: { role: 'producer' },
    people: [{ personId: 'priya', name: 'Priya', accountIds }],
    elsewhere: [{ name: '@everyone', platform: 'slack' }],
  });

  test('says in its content what happened and whom it rings, and rings nobody else', () => {
    const message: Message = { ...say('Sold out: <@9> @everyone'), tone: 'critical' };
    expect(drawn(message, { kind: 'ring', pings: [ping('812345678901234567', '812345678901234568')] })).toEqual({
      content:
        '● Sold out: \\<\u200B@\u200B9> @\u200Beveryone\n' +
        '🔔 <@812345678901234567> <@812345678901234568> (producer); @\u200Beveryone is pinged on Slack',
      embeds: [],
      components: [],
      allowed_mentions: { parse: [], users: ['812345678901234567', '812345678901234568'], replied_user: false },
      flags: 4,
    });
  });

  test('takes nothing for an account that is no Discord id', () => {
    const { content, allowed_mentions: allowed } = drawn(say('s'), { kind: 'ring', pings: [ping('&1> <@&2')] });
    expect([content, allowed.users]).toEqual(['s\n🔔 (producer); @\u200Beveryone is pinged on Slack', []]);
  });
});

const HOSTILE = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc.constantFrom(
    '@everyone',
    '@here',
    '<@1>',
    '<@!1>',
    '<@&1>',
    '<!channel>',
    '<#1>',
    '[a](http://b)',
    '```',
    '**',
    '\u202Eevil',
    '# h',
    '> q',
    '- l',
    '||s||',
    '\\',
    '👩‍👩‍👧'.repeat(100),
    '🎉'.repeat(100),
    'שלום עולם',
    `z${'\u0301'.repeat(300)}`,
    'https://x.example/@everyone',
    '\n\n\n',
  ),
  fc
    .array(
      fc.constantFrom('@', 'everyone', 'here', '<', '>', '@&', '!', '1', '*', '_', '`', '\n', ' ', ':', '/', 'http', '#', '-'),
      { maxLength: 60 },
    )
    .map((all) => all.join('')),
);
const TEXT = fc.oneof(
  HOSTILE,
  fc.array(
    fc.oneof(
      HOSTILE,
      HOSTILE.map((text) => ({ kind: 'strong' as const, text })),
      HOSTILE.map((address) => ({ kind: 'channel' as const, platform: 'discord' as const, address })),
    ),
    { maxLength: 4 },
  ),
);
const PART: fc.Arbitrary<Part> = fc.oneof(
  TEXT.map((text) => ({ kind: 'text' as const, text })),
  TEXT.map((text) => ({ kind: 'context' as const, text })),
  fc.array(fc.tuple(HOSTILE, TEXT), { maxLength: 12 }).map((rows) => ({ kind: 'fields' as const, rows })),
  fc
    .array(fc.tuple(HOSTILE, HOSTILE, HOSTILE), { maxLength: 90 })
    .map((rows) => ({ kind: 'table' as const, columns: ['A', 'B', 'C'], rows })),
  fc
    .array(HOSTILE, { maxLength: 12 })
    .map((labels) => ({ kind: 'buttons' as const, buttons: labels.map((label) => button(label)) })),
  HOSTILE.map((altText) => ({ kind: 'image' as const, file: 'x.png', altText })),
);

test('whatever names hold, a message keeps to Discord’s limits and notifies nobody', () => {
  const messages = fc.record({
    summary: HOSTILE,
    tone: fc.constantFrom('plain', 'critical'),
    mentions: fc.constant([]),
    parts: fc.array(PART, { maxLength: 8 }),
  });
  const ping = HOSTILE.map((name): Ping => ({
    mention: { role: 'producer' },
    people: [],
    elsewhere: [{ name, platform: 'slack' }],
  }));
  fc.assert(
    fc.property(messages as fc.Arbitrary<Message>, fc.constantFrom('card', 'ring'), ping, (message, kind, one) => {
      const body = drawn(
        { ...message, summary: message.summary.trim() === '' ? 'x' : message.summary },
        { kind, pings: kind === 'ring' ? [one] : [] },
      );
      expect(messageFaults(body).filter(({ code }) => code !== 'BASE_TYPE_REQUIRED')).toEqual([]);
      expect(body.allowed_mentions).toEqual({ parse: [], users: [], replied_user: false });
      const shown = [body.content, ...body.embeds.flatMap(({ title, description }) => [title ?? '', description ?? ''])].join(
        '\n',
      );
      expect(shown).not.toMatch(/@everyone|@here|<@[!&]?\d|<#(?!\d+>)|\u202E/u);
      expect(body.content).not.toMatch(/@everyone|@here|<@[!&]?\d/u);
      expect(
        body.embeds.reduce(
          (sum, { title, description, footer }) =>
            sum + (title ?? '').length + (description ?? '').length + (footer?.text ?? '').length,
          0,
        ),
      ).toBeLessThanOrEqual(EMBED.all);
    }),
    { numRuns: 300 },
  );
});
