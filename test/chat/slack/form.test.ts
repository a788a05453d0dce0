import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../commands/index.ts';
import { formErrors, formInput, formView, proposals, type FormContext } from '../../../src/chat/slack/form.ts';
import {
  parseHomeOpened,
  parsePress,
  parseShortcut,
  parseSlash,
  parseSubmission,
  parseSuggestion,
} from '../../../src/chat/slack/parse.ts';
import type { Envelope } from '../../../src/chat/slack/frame.ts';
import type { FormAsk } from '../../../src/ports/chat.ts';
import { type AnyCommand, choice, day, defineCommand, duration, text, whole } from '../../../src/ports/command.ts';
import { say } from '../../../src/ports/message.ts';
import { viewFaults } from '../../fakes/slack/index.ts';
import { milestoneForm, SAMPLE_COMMANDS } from './door.ts';

const CONTEXT: FormContext = {
  command: 'sample',
  channel: 'C1',
  threadTs: null,
  responseUrl: 'https://a.example/r',
  inHome: false,
};
const SAMPLE: AnyCommand = defineCommand({
  name: 'sample command with a long name',
  summary: 'Everything that can be asked',
  may: 'stock.see',
  options: {
    sku: text('Which item', { charsMax: 64, suggest: 'sku' }),
    units: whole('How many', { min: -5, max: 100 }),
    severity: choice('How grave', ['routine', 'live'], { required: false }),
    for: duration('For how long', { minMs: 60_000, maxMs: 86_400_000 }),
    due: day('The day'),
    reason: text('Why', { charsMax: 300, required: false }),
  },
  run: () => Promise.resolve(say('unused')),
});
const plain = (shown: string) => ({ type: 'plain_text', text: shown, emoji: false });
const fieldsOf = (form: FormAsk) =>
  (formView(form, CONTEXT)?.blocks ?? []).flatMap((block) => ('element' in block ? [block] : []));

