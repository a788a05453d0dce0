import {
  anything,
  fault,
  flag,
  isBody,
  list,
  listOf,
  nullable,
  number,
  oneOf,
  record,
  repeated,
  text,
  textOf,
  under,
  whole,
} from './shape.ts';
import type { Check } from './shape.ts';
import type { Body, Fault } from './types.ts';

export const CHAT_INPUT = 1;
export const MESSAGE_MENU = 3;
export const SUBCOMMAND = 1;
export const SUBCOMMAND_GROUP = 2;

const COMMAND_CHARS_MAX = 8_000;
const COUNTS_MAX: Readonly<Record<number, number>> = { 1: 100, 2: 15, 3: 15, 4: 1 };
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const STRING = 3;
const WHOLE = 4;
const NUMBER = 10;

const name: Check = (value, path) => {
  if (typeof value !== 'string' || !NAME.test(value)) {
    return fault(path, 'APPLICATION_COMMAND_INVALID_NAME', `Command name is invalid: ${JSON.stringify(value)}`);
  }
  return value === value.toLowerCase()
    ? []
    : fault(path, 'APPLICATION_COMMAND_INVALID_NAME', `Command name must be lower case: ${value}`);
};

function localizations(check: Check): Check {
  return nullable((value, path) =>
    isBody(value)
      ? Object.entries(value).flatMap(([locale, one]) => check(one, under(path, locale)))
      : fault(path, 'DICT_TYPE_CONVERT', 'Only dictionaries may be used in a DictType'),
  );
}

const described = {
  name,
  name_localizations: localizations(name),
  description: text({ min: 1, max: 100 }),
  description_localizations: localizations(text({ min: 1, max: 100 })),
};

/** The entries an option of each type may have besides its name and description. */
function entriesOf(type: number): Readonly<Record<string, Check>> {
  const value = type === STRING ? text({ min: 1, max: 100 }) : type === WHOLE ? whole({ min: -(2 ** 53), max: 2 ** 53 }) : number;
  const choice = record({ name: text({ min: 1, max: 100 }), name_localizations: anything, value }, ['name', 'value']);
  const proposing = { choices: list(choice, { max: 25 }), autocomplete: flag };
  switch (type) {
    case STRING:
      return { ...proposing, min_length: whole({ min: 0, max: 6_000 }), max_length: whole({ min: 1, max: 6_000 }) };
    case WHOLE:
    case NUMBER:
      return { ...proposing, min_value: value, max_value: value };
    case 7:
      return { channel_types: anything };
    default:
      return {};
  }
}

const leaf: Check = (value, path) => {
  if (!isBody(value)) return fault(path, 'DICT_TYPE_CONVERT', 'Only dictionaries may be used in a DictType');
  const type = Number(value['type']);
  const entries = { ...described, type: oneOf(STRING, WHOLE, 5, 6, 7, 8, 9, NUMBER, 11), required: flag, ...entriesOf(type) };
  const choices = listOf(value['choices']);
  const least = Number(value['min_value'] ?? value['min_length'] ?? -Infinity);
  const most = Number(value['max_value'] ?? value['max_length'] ?? Infinity);
  return [
    ...record(entries, ['name', 'description', 'type'])(value, path),
    ...(value['autocomplete'] === true && choices.length > 0
      ? fault(
          under(path, 'autocomplete'),
          'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE',
          'Choices and autocomplete exclude each other.',
        )
      : []),
    ...repeated(choices.map((one) => one['value'])).flatMap((one) =>
      fault(
        under(path, 'choices'),
        'APPLICATION_COMMAND_OPTIONS_CHOICE_VALUE_DUPLICATE',
        `This choice is there twice: ${String(one)}`,
      ),
    ),
    ...repeated(choices.map((one) => one['name'])).flatMap((one) =>
      fault(
        under(path, 'choices'),
        'APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_DUPLICATE',
        `This choice is there twice: ${String(one)}`,
      ),
    ),
    ...(least > most ? fault(path, 'NUMBER_TYPE_MAX', 'The least is more than the most.') : []),
  ];
};

/** The rules of a list of options as a whole. */
function amongOptions(options: readonly Body[], path: string): readonly Fault[] {
  const nested = options.filter(({ type }) => type === SUBCOMMAND || type === SUBCOMMAND_GROUP).length;
  const firstOptional = options.findIndex((one) => one['required'] !== true);
  const late = firstOptional < 0 ? -1 : options.findIndex((one, at) => at > firstOptional && one['required'] === true);
  return [
    ...(nested > 0 && nested < options.length
      ? fault(
          path,
          'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
          'Sub-command and sub-command group option types are mutually exclusive to all other types',
        )
      : []),
    ...(late >= 0
      ? fault(
          under(path, late),
          'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
          'Required options must be placed before non-required options',
        )
      : []),
    ...repeated(options.map((one) => one['name'])).flatMap((one) =>
      fault(path, 'APPLICATION_COMMAND_OPTIONS_NAME_INVALID', `Option names must be unique: ${String(one)}`),
    ),
  ];
}

