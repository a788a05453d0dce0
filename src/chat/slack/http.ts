import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { z } from 'zod';
import { unreachable } from '../../domain/unreachable.ts';
import type { Answer, Asked, Route } from '../../ports/route.ts';
import type { Acknowledge } from './desk.ts';
import type { Envelope } from './frame.ts';
import { holdConnection, openOffice, type Office, type OfficeNeeds, type SlackConnection } from './office.ts';
import { SLACK_PATH } from './limits.ts';
import { againMs, because, whyNot } from './reach.ts';
import type { Reception } from './reception.ts';
import { signedBySlack } from './signature.ts';
import { sleep } from './sleep.ts';

export type SlackHttpNeeds = OfficeNeeds & {
  readonly signingSecret: string;
  readonly lookEveryMs?: number; // how often Slack is asked whether it still accepts the token
};

/** Slack over HTTP: what is served, and what keeps an eye on whether Slack can be answered. */
export type SlackOverHttp = {
  readonly route: Route;
  /** Resolves after the first attempt to reach Slack, even if it failed: `state` tells. */
  readonly connect: () => Promise<SlackConnection>;
};

const BYTES_MAX = 1024 * 1024;
const LOOK_EVERY_MS = 60_000; // there is no connection that could break, so a revoked token is found by asking
const PATIENT_TIMES = 2; // so often is waited for a server to say who we are, before it is done without

/** Takes Slack's requests over HTTP. They are dealt with as those of Socket Mode are; only the envelope is another. */
export function slackOverHttp(needs: SlackHttpNeeds): SlackOverHttp {
  const office = openOffice(needs);
  return {
    route: routeOf(needs, office),
    connect: () =>
      holdConnection(
        office,
        (signal, tried) => keepLooking(office, needs.lookEveryMs ?? LOOK_EVERY_MS, { signal, tried }),
        needs.stopping,
      ),
  };
}

/** Whether Slack accepts the token is all that can be known until somebody does something. */
async function keepLooking(
  { identity, reach }: Office,
  everyMs: number,
  { signal, tried }: { readonly signal: AbortSignal; readonly tried: () => void },
): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    let waitMs = againMs(failures);
    try {
      await identity.askAnew(failures < PATIENT_TIMES).catch(because('SLACK_BOT_TOKEN'));
      reach.connected();
      failures = 0;
      waitMs = everyMs;
    } catch (thrown) {
      if (signal.aborted) return;
      const lost = whyNot(thrown, waitMs);
      reach.lost(lost.reason);
      failures += 1;
      waitMs = lost.waitMs;
    }
    tried();
    await sleep(waitMs, signal);
  }
}

function routeOf({ signingSecret, log }: SlackHttpNeeds, { receive, notes }: Office): Route {
  let wasHeard = false;
  return {
    method: 'POST',
    path: SLACK_PATH,
    bytesMax: BYTES_MAX,
    open: false,
    authentic(asked) {
      const signed = signedBySlack(asked, signingSecret);
      if (signed === 'authentic') notes.has('signature');
      // Once Slack has been heard it is known what the secret is worth: then it is somebody else who signs.
      else if (!wasHeard && signed !== 'strange') notes.lacks('signature', signed === 'outdated' ? OUTDATED : undefined);
      wasHeard ||= signed === 'authentic';
      return signed === 'authentic';
    },
    async answer(asked) {
      const read = readBody(asked);
      switch (read.kind) {
        case 'challenge':
          return { status: 200, body: { challenge: read.challenge } };
        case 'probe':
          return HEARD;
        case 'unread':
          log.warn('slack.request_unread', { what: 'body' });
          return { status: 400, body: 'this is not how Slack writes' };
        case 'envelope':
          return acknowledgementOf(receive, read.envelope);
        default:
          return unreachable(read);
      }
    },
  };
}

const OUTDATED =
  'What Slack sends to the request URL carries a time more than five minutes off. Let this machine set its clock by the network (NTP).';

const HEARD: Answer = { status: 200, body: '' }; // words would be shown to whoever typed a command
const FAILED: Answer = { status: 503, body: 'this could not be taken; please send it again' };

/** The answer to a request is its acknowledgement; the work goes on after it. */
function acknowledgementOf(receive: Reception, envelope: Envelope): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const acknowledge: Acknowledge = async (payload = {}) => {
    resolve(Object.keys(payload).length === 0 ? HEARD : { status: 200, body: { ...payload } });
    // What reads the database holds the process up: only after a turn of the event loop is the answer on its way.
    await turnOfTheEventLoop();
  };
  void receive(envelope, acknowledge).then(() => resolve(FAILED));
  return promise;
}

type Read =
  | { readonly kind: 'envelope'; readonly envelope: Envelope }
  | { readonly kind: 'challenge'; readonly challenge: string } // Slack tries a request URL that was just typed in
  | { readonly kind: 'probe' } // Slack looks at the certificate
  | { readonly kind: 'unread' };

const Challenge = z.object({ type: z.literal('url_verification'), challenge: z.string().max(1_000) });
const Something = z.record(z.string(), z.unknown()).refine((fields) => Object.keys(fields).length > 0);

/** Reads a signed body: events are JSON, commands a form, everything else a form with JSON in one field. */
function readBody({ headers, body }: Asked): Read {
  const text = body.toString('utf8');
  const isJson = String(headers['content-type'] ?? '').startsWith('application/json');
  const form = isJson ? new URLSearchParams() : new URLSearchParams(text);
  if (form.get('ssl_check') === '1') return { kind: 'probe' };
  const json = isJson ? text : form.get('payload');
  const payload = json === null ? Object.fromEntries(form) : parsed(json);
  const challenge = Challenge.safeParse(payload);
  if (challenge.success) return { kind: 'challenge', challenge: challenge.data.challenge };
  if (!Something.safeParse(payload).success) return { kind: 'unread' };
  // The same bytes signed at the same time are the same request, sent again by whoever it was.
  return { kind: 'envelope', envelope: { envelopeId: String(headers['x-slack-signature']), payload } };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
