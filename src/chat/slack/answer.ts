import type { WebClient } from '@slack/web-api';
import type { Clock } from '../../ports/clock.ts';
import type { FormAsk, Reply } from '../../ports/chat.ts';
import type { Log } from '../../ports/log.ts';
import { slackFault } from './faults.ts';
import { formView } from './form.ts';
import { homeView } from './home.ts';
import type { Asked } from './parse.ts';
import { renderMessage } from './render.ts';

const ANSWER_TRIES = 2;
const ANSWER_AGAIN_MS = 500;

/** How people are answered: in private, by a form, or in their Home tab. Nothing here throws; what fails is logged once. */
export type Answering = {
  readonly say: (asked: Asked, reply: Reply) => Promise<void>;
  /** Whether the form is open now. */
  readonly openForm: (asked: Asked, form: FormAsk) => Promise<boolean>;
  readonly showHome: (userId: string, home: Reply, answer: Reply | null) => Promise<void>;
};

export type AnsweringNeeds = {
  readonly client: Pick<WebClient, 'apiCall'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly timeoutMs: number;
};

/** Answers through what a request brought with it. */
export function createAnswering({ client, clock, log, timeoutMs }: AnsweringNeeds): Answering {
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
      try {
        await client.apiCall('chat.postEphemeral', { channel, user: userId, ...body });
      } catch (thrown) {
        log.warn('slack.answer_lost', { responseUrl: lost, fallback: faultName(thrown) });
      }
    },

    async openForm({ triggerId, channel, threadTs, responseUrl, inHome }, form) {
      const context = { command: form.command.name, channel, threadTs, responseUrl, inHome };
      const view = triggerId === null ? null : formView(form, context);
      if (view === null) return false;
      try {
        await client.apiCall('views.open', { trigger_id: triggerId, view });
        return true;
      } catch (thrown) {
        log.warn('slack.form_failed', { command: form.command.name, fault: faultName(thrown) });
        return false;
      }
    },

    async showHome(userId, home, answer) {
      try {
        await client.apiCall('views.publish', {
          user_id: userId,
          view: homeView(home, answer, { ...home.telling, nowMs: clock.now() }),
        });
      } catch (thrown) {
        log.warn('slack.home_failed', { fault: faultName(thrown) });
      }
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
      // After a timeout it may have been shown; a second copy would be worse than none.
      if (thrown instanceof Error && thrown.name === 'TimeoutError') return null;
      lost = 'unreachable';
    }
  }
  return lost;
}

function isRefusal(told: string): boolean {
  return /^\s*\{\s*"ok"\s*:\s*false/u.test(told);
}

function faultName(thrown: unknown): string {
  const fault = slackFault(thrown);
  return fault.kind === 'refused' ? fault.error : fault.kind;
}
