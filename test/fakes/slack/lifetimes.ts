import type { Pressable } from './types.ts';
import type { World } from './world.ts';

const TRIGGER_MS = 3_000;
const RESPONSE_URL_MS = 30 * 60_000;
const RESPONSE_URL_USES = 5;

/** What a response URL was handed out for. */
export type ResponseUrl = {
  readonly url: string;
  readonly path: string;
  readonly userId: string;
  readonly channelId: string;
  readonly source: Pressable | null; // the message whose button was pressed
  readonly atMs: number;
  uses: number;
  lastAnswerId: string | null;
};
export type Lifetimes = ReturnType<typeof createLifetimes>;

/** The things Slack lends for a while: triggers, and response URLs. */
export function createLifetimes(world: World, { origin }: { readonly origin: () => string }) {
  const triggers = new Map<string, { readonly userId: string; readonly atMs: number; used: boolean }>();
  const urls = new Map<string, ResponseUrl>();

  function trigger(userId: string): string {
    const id = `${world.nextId('')}.${world.ids.workspaceId}.trigger`;
    triggers.set(id, { userId, atMs: world.now(), used: false });
    return id;
  }

  /** Spends a trigger on a view: who it belongs to, or Slack's word for why not. */
  function spend(id: string): { readonly userId: string } | { readonly error: string } {
    const known = triggers.get(id);
    if (known === undefined) return { error: 'invalid_trigger_id' };
    if (known.used) return { error: 'exchanged_trigger_id' };
    if (world.now() - known.atMs > TRIGGER_MS) return { error: 'expired_trigger_id' };
    known.used = true;
    return { userId: known.userId };
  }

  function responseUrl(kind: 'commands' | 'actions' | 'app', lent: Pick<ResponseUrl, 'userId' | 'channelId' | 'source'>): string {
    const path = `/${kind}/${world.ids.workspaceId}/${world.nextId('')}/secret`;
    const url = `${origin()}${path}`;
    urls.set(path, { ...lent, url, path, atMs: world.now(), uses: 0, lastAnswerId: null });
    return url;
  }

  /** Spends one use of a response URL: what it was for, or Slack's word for why not. */
  function use(path: string): ResponseUrl | { readonly error: string } {
    const known = urls.get(path);
    if (known === undefined) return { error: 'no_such_url' };
    if (world.now() - known.atMs > RESPONSE_URL_MS) return { error: 'expired_url' };
    if (known.uses >= RESPONSE_URL_USES) return { error: 'used_url' };
    known.uses += 1;
    return known;
  }

  return { trigger, spend, responseUrl, use };
}