describe('a form', () => {
  test('asks for the missing first, and shows what is known', () => {
    const input = { sku: 'HOODIE-M', units: 5, severity: 'live', for: 5_400_000, reason: 'label *misprint*' };
    const view = formView({ command: SAMPLE, input, missing: ['due'] }, CONTEXT);
    expect(viewFaults(view)).toEqual([]);
    expect(view).toMatchObject({
      callback_id: 'showcaller-form',
      private_metadata: JSON.stringify(CONTEXT),
      title: plain('/sample command with a…'),
    });
    const option = (value: string) => ({ text: plain(value), value });
    expect(
      fieldsOf({ command: SAMPLE, input, missing: ['due'] }).map((block) => [block.block_id, block.optional, block.element]),
    ).toEqual([
      ['due', false, { type: 'datepicker', action_id: 'due' }],
      [
        'sku',
        false,
        {
          type: 'external_select',
          min_query_length: 0,
          placeholder: plain('Choose, or type'),
          initial_option: option('HOODIE-M'),
          action_id: 'sku',
        },
      ],
      [
        'units',
        false,
        {
          type: 'number_input',
          is_decimal_allowed: false,
          min_value: '-5',
          max_value: '100',
          initial_value: '5',
          action_id: 'units',
        },
      ],
      [
        'severity',
        true,
        {
          type: 'static_select',
          options: [option('routine'), option('live')],
          initial_option: option('live'),
          action_id: 'severity',
        },
      ],
      ['for', true, { type: 'plain_text_input', max_length: 3_000, initial_value: '1h30m', action_id: 'for' }],
      ['reason', true, { type: 'plain_text_input', max_length: 300, initial_value: 'label *misprint*', action_id: 'reason' }],
    ]);
    expect(fieldsOf({ command: SAMPLE, input, missing: [] }).map(({ hint }) => hint?.text)).toEqual([
      undefined,
      'A whole number from -5 to 100.',
      undefined,
      'From 1m to 1d, such as 10m.',
      undefined,
      undefined,
    ]);
  });

  test('lets a value that no list can hold be typed', () => {
    const [field] = fieldsOf({ command: SAMPLE, input: { sku: 'x'.repeat(80) }, missing: [] });
    expect(field?.element).toMatchObject({ type: 'plain_text_input', initial_value: 'x'.repeat(64) });
  });

  test('does not halve a letter of what is known', () => {
    const [field] = fieldsOf({ command: SAMPLE, input: { sku: `x${'👩‍👩‍👧‍👦'.repeat(8)}` }, missing: [] });
    expect(field?.element).toMatchObject({ initial_value: `x${'👩‍👩‍👧‍👦'.repeat(5)}` }); // the next would end at 67
  });

  test('hides what a button knows, unless it is too much to keep unseen', () => {
    const shown = (sku: string) => {
      const view = formView({ command: SAMPLE, input: { sku, for: 60_000 }, missing: ['due'] }, CONTEXT, { hidesKnown: true });
      const fields = (view?.blocks ?? []).flatMap((block) => ('element' in block ? [block.block_id] : []));
      return { fields, kept: JSON.parse(view?.private_metadata ?? '{}') as unknown };
    };
    expect(shown('HOODIE-M')).toEqual({
      fields: ['due', 'units', 'severity', 'reason'],
      kept: { ...CONTEXT, known: { sku: 'HOODIE-M', for: 60_000 } },
    });
    expect(shown('x'.repeat(3_000))).toEqual({
      fields: ['due', 'sku', 'units', 'severity', 'for', 'reason'],
      kept: CONTEXT,
    });
  });

  test('is not shown when what it must keep is too much', () => {
    expect(formView(milestoneForm(), { ...CONTEXT, responseUrl: `https://a.example/${'x'.repeat(3_000)}` })).toBeNull();
  });

  test.each(COMMANDS.map((command) => [command.name, command] as const))('of /%s is within Slack’s limits', (_, command) => {
    const required = Object.entries(command.options).flatMap(([name, option]) => (option.required ? [name] : []));
    expect(viewFaults(formView({ command, input: {}, missing: required }, CONTEXT))).toEqual([]);
  });

  test('gives back what each kind of field holds, without what was left empty', () => {
    const values = {
      sku: { sku: { type: 'external_select', selected_option: { value: 'PIN' } } },
      units: { units: { type: 'number_input', value: '5' } },
      severity: { severity: { type: 'static_select', selected_option: null } },
      due: { due: { type: 'datepicker', selected_date: '2027-01-28' } },
      reason: { reason: { type: 'plain_text_input', value: ' ' } },
    };
    expect(formInput({ values })).toEqual({ sku: 'PIN', units: '5', due: '2027-01-28' });
  });

  test('shows each fault at its field', () => {
    expect(formErrors({ due: 'No such day.', gone: 'There is no gone.' }, ['sku', 'due'])).toEqual({
      due: 'No such day.',
      sku: 'There is no gone.',
    });
    expect(formErrors({ due: 'a.', gone: 'b.' }, ['due'])).toEqual({ due: 'a. b.' });
  });

  test('proposes what Slack can hold, and what was typed', () => {
    const found = [
      { value: 'PIN', label: 'Enamel <pin>' },
      { value: 'y'.repeat(76), label: 'too long' },
    ];
    expect(proposals(found, 'PIN')).toEqual([{ text: plain('Enamel <pin>'), value: 'PIN' }]);
    expect(proposals(found, ' pi ').map(({ value }) => value)).toEqual(['PIN', 'pi']);
    expect(proposals([], 'z'.repeat(76))).toEqual([]);
  });
});

const sent = (payload: unknown): Envelope => ({ envelopeId: 'e1', payload });

