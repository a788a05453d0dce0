import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  PermissionFlagsBits,
  Routes,
} from 'discord-api-types/v10';
import type { APIApplicationCommandBasicOption, APIApplicationCommandSubcommandOption } from 'discord-api-types/v10';
import { z } from 'zod';
import { PUBLIC_ACTIONS } from '../../domain/team.ts';
import { unreachable } from '../../domain/unreachable.ts';
import type { AnyCommand, Option, Options } from '../../ports/command.ts';
import type { Api } from './api.ts';
import { faultOf, faultWords, unlessLacking } from './api.ts';
import { cutPlain } from './escape.ts';
import { COMMAND } from './limits.ts';

/** One command as one server offers it. Only `name`, `type` and `description` of a message's command are there for Discord. */
type Offered = {
  readonly type: ApplicationCommandType.ChatInput | ApplicationCommandType.Message;
  readonly name: string;
  readonly description?: string;
  readonly options?: readonly (APIApplicationCommandBasicOption | APIApplicationCommandSubcommandOption)[];
  readonly default_member_permissions: string | null;
};

/** One command as it is registered everywhere, which also says where it is offered. */
export type Registered = Offered & {
  readonly contexts: readonly InteractionContextType[];
  readonly integration_types: readonly ApplicationIntegrationType[];
};

// Used by people whom nobody has listed yet.
const OPEN_COMMANDS: readonly string[] = ['link'];

const EVERYWHERE = {
  contexts: [InteractionContextType.Guild],
  integration_types: [ApplicationIntegrationType.GuildInstall],
} as const;

/**
 * Everything to register: a command a first word, its verbs as subcommands; and one in the menu of messages for each
 * shortcut.
 */
export function registrationOf(commands: readonly AnyCommand[]): readonly Registered[] {
  return offersOf(commands).map((command) => ({ ...command, ...EVERYWHERE }));
}

function offersOf(commands: readonly AnyCommand[]): readonly Offered[] {
  const words = [...new Set(commands.map(({ name }) => wordOf(name)))];
  const typed = words.map((word) =>
    typedCommand(
      word,
      commands.filter(({ name }) => wordOf(name) === word),
    ),
  );
  const menu = commands.flatMap((command): readonly Offered[] =>
    command.shortcut === undefined
      ? []
      : [
          {
            type: ApplicationCommandType.Message,
            name: command.shortcut.label,
            default_member_permissions: hintFor([command]),
          },
        ],
  );
  return [...typed, ...menu];
}

function wordOf(name: string): string {
  return name.split(' ')[0] ?? name;
}

function typedCommand(word: string, commands: readonly AnyCommand[]): Offered {
  const [only] = commands;
  const shared = {
    type: ApplicationCommandType.ChatInput,
    name: word,
    default_member_permissions: hintFor(commands),
  } as const;
  if (only !== undefined && commands.length === 1 && only.name === word) {
    return { ...shared, description: described(only.summary), options: optionsOf(only.options) };
  }
  const verbs = commands.filter(({ name }) => name !== word);
  const listed = verbs.map(({ name }) => name.slice(word.length + 1)).join(', ');
  return {
    ...shared,
    description: described(`${word}: ${listed}`),
    options: verbs.map(({ name, summary, options }) => ({
      type: ApplicationCommandOptionType.Subcommand,
      name: name.slice(word.length + 1),
      description: described(summary),
      options: optionsOf(options),
    })),
  };
}

/** Who sees a command at first; a server's own settings may change that. Showcaller asks its own roles whoever types it. */
function hintFor(commands: readonly AnyCommand[]): string | null {
  const isOpen = commands.some(({ may, name }) => PUBLIC_ACTIONS.includes(may) || OPEN_COMMANDS.includes(name));
  return isOpen ? null : String(PermissionFlagsBits.ManageEvents);
}

