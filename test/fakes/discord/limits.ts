import { messageComponentFaults, modalComponentFaults } from './components.ts';
import {
  anything,
  fault,
  flag,
  isBody,
  list,
  listOf,
  nullable,
  number,
  oneOf,
  record,
  repeated,
  snowflake,
  text,
  textOf,
  under,
  whole,
} from './shape.ts';
import type { Check } from './shape.ts';
import type { Body, Fault } from './types.ts';

export { commandFaults, commandListFaults } from './command-limits.ts';

export const CONTENT_CHARS_MAX = 2_000;
export const EMBEDS_CHARS_MAX = 6_000; // over all embeds of one message
export const FLAG_SUPPRESS_EMBEDS = 4;
export const FLAG_EPHEMERAL = 64;
export const FLAG_LOADING = 128;
export const FLAG_SILENT = 4_096;
export const FLAG_V2 = 1 << 15;

const EMBEDS_MAX = 10;
const url = text({ max: 2_048, pattern: /^https?:\/\/\S+$/ });
const mediaUrl = text({ max: 2_048, pattern: /^(https?|attachment):\/\/\S+$/ });
const picture = record({ url: mediaUrl, width: anything, height: anything }, ['url']);

const embed = record({
  title: text({ max: 256 }),
  type: oneOf('rich'),
  description: text({ max: 4_096 }),
  url,
  timestamp: (value, path) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value))
      ? []
      : fault(path, 'DATE_TIME_TYPE_PARSE', `Could not parse ${JSON.stringify(value)}. Should be ISO8601.`),
  color: whole({ min: 0, max: 0xffffff }),
  footer: record({ text: text({ min: 1, max: 2_048 }), icon_url: mediaUrl }, ['text']),
  image: picture,
  thumbnail: picture,
  author: record({ name: text({ min: 1, max: 256 }), url, icon_url: mediaUrl }, ['name']),
  fields: list(
    record({ name: text({ min: 1, max: 256 }), value: text({ min: 1, max: 1_024 }), inline: flag }, ['name', 'value']),
    { max: 25 },
  ),
});

function embedChars(one: Body): number {
  const { title, description, footer, author, fields } = one;
  const parts = [title, description, isBody(footer) ? footer['text'] : '', isBody(author) ? author['name'] : ''];
  const inFields = listOf(fields).flatMap((row) => [row['name'], row['value']]);
  return [...parts, ...inFields].reduce<number>((sum, part) => sum + textOf(part).length, 0);
}

const shown = ['title', 'description', 'image', 'thumbnail', 'author', 'footer'];

function isBlank(one: Body): boolean {
  return listOf(one['fields']).length === 0 && shown.every((key) => (isBody(one[key]) ? false : textOf(one[key]).trim() === ''));
}

