import { unreachable } from '../domain/unreachable.ts';
import type { AnyCommand, Option } from '../ports/command.ts';

const CHOICES_CHARS_MAX = 40;

// Real enough to be typed: what the sample drop knows.
const EXAMPLES = {
  sku: 'HOODIE-M',
  milestone: 'Rehearsal',
  person: 'Finn',
  drop: 'hoodie-run',
  alert: 'HOODIE-M',
  command: 'stock',
};
const DURATIONS = [
  [600_000, '10m'],
  [3_600_000, '1h'],
  [86_400_000, '1d'],
  [30_000, '30s'],
] as const;

type Usable = Pick<AnyCommand, 'name' | 'options'>;

/** How a command is typed: `/inventory receive <sku> <units> [reason]`. What stands in [ ] may be left out. */
export function usage({ name, options }: Usable): string {
  const words = Object.entries(options).map(([key, option]) => {
    const word = usageWord(key, option);
    return option.required ? `<${word}>` : `[${word}]`;
  });
  return [`/${name}`, ...words].join(' ');
}

/**
 * One line that can be typed as it stands: what is required, what it is about, and a length of time where there is one.
 * `known` are values by option, as they have to be typed.
 */
export function exampleOf({ name, options }: Usable, known: ReadonlyMap<string, string> = new Map()): string {
  const words = Object.entries(options).flatMap(([key, option]) => {
    const value = known.get(key);
    if (value !== undefined) return [option.kind === 'duration' ? `${key}:${value}` : value];
    return option.required || option.kind === 'duration' || (option.kind === 'text' && option.suggest !== null)
      ? [exampleWord(key, option)]
      : [];
  });
  return [`/${name}`, ...words].join(' ');
}

function usageWord(key: string, option: Option): string {
  if (option.kind === 'duration') return `${key}:${durationExample(option)}`;
  if (option.kind !== 'choice') return key;
  const words = option.choices.join('|');
  return words.length <= CHOICES_CHARS_MAX ? words : key;
}

function exampleWord(key: string, option: Option): string {
  switch (option.kind) {
    case 'text':
      if (option.suggest !== null) return EXAMPLES[option.suggest];
      return key === 'reason' ? 'label misprint' : '"Something new"';
    case 'whole':
      return String(Math.min(option.max, Math.max(option.min, 5)));
    case 'choice':
      return option.choices[0] ?? '';
    case 'duration':
      return `${key}:${durationExample(option)}`;
    case 'day':
      return '2027-01-20';
    default:
      return unreachable(option);
  }
}

function durationExample({ minMs, maxMs }: { readonly minMs: number; readonly maxMs: number }): string {
  return DURATIONS.find(([ms]) => ms >= minMs && ms <= maxMs)?.[1] ?? '10m';
}
