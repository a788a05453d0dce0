/** A block, an element or a view as it came over the wire; what may be in it is decided by `limits.ts`. */
export type Json = { readonly [key: string]: unknown };

/** How the workspace is set up. Everything has a default, so that `startFakeSlack()` is a workspace that works. */
export type FakeSlackOptions = {
  readonly now?: () => number; // Slack's clock: timestamps and lifetimes follow it. Acknowledgements are timed in real time
  readonly port?: number; // 0, the default, lets the system choose
  readonly scopes?: readonly string[]; // what the bot token was granted
  readonly commands?: readonly string[]; // the manifest's: Slack's client refuses any other. Without a list, none is refused
  readonly lacks?: readonly string[]; // methods this lesser server does not know: `unknown_method`, and no complaint
  readonly botToken?: string;
  readonly appToken?: string;
  readonly signingSecret?: string;
  readonly ackWithinMs?: number; // 3,000 as Slack has it
};

export type User = {
  readonly id: string;
  readonly name: string;
  readonly guest: boolean; // a guest of the workspace (`is_restricted`)
  readonly stranger: boolean; // somebody of another workspace, met in a shared channel
};

export type Channel = {
  readonly id: string;
  readonly name: string;
  readonly kind: 'public' | 'private' | 'direct';
  readonly members: readonly string[]; // people; the bot's own membership is `botIn`
  readonly botIn: boolean;
  readonly archived: boolean;
};

/** A message of a channel as it stands now, and what it was before. */
export type ShownMessage = {
  readonly kind: 'message';
  readonly channelId: string;
  readonly ts: string;
  readonly threadTs: string | null; // the message it replies to
  readonly broadcast: boolean; // a reply shown in the channel as well
  readonly userId: string;
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly metadata: Json | null;
  readonly postedAtMs: number;
  readonly editedAtMs: number | null;
  readonly editCount: number;
  readonly pastTexts: readonly string[]; // what it showed before each edit, oldest first
};

/** What one person alone sees in a channel. */
export type PrivateAnswer = {
  readonly kind: 'private';
  readonly id: string; // also its message_ts in payloads
  readonly userId: string;
  readonly channelId: string;
  readonly threadTs: string | null;
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly via: 'response_url' | 'chat.postEphemeral' | 'ack';
  readonly atMs: number;
  readonly replacedCount: number;
};

/** A modal somebody has open, or their Home tab. `errors` are those shown in place, by block id. */
export type ShownView = {
  readonly kind: 'view';
  readonly id: string;
  readonly userId: string;
  readonly type: 'modal' | 'home';
  readonly view: Json; // with the block and action ids Slack fills in
  readonly hash: string;
  readonly errors: Readonly<Record<string, string>>;
  readonly updateCount: number;
};

export type Notification = {
  readonly userId: string;
  readonly channelId: string;
  readonly ts: string;
  readonly by: 'mention' | 'channel' | 'here' | 'everyone' | 'subteam' | 'direct';
};

/** Something Slack would refuse, cut short or tell off. A test of good behaviour expects none. */
export type Complaint = { readonly atMs: number; readonly where: string; readonly told: string };

/** One Web API call (or use of a response URL, as method 'response_url'), tokens taken out. */
export type Call = {
  readonly method: string;
  readonly args: Json;
  readonly atMs: number;
  readonly outcome: string; // 'ok', an error's name, or what the weather did: 'rate-limited', 'status-500', 'lost' …
};

/** One delivery of an envelope, over a socket or as a request. */
export type Delivered = {
  readonly envelopeId: string;
  readonly type: 'slash_commands' | 'interactive' | 'events_api';
  readonly attempt: number; // 1 first, 2 on another connection
  readonly ackedAfterMs: number | null;
};

/** What happens to the next call of a method. */
export type Weather =
  | { readonly kind: 'rate-limited'; readonly retryAfterSeconds: number }
  | { readonly kind: 'status'; readonly status: 500 | 502 | 503 }
  | { readonly kind: 'accept-then-hang' } // the work is done, no answer ever comes
  | { readonly kind: 'accept-then-lost' } // the work is done, the connection breaks instead of an answer
  | { readonly kind: 'lost' } // the connection breaks before the work
  | { readonly kind: 'slow'; readonly byMs: number } // the work is done at once, the answer comes late, in real time
  | { readonly kind: 'error'; readonly error: string };

export type WeatherControl = {
  /** Queues weather for the next `times` calls (1) of a method, of one channel only if named. */
  next(method: string, weather: Weather, only?: { readonly channel?: string; readonly times?: number }): void;
  /** The same for every call until `clear`. */
  always(method: string, weather: Weather, only?: { readonly channel?: string }): void;
  clear(): void;
};

/** What a person sees after having done something. The waits end within ten seconds, with an error that says what never came. */
export type Act = {
  readonly acked: boolean; // false: Slack shows the person that the app did not respond
  readonly ackedAfterMs: number | null;
  readonly ackPayload: Json; // {} when the acknowledgement was empty
  readonly triggerId: string;
  readonly responseUrl: string | null;
  readonly confirm: Json | null; // what the person had to accept before it was sent
  /** The nth (1 first) private answer this act was given. */
  answer(nth?: number): Promise<PrivateAnswer>;
  /** The modal opened with this act's trigger. */
  view(): Promise<ShownView>;
};

