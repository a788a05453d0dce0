import { COMMANDS } from '../../commands/index.ts';
import type { Seat } from '../chat/console/desk.ts';
import type { House } from './house.ts';

/** What Tab proposes: command words first, then values for the command's first option that has proposals. Whole lines. */
export async function completions(ask: {
  readonly line: string;
  readonly seat: Seat;
  readonly teamId: string;
  readonly suggest: House['door']['suggest'];
  readonly words: readonly string[]; // the console's own, such as `/as`
}): Promise<readonly string[]> {
  const { line, seat, teamId, suggest, words } = ask;
  const names = [...words, ...COMMANDS.map(({ name }) => `/${name}`)];
  const starting = names.filter((name) => name.startsWith(line));
  if (starting.length > 0 && line !== '') return starting.map((name) => `${name} `);
  const command = COMMANDS.find(({ name }) => line.startsWith(`/${name} `));
  const option = Object.entries(command?.options ?? {}).find(([, each]) => each.kind === 'text' && each.suggest !== null)?.[0];
  if (command === undefined || option === undefined) return [];
  const before = `/${command.name} `;
  const found = await suggest({ teamId, ...seat, command: command.name, option, typed: line.slice(before.length) });
  return found.map(({ value }) => `${before}${value.includes(' ') ? `"${value}"` : value} `);
}
