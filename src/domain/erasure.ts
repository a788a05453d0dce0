/** What somebody is called who was erased, or is not listed any more. */
export const SOMEONE_WHO_LEFT = 'someone who left';

/** What is to be found of a person in what others wrote and what was answered. */
export type Traces = {
  readonly personId: string;
  readonly names: readonly string[];
  readonly accountIds: readonly string[]; // of chat platforms
  readonly reasons: ReadonlySet<string>; // free text that goes with them, as it was given
  readonly businessWords: ReadonlySet<string>; // names of goods, drops, milestones: the team's, whatever stands in them
};

// Keys and states, such as 'live' or 'stock:PIN:3', are never somebody's name, even if somebody is called so; what was typed may be.
const MACHINE_WORD = /^[a-z0-9*:._/-]*$/;
const TYPED_KEYS: readonly string[] = ['asked', 'near', 'accountId'];
const REASON_KEYS: readonly string[] = ['reason', 'override'];
const AUTHOR_KEYS: readonly string[] = ['actedBy', 'byPersonId', 'personId'];

/** A text in which nothing is left of a person. */
export function withoutTraces(text: string, { names, accountIds }: Pick<Traces, 'names' | 'accountIds'>): string {
  const withoutNames = names.reduce((left, name) => left.replaceAll(wordsOf(name), SOMEONE_WHO_LEFT), text);
  return accountIds.reduce((left, accountId) => left.replaceAll(wordsOf(accountId), 'erased'), withoutNames);
}

/** Whether anything of a person stands in a text. */
export function hasTraces(text: string, traces: Pick<Traces, 'names' | 'accountIds'>): boolean {
  return withoutTraces(text, traces) !== text;
}

/** Stored facts, answers and buttons without a person: their name and accounts, and the reasons they gave. Person ids stay. */
export function factsWithoutTraces(value: unknown, traces: Traces, key = ''): unknown {
  if (typeof value === 'string') return textOf(value, traces, key);
  if (Array.isArray(value)) return value.map((one: unknown) => factsWithoutTraces(one, traces, key));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value);
  const hasAuthor = fields.some(([field]) => AUTHOR_KEYS.includes(field));
  const isTheirs = fields.some(([field, is]) => AUTHOR_KEYS.includes(field) && is === traces.personId);
  const isMember = isTheirs && 'accounts' in value;
  return Object.fromEntries(
    fields.map(([field, is]) => {
      if (isMember && field === 'name') return [field, SOMEONE_WHO_LEFT];
      if (isMember && (field === 'accounts' || field === 'assignments')) return [field, []];
      if (REASON_KEYS.includes(field) && typeof is === 'string') {
        // Where nobody's name belongs to it, it is no fact but something typed, and stays a text.
        if (isTheirs || traces.reasons.has(is)) return [field, hasAuthor ? null : ''];
      }
      return [field, factsWithoutTraces(is, traces, field)];
    }),
  );
}

function textOf(text: string, traces: Traces, key: string): string {
  if (traces.businessWords.has(text)) return text;
  if (MACHINE_WORD.test(text) && !TYPED_KEYS.includes(key)) return text;
  return withoutTraces(text, traces);
}

/** A name as a whole, in any case: Ann is not in Annabel. */
function wordsOf(name: string): RegExp {
  const escaped = name.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<![\p{L}\p{N}])${escaped}(?![\p{L}\p{N}])`, 'giu');
}
