const LACKS = {
  'auth.test':
    'This Slack server does not say which workspace it is (auth.test): the first request that names one decides which it is.',
  'chat.update': 'This Slack server has no chat.update, so cards stay as they were posted.',
  'chat.postEphemeral':
    'This Slack server has no chat.postEphemeral, so an answer is lost where the address Slack gave for it does not work.',
  'conversations.history':
    'This Slack server does not show what was said (conversations.history), so a post that was cut off may come twice.',
  'conversations.replies':
    'This Slack server does not show threads (conversations.replies), so a reply that was cut off may come twice.',
  'message ids': 'This Slack server does not say which message it posted, so cards stay as they were posted.',
  signature:
    'What arrives at the request URL is not signed with SLACK_SIGNING_SECRET: it stands under Basic Information of the Slack app.',
  metadata: 'This Slack server takes no message metadata, so a post that was cut off cannot be found again and may come twice.',
  'views.open': 'This Slack server has no views.open, so no form opens: what is missing is typed.',
  'views.publish': 'This Slack server has no views.publish, so there is no Home tab.',
} as const satisfies Readonly<Record<string, string>>;

/** What a lesser server may be without, or one that is set up wrongly. */
export type Lack = keyof typeof LACKS;

/** What works less well on this server, one line each. Whoever calls Slack writes here; health shows it. */
export type SlackNotes = {
  /** Notes that a server is without something, in words of its own where `told` is given. */
  readonly lacks: (what: Lack, told?: string) => void;
  /** Takes that back. */
  readonly has: (what: Lack) => void;
  readonly told: () => readonly string[];
};

/** Notes with nothing in them yet. */
export function slackNotes(): SlackNotes {
  const lines = new Map<Lack, string>();
  return {
    lacks: (what, told = LACKS[what]) => void lines.set(what, told),
    has: (what) => void lines.delete(what),
    told: () => [...lines.values()],
  };
}