function options(depth: 0 | 1 | 2): Check {
  const nestedHere: readonly number[] = depth === 0 ? [SUBCOMMAND, SUBCOMMAND_GROUP] : depth === 1 ? [SUBCOMMAND] : [];
  const one: Check = (value, path) => {
    const type = isBody(value) ? Number(value['type']) : 0;
    if (type !== SUBCOMMAND && type !== SUBCOMMAND_GROUP) {
      return depth === 1
        ? fault(under(path, 'type'), 'BASE_TYPE_CHOICES', 'A group holds sub-commands only.')
        : leaf(value, path);
    }
    if (!nestedHere.includes(type)) return fault(under(path, 'type'), 'BASE_TYPE_CHOICES', 'Sub-commands nest no deeper.');
    const inside = options(type === SUBCOMMAND ? 2 : 1);
    return record({ ...described, type: anything, options: inside }, ['name', 'description'])(value, path);
  };
  return (value, path) => [...list(one, { max: 25 })(value, path), ...amongOptions(listOf(value), path)];
}

const uniqueList =
  (check: Check): Check =>
  (value, path) => [
    ...list(check, { min: 1, max: 3 })(value, path),
    ...(Array.isArray(value) && repeated(value).length > 0
      ? fault(path, 'SET_TYPE_ALREADY_CONTAINS_VALUE', 'The set already contains this value')
      : []),
  ];

const bits: Check = (value, path) =>
  typeof value === 'string' && /^\d+$/.test(value)
    ? []
    : fault(path, 'BITFIELD_TYPE_INVALID', `Not a bit set: ${JSON.stringify(value)}`);

const everyKind: Readonly<Record<string, Check>> = {
  type: oneOf(1, 2, 3),
  default_member_permissions: nullable(bits),
  nsfw: flag,
  id: anything, // sent back as it was read
};

const onlyGlobal: Readonly<Record<string, Check>> = {
  contexts: nullable(uniqueList(oneOf(0, 1, 2))),
  integration_types: nullable(uniqueList(oneOf(0, 1))),
  dm_permission: nullable(flag),
};

/** Characters of a command as Discord adds them up: names, descriptions and values, options and choices included. */
function charsOf(one: Body): number {
  const own = [one['name'], one['description'], one['value']].reduce<number>((sum, part) => sum + textOf(part).length, 0);
  return [...listOf(one['options']), ...listOf(one['choices'])].reduce((sum, child) => sum + charsOf(child), own);
}

/** Everything Discord would refuse about an application command, registered everywhere or for one server. */
export function commandFaults(command: unknown, where: 'global' | 'guild' = 'global', path = ''): readonly Fault[] {
  if (!isBody(command)) return fault(path, 'DICT_TYPE_CONVERT', 'Only dictionaries may be used in a DictType');
  const scope = where === 'global' ? onlyGlobal : {};
  const isTyped = (command['type'] ?? CHAT_INPUT) === CHAT_INPUT;
  const chars = charsOf(command);
  // A command of a message's menu has a free name and neither description nor options.
  const faults = isTyped
    ? record({ ...everyKind, ...scope, ...described, options: options(0) }, ['name', 'description'])(command, path)
    : record(
        {
          ...everyKind,
          ...scope,
          name: text({ min: 1, max: 32 }),
          name_localizations: localizations(text({ min: 1, max: 32 })),
          description: text({ max: 0 }),
        },
        ['name'],
      )(command, path);
  return chars > COMMAND_CHARS_MAX
    ? [
        ...faults,
        ...fault(path, 'APPLICATION_COMMAND_TOO_LARGE', `Command exceeds maximum size (${COMMAND_CHARS_MAX}): ${chars}`),
      ]
    : faults;
}

/** Everything Discord would refuse about all of an application's commands together. */
export function commandListFaults(commands: unknown, where: 'global' | 'guild'): readonly Fault[] {
  if (!Array.isArray(commands)) return fault('', 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
  const keys = listOf(commands).map((one) => `${Number(one['type'] ?? CHAT_INPUT)} ${String(one['name'])}`);
  const crowded = Object.entries(COUNTS_MAX).filter(
    ([type, max]) => keys.filter((key) => key.startsWith(`${type} `)).length > max,
  );
  return [
    ...commands.flatMap((one, at) => commandFaults(one, where, String(at))),
    ...repeated(keys).flatMap((key) =>
      fault('', 'APPLICATION_COMMANDS_DUPLICATE_NAME', `Application command names must be unique: ${key}`),
    ),
    ...crowded.flatMap(([type, max]) =>
      fault('', 'MAX_APPLICATION_COMMANDS', `Maximum number of commands of type ${type} reached (${max}).`),
    ),
  ];
}
