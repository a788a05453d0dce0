import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { posix, relative } from 'node:path';
import { parseSync } from 'oxc-parser';
import { expect, test } from 'vitest';

const ROOT = new URL('..', import.meta.url).pathname;

const DOWN_TO_WORDS = ['src/domain/', 'src/ports/', 'src/words/'];

// What each floor may import: folders of this project (ending in /), single files, packages, and `node:` for Node itself.
// Imports only point down; rooms of the wide floor never import each other; nothing imports src/verbs but src/main.ts.
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/domain': ['src/domain/', 'temporal-polyfill'],
  'src/ports': ['src/domain/', 'src/ports/', 'zod'],
  'src/words': DOWN_TO_WORDS,
  commands: ['commands/', ...DOWN_TO_WORDS],
  'src/store': ['src/domain/', 'src/ports/', 'src/store/', 'drizzle-orm', 'better-sqlite3', 'pg', 'node:'],
  'src/chat': [...DOWN_TO_WORDS, 'src/chat/*', 'node:'], // its own files, not the platforms' folders
  'src/chat/console': [...DOWN_TO_WORDS, 'src/chat/console/', 'picocolors', 'string-width', 'zod', 'node:'],
  'src/chat/slack': [...DOWN_TO_WORDS, 'src/chat/slack/', '@slack/bolt', '@slack/web-api', '@slack/types', 'zod', 'node:'],
  'src/chat/discord': [
    ...DOWN_TO_WORDS,
    'src/chat/discord/',
    '@discordjs/rest',
    '@discordjs/ws',
    'discord-api-types',
    'zod',
    'node:',
  ],
  'src/intake': [...DOWN_TO_WORDS, 'src/intake/', 'csv-parse', 'yaml', 'zod', 'node:'],
  'src/jobs': [...DOWN_TO_WORDS, 'src/jobs/', 'node-cron', 'node:'],
  'src/surfaces': [...DOWN_TO_WORDS, 'src/surfaces/', 'zod', 'node:'],
  'src/web': [...DOWN_TO_WORDS, 'src/web/', 'find-my-way', 'standardwebhooks', 'zod', 'node:'],
  'src/verbs': ['src/', 'commands/', 'commander', 'pure-rand', 'zod', 'node:'],
  src: ['src/', 'commands/', 'commander', 'pino', 'prom-client', 'zod', 'node:'], // main.ts, config.ts, log.ts, metrics.ts
};

/** The longest folder of the table a file lies in. */
function floorOf(file: string): string | undefined {
  // `src` names its own files only, so that a new folder has to be named before anything may lie in it.
  const floors = Object.keys(MAY_IMPORT).filter((floor) =>
    floor === 'src' ? posix.dirname(file) === floor : file.startsWith(`${floor}/`),
  );
  return floors.toSorted((a, b) => b.length - a.length)[0];
}

function filesUnder(folder: string): string[] {
  return readdirSync(posix.join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(ROOT, posix.join(entry.parentPath, entry.name)));
}

/** Everything a file imports, type-only, re-exported and dynamic ones included; relative targets as paths from the root. */
function targetsOf(file: string): string[] {
  const text = readFileSync(posix.join(ROOT, file), 'utf8');
  const { module } = parseSync(file, text);
  const values = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])),
    ...module.dynamicImports.map(({ moduleRequest }) =>
      text.slice(moduleRequest.start, moduleRequest.end).replaceAll(/['"`]/g, ''),
    ),
  ];
  return values.map((value) => (value.startsWith('.') ? posix.join(posix.dirname(file), value) : value));
}

function allowed(target: string, rules: readonly string[]): boolean {
  return rules.some((rule) => {
    if (rule === 'node:') return target.startsWith('node:') || builtinModules.includes(target);
    if (rule.endsWith('/*')) return posix.dirname(target) === rule.slice(0, -2);
    if (rule.endsWith('/')) return target.startsWith(rule);
    return target === rule || target.startsWith(`${rule}/`);
  });
}

function faultsOf(file: string): string[] {
  const floor = floorOf(file);
  if (floor === undefined) return [`${file} lies in a folder the table does not name`];
  return targetsOf(file)
    .filter((target) => !allowed(target, MAY_IMPORT[floor] ?? []))
    .map((target) => `${file} (${floor}) imports ${target}`);
}

const FILES = [...filesUnder('src'), ...filesUnder('commands')];

test('imports only point down', () => {
  expect(FILES.length).toBeGreaterThan(30);
  expect(FILES.flatMap(faultsOf)).toEqual([]);
});

test('nothing imports main.ts, and only program.ts imports the verbs', () => {
  const up = FILES.flatMap((file) =>
    targetsOf(file)
      .filter((target) => target === 'src/main.ts' || target.startsWith('src/verbs/'))
      .filter(() => file !== 'src/program.ts' && !file.startsWith('src/verbs/'))
      .map((target) => `${file} imports ${target}`),
  );
  expect(up).toEqual([]);
});

test('the table sees what it must refuse', () => {
  expect(allowed('discord.js', MAY_IMPORT['src/domain'] ?? [])).toBe(false);
  expect(allowed('node:fs', MAY_IMPORT['src/domain'] ?? [])).toBe(false);
  expect(allowed('src/store/orders.ts', MAY_IMPORT.commands ?? [])).toBe(false);
  expect(allowed('src/chat/console/send.ts', MAY_IMPORT['src/chat'] ?? [])).toBe(false);
  expect(allowed('src/chat/dispatch.ts', MAY_IMPORT['src/chat'] ?? [])).toBe(true);
  expect(floorOf('src/chat/console/send.ts')).toBe('src/chat/console');
  expect(floorOf('src/config.ts')).toBe('src');
  expect(floorOf('src/nowhere/file.ts')).toBeUndefined();
  expect(faultsOf('src/nowhere/file.ts')).toEqual(['src/nowhere/file.ts lies in a folder the table does not name']);
});
