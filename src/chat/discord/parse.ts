import { ApplicationCommandOptionType, ApplicationCommandType, ComponentType, InteractionType } from 'discord-api-types/v10';
import { z } from 'zod';
import { unreachable } from '../../domain/unreachable.ts';

/** Who asks and where, and what an answer needs. `guildId` is null outside a server. */
export type Asker = {
  readonly interactionId: string;
  readonly token: string;
  readonly applicationId: string;
  readonly guildId: string | null;
  readonly channel: string;
  readonly userId: string;
};

/** What somebody did. */
export type Deed =
  | { readonly kind: 'typed'; readonly name: string; readonly input: Readonly<Record<string, string | number>> }
  | { readonly kind: 'typing'; readonly name: string; readonly option: string; readonly typed: string }
  | { readonly kind: 'on-message'; readonly label: string; readonly firstLine: string }
  | { readonly kind: 'pressed'; readonly customId: string; readonly messageId: string }
  | { readonly kind: 'filled'; readonly customId: string; readonly values: Readonly<Record<string, string>> };

export type Interaction = { readonly asker: Asker; readonly deed: Deed };

const Value = z.union([z.string(), z.number(), z.boolean()]);
const Option = z.object({
  type: z.enum(ApplicationCommandOptionType),
  name: z.string(),
  value: Value.optional(),
  focused: z.boolean().optional(),
});
const OptionWithVerb = Option.extend({ options: z.array(Option).optional() });
const Person = z.object({ id: z.string().min(1) });

const Envelope = z.object({
  id: z.string().min(1),
  token: z.string().min(1),
  application_id: z.string().min(1),
  type: z.enum(InteractionType),
  guild_id: z.string().nullish(),
  channel_id: z.string().nullish(),
  channel: z.object({ id: z.string() }).nullish(),
  member: z.object({ user: Person.nullish() }).nullish(),
  user: Person.nullish(),
  data: z.unknown(),
  message: z.object({ id: z.string() }).nullish(),
});

const Typed = z.object({
  type: z.literal(ApplicationCommandType.ChatInput).default(ApplicationCommandType.ChatInput),
  name: z.string(),
  options: z.array(OptionWithVerb).default([]),
});

const Embedded = z.object({ title: z.string().nullish(), description: z.string().nullish() });
const OnMessage = z.object({
  name: z.string(),
  target_id: z.string(),
  resolved: z.object({
    messages: z.record(z.string(), z.object({ content: z.string().nullish(), embeds: z.array(Embedded).nullish() })),
  }),
});

const Pressed = z.object({ custom_id: z.string(), component_type: z.literal(ComponentType.Button) });

const Field = z.object({ custom_id: z.string(), value: z.string().nullish(), values: z.array(z.string()).nullish() });
const Filled = z.object({
  custom_id: z.string(),
  // A field stands in a label, in forms of an older kind in a row.
  components: z.array(z.object({ component: Field.optional(), components: z.array(Field).optional() })),
});

/** Reads an interaction as it came; null for anything Showcaller offers nobody. */
export function parseInteraction(raw: unknown): Interaction | null {
  const read = Envelope.safeParse(raw);
  if (!read.success) return null;
  const { id, token, application_id: applicationId, guild_id: guildId, channel_id: channelId, channel, member, user } = read.data;
  const userId = member?.user?.id ?? user?.id;
  const deed = deedOf(read.data);
  if (userId === undefined || deed === null) return null;
  const asker = {
    interactionId: id,
    token,
    applicationId,
    guildId: guildId ?? null,
    channel: channelId ?? channel?.id ?? '',
    userId,
  };
  return { asker, deed };
}

function deedOf({ type, data, message }: z.infer<typeof Envelope>): Deed | null {
  switch (type) {
    case InteractionType.ApplicationCommand:
      return onMessage(data) ?? typed(data);
    case InteractionType.ApplicationCommandAutocomplete:
      return typing(data);
    case InteractionType.MessageComponent: {
      const read = Pressed.safeParse(data);
      if (!read.success || message === null || message === undefined) return null;
      return { kind: 'pressed', customId: read.data.custom_id, messageId: message.id };
    }
    case InteractionType.ModalSubmit:
      return filled(data);
    case InteractionType.Ping:
      return null;
    default:
      return unreachable(type);
  }
}

type Named = { readonly name: string; readonly options: readonly z.infer<typeof Option>[] };

function named(data: unknown): Named | null {
  const read = Typed.safeParse(data);
  if (!read.success) return null;
  const { name, options } = read.data;
  const verb = options.find(({ type }) => type === ApplicationCommandOptionType.Subcommand);
  return verb === undefined ? { name, options } : { name: `${name} ${verb.name}`, options: verb.options ?? [] };
}

function typed(data: unknown): Deed | null {
  const read = named(data);
  if (read === null) return null;
  const input = read.options.flatMap(({ name, value }): [string, string | number][] =>
    value === undefined ? [] : [[name, typeof value === 'boolean' ? String(value) : value]],
  );
  return { kind: 'typed', name: read.name, input: Object.fromEntries(input) };
}

function typing(data: unknown): Deed | null {
  const read = named(data);
  const focused = read?.options.find(({ focused }) => focused === true);
  if (read === null || focused === undefined) return null;
  return { kind: 'typing', name: read.name, option: focused.name, typed: String(focused.value ?? '') };
}

function onMessage(data: unknown): Deed | null {
  const read = OnMessage.safeParse(data);
  if (!read.success) return null;
  const { name, target_id: id, resolved } = read.data;
  const message = resolved.messages[id];
  const [embed] = message?.embeds ?? [];
  // A bot's message may say everything in an embed.
  const text =
    [message?.content, embed?.title, embed?.description].find((one) => typeof one === 'string' && one.trim() !== '') ?? '';
  const firstLine = text.split('\n').find((line) => line.trim() !== '') ?? '';
  return { kind: 'on-message', label: name, firstLine: firstLine.trim() };
}

function filled(data: unknown): Deed | null {
  const read = Filled.safeParse(data);
  if (!read.success) return null;
  const fields = read.data.components.flatMap(({ component, components = [] }) => [
    ...(component === undefined ? [] : [component]),
    ...components,
  ]);
  const values = fields.map(({ custom_id: name, value, values }) => [name, value ?? values?.[0] ?? ''] as const);
  return { kind: 'filled', customId: read.data.custom_id, values: Object.fromEntries(values) };
}
