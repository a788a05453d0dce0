/** Blocks of one message; a modal or a Home tab takes twice as many. */
export const BLOCKS_MAX = { message: 50, view: 100 } as const;

/** Characters of one text of a section or a context. */
export const TEXT_CHARS_MAX = 3_000;

/** Characters of a header, the largest letters there are. */
export const HEADER_CHARS_MAX = 150;

/** Characters of all blocks together. Slack refuses far longer ones, and nobody reads even this much on a phone. */
export const BODY_CHARS_MAX = 12_000;

/** Characters of the line that notifications and screen readers take. */
export const FALLBACK_CHARS_MAX = 2_000;

/** Fields of one section, and characters of a field's label and value; all of a part's are short, or each gets a line. */
export const FIELDS = { max: 10, labelChars: 200, valueChars: 1_500, shortChars: 28 } as const;

/** Rows of one table; they are shown as lines, for a phone cannot show columns. */
export const TABLE_ROWS_MAX = 30;

/** Characters of one cell of a table. */
export const CELL_CHARS_MAX = 80;

/** Buttons of one row, and characters on and behind one. */
export const BUTTONS = { perBlock: 25, labelChars: 75, valueChars: 2_000 } as const;

/** Characters of the question some buttons ask first. */
export const CONFIRM = { titleChars: 100, textChars: 300, answerChars: 30 } as const;

/** A modal: its title and buttons, what is kept with it unseen, and the words of one field. */
export const VIEW = { titleChars: 24, privateChars: 3_000, labelChars: 150, hintChars: 150, placeholderChars: 150 } as const;

/** Options of one select, and characters of an option's words and of the value behind it. */
export const SELECT = { optionsMax: 100, optionChars: 75 } as const;

/** Characters that can be typed into one field of a form. */
export const INPUT_CHARS_MAX = 3_000;

/** A trigger opens one form, and only this long after it was given; the rest of the time is for the way there. */
export const TRIGGER_USED_WITHIN_MS = 2_000;

/** Proposals have to be there within three seconds; after this, none are shown. */
export const SUGGEST_WITHIN_MS = 2_500;

/** What an app's manifest may hold. */
export const MANIFEST = { commandsMax: 50, shortcutsMax: 10, usageChars: 1_000, descriptionChars: 2_000 } as const;

/** Posts read when looking for one that may have arrived: pages of so many messages. */
export const LOOKUP = { pagesMax: 10, pageMessages: 100, earlierMs: 60_000 } as const;

/** Slack's own slash commands: its client takes these before any app sees them, and a manifest that names one is refused whole. */
export const RESERVED_COMMANDS: readonly string[] = [
  'active',
  'apps',
  'archive',
  'away',
  'call',
  'collapse',
  'dm',
  'dnd',
  'expand',
  'feed',
  'feedback',
  'huddle',
  'invite',
  'invite_people',
  'join',
  'kick',
  'leave',
  'me',
  'msg',
  'mute',
  'open',
  'prefs',
  'pro',
  'remind',
  'remove',
  'rename',
  'search',
  'shortcuts',
  'shrug',
  'star',
  'status',
  'topic',
  'unarchive',
  'who',
];

/** Where Slack sends everything over HTTP: commands, what is pressed and filled in, proposals, events. */
export const SLACK_PATH = '/slack/events';
