import { fault, isBody, listOf, oneOf, record, textOf, whole } from './shape.ts';
import { FLAG_EPHEMERAL, FLAG_LOADING, isEmptyMessage, messageFaults, modalFaults, suggestionFaults } from './limits.ts';
import { edit, fullMessage, makeMessage, ring } from './post.ts';
import { mustBeFine, refusals } from './refusal.ts';
import { APPLICATION_ID } from './world.ts';
import type { Channel, KeptMessage, World } from './world.ts';
import type { Body } from './types.ts';

export const RESPONSE_WITHIN_MS = 3_000;
const TOKEN_LIVES_MS = 15 * 60_000;

const MESSAGE = 4;
const DEFERRED = 5;
const DEFERRED_UPDATE = 6;
const UPDATE = 7;
const SUGGESTIONS = 8;
const MODAL = 9;

/** Discord's own numbers of what an interaction is. */
export const TYPED = 2;
export const PRESSED = 3;
export const SUGGESTING = 4;
export const SUBMITTED = 5;
export type InteractionType = 2 | 3 | 4 | 5;

export type KeptInteraction = {
  readonly id: string;
  readonly token: string;
  readonly type: InteractionType;
  readonly userId: string;
  readonly channel: Channel;
  readonly source: KeptMessage | null; // the message whose component was pressed
  readonly optionType: number; // of the option being suggested for
  readonly createdMs: number;
  response: { readonly type: number; readonly tookMs: number; readonly data: Body } | null;
  answer: KeptMessage | null; // what `@original` means
  isAnswerGone: boolean;
  editCount: number;
  readonly followUps: KeptMessage[];
};

/** Which responses each kind of interaction may have. */
const RESPONSES: Readonly<Record<InteractionType, readonly number[]>> = {
  [TYPED]: [MESSAGE, DEFERRED, MODAL],
  [PRESSED]: [MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, MODAL],
  [SUGGESTING]: [SUGGESTIONS],
  [SUBMITTED]: [MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE], // a form never answers a form
};

export type Interactions = ReturnType<typeof createInteractions>;

