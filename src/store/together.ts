/**
 * Does pieces of one transaction at once: PostgreSQL is asked for all of them in one trip. All of them end before the first fault is
 * thrown, because a piece that went on after the rollback would write outside of any transaction.
 */
export async function together<T extends readonly unknown[]>(pieces: {
  readonly [K in keyof T]: Promise<T[K]>;
}): Promise<T> {
  const outcomes = await Promise.allSettled(pieces);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined)) as unknown as T;
}