/** After a submission: the errors shown in place (then the view is still open), or the view that replaced it, or neither. */
export type Submitted = Act & { readonly errors: Readonly<Record<string, string>>; readonly next: ShownView | null };

export type Proposal = { readonly label: string; readonly value: string };

/** Where a button is pressed. */
export type Pressable = ShownMessage | PrivateAnswer | ShownView;

export type PressHow = {
  readonly decline?: boolean; // the person is shown the confirmation and says no: nothing is sent
  readonly choose?: string; // for a select, a date picker or an overflow menu: the option's label or value
};

/** What people do. Each resolves when Slack knows what to show: at the acknowledgement, or when that is overdue. */
export type People = {
  /** Types a slash command: `slash('U1', 'C1', '/stock HOODIE-M')`. */
  slash(userId: string, channelId: string, line: string): Promise<Act>;
  /** Presses what has this label, action_id or value. */
  press(userId: string, where: Pressable, what: string, how?: PressHow): Promise<Act>;
  /**
   * Fills and submits a modal. Keys are block ids, action ids or labels; a field not named keeps its initial value. Throws what
   * Slack's own client would say (a required field is empty, a number out of range), for nothing is sent then.
   */
  submit(view: ShownView, values: Readonly<Record<string, string>>): Promise<Submitted>;
  /** Closes a modal with its cross. */
  close(view: ShownView): Promise<void>;
  /** Types into an external select and sees its proposals. */
  options(view: ShownView, field: string, typed: string): Promise<readonly Proposal[]>;
  messageShortcut(userId: string, message: ShownMessage, callbackId: string): Promise<Act>;
  openHome(userId: string): Promise<Act>;
  /** A person writes in a channel. */
  say(userId: string, channelId: string, text: string, under?: { readonly threadTs?: string }): ShownMessage;
};

export type FakeSlack = People & {
  readonly apiUrl: string; // ends in /api/
  readonly port: number;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly workspaceId: string;
  readonly botUserId: string;
  readonly appId: string;

  addUser(name: string, more?: { readonly id?: string; readonly guest?: boolean; readonly stranger?: boolean }): User;
  /** Without `members`, everybody is in it, people added later too. The bot is in it unless `botIn` says no. */
  addChannel(
    name: string,
    more?: { readonly id?: string; readonly private?: boolean; readonly members?: readonly string[]; readonly botIn?: boolean },
  ): Channel;
  /** A user group; returns the id that `<!subteam^…>` names. */
  addGroup(userIds: readonly string[]): string;

  /** What a channel shows, thread replies included, oldest first. */
  messages(channelId: string): readonly ShownMessage[];
  message(channelId: string, ts: string): ShownMessage | null;
  /** What a person alone was shown and still sees, oldest first. */
  answersTo(userId: string): readonly PrivateAnswer[];
  /** Private answers to everybody. */
  readonly ephemerals: readonly PrivateAnswer[];
  /** The modals a person has open, the topmost last. */
  openViews(userId: string): readonly ShownView[];
  homeOf(userId: string): ShownView | null;

  readonly notifications: readonly Notification[];
  readonly complaints: readonly Complaint[];
  readonly ackTimeouts: readonly string[]; // envelope ids nobody acknowledged in time; each is also a complaint
  readonly calls: readonly Call[];
  readonly deliveries: readonly Delivered[];
  socketCount(): number;
  /** Sends requests to these addresses in turn from now on, and nothing over sockets; each has to echo a challenge first. */
  sendTo(urls: readonly string[]): Promise<void>;

  /**
   * Waits until `read` gives something (not null, undefined or false), looking again whenever something happens here.
   * Throws after `withinMs` (10,000), saying that `what` never came.
   */
  until<T>(what: string, read: () => T | null | undefined | false, withinMs?: number): Promise<T>;
  /** Waits for a person's next private answer after those they have now. */
  nextAnswer(userId: string): Promise<PrivateAnswer>;

  readonly weather: WeatherControl;
  /** True: connections are refused and the open ones destroyed. False: back at the same port. */
  down(isDown: boolean): Promise<void>;
  revokeToken(which?: 'bot' | 'app'): void;
  restoreToken(which?: 'bot' | 'app'): void;
  revokeScopes(...scopes: readonly string[]): void;
  grantScopes(...scopes: readonly string[]): void;
  deliverTwice(isOn: boolean): void;
  /** Cuts the line in the middle of the next envelope's frame. Slack sends it again over another connection. */
  cutMidFrame(): void;
  /** Breaks every socket without a closing handshake. */
  dropSockets(): void;
  /** Tells every socket to reconnect, as Slack does about once an hour. */
  disconnect(reason: 'warning' | 'refresh_requested' | 'link_disabled'): void;
  /** One message a second and channel, or 429. Off unless asked for. */
  limitPosts(isOn: boolean): void;

  deleteMessage(channelId: string, ts: string): void;
  deleteChannel(channelId: string): void;
  archiveChannel(channelId: string): void;
  kickBot(channelId: string): void;
  inviteBot(channelId: string): void;

  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};
