import type { Account, Action, Actor, Caller, Place } from '../domain/team.ts';
import type { Message, Telling } from './message.ts';
import type { PlatformReach } from './reach.ts';
import type { TeamStore } from './store.ts';

/** Where autocomplete finds its proposals for a text option. */
export type Suggest = 'sku' | 'milestone' | 'person' | 'drop' | 'alert' | 'command';

type Shared = { readonly label: string; readonly required: boolean };
export type TextOption = Shared & { readonly kind: 'text'; readonly charsMax: number; readonly suggest: Suggest | null };
export type WholeOption = Shared & { readonly kind: 'whole'; readonly min: number; readonly max: number };
export type ChoiceOption<C extends string = string> = Shared & { readonly kind: 'choice'; readonly choices: readonly C[] };
/** Typed only as `for:10m`; the input is milliseconds. */
export type DurationOption = Shared & { readonly kind: 'duration'; readonly minMs: number; readonly maxMs: number };
/** A calendar day, 'YYYY-MM-DD'. */
export type DayOption = Shared & { readonly kind: 'day' };
export type Option = TextOption | WholeOption | ChoiceOption | DurationOption | DayOption;
export type Options = Readonly<Record<string, Option>>;

type ValueOf<O> = O extends { kind: 'choice'; choices: readonly (infer C)[] }
  ? C
  : O extends { kind: 'whole' | 'duration' }
    ? number
    : string;

/** The parsed input of a command: required options are there, the others may be undefined. */
export type InputOf<O extends Options> = {
  readonly [K in keyof O]: O[K] extends { required: true } ? ValueOf<O[K]> : ValueOf<O[K]> | undefined;
};

/** What a run may use. `requestKey` is the same when a platform delivers the request twice. */
export type CommandContext = {
  readonly store: TeamStore;
  readonly account: Account;
  readonly caller: Caller;
  readonly actor: Actor | null; // null for the public, who can change nothing
  readonly place: Place;
  readonly may: (action: Action) => boolean; // for what depends on more than the command's own `may`
  readonly requestKey: string;
  readonly nowMs: number;
  readonly telling: Telling;
  readonly commands: readonly AnyCommand[]; // those this caller may use
  readonly reach: readonly PlatformReach[]; // how this process stands with each platform
};

/** Where a command is also offered on a message: the message's own first line fills `fills`. `label` is at most 24 characters. */
export type Shortcut = { readonly label: string; readonly fills: string };

type Definition<O extends Options> = {
  readonly name: string; // 'stock', or 'inventory receive': a word, or a word and a verb
  readonly summary: string; // at most 100 characters
  readonly may: Action;
  readonly options: O;
  readonly shortcut?: Shortcut;
};

export type Command<O extends Options> = Definition<O> & {
  run(input: InputOf<O>, context: CommandContext): Promise<Message>;
};

/** Any command, as registries and the dispatcher see it. `run` must only be given input that `options` produced. */
export type AnyCommand = Definition<Options> & { run(input: never, context: CommandContext): Promise<Message> };

/** Keeps the option names and types for `run`. */
export function defineCommand<const O extends Options>(command: Command<O>): Command<O> {
  return command;
}

// NoInfer: inside a command's `options`, the place an option stands in must not decide whether it is required.
export function text<const R extends boolean = true>(
  label: string,
  { charsMax, required, suggest = null }: { charsMax: number; required?: R; suggest?: Suggest | null },
): TextOption & { readonly required: NoInfer<R> } {
  return { kind: 'text', label, charsMax, suggest, required: (required ?? true) as R };
}

export function whole<const R extends boolean = true>(
  label: string,
  { min, max, required }: { min: number; max: number; required?: R },
): WholeOption & { readonly required: NoInfer<R> } {
  return { kind: 'whole', label, min, max, required: (required ?? true) as R };
}

export function choice<const C extends string, const R extends boolean = true>(
  label: string,
  choices: readonly C[],
  { required }: { required?: R } = {},
): ChoiceOption<C> & { readonly required: NoInfer<R> } {
  return { kind: 'choice', label, choices, required: (required ?? true) as R };
}

/** Always optional: a duration is only ever typed as `key:10m`. */
export function duration(
  label: string,
  { minMs, maxMs }: { minMs: number; maxMs: number },
): DurationOption & { readonly required: false } {
  return { kind: 'duration', label, minMs, maxMs, required: false };
}

export function day<const R extends boolean = true>(
  label: string,
  { required }: { required?: R } = {},
): DayOption & { readonly required: NoInfer<R> } {
  return { kind: 'day', label, required: (required ?? true) as R };
}
