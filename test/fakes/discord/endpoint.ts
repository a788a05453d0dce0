import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { isBody } from './shape.ts';
import { Refusal } from './refusal.ts';
import { RESPONSE_WITHIN_MS, type Interactions, type KeptInteraction } from './interactions.ts';
import type { Body } from './types.ts';
import type { World } from './world.ts';

/** The headers Discord signs a body with. */
export function signatureOf(body: string, key: KeyObject, atMs: number): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(atMs / 1000));
  const signature = sign(null, Buffer.from(timestamp + body), key).toString('hex');
  return { 'x-signature-timestamp': timestamp, 'x-signature-ed25519': signature };
}

/** An application's key pair: the public half as the developer page shows it. */
export function makeKeys(): { readonly privateKey: KeyObject; readonly publicKeyHex: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return { privateKey, publicKeyHex: Buffer.from(x, 'base64url').toString('hex') };
}

/** Discord's way over HTTP: signed interactions to the endpoint URLs in turn, each answered by its first response. */
export function createEndpoint(world: World, interactions: Interactions, key: KeyObject) {
  let urls: readonly string[] = [];
  let turn = 0;
  let slowMs = 0;

  async function post(url: string, body: string, headers = signatureOf(body, key, world.now())) {
    const signal = AbortSignal.timeout(RESPONSE_WITHIN_MS);
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
      signal,
    });
    return { status: response.status, text: await response.text() };
  }

  /** Takes a first response for what it is. One that was there before stands. */
  function apply(interaction: KeptInteraction, { status, text }: { readonly status: number; readonly text: string }): void {
    if (status !== 200) return world.complain('endpoint', `interaction ${interaction.id} was answered with ${status}: ${text}`);
    const response: unknown = JSON.parse(text);
    if (!isBody(response)) return world.complain('endpoint', `interaction ${interaction.id} was answered with ${text}`);
    if (interaction.response !== null) return;
    try {
      interactions.respond(interaction.id, interaction.token, response, false);
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault; // it has complained already
    }
  }

  return {
    isOn: () => urls.length > 0,
    /** How long a first response is on its way back: what comes before it by another road meets nothing. */
    slowResponses: (ms: number): void => void (slowMs = ms),
    async deliver(interaction: KeptInteraction, event: Body): Promise<void> {
      const url = urls[(turn += 1) % urls.length] ?? '';
      try {
        const reply = await post(url, JSON.stringify(event));
        if (slowMs > 0) await wait(slowMs);
        apply(interaction, reply);
      } catch (fault) {
        const isLate = fault instanceof Error && fault.name === 'TimeoutError';
        if (isLate) world.complain('late-response', `interaction ${interaction.id} was not answered in time`);
      }
    },
    /** Discord takes an endpoint only once it answers a ping and refuses a signature that is wrong. */
    sendTo: async (to: readonly string[]): Promise<void> => {
      for (const url of to) {
        const ping = JSON.stringify({ id: world.snowflake(), type: 1, version: 1 });
        const pong = await post(url, ping);
        const isPong = pong.status === 200 && (JSON.parse(pong.text) as Body)['type'] === 1;
        const probe = await post(url, ping, signatureOf(`${ping} `, key, world.now()));
        if (!isPong || probe.status !== 401)
          throw new Error(`${url} is no endpoint: ${pong.status} ${pong.text}, a wrong signature ${probe.status}`);
      }
      urls = to;
      world.application.endpointUrl = to[0] ?? null;
    },
  };
}
