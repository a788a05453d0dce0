import { z } from 'zod';

const RATE_LIMIT_USUAL_SECONDS = 1;

/** The error of an answer in which nothing of Slack's can be recognised: a page of something in between, say. */
export const UNREADABLE_ERROR = 'unreadable_answer';

const Lines = z.array(z.string()).optional().catch(undefined);
const Answer = z.looseObject({
  error: z.string().optional().catch(undefined),
  response_metadata: z.looseObject({ messages: Lines, warnings: Lines }).optional().catch(undefined),
});

type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** Calls as `fetch` does, and brings what a lesser server answers into the form that the SDK reads without throwing. */
export function lenient(fetch: Fetch): Fetch {
  return async (url, init) => {
    const response = await fetch(url, init);
    if (response.status === 429) return withWait(response);
    if (!response.ok) return response;
    return new Response(JSON.stringify(readable(await response.text())), { headers: response.headers });
  };
}

/** The SDK takes a rate limit without a time for a broken connection. */
async function withWait(response: Response): Promise<Response> {
  if (/^\d+$/u.test(response.headers.get('retry-after') ?? '')) return response;
  await response.body?.cancel();
  return new Response(null, { status: 429, headers: { 'retry-after': String(RATE_LIMIT_USUAL_SECONDS) } });
}

function readable(text: string): object {
  if (text.trim() === 'ok') return { ok: true };
  const read = Answer.safeParse(parsed(text));
  if (!read.success) return { ok: false, error: UNREADABLE_ERROR };
  const { ok = false, error } = read.data;
  return !ok && error === undefined ? { ...read.data, error: 'unknown_error' } : read.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
