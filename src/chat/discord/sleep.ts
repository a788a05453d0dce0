/** Waits. Resolves with false when it was cut short. */
export function sleep(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const cut = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', cut);
      resolve(true);
    }, ms);
    signal.addEventListener('abort', cut, { once: true });
  });
}

/** What a promise resolves with, or `late` once `ms` have passed. */
export async function within<T>(promise: Promise<T>, ms: number, late: T): Promise<T> {
  const timer = Promise.withResolvers<T>();
  const timeout = setTimeout(() => timer.resolve(late), ms);
  try {
    return await Promise.race([promise, timer.promise]);
  } finally {
    clearTimeout(timeout);
    // Nobody waits any more for one that fails late.
    promise.catch(() => undefined);
  }
}