function optionsOf(options: Options): APIApplicationCommandBasicOption[] {
  // Discord wants the required ones first.
  return Object.entries(options)
    .toSorted(([, a], [, b]) => Number(b.required) - Number(a.required))
    .map(([name, option]) => optionOf(name, option));
}

function optionOf(name: string, option: Option): APIApplicationCommandBasicOption {
  const { label, required } = option;
  const type = ApplicationCommandOptionType.String;
  const shared = { name, description: described(label), required };
  switch (option.kind) {
    case 'text': {
      const isProposed = option.suggest === null ? {} : { autocomplete: true as const };
      return { ...shared, type, max_length: Math.min(option.charsMax, COMMAND.textChars), ...isProposed };
    }
    case 'whole':
      return { ...shared, type: ApplicationCommandOptionType.Integer, min_value: option.min, max_value: option.max };
    case 'choice': {
      if (option.choices.length > COMMAND.choices) return { ...shared, type, autocomplete: true };
      const choices = option.choices.map((choice) => ({ name: cutPlain(choice, COMMAND.choiceChars), value: choice }));
      return { ...shared, type, choices };
    }
    case 'duration':
      return { ...shared, type, description: hinted(label, ' (such as 10m, 2h)') };
    case 'day':
      return { ...shared, type, description: hinted(label, ' (such as 2027-01-29)') };
    default:
      return unreachable(option);
  }
}

function described(text: string): string {
  return cutPlain(text, COMMAND.descriptionChars);
}

function hinted(label: string, hint: string): string {
  return `${cutPlain(label, COMMAND.descriptionChars - hint.length)}${hint}`;
}

/** What differs between what should be registered and what is, in words a person can act on; empty: nothing. */
export function drift(wanted: readonly (Offered & Partial<Registered>)[], registered: readonly unknown[]): readonly string[] {
  const known = registered.flatMap((one) => {
    const read = Known.safeParse(one);
    return read.success ? [read.data] : [];
  });
  const keyOf = ({ type, name }: { readonly type: number; readonly name: string }): string => `${type} ${name}`;
  const differing = wanted.flatMap((command) => {
    const there = known.find((one) => keyOf(one) === keyOf(command));
    if (there === undefined) return [`${titleOf(command)} is not registered`];
    return isSame(command, there) ? [] : [`${titleOf(command)} is registered differently`];
  });
  const keys = new Set(wanted.map(keyOf));
  const gone = known
    .filter((one) => !keys.has(keyOf(one)))
    .map((one) => `${titleOf(one)} is registered, but there is no such command any more`);
  return [...differing, ...gone];
}

const TYPED: number = ApplicationCommandType.ChatInput;

function titleOf({ type, name }: { readonly type: number; readonly name: string }): string {
  return type === TYPED ? `/${name}` : `“${name}” in the menu of messages`;
}

const KnownOption = z.object({
  type: z.number(),
  name: z.string(),
  description: z.string(),
  required: z.boolean().nullish(),
  autocomplete: z.boolean().nullish(),
  min_value: z.number().nullish(),
  max_value: z.number().nullish(),
  max_length: z.number().nullish(),
  choices: z.array(z.object({ name: z.string(), value: z.union([z.string(), z.number()]) })).nullish(),
  options: z.array(z.unknown()).nullish(),
});
const Known = z.object({
  type: z.number().default(ApplicationCommandType.ChatInput),
  name: z.string(),
  description: z.string().nullish(),
  options: z.array(z.unknown()).nullish(),
  default_member_permissions: z.string().nullish(),
  contexts: z.array(z.number()).nullish(),
  integration_types: z.array(z.number()).nullish(),
});
type Known = z.infer<typeof Known>;

