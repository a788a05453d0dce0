import { isBody, listOf, textOf } from './shape.ts';
import { ACTION_ROW, allComponents, BUTTON, LABEL, STRING_SELECT, TEXT_INPUT } from './components.ts';
import { CHAT_INPUT, MESSAGE_MENU } from './command-limits.ts';
import { FLAG_EPHEMERAL, FLAG_LOADING } from './limits.ts';
import { PRESSED, SUBMITTED, SUGGESTING, TYPED } from './interactions.ts';
import { fullMessage, makeMessage, post } from './post.ts';
import { fillOptions, findTyped, isAnyResolved, offered, resolve } from './typed.ts';
import { wireChannel, wireMember, wireUser } from './wire.ts';
import { APPLICATION_ID } from './world.ts';
import type { InteractionType, Interactions, KeptInteraction } from './interactions.ts';
import type { FindNeeds } from './typed.ts';
import type { Channel, KeptMessage, Person } from './world.ts';
import type { Body, Handle, ModalInput, OptionValue, People, ShownModal, WireMessage } from './types.ts';

const MODAL = 9;
const DEFERRED = 5;
const ANSWER_WITHIN_MS = 5_000;

export type PeopleNeeds = FindNeeds & {
  readonly interactions: Interactions;
  readonly patienceMs: number;
  readonly isConnected: () => boolean;
  readonly deliver: (interaction: KeptInteraction, event: Body) => void;
};

type Begun = {
  readonly type: InteractionType;
  readonly person: Person;
  readonly channel: Channel;
  readonly data: Body;
  readonly source?: KeptMessage | null;
  readonly optionType?: number;
};

