import { describe, expect, test } from 'vitest';
import { commandFaults, commandListFaults, modalFaults } from './discord/limits.ts';
import { STOCK } from './discord/stage.ts';

const row = (...components: unknown[]): unknown => ({ type: 1, components });
const button = (more: object = {}): unknown => ({ type: 2, style: 1, label: 'Go', custom_id: 'go', ...more });
const many = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
const options = (count: number, more: object = {}): unknown[] =>
  many(count, (at) => ({ label: `L${at}`, value: `v${at}`, ...more }));

const modal = (...components: unknown[]): unknown => ({ title: 'T', custom_id: 'f', components });
const input = (more: object = {}, outer: object = {}): unknown => ({
  type: 18,
  label: 'L',
  component: { type: 4, custom_id: 'i', style: 1, ...more },
  ...outer,
});
const modals: readonly [string, unknown, unknown, string][] = [
  [
    'title',
    { title: 'T'.repeat(45), custom_id: 'f', components: [input()] },
    { title: 'T'.repeat(46), custom_id: 'f', components: [input()] },
    'title BASE_TYPE_BAD_LENGTH',
  ],
  [
    'custom id',
    { title: 'T', custom_id: 'f'.repeat(100), components: [input()] },
    { title: 'T', custom_id: 'f'.repeat(101), components: [input()] },
    'custom_id BASE_TYPE_BAD_LENGTH',
  ],
  [
    'components',
    modal(...many(5, (at) => input({ custom_id: `i${at}` }))),
    modal(...many(6, (at) => input({ custom_id: `i${at}` }))),
    'components BASE_TYPE_BAD_LENGTH',
  ],
  ['no component', modal(input()), modal(), 'components BASE_TYPE_BAD_LENGTH'],
  [
    'label',
    modal(input({}, { label: 'L'.repeat(45) })),
    modal(input({}, { label: 'L'.repeat(46) })),
    'components.0.label BASE_TYPE_BAD_LENGTH',
  ],
  [
    'description',
    modal(input({}, { description: 'd'.repeat(100) })),
    modal(input({}, { description: 'd'.repeat(101) })),
    'components.0.description BASE_TYPE_MAX_LENGTH',
  ],
  ['a label on the input', modal(input()), modal(input({ label: 'L' })), 'components.0.component.label UNKNOWN_FIELD'],
  [
    'max length',
    modal(input({ max_length: 4_000 })),
    modal(input({ max_length: 4_001 })),
    'components.0.component.max_length NUMBER_TYPE_MAX',
  ],
  [
    'value within its bounds',
    modal(input({ max_length: 3, value: 'abc' })),
    modal(input({ max_length: 3, value: 'abcd' })),
    'components.0.component.value BASE_TYPE_BAD_LENGTH',
  ],
  [
    'placeholder',
    modal(input({ placeholder: 'p'.repeat(100) })),
    modal(input({ placeholder: 'p'.repeat(101) })),
    'components.0.component.placeholder BASE_TYPE_MAX_LENGTH',
  ],
  ['ids alike', modal(input(), input({ custom_id: 'j' })), modal(input(), input()), 'components COMPONENT_CUSTOM_ID_DUPLICATED'],
  [
    'a disabled select',
    modal({ type: 18, label: 'L', component: { type: 3, custom_id: 's', options: options(25), required: false } }),
    modal({ type: 18, label: 'L', component: { type: 3, custom_id: 's', options: options(25), disabled: true } }),
    'components.0.component.disabled UNKNOWN_FIELD',
  ],
  [
    'a button in a form',
    modal({ type: 1, components: [{ type: 4, custom_id: 'i', style: 1, label: 'L' }] }),
    modal(row(button())),
    'components.0.components.0.type BASE_TYPE_CHOICES',
  ],
];

const command = (more: object): unknown => ({ name: 'stock', description: 'd', ...more });
const option = (more: object = {}): unknown => ({ type: 3, name: 'sku', description: 'd', ...more });
const sub = (...inner: unknown[]): unknown => ({ type: 1, name: 'sub', description: 'd', options: inner });
const choices = (count: number, more: object = {}): unknown[] =>
  many(count, (at) => ({ name: `n${at}`, value: `v${at}`, ...more }));
