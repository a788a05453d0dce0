import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Node } from 'yaml';
import { z } from 'zod';
import { nearest } from '../domain/near.ts';
import { unreachable } from '../domain/unreachable.ts';
import { Plan } from '../ports/plan.ts';

const BYTES_MAX = 1024 * 1024;
const ALIASES_MAX = 50; // a file that repeats itself through aliases can grow beyond memory
const FAULTS_MAX = 50;
const LOOKED_AT_MAX = 500; // faults that are put in order to tell the first of: a file may have a fault a word

/** One thing wrong with a plan file: where, and what was expected there. */
export type PlanFault = {
  readonly file: string;
  readonly line: number; // from 1
  readonly column: number; // from 1
  readonly path: string; // `skus.HOODIE-M.count`; empty for the file as a whole
  readonly message: string;
};

export type PlanReading =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'faulty'; readonly faults: readonly PlanFault[] };

type Path = readonly PropertyKey[];
type At = (path: Path, message: string, spot?: 'key' | 'value') => PlanFault;

/** Reads a drop plan from YAML text. `file` is only named in faults; every fault found is told at once. */
export function readPlan(text: string, file: string): PlanReading {
  const whole = (line: number, column: number, message: string): PlanReading => ({
    kind: 'faulty',
    faults: [{ file, line, column, path: '', message }],
  });
  if (Buffer.byteLength(text) > BYTES_MAX) return whole(1, 1, 'the file is larger than 1 MiB, the most a plan may be');

  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  if (document.errors.length > 0) return { kind: 'faulty', faults: syntaxFaults(document, lines, file) };
  const twice = keysTwice(document);
  if (twice.length > 0) {
    const faults = twice
      .map((offset) => lines.linePos(offset))
      .map(({ line, col }) => ({ file, line, column: col, path: '', message: TWICE }));
    return { kind: 'faulty', faults };
  }
  if (document.contents === null) return whole(1, 1, 'the file is empty; examples/hoodie-run.yaml shows what a plan looks like');

  keepSkusAsWritten(document);
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (fault) {
    if (!(fault instanceof ReferenceError)) throw fault; // what yaml throws for too many aliases
    return whole(1, 1, `at most ${ALIASES_MAX} uses of YAML anchors (&name, *name)`);
  }
  const parsed = Plan.safeParse(data);
  if (parsed.success) return { kind: 'plan', plan: parsed.data };
  const at: At = (path, message, spot = 'value') => {
    const { line, col } = lines.linePos(offsetOf(document, path, spot));
    return { file, line, column: col, path: path.map(String).join('.'), message };
  };
  return {
    kind: 'faulty',
    faults: inOrder(parsed.error.issues.slice(0, LOOKED_AT_MAX).flatMap((issue) => faultsOf(issue, data, at))),
  };
}

/** In the order of the file, one for each place: a text that does not look like a day is not also a day out of the calendar. */
function inOrder(faults: readonly PlanFault[]): readonly PlanFault[] {
  const first = faults.filter(({ path }, index) => faults.findIndex((other) => other.path === path) === index);
  return first.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, FAULTS_MAX);
}

/** The JSON Schema of a plan file, for editors. */
export function planJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(Plan, { io: 'input', target: 'draft-7' });
  return { $schema, title: 'Showcaller drop plan', ...rest };
}

const TWICE = 'this key is here twice; keep one of them';

/** Where keys are that their block has already. yaml compares each key with all others itself: minutes, for a file of nothing but keys. */
function keysTwice(document: Document): readonly number[] {
  const offsets: number[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key;
        if (seen.has(name)) offsets.push(startOf(key) ?? 0);
        seen.add(name);
      }
    },
  });
  return offsets.slice(0, FAULTS_MAX);
}

const SYNTAX: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'expected spaces at the start of the line; there is a tab',
  BAD_INDENT: 'expected this line to be indented like its neighbours',
  MULTIPLE_DOCS: 'expected one plan in the file; remove the line --- that starts another',
};

function syntaxFaults(document: Document.Parsed, lines: LineCounter, file: string): readonly PlanFault[] {
  const faults = document.errors.slice(0, FAULTS_MAX).map(({ code, message, pos }) => {
    const { line, col } = lines.linePos(pos[0]);
    return { file, line, column: col, path: '', message: SYNTAX[code] ?? `not YAML: ${message}` };
  });
  // A hundred thousand brackets: yaml runs out of stack and says so once for each.
  const deep = faults.find(({ message }) => message.includes('call stack'));
  return deep === undefined ? faults : [{ ...deep, message: 'blocks inside blocks, far too deep' }];
}

