import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMMANDS as ALL } from '../../../commands/index.ts';
import { readReference, referenceText, renderForm } from '../../../src/chat/discord/form.ts';
import { parseInteraction } from '../../../src/chat/discord/parse.ts';
import type { FormAsk } from '../../../src/ports/chat.ts';
import { modalFaults } from '../../fakes/discord/limits.ts';
import { COMMANDS } from './stage.ts';

const ask = (name: string, input: FormAsk['input'], missing: readonly string[]): FormAsk => {
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) throw new Error(name);
  return { command, input, missing };
};

describe('a form', () => {
  test('of a command asks for what is missing first, and shows what is known', () => {
    const form = renderForm(ask('milestone add', { name: 'Ask the printer' }, ['day']), { buttonId: null });
    expect(modalFaults(form)).toEqual([]);
    expect(form).toEqual({
      custom_id: 'f:c:milestone add',
      title: '/milestone add: Add a dated step with one ow…',
      components: [
        {
          type: 18,
          label: 'The day it is due',
          description: 'A day such as 2027-01-29',
          component: { type: 4, custom_id: 'day', style: 1, required: true, max_length: 100 },
        },
        {
          type: 18,
          label: 'What is to be done',
          component: { type: 4, custom_id: 'name', style: 1, required: true, max_length: 100, value: 'Ask the printer' },
        },
        {
          type: 18,
          label: 'What kind',
          component: {
            type: 3,
            custom_id: 'kind',
            required: false,
            options: [
              { label: 'quality', value: 'quality' },
              { label: 'freight', value: 'freight' },
            ],
          },
        },
      ],
    });
  });

  test('of a button names its stored row and leaves out what that knows; what was typed before stands in it again', () => {
    const known = { alert: 'stock:HOODIE-M:3:1801267451900' };
    const form = renderForm(ask('alert dismiss', known, ['reason']), { buttonId: 'v1abc', typed: { reason: 'a miscount' } });
    expect(form.custom_id).toBe('f:b:v1abc');
    expect(form.components).toEqual([
      {
        type: 18,
        label: 'Why',
        component: { type: 4, custom_id: 'reason', style: 2, required: true, max_length: 300, value: 'a miscount' },
      },
    ]);
  });

  test('of any command with anything known fits, and loses nothing that is known', () => {
    const asks = fc.constantFrom(...ALL).chain((command) => {
      const names = Object.keys(command.options);
      const known = fc.dictionary(fc.constantFrom(...names, 'x'), fc.string({ minLength: 1, maxLength: 100 }), { maxKeys: 4 });
      return known.map((all): FormAsk => {
        const input = Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
        return { command, input, missing: names.filter((name) => command.options[name]?.required === true && !(name in input)) };
      });
    });
    const withOptions = asks.filter(({ command }) => Object.keys(command.options).length > 0);
    fc.assert(
      fc.property(withOptions, (form) => {
        const modal = renderForm(form, { buttonId: null });
        expect(modalFaults(modal).filter(({ path }) => !path.endsWith('value'))).toEqual([]);
        const reference = readReference(modal.custom_id.slice(2));
        expect(reference).toMatchObject({ kind: 'command', name: form.command.name });
        const kept = reference?.kind === 'command' ? Object.keys(reference.known) : [];
        const asked = modal.components.flatMap((one) =>
          'component' in one && 'custom_id' in one.component ? [one.component.custom_id] : [],
        );
        expect(Object.keys(form.input).filter((name) => !kept.includes(name) && !asked.includes(name))).toEqual([]);
      }),
    );
  });
});

test.each([
  [{ kind: 'button', buttonId: 'v1abc' } as const, 'b:v1abc'],
  [{ kind: 'command', name: 'milestone add', known: {} } as const, 'c:milestone add'],
  [{ kind: 'command', name: 'stock', known: { sku: 'a:{}"\n', n: 3 } } as const, 'c:stock:{"sku":"a:{}\\"\\n","n":3}'],
])('the reference %j is kept as %j and read back', (reference, text) => {
  expect(referenceText(reference)).toBe(text);
  expect(readReference(text)).toEqual(reference);
});

test('what is no reference is none', () => {
  expect(referenceText({ kind: 'command', name: 'stock', known: { sku: 'x'.repeat(100) } })).toBeNull();
  expect([readReference('x'), readReference('c:stock:{"a"'), readReference('')]).toEqual([null, null, null]);
});

test('fields in labels and in rows of an older kind are read alike; what is no interaction is none', () => {
  const shared = { id: '1', token: 't', application_id: '2', type: 5, channel_id: '3', user: { id: '4' } };
  const components = [
    { type: 18, component: { type: 4, custom_id: 'reason', value: 'why' } },
    { type: 18, component: { type: 3, custom_id: 'kind', values: ['freight'] } },
    { type: 1, components: [{ type: 4, custom_id: 'day', value: '' }] },
  ];
  expect(parseInteraction({ ...shared, data: { custom_id: 'f:b:v1', components } }, null)).toEqual({
    asker: { interactionId: '1', token: 't', applicationId: '2', guildId: null, channel: '3', userId: '4' },
    deed: { kind: 'filled', customId: 'f:b:v1', values: { reason: 'why', kind: 'freight', day: '' } },
  });
  for (const nothing of [null, {}, { ...shared, type: 1 }]) expect(parseInteraction(nothing, null)).toBeNull();
});