/** People at Discord's own client: what it would not let them do throws. */
export function createPeople(needs: PeopleNeeds): People {
  const { world, interactions } = needs;

  function seat(user: string, channelId: string): { readonly person: Person; readonly channel: Channel } {
    const person = world.person(user);
    const channel = world.channel(channelId);
    if (channel.withUser !== null && channel.withUser !== user) throw new Error(`${person.name} is not in this conversation`);
    if (!world.can(person, channel, 'VIEW_CHANNEL')) throw new Error(`${person.name} cannot see #${channel.name}`);
    return { person, channel };
  }

  /** Sends an interaction and waits for its first response, as long as a person would. */
  async function begin({ type, person, channel, data, source = null, optionType = 0 }: Begun): Promise<KeptInteraction> {
    const interaction = interactions.open({ type, userId: person.id, channel, source, optionType });
    const wasConnected = needs.isConnected();
    const event = eventOf(interaction, person, data);
    needs.deliver(interaction, event);
    try {
      await world.until(() => interaction.response !== null, needs.patienceMs, 'The application did not respond');
    } catch (fault) {
      // Nobody was there to answer: that is no fault of the client's.
      if (wasConnected) world.complain('no-response', `interaction ${interaction.id} (type ${type}) was never answered`);
      throw fault;
    }
    return interaction;
  }

  function eventOf({ id, token, type, source }: KeptInteraction, person: Person, data: Body): Body {
    const { channel } = interactions.find(id) ?? { channel: null };
    if (channel === null) throw new Error('an interaction has a channel');
    const { guildId } = channel;
    const whoInGuild = {
      member: {
        ...wireMember(person),
        permissions: String(world.permissionsIn(person, channel)),
        unusual_dm_activity_until: null,
      },
    };
    const inGuild = {
      guild_id: guildId,
      guild: { id: guildId, locale: 'en-US', features: [] },
      guild_locale: 'en-US',
      ...whoInGuild,
    };
    return {
      id,
      token,
      type,
      version: 1,
      application_id: APPLICATION_ID,
      data,
      channel_id: channel.id,
      channel: { ...wireChannel(world, channel), permissions: String(world.permissionsIn(person, channel)) },
      ...(guildId === null ? { user: wireUser(person) } : inGuild),
      ...(source === null ? {} : { message: fullMessage(channel, source) }),
      app_permissions: String(world.permissionsIn(world.bot, channel)),
      locale: person.locale,
      entitlements: [],
      entitlement_sku_ids: [],
      authorizing_integration_owners: guildId === null ? { 0: '0' } : { 0: guildId },
      context: guildId === null ? 1 : 0,
      attachment_size_limit: 10_485_760,
    };
  }

  function handleOf(interaction: KeptInteraction): Handle {
    const response = interaction.response ?? { type: 0, tookMs: 0, data: {} };
    const shown = (): WireMessage | null => (interaction.isAnswerGone ? null : interaction.answer);
    return {
      interactionId: interaction.id,
      tookMs: response.tookMs,
      deferred: response.type === DEFERRED,
      modal: response.type === MODAL ? shownModal(interaction.id, response.data) : null,
      edits: () => interaction.editCount,
      shown,
      followUps: () => interaction.followUps,
      async answer({ edits = 0 } = {}) {
        const isThere = (): boolean => {
          const message = shown();
          return message !== null && (message.flags & FLAG_LOADING) === 0 && interaction.editCount >= edits;
        };
        await world.until(isThere, ANSWER_WITHIN_MS, `interaction ${interaction.id} showed no answer`);
        return structuredClone(interaction.answer) as WireMessage;
      },
    };
  }

  /** A message as it stands now, if this person can see it. */
  function visible(person: Person, id: string): { readonly message: KeptMessage; readonly channel: Channel } {
    const own = interactions.privates.find(({ userId, message }) => userId === person.id && message.id === id);
    if (own !== undefined) return { message: own.message, channel: world.channel(own.message.channel_id) };
    const found = world.findMessage(id);
    if (found === null) throw new Error(`${person.name} sees no message ${id}: it is gone or another's private answer`);
    seat(person.id, found.channel.id);
    return found;
  }

  async function onComponent(user: string, shown: WireMessage, type: number, wanted: string, extra: Body): Promise<Handle> {
    const person = world.person(user);
    const { message, channel } = visible(person, shown.id);
    const all = allComponents(message.components).filter((one) => one['type'] === type);
    const matches = all.filter((one) => one['custom_id'] === wanted || one['label'] === wanted);
    const [component] = matches;
    if (component === undefined || matches.length > 1) {
      const there = all.map((one) => textOf(one['label']) || textOf(one['custom_id'])).join(', ');
      throw new Error(`${matches.length} components are called ${wanted}; there are: ${there}`);
    }
    if (component['disabled'] === true) throw new Error(`${wanted} is disabled`);
    if (component['custom_id'] === undefined) throw new Error(`${wanted} is a link`);
    const data = { custom_id: component['custom_id'], component_type: type, id: 1, ...extra };
    return handleOf(await begin({ type: PRESSED, person, channel, data, source: message }));
  }

  return {
    async slash({ user, channel: channelId, command, options = {} }) {
      const { person, channel } = seat(user, channelId);
      const found = findTyped(needs, person, channel, command);
      const filled = fillOptions(found, options);
      const resolved = resolve(world, filled);
      const { id, name } = found.command;
      const data = { id, name, type: CHAT_INPUT, options: found.nest(filled), ...(isAnyResolved(resolved) ? { resolved } : {}) };
      return handleOf(await begin({ type: TYPED, person, channel, data }));
    },

    async autocomplete({ user, channel: channelId, command, option, typed, options = {} }) {
      const { person, channel } = seat(user, channelId);
      const found = findTyped(needs, person, channel, command);
      const focused = found.options.find((one) => one['name'] === option);
      if (focused?.['autocomplete'] !== true) throw new Error(`/${command} proposes nothing for ${option}`);
      // While typing, required options may still be missing.
      const others = fillOptions({ ...found, options: found.options.map((one) => ({ ...one, required: false })) }, options);
      const filled = [
        ...others.filter((one) => one['name'] !== option),
        { name: option, type: focused['type'], value: typed, focused: true },
      ];
      const { id, name } = found.command;
      const data = { id, name, type: CHAT_INPUT, options: found.nest(filled) };
      const optionType = Number(focused['type']);
      return interactions.proposals(await begin({ type: SUGGESTING, person, channel, data, optionType }));
    },

    press: ({ user, message, button }) => onComponent(user, message, BUTTON, button, {}),

    pick: ({ user, message, menu, values }) => onComponent(user, message, STRING_SELECT, menu, { values }),

    async submit({ user, modal, values = {} }) {
      const opener = interactions.find(modal.interactionId);
      if (opener?.response?.type !== MODAL || opener.userId !== user) throw new Error(`no form is open for ${user}`);
      const person = world.person(user);
      const filled = fillModal(modal, values);
      const components = listOf(opener.response.data['components']).flatMap((part, at) => submitted(part, at, filled));
      const data = { custom_id: modal.customId, components };
      return handleOf(await begin({ type: SUBMITTED, person, channel: opener.channel, data, source: opener.source }));
    },

    async messageCommand({ user, channel: channelId, message: messageId, name }) {
      const { person, channel } = seat(user, channelId);
      const command = offered(needs, person, channel, MESSAGE_MENU).find((one) => one['name'] === name);
      if (command === undefined) throw new Error(`Discord offers ${person.name} no "${name}" on a message here`);
      const { message } = visible(person, messageId);
      if ((message.flags & FLAG_EPHEMERAL) !== 0) throw new Error('a private answer has no such menu');
      const resolved = { messages: { [messageId]: fullMessage(channel, message) } };
      const data = { id: command['id'], name, type: MESSAGE_MENU, target_id: messageId, resolved };
      return handleOf(await begin({ type: TYPED, person, channel, data }));
    },

    say({ user, channel: channelId, text }) {
      const { person, channel } = seat(user, channelId);
      const message = makeMessage(world, channel, person, { content: text });
      post(world, channel, person, message, undefined);
      return message;
    },
  };
}

