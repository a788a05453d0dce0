/** What became of each named thing between two versions of a list. */
export type Diff<T> = {
  readonly added: readonly (readonly [key: string, after: T])[];
  readonly changed: readonly (readonly [key: string, before: T, after: T])[];
  readonly removed: readonly (readonly [key: string, before: T])[];
};

/** Whether two pieces of plain data say the same. The order of an object's keys says nothing, a key left out is undefined. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) return false;
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) => same(left[key], right[key]));
}

/** Compares two lists by key, in the order of the later one (removed things in the order of the earlier). */
export function diffByKey<T>(before: Readonly<Record<string, T>>, after: Readonly<Record<string, T>>): Diff<T> {
  const was = new Map(Object.entries(before));
  const is = new Map(Object.entries(after));
  const added: (readonly [string, T])[] = [];
  const changed: (readonly [string, T, T])[] = [];
  for (const [key, now] of is) {
    const earlier = was.get(key);
    if (earlier === undefined) added.push([key, now]);
    else if (!same(earlier, now)) changed.push([key, earlier, now]);
  }
  return { added, changed, removed: [...was].filter(([key]) => !is.has(key)) };
}
