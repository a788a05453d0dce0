import { EventEmitter, once } from 'node:events';
import { calledBy, type Called } from './text.ts';
import type {
  Call,
  Channel,
  Complaint,
  Delivered,
  FakeSlackOptions,
  Json,
  Notification,
  PrivateAnswer,
  ShownMessage,
  ShownView,
  User,
} from './types.ts';

export const BOT_SCOPES = [
  'channels:history',
  'channels:read',
  'chat:write',
  'chat:write.public',
  'commands',
  'groups:history',
  'groups:read',
  'im:write',
  'users:read',
] as const;

const UNTIL_MS = 10_000;
const LOOK_AGAIN_MS = 25;

/** One time a person was shown something private: a new answer, or another face of one they had. */
export type Giving = { readonly userId: string; readonly answerId: string; readonly responseUrl: string | null };

export type NewMessage = {
  readonly channelId: string;
  readonly userId: string;
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly threadTs: string | null;
  readonly broadcast: boolean;
  readonly metadata: Json | null;
  readonly names: boolean; // plain `@channel` in the text counts as well (`link_names`, `parse: full`)
};
export type Edit = {
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly metadata: Json | null;
  readonly broadcast: boolean;
};
export type World = ReturnType<typeof createWorld>;

/** Everything the workspace remembers, and the rules of who sees what. It knows no wire. */
export function createWorld({ now = Date.now, scopes = BOT_SCOPES }: FakeSlackOptions) {
  const happened = new EventEmitter();
  happened.setMaxListeners(0);
  let idCount = 0;
  let lastMicros = 0;
  const ids = {
    workspaceId: 'T0SHOWCALL',
    domain: 'night-market',
    botUserId: 'U0BOT',
    botId: 'B0BOT',
    appId: 'A0SHOWCALL',
    otherWorkspaceId: 'T0ELSEWHERE',
    verificationToken: 'verification-token',
  };
  const state = {
    granted: new Set<string>(scopes),
    users: new Map<string, User>(),
    groups: new Map<string, readonly string[]>(),
    channels: new Map<string, Channel>(),
    openToAll: new Set<string>(), // channels everybody is in, whoever comes later too
    messages: new Map<string, Map<string, ShownMessage>>(), // by channel, then by ts
    tombstones: new Set<string>(), // `channel/ts` of deleted messages that had replies
    privates: new Map<string, PrivateAnswer>(),
    givings: [] as Giving[],
    views: new Map<string, ShownView>(), // open modals, the topmost last
    openedBy: new Map<string, string>(), // view id → the trigger it was opened with
    homes: new Map<string, ShownView>(),
    notifications: [] as Notification[],
    complaints: [] as Complaint[],
    ackTimeouts: [] as string[],
    calls: [] as Call[],
    deliveries: [] as Delivered[],
  };

  const tell = (): void => void happened.emit('change');
  const nextId = (prefix: string): string => `${prefix}${(idCount += 1).toString(36).toUpperCase().padStart(8, '0')}`;

  /** A timestamp no other message has, never going back. */
  function nextTs(): string {
    lastMicros = Math.max(lastMicros + 1, Math.round(now() * 1000));
    return `${Math.floor(lastMicros / 1_000_000)}.${String(lastMicros % 1_000_000).padStart(6, '0')}`;
  }

  function complain(where: string, told: string): void {
    state.complaints.push({ atMs: now(), where, told });
    tell();
  }

  async function until<T>(what: string, read: () => T | null | undefined | false, withinMs: number = UNTIL_MS): Promise<T> {
    const endMs = performance.now() + withinMs;
    for (;;) {
      const found = read();
      if (found !== null && found !== undefined && found !== false) return found;
      if (performance.now() >= endMs)
        throw new Error(`${what} never came within ${withinMs} ms. Complaints: ${JSON.stringify(state.complaints)}`);
      // What a test waits for may be its own: so it looks again after a while even if nothing happened here.
      await once(happened, 'change', { signal: AbortSignal.timeout(LOOK_AGAIN_MS) }).catch(() => undefined);
    }
  }

  /** Slack names every block and element an app left unnamed. */
  function named(blocks: readonly Json[]): Json[] {
    const element = (one: unknown): unknown => {
      const it = one as Json;
      const acts =
        typeof it['type'] === 'string' &&
        !['image', 'plain_text', 'mrkdwn'].includes(it['type']) &&
        it['action_id'] === undefined;
      return acts ? { ...it, action_id: nextId('a') } : it;
    };
    return blocks.map((block) => {
      const filled: Record<string, unknown> = { ...block, block_id: block['block_id'] ?? nextId('b') };
      if (block['type'] === 'actions') filled['elements'] = (block['elements'] as unknown[]).map(element);
      if (block['type'] === 'section' && block['accessory'] !== undefined) filled['accessory'] = element(block['accessory']);
      if (block['type'] === 'input') filled['element'] = element(block['element']);
      return filled;
    });
  }

  const membersOf = (channelId: string): readonly string[] =>
    state.openToAll.has(channelId) ? [...state.users.keys()] : (state.channels.get(channelId)?.members ?? []);

  function notify(message: ShownMessage, called: readonly Called[]): void {
    const members = membersOf(message.channelId).filter((userId) => userId !== message.userId);
    const put = (userId: string, by: Notification['by']): void => {
      // Slack rings a person once for a message, and not for a channel they are not in.
      const known = state.notifications.some(
        (one) => one.userId === userId && one.ts === message.ts && one.channelId === message.channelId,
      );
      if (members.includes(userId) && !known)
        state.notifications.push({ userId, channelId: message.channelId, ts: message.ts, by });
    };
    for (const call of called) {
      if (call.by === 'mention') put(call.userId, 'mention');
      else if (call.by === 'subteam') (state.groups.get(call.groupId) ?? []).forEach((userId) => put(userId, 'subteam'));
      else members.forEach((userId) => put(userId, call.by));
    }
    if (state.channels.get(message.channelId)?.kind === 'direct') members.forEach((userId) => put(userId, 'direct'));
  }

  const messagesOf = (channelId: string): Map<string, ShownMessage> => {
    const known = state.messages.get(channelId) ?? new Map<string, ShownMessage>();
    state.messages.set(channelId, known);
    return known;
  };

  /** A new message: it is shown, and rings whom it calls. */
  function post({ names, ...given }: NewMessage): ShownMessage {
    const message: ShownMessage = {
      kind: 'message',
      ...given,
      blocks: named(given.blocks),
      ts: nextTs(),
      postedAtMs: now(),
      editedAtMs: null,
      editCount: 0,
      pastTexts: [],
    };
    messagesOf(given.channelId).set(message.ts, message);
    notify(message, calledBy(message, { names }));
    tell();
    return message;
  }

  /** An edit: it is shown, and rings nobody. `pastText` is what the message showed before. */
  function edit(message: ShownMessage, to: Edit, pastText: string): ShownMessage {
    const edited: ShownMessage = {
      ...message,
      ...to,
      blocks: named(to.blocks),
      editedAtMs: now(),
      editCount: message.editCount + 1,
      pastTexts: [...message.pastTexts, pastText],
    };
    messagesOf(message.channelId).set(message.ts, edited);
    tell();
    return edited;
  }

  const repliesTo = (channelId: string, ts: string): ShownMessage[] =>
    [...messagesOf(channelId).values()].filter((message) => message.threadTs === ts);

  function remove(channelId: string, ts: string): void {
    if (repliesTo(channelId, ts).length > 0) state.tombstones.add(`${channelId}/${ts}`);
    messagesOf(channelId).delete(ts);
    tell();
  }

  /** Shows one person something; with `replaces`, in the place of what they were shown before. */
  function whisper(
    given: Omit<PrivateAnswer, 'kind' | 'id' | 'atMs' | 'replacedCount'>,
    { responseUrl, replaces = null }: { readonly responseUrl: string | null; readonly replaces?: string | null },
  ): PrivateAnswer {
    const before = replaces === null ? undefined : state.privates.get(replaces);
    const answer: PrivateAnswer = {
      kind: 'private',
      ...given,
      blocks: named(given.blocks),
      id: before?.id ?? nextTs(),
      atMs: now(),
      replacedCount: before === undefined ? 0 : before.replacedCount + 1,
    };
    state.privates.set(answer.id, answer);
    state.givings.push({ userId: given.userId, answerId: answer.id, responseUrl });
    tell();
    return answer;
  }

  return {
    ...state,
    ids,
    now,
    tell,
    nextId,
    nextTs,
    complain,
    until,
    named,
    membersOf,
    messagesOf,
    post,
    edit,
    repliesTo,
    remove,
    whisper,
  };
}
