import { ComponentType, TextInputStyle } from 'discord-api-types/v10';
import type { APILabelComponent, APIModalInteractionResponseCallbackData } from 'discord-api-types/v10';
import type { Option } from '../../ports/command.ts';
import type { FormAsk } from '../../ports/chat.ts';
import type { CommandCall } from '../../ports/message.ts';
import { unreachable } from '../../domain/unreachable.ts';
import { cutPlain, plain } from './escape.ts';
import { CUSTOM_ID_CHARS_MAX, FORM, SELECT } from './limits.ts';

/** What a form is about, as its custom_id keeps it: a stored button, or a command with what is known and not asked for. */
export type FormReference =
  | { readonly kind: 'button'; readonly buttonId: string }
  | { readonly kind: 'command'; readonly name: string; readonly known: CommandCall['input'] };

// A reference survives a restart: it stands in the form itself, or names a stored row.
const BUTTON = 'b:';
const COMMAND = 'c:';

/** A reference as text of at most 96 characters, or null where it does not fit. */
export function referenceText(reference: FormReference): string | null {
  if (reference.kind === 'button') return fitting(`${BUTTON}${reference.buttonId}`);
  const { name, known } = reference;
  return fitting(Object.keys(known).length === 0 ? `${COMMAND}${name}` : `${COMMAND}${name}:${JSON.stringify(known)}`);
}

/** Reads what `referenceText` wrote; null for anything else. */
export function readReference(text: string): FormReference | null {
  if (text.startsWith(BUTTON)) return { kind: 'button', buttonId: text.slice(BUTTON.length) };
  const match = /^c:([^:]+)(?::(\{.*\}))?$/su.exec(text);
  if (match === null) return null;
  const known = match[2] === undefined ? {} : inputOf(match[2]);
  return known === null ? null : { kind: 'command', name: match[1] ?? '', known };
}

const PREFIX_CHARS = 4;

function fitting(text: string): string | null {
  return text.length <= CUSTOM_ID_CHARS_MAX - PREFIX_CHARS ? text : null;
}

function inputOf(json: string): CommandCall['input'] | null {
  try {
    const value: unknown = JSON.parse(json);
    const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    return Object.fromEntries(entries.filter(([, one]) => typeof one === 'string' || typeof one === 'number'));
  } catch {
    return null;
  }
}

/** What a form came from and what was typed into it before. `buttonId`: the stored button, null for a command. */
export type FormOrigin = { readonly buttonId: string | null; readonly typed?: Readonly<Record<string, unknown>> };

/** The form for what is missing, and for as much else as it has fields for. What was typed before stands in it again. */
export function renderForm(ask: FormAsk, { buttonId, typed = {} }: FormOrigin): APIModalInteractionResponseCallbackData {
  const { command, input } = ask;
  const { names, reference } = fieldsOf(ask, buttonId);
  return {
    custom_id: `f:${reference}`,
    title: cutPlain(plain(`/${command.name}: ${command.summary}`), FORM.titleChars),
    components: names.flatMap((name) => {
      const option = command.options[name];
      const before = typed[name];
      const value = typeof before === 'string' || typeof before === 'number' ? before : input[name];
      return option === undefined ? [] : [fieldFor(name, option, value)];
    }),
  };
}

/**
 * Which options are asked for, and the reference that keeps the rest. A button's form knows what its stored row knows. A
 * command's shows what is known, so that it can be changed; what it has no field for goes into the reference, and what
 * does not fit there gets a field.
 */
function fieldsOf(
  { command, input, missing }: FormAsk,
  buttonId: string | null,
): { names: readonly string[]; reference: string } {
  const declared = Object.keys(command.options);
  const known = declared.filter((name) => input[name] !== undefined && !missing.includes(name));
  const optional = declared.filter((name) => !missing.includes(name) && !known.includes(name));
  // What is asked for stands first, and the rest where it always stands.
  const ordered = (wanted: readonly string[]): readonly string[] => {
    const names = wanted.slice(0, FORM.fields);
    return [
      ...missing.filter((name) => names.includes(name)),
      ...declared.filter((name) => names.includes(name) && !missing.includes(name)),
    ];
  };
  if (buttonId !== null) {
    return { names: ordered([...missing, ...optional]), reference: referenceText({ kind: 'button', buttonId }) ?? BUTTON };
  }
  // The longest values first: those are the ones the reference has no room for.
  const longestFirst = known.toSorted((a, b) => String(input[b]).length - String(input[a]).length);
  for (let needed = 0; needed <= known.length; needed += 1) {
    const must = longestFirst.slice(0, needed);
    const may = longestFirst.slice(needed);
    // What must have a field goes before what is missing: the latter is asked for again, the former would be lost.
    const names = ordered([...must, ...missing, ...may, ...optional]);
    const kept = Object.fromEntries(known.filter((name) => !names.includes(name)).map((name) => [name, input[name] ?? '']));
    const reference = referenceText({ kind: 'command', name: command.name, known: kept });
    if (reference !== null) return { names, reference };
  }
  return { names: ordered(longestFirst), reference: `${COMMAND}${command.name}` };
}

function fieldFor(name: string, option: Option, known: string | number | undefined): APILabelComponent {
  const shared = { type: ComponentType.Label as const, label: cutPlain(plain(option.label), FORM.labelChars) };
  const hint = hintOf(option);
  const told = hint === null ? shared : { ...shared, description: cutPlain(hint, FORM.hintChars) };
  if (option.kind === 'choice' && option.choices.length <= SELECT.options)
    return { ...told, component: selectFor(name, option, known) };
  const isLong = option.kind === 'text' && option.charsMax > 100;
  const charsMax = option.kind === 'text' ? Math.min(option.charsMax, FORM.textChars) : 100;
  const value = known === undefined ? '' : cutPlain(knownText(option, known), charsMax);
  return {
    ...told,
    component: {
      type: ComponentType.TextInput,
      custom_id: name,
      style: isLong ? TextInputStyle.Paragraph : TextInputStyle.Short,
      required: option.required,
      max_length: charsMax,
      ...(value === '' ? {} : { value }),
    },
  };
}

function selectFor(name: string, option: Option & { readonly kind: 'choice' }, known: string | number | undefined) {
  return {
    type: ComponentType.StringSelect as const,
    custom_id: name,
    required: option.required,
    options: option.choices.map((choice) => ({
      label: cutPlain(choice, SELECT.optionChars),
      value: choice,
      ...(choice === known ? { default: true } : {}),
    })),
  };
}

function hintOf(option: Option): string | null {
  switch (option.kind) {
    case 'whole':
      return `A whole number from ${option.min} to ${option.max}`;
    case 'duration':
      return 'A time such as 10m, 2h or 1h30m';
    case 'day':
      return 'A day such as 2027-01-29';
    case 'choice':
      return option.choices.length <= SELECT.options ? null : `One of ${option.choices.join(', ')}`;
    case 'text':
      return null;
    default:
      return unreachable(option);
  }
}

/** A duration is kept in milliseconds and typed as `90s`. */
function knownText({ kind }: Option, known: string | number): string {
  return kind === 'duration' && typeof known === 'number' ? `${Math.ceil(known / 1000)}s` : String(known);
}