const commands: readonly [string, unknown, unknown, string][] = [
  ['name', command({ name: "drop's-1" }), command({ name: 'drop 1' }), 'name APPLICATION_COMMAND_INVALID_NAME'],
  ['lower case', command({ name: 'ñandú' }), command({ name: 'Stock' }), 'name APPLICATION_COMMAND_INVALID_NAME'],
  ['name length', command({ name: 'n'.repeat(32) }), command({ name: 'n'.repeat(33) }), 'name APPLICATION_COMMAND_INVALID_NAME'],
  [
    'description',
    command({ description: 'd'.repeat(100) }),
    command({ description: 'd'.repeat(101) }),
    'description BASE_TYPE_BAD_LENGTH',
  ],
  ['no description', command({}), command({ description: '' }), 'description BASE_TYPE_REQUIRED'],
  [
    'options',
    command({ options: many(25, (at) => option({ name: `o${at}` })) }),
    command({ options: many(26, (at) => option({ name: `o${at}` })) }),
    'options BASE_TYPE_BAD_LENGTH',
  ],
  [
    'required first',
    command({ options: [option({ required: true }), option({ name: 'b' })] }),
    command({ options: [option({ name: 'b' }), option({ required: true })] }),
    'options.1 APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
  ],
  [
    'options alike',
    command({ options: [option(), option({ name: 'b' })] }),
    command({ options: [option(), option()] }),
    'options APPLICATION_COMMAND_OPTIONS_NAME_INVALID',
  ],
  [
    'mixed with a verb',
    command({ options: [sub(option())] }),
    command({ options: [sub(option()), option()] }),
    'options APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
  ],
  [
    'nesting',
    command({ options: [{ type: 2, name: 'g', description: 'd', options: [sub()] }] }),
    command({ options: [sub(sub())] }),
    'options.0.options.0.type BASE_TYPE_CHOICES',
  ],
  [
    'choices',
    command({ options: [option({ choices: choices(25) })] }),
    command({ options: [option({ choices: choices(26) })] }),
    'options.0.choices BASE_TYPE_BAD_LENGTH',
  ],
  [
    'choice name',
    command({ options: [option({ choices: choices(1, { name: 'n'.repeat(100) }) })] }),
    command({ options: [option({ choices: choices(1, { name: 'n'.repeat(101) }) })] }),
    'options.0.choices.0.name BASE_TYPE_BAD_LENGTH',
  ],
  [
    'choices and proposals',
    command({ options: [option({ autocomplete: true })] }),
    command({ options: [option({ autocomplete: true, choices: choices(1) })] }),
    'options.0.autocomplete APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE',
  ],
  [
    'max length',
    command({ options: [option({ max_length: 6_000 })] }),
    command({ options: [option({ max_length: 6_001 })] }),
    'options.0.max_length NUMBER_TYPE_MAX',
  ],
  [
    'a bound of another type',
    command({ options: [option({ type: 4, min_value: 1 })] }),
    command({ options: [option({ min_value: 1 })] }),
    'options.0.min_value UNKNOWN_FIELD',
  ],
  [
    'all characters',
    command({ options: [option({ choices: choices(25, {}) })] }),
    command({
      options: many(25, (at) =>
        option({ name: `o${at}`, description: 'd'.repeat(100), choices: choices(25, { name: 'n'.repeat(20) }) }),
      ),
    }),
    ' APPLICATION_COMMAND_TOO_LARGE',
  ],
  [
    'permissions',
    command({ default_member_permissions: '0' }),
    command({ default_member_permissions: 8 }),
    'default_member_permissions BITFIELD_TYPE_INVALID',
  ],
  ['contexts', command({ contexts: [0, 1] }), command({ contexts: [3] }), 'contexts.0 BASE_TYPE_CHOICES'],
  [
    'a described menu',
    { type: 3, name: 'Add It' },
    { type: 3, name: 'Add It', description: 'd' },
    'description BASE_TYPE_MAX_LENGTH',
  ],
];

describe('modals', () => {
  test.each(modals)('%s', (_what, fine, beyond, where) => {
    expect(modalFaults(fine)).toEqual([]);
    expect(modalFaults(beyond).map(({ path, code }) => `${path} ${code}`)).toContain(where);
  });
});

describe('commands', () => {
  test.each(commands)('%s', (_what, fine, beyond, where) => {
    expect(commandFaults(fine)).toEqual([]);
    expect(commandFaults(beyond).map(({ path, code }) => `${path} ${code}`)).toContain(where);
  });
});

test('of a list of commands: names and counts', () => {
  const numbered = (count: number, more: object = {}): unknown[] =>
    many(count, (at) => ({ name: `c${at}`, description: 'd', ...more }));
  const codes = (list: unknown[]): string[] => commandListFaults(list, 'global').map(({ code }) => code);
  expect(codes(numbered(100))).toEqual([]);
  expect(codes(numbered(101))).toEqual(['MAX_APPLICATION_COMMANDS']);
  expect(codes(numbered(16, { type: 3, description: '' }))).toEqual(['MAX_APPLICATION_COMMANDS']);
  expect(codes([STOCK, STOCK])).toEqual(['APPLICATION_COMMANDS_DUPLICATE_NAME']);
  expect(codes([STOCK, { ...STOCK, type: 3, description: '' }])).toEqual([]);
});