function isSame(wanted: Offered & Partial<Registered>, known: Known): boolean {
  const { contexts, integration_types: installs, default_member_permissions: hint } = known;
  return (
    JSON.stringify([wanted.description ?? '', normalOptions(wanted.options)]) ===
      JSON.stringify([known.description ?? '', normalOptions(known.options)]) &&
    // A smaller server may not tell these; what it does not tell is not known to differ.
    (hint === undefined || hint === wanted.default_member_permissions) &&
    (!Array.isArray(contexts) || sameSet(contexts, wanted.contexts ?? contexts)) &&
    (!Array.isArray(installs) || sameSet(installs, wanted.integration_types ?? installs))
  );
}

function sameSet(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one));
}

/** Options without what Discord adds and with what it leaves out, so that two can be compared as text. */
function normalOptions(options: readonly unknown[] | null | undefined): readonly unknown[] {
  return (options ?? []).map((one) => {
    const read = KnownOption.safeParse(one);
    if (!read.success) return one;
    const { type, name, description, required, autocomplete, min_value, max_value, max_length, choices, options } = read.data;
    const shared = [type, name, description, required ?? false, autocomplete ?? false];
    const bounds = [min_value ?? null, max_value ?? null, max_length ?? null];
    return [...shared, ...bounds, (choices ?? []).map(({ name, value }) => [name, value]), normalOptions(options)];
  });
}

/** What came of registering; `note` is what works less well than on Discord itself. */
export type Registration =
  | { readonly kind: 'unchanged' | 'changed'; readonly differenceCount: number; readonly note: string | null }
  | { readonly kind: 'failed'; readonly told: string; readonly isFinal: boolean }; // final: trying again would change nothing

/** Which commands to register, and where; the servers count only where commands cannot be registered for all of them. */
export type Registering = {
  readonly applicationId: string;
  readonly guildIds: () => readonly string[];
  readonly commands: readonly AnyCommand[];
};

const UNLISTED = 'This server does not list the commands, so they are registered anew at each start.';
const BY_GUILD = 'Commands can only be registered server by server here, so they are offered in the servers known at the start.';
const NOWHERE = 'This server registers no commands, so nothing can be typed as a slash command. Buttons work.';

/** Registers the commands everywhere the bot is, and only when something changed. Never rejects. */
export async function registerCommands(api: Api, { applicationId, guildIds, commands }: Registering): Promise<Registration> {
  const wanted = registrationOf(commands);
  try {
    const everywhere = await registerAt(api, Routes.applicationCommands(applicationId), wanted);
    if (everywhere !== null) return registration([everywhere], null);
    const local = offersOf(commands);
    const registered: Come[] = [];
    for (const guildId of guildIds()) {
      const there = await registerAt(api, Routes.applicationGuildCommands(applicationId, guildId), local);
      if (there !== null) registered.push(there);
    }
    return registered.length === 0 ? { kind: 'failed', told: NOWHERE, isFinal: true } : registration(registered, BY_GUILD);
  } catch (fault) {
    const met = faultOf(fault);
    return { kind: 'failed', told: `Commands could not be registered: ${faultWords(met)}`, isFinal: met.kind === 'refused' };
  }
}

type Come = { readonly differenceCount: number; readonly isListed: boolean };

/** Null where the server has no such route. */
async function registerAt(api: Api, route: `/${string}`, wanted: readonly Offered[]): Promise<Come | null> {
  const listed = z.array(z.unknown()).safeParse(await unlessLacking(api('GET', route)));
  const differences = drift(wanted, listed.success ? listed.data : []);
  if (differences.length === 0) return { differenceCount: 0, isListed: true };
  const isThere = await unlessLacking(api('PUT', route, { body: wanted }).then(() => true));
  return isThere === null ? null : { differenceCount: differences.length, isListed: listed.success };
}

function registration(registered: readonly Come[], note: string | null): Registration {
  const differenceCount = registered.reduce((sum, one) => sum + one.differenceCount, 0);
  const unlisted = registered.every(({ isListed }) => isListed) ? null : UNLISTED;
  return { kind: differenceCount === 0 ? 'unchanged' : 'changed', differenceCount, note: note ?? unlisted };
}
