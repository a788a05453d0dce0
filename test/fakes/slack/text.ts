import type { Json } from './types.ts';

/** Whom a message calls, before it is known who is in the channel. */
export type Called =
  | { readonly by: 'mention'; readonly userId: string }
  | { readonly by: 'channel' | 'here' | 'everyone' }
  | { readonly by: 'subteam'; readonly groupId: string };

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `&lt;`, `&gt;` and `&amp;` as a reader sees them. */
const unescaped = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** The control sequences of mrkdwn. A `<` that was escaped cannot open one. */
const SEQUENCE = /<([@#!])([^<>|]*)(?:\|([^<>]*))?>/g;

function calledByMrkdwn(text: string, { names }: { readonly names: boolean }): Called[] {
  const called: Called[] = [];
  for (const [, sign, target = ''] of text.matchAll(SEQUENCE)) {
    if (sign === '@') called.push({ by: 'mention', userId: target });
    if (sign !== '!') continue;
    if (target === 'channel' || target === 'here' || target === 'everyone') called.push({ by: target });
    if (target === 'group') called.push({ by: 'channel' });
    if (target.startsWith('subteam^')) called.push({ by: 'subteam', groupId: target.slice('subteam^'.length) });
  }
  if (!names) return called;
  // Without `verbatim`, Slack also reads "certain mentions" out of plain words: which ones is not told, so the worst counts.
  const words = unescaped(text.replaceAll(SEQUENCE, ' ')).matchAll(/(?<![\w@])@(channel|here|everyone)\b/g);
  for (const [, target] of words) called.push({ by: target as 'channel' | 'here' | 'everyone' });
  return called;
}

/** Markdown is translated by Slack: entities and control sequences mean there what they mean in mrkdwn. */
function calledByBlock(part: unknown): Called[] {
  if (Array.isArray(part)) return part.flatMap(calledByBlock);
  if (!isObject(part)) return [];
  switch (part['type']) {
    case 'mrkdwn':
      return calledByMrkdwn(String(part['text']), { names: part['verbatim'] !== true });
    case 'markdown':
      return calledByMrkdwn(String(part['text']), { names: true });
    case 'user':
      return [{ by: 'mention', userId: String(part['user_id']) }];
    case 'usergroup':
      return [{ by: 'subteam', groupId: String(part['usergroup_id']) }];
    case 'broadcast':
      return [{ by: part['range'] as 'channel' | 'here' | 'everyone' }];
    case 'button': // a confirmation is shown to whoever presses, later
    case 'plain_text':
    case 'raw_text':
      return [];
    default:
      return Object.values(part).flatMap(calledByBlock);
  }
}

/** Whom a new message calls: what is shown counts, so `text` only where there are no blocks. */
export function calledBy(
  { text, blocks }: { readonly text: string; readonly blocks: readonly Json[] },
  { names = false }: { readonly names?: boolean } = {},
): Called[] {
  return blocks.length > 0 ? calledByBlock(blocks) : calledByMrkdwn(text, { names });
}

/** A mrkdwn text as a reader sees its words: dates as their fallback, links as their labels, entities as characters. */
export function readMrkdwn(text: string): string {
  const shown = text
    .replaceAll(SEQUENCE, (_all, sign: string, target: string, label?: string) => {
      if (sign === '@') return `@${target}`;
      if (sign === '#') return `#${target}`;
      return label ?? `@${target.split('^')[0]}`;
    })
    .replaceAll(/<([a-z]+:[^<>|]*)(?:\|([^<>]*))?>/g, (_all, url: string, label?: string) => label ?? url);
  return unescaped(shown);
}

const joined = (parts: readonly string[], by: string): string => parts.filter((part) => part !== '').join(by);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function shownText(part: unknown): string {
  if (!isObject(part)) return '';
  const inner = (key: string, by: string): string => joined(list(part[key]).map(shownText), by);
  switch (part['type']) {
    case 'mrkdwn':
    case 'markdown':
      return readMrkdwn(String(part['text']));
    case 'plain_text':
    case 'raw_text':
    case 'raw_number':
    case 'text':
      return String(part['text']);
    case 'button':
      return `[${shownText(part['text'])}]`;
    case 'image':
      return String(part['alt_text']);
    case 'link':
      return String(part['text'] ?? part['url']);
    case 'user':
      return `@${String(part['user_id'])}`;
    case 'broadcast':
      return `@${String(part['range'])}`;
    case 'usergroup':
      return '@subteam';
    case 'channel':
      return `#${String(part['channel_id'])}`;
    case 'date':
      return String(part['fallback'] ?? part['timestamp']);
    case 'emoji':
      return `:${String(part['name'])}:`;
    case 'section':
      return joined([shownText(part['text']), inner('fields', '\n'), shownText(part['accessory'])], '\n');
    case 'header':
    case 'alert':
      return shownText(part['text']);
    case 'context':
    case 'actions':
      return inner('elements', ' ');
    case 'rich_text':
    case 'rich_text_list':
    case 'carousel':
      return inner('elements', '\n');
    case 'rich_text_section':
    case 'rich_text_quote':
    case 'rich_text_preformatted':
      return joined(list(part['elements']).map(shownText), '');
    case 'table':
      return joined(
        list(part['rows']).map((row) => list(row).map(shownText).join(' | ')),
        '\n',
      );
    case 'card':
      return joined([...['title', 'subtitle', 'body'].map((key) => shownText(part[key])), inner('actions', ' ')], '\n');
    case 'input':
      return `${shownText(part['label'])}: ${shownText(part['element'])}`;
    case 'divider':
      return '———';
    default:
      return isObject(part['placeholder']) ? shownText(part['placeholder']) : '';
  }
}

/** Everything a person reads of a message or a view, one block after the other. */
export function visibleText({ text, blocks }: { readonly text?: string; readonly blocks: readonly Json[] }): string {
  return blocks.length > 0 ? joined(blocks.map(shownText), '\n') : readMrkdwn(text ?? '');
}
