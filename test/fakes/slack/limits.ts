import { z } from 'zod';
import {
  accessory,
  actionsElement,
  anyText,
  button,
  id,
  imageElement,
  inputElement,
  mrkdwn,
  plain,
  TEXT_MAX,
} from './elements.ts';
import { richText } from './rich-text.ts';
import type { Json } from './types.ts';

/** Slack's bounds on what an app may send. */
export const MESSAGE_BLOCKS_MAX = 50;
export const VIEW_BLOCKS_MAX = 100;
export const MESSAGE_TEXT_MAX = 40_000;
const MARKDOWN_CHARS_MAX = 12_000; // all markdown blocks of a payload together
const TABLES_MAX = 1;

const block_id = id.optional();
const imageUrl = z.string().min(1).max(3000);

const section = z
  .strictObject({
    type: z.literal('section'),
    block_id,
    text: anyText(TEXT_MAX).optional(),
    fields: z.array(anyText(2000)).min(1).max(10).optional(),
    accessory: accessory.optional(),
    expand: z.boolean().optional(),
  })
  .refine(({ text, fields }) => text !== undefined || fields !== undefined, 'text or fields is missing');
const image = z
  .strictObject({
    type: z.literal('image'),
    block_id,
    image_url: imageUrl.optional(),
    slack_file: z.record(z.string(), z.string()).optional(),
    alt_text: z.string().min(1).max(2000),
    title: plain(2000).optional(),
  })
  .refine((one) => (one.image_url === undefined) !== (one.slack_file === undefined), 'image_url or slack_file is missing');
const cell = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('raw_text'), text: z.string().min(1) }),
  z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string().min(1) }),
  richText,
]);
const table = z
  .strictObject({
    type: z.literal('table'),
    block_id,
    rows: z.array(z.array(cell).min(1).max(20)).min(1).max(100),
    column_settings: z
      .array(
        z.strictObject({ align: z.enum(['left', 'center', 'right']).optional(), is_wrapped: z.boolean().optional() }).nullable(),
      )
      .max(20)
      .optional(),
  })
  .refine(({ rows }) => rows.every((row) => row.length === rows[0]?.length), 'rows of a table have the same number of cells');
const card = z
  .strictObject({
    type: z.literal('card'),
    block_id,
    hero_image: imageElement.optional(),
    icon: imageElement.optional(),
    title: mrkdwn(150).optional(),
    subtitle: mrkdwn(150).optional(),
    body: mrkdwn(200).optional(),
    actions: z.array(button).optional(),
  })
  .refine(({ hero_image, title, actions, body }) => [hero_image, title, actions, body].some((part) => part !== undefined), {
    message: 'hero_image, title, actions or body is missing',
  });

const BLOCKS = z.discriminatedUnion('type', [
  section,
  image,
  table,
  card,
  richText.extend({ block_id }),
  z.strictObject({ type: z.literal('header'), block_id, text: plain(150) }),
  z.strictObject({ type: z.literal('divider'), block_id }),
  z.strictObject({
    type: z.literal('context'),
    block_id,
    elements: z
      .array(z.discriminatedUnion('type', [plain(TEXT_MAX), mrkdwn(TEXT_MAX), imageElement]))
      .min(1)
      .max(10),
  }),
  z.strictObject({ type: z.literal('actions'), block_id, elements: z.array(actionsElement).min(1).max(25) }),
  z.strictObject({
    type: z.literal('input'),
    block_id,
    label: plain(2000),
    hint: plain(2000).optional(),
    optional: z.boolean().optional(),
    dispatch_action: z.boolean().optional(),
    element: inputElement,
  }),
  z.strictObject({ type: z.literal('markdown'), block_id, text: z.string().min(1).max(MARKDOWN_CHARS_MAX) }),
  z.strictObject({
    type: z.literal('alert'),
    block_id,
    text: anyText(TEXT_MAX),
    level: z.enum(['default', 'info', 'warning', 'error', 'success']).optional(),
  }),
  z.strictObject({ type: z.literal('carousel'), block_id, elements: z.array(card).min(1).max(10) }),
]);
type Block = z.infer<typeof BLOCKS>;
type Where = readonly PropertyKey[];

const fault = (told: string, where: Where): string => `[ERROR] ${told} [json-pointer:/${where.map(String).join('/')}]`;

