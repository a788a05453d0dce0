import { ApplicationCommandOptionType, ApplicationCommandType, ComponentType, InteractionType } from 'discord-api-types/v10';
import { z } from 'zod';
import { unreachable } from '../../domain/unreachable.ts';
import { Id, Thing, Whole } from './json.ts';

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
  | { readonly kind: 'pressed'; readonly customId: string; readonly messageId: string | null }
  | { readonly kind: 'filled'; readonly customId: string; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: 'unread'; readonly isTyping: boolean }; // it cannot be read, but whoever did it can be told

export type Interaction = { readonly asker: Asker; readonly deed: Deed };

const Value = z.union([z.string(), z.number(), z.boolean()]).nullish().catch(null);
const Option = z.object({
  type: Whole.nullish().catch(null),
  name: z.string(),
  value: Value,
  focused: z.boolean().nullish().catch(null),
});
const OptionWithVerb = Option.extend({ options: z.array(Option).nullish() });

const Envelope = z.object({
  id: Id,
  token: z.string().min(1),
  application_id: Id.nullish().catch(null),
  type: Whole.pipe(z.enum(InteractionType)).nullish().catch(null),
  guild_id: Id.nullish().catch(null),
  guild: Thing,
  channel_id: Id.nullish().catch(null),
  channel: Thing,
  member: z.object({ user: Thing }).nullish().catch(null),
  user: Thing,
  data: z.unknown().optional(),
  message: Thing,
});

const Typed = z.object({
  type: z.literal(ApplicationCommandType.ChatInput).nullish(),
  name: z.string(),
  options: z.array(OptionWithVerb).nullish(),
});

const Embedded = z.object({ title: z.string().nullish(), description: z.string().nullish() });
const Shown = z.object({ content: z.string().nullish(), embeds: z.array(Embedded).nullish() });
const OnMessage = z.object({
  type: z.literal(ApplicationCommandType.Message).nullish(),
  name: z.string(),
  target_id: Id,
  resolved: z
    .object({ messages: z.record(z.string(), Shown) })
    .nullish()
    .catch(null),
});

const Pressed = z.object({ custom_id: z.string(), component_type: z.literal(ComponentType.Button).nullish() });

const FieldValue = z.union([z.string(), z.number().transform(String)]);
const Field = z.object({ custom_id: z.string(), value: FieldValue.nullish(), values: z.array(FieldValue).nullish() });
const Filled = z.object({
  custom_id: z.string(),
  // A field stands in a label, in forms of an older kind in a row.
  components: z.array(z.object({ component: Field.nullish(), components: z.array(Field).nullish() })).nullish(),
});

/**
 * Reads an interaction as it came; null where there is nobody to answer. `ownApplicationId` stands in for the
 * application a smaller server does not name.
 */
export function parseInteraction(raw: unknown, ownApplicationId: string | null): Interaction | null {
  const read = Envelope.safeParse(raw);
  if (!read.success || read.data.type === InteractionType.Ping) return null;
  const { id, token, type, member, user, guild, channel, guild_id: guildId, channel_id: channelId } = read.data;
  const userId = member?.user?.id ?? user?.id;
  const applicationId = read.data.application_id ?? ownApplicationId;
  const deed = deedOf(read.data);
  const asker = {
    interactionId: id,
    token,
    applicationId: applicationId ?? '',
    guildId: guildId ?? guild?.id ?? null,
    channel: channelId ?? channel?.id ?? '',
    userId: userId ?? '',
  };
  if (deed !== null && userId !== undefined && applicationId !== null) return { asker, deed };
  return { asker, deed: { kind: 'unread', isTyping: type === InteractionType.ApplicationCommandAutocomplete } };
}

function deedOf({ type, data, message }: z.infer<typeof Envelope>): Deed | null {
  switch (type) {
    case InteractionType.ApplicationCommand:
      return onMessage(data) ?? typed(data);
    case InteractionType.ApplicationCommandAutocomplete:
      return typing(data);
    case InteractionType.MessageComponent: {
      const read = Pressed.safeParse(data);
      return read.success ? { kind: 'pressed', customId: read.data.custom_id, messageId: message?.id ?? null } : null;
    }
    case InteractionType.ModalSubmit:
      return filled(data);
    case InteractionType.Ping:
    case null:
    case undefined:
      return null;
    default:
      return unreachable(type);
  }
}

type Named = { readonly name: string; readonly options: readonly z.infer<typeof Option>[] };

function named(data: unknown): Named | null {
  const read = Typed.safeParse(data);
  if (!read.success) return null;
  const { name } = read.data;
  const options = read.data.options ?? [];
  const verb = options.find(isVerb);
  return verb === undefined ? { name, options } : { name: `${name} ${verb.name}`, options: verb.options ?? [] };
}

const SUBCOMMAND: number = ApplicationCommandOptionType.Subcommand;

/** A verb says that it is one, or has no value of its own. */
function isVerb({ type, value }: z.infer<typeof Option>): boolean {
  return type === SUBCOMMAND || ((type ?? null) === null && value === undefined);
}

function typed(data: unknown): Deed | null {
  const read = named(data);
  if (read === null) return null;
  const input = read.options.flatMap(({ name, value }): [string, string | number][] =>
    value === undefined || value === null ? [] : [[name, typeof value === 'boolean' ? String(value) : value]],
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
  const message = resolved?.messages[id];
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
  const fields = (read.data.components ?? []).flatMap(({ component, components }) => [
    ...(component === undefined || component === null ? [] : [component]),
    ...(components ?? []),
  ]);
  const values = fields.map(({ custom_id: name, value, values }) => [name, value ?? values?.[0] ?? ''] as const);
  return { kind: 'filled', customId: read.data.custom_id, values: Object.fromEntries(values) };
}