describe('what Slack sends', () => {
  const slash = {
    command: '/stock',
    text: 'a &amp; &lt;b&gt;',
    user_id: 'U1',
    team_id: 'T1',
    channel_id: 'C1',
    trigger_id: '1.2',
  };

  test('of a command becomes the line that was typed', () => {
    expect(parseSlash(sent({ ...slash, response_url: 'https://hooks.example/1' }), SAMPLE_COMMANDS)).toEqual({
      workspaceId: 'T1',
      userId: 'U1',
      channel: 'C1',
      threadTs: null,
      inHome: false,
      requestKey: 'slack:1.2',
      triggerId: '1.2',
      responseUrl: 'https://hooks.example/1',
      ask: { kind: 'text', text: '/stock a & <b>' },
    });
  });

  test.each([
    ['a command without a person', () => parseSlash(sent({ ...slash, user_id: undefined }), SAMPLE_COMMANDS)],
    [
      'a form of somebody else',
      () =>
        parseSubmission(
          sent({
            type: 'view_submission',
            user: { id: 'U1' },
            view: { id: 'V1', private_metadata: 'not json', state: { values: {} } },
          }),
        ),
    ],
    [
      'proposals for a field of somebody else',
      () =>
        parseSuggestion(
          sent({ type: 'block_suggestion', user: { id: 'U1' }, action_id: 'sku', view: { private_metadata: '{}' } }),
        ),
    ],
    [
      'a shortcut nobody offers',
      () =>
        parseShortcut(
          sent({
            type: 'message_action',
            callback_id: 'command:stock',
            user: { id: 'U1' },
            trigger_id: '1',
            channel: { id: 'C1' },
            message: {},
          }),
          SAMPLE_COMMANDS,
        ),
    ],
    [
      'another tab of the app',
      () => parseHomeOpened(sent({ event_id: 'Ev1', event: { type: 'app_home_opened', user: 'U1', tab: 'messages' } })),
    ],
  ])('%s is not taken', (_, parse) => {
    expect(parse()).toBeNull();
  });

  const press = {
    type: 'block_actions',
    team: { id: 'T1' },
    user: { id: 'U1' },
    trigger_id: '1.2',
    container: { type: 'message', message_ts: '1.1', channel_id: 'C1' },
    channel: { id: 'C1' },
    actions: [{ action_id: 'press:0', value: 'b1' }],
  };

  test('of something else that was pressed is passed over', () => {
    expect(parsePress(sent({ ...press, actions: [{ action_id: 'other', value: 'b1' }] }))).toBe('other');
  });

  test.each([
    ['without a trigger', { trigger_id: undefined }, { requestKey: 'slack:e1', triggerId: null }],
    ['with a trigger that is a number', { trigger_id: 5 }, { requestKey: 'slack:5', triggerId: '5' }],
    ['with an empty answer address', { response_url: '' }, { responseUrl: null }],
    ['with half an answer address', { response_url: '/commands/1' }, { responseUrl: null }],
    ['with an answer address that is a file', { response_url: 'file:///etc/passwd' }, { responseUrl: null }],
    ['without words', { text: null }, { ask: { kind: 'text', text: '/stock' } }],
    ['without its slash', { command: 'stock', text: 'PIN' }, { ask: { kind: 'text', text: '/stock PIN' } }],
    ['without a workspace', { team_id: {} }, { workspaceId: null }],
  ])('of a command %s is taken', (_, less, expected) => {
    expect(parseSlash(sent({ ...slash, ...less }), SAMPLE_COMMANDS)).toMatchObject({ userId: 'U1', channel: 'C1', ...expected });
  });

  test.each([
    ['whole', {}, { workspaceId: 'T1', channel: 'C1', ask: { shownAs: '1.1' } }],
    ['without a trigger', { trigger_id: undefined }, { requestKey: 'slack:e1', triggerId: null }],
    ['without a container', { container: undefined, message: { ts: '1.1' } }, { inHome: false, ask: { shownAs: '1.1' } }],
    ['in a view without a container', { container: undefined, view: { type: 'home' } }, { inHome: true }],
    ['without a workspace', { team: {} }, { workspaceId: null }],
    ['with words for objects', { team: 'T2', user: 'U2', channel: 'C2' }, { workspaceId: 'T2', userId: 'U2', channel: 'C2' }],
    ['without a channel', { channel: null }, { channel: 'C1' }],
    ['in a thread', { container: { ...press.container, thread_ts: '0.9' } }, { threadTs: '0.9' }],
    ['on what others replied to', { container: { ...press.container, thread_ts: '1.1' } }, { threadTs: null }],
  ])('of a press %s is taken', (_, less, expected) => {
    expect(parsePress(sent({ ...press, ...less }))).toMatchObject(expected);
  });

  test('of a message others replied to is answered in the channel, where it stands', () => {
    const message = { text: 'Call', ts: '1.1', thread_ts: '1.1' };
    const body = { type: 'message_action', callback_id: 'command:milestone add', user: 'U1', channel: 'C1', message };
    expect(parseShortcut(sent(body), SAMPLE_COMMANDS)).toMatchObject({ threadTs: null, requestKey: 'slack:e1' });
  });

  test('of a message in a thread is answered there, with a first line that fits', () => {
    const body = {
      type: 'message_action',
      callback_id: 'command:milestone add',
      user: { id: 'U1' },
      team: { id: 'T1' },
      trigger_id: '1.2',
      channel: { id: 'C1' },
      message: { text: `${'é👩‍👩‍👧‍👦'.repeat(20)}\nmore`, thread_ts: '9.9' },
    };
    const asked = parseShortcut(sent(body), SAMPLE_COMMANDS);
    expect(asked).toMatchObject({ threadTs: '9.9', responseUrl: null });
    const input = asked?.ask.kind === 'typed' ? asked.ask.input : {};
    expect(input).toEqual({ name: `${'é👩‍👩‍👧‍👦'.repeat(8)}é…` }); // 100 characters; the next emoji has eleven
  });
});