/** The inner component of a modal's part, and what stands above it. */
function inputOf(part: Body): { readonly label: string; readonly component: Body } | null {
  if (part['type'] === LABEL && isBody(part['component'])) return { label: textOf(part['label']), component: part['component'] };
  const [inner] = part['type'] === ACTION_ROW ? listOf(part['components']) : [];
  return inner === undefined ? null : { label: textOf(inner['label']), component: inner };
}

function shownModal(interactionId: string, data: Body): ShownModal {
  const inputs = listOf(data['components']).flatMap((part): ModalInput[] => {
    const found = inputOf(part);
    if (found === null) return [];
    const { label, component } = found;
    const choices = listOf(component['options']).map((one) => ({ label: textOf(one['label']), value: textOf(one['value']) }));
    const chosen = listOf(component['options']).find((one) => one['default'] === true);
    const isText = component['type'] === TEXT_INPUT;
    return [
      {
        customId: textOf(component['custom_id']),
        label,
        kind: isText ? 'text' : 'select',
        required: component['required'] !== false,
        value: isText ? textOf(component['value']) : textOf(chosen?.['value']),
        minChars: Number(component['min_length'] ?? 0),
        maxChars: Number(component['max_length'] ?? 4_000),
        choices,
      },
    ];
  });
  return { interactionId, title: textOf(data['title']), customId: textOf(data['custom_id']), inputs };
}

/** What a person leaves in each input, once Discord's client would let it pass. By custom_id. */
function fillModal({ inputs }: ShownModal, values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const unknown = Object.keys(values).filter((key) => !inputs.some(({ customId, label }) => customId === key || label === key));
  if (unknown.length > 0)
    throw new Error(`the form asks for no ${unknown.join(', ')}; it asks for ${inputs.map(({ label }) => label).join(', ')}`);
  return Object.fromEntries(
    inputs.map(({ customId, label, kind, required, value, minChars, maxChars, choices }) => {
      const filled = values[customId] ?? values[label] ?? value;
      if (required && filled.trim() === '') throw new Error(`${label} is required`);
      if (kind === 'text' && filled !== '' && (filled.length < minChars || filled.length > maxChars)) {
        throw new Error(`${label} is from ${minChars} to ${maxChars} characters`);
      }
      if (kind === 'select' && filled !== '' && !choices.some((one) => one.value === filled))
        throw new Error(`${label} has no choice ${filled}`);
      return [customId, filled];
    }),
  );
}

function submitted(part: Body, at: number, filled: Readonly<Record<string, OptionValue>>): readonly Body[] {
  const id = at * 2 + 1;
  const found = inputOf(part);
  if (found === null) return [{ type: part['type'], id }];
  const { component } = found;
  const customId = textOf(component['custom_id']);
  const value = filled[customId] ?? '';
  const answer = component['type'] === TEXT_INPUT ? { value } : { values: value === '' ? [] : [value] };
  const inner = { type: component['type'], id: id + 1, custom_id: customId, ...answer };
  return [part['type'] === LABEL ? { type: LABEL, id, component: inner } : { type: ACTION_ROW, id, components: [inner] }];
}
