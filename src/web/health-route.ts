import type { Route } from './route.ts';

export type Health = Readonly<Record<string, string | number | boolean | null>> & { readonly ok: boolean };

/**
 * `GET /health`: 200 when all is well, else 503. Anyone may ask, so it says nothing secret; and however many ask at once, the
 * database is asked once.
 */
export function healthRoute(health: () => Promise<Health>): Route {
  let looking: Promise<Health> | null = null;
  return {
    method: 'GET',
    path: '/health',
    bytesMax: 0,
    open: true,
    authentic: () => true,
    answer: async () => {
      looking ??= health().finally(() => (looking = null));
      const now = await looking;
      return { status: now.ok ? 200 : 503, body: now };
    },
  };
}
