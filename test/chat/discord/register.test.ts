import { describe, expect, test } from 'vitest';
import { COMMANDS as ALL } from '../../../commands/index.ts';
import { drift, registrationOf } from '../../../src/chat/discord/register.ts';
import { choice, defineCommand, duration } from '../../../src/ports/command.ts';
import { say } from '../../../src/ports/message.ts';
import { commandListFaults } from '../../fakes/discord/limits.ts';
import { COMMANDS } from './stage.ts';

const MANAGE_EVENTS = '8589934592';
const run = () => Promise.resolve(say('done'));
const registered = registrationOf(COMMANDS);
/** As Discord gives them back: with what it adds, without what it leaves out. */
const told = () =>
  (JSON.parse(JSON.stringify(registered)) as Record<string, unknown>[]).map((command, at) => ({
    ...command,
    id: String(at),
    version: '1',
    name_localizations: null,
    nsfw: false,
    options: command['options'] ?? [],
  }));

test('every command of Showcaller can be registered', () => {
  expect(commandListFaults(registrationOf(ALL), 'global')).toEqual([]);
});

test('commands are registered by their first word, what is required first, hidden from who may not manage events', () => {
  const shared = { contexts: [0], integration_types: [0] };
  expect(registered.map(({ type, name, default_member_permissions: hint }) => [type, name, hint])).toEqual([
    [1, 'stock', null],
    [1, 'inventory', MANAGE_EVENTS],
    [1, 'milestone', MANAGE_EVENTS],
    [1, 'alert', MANAGE_EVENTS],
    [3, 'Add to timeline', MANAGE_EVENTS],
  ]);
  expect(registered[1]).toEqual({
    ...shared,
    type: 1,
    name: 'inventory',
    description: 'inventory: receive',
    default_member_permissions: MANAGE_EVENTS,
    options: [
      {
        type: 1,
        name: 'receive',
        description: 'Units that came in',
        options: [
          { type: 3, name: 'sku', description: 'Which item', required: true, max_length: 64 },
          { type: 4, name: 'units', description: 'How many', required: true, min_value: 1, max_value: 500 },
          { type: 3, name: 'note', description: 'A note', required: false, max_length: 300 },
        ],
      },
    ],
  });
  expect(registered[0]?.options).toEqual([
    { type: 3, name: 'sku', description: 'Which item; left out: all', required: false, max_length: 64, autocomplete: true },
  ]);
});

test('more choices than Discord lists are proposed while typing, and a duration says how it is typed', () => {
  const many = Array.from({ length: 26 }, (_, at) => `choice-${at}`);
  const options = { which: choice('Which', many), for: duration('x'.repeat(100), { minMs: 0, maxMs: 1 }) };
  const [command] = registrationOf([defineCommand({ name: 'many', summary: 's', may: 'stock.see', options, run })]);
  expect(command?.options).toEqual([
    { type: 3, name: 'which', description: 'Which', required: true, autocomplete: true },
    { type: 3, name: 'for', description: `${'x'.repeat(81)}… (such as 10m, 2h)`, required: false },
  ]);
});

describe('drift', () => {
  test('there is none between what was registered and what Discord tells of it', () => {
    expect(drift(registered, told())).toEqual([]);
  });

  test('a smaller server that tells less is not said to differ', () => {
    const less = told().map((all: Record<string, unknown>) => ({
      type: all['type'],
      name: all['name'],
      description: all['description'],
      options: all['options'],
    }));
    expect(drift(registered, less)).toEqual([]);
  });

  test.each([
    ['description', { description: 'something else' }, '/stock is registered differently'],
    ['options', { options: [] }, '/stock is registered differently'],
    ['permissions', { default_member_permissions: '0' }, '/stock is registered differently'],
    ['contexts', { contexts: [0, 1] }, '/stock is registered differently'],
  ])('differing %s are seen', (_, change, words) => {
    const [first, ...rest] = told();
    expect(drift(registered, [{ ...first, ...change }, ...rest])).toEqual([words]);
  });

  test('missing and left-over commands are named', () => {
    const [, ...rest] = told();
    expect(drift(registered, [...rest.slice(0, -1), { type: 1, name: 'old', description: 'x' }])).toEqual([
      '/stock is not registered',
      '“Add to timeline” in the menu of messages is not registered',
      '/old is registered, but there is no such command any more',
    ]);
  });
});
