import { z } from 'zod';

/** The SDK's own types give these numbers; where Slack's pages and the SDK differ, the smaller counts. */
export const TEXT_MAX = 3000;
const ID_MAX = 255;
const LABEL_MAX = 75;
const PLACEHOLDER_MAX = 150;
const OPTIONS_MAX = 100;
const CHOICES_MAX = 10; // radio buttons and checkboxes
const OVERFLOW_MAX = 5;

/** Plain text: nothing in it is formatting, and nothing in it mentions anybody. */
export const plain = (charsMax: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(charsMax), emoji: z.boolean().optional() });
export const mrkdwn = (charsMax: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(charsMax), verbatim: z.boolean().optional() });
export const anyText = (charsMax: number) => z.discriminatedUnion('type', [plain(charsMax), mrkdwn(charsMax)]);
export const id = z.string().min(1).max(ID_MAX);

const url = z.string().min(1).max(3000);
const style = z.enum(['primary', 'danger']).optional();
const confirm = z
  .strictObject({
    title: plain(100).optional(),
    text: anyText(300),
    confirm: plain(30).optional(),
    deny: plain(30).optional(),
    style,
  })
  .optional();
const placeholder = plain(PLACEHOLDER_MAX).optional();
const focus_on_load = z.boolean().optional();
const dispatch_action_config = z
  .strictObject({ trigger_actions_on: z.array(z.enum(['on_enter_pressed', 'on_character_entered'])).optional() })
  .optional();
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const action_id = id.optional();

const option = z.strictObject({
  text: plain(LABEL_MAX),
  value: z.string().min(1).max(LABEL_MAX),
  description: plain(LABEL_MAX).optional(),
});
const richOption = option.extend({ text: anyText(LABEL_MAX), description: anyText(LABEL_MAX).optional() });
const options = z.array(option).min(1).max(OPTIONS_MAX);
const option_groups = z
  .array(z.strictObject({ label: plain(LABEL_MAX), options }))
  .min(1)
  .max(OPTIONS_MAX);

/** An image inside a context or a section. */
export const imageElement = z
  .strictObject({
    type: z.literal('image'),
    image_url: url.optional(),
    slack_file: z.record(z.string(), z.string()).optional(),
    alt_text: z.string().min(1).max(2000),
  })
  .refine((image) => (image.image_url === undefined) !== (image.slack_file === undefined), 'image_url or slack_file is missing');

export const button = z.strictObject({
  type: z.literal('button'),
  text: plain(LABEL_MAX),
  action_id,
  value: z.string().max(2000).optional(),
  url: url.optional(),
  style,
  confirm,
  accessibility_label: z.string().min(1).max(75).optional(),
});

const pickable = { action_id, confirm, focus_on_load, placeholder };
const several = { max_selected_items: z.int().min(1).optional() };
const eitherOptions = (select: { options?: unknown; option_groups?: unknown }) =>
  (select.options === undefined) !== (select.option_groups === undefined);
const eitherOptionsTold = 'either options or option_groups is required';
const staticSelect = z
  .strictObject({
    type: z.literal('static_select'),
    ...pickable,
    options: options.optional(),
    option_groups: option_groups.optional(),
    initial_option: option.optional(),
  })
  .refine(eitherOptions, eitherOptionsTold)
  .refine(
    ({ options: own = [], option_groups: groups = [], initial_option }) =>
      initial_option === undefined ||
      [...own, ...groups.flatMap((group) => group.options)].some((one) => JSON.stringify(one) === JSON.stringify(initial_option)),
    'initial_option is none of the options',
  );
const multiStaticSelect = z
  .strictObject({
    type: z.literal('multi_static_select'),
    ...pickable,
    ...several,
    options: options.optional(),
    option_groups: option_groups.optional(),
    initial_options: z.array(option).min(1).optional(),
  })
  .refine(eitherOptions, eitherOptionsTold);
