import { createHmac } from 'node:crypto';
import type { Acknowledged, Envelope } from './socket.ts';
import type { Json } from './types.ts';
import type { World } from './world.ts';

const NOT_ACKED: Acknowledged = { acked: false, afterMs: null, payload: {} };
const EVENT_TRIES = 2; // Slack tries an event again at once; later tries are minutes away

/** The headers Slack signs a body with. */
export function signatureOf(body: string, signingSecret: string, atMs: number): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(atMs / 1000));
  const mac = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${mac}` };
}

/** A payload as Slack writes it into a request: events are JSON, a command is a form, the rest a form with JSON in it. */
export function bodyOf({ type, payload }: Pick<Envelope, 'type' | 'payload'>): {
  readonly body: string;
  readonly contentType: string;
} {
  if (type === 'events_api') return { body: JSON.stringify(payload), contentType: 'application/json' };
  const form =
    type === 'slash_commands'
      ? Object.entries(payload).map(([name, value]): [string, string] => [name, String(value)])
      : [['payload', JSON.stringify(payload)] as [string, string]];
  return { body: new URLSearchParams(form).toString(), contentType: 'application/x-www-form-urlencoded' };
}

type Reply = { readonly status: number; readonly text: string };

/** Slack's way over HTTP: signed requests to the request URLs in turn, as a load balancer would send them. */
export function createHttpMode(
  world: World,
  { ackWithinMs, signingSecret }: { readonly ackWithinMs: number; readonly signingSecret: string },
) {
  let urls: readonly string[] = [];
  let turn = 0;
  let twice = false;

  async function post(url: string, { body, contentType }: ReturnType<typeof bodyOf>, more: Record<string, string> = {}) {
    const headers = { 'content-type': contentType, ...signatureOf(body, signingSecret, world.now()), ...more };
    const response = await fetch(url, { method: 'POST', body, headers, signal: AbortSignal.timeout(ackWithinMs) });
    return { status: response.status, text: await response.text() };
  }

  /** What the app said, as Slack reads it. */
  function read(envelope: Envelope, { status, text }: Reply): Json {
    if (status !== 200) world.complain('request_url', `${envelope.type} was answered with ${status}: ${text}`);
    if (status !== 200 || text === '') return {};
    if (!envelope.acceptsResponse) world.complain('request_url', `an answer inside the acknowledgement of ${envelope.type}`);
    try {
      return JSON.parse(text) as Json;
    } catch {
      world.complain('request_url', `${envelope.type} was acknowledged with words everybody would see: ${text}`);
      return {};
    }
  }

  async function attempt(envelope: Envelope, number: number): Promise<Acknowledged> {
    const url = urls[(turn += 1) % urls.length] ?? '';
    const envelopeId = world.nextId('request-');
    const at = world.deliveries.push({ envelopeId, type: envelope.type, attempt: number, ackedAfterMs: null }) - 1;
    const startedMs = performance.now();
    const isRetry = envelope.type === 'events_api' && number > 1;
    const retry = isRetry ? { 'x-slack-retry-num': String(number - 1), 'x-slack-retry-reason': 'http_error' } : {};
    try {
      const reply = await post(url, bodyOf(envelope), retry);
      const afterMs = performance.now() - startedMs;
      const payload = read(envelope, reply);
      if (reply.status !== 200) return NOT_ACKED;
      world.deliveries[at] = { envelopeId, type: envelope.type, attempt: number, ackedAfterMs: afterMs };
      return { acked: true, afterMs, payload };
    } catch (fault) {
      if (fault instanceof Error && fault.name === 'TimeoutError') {
        world.ackTimeouts.push(envelopeId);
        world.complain('request_url', `${envelope.type} was not acknowledged within ${ackWithinMs} ms`);
      }
      return NOT_ACKED;
    } finally {
      world.tell();
    }
  }

  async function once(envelope: Envelope): Promise<Acknowledged> {
    let ack = await attempt(envelope, 1);
    for (let number = 2; envelope.type === 'events_api' && !ack.acked && number <= EVENT_TRIES; number += 1) {
      ack = await attempt(envelope, number);
    }
    return ack;
  }

  return {
    isOn: () => urls.length > 0,
    deliverTwice: (isOn: boolean): void => void (twice = isOn),
    async deliver(envelope: Envelope): Promise<Acknowledged> {
      const [first] = await Promise.all(twice ? [once(envelope), once(envelope)] : [once(envelope)]);
      return first ?? NOT_ACKED;
    },
    /** Slack takes a request URL only once its challenge is echoed. */
    sendTo: async (to: readonly string[]): Promise<void> => {
      for (const url of to) {
        const challenge = world.nextId('challenge-');
        const payload = { token: world.ids.verificationToken, challenge, type: 'url_verification' };
        const { status, text } = await post(url, bodyOf({ type: 'events_api', payload }));
        const told = text.startsWith('{') ? (JSON.parse(text) as Json)['challenge'] : text;
        if (status !== 200 || told !== challenge) throw new Error(`${url} did not echo the challenge: ${status} ${text}`);
      }
      urls = to;
    },
  };
}
