import type { Answer } from '../ports/route.ts';

export type { Answer, Asked, Route } from '../ports/route.ts';

/** One line saying why not. */
export function refusal(status: number, why: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, body: why, headers };
}