const externalSelect = z.strictObject({
  type: z.literal('external_select'),
  ...pickable,
  initial_option: option.optional(),
  min_query_length: z.int().min(0).optional(),
});
const usersSelect = z.strictObject({ type: z.literal('users_select'), ...pickable, initial_user: id.optional() });
const channelsSelect = z.strictObject({
  type: z.literal('channels_select'),
  ...pickable,
  initial_channel: id.optional(),
  response_url_enabled: z.boolean().optional(),
});
const conversationsSelect = z.strictObject({
  type: z.literal('conversations_select'),
  ...pickable,
  initial_conversation: id.optional(),
  default_to_current_conversation: z.boolean().optional(),
  response_url_enabled: z.boolean().optional(),
});
const datepicker = z.strictObject({ type: z.literal('datepicker'), ...pickable, initial_date: day.optional() });
const timepicker = z.strictObject({
  type: z.literal('timepicker'),
  ...pickable,
  initial_time: z
    .string()
    .regex(/^\d{2}:\d{2}$/)
    .optional(),
  timezone: z.string().optional(),
});
const datetimepicker = z.strictObject({
  type: z.literal('datetimepicker'),
  action_id,
  confirm,
  focus_on_load,
  initial_date_time: z.int().min(1_000_000_000).max(9_999_999_999).optional(),
});
const overflow = z.strictObject({
  type: z.literal('overflow'),
  action_id,
  confirm,
  options: z
    .array(option.extend({ url: url.optional() }))
    .min(1)
    .max(OVERFLOW_MAX),
});
const radioButtons = z.strictObject({
  type: z.literal('radio_buttons'),
  action_id,
  confirm,
  focus_on_load,
  options: z.array(richOption).min(1).max(CHOICES_MAX),
  initial_option: richOption.optional(),
});
const checkboxes = z.strictObject({
  type: z.literal('checkboxes'),
  action_id,
  confirm,
  focus_on_load,
  options: z.array(richOption).min(1).max(CHOICES_MAX),
  initial_options: z.array(richOption).min(1).optional(),
});

const written = { action_id, focus_on_load, placeholder, dispatch_action_config };
const plainTextInput = z
  .strictObject({
    type: z.literal('plain_text_input'),
    ...written,
    initial_value: z.string().max(TEXT_MAX).optional(),
    multiline: z.boolean().optional(),
    min_length: z.int().min(0).max(TEXT_MAX).optional(),
    max_length: z.int().min(1).max(TEXT_MAX).optional(),
  })
  .refine(
    ({ initial_value = '', max_length = TEXT_MAX }) => initial_value.length <= max_length,
    'initial_value is longer than max_length',
  );
const numberInput = z
  .strictObject({
    type: z.literal('number_input'),
    ...written,
    is_decimal_allowed: z.boolean(),
    initial_value: z.string().optional(), // numbers travel as text here: Slack refuses a JSON number
    min_value: z.string().optional(),
    max_value: z.string().optional(),
  })
  .refine(
    ({ min_value, max_value }) => Number(min_value ?? -Infinity) <= Number(max_value ?? Infinity),
    'max_value is less than min_value',
  );
const emailInput = z.strictObject({ type: z.literal('email_text_input'), ...written, initial_value: z.string().optional() });
const urlInput = z.strictObject({ type: z.literal('url_text_input'), ...written, initial_value: z.string().optional() });

const selects = [staticSelect, externalSelect, usersSelect, channelsSelect, conversationsSelect, multiStaticSelect] as const;
const pickers = [datepicker, timepicker, checkboxes, radioButtons] as const;
const typed = [plainTextInput, numberInput, emailInput, urlInput] as const;

export const actionsElement = z.discriminatedUnion('type', [button, ...selects, ...pickers, datetimepicker, overflow]);
export const accessory = z.discriminatedUnion('type', [button, imageElement, ...selects, ...pickers, overflow]);
export const inputElement = z.discriminatedUnion('type', [...typed, ...selects, ...pickers, datetimepicker]);