const embeds: Check = (value, path) => {
  const chars = listOf(value).reduce((sum, one) => sum + embedChars(one), 0);
  return [
    ...list(embed, { max: EMBEDS_MAX })(value, path),
    ...listOf(value).flatMap((one, at) =>
      isBlank(one) ? fault(under(under(path, at), 'description'), 'BASE_TYPE_REQUIRED', 'This field is required') : [],
    ),
    ...(chars > EMBEDS_CHARS_MAX
      ? fault(path, 'MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of ${EMBEDS_CHARS_MAX}`)
      : []),
  ];
};

const allowedMentions: Check = (value, path) => {
  const entries = {
    parse: list(oneOf('users', 'roles', 'everyone'), { max: 3 }),
    users: list(snowflake, { max: 100 }),
    roles: list(snowflake, { max: 100 }),
    replied_user: flag,
  };
  const faults = record(entries)(value, path);
  if (!isBody(value)) return faults;
  const parse: readonly unknown[] = Array.isArray(value['parse']) ? value['parse'] : [];
  const both = (['users', 'roles'] as const).filter(
    (key) => parse.includes(key) && Array.isArray(value[key]) && value[key].length > 0,
  );
  const doubled = (['parse', 'users', 'roles'] as const).filter(
    (key) => Array.isArray(value[key]) && repeated(value[key]).length > 0,
  );
  return [
    ...faults,
    ...both.flatMap((key) =>
      fault(
        under(path, key),
        'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
        `parse:["${key}"] and ${key}: [ids...] are mutually exclusive.`,
      ),
    ),
    ...doubled.flatMap((key) =>
      fault(under(path, key), 'SET_TYPE_ALREADY_CONTAINS_VALUE', 'The set already contains this value'),
    ),
  ];
};

const attachment = record(
  {
    id: anything,
    filename: text({ max: 1_024 }),
    title: anything,
    description: text({ max: 1_024 }),
    waveform: anything,
    duration_secs: anything,
  },
  ['id'],
);

const nonce: Check = (value, path) =>
  (typeof value === 'number' ? whole({ min: 0, max: Number.MAX_SAFE_INTEGER }) : text({ max: 25 }))(value, path);

/** How a message's body comes: new in a channel, as an edit, as the answer to an interaction, or as its follow-up. */
export type MessageKind = 'create' | 'edit' | 'answer' | 'follow-up';

const shared: Readonly<Record<string, Check>> = {
  content: nullable(text({ max: CONTENT_CHARS_MAX })),
  embeds: nullable(embeds),
  allowed_mentions: nullable(allowedMentions),
  components: anything, // looked at below: what may stand there depends on the flags
  attachments: nullable(list(attachment, { max: 10 })),
  flags: nullable(whole({ min: 0, max: 2 ** 31 - 1 })),
  // The SDK puts these into every body; only a new message means anything by them.
  tts: flag,
  enforce_nonce: flag,
};

const reference = record(
  { type: oneOf(0), message_id: snowflake, channel_id: snowflake, guild_id: snowflake, fail_if_not_exists: flag },
  ['message_id'],
);

const bodies: Readonly<Record<MessageKind, Check>> = {
  create: record({ ...shared, nonce, message_reference: reference }),
  edit: record(shared),
  answer: record(shared),
  'follow-up': record(shared),
};

const flagsAllowed: Readonly<Record<MessageKind, number>> = {
  create: FLAG_SUPPRESS_EMBEDS | FLAG_SILENT | FLAG_V2,
  edit: FLAG_SUPPRESS_EMBEDS | FLAG_V2,
  answer: FLAG_SUPPRESS_EMBEDS | FLAG_EPHEMERAL | FLAG_SILENT | FLAG_V2,
  'follow-up': FLAG_SUPPRESS_EMBEDS | FLAG_EPHEMERAL | FLAG_SILENT | FLAG_V2,
};

/** Whether there is nothing to see in a message: Discord refuses it with code 50006. */
export function isEmptyMessage(body: Body): boolean {
  const lists = ['embeds', 'attachments', ...(Number(body['flags'] ?? 0) & FLAG_V2 ? ['components'] : [])];
  return textOf(body['content']).trim() === '' && lists.every((key) => listOf(body[key]).length === 0);
}

/** Everything Discord would refuse about a message's body, an empty message included. Empty: it is fine. */
export function messageFaults(body: unknown, kind: MessageKind = 'create'): readonly Fault[] {
  const faults = [...bodies[kind](body, '')];
  if (!isBody(body)) return faults;
  const flags = Number(body['flags'] ?? 0);
  const isV2 = (flags & FLAG_V2) !== 0;
  if (body['components'] !== undefined && body['components'] !== null) {
    faults.push(...messageComponentFaults(body['components'], 'components', isV2));
  }
  if (flags & ~flagsAllowed[kind])
    faults.push(...fault('flags', 'BITFIELD_TYPE_FLAGS', `These flags cannot be set here: ${flags}.`));
  if (isV2 && (textOf(body['content']) !== '' || listOf(body['embeds']).length > 0)) {
    faults.push(
      ...fault(
        '',
        'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
        'content and embeds cannot be used with IS_COMPONENTS_V2',
      ),
    );
  }
  if (body['enforce_nonce'] === true && body['nonce'] === undefined) {
    faults.push(...fault('nonce', 'BASE_TYPE_REQUIRED', 'enforce_nonce needs a nonce.'));
  }
  // What an edit leaves out stays as it is: only the server knows whether anything is left to see.
  if (kind !== 'edit' && isEmptyMessage(body))
    faults.push({ path: '', code: 'MESSAGE_EMPTY', message: 'Cannot send an empty message' });
  return faults;
}

const modal = record({ title: text({ min: 1, max: 45 }), custom_id: text({ min: 1, max: 100 }), components: anything }, [
  'title',
  'custom_id',
  'components',
]);

/** Everything Discord would refuse about a modal. */
export function modalFaults(body: unknown): readonly Fault[] {
  const faults = modal(body, '');
  return isBody(body) && body['components'] !== undefined
    ? [...faults, ...modalComponentFaults(body['components'], 'components')]
    : faults;
}

const suggestions = (value: Check): Check =>
  list(record({ name: text({ min: 1, max: 100 }), value, name_localizations: anything }, ['name', 'value']), { max: 25 });

/** Everything Discord would refuse about proposals for an option of this type (3 text, 4 whole, 10 number). */
export function suggestionFaults(data: unknown, optionType: number): readonly Fault[] {
  const value =
    optionType === 3 ? text({ min: 1, max: 100 }) : optionType === 4 ? whole({ min: -(2 ** 53), max: 2 ** 53 }) : number;
  return record({ choices: suggestions(value) }, ['choices'])(data, '');
}
