import * as fc from 'fast-check';

/** How often each property is tried: a few times in `npm test`, `FAULTS_RUNS` times in a long run. */
export function runsOf(short: number): number {
  const asked = Number(process.env['FAULTS_RUNS'] ?? '');
  return Number.isSafeInteger(asked) && asked > 0 ? asked : short;
}

/** How long one property may take: a long run looks through ever more rows after each case. */
export const PROPERTY_MS_MAX = process.env['FAULTS_RUNS'] === undefined ? 60_000 : 30 * 60_000;

/** Every hostile text that is drawn as more than its letters shows this word where a mark or a link would be. */
export const MARKED = 'evil';

const NASTY = [
  'x @everyone @here @channel',
  'x <!channel> <!here|x> <!everyone> <!subteam^S1>',
  'x <@U00000001> <@1> <@!1> <@&1> <#C00000001> <#1>',
  `x *${MARKED}* _${MARKED}_ ~${MARKED}~ \`${MARKED}\` **${MARKED}** __${MARKED}__ ~~${MARKED}~~ ||${MARKED}||`,
  `x <https://evil.example|${MARKED}> [${MARKED}](https://evil.example) [${MARKED}]( <https://evil.example>)`,
  `x\n# ${MARKED}\n> ${MARKED}\n- ${MARKED}\n-# ${MARKED}\n\`\`\`\nx ${MARKED}\n\`\`\``,
  'x \u202Egnp.exe\u2066 \u200B\u2060\u00AD\uFEFF\u3164',
  `x @\u200Beveryone <\u200B!channel> *\u200B${MARKED}* &lt;!channel&gt; &#60;@1&#62;`,
  "x'; drop table orders; --",
  'x" or 1=1; delete from posts where ""="',
  '../../../../etc/passwd',
  '..\\..\\x%00.yaml',
  '=cmd|calc!A0',
  '${7*7} {{7*7}} %s %n $(id) `id`',
  '__proto__',
  'constructor',
  'toString',
  'x\uD83D\uDE00\u200D'.repeat(9),
  `x${'\u0301'.repeat(90)}`,
  'x'.repeat(255),
  '<'.repeat(120),
  '\\'.repeat(120),
  '👩‍👩‍👧‍👦'.repeat(20),
  'x <t:1:R> </stock:1> :tada: <:a:1> discord.gg/x steam://run/1',
  ' \t ',
] as const;

const SIGNS = '< > @ ! # & | * _ ~ ` [ ] ( ) \\ : / - 1 a U { } " \' % ; \n'.split(' ');

/** Text that somebody would send who means harm, up to `charsMax`. */
export function hostileText(charsMax = 255): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...NASTY) },
    { weight: 2, arbitrary: fc.string({ unit: fc.constantFrom(...SIGNS) }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  );
  return fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join(' ').slice(0, charsMax));
}

/** Values as they stand in JSON: what no schema expects there. */
export const hostileJson: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    '-1',
    '0.5',
    '1e400',
    '-0',
    '9007199254740993',
    '99999999999999999999999999',
    '1e999999999',
    '[]',
    '{}',
    '""',
    '"\\u0000"',
    '"\\ud800"',
    '"\\udfff\\ud800"',
    '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    `${'['.repeat(2_000)}${']'.repeat(2_000)}`,
    `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`,
    '0,"id":1',
    '0,"line_items":[]',
    '0,"__proto__":{"polluted":true}',
    '"2027-02-30T25:61:00Z"',
    '"+275760-09-13T00:00:00Z"',
    '"0000-01-01T00:00:00Z"',
    `[${'1,'.repeat(5_000)}1]`,
    `"${'x'.repeat(100_000)}"`,
    '\u0000',
    '}',
  ),
  hostileText().map((text) => JSON.stringify(text)),
  fc.json(),
);

const HERE = '\uE000here\uE000';

/** The same JSON with one value somewhere, or its key, replaced by something hostile. */
export function mutated(json: unknown): fc.Arbitrary<string> {
  const paths = pathsOf(json);
  return fc
    .record({ at: fc.nat(paths.length - 1), value: hostileJson, key: fc.option(hostileText(40), { freq: 8 }) })
    .map((change) => {
      const path = paths[change.at] ?? [];
      const text = JSON.stringify(replaced(json, path, change.key));
      return text.replace(JSON.stringify(HERE), () => change.value);
    });
}

type Path = readonly (string | number)[];

function pathsOf(json: unknown, path: Path = []): readonly Path[] {
  if (typeof json !== 'object' || json === null) return [path];
  return [path, ...Object.entries(json).flatMap(([key, value]) => pathsOf(value, [...path, key]))];
}

function replaced(json: unknown, [step, ...rest]: Path, key: string | null): unknown {
  if (step === undefined) return HERE;
  if (Array.isArray(json))
    return json.map((value, at) => (String(at) === step ? replaced(value, rest, key) : (value as unknown)));
  const entries = Object.entries(json as object).map(([name, value]): [string, unknown] =>
    name === step ? [rest.length === 0 && key !== null ? key : name, replaced(value, rest, key)] : [name, value],
  );
  return Object.fromEntries(entries);
}
