import type { Route } from './route.ts';

export type Health = Readonly<Record<string, string | number | boolean | null>> & { readonly ok: boolean };

/** `GET /health`: 200 when all is well, else 503. Anyone may ask, so it says nothing secret. */
export function healthRoute(health: () => Promise<Health>): Route {
  return {
    method: 'GET',
    path: '/health',
    bytesMax: 0,
    open: true,
    authentic: () => true,
    answer: async () => {
      const now = await health();
      return { status: now.ok ? 200 : 503, body: now };
    },
  };
}
