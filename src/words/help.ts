import type { AnyCommand } from '../ports/command.ts';
import type { Message, Text } from '../ports/message.ts';
import { say } from '../ports/message.ts';
import { exampleOf, usage } from './usage.ts';

/** Everything the reader may use, one line each. */
export function helpList(commands: readonly AnyCommand[]): Message {
  const summary = `You can use ${commands.length} commands here`;
  return say(
    summary,
    { kind: 'text', text: [{ kind: 'strong', text: summary }] },
    { kind: 'fields', rows: commands.map(({ name, summary }) => [`/${name}`, summary]) },
    { kind: 'context', text: '/help pause shows how /pause is typed; so for every other. Answers are for your eyes only.' },
  );
}

/** How the commands asked about are typed; `commands` holds at least one. */
export function helpFor(commands: readonly AnyCommand[]): Message {
  const [only] = commands;
  if (only === undefined) throw new RangeError('help is about at least one command');
  if (commands.length > 1) {
    const group = only.name.split(' ')[0] ?? only.name;
    return say(
      `/${group}: ${commands.length} commands`,
      { kind: 'text', text: [{ kind: 'strong', text: `/${group}` }] },
      { kind: 'fields', rows: commands.map((command) => [usage(command), command.summary]) },
      { kind: 'context', text: `For example: ${exampleOf(only)}` },
    );
  }
  const rows = Object.entries(only.options).map(([name, option]): readonly [string, Text] => [
    name,
    `${option.label}${option.required || option.label.includes('left out') ? '' : ' (may be left out)'}`,
  ]);
  return say(
    `/${only.name}: ${only.summary}`,
    { kind: 'text', text: [{ kind: 'strong', text: usage(only) }] },
    { kind: 'text', text: `${only.summary}.` },
    ...(rows.length === 0 ? [] : [{ kind: 'fields', rows } as const]),
    {
      kind: 'context',
      text: `For example: ${exampleOf(only)}\nNames of several words may need quotes, and any part can be named: key:value.`,
    },
  );
}