/** A SKU is what the file says: 0042 and 1e3 stay as they are, with or without quotes. */
function keepSkusAsWritten(document: Document): void {
  visit(document, {
    Pair(_, { key, value }) {
      if (isScalar(key) && typeof key.value !== 'string' && key.source !== undefined) key.value = key.source;
      if (isScalar(key) && key.value === 'skus' && isSeq(value)) {
        for (const item of value.items) {
          if (isScalar(item) && typeof item.value === 'number' && item.source !== undefined) item.value = item.source;
        }
      }
    },
  });
}

/** Where a path is in the text; where it is missing, the nearest thing above it that is there. */
function offsetOf(document: Document, path: Path, spot: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) return offset;
      const keyed = startOf(pair.key) ?? offset;
      offset =
        spot === 'key' && depth === path.length - 1 ? keyed : isScalar(pair.value) ? (startOf(pair.value) ?? keyed) : keyed;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

type Issue = z.core.$ZodIssue;

function faultsOf(issue: Issue, data: unknown, at: At): readonly PlanFault[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, LOOKED_AT_MAX).map((key) => at([...issue.path, key], unknownKey(key, issue.path), 'key'));
    case 'invalid_key':
      return [at(issue.path, `expected as a name ${issue.issues.map((inner) => expected(inner)).join('; ')}`, 'key')];
    case 'invalid_type':
    case 'invalid_union':
    case 'invalid_value':
    case 'invalid_format':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'too_big':
    case 'too_small':
    case 'custom': {
      const found = valueAt(data, issue.path);
      if (found === undefined && issue.code !== 'custom') {
        return [at(issue.path, `missing: expected ${expected(issue)}`, 'key')];
      }
      return [
        at(
          issue.path,
          `expected ${expected(issue)}${issue.code === 'custom' ? '' : `, not ${show(found)}`}${hint(issue, found)}`,
        ),
      ];
    }
    default:
      return unreachable(issue);
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text (put quotes around a number)',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list (lines starting with -)',
  object: 'a block of keys',
  record: 'a block of keys',
};

/** What should have been there, as a noun phrase. Patterns and rules of our own carry theirs as the message. */
function expected(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return `${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `${issue.origin === 'string' ? 'at least this many letters:' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      return `${issue.origin === 'string' ? 'at most this many letters:' : 'at most'} ${issue.maximum}`;
    case 'not_multiple_of':
    case 'invalid_format':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'unrecognized_keys':
    case 'custom':
      return issue.message;
    default:
      return unreachable(issue);
  }
}

function hint(issue: Issue, found: unknown): string {
  if (issue.code !== 'invalid_value' || typeof found !== 'string') return '';
  const near = nearest(found, issue.values.map(String));
  return near === null ? '' : `. Did you mean ${near}?`;
}

let schema: JsonSchema | null = null; // made once: making it takes milliseconds, and a file may have many keys nobody knows

function unknownKey(key: string, path: Path): string {
  schema ??= planJsonSchema();
  const known = keysAt(schema, path);
  const near = nearest(key, known);
  return near === null ? `unknown key; expected one of ${known.join(', ')}` : `unknown key. Did you mean ${near}?`;
}

type JsonSchema = {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
};

function keysAt(schema: JsonSchema, path: Path): readonly string[] {
  let here: JsonSchema | undefined = schema;
  for (const step of path) {
    const rest: JsonSchema | boolean | undefined = here?.additionalProperties;
    here =
      typeof step === 'number'
        ? here?.items
        : (here?.properties?.[String(step)] ?? (typeof rest === 'object' ? rest : undefined));
  }
  return Object.keys(here?.properties ?? {});
}

function valueAt(data: unknown, path: Path): unknown {
  let here = data;
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Readonly<Record<PropertyKey, unknown>>)[step];
  }
  return here;
}

function show(found: unknown): string {
  if (found === null) return 'nothing';
  if (Array.isArray(found)) return 'a list';
  if (typeof found === 'object') return 'a block of keys';
  const text = JSON.stringify(found);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
