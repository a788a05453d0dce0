import type { Body, Fault } from './types.ts';

/** Looks at one value and tells what Discord would refuse about it. */
export type Check = (value: unknown, path: string) => readonly Fault[];

/** One fault at a path; `path` joins keys and positions with dots. */
export function fault(path: string, code: string, message: string): readonly Fault[] {
  return [{ path, code, message }];
}

/** Whether a value is a JSON object. */
export function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The entry of an object that ought to be a list, or an empty one. */
export function listOf(value: unknown): readonly Body[] {
  return Array.isArray(value) ? value.filter(isBody) : [];
}

/** The text of an entry, or '' when it holds none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A string within bounds. Counted in UTF-16 units, the strictest way Discord might count. */
export function text({ min = 0, max, pattern }: { min?: number; max: number; pattern?: RegExp }): Check {
  return (value, path) => {
    if (typeof value !== 'string')
      return fault(path, 'STRING_TYPE_CONVERT', `Could not interpret ${JSON.stringify(value)} as string.`);
    // Discord trims before it counts: a text of spaces alone is none.
    if (value.length > max || value.trim().length < min) {
      if (min === 0) return fault(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
      if (value.trim() === '') return fault(path, 'BASE_TYPE_REQUIRED', 'This field is required');
      return fault(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
    }
    if (pattern !== undefined && !pattern.test(value))
      return fault(path, 'STRING_TYPE_REGEX', 'String value did not match validation regex.');
    return [];
  };
}

/** A whole number within bounds. */
export function whole({ min, max }: { min: number; max: number }): Check {
  return (value, path) => {
    if (!Number.isSafeInteger(value)) return fault(path, 'NUMBER_TYPE_COERCE', `Value ${JSON.stringify(value)} is not int.`);
    if (Number(value) < min) return fault(path, 'NUMBER_TYPE_MIN', `int value should be greater than or equal to ${min}.`);
    return Number(value) > max ? fault(path, 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${max}.`) : [];
  };
}

/** Any finite number. */
export const number: Check = (value, path) =>
  Number.isFinite(value) ? [] : fault(path, 'NUMBER_TYPE_COERCE', `Value ${JSON.stringify(value)} is not float.`);

export const flag: Check = (value, path) =>
  typeof value === 'boolean' ? [] : fault(path, 'BOOLEAN_TYPE_CONVERT', 'Must be either true or false.');

/** An id: Discord takes them as strings only where a client means it. */
export const snowflake: Check = (value, path) =>
  typeof value === 'string' && /^\d{15,20}$/.test(value)
    ? []
    : fault(path, 'NUMBER_TYPE_COERCE', `Value ${JSON.stringify(value)} is not snowflake.`);

export const anything: Check = () => [];

export function oneOf(...choices: readonly (string | number)[]): Check {
  return (value, path) =>
    choices.includes(value as string)
      ? []
      : fault(path, 'BASE_TYPE_CHOICES', `Value must be one of {${choices.map(String).join(', ')}}.`);
}

export function nullable(check: Check): Check {
  return (value, path) => (value === null ? [] : check(value, path));
}

export function list(check: Check, { min = 0, max }: { min?: number; max: number }): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return fault(path, 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
    const sized =
      value.length > max || value.length < min
        ? fault(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`)
        : [];
    return [...sized, ...value.flatMap((one, at) => check(one, under(path, at)))];
  };
}

/** An object with these entries and no other: a misspelt one would be ignored by Discord, which hides a bug. */
export function record(entries: Readonly<Record<string, Check>>, required: readonly string[] = []): Check {
  return (value, path) => {
    if (!isBody(value)) return fault(path, 'DICT_TYPE_CONVERT', 'Only dictionaries may be used in a DictType');
    const absent = required.filter((key) => value[key] === undefined || value[key] === null);
    return [
      ...absent.flatMap((key) => fault(under(path, key), 'BASE_TYPE_REQUIRED', 'This field is required')),
      ...Object.entries(value).flatMap(([key, one]) => {
        if (one === undefined || absent.includes(key)) return [];
        const check = entries[key];
        return check === undefined
          ? fault(under(path, key), 'UNKNOWN_FIELD', `There is no field ${key}.`)
          : check(one, under(path, key));
      }),
    ];
  };
}

export function under(path: string, key: string | number): string {
  return path === '' ? String(key) : `${path}.${key}`;
}

/** What stands more than once. */
export function repeated<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values.filter((value, at) => values.indexOf(value) !== at))];
}

/** The `errors` tree of an answer with code 50035. */
export function errorTree(faults: readonly Fault[]): Body {
  const tree: Record<string, unknown> = {};
  for (const { path, code, message } of faults) {
    let node = tree;
    for (const key of path === '' ? [] : path.split('.')) node = (node[key] ??= {}) as Record<string, unknown>;
    const leaves = (node['_errors'] ??= []) as unknown[];
    leaves.push({ code, message });
  }
  return tree;
}
