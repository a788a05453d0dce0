import { setTimeout as wait } from 'node:timers/promises';

const LOOK_EVERY_MS = 25;

/** Waits until `holds` says yes, looking again and again. Throws after `withinMs`, saying that `what` never came. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  { withinMs = 20_000, everyMs = LOOK_EVERY_MS }: { readonly withinMs?: number; readonly everyMs?: number } = {},
): Promise<void> {
  for (const endsMs = performance.now() + withinMs; !(await holds()); await wait(everyMs)) {
    if (performance.now() > endsMs) throw new Error(`waited ${withinMs} ms for ${what}`);
  }
}
