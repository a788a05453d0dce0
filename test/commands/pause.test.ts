import { expect, test } from 'vitest';
import { pause } from '../../commands/pause.ts';
import { resume } from '../../commands/resume.ts';
import { undo } from '../../commands/undo.ts';
import { readCommand } from '../../src/chat/grammar.ts';

const COMMANDS = [pause, resume, undo];

test.each([
  ['/pause', {}],
  ['/pause HOODIE-M label misprint', { what: 'HOODIE-M', reason: 'label misprint' }],
  ['/pause all label misprint', { what: 'all', reason: 'label misprint' }],
  ['/pause label misprint', { what: 'label', reason: 'misprint' }],
  ['/pause for:10m', { for: 600_000 }],
  ['/pause HOODIE-M for:10m label misprint', { what: 'HOODIE-M', reason: 'label misprint', for: 600_000 }],
  ['/resume', {}],
  ['/resume PIN more pins arrive tonight', { what: 'PIN', override: 'more pins arrive tonight' }],
  ['/undo', {}],
])('%s', (line, input) => {
  expect(readCommand(line, COMMANDS)).toMatchObject({ kind: 'input', input });
});
