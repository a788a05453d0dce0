import { durationText } from '../domain/duration.ts';
import { nearest } from '../domain/near.ts';
import type { AnyCommand, Option } from '../ports/command.ts';
import type { CommandCall } from '../ports/message.ts';
import type { Token } from './tokens.ts';
import { quote, tokens } from './tokens.ts';
import type { ValueFault } from './values.ts';
import { readValue } from './values.ts';

export type Fault =
  | ValueFault
  | { readonly kind: 'given-twice'; readonly option: string }
  | { readonly kind: 'too-much'; readonly given: string }
  | { readonly kind: 'no-such-option'; readonly option: string };

export type Input = CommandCall['input'];

/** What options came to: all there, something required still to ask for, or something that cannot be taken. */
export type OptionsRead =
  | { readonly kind: 'input'; readonly command: AnyCommand; readonly input: Input }
  | { readonly kind: 'missing'; readonly command: AnyCommand; readonly input: Input; readonly missing: readonly string[] }
  | { readonly kind: 'faults'; readonly command: AnyCommand; readonly faults: readonly Fault[] };

export type CommandRead =
  | OptionsRead
  | { readonly kind: 'no-such-command'; readonly asked: string; readonly near: string | null }
  | {
      readonly kind: 'which-verb';
      readonly group: string;
      readonly asked: string | null;
      readonly verbs: readonly AnyCommand[];
      readonly near: string | null;
    };

// What a group without a verb most likely means; every other verb has to be typed.
const BARE_VERBS = ['show', 'list', 'health'];

/** Reads a whole line such as `/inventory receive HOODIE-M 5`, with or without the slash. Never throws, whatever was typed. */
export function readCommand(line: string, commands: readonly AnyCommand[]): CommandRead {
  const [, first = '', rest = ''] = /^\s*\/?\s*(\S*)\s*([\s\S]*)$/u.exec(line) ?? [];
  const word = first.toLowerCase();
  const single = commands.find(({ name }) => name === word);
  if (single !== undefined) return readOptions(single, rest);
  const verbs = commands.filter(({ name }) => name.startsWith(`${word} `));
  if (word === '' || verbs.length === 0) {
    return { kind: 'no-such-command', asked: first, near: nearest(first.slice(0, 40), groupsOf(commands)) };
  }
  return readVerb(word, verbs, rest);
}

function readVerb(group: string, verbs: readonly AnyCommand[], text: string): CommandRead {
  const [, verb = '', rest = ''] = /^(\S*)\s*([\s\S]*)$/u.exec(text) ?? [];
  const chosen = verbs.find(({ name }) => name === `${group} ${verb.toLowerCase()}`);
  if (chosen !== undefined) return readOptions(chosen, rest);
  const bare = BARE_VERBS.map((word) => verbs.find(({ name }) => name === `${group} ${word}`)).find(
    (found) => found !== undefined,
  );
  if (verb === '' && bare !== undefined) return readOptions(bare, '');
  const words = verbs.map(({ name }) => name.slice(group.length + 1));
  return { kind: 'which-verb', group, asked: verb === '' ? null : verb, verbs, near: nearest(verb.slice(0, 40), words) };
}

/**
 * Reads what follows the command's name. Options fill in declared order; a choice takes a word only if it matches; the last text
 * option takes the rest; `key:value` and quotes stand anywhere; a duration is only typed as `key:10m`. A text option followed by
 * something required of another kind takes words up to the first that fits it, so names of several words need no quotes there.
 */
export function readOptions(command: AnyCommand, text: string): OptionsRead {
  const names = new Map(Object.keys(command.options).map((name) => [name.toLowerCase(), name]));
  const words = percentWords(
    command,
    tokens(text, (key) => names.has(key)),
  );
  const given = new Map<string, string>();
  const faults: Fault[] = [];
  for (const { key, value } of words) {
    const name = key === null ? undefined : names.get(key);
    if (name === undefined) continue;
    if (given.has(name)) faults.push({ kind: 'given-twice', option: name });
    else given.set(name, value);
  }
  const left = fillInOrder(
    command,
    words.filter(({ key }) => key === null),
    given,
  );
  const spare = appendToLastText(command, words, left, given);
  const [firstSpare] = spare;
  if (firstSpare !== undefined) faults.push(spareFault(command, firstSpare, given));
  return checked(command, given, faults);
}

