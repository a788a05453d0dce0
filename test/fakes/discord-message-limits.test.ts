import { expect, test } from 'vitest';
import { messageFaults } from './discord/limits.ts';

const row = (...components: unknown[]): unknown => ({ type: 1, components });
const button = (more: object = {}): unknown => ({ type: 2, style: 1, label: 'Go', custom_id: 'go', ...more });
const many = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
const withComponents = (...components: unknown[]): unknown => ({ content: 'x', components });
const embed = (more: object): unknown => ({ embeds: [more] });
const options = (count: number, more: object = {}): unknown[] =>
  many(count, (at) => ({ label: `L${at}`, value: `v${at}`, ...more }));
const select = (more: object): unknown => withComponents(row({ type: 3, custom_id: 's', ...more }));

// Each row: what it is, a body at the limit, one beyond it, and where Discord points.
const messages: readonly [string, unknown, unknown, string][] = [
  ['content', { content: 'x'.repeat(2_000) }, { content: 'x'.repeat(2_001) }, 'content BASE_TYPE_MAX_LENGTH'],
  ['nothing', { content: 'x' }, { content: ' \n' }, ' MESSAGE_EMPTY'],
  ['an unknown field', { content: 'x' }, { content: 'x', embed: {} }, 'embed UNKNOWN_FIELD'],
  ['nonce', { content: 'x', nonce: 'n'.repeat(25) }, { content: 'x', nonce: 'n'.repeat(26) }, 'nonce BASE_TYPE_MAX_LENGTH'],
  [
    'enforced nonce',
    { content: 'x', nonce: 'n', enforce_nonce: true },
    { content: 'x', enforce_nonce: true },
    'nonce BASE_TYPE_REQUIRED',
  ],
  [
    'embeds',
    { embeds: many(10, () => ({ title: 'x' })) },
    { embeds: many(11, () => ({ title: 'x' })) },
    'embeds BASE_TYPE_BAD_LENGTH',
  ],
  ['embed title', embed({ title: 'x'.repeat(256) }), embed({ title: 'x'.repeat(257) }), 'embeds.0.title BASE_TYPE_MAX_LENGTH'],
  [
    'embed description',
    embed({ description: 'x'.repeat(4_096) }),
    embed({ description: 'x'.repeat(4_097) }),
    'embeds.0.description BASE_TYPE_MAX_LENGTH',
  ],
  ['an empty embed', embed({ title: 'x' }), embed({ color: 1 }), 'embeds.0.description BASE_TYPE_REQUIRED'],
  [
    'embed colour',
    embed({ title: 'x', color: 0xffffff }),
    embed({ title: 'x', color: 0x1000000 }),
    'embeds.0.color NUMBER_TYPE_MAX',
  ],
  [
    'embed fields',
    embed({ fields: many(25, () => ({ name: 'n', value: 'v' })) }),
    embed({ fields: many(26, () => ({ name: 'n', value: 'v' })) }),
    'embeds.0.fields BASE_TYPE_BAD_LENGTH',
  ],
  [
    'field name',
    embed({ fields: [{ name: 'n'.repeat(256), value: 'v' }] }),
    embed({ fields: [{ name: 'n'.repeat(257), value: 'v' }] }),
    'embeds.0.fields.0.name BASE_TYPE_BAD_LENGTH',
  ],
  [
    'field value',
    embed({ fields: [{ name: 'n', value: 'v'.repeat(1_024) }] }),
    embed({ fields: [{ name: 'n', value: 'v'.repeat(1_025) }] }),
    'embeds.0.fields.0.value BASE_TYPE_BAD_LENGTH',
  ],
  [
    'an empty field',
    embed({ fields: [{ name: 'n', value: 'v' }] }),
    embed({ fields: [{ name: 'n', value: '' }] }),
    'embeds.0.fields.0.value BASE_TYPE_REQUIRED',
  ],
  [
    'footer',
    embed({ footer: { text: 'x'.repeat(2_048) } }),
    embed({ footer: { text: 'x'.repeat(2_049) } }),
    'embeds.0.footer.text BASE_TYPE_BAD_LENGTH',
  ],
  [
    'all embeds together',
    { embeds: [{ description: 'x'.repeat(4_000) }, { description: 'x'.repeat(1_999), title: 'x' }] },
    { embeds: [{ description: 'x'.repeat(4_000) }, { description: 'x'.repeat(2_000), title: 'x' }] },
    'embeds MAX_EMBED_SIZE_EXCEEDED',
  ],
  [
    'rows',
    withComponents(...many(5, (at) => row(button({ custom_id: `b${at}` })))),
    withComponents(...many(6, (at) => row(button({ custom_id: `b${at}` })))),
    'components BASE_TYPE_BAD_LENGTH',
  ],
  [
    'buttons of a row',
    withComponents(row(...many(5, (at) => button({ custom_id: `b${at}` })))),
    withComponents(row(...many(6, (at) => button({ custom_id: `b${at}` })))),
    'components.0.components BASE_TYPE_BAD_LENGTH',
  ],
  ['an empty row', withComponents(row(button())), withComponents(row()), 'components.0.components BASE_TYPE_BAD_LENGTH'],
  [
    'custom id',
    withComponents(row(button({ custom_id: 'c'.repeat(100) }))),
    withComponents(row(button({ custom_id: 'c'.repeat(101) }))),
    'components.0.components.0.custom_id BASE_TYPE_BAD_LENGTH',
  ],
  [
    'custom ids alike',
    withComponents(row(button()), row(button({ custom_id: 'other' }))),
    withComponents(row(button()), row(button())),
    'components COMPONENT_CUSTOM_ID_DUPLICATED',
  ],
  [
    'button label',
    withComponents(row(button({ label: 'l'.repeat(80) }))),
    withComponents(row(button({ label: 'l'.repeat(81) }))),
    'components.0.components.0.label BASE_TYPE_MAX_LENGTH',
  ],
  [
    'no label',
    withComponents(row(button({ label: '', emoji: { name: 'x' } }))),
    withComponents(row(button({ label: '' }))),
    'components.0.components.0.label BASE_TYPE_REQUIRED',
  ],
  [
    'link',
    withComponents(row({ type: 2, style: 5, label: 'x', url: 'u'.repeat(512) })),
    withComponents(row({ type: 2, style: 5, label: 'x', url: 'u'.repeat(513) })),
    'components.0.components.0.url BASE_TYPE_BAD_LENGTH',
  ],
  [
    'options',
    select({ options: options(25) }),
    select({ options: options(26) }),
    'components.0.components.0.options BASE_TYPE_BAD_LENGTH',
  ],
  [
    'option label',
    select({ options: options(1, { label: 'x'.repeat(100) }) }),
    select({ options: options(1, { label: 'x'.repeat(101) }) }),
    'components.0.components.0.options.0.label BASE_TYPE_BAD_LENGTH',
  ],
  [
    'placeholder',
    select({ options: options(1), placeholder: 'x'.repeat(150) }),
    select({ options: options(1), placeholder: 'x'.repeat(151) }),
    'components.0.components.0.placeholder BASE_TYPE_MAX_LENGTH',
  ],
  [
    'values chosen',
    select({ options: options(2), max_values: 2 }),
    select({ options: options(2), max_values: 3 }),
    'components.0.components.0.max_values BASE_TYPE_BAD_LENGTH',
  ],
  [
    'a select beside a button',
    select({ options: options(1) }),
    withComponents(row(button(), { type: 3, custom_id: 's', options: options(1) })),
    'components.0.components COMPONENT_LAYOUT_WIDTH_EXCEEDED',
  ],
  [
    'a part of the second kind without its flag',
    { components: [{ type: 10, content: 'x' }], flags: 1 << 15 },
    { content: 'x', components: [{ type: 10, content: 'x' }] },
    'components.0.type BASE_TYPE_CHOICES',
  ],
  [
    'content beside the second kind',
    { components: [{ type: 17, components: [{ type: 10, content: 'x' }] }], flags: 1 << 15 },
    { content: 'x', components: [{ type: 10, content: 'x' }], flags: 1 << 15 },
    ' MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
  ],
  ['flags', { content: 'x', flags: 4 }, { content: 'x', flags: 64 }, 'flags BITFIELD_TYPE_FLAGS'],
  [
    'mentions both ways',
    { content: 'x', allowed_mentions: { parse: ['users'], users: [] } },
    { content: 'x', allowed_mentions: { parse: ['users'], users: ['1200000000000000009'] } },
    'allowed_mentions.users MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
  ],
  [
    'a mention twice',
    { content: 'x', allowed_mentions: { parse: [], users: ['1200000000000000009'] } },
    { content: 'x', allowed_mentions: { parse: [], users: ['1200000000000000009', '1200000000000000009'] } },
    'allowed_mentions.users SET_TYPE_ALREADY_CONTAINS_VALUE',
  ],
  [
    'an unknown kind of mention',
    { content: 'x', allowed_mentions: { parse: ['roles'] } },
    { content: 'x', allowed_mentions: { parse: ['here'] } },
    'allowed_mentions.parse.0 BASE_TYPE_CHOICES',
  ],
  [
    'a mentioned number',
    { content: 'x', allowed_mentions: { users: ['1200000000000000009'] } },
    { content: 'x', allowed_mentions: { users: [12] } },
    'allowed_mentions.users.0 NUMBER_TYPE_COERCE',
  ],
];

test.each(messages)('%s', (_what, fine, beyond, where) => {
  expect(messageFaults(fine)).toEqual([]);
  expect(messageFaults(beyond).map(({ path, code }) => `${path} ${code}`)).toContain(where);
});