/** Everything that hangs on interactions: their one response within three seconds, and fifteen minutes of edits. */
export function createInteractions(world: World) {
  const kept = new Map<string, KeptInteraction>();
  const privates: { readonly userId: string; readonly message: KeptMessage }[] = [];

  function open(ask: Pick<KeptInteraction, 'type' | 'userId' | 'channel' | 'source' | 'optionType'>): KeptInteraction {
    const id = world.snowflake();
    const token = `interaction-token-${id}-${'x'.repeat(120)}`; // real ones are long; nobody may keep them in a custom_id
    const start = { createdMs: world.now(), response: null, answer: null, isAnswerGone: false, editCount: 0, followUps: [] };
    const interaction: KeptInteraction = { ...ask, ...start, id, token };
    kept.set(token, interaction);
    return interaction;
  }

  function keep(interaction: KeptInteraction, message: KeptMessage): void {
    if ((message.flags & FLAG_EPHEMERAL) !== 0) privates.push({ userId: interaction.userId, message });
    else interaction.channel.messages.push(message);
  }

  /** A message in an interaction's name. It rings only when all can see it. */
  function speak(interaction: KeptInteraction, body: Body, extraFlags = 0): KeptMessage {
    const { channel } = interaction;
    const message = makeMessage(world, channel, world.bot, { ...body, flags: Number(body['flags'] ?? 0) | extraFlags });
    message.type = interaction.type === TYPED ? 20 : message.type;
    if ((message.flags & (FLAG_EPHEMERAL | FLAG_LOADING)) === 0)
      ring(world, channel, world.bot, message, body['allowed_mentions']);
    keep(interaction, message);
    if ((message.flags & FLAG_EPHEMERAL) === 0) world.dispatch('MESSAGE_CREATE', fullMessage(channel, message));
    return message;
  }

  /** Makes a "thinking…" answer real: this is when it becomes a message and may ring. */
  function settle(interaction: KeptInteraction, message: KeptMessage, body: Body): void {
    const merged = { ...message, ...body };
    if (isEmptyMessage(merged)) {
      world.complain('bad-body', `an answer to ${interaction.id} with nothing to see`);
      throw refusals.emptyMessage();
    }
    const wasLoading = (message.flags & FLAG_LOADING) !== 0;
    edit(world, message, body);
    message.flags &= ~FLAG_LOADING;
    interaction.editCount += message === interaction.answer ? 1 : 0;
    if (wasLoading && (message.flags & FLAG_EPHEMERAL) === 0) {
      ring(world, interaction.channel, world.bot, message, body['allowed_mentions']);
    }
    if ((message.flags & FLAG_EPHEMERAL) === 0) world.dispatch('MESSAGE_UPDATE', fullMessage(interaction.channel, message));
  }

  function dataFaults(interaction: KeptInteraction, type: number, data: unknown): ReturnType<typeof messageFaults> {
    if (type === DEFERRED) {
      // Only this flag may be set now; everything else comes with the edit.
      return data === undefined ? [] : record({ flags: oneOf(0, FLAG_EPHEMERAL) })(data, '');
    }
    if (type === DEFERRED_UPDATE) return data === undefined ? [] : record({})(data, '');
    if (type === SUGGESTIONS) return suggestionFaults(data, interaction.optionType);
    if (type === MODAL) return modalFaults(data);
    return messageFaults(data ?? {}, type === UPDATE ? 'edit' : 'answer');
  }

  function apply(interaction: KeptInteraction, type: number, data: Body): void {
    if (type === MESSAGE) interaction.answer = speak(interaction, data);
    else if (type === DEFERRED) interaction.answer = speak(interaction, data, FLAG_LOADING);
    else if (type === DEFERRED_UPDATE || type === UPDATE) {
      interaction.answer = interaction.source;
      if (type === UPDATE && interaction.source !== null) settle(interaction, interaction.source, data);
    }
  }

  /** The first response. Too late and the token is dead; twice and the second is refused. */
  function respond(id: string, token: string, body: unknown, wantsResponse: boolean): { status: number; body?: Body } {
    const interaction = kept.get(token);
    if (interaction === undefined || interaction.id !== id) throw refusals.unknownInteraction();
    if (interaction.response !== null) throw refusals.alreadyAcknowledged();
    const tookMs = world.now() - interaction.createdMs;
    if (tookMs > RESPONSE_WITHIN_MS) {
      world.complain('late-response', `interaction ${id} was answered after ${tookMs} ms`);
      throw refusals.unknownInteraction();
    }
    mustBeFine(world, 'interaction response', record({ type: whole({ min: 1, max: 12 }), data: () => [] }, ['type'])(body, ''));
    const given = isBody(body) ? body : {};
    const type = Number(given['type']);
    const fits =
      RESPONSES[interaction.type].includes(type) && (type < DEFERRED_UPDATE || type > UPDATE || interaction.source !== null);
    if (!fits) {
      const message = `Interactions of type ${interaction.type} cannot be answered with ${type}.`;
      mustBeFine(world, 'interaction response', fault('type', 'INTERACTION_CALLBACK_TYPE_INVALID', message));
    }
    const faults = dataFaults(interaction, type, given['data']).map((one) => ({
      ...one,
      path: one.path === '' ? 'data' : `data.${one.path}`,
    }));
    mustBeFine(world, `interaction response ${type}`, faults);
    const data = isBody(given['data']) ? given['data'] : {};
    apply(interaction, type, data);
    interaction.response = { type, tookMs, data };
    world.changed();
    return wantsResponse ? { status: 200, body: callbackOf(interaction, type) } : { status: 204 };
  }

  function callbackOf(interaction: KeptInteraction, type: number): Body {
    const { answer, channel } = interaction;
    const message = answer === null ? {} : { message: fullMessage(channel, answer) };
    const told =
      answer === null
        ? {}
        : {
            response_message_id: answer.id,
            response_message_loading: (answer.flags & FLAG_LOADING) !== 0,
            response_message_ephemeral: (answer.flags & FLAG_EPHEMERAL) !== 0,
          };
    return { interaction: { id: interaction.id, type: interaction.type, ...told }, resource: { type, ...message } };
  }

  /** The interaction a webhook's token still speaks for. */
  function speaker(applicationId: string, token: string): KeptInteraction {
    const interaction = kept.get(token);
    if (interaction === undefined || applicationId !== APPLICATION_ID || interaction.response === null)
      throw refusals.unknownWebhook();
    if (world.now() - interaction.createdMs > TOKEN_LIVES_MS) throw refusals.invalidWebhookToken();
    return interaction;
  }

  function spoken(interaction: KeptInteraction, id: string): KeptMessage {
    const message =
      id === '@original' ? interaction.answer : [interaction.answer, ...interaction.followUps].find((one) => one?.id === id);
    if (message === null || message === undefined || (message === interaction.answer && interaction.isAnswerGone))
      throw refusals.unknownMessage();
    return message;
  }

  return {
    open,
    respond,
    privates,
    find: (id: string) => [...kept.values()].find((one) => one.id === id) ?? null,
    getAnswer(applicationId: string, token: string, id: string): Body {
      const interaction = speaker(applicationId, token);
      return fullMessage(interaction.channel, spoken(interaction, id));
    },
    editAnswer(applicationId: string, token: string, id: string, body: unknown): Body {
      const interaction = speaker(applicationId, token);
      const message = spoken(interaction, id);
      mustBeFine(world, 'edit of an answer', messageFaults(body, 'edit'));
      settle(interaction, message, isBody(body) ? body : {});
      world.changed();
      return fullMessage(interaction.channel, message);
    },
    followUp(applicationId: string, token: string, body: unknown): Body {
      const interaction = speaker(applicationId, token);
      mustBeFine(world, 'follow-up', messageFaults(body, 'follow-up'));
      const given = isBody(body) ? body : {};
      const { answer } = interaction;
      // The first follow-up to "thinking…" takes its place, and stays as private as that was.
      if (answer !== null && !interaction.isAnswerGone && (answer.flags & FLAG_LOADING) !== 0) {
        settle(interaction, answer, { ...given, flags: answer.flags });
        world.changed();
        return fullMessage(interaction.channel, answer);
      }
      const message = speak(interaction, given);
      interaction.followUps.push(message);
      world.changed();
      return fullMessage(interaction.channel, message);
    },
    removeAnswer(applicationId: string, token: string, id: string): void {
      const interaction = speaker(applicationId, token);
      const message = spoken(interaction, id);
      if (message === interaction.answer) interaction.isAnswerGone = true;
      const at = privates.findIndex((one) => one.message === message);
      if (at >= 0) privates.splice(at, 1);
      const inChannel = interaction.channel.messages.indexOf(message);
      if (inChannel >= 0) interaction.channel.messages.splice(inChannel, 1);
      world.changed();
    },
    /** The choices an answered autocomplete proposes. */
    proposals: (interaction: KeptInteraction) =>
      listOf(interaction.response?.data['choices']).map((one) => ({
        name: textOf(one['name']),
        value: one['value'] as string | number,
      })),
  };
}
