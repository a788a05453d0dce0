/** Longest content of a message. */
export const CONTENT_CHARS_MAX = 2_000;

/** Characters of one embed's title and description; `all` is the sum over every embed of a message, so two are the most there are. */
export const EMBED = { title: 256, description: 4_096, all: 6_000 } as const;

/** Buttons: rows of a message, buttons of a row, the letters of a label. */
export const BUTTONS = { rows: 5, perRow: 5, labelChars: 80 } as const;

/** Longest custom_id of a button or a form; it is unique within its message. */
export const CUSTOM_ID_CHARS_MAX = 100;

/** A form: letters of its title and of a field's label and description, fields it may have, letters of a field. */
export const FORM = { titleChars: 45, labelChars: 45, hintChars: 100, fields: 5, textChars: 4_000 } as const;

/** Options of a select menu, and the letters of one option. */
export const SELECT = { options: 25, optionChars: 100 } as const;

/** Proposals shown while a value is typed, and the letters of one. */
export const PROPOSALS = { count: 25, chars: 100 } as const;

/** Commands: letters of a description, choices of an option and their letters, letters of a text. */
export const COMMAND = { descriptionChars: 100, choices: 25, choiceChars: 100, textChars: 6_000 } as const;

/** Accounts one message may ring by `allowed_mentions.users`. */
export const RUNG_MAX = 100;

/** Letters of a nonce. With `enforce_nonce` a repeat within minutes is the same message. */
export const NONCE_CHARS_MAX = 25;

/** The newest messages one look at a channel returns, and how many looks a search takes. */
export const HISTORY = { perLook: 100, looks: 5 } as const;

/** Milliseconds left for reading before a form must be open: Discord waits three seconds for the first response. */
export const FORM_WITHIN_MS = 2_000;

/** Milliseconds to find out what a pressed button needs, once an answer was announced. */
export const PRESS_WITHIN_MS = 30_000;

/** Milliseconds for proposals, within the same three seconds. */
export const PROPOSE_WITHIN_MS = 2_300;

/** Interactions remembered, so that one delivered twice is answered once. */
export const REMEMBERED_MAX = 1_000;

/** Columns a table may have to be shown in aligned letters: more wrap on a phone. */
export const TABLE_COLUMNS_MAX = 38;

/** Rows of one table. */
export const TABLE_ROWS_MAX = 60;

/** Identifies a bot may make in a day; one more and Discord resets its token. Waiting this long between them stays below. */
export const IDENTIFY_PAUSE_MAX_MS = 120_000;

/** Where Discord sends interactions over HTTP: it stands as Interactions Endpoint URL with the application. */
export const DISCORD_PATH = '/discord/interactions';
