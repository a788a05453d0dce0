import { InteractionResponseType, MessageFlags, Routes } from 'discord-api-types/v10';
import type { APIApplicationCommandOptionChoice, APIModalInteractionResponseCallbackData } from 'discord-api-types/v10';
import type { Log } from '../../ports/log.ts';
import type { Api, ApiNeeds } from './api.ts';
import { discordApi, faultOf, faultWords, isLacking } from './api.ts';
import { Thing } from './json.ts';
import type { Notes } from './notes.ts';
import { CODES } from './outcome.ts';
import type { Asker } from './parse.ts';
import type { Body } from './render.ts';
import { sleep } from './sleep.ts';

/** What an interaction is answered with. The first response resolves with whether it stands; nothing here rejects. */
export type Answers = {
  /** Says privately that an answer is coming. */
  readonly defer: (asker: Asker) => Promise<boolean>;
  /** Takes note of a press on a private answer, which the answer will replace. */
  readonly deferUpdate: (asker: Asker) => Promise<boolean>;
  readonly openForm: (asker: Asker, form: APIModalInteractionResponseCallbackData) => Promise<boolean>;
  /** Answers privately at once. */
  readonly say: (asker: Asker, body: Body) => Promise<boolean>;
  /** Replaces a private answer at once. */
  readonly replace: (asker: Asker, body: Body) => Promise<boolean>;
  readonly propose: (asker: Asker, choices: readonly APIApplicationCommandOptionChoice<string>[]) => Promise<boolean>;
  /** Puts the answer where one was announced. Resolves with its message's id, null when it could not be shown. */
  readonly complete: (asker: Asker, body: Body) => Promise<string | null>;
};

const RESPOND_WITHIN_MS = 2_500; // Discord takes a first response for three seconds
const COMPLETE_AGAIN_MS = [500, 2_000, 5_000] as const; // the answer may come for fifteen minutes, but somebody is waiting
// A first response given over HTTP is still on its way when this is asked: until Discord has read it there is nothing to edit.
const UNKNOWN_AGAIN_MS = [50, 200, 500, 2_000] as const;

const UNANSWERED = 'This server takes no answers to commands and buttons, so nobody sees what came of theirs.';

/** A first response, as Discord takes it. */
export type FirstResponse = { readonly type: InteractionResponseType; readonly data?: unknown };

/** How the first response is given. Resolves with whether it stands; never rejects. */
export type GiveFirst = (asker: Asker, response: FirstResponse) => Promise<boolean>;

type AnswerNeeds = ApiNeeds & { readonly log: Log; readonly notes: Notes };

/** Answers people, apart from the courier's calls, so that neither waits for the other; the first response as `give` says. */
export function discordAnswers(needs: AnswerNeeds & { readonly signal: AbortSignal }): (give: GiveFirst) => Answers {
  const { signal, ...reach } = needs;
  // Closing waits for the answers under way, so it does not cut their calls short.
  const api = discordApi(reach);
  const isPrivate = { flags: MessageFlags.Ephemeral };
  return (give) => {
    const first = (asker: Asker, type: InteractionResponseType, data?: unknown): Promise<boolean> =>
      give(asker, data === undefined ? { type } : { type, data });
    return {
      defer: (asker) => first(asker, InteractionResponseType.DeferredChannelMessageWithSource, isPrivate),
      deferUpdate: (asker) => first(asker, InteractionResponseType.DeferredMessageUpdate),
      openForm: (asker, form) => first(asker, InteractionResponseType.Modal, form),
      say: (asker, body) =>
        first(asker, InteractionResponseType.ChannelMessageWithSource, { ...body, flags: body.flags | isPrivate.flags }),
      replace: (asker, body) => first(asker, InteractionResponseType.UpdateMessage, edited(body)),
      propose: (asker, choices) => first(asker, InteractionResponseType.ApplicationCommandAutocompleteResult, { choices }),
      complete: (asker, body) => complete({ ...reach, api, signal, asker, body }),
    };
  };
}

/** Gives the first response by a call of its own, as what came over the gateway is answered. */
export function giveByCall(needs: AnswerNeeds): GiveFirst {
  const api = discordApi({ ...needs, timeoutMs: Math.min(needs.timeoutMs, RESPOND_WITHIN_MS) });
  return (asker, body) => respond({ ...needs, api, asker, body });
}

/** A message keeps the flags it was made with. */
function edited({ content, embeds, components, allowed_mentions }: Body): Omit<Body, 'flags'> {
  return { content, embeds, components, allowed_mentions };
}

type Responding = { readonly api: Api; readonly log: Log; readonly notes: Notes; readonly asker: Asker; readonly body: unknown };

async function respond({ api, log, notes, asker, body }: Responding): Promise<boolean> {
  const route = Routes.interactionCallback(asker.interactionId, asker.token);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await api('POST', route, { body, isAuthorized: false });
      notes.note('answers', null);
      return true;
    } catch (fault) {
      const met = faultOf(fault);
      // The first attempt had arrived after all.
      if (attempt > 1 && met.kind === 'refused' && met.code === CODES.alreadyAcknowledged) return true;
      const mayRetry = attempt === 1 && (met.kind === 'failed' || met.kind === 'unanswered' || met.kind === 'unreachable');
      if (mayRetry) continue;
      if (isLacking(met)) notes.note('answers', UNANSWERED);
      log.warn('discord.not-acknowledged', { interactionId: asker.interactionId, attempt, fault: faultWords(met) });
      return false;
    }
  }
}

type Completing = {
  readonly api: Api;
  readonly log: Log;
  readonly notes: Notes;
  readonly signal: AbortSignal;
  readonly asker: Asker;
  readonly body: Body;
};

async function complete({ api, log, notes, signal, asker, body }: Completing): Promise<string | null> {
  const route = Routes.webhookMessage(asker.applicationId, asker.token, '@original');
  for (let attempt = 0; ; attempt += 1) {
    try {
      const message = Thing.parse(await api('PATCH', route, { body: edited(body), isAuthorized: false }));
      return message?.id ?? '';
    } catch (fault) {
      const met = faultOf(fault);
      const isUnknown = met.kind === 'refused' && met.code === CODES.unknownWebhook;
      const againMs = (isUnknown ? UNKNOWN_AGAIN_MS : COMPLETE_AGAIN_MS)[attempt];
      const waitMs = met.kind === 'rate-limited' ? met.afterMs : againMs;
      const isOver = (met.kind === 'refused' && !isUnknown) || againMs === undefined || waitMs === undefined;
      if (isOver || !(await sleep(waitMs, signal))) {
        if (isLacking(met)) notes.note('answers', UNANSWERED);
        log.warn('discord.not-answered', { interactionId: asker.interactionId, attempt: attempt + 1, fault: faultWords(met) });
        return null;
      }
    }
  }
}
