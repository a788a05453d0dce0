import type { InputBlock, InputBlockElement, ModalView } from '@slack/types';
import { z } from 'zod';
import { durationText } from '../../domain/duration.ts';
import { unreachable } from '../../domain/unreachable.ts';
import type { FormAsk, Suggestion } from '../../ports/chat.ts';
import type { Option } from '../../ports/command.ts';
import { head, plainLine } from './escape.ts';
import { INPUT_CHARS_MAX, SELECT, VIEW } from './limits.ts';

/** What is kept with a form, unseen: which command it fills, and where and how its answer goes back. */
export const FormContext = z.object({
  command: z.string(),
  channel: z.string(),
  threadTs: z.string().nullable(),
  responseUrl: z.string().nullable(),
  inHome: z.boolean(), // opened from the Home tab, which shows the answer then
  known: z.record(z.string(), z.union([z.string(), z.number()])).optional(), // what the form does not show
});
export type FormContext = z.infer<typeof FormContext>;

/** What submitted forms of ours are called. */
const FORM_CALLBACK = 'showcaller-form';

type SelectOption = { text: { type: 'plain_text'; text: string; emoji: false }; value: string };

/**
 * The form that asks for what a command still needs: the missing first, then the rest. What is known is filled in, or kept unseen
 * where `hidesKnown`: a button's own words, such as an alert's id, tell nobody anything. Null: it cannot be shown.
 */
export function formView(form: FormAsk, context: FormContext, { hidesKnown = false } = {}): ModalView | null {
  const { command, input, missing } = form;
  const isHidden = (name: string): boolean => hidesKnown && name in input && !missing.includes(name);
  const hidden = Object.entries(input).filter(([name]) => isHidden(name));
  const kept = hidden.length === 0 ? context : { ...context, known: Object.fromEntries(hidden) };
  const privateMetadata = JSON.stringify(kept satisfies FormContext);
  if (privateMetadata.length > VIEW.privateChars) return hidden.length === 0 ? null : formView(form, context);
  const names = [...missing, ...Object.keys(command.options).filter((name) => !missing.includes(name) && !isHidden(name))];
  const blocks = names.flatMap((name): readonly InputBlock[] => {
    const option = command.options[name];
    return option === undefined ? [] : [inputBlock(name, option, input[name])];
  });
  return {
    type: 'modal',
    callback_id: FORM_CALLBACK,
    private_metadata: privateMetadata,
    title: plain(`/${command.name}`, VIEW.titleChars),
    submit: plain('Go', VIEW.titleChars),
    close: plain('Leave it', VIEW.titleChars),
    blocks: [{ type: 'section', text: plain(`${command.summary}.`, VIEW.labelChars) }, ...blocks],
  };
}

const Field = z.object({
  value: z.string().nullish().catch(null),
  selected_option: z.object({ value: z.string() }).nullish().catch(null),
  selected_date: z.string().nullish().catch(null),
});

/** What a submitted form holds, of each kind of field. */
export const FormState = z.object({ values: z.record(z.string(), z.record(z.string(), Field)) });

/** The input a submitted form gives, by option name. What was left empty is not in it. */
export function formInput({ values }: z.infer<typeof FormState>): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const fields of Object.values(values)) {
    for (const [name, { value, selected_option, selected_date }] of Object.entries(fields)) {
      const given = value ?? selected_option?.value ?? selected_date ?? '';
      if (given.trim() !== '') found[name] = given;
    }
  }
  return found;
}

/** Faults by option name as Slack shows them in place. What no field was shown for is said at the first one. */
export function formErrors(faults: Readonly<Record<string, string>>, fields: readonly string[]): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const [name, told] of Object.entries(faults)) {
    const block = fields.includes(name) ? name : fields[0];
    if (block !== undefined) errors[block] = block in errors ? `${errors[block]} ${told}` : told;
  }
  return errors;
}

/** Proposals as Slack lists them, and what was typed itself: many options also take words that no proposal holds. */
export function proposals(suggestions: readonly Suggestion[], typed: string): SelectOption[] {
  const usable = suggestions.filter(({ value }) => value !== '' && value.length <= SELECT.optionChars);
  const own = typed.trim();
  const known = own === '' || own.length > SELECT.optionChars || usable.some(({ value }) => value === own);
  return [
    ...usable.map(({ value, label }) => selectOption(label === '' ? value : label, value)),
    ...(known ? [] : [selectOption(`“${own}”`, own)]),
  ].slice(0, SELECT.optionsMax);
}

function inputBlock(name: string, option: Option, known: string | number | undefined): InputBlock {
  const hint = hintOf(option);
  return {
    type: 'input',
    block_id: name,
    label: plain(option.label, VIEW.labelChars),
    optional: !option.required,
    element: { ...fieldOf(option, known), action_id: name },
    ...(hint === null ? {} : { hint: plain(hint, VIEW.hintChars) }),
  };
}

function fieldOf(option: Option, known: string | number | undefined): InputBlockElement {
  const typed = known === undefined ? '' : String(known);
  switch (option.kind) {
    case 'text':
      // A value too long for a select can only be shown where it can be typed.
      if (option.suggest === null || typed.length > SELECT.optionChars) return textField(typed, option.charsMax);
      return {
        type: 'external_select',
        min_query_length: 0,
        placeholder: plain('Choose, or type', VIEW.placeholderChars),
        ...(typed === '' ? {} : { initial_option: selectOption(typed, typed) }),
      };
    case 'whole': {
      const bounds = { min_value: String(option.min), max_value: String(option.max) };
      return { type: 'number_input', is_decimal_allowed: false, ...bounds, ...(typed === '' ? {} : { initial_value: typed }) };
    }
    case 'choice': {
      const options = option.choices.slice(0, SELECT.optionsMax).map((choice) => selectOption(choice, choice));
      const initial = options.find(({ value }) => value === typed);
      return { type: 'static_select', options, ...(initial === undefined ? {} : { initial_option: initial }) };
    }
    case 'duration':
      return textField(typeof known === 'number' ? durationText(known) : typed, INPUT_CHARS_MAX);
    case 'day':
      return { type: 'datepicker', ...(/^\d{4}-\d{2}-\d{2}$/u.test(typed) ? { initial_date: typed } : {}) };
    default:
      return unreachable(option);
  }
}

function textField(known: string, charsMax: number): InputBlockElement {
  const shown = known === '' ? {} : { initial_value: head(known, Math.min(charsMax, INPUT_CHARS_MAX)) };
  return { type: 'plain_text_input', max_length: Math.min(charsMax, INPUT_CHARS_MAX), ...shown };
}

function hintOf(option: Option): string | null {
  switch (option.kind) {
    case 'whole':
      return `A whole number from ${option.min} to ${option.max}.`;
    case 'duration':
      return durationHint(option);
    case 'text':
    case 'choice':
    case 'day':
      return null;
    default:
      return unreachable(option);
  }
}

function durationHint({ minMs, maxMs }: { readonly minMs: number; readonly maxMs: number }): string {
  const exampleMs = [600_000, 3_600_000, 86_400_000].find((ms) => ms >= minMs && ms <= maxMs) ?? minMs;
  return `From ${durationText(minMs)} to ${durationText(maxMs)}, such as ${durationText(exampleMs)}.`;
}

function selectOption(label: string, value: string): SelectOption {
  return { text: plain(label, SELECT.optionChars), value };
}

function plain(text: string, charsMax: number): { type: 'plain_text'; text: string; emoji: false } {
  return { type: 'plain_text', text: plainLine(text, charsMax), emoji: false };
}
