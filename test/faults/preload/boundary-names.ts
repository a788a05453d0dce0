type Reached = { readonly before: string | null; readonly after: string | null };

/** Reads the statements of one connection in their order, and names the boundaries before and after each. */
export type StatementReader = (sql: string) => Reached;

const NOTHING: Reached = { before: null, after: null };

// What a transaction is for, told by a statement only its kind runs; the first that tells decides.
const FLOWS: readonly (readonly [sign: RegExp, flow: string])[] = [
  [/^select\b.*"returns_release"/is, 'order'],
  [/row_number\(\) over/is, 'claim'],
  [/^update "posts" set "lease_until_ms"/is, 'take over'],
  [/^select\b.*\bfrom "posts" where \("posts"."id" = \S+ and "posts"."lease_worker" = /is, 'settle'],
  [/^select "answer" from "requests"/is, 'command'],
  [/^insert into "buttons"/is, 'buttons'],
  [/^update "people" set "last_platform"/is, 'seen'],
  [/^update "destinations" set "held_until_ms"/is, 'hold platform'],
];

export function statementReader(): StatementReader {
  let flow: string | null = null;
  return (sql) => {
    if (/^\s*begin/i.test(sql)) flow = null;
    flow ??= FLOWS.find(([sign]) => sign.test(sql))?.[1] ?? null;
    const name = flow ?? 'other';
    if (/^\s*commit/i.test(sql)) return { before: `${name}: before COMMIT`, after: `${name}: after COMMIT` };
    const written = writeOf(sql);
    return written === null ? NOTHING : { before: `${name}: before ${written}`, after: null };
  };
}

const COLUMNS_SHOWN = 2;

/** What a statement writes: the table, and of an update the first columns it sets; null for one that writes nothing. */
function writeOf(sql: string): string | null {
  const [, verb = '', table = ''] = /^\s*(insert into|update|delete from)\s+"?(\w+)"?/i.exec(sql) ?? [];
  if (verb === '') return null;
  const said = verb.toLowerCase();
  if (said !== 'update') return `${said} ${table}`;
  const [, set = ''] = /\sset\s(.*)/is.exec(sql) ?? [];
  const columns = [...set.matchAll(/(?:^|, )"?(\w+)"? = /g)].slice(0, COLUMNS_SHOWN).map(([, column = '']) => column);
  return `update ${table} (${columns.join(', ')})`;
}

type Step = 'before' | 'sent' | 'answered';

/** The boundary of a request to a platform; null for any other. */
export function requestBoundary(step: Step, { method, path }: { readonly method: string; readonly path: string }): string | null {
  const slack = /^\/api\/((?:chat|conversations)\.\w+)/.exec(path)?.[1];
  const discord = /^\/api\/v10(\/channels\/[^?]+)/.exec(path)?.[1];
  const call = slack ?? (discord === undefined ? null : `${method} ${discord.replace(/\d{5,}/g, ':id')}`);
  if (call === null) return null;
  const words = { before: `before ${call}`, sent: `${call} sent`, answered: `${call} answered` };
  return `${slack === undefined ? 'discord' : 'slack'}: ${words[step]}`;
}

/** The boundary after an answer to a shop was handed to the system. */
export function answerBoundary(path: string, status: number): string | null {
  return path.startsWith('/intake/') ? `order: after the ${status}` : null;
}
