import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Clock } from '../../ports/clock.ts';
import type { FormAsk, Reply } from '../../ports/chat.ts';
import type { Log } from '../../ports/log.ts';
import { isUnknownMethod, slackFault } from './faults.ts';
import { formView } from './form.ts';
import { homeView } from './home.ts';
import type { Lack, SlackNotes } from './notes.ts';
import type { Asked, ButtonAsked, CommandAsked } from './parse.ts';
import { renderMessage } from './render.ts';

const ANSWER_TRIES = 2;
const ANSWER_AGAIN_MS = 500;

/** How people are answered: in private, by a form, or in their Home tab. Nothing here throws; what fails is logged once. */
export type Answering = {
  readonly say: (asked: Asked, reply: Reply) => Promise<void>;
  /** Whether the form is open now. */
  readonly openForm: (asked: CommandAsked | ButtonAsked, form: FormAsk) => Promise<boolean>;
  readonly showHome: (userId: string, home: Reply, answer: Reply | null) => Promise<void>;
};

export type AnsweringNeeds = {
  readonly client: Pick<WebClient, 'apiCall'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly notes: SlackNotes;
  readonly timeoutMs: number;
};

/** Answers through what a request brought with it. */
export function createAnswering({ client, clock, log, notes, timeoutMs }: AnsweringNeeds): Answering {
  /** Calls a method that a lesser server may lack, and notes which it does. Null: it was done; else why not. */
  async function call(method: Extract<Lack, 'views.open' | 'views.publish' | 'chat.postEphemeral'>, body: object) {
    try {
      await client.apiCall(method, { ...body });
      notes.has(method);
      return null;
    } catch (thrown) {
      const fault = slackFault(thrown);
      if (isUnknownMethod(fault)) notes.lacks(method);
      return fault.kind === 'refused' ? fault.error : fault.kind;
    }
  }

  return {
    async say({ responseUrl, channel, userId, threadTs }, { message, buttonIds, telling }) {
      const { text, blocks } = renderMessage(message, { ...telling, nowMs: clock.now(), buttonIds, pings: [] });
      const thread = threadTs === null ? {} : { thread_ts: threadTs };
      const body = { text, blocks, ...thread };
      // `replace_original` is false because an answer to a press would else take the place of the card that was pressed.
      const lost =
        responseUrl === null
          ? 'none'
          : await respond(responseUrl, { ...body, response_type: 'ephemeral', replace_original: false }, timeoutMs);
      if (lost === null) return;
      const fallback = await call('chat.postEphemeral', { channel, user: userId, ...body });
      if (fallback !== null) log.warn('slack.answer_lost', { responseUrl: lost, fallback });
      else if (responseUrl !== null) log.warn('slack.answer_rerouted', { responseUrl: lost });
    },

    async openForm({ triggerId, channel, threadTs, responseUrl, inHome, ask }, form) {
      const context = { command: form.command.name, channel, threadTs, responseUrl, inHome };
      const view = triggerId === null ? null : formView(form, context, { hidesKnown: ask.kind === 'button' });
      if (view === null) return false;
      const fault = await call('views.open', { trigger_id: triggerId, view });
      if (fault !== null) log.warn('slack.form_failed', { command: form.command.name, fault });
      return fault === null;
    },

    async showHome(userId, home, answer) {
      const view = homeView(home, answer, { ...home.telling, nowMs: clock.now() });
      const fault = await call('views.publish', { user_id: userId, view });
      if (fault !== null) log.warn('slack.home_failed', { fault });
    },
  };
}

/** Uses a response URL; null when it took the answer, else what became of it. It has five uses, so a failure is tried again. */
async function respond(url: string, body: object, timeoutMs: number): Promise<string | null> {
  let lost = '';
  for (let tried = 0; tried < ANSWER_TRIES; tried += 1) {
    if (tried > 0) await new Promise((resolve) => setTimeout(resolve, ANSWER_AGAIN_MS));
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const told = await response.text();
      if (response.ok && !isRefusal(told)) return null;
      lost = response.ok ? 'refused' : `status ${response.status}`;
      if (response.status < 500 && response.status !== 429) return lost;
    } catch (thrown) {
      // It may have been shown all the same. Two private copies are better than a press that nothing seems to come of.
      if (thrown instanceof Error && thrown.name === 'TimeoutError') return 'timed out';
      lost = 'unreachable';
    }
  }
  return lost;
}

function isRefusal(told: string): boolean {
  try {
    return z.object({ ok: z.literal(false) }).safeParse(JSON.parse(told)).success;
  } catch {
    return false; // Slack says ‘ok’ and nothing more
  }
}
