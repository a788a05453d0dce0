import type { KeyObject } from 'node:crypto';

/** JSON as it stands on the wire. */
export type Body = { readonly [key: string]: unknown };

/** What is wrong with a body, the way Discord's `errors` tree says it: where, a code, a sentence. */
export type Fault = { readonly path: string; readonly code: string; readonly message: string };

export const PERMISSIONS = {
  ADMINISTRATOR: 1n << 3n,
  MANAGE_CHANNELS: 1n << 4n,
  MANAGE_GUILD: 1n << 5n,
  ADD_REACTIONS: 1n << 6n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  MANAGE_MESSAGES: 1n << 13n,
  EMBED_LINKS: 1n << 14n,
  ATTACH_FILES: 1n << 15n,
  READ_MESSAGE_HISTORY: 1n << 16n,
  MENTION_EVERYONE: 1n << 17n,
  USE_EXTERNAL_EMOJIS: 1n << 18n,
  MANAGE_ROLES: 1n << 28n,
  USE_APPLICATION_COMMANDS: 1n << 31n,
  MANAGE_EVENTS: 1n << 33n,
  SEND_MESSAGES_IN_THREADS: 1n << 38n,
} as const;
export type Permission = keyof typeof PERMISSIONS;

/** A message as Discord keeps and returns it. */
export type WireMessage = {
  readonly id: string;
  readonly channel_id: string;
  readonly author: { readonly id: string; readonly username: string; readonly bot: boolean };
  readonly content: string;
  readonly embeds: readonly Body[];
  readonly components: readonly Body[];
  readonly attachments: readonly Body[];
  readonly timestamp: string;
  readonly edited_timestamp: string | null;
  readonly type: number; // 0 a message, 19 a reply, 20 the answer to a command
  readonly flags: number; // 64 ephemeral, 128 still thinking
  readonly mention_everyone: boolean;
  readonly mentions: readonly Body[];
  readonly mention_roles: readonly string[];
  readonly nonce?: string | number;
  readonly message_reference?: { readonly message_id: string; readonly channel_id: string };
};

/** One person rung by one new message. An edit, an embed and a private answer never ring. */
export type Notification = {
  readonly userId: string;
  readonly messageId: string;
  readonly channelId: string;
  readonly why: 'user' | 'role' | 'everyone' | 'here' | 'reply' | 'direct';
};

/** Something the client did that Discord forbids, or that no well-made bot does. A test asserts there is none. */
export type Complaint = { readonly what: string; readonly detail: string };

/** A request as it came in. `path` has no query and no `/api/v10`; interaction tokens are left in. */
export type Call = {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly status: number | null; // what it was answered with; null: never answered, or not yet
  readonly atMs: number;
};

/** What befalls the next matching request. `times` defaults to 1. */
export type Weather =
  | { readonly kind: 'rate-limited'; readonly retryAfterSeconds: number; readonly scope: 'user' | 'shared' | 'global' }
  | { readonly kind: 'status'; readonly status: number } // no JSON body, as a proxy in front would answer
  | { readonly kind: 'error'; readonly status: number; readonly code: number; readonly message: string }
  | { readonly kind: 'accept-then-hang' } // the work is done, the answer never comes
  | { readonly kind: 'lost' }; // nothing is done and the socket closes

/**
 * Which requests: `route` is `METHOD /path` with ids written out or as `:id`, such as `POST /channels/:id/messages`;
 * `channel` narrows to one. Neither: every request.
 */
export type WeatherFor = { readonly route?: string; readonly channel?: string; readonly times?: number };

/** A modal as a person sees it. Each entry is one thing to fill in. */
export type ShownModal = {
  readonly interactionId: string; // the interaction it answered
  readonly title: string;
  readonly customId: string;
  readonly inputs: readonly ModalInput[];
};
export type ModalInput = {
  readonly customId: string;
  readonly label: string;
  readonly kind: 'text' | 'select';
  readonly required: boolean;
  readonly value: string; // what is filled in already; '' for nothing
  readonly minChars: number;
  readonly maxChars: number;
  readonly choices: readonly { readonly label: string; readonly value: string }[]; // of a select
};

/** What a person sees of one interaction. */
export type Handle = {
  readonly interactionId: string;
  readonly tookMs: number; // until the first response, by the fake's clock
  readonly deferred: boolean; // the first response said "thinking…"
  readonly modal: ShownModal | null; // the first response opened a form
  readonly edits: () => number; // how often the answer was edited, the deferred one becoming real included
  readonly shown: () => WireMessage | null; // the answer as it stands now
  /** Waits (bounded) until the answer is more than "thinking…" and was edited at least `edits` times. */
  readonly answer: (ask?: { readonly edits?: number }) => Promise<WireMessage>;
  readonly followUps: () => readonly WireMessage[];
};

export type OptionValue = string | number | boolean;
export type Seat = { readonly user: string; readonly channel: string };