/** Checks input that did not come as text: from a button, a form, or a platform that types options itself. */
export function checkInput(command: AnyCommand, input: Readonly<Record<string, unknown>>): OptionsRead {
  const given = new Map<string, string>();
  const faults: Fault[] = [];
  for (const [name, value] of Object.entries(input)) {
    const option = Object.hasOwn(command.options, name) ? command.options[name] : undefined;
    if (value === undefined || value === null) continue;
    if (option === undefined) faults.push({ kind: 'no-such-option', option: name });
    else if (typeof value === 'number' && option.kind === 'duration') given.set(name, durationText(value));
    else given.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return checked(command, given, faults);
}

function checked(command: AnyCommand, given: ReadonlyMap<string, string>, earlier: readonly Fault[]): OptionsRead {
  const faults: Fault[] = [...earlier];
  const input: Record<string, string | number> = {};
  const missing: string[] = [];
  for (const [name, option] of Object.entries(command.options)) {
    const typed = given.get(name)?.trim() ?? '';
    if (typed === '') {
      if (option.required) missing.push(name);
      continue;
    }
    const read = readValue(name, option, typed);
    if (read.kind === 'value') input[name] = read.value;
    else faults.push(read);
  }
  if (faults.length > 0) return { kind: 'faults', command, faults };
  return missing.length > 0 ? { kind: 'missing', command, input, missing } : { kind: 'input', command, input };
}

/** Gives words to the options not named, in declared order. Answers the words nobody took. */
function fillInOrder(command: AnyCommand, words: readonly Token[], given: Map<string, string>): readonly Token[] {
  const open = Object.entries(command.options).filter(([name, { kind }]) => kind !== 'duration' && !given.has(name));
  const lastText = lastTextOf(command);
  let left = words;
  for (const [index, [name, option]] of open.entries()) {
    const after = open.slice(index + 1);
    const count =
      option.kind === 'text' ? wordsForText(option, name === lastText, left, after) : wordForOther(option, left, after);
    if (count === 0) continue;
    const taken = left.slice(0, count);
    given.set(name, taken.length === 1 ? (taken[0]?.value ?? '') : taken.map(({ raw }) => raw).join(' '));
    left = left.slice(count);
  }
  return left;
}

function wordsForText(
  option: Option,
  isLast: boolean,
  left: readonly Token[],
  after: readonly (readonly [string, Option])[],
): number {
  const next = after[0]?.[1];
  if (next?.required === true && next.kind !== 'text') {
    const stop = left.findIndex((word, index) => index > 0 && fits(next, word));
    return stop > 0 ? stop : Math.min(1, left.length);
  }
  if (!isLast) return Math.min(1, left.length);
  // What follows the last text option takes a matching word from the end; the text keeps one, unless it may be left out.
  let end = left.length;
  for (const [, later] of after.toReversed()) {
    if (end > (option.required ? 1 : 0) && fits(later, left[end - 1])) end -= 1;
  }
  return end;
}

/** One word or none: one that does not fit is taken where nothing else was meant, so that the fault names it. */
function wordForOther(option: Option, left: readonly Token[], after: readonly (readonly [string, Option])[]): 0 | 1 {
  if (left.length === 0) return 0;
  if (fits(option, left[0])) return 1;
  return option.required && (option.kind !== 'choice' || !after.some(([, { kind }]) => kind === 'text')) ? 1 : 0;
}

/** Whether a word is of the option's kind; its bounds are checked later, so that a number too large is called too large. */
function fits(option: Option, word: Token | undefined): boolean {
  if (word === undefined) return false;
  if (option.kind === 'choice' && word.quoted) return false; // quotes make a word text
  const { kind } = readValue('', option, word.value);
  return kind === 'value' || kind === 'out-of-range';
}

/** `reason:label misprint`: words left over right after the named last text option belong to it. */
function appendToLastText(
  command: AnyCommand,
  words: readonly Token[],
  left: readonly Token[],
  given: Map<string, string>,
): readonly Token[] {
  const lastText = lastTextOf(command);
  const at = words.findIndex(({ key, quoted }) => key !== null && key === lastText?.toLowerCase() && !quoted);
  if (lastText === undefined || at < 0 || left.length === 0) return left;
  const following = words.slice(at + 1, at + 1 + left.length);
  if (following.length < left.length || !following.every((word) => left.includes(word))) return left;
  given.set(lastText, `${given.get(lastText) ?? ''} ${left.map(({ raw }) => raw).join(' ')}`);
  return [];
}

/** A word nobody took was most likely meant for a closed list that is still open, where the command takes no other words. */
function spareFault(command: AnyCommand, { raw }: Token, given: ReadonlyMap<string, string>): Fault {
  const open = Object.entries(command.options).find(([name, { kind }]) => kind === 'choice' && !given.has(name));
  if (open === undefined || lastTextOf(command) !== undefined) return { kind: 'too-much', given: raw };
  const [name, option] = open;
  const read = readValue(name, option, raw);
  return read.kind === 'value' ? { kind: 'too-much', given: raw } : read;
}

/** `20%` and `20 %`, as cards write it, are `20 percent` to a command that knows that word. */
function percentWords({ options }: AnyCommand, words: readonly Token[]): readonly Token[] {
  const known = Object.values(options).some((option) => option.kind === 'choice' && option.choices.includes('percent'));
  if (!known) return words;
  return words.flatMap((word) => {
    const number = word.key === null && !word.quoted ? /^(\d*)%$/u.exec(word.value)?.[1] : undefined;
    if (number === undefined) return [word];
    return (number === '' ? ['percent'] : [number, 'percent']).map((text) => ({ ...word, raw: text, value: text }));
  });
}

function lastTextOf({ options }: AnyCommand): string | undefined {
  return Object.entries(options).findLast(([, { kind }]) => kind === 'text')?.[0];
}

function groupsOf(commands: readonly AnyCommand[]): readonly string[] {
  return [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? name))];
}

/** The line that says the same as this call, the shortest way that reads back as exactly this input. */
export function formatCall(command: AnyCommand, input: Input): string {
  const named: string[] = [];
  const plain: string[] = [];
  for (const [name, option] of Object.entries(command.options)) {
    const value = input[name];
    if (value === undefined) continue;
    const text = typeof value === 'number' && option.kind === 'duration' ? durationText(value) : String(value);
    named.push(`${name}:${quote(text)}`);
    plain.push(option.kind === 'duration' ? `${name}:${text}` : name === lastTextOf(command) ? text : quote(text));
  }
  const short = plain.join(' ');
  const back = readOptions(command, short);
  const same = back.kind === 'input' && JSON.stringify(back.input) === JSON.stringify(checkedInput(command, input));
  return `/${command.name} ${same ? short : named.join(' ')}`.trim();
}

function checkedInput(command: AnyCommand, input: Input): Input | null {
  const read = checkInput(command, input);
  return read.kind === 'input' ? read.input : null;
}
