import { durationMs, durationText } from '../domain/duration.ts';
import { sayDuration } from '../domain/time.ts';
import { unreachable } from '../domain/unreachable.ts';
import type { FormAsk } from '../ports/chat.ts';
import type { AnyCommand, Option } from '../ports/command.ts';
import type { Message, Part } from '../ports/message.ts';
import { refuse } from '../ports/message.ts';
import type { CommandRead, Fault, Input } from './grammar.ts';
import { quote } from './tokens.ts';
import { orList } from '../words/refusal.ts';
import { oneLine } from '../words/summary.ts';
import { exampleOf, usage } from '../words/usage.ts';

/** What is told when a line or a form could not be taken: nothing was done, what to type instead. */
export function unreadMessage(read: Exclude<CommandRead, { readonly kind: 'input' }>): Message {
  switch (read.kind) {
    case 'missing':
      return missingMessage(read);
    case 'faults':
      return faultsMessage(read.command, read.faults);
    case 'no-such-command': {
      const asked = read.asked === '' ? 'Nothing was typed.' : `There is no command /${oneLine(read.asked, 40)}.`;
      return refuse(`${asked}${read.near === null ? '' : ` Did you mean /${read.near}?`} /help lists what you can use.`);
    }
    case 'which-verb': {
      const asked =
        read.asked === null ? `/${read.group} needs a word more.` : `/${read.group} cannot ${oneLine(read.asked, 40)}.`;
      const near = read.near === null ? '' : ` Did you mean /${read.group} ${read.near}?`;
      return refuse(
        `${asked}${near}`,
        { kind: 'text', text: `${asked}${near}` },
        { kind: 'fields', rows: read.verbs.map((command) => [usage(command), command.summary]) },
      );
    }
    default:
      return unreachable(read);
  }
}

/** What cannot be taken of a filled form, in words by option; null when all of it can. */
export function formFaults(read: CommandRead): Readonly<Record<string, string>> | null {
  switch (read.kind) {
    case 'input':
      return null;
    case 'missing':
      return Object.fromEntries(read.missing.map((name) => [name, 'This is needed.']));
    case 'faults':
      return Object.fromEntries(read.faults.map((fault) => [optionOf(fault), faultWords(fault, read.command)]));
    case 'no-such-command':
    case 'which-verb':
      return { '': 'This form is of an older version. Type the command again.' };
    default:
      return unreachable(read);
  }
}

function optionOf(fault: Fault): string {
  return fault.kind === 'too-much' ? '' : fault.option;
}

function missingMessage({ command, input, missing }: FormAsk): Message {
  const options = missing.flatMap((name) => {
    const option = command.options[name];
    return option === undefined ? [] : [[name, `${option.label}${hint(option)}`] as const];
  });
  const summary = `/${command.name} still needs ${missing.join(' and ')}. Nothing was changed.`;
  return refuse(summary, { kind: 'text', text: summary }, { kind: 'fields', rows: options }, howToType(command, input));
}

function faultsMessage(command: AnyCommand, faults: readonly Fault[]): Message {
  const lines = faults.map((fault) => faultWords(fault, command));
  const summary = `${lines.join(' ')} Nothing was changed.`;
  return refuse(summary, { kind: 'text', text: summary }, howToType(command));
}

/** The example keeps what is known already, so that it is about what was asked. */
function howToType(command: AnyCommand, known: Input = {}): Part {
  const words = Object.entries(known).map(([name, value]) => [name, valueText(command.options[name], value)] as const);
  return { kind: 'context', text: `Type: ${usage(command)}\nFor example: ${exampleOf(command, new Map(words))}` };
}

function faultWords(fault: Fault, { options }: AnyCommand): string {
  switch (fault.kind) {
    case 'too-long':
      return `${fault.option} may have at most ${fault.charsMax} letters.`;
    case 'not-whole':
      return `${fault.option} is a whole number from ${fault.min} to ${fault.max}; ${shown(fault.given)} is not.`;
    case 'out-of-range':
      return `${fault.option} goes from ${fault.min} to ${fault.max}; ${shown(fault.given)} is outside.`;
    case 'not-a-choice': {
      const near = fault.near === null ? '' : ` Did you mean ${fault.near}?`;
      return `${fault.option} is one of ${fault.choices.join(', ')}; ${shown(fault.given)} is not.${near}`;
    }
    case 'not-a-day':
      return `${fault.option} is a day such as 2027-01-29; ${shown(fault.given)} is not.`;
    case 'not-a-duration':
      return `${fault.option} is a time such as ${timesWithin(options[fault.option])}; ${shown(fault.given)} is not.`;
    case 'duration-out-of-range':
      return `${fault.option} goes from ${sayDuration(fault.minMs)} to ${sayDuration(fault.maxMs)}; ${shown(fault.given)} is outside.`;
    case 'given-twice':
      return `${fault.option} was given twice.`;
    case 'too-much':
      return `${shown(fault.given)} is one word too many. Names of several words go in quotes.`;
    case 'no-such-option':
      return `There is no ${shown(fault.option)} here.`;
    default:
      return unreachable(fault);
  }
}

/** Examples the option would take. */
function timesWithin(option: Option | undefined): string {
  const [least, most] = option?.kind === 'duration' ? [option.minMs, option.maxMs] : [0, Infinity];
  const within = ['30s', '10m', '2h', '1h30m'].filter((time) => {
    const ms = durationMs(time);
    return ms !== null && ms >= least && ms <= most;
  });
  return within.length === 0 ? durationText(least) : orList(within);
}

function valueText(option: Option | undefined, value: string | number): string {
  return option?.kind === 'duration' && typeof value === 'number' ? durationText(value) : quote(String(value));
}

function hint(option: Option): string {
  switch (option.kind) {
    case 'whole':
      return ` (a whole number from ${option.min} to ${option.max})`;
    case 'choice':
      return ` (${option.choices.join(', ')})`;
    case 'day':
      return ' (a day such as 2027-01-29)';
    case 'duration':
      return ' (a time such as 10m)';
    case 'text':
      return '';
    default:
      return unreachable(option);
  }
}

function shown(given: string): string {
  return `“${oneLine(given, 40)}”`;
}
