import { describe, expect, test } from 'vitest';
import { limitFaults, metadataFaults, proposalFaults, viewFaults } from './limits.ts';
import { actions, button, input, modal, mrkdwn, plain, section } from './samples.ts';
import type { Json } from './types.ts';

const x = (charsCount: number): string => 'x'.repeat(charsCount);
const many = <T>(count: number, one: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => one(at));
const buttons = (count: number) => many(count, (at) => button(`b${at}`));
const option = (at: number, more: Json = {}): Json => ({ text: plain(`o${at}`), value: `v${at}`, ...more });
const select = (more: Json): Json => ({ type: 'static_select', action_id: 's', ...more });
const cells = (count: number) => many(count, (at) => ({ type: 'raw_text', text: `c${at}` }));
const textInput = (more: Json): Json => input({ type: 'plain_text_input', action_id: 't', ...more });
const confirmed = (confirm: Json) => actions(button('A', { confirm: { text: plain('sure?'), ...confirm } }));
const card = (more: Json): Json => ({ type: 'card', ...more });

/** What is still taken, what is refused just past it, and where the refusal points. */
type Row = readonly [rule: string, fine: readonly Json[], wrong: readonly Json[], fault: string];

const ROWS: readonly Row[] = [
  [
    '50 blocks',
    many(50, () => ({ type: 'divider' })),
    many(51, () => ({ type: 'divider' })),
    'no more than 50 items allowed [json-pointer:/blocks]',
  ],
  [
    'a section’s text',
    [section(x(3000))],
    [section(x(3001))],
    'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
  ],
  ['some text', [section('x')], [section('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
  ['a section says something', [section('x')], [{ type: 'section' }], 'text or fields is missing [json-pointer:/blocks/0]'],
  [
    '10 fields',
    [{ type: 'section', fields: many(10, () => mrkdwn('x')) }],
    [{ type: 'section', fields: many(11, () => mrkdwn('x')) }],
    'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
  ],
  [
    'a field',
    [{ type: 'section', fields: [mrkdwn(x(2000))] }],
    [{ type: 'section', fields: [mrkdwn(x(2001))] }],
    'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
  ],
  [
    'a header',
    [{ type: 'header', text: plain(x(150)) }],
    [{ type: 'header', text: plain(x(151)) }],
    'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'a header is plain',
    [{ type: 'header', text: plain('x') }],
    [{ type: 'header', text: mrkdwn('x') }],
    'Invalid input: expected "plain_text" [json-pointer:/blocks/0/text/type]',
  ],
  [
    '10 context elements',
    [{ type: 'context', elements: many(10, () => mrkdwn('x')) }],
    [{ type: 'context', elements: many(11, () => mrkdwn('x')) }],
    'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    '25 actions',
    [actions(...buttons(25))],
    [actions(...buttons(26))],
    'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
  ],
  ['some action', [actions(...buttons(1))], [actions()], 'no fewer than 1 items allowed [json-pointer:/blocks/0/elements]'],
  [
    'a button’s label',
    [actions(button(x(75)))],
    [actions(button(x(76)))],
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
  ],
  [
    'a button’s value',
    [actions(button('A', { value: x(2000) }))],
    [actions(button('A', { value: x(2001) }))],
    'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
  ],
  [
    'a button’s url',
    [actions(button('A', { url: x(3000) }))],
    [actions(button('A', { url: x(3001) }))],
    'must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]',
  ],
  [
    'a button’s accessibility label',
    [actions(button('A', { accessibility_label: x(75) }))],
    [actions(button('A', { accessibility_label: x(76) }))],
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/accessibility_label]',
  ],
  [
    'an action id',
    [actions(button('A', { action_id: x(255) }))],
    [actions(button('A', { action_id: x(256) }))],
    'must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]',
  ],
  [
    'action ids are used once in a block',
    [actions(button('A')), actions(button('A'))],
    [actions(button('A'), button('A'))],
    '`action_id` "A" already exists for another element [json-pointer:/blocks/0]',
  ],
  [
    'a block id',
    [{ type: 'divider', block_id: x(255) }],
    [{ type: 'divider', block_id: x(256) }],
    'must be less than 256 characters [json-pointer:/blocks/0/block_id]',
  ],
  [
    'block ids are used once',
    [{ type: 'divider', block_id: 'a' }],
    [
      { type: 'divider', block_id: 'a' },
      { type: 'divider', block_id: 'a' },
    ],
    '`block_id` "a" already exists [json-pointer:/blocks]',
  ],
  [
    'a confirmation’s title',
    [confirmed({ title: plain(x(100)) })],
    [confirmed({ title: plain(x(101)) })],
    'must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]',
  ],
  [
    'a confirmation’s text',
    [confirmed({ text: plain(x(300)) })],
    [confirmed({ text: plain(x(301)) })],
    'must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]',
  ],
  [
    'a confirmation’s yes',
    [confirmed({ confirm: plain(x(30)) })],
    [confirmed({ confirm: plain(x(31)) })],
    'must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/confirm/text]',
  ],
  [
    'a confirmation’s no',
    [confirmed({ deny: plain(x(30)) })],
    [confirmed({ deny: plain(x(31)) })],
    'must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/deny/text]',
  ],
  [
    '100 options',
    [actions(select({ options: many(100, option) }))],
    [actions(select({ options: many(101, option) }))],
    'no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    'options or groups',
    [actions(select({ option_groups: [{ label: plain('g'), options: [option(0)] }] }))],
    [actions(select({}))],
    'either options or option_groups is required [json-pointer:/blocks/0/elements/0]',
  ],
  [
    'an option’s text',
    [actions(select({ options: [option(0, { text: plain(x(75)) })] }))],
    [actions(select({ options: [option(0, { text: plain(x(76)) })] }))],
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]',
  ],
  [
    'an option’s value',
    [actions(select({ options: [option(0, { value: x(75) })] }))],
    [actions(select({ options: [option(0, { value: x(76) })] }))],
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/value]',
  ],
  [
    'an option’s description',
    [actions(select({ options: [option(0, { description: plain(x(75)) })] }))],
    [actions(select({ options: [option(0, { description: plain(x(76)) })] }))],
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/description/text]',
  ],
  [
    'an initial option is an option',
    [actions(select({ options: [option(0)], initial_option: option(0) }))],
    [actions(select({ options: [option(0)], initial_option: option(1) }))],
    'initial_option is none of the options [json-pointer:/blocks/0/elements/0]',
  ],
  [
    '10 radio buttons',
    [actions({ type: 'radio_buttons', options: many(10, option) })],
    [actions({ type: 'radio_buttons', options: many(11, option) })],
    'no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    '5 options in an overflow',
    [actions({ type: 'overflow', options: many(5, option) })],
    [actions({ type: 'overflow', options: many(6, option) })],
    'no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    'a written answer',
    [textInput({ max_length: 3000 })],
    [textInput({ max_length: 3001 })],
    'Too big: expected number to be <=3000 [json-pointer:/blocks/0/element/max_length]',
  ],
  [
    'a written answer’s start',
    [textInput({ max_length: 3, initial_value: 'abc' })],
    [textInput({ max_length: 3, initial_value: 'abcd' })],
    'initial_value is longer than max_length [json-pointer:/blocks/0/element]',
  ],
  [
    'a placeholder',
    [textInput({ placeholder: plain(x(150)) })],
    [textInput({ placeholder: plain(x(151)) })],
    'must be less than 151 characters [json-pointer:/blocks/0/element/placeholder/text]',
  ],
  [
    'a number says whether decimals are fine',
    [input({ type: 'number_input', is_decimal_allowed: true })],
    [input({ type: 'number_input' })],
    'missing required field [json-pointer:/blocks/0/element/is_decimal_allowed]',
  ],
  [
    'a number’s bounds are text',
    [input({ type: 'number_input', is_decimal_allowed: true, min_value: '1' })],
    [input({ type: 'number_input', is_decimal_allowed: true, min_value: 1 })],
    'Invalid input: expected string, received number [json-pointer:/blocks/0/element/min_value]',
  ],
  [
    'a day',
    [input({ type: 'datepicker', initial_date: '2027-01-29' })],
    [input({ type: 'datepicker', initial_date: '29/01/2027' })],
    'Invalid string: must match pattern /^\\d{4}-\\d{2}-\\d{2}$/ [json-pointer:/blocks/0/element/initial_date]',
  ],
  [
    'one element has the focus',
    [textInput({ focus_on_load: true })],
    [textInput({ focus_on_load: true }), { ...textInput({ focus_on_load: true }), block_id: 'two' }],
    'only one element may focus on load [json-pointer:/blocks]',
  ],
  [
    '100 rows',
    [{ type: 'table', rows: many(100, () => cells(2)) }],
    [{ type: 'table', rows: many(101, () => cells(2)) }],
    'no more than 100 items allowed [json-pointer:/blocks/0/rows]',
  ],
  [
    '20 cells',
    [{ type: 'table', rows: [cells(20)] }],
    [{ type: 'table', rows: [cells(21)] }],
    'no more than 20 items allowed [json-pointer:/blocks/0/rows/0]',
  ],
  [
    'rows of one length',
    [{ type: 'table', rows: [cells(2), cells(2)] }],
    [{ type: 'table', rows: [cells(2), cells(1)] }],
    'rows of a table have the same number of cells [json-pointer:/blocks/0]',
  ],
  [
    'one table',
    [{ type: 'table', rows: [cells(1)] }],
    [
      { type: 'table', rows: [cells(1)] },
      { type: 'table', rows: [cells(1)] },
    ],
    'only one table allowed [json-pointer:/blocks]',
  ],
  [
    'markdown of all blocks together',
    [
      { type: 'markdown', text: x(6000) },
      { type: 'markdown', text: x(6000) },
    ],
    [
      { type: 'markdown', text: x(6000) },
      { type: 'markdown', text: x(6001) },
    ],
    'no more than 12000 characters of markdown allowed [json-pointer:/blocks]',
  ],
  [
    'an alert’s level',
    [{ type: 'alert', text: plain('x'), level: 'error' }],
    [{ type: 'alert', text: plain('x'), level: 'fatal' }],
    '/blocks/0/level]',
  ],
  [
    'a card’s body',
    [card({ body: mrkdwn(x(200)) })],
    [card({ body: mrkdwn(x(201)) })],
    'must be less than 201 characters [json-pointer:/blocks/0/body/text]',
  ],
  [
    '10 cards',
    [{ type: 'carousel', elements: many(10, () => card({ body: mrkdwn('x') })) }],
    [{ type: 'carousel', elements: many(11, () => card({ body: mrkdwn('x') })) }],
    'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
  ],
  ['known blocks', [{ type: 'divider' }], [{ type: 'line' }], 'unsupported type [json-pointer:/blocks/0/type]'],
  [
    'known elements',
    [actions(button('A'))],
    [actions({ type: 'lever' })],
    'unsupported type [json-pointer:/blocks/0/elements/0/type]',
  ],
  ['known keys', [section('x')], [{ ...section('x'), colour: 'red' }], 'additional property: colour [json-pointer:/blocks/0]'],
  [
    'images have an address',
    [{ type: 'image', image_url: 'https://x', alt_text: 'x' }],
    [{ type: 'image', alt_text: 'x' }],
    'image_url or slack_file is missing [json-pointer:/blocks/0]',
  ],
  [
    'rich text of known pieces',
    [
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'x', style: { bold: true } }] }],
      },
    ],
    [
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'x', style: { loud: true } }] }],
      },
    ],
    'additional property: loud [json-pointer:/blocks/0/elements/0/elements/0/style]',
  ],
];

