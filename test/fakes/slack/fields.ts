import { TEXT_MAX } from './elements.ts';
import type { Json, Proposal, ShownView } from './types.ts';

/** An input of a view: its block, and the element a person fills. */
export type Field = {
  readonly blockId: string;
  readonly actionId: string;
  readonly label: string;
  readonly optional: boolean;
  readonly element: Json;
};

/** The words of a text object; '' where there is none. */
export function textOf(part: unknown): string {
  const text = (part as Json | undefined)?.['text'];
  return typeof text === 'string' ? text : '';
}

const optionsOf = (element: Json): readonly Json[] =>
  (element['options'] as Json[] | undefined) ??
  ((element['option_groups'] as Json[] | undefined) ?? []).flatMap((group) => group['options'] as Json[]);

export function fieldsOf(view: ShownView): readonly Field[] {
  return (view.view['blocks'] as readonly Json[])
    .filter((block) => block['type'] === 'input')
    .map((block) => {
      const element = block['element'] as Json;
      return {
        blockId: String(block['block_id']),
        actionId: String(element['action_id']),
        label: textOf(block['label']),
        optional: block['optional'] === true,
        element,
      };
    });
}

/** The field a test names by block id, action id or label. */
export function fieldNamed(view: ShownView, name: string): Field {
  const fields = fieldsOf(view);
  const found = fields.find(({ blockId, actionId, label }) => [blockId, actionId, label].includes(name));
  if (found === undefined)
    throw new Error(
      `No field is called ${name}. There are: ${fields.map((field) => `${field.blockId} (${field.label})`).join(', ')}`,
    );
  return found;
}

/** The option of a select that reads or is `wanted`. */
export function optionOf(element: Json, wanted: string): Json {
  const found = optionsOf(element).find((option) => option['value'] === wanted || textOf(option['text']) === wanted);
  if (found === undefined)
    throw new Error(
      `${wanted} is none of: ${optionsOf(element)
        .map((option) => textOf(option['text']))
        .join(', ')}`,
    );
  return found;
}

const chosen = (option: Json | undefined): Json | null =>
  option === undefined ? null : { text: option['text'], value: option['value'] };

/** What a field's state is before anybody touches it. */
function initialState({ element }: Field): Json {
  const type = String(element['type']);
  switch (type) {
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      return { type, selected_option: chosen(element['initial_option'] as Json | undefined) };
    case 'checkboxes':
    case 'multi_static_select':
      return { type, selected_options: ((element['initial_options'] as Json[] | undefined) ?? []).map(chosen) };
    case 'datepicker':
      return { type, selected_date: element['initial_date'] ?? null };
    case 'timepicker':
      return { type, selected_time: element['initial_time'] ?? null };
    case 'datetimepicker':
      return { type, selected_date_time: element['initial_date_time'] ?? null };
    case 'users_select':
      return { type, selected_user: element['initial_user'] ?? null };
    case 'channels_select':
      return { type, selected_channel: element['initial_channel'] ?? null };
    case 'conversations_select':
      return { type, selected_conversation: element['initial_conversation'] ?? null };
    default:
      return { type, value: element['initial_value'] ?? null };
  }
}

function refuse(field: Field, why: string): never {
  throw new Error(`Slack's client does not send this form: ${field.label}: ${why}`);
}

function written(field: Field, value: string): string | null {
  const { element } = field;
  if (value === '') return null;
  if (element['type'] === 'number_input') {
    const number = Number(value);
    if (!Number.isFinite(number) || (element['is_decimal_allowed'] !== true && !Number.isInteger(number)))
      refuse(field, `${value} is no number`);
    if (number < Number(element['min_value'] ?? -Infinity))
      refuse(field, `${value} is less than ${String(element['min_value'])}`);
    if (number > Number(element['max_value'] ?? Infinity)) refuse(field, `${value} is more than ${String(element['max_value'])}`);
  }
  if (element['type'] === 'plain_text_input') {
    if (value.length > Number(element['max_length'] ?? TEXT_MAX)) refuse(field, 'too long');
    if (value.length < Number(element['min_length'] ?? 0)) refuse(field, 'too short');
  }
  return value;
}

/** A field's state once `value` is in it; '' empties it. `proposals` are those of an external select. */
function filled(field: Field, value: string, proposals: readonly Proposal[]): Json {
  const { element } = field;
  const type = String(element['type']);
  switch (type) {
    case 'static_select':
    case 'radio_buttons':
      return { type, selected_option: value === '' ? null : chosen(optionOf(element, value)) };
    case 'external_select': {
      const found = proposals.find((proposal) => proposal.value === value || proposal.label === value);
      if (value !== '' && found === undefined) refuse(field, `${value} was not proposed`);
      return {
        type,
        selected_option:
          found === undefined ? null : { text: { type: 'plain_text', text: found.label, emoji: true }, value: found.value },
      };
    }
    case 'checkboxes':
    case 'multi_static_select':
      return { type, selected_options: value === '' ? [] : value.split(',').map((one) => chosen(optionOf(element, one.trim()))) };
    case 'datepicker':
      if (value !== '' && !/^\d{4}-\d{2}-\d{2}$/.test(value)) refuse(field, `${value} is no day`);
      return { type, selected_date: value === '' ? null : value };
    case 'timepicker':
      return { type, selected_time: value === '' ? null : value };
    case 'datetimepicker':
      return { type, selected_date_time: value === '' ? null : Number(value) };
    case 'users_select':
      return { type, selected_user: value === '' ? null : value };
    case 'channels_select':
      return { type, selected_channel: value === '' ? null : value };
    case 'conversations_select':
      return { type, selected_conversation: value === '' ? null : value };
    default:
      return { type, value: written(field, value) };
  }
}

const isEmpty = ({ type: _type, ...rest }: Json): boolean =>
  Object.values(rest).every((value) => value === null || (Array.isArray(value) && value.length === 0));

/** The state of a view as Slack submits it. Throws what its client would say instead of sending. */
export async function stateOf(
  view: ShownView,
  values: Readonly<Record<string, string>>,
  {
    propose,
    complete,
  }: { readonly propose: (field: Field, typed: string) => Promise<readonly Proposal[]>; readonly complete: boolean },
): Promise<Json> {
  const given = new Map(Object.entries(values).map(([name, value]) => [fieldNamed(view, name).blockId, value]));
  const state: Record<string, Json> = {};
  for (const field of fieldsOf(view)) {
    const value = given.get(field.blockId);
    const external = field.element['type'] === 'external_select' && value !== undefined && value !== '';
    const one = value === undefined ? initialState(field) : filled(field, value, external ? await propose(field, value) : []);
    if (complete && !field.optional && isEmpty(one)) refuse(field, 'it is empty');
    state[field.blockId] = { [field.actionId]: one };
  }
  return state;
}
