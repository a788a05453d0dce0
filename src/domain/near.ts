/** The known word a typed one most likely meant, or null when none is close. Case does not count. */
export function nearest(typed: string, known: readonly string[]): string | null {
  const asked = typed.toLowerCase();
  // One slip in three letters is a slip; more is another word.
  let best: { readonly word: string; readonly slips: number } | null = null;
  for (const word of known) {
    const slips = slipsBetween(asked, word.toLowerCase());
    if (slips <= Math.max(1, Math.floor(Math.max(asked.length, word.length) / 3)) && slips < (best?.slips ?? Infinity)) {
      best = { word, slips };
    }
  }
  return best?.word ?? null;
}

/** Letters to add, drop, change or swap with a neighbour to get from one word to the other (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  let older: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next: number[] = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (older[j - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap));
    }
    older = row;
    row = next;
  }
  return row.at(-1) ?? 0;
}