test.each(ROWS)('%s', (_rule, fine, wrong, fault) => {
  expect(limitFaults(fine)).toEqual([]);
  const faults = limitFaults(wrong);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(fault);
});

describe('a view', () => {
  const { submit: _submit, ...unsent } = modal(textInput({}));
  test.each<[string, Json, Json, string]>([
    ['title', modal(), { ...modal(), title: plain(x(25)) }, 'must be less than 25 characters [json-pointer:/view/title/text]'],
    ['submit', { ...modal(), submit: plain(x(24)) }, { ...modal(), submit: plain(x(25)) }, '[json-pointer:/view/submit/text]'],
    ['close', { ...modal(), close: plain(x(24)) }, { ...modal(), close: plain(x(25)) }, '[json-pointer:/view/close/text]'],
    [
      'private_metadata',
      { ...modal(), private_metadata: x(3000) },
      { ...modal(), private_metadata: x(3001) },
      'must be less than 3001 characters [json-pointer:/view/private_metadata]',
    ],
    ['callback_id', { ...modal(), callback_id: x(255) }, { ...modal(), callback_id: x(256) }, '[json-pointer:/view/callback_id]'],
    [
      '100 blocks',
      modal(...many(100, () => section('x'))),
      modal(...many(101, () => section('x'))),
      'no more than 100 items allowed [json-pointer:/view/blocks]',
    ],
    ['its blocks', modal(section('x')), modal(section('')), '[json-pointer:/view/blocks/0/text/text]'],
    ['submit with inputs', modal(textInput({})), unsent, '`submit` is required'],
    ['type', modal(), { ...modal(), type: 'panel' }, 'unsupported type [json-pointer:/view/type]'],
    [
      'a Home has no title',
      { type: 'home', blocks: [] },
      { type: 'home', blocks: [], title: plain('x') },
      'additional property: title [json-pointer:/view]',
    ],
  ])('%s', (_rule, fine, wrong, fault) => {
    expect(viewFaults(fine)).toEqual([]);
    const faults = viewFaults(wrong);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });
});

test('metadata is an event with flat values', () => {
  const event = (event_payload: Json): Json => ({ event_type: 'post', event_payload });
  expect(metadataFaults({})).toEqual([]);
  expect(metadataFaults(event({ id: 'p1', revision: 2, critical: true, lines: [{ sku: 'A' }] }))).toEqual([]);
  expect(metadataFaults({ event_type: 'post' })).toEqual([
    '[ERROR] missing required field [json-pointer:/metadata/event_payload]',
  ]);
  expect(metadataFaults(event({ deep: { deeper: { deepest: 1 } } }))).toHaveLength(1);
  expect(metadataFaults({ ...event({}), more: 1 })).toEqual(['[ERROR] additional property: more [json-pointer:/metadata]']);
});

test('proposals are at most 100 options', () => {
  expect(proposalFaults({ options: many(100, option) })).toEqual([]);
  expect(proposalFaults({ options: many(101, option) })).toEqual([
    '[ERROR] no more than 100 items allowed [json-pointer:/options/options]',
  ]);
  expect(proposalFaults({ options: [option(0, { text: plain(x(76)) })] })).toHaveLength(1);
});
