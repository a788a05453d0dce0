import { nearest } from '../src/domain/near.ts';
import { defineCommand, text } from '../src/ports/command.ts';
import { refuse } from '../src/ports/message.ts';
import { helpFor, helpList } from '../src/words/help.ts';

export const help = defineCommand({
  name: 'help',
  summary: 'What you can type here, and how',
  may: 'help.see',
  options: { command: text('Which command; left out: all', { charsMax: 40, required: false, suggest: 'command' }) },
  async run({ command }, { commands }) {
    if (command === undefined) return helpList(commands);
    const asked = command.replace(/^\//, '').trim().replaceAll(/\s+/g, ' ').toLowerCase();
    const found = commands.filter(({ name }) => name === asked || name.startsWith(`${asked} `));
    if (found.length > 0) return helpFor(found);
    const near = nearest(
      asked,
      commands.flatMap(({ name }) => [name, name.split(' ')[0] ?? name]),
    );
    const meant = near === null ? '' : ` Did you mean /help ${near}?`;
    return refuse(`You have no command called /${asked}.${meant} /help lists what you can use.`);
  },
});
