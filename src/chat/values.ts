import { durationMs } from '../domain/duration.ts';
import { parseDay } from '../domain/time.ts';
import { unreachable } from '../domain/unreachable.ts';
import { nearest } from '../domain/near.ts';
import type { Option } from '../ports/command.ts';

/** Why a value cannot be taken. `option` is the option's name. */
export type ValueFault =
  | { readonly kind: 'too-long'; readonly option: string; readonly charsMax: number }
  | { readonly kind: 'not-whole'; readonly option: string; readonly given: string; readonly min: number; readonly max: number }
  | { readonly kind: 'out-of-range'; readonly option: string; readonly given: string; readonly min: number; readonly max: number }
  | {
      readonly kind: 'not-a-choice';
      readonly option: string;
      readonly given: string;
      readonly choices: readonly string[];
      readonly near: string | null;
    }
  | { readonly kind: 'not-a-day'; readonly option: string; readonly given: string }
  | { readonly kind: 'not-a-duration'; readonly option: string; readonly given: string }
  | {
      readonly kind: 'duration-out-of-range';
      readonly option: string;
      readonly given: string;
      readonly minMs: number;
      readonly maxMs: number;
    };

export type Value = { readonly kind: 'value'; readonly value: string | number } | ValueFault;

/** Reads one typed value of an option. */
export function readValue(name: string, option: Option, given: string): Value {
  switch (option.kind) {
    case 'text': {
      const value = given.trim();
      return value.length > option.charsMax
        ? { kind: 'too-long', option: name, charsMax: option.charsMax }
        : { kind: 'value', value };
    }
    case 'whole':
      return readWhole(name, option, given);
    case 'choice': {
      const value = option.choices.find((choice) => choice.toLowerCase() === given.trim().toLowerCase());
      if (value !== undefined) return { kind: 'value', value };
      return {
        kind: 'not-a-choice',
        option: name,
        given,
        choices: option.choices,
        near: nearest(given.slice(0, 40), option.choices) ?? beginningAlike(given, option.choices),
      };
    }
    case 'duration': {
      const value = durationMs(given);
      const { minMs, maxMs } = option;
      if (value === null) return { kind: 'not-a-duration', option: name, given };
      if (value < minMs || value > maxMs) return { kind: 'duration-out-of-range', option: name, given, minMs, maxMs };
      return { kind: 'value', value };
    }
    case 'day': {
      const value = parseDay(given);
      return value === null ? { kind: 'not-a-day', option: name, given } : { kind: 'value', value };
    }
    default:
      return unreachable(option);
  }
}

/** The only choice whose first three letters were typed: `size` means sizing, though half the word differs. */
function beginningAlike(given: string, choices: readonly string[]): string | null {
  const start = given.trim().slice(0, 3).toLowerCase();
  const alike = choices.filter((choice) => start.length === 3 && choice.toLowerCase().startsWith(start));
  return alike.length === 1 ? (alike[0] ?? null) : null;
}

function readWhole(name: string, { min, max }: { min: number; max: number }, given: string): Value {
  const typed = given.trim().replace(/^−/u, '-');
  if (!/^[+-]?\d{1,15}$/u.test(typed)) return { kind: 'not-whole', option: name, given, min, max };
  const value = Number(typed) + 0; // never −0
  return value < min || value > max ? { kind: 'out-of-range', option: name, given, min, max } : { kind: 'value', value };
}