function told(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_big' && issue.origin === 'string') return `must be less than ${Number(issue.maximum) + 1} characters`;
  if (issue.code === 'too_small' && issue.origin === 'string') return 'must be more than 0 characters';
  if (issue.code === 'too_big' && issue.origin === 'array') return `no more than ${issue.maximum} items allowed`;
  if (issue.code === 'too_small' && issue.origin === 'array') return `no fewer than ${issue.minimum} items allowed`;
  if (issue.code === 'unrecognized_keys') return `additional property: ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_union') return 'unsupported type';
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'missing required field';
  return issue.message;
}

/** What a schema finds wrong, as Slack words it, with pointers below `at`. */
export function shapeFaults(schema: z.ZodType, value: unknown, at: Where = []): string[] {
  const read = schema.safeParse(value, { reportInput: true });
  return read.success ? [] : read.error.issues.map((issue) => fault(told(issue), [...at, ...issue.path]));
}

type Element = { readonly action_id?: string | undefined; readonly focus_on_load?: boolean | undefined };

function elementsOf(block: Block): readonly Element[] {
  if (block.type === 'actions') return block.elements;
  if (block.type === 'section') return block.accessory === undefined ? [] : [block.accessory as Element];
  if (block.type === 'input') return [block.element];
  if (block.type === 'card') return block.actions ?? [];
  return block.type === 'carousel' ? block.elements.flatMap((card) => card.actions ?? []) : [];
}

function repeated(values: readonly (string | undefined)[]): string[] {
  const given = values.filter((value) => value !== undefined);
  return [...new Set(given.filter((value, at) => given.indexOf(value) !== at))];
}

/** What no single block can know: ids used twice, more markdown or tables than a payload may hold. */
function togetherFaults(blocks: readonly Block[], at: Where): string[] {
  const markdownChars = blocks.reduce((sum, block) => sum + (block.type === 'markdown' ? block.text.length : 0), 0);
  const focused = blocks.flatMap(elementsOf).filter((element) => element.focus_on_load === true);
  return [
    ...repeated(blocks.map((block) => block.block_id)).map((twice) => fault(`\`block_id\` "${twice}" already exists`, at)),
    ...blocks.flatMap((block, index) =>
      repeated(elementsOf(block).map((element) => element.action_id)).map((twice) =>
        fault(`\`action_id\` "${twice}" already exists for another element`, [...at, index]),
      ),
    ),
    ...(markdownChars > MARKDOWN_CHARS_MAX
      ? [fault(`no more than ${MARKDOWN_CHARS_MAX} characters of markdown allowed`, at)]
      : []),
    ...(blocks.filter(({ type }) => type === 'table').length > TABLES_MAX ? [fault('only one table allowed', at)] : []),
    ...(focused.length > 1 ? [fault('only one element may focus on load', at)] : []),
  ];
}

/** What Slack would refuse in the blocks of a message; empty when it would take them. */
export function limitFaults(blocks: unknown, blocksMax: number = MESSAGE_BLOCKS_MAX, at: Where = ['blocks']): string[] {
  const faults = shapeFaults(z.array(BLOCKS).max(blocksMax), blocks, at);
  return faults.length > 0 ? faults : togetherFaults(blocks as Block[], at);
}

const viewShared = {
  blocks: z.array(z.unknown()),
  private_metadata: z.string().max(3000).optional(),
  callback_id: z.string().max(255).optional(),
  external_id: z.string().max(255).optional(),
};
const VIEW = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('home'), ...viewShared }),
  z.strictObject({
    type: z.literal('modal'),
    ...viewShared,
    title: plain(24),
    close: plain(24).optional(),
    submit: plain(24).optional(),
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
  }),
]);

/** What Slack would refuse in a modal or a Home view; empty when it would take it. */
export function viewFaults(view: unknown): string[] {
  const read = VIEW.safeParse(view);
  if (!read.success) return shapeFaults(VIEW, view, ['view']);
  const faults = limitFaults(read.data.blocks, VIEW_BLOCKS_MAX, ['view', 'blocks']);
  const asks = read.data.blocks.some((block) => (block as Json)['type'] === 'input');
  if (faults.length > 0 || read.data.type === 'home' || !asks || read.data.submit !== undefined) return faults;
  return [fault('`submit` is required when an `input` block is within the `blocks` array', ['view'])];
}

const metadataValue = z.union([z.string(), z.number(), z.boolean()]);
const flat = z.record(z.string(), metadataValue);
const METADATA = z.strictObject({
  event_type: z.string().min(1).max(255),
  event_payload: z.record(z.string(), z.union([metadataValue, flat, z.array(flat)])),
});

/** What Slack would refuse in a message's metadata; `{}` takes it away and is fine. */
export function metadataFaults(metadata: unknown): string[] {
  if (typeof metadata === 'object' && metadata !== null && Object.keys(metadata).length === 0) return [];
  return shapeFaults(METADATA, metadata, ['metadata']);
}

const PROPOSALS = z.strictObject({
  options: z
    .array(z.strictObject({ text: plain(75), value: z.string().min(1).max(75), description: plain(75).optional() }))
    .max(100),
});

/** What Slack would refuse in the answer to a block_suggestion. */
export function proposalFaults(answer: unknown): string[] {
  return shapeFaults(PROPOSALS, answer, ['options']);
}
