import {
  anything,
  fault,
  flag,
  isBody,
  list,
  listOf,
  number,
  oneOf,
  record,
  repeated,
  snowflake,
  text,
  textOf,
  under,
  whole,
} from './shape.ts';
import type { Check } from './shape.ts';
import type { Body, Fault } from './types.ts';

export const BUTTON = 2;
export const STRING_SELECT = 3;
export const TEXT_INPUT = 4;
export const ACTION_ROW = 1;
export const LABEL = 18;
const ENTITY_SELECTS: readonly number[] = [5, 6, 7, 8];
const SECTION = 9;
const TEXT_DISPLAY = 10;
const V2_COMPONENTS_MAX = 40;
const V2_TEXT_MAX = 4_000;

const id = whole({ min: 0, max: 2 ** 31 - 1 });
const customId = text({ min: 1, max: 100 });
const emoji = record({ id: anything, name: anything, animated: flag });
const media = record({ url: text({ min: 1, max: 2_048, pattern: /^(https?|attachment):\/\// }) }, ['url']);

function kinded(kinds: Readonly<Record<number, Check>>): Check {
  return (value, path) => {
    if (!isBody(value)) return fault(path, 'DICT_TYPE_CONVERT', 'Only dictionaries may be used in a DictType');
    const check = kinds[Number(value['type'])];
    if (check !== undefined) return check(value, path);
    return fault(under(path, 'type'), 'BASE_TYPE_CHOICES', `Value must be one of {${Object.keys(kinds).join(', ')}}.`);
  };
}

const button: Check = (value, path) => {
  const style = isBody(value) ? value['style'] : undefined;
  const shared = { type: oneOf(BUTTON), id, style: oneOf(1, 2, 3, 4, 5, 6), label: text({ max: 80 }), emoji, disabled: flag };
  if (style === 5) return record({ ...shared, url: text({ min: 1, max: 512 }) }, ['style', 'url'])(value, path);
  if (style === 6)
    return record({ type: anything, id, style: anything, sku_id: snowflake, disabled: flag }, ['sku_id'])(value, path);
  const faults = record({ ...shared, custom_id: customId }, ['style', 'custom_id'])(value, path);
  const isBlank = isBody(value) && textOf(value['label']).trim() === '' && value['emoji'] === undefined;
  return isBlank
    ? [...faults, ...fault(under(path, 'label'), 'BASE_TYPE_REQUIRED', 'A button must have a label or an emoji.')]
    : faults;
};

const option = record(
  {
    label: text({ min: 1, max: 100 }),
    value: text({ min: 1, max: 100 }),
    description: text({ max: 100 }),
    emoji,
    default: flag,
  },
  ['label', 'value'],
);

function chosen(place: 'message' | 'modal'): Readonly<Record<string, Check>> {
  const counts = { min_values: whole({ min: 0, max: 25 }), max_values: whole({ min: 1, max: 25 }) };
  // A select of a form can be required and cannot be disabled; in a message it is the other way round.
  return {
    id,
    custom_id: customId,
    placeholder: text({ max: 150 }),
    ...counts,
    ...(place === 'modal' ? { required: flag } : { disabled: flag }),
  };
}

function select(place: 'message' | 'modal'): Check {
  const check = record({ ...chosen(place), type: anything, options: list(option, { min: 1, max: 25 }) }, [
    'custom_id',
    'options',
  ]);
  return (value, path) => {
    const faults = check(value, path);
    if (!isBody(value)) return faults;
    const options = listOf(value['options']);
    const least = Number(value['min_values'] ?? 1);
    const most = Number(value['max_values'] ?? 1);
    const doubled = repeated(options.map((one) => one['value']));
    return [
      ...faults,
      ...doubled.flatMap((one) =>
        fault(
          under(path, 'options'),
          'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
          `The specified option value ${String(one)} is already used`,
        ),
      ),
      ...(most > options.length || least > most
        ? fault(under(path, 'max_values'), 'BASE_TYPE_BAD_LENGTH', `Must be between ${least} and ${options.length}.`)
        : []),
      ...(options.filter((one) => one['default'] === true).length > most
        ? fault(
            under(path, 'options'),
            'SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES',
            'More options are chosen at first than may be.',
          )
        : []),
    ];
  };
}

function entitySelect(place: 'message' | 'modal'): Check {
  return record({ ...chosen(place), type: anything, default_values: anything, channel_types: anything }, ['custom_id']);
}

const row: Check = (value, path) => {
  const kinds = { [BUTTON]: button, [STRING_SELECT]: select('message') };
  const selects = Object.fromEntries(ENTITY_SELECTS.map((type) => [type, entitySelect('message')]));
  const children = list(kinded({ ...kinds, ...selects }), { min: 1, max: 5 });
  const faults = record({ type: oneOf(ACTION_ROW), id, components: children }, ['components'])(value, path);
  const types = isBody(value) ? listOf(value['components']).map((one) => Number(one['type'])) : [];
  return types.length > 1 && types.some((type) => type !== BUTTON)
    ? [...faults, ...fault(under(path, 'components'), 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', 'A select menu fills a row of its own.')]
    : faults;
};

const shownText = record({ type: anything, id, content: text({ min: 1, max: V2_TEXT_MAX }) }, ['content']);
const thumbnail = record({ type: anything, id, media, description: text({ max: 1_024 }), spoiler: flag }, ['media']);
const galleryItem = record({ media, description: text({ max: 1_024 }), spoiler: flag }, ['media']);
const layout: Readonly<Record<number, Check>> = {
  [ACTION_ROW]: row,
  [SECTION]: record(
    {
      type: anything,
      id,
      components: list(kinded({ [TEXT_DISPLAY]: shownText }), { min: 1, max: 3 }),
      accessory: kinded({ [BUTTON]: button, 11: thumbnail }),
    },
    ['components', 'accessory'],
  ),
  [TEXT_DISPLAY]: shownText,
  12: record({ type: anything, id, items: list(galleryItem, { min: 1, max: 10 }) }, ['items']),
  13: record({ type: anything, id, file: media, spoiler: flag }, ['file']),
  14: record({ type: anything, id, divider: flag, spacing: oneOf(1, 2) }),
};
const container = record(
  {
    type: anything,
    id,
    components: list(kinded(layout), { min: 1, max: 40 }),
    accent_color: whole({ min: 0, max: 0xffffff }),
    spoiler: flag,
  },
  ['components'],
);

/** Every component of a tree, parents before children. */
export function allComponents(components: unknown): readonly Body[] {
  return listOf(components).flatMap((one) => {
    const inside = [one['component'], one['accessory']].filter((child) => child !== undefined);
    return [one, ...allComponents(one['components']), ...allComponents(inside)];
  });
}

function doubledIds(components: unknown, path: string): readonly Fault[] {
  const ids = allComponents(components).flatMap((one) => (typeof one['custom_id'] === 'string' ? [one['custom_id']] : []));
  return repeated(ids).flatMap((one) =>
    fault(path, 'COMPONENT_CUSTOM_ID_DUPLICATED', `Component custom id cannot be duplicated: ${one}`),
  );
}

/** What is wrong with the components of a message, of the first kind or (`isV2`) of the second. */
export function messageComponentFaults(components: unknown, path: string, isV2: boolean): readonly Fault[] {
  if (!isV2) return [...list(kinded({ [ACTION_ROW]: row }), { max: 5 })(components, path), ...doubledIds(components, path)];
  const all = allComponents(components);
  const chars = all.reduce((sum, one) => sum + textOf(one['content']).length, 0);
  return [
    ...list(kinded({ ...layout, 17: container }), { min: 1, max: V2_COMPONENTS_MAX })(components, path),
    ...doubledIds(components, path),
    ...(all.length > V2_COMPONENTS_MAX
      ? fault(path, 'COMPONENT_MAX_TOTAL_COMPONENTS', `At most ${V2_COMPONENTS_MAX} in total.`)
      : []),
    ...(chars > V2_TEXT_MAX
      ? fault(path, 'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED', `At most ${V2_TEXT_MAX} characters of text.`)
      : []),
  ];
}

function textInput(isLabelled: boolean): Check {
  const label: Readonly<Record<string, Check>> = isLabelled ? {} : { label: text({ min: 1, max: 45 }) };
  const entries = {
    ...label,
    type: anything,
    id,
    custom_id: customId,
    style: oneOf(1, 2),
    min_length: whole({ min: 0, max: 4_000 }),
    max_length: whole({ min: 1, max: 4_000 }),
    required: flag,
    value: text({ max: 4_000 }),
    placeholder: text({ max: 100 }),
  };
  const check = record(entries, ['custom_id', 'style', ...Object.keys(label)]);
  return (value, path) => {
    const faults = check(value, path);
    if (!isBody(value)) return faults;
    const least = Number(value['min_length'] ?? 0);
    const most = Number(value['max_length'] ?? 4_000);
    const filled = textOf(value['value']);
    const outside = filled !== '' && (filled.length < least || filled.length > most);
    return [
      ...faults,
      ...(least > most
        ? fault(under(path, 'min_length'), 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${most}.`)
        : []),
      ...(outside ? fault(under(path, 'value'), 'BASE_TYPE_BAD_LENGTH', `Must be between ${least} and ${most} in length.`) : []),
    ];
  };
}

const groupOption = record(
  { label: text({ min: 1, max: 100 }), value: text({ min: 1, max: 100 }), description: text({ max: 100 }), default: flag },
  ['label', 'value'],
);

function group(min: number): Check {
  const entries = { type: anything, id, custom_id: customId, options: list(groupOption, { min, max: 10 }), required: flag };
  const counts = { min_values: whole({ min: 0, max: 10 }), max_values: whole({ min: 1, max: 10 }) };
  return record(min === 1 ? { ...entries, ...counts } : entries, ['custom_id', 'options']);
}

const labelled: Readonly<Record<number, Check>> = {
  [STRING_SELECT]: select('modal'),
  [TEXT_INPUT]: textInput(true),
  ...Object.fromEntries(ENTITY_SELECTS.map((type) => [type, entitySelect('modal')])),
  19: record({ type: anything, id, custom_id: customId, min_values: number, max_values: number, required: flag }, ['custom_id']),
  21: group(2),
  22: group(1),
  23: record({ type: anything, id, custom_id: customId, default: flag }, ['custom_id']),
};

const modalParts = kinded({
  [ACTION_ROW]: record({ type: anything, id, components: list(kinded({ [TEXT_INPUT]: textInput(false) }), { min: 1, max: 1 }) }, [
    'components',
  ]),
  [TEXT_DISPLAY]: shownText,
  [LABEL]: record(
    { type: anything, id, label: text({ min: 1, max: 45 }), description: text({ max: 100 }), component: kinded(labelled) },
    ['label', 'component'],
  ),
});

/** What is wrong with the components of a modal. */
export function modalComponentFaults(components: unknown, path: string): readonly Fault[] {
  return [...list(modalParts, { min: 1, max: 5 })(components, path), ...doubledIds(components, path)];
}
