import { createHash, timingSafeEqual } from 'node:crypto';
import type { Route } from './route.ts';

/** `GET /metrics` in Prometheus's text format, for whoever brings the token: `Authorization: Bearer …`. */
export function metricsRoute({
  token,
  page,
}: {
  readonly token: string;
  readonly page: () => Promise<{ readonly text: string; readonly contentType: string }>;
}): Route {
  const right = digest(`Bearer ${token}`);
  return {
    method: 'GET',
    path: '/metrics',
    bytesMax: 0,
    open: false,
    authentic: ({ headers }) => timingSafeEqual(digest(String(headers['authorization'] ?? '')), right),
    answer: async () => {
      const { text, contentType } = await page();
      return { status: 200, body: text, headers: { 'content-type': contentType } };
    },
  };
}

// Hashed first, so that both are of one length and time tells nothing of the token's.
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
