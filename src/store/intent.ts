import { and, eq } from 'drizzle-orm';
import type { Engine, Tx } from './engine/engine.ts';

/**
 * Runs one person's intent in one transaction of its own. The same `key` again changes nothing and gives the first answer,
 * so an answer is plain data that JSON keeps, and never null.
 */
export function intent<T extends object | string>(
  { engine, teamId }: { readonly engine: Engine; readonly teamId: string },
  { key, nowMs }: { readonly key: string; readonly nowMs: number },
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return engine.write(teamId, async (tx) => {
    const { requests } = tx.tables;
    const [first] = await tx.db
      .select({ answer: requests.answer })
      .from(requests)
      .where(and(eq(requests.teamId, teamId), eq(requests.key, key)));
    if (first !== undefined) return first.answer as T;
    const answer = await work(tx);
    await tx.db.insert(requests).values({ teamId, key, answer, atMs: nowMs });
    return answer;
  });
}