/** People, doing what Discord's own client lets them do. Each waits (bounded) for the first response, else throws. */
export type People = {
  /** Types a command such as `inventory receive`. Throws when it is not offered to them, or an option is missing or wrong. */
  readonly slash: (ask: Seat & { command: string; options?: Readonly<Record<string, OptionValue>> }) => Promise<Handle>;
  /** What is proposed while `option` is being typed. */
  readonly autocomplete: (
    ask: Seat & { command: string; option: string; typed: string; options?: Readonly<Record<string, OptionValue>> },
  ) => Promise<readonly { readonly name: string; readonly value: string | number }[]>;
  /** Presses a button, by its label or custom_id, on a channel's message or on a private answer of theirs. */
  readonly press: (ask: { user: string; message: WireMessage; button: string }) => Promise<Handle>;
  /** Picks values in a select menu, by its custom_id. */
  readonly pick: (ask: { user: string; message: WireMessage; menu: string; values: readonly string[] }) => Promise<Handle>;
  /** Fills the form (by custom_id or label; what is not named keeps what stood there) and sends it. */
  readonly submit: (ask: { user: string; modal: ShownModal; values?: Readonly<Record<string, string>> }) => Promise<Handle>;
  /** Runs a command of a message's own menu. */
  readonly messageCommand: (ask: Seat & { message: string; name: string }) => Promise<Handle>;
  /** Says something; returns the message. */
  readonly say: (ask: Seat & { text: string }) => WireMessage;
};

/** A Discord on loopback. Everything it keeps is gone when it stops. */
export type FakeDiscord = People & {
  readonly apiUrl: string; // 'http://127.0.0.1:PORT/api', for `rest: { api }`
  readonly gatewayUrl: string;
  readonly token: string;
  readonly publicKey: string; // the application's, in hex digits
  readonly privateKey: KeyObject; // what Discord signs with
  readonly applicationId: string;
  readonly guildId: string;
  readonly botUserId: string;

  readonly addGuild: (guild: { name: string }) => string;
  /** A person in every server. `permissions` are their own in the server, besides those of @everyone. */
  readonly addUser: (user: {
    name: string;
    id?: string;
    permissions?: readonly Permission[];
    roles?: readonly string[];
    locale?: string;
  }) => string;
  readonly addRole: (role: { name: string; guild?: string; mentionable?: boolean }) => string;
  /** A text channel, or a thread when `parent` is given. `deny` is what @everyone, the bot included, may not do there. */
  readonly addChannel: (channel: {
    name: string;
    id?: string;
    guild?: string;
    parent?: string;
    deny?: readonly Permission[];
  }) => string;
  /** The direct conversation of a person with the bot. */
  readonly openDirect: (user: string) => string;

  readonly messages: (channel: string) => readonly WireMessage[]; // oldest first; private answers are not among them
  readonly ephemerals: (user: string) => readonly WireMessage[]; // oldest first, as they stand now
  readonly notifications: readonly Notification[];
  readonly complaints: readonly Complaint[];
  readonly calls: readonly Call[];
  /** What is registered, for everywhere or for one server. */
  readonly commands: (guild?: string) => readonly Body[];
  readonly gateway: {
    readonly identifies: () => number;
    readonly resumes: () => number;
    readonly isConnected: () => boolean;
  };

  /**
   * Sends interactions to these addresses in turn from now on, and none over the gateway; each has to answer a ping and to refuse a
   * wrong signature first.
   */
  readonly sendTo: (urls: readonly string[]) => Promise<void>;
  /** Puts an Interactions Endpoint URL into the application without trying it, as long as nobody types. */
  readonly setEndpoint: (url: string | null) => void;
  /** How many real milliseconds a first response over HTTP takes to arrive. */
  readonly slowResponses: (ms: number) => void;
  readonly weather: (weather: Weather, which?: WeatherFor) => void;
  readonly clearWeather: () => void;
  /** Connections are refused, for REST and the gateway, until `down(false)`; what was open is closed. */
  readonly down: (isDown: boolean) => Promise<void>;
  readonly revokeToken: () => void;
  readonly restoreToken: () => void;
  /** Cuts the gateway's line in the middle of the next frame of this event, such as INTERACTION_CREATE. */
  readonly cutMidFrame: (event: string) => void;
  readonly dropGateway: (how: { readonly resumable: boolean; readonly code?: number }) => void;
  /** Op 7: asks the client to reconnect and resume. */
  readonly askReconnect: () => void;
  /** Op 9: `resumable` false makes it identify anew. */
  readonly invalidSession: (how: { readonly resumable: boolean }) => void;
  /** Stops answering heartbeats, so that the client must notice a dead connection by itself. */
  readonly muteHeartbeats: (isMute: boolean) => void;
  readonly deliverTwice: (twice: boolean) => void;
  readonly kickBot: (guild?: string) => void;
  readonly inviteBot: (guild?: string) => void;
  readonly deleteChannel: (channel: string) => void;
  readonly deleteMessage: (message: WireMessage) => void;
  readonly takePermission: (channel: string, permission: Permission) => void;
  readonly givePermission: (channel: string, permission: Permission) => void;
  /** An administrator's own setting in the server: who may use a command whatever its `default_member_permissions` say. */
  readonly overrideCommand: (name: string, users: readonly string[] | null) => void;
  /** Enforces five new messages in five seconds per channel. Off at first. */
  readonly limitMessages: (enforced: boolean) => void;
  /** Forgets routes Discord may lack on a smaller server: they answer 404 without a complaint. */
  readonly forgetRoute: (route: string) => void;
  /** Resolves when `condition` holds. Throws after `withinMs` (default 5 s). */
  readonly until: (condition: () => boolean, withinMs?: number) => Promise<void>;

  readonly stop: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export type FakeDiscordSettings = {
  readonly now?: () => number; // epoch milliseconds; the 3 s, the 15 minutes and the rate limits go by it
  readonly port?: number; // 0: any free one
  readonly heartbeatMs?: number; // what HELLO asks for; default 41,250 as Discord's
  readonly patienceMs?: number; // real milliseconds a person waits for the first response; default 3,000
};

export type StartFakeDiscord = (settings?: FakeDiscordSettings) => Promise<FakeDiscord>;
