import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { InteractionResponseType, InteractionType } from 'discord-api-types/v10';
import { z } from 'zod';
import { unreachable } from '../../domain/unreachable.ts';
import type { Answer, Asked, Route } from '../../ports/route.ts';
import type { GiveFirst } from './answer.ts';
import { faultOf, faultWords } from './api.ts';
import { parseJson, Whole } from './json.ts';
import { DISCORD_PATH, REMEMBERED_MAX } from './limits.ts';
import { CLOSE_WITHIN_MS, connectionOf, openOffice, type DiscordConnection, type DiscordNeeds, type Office } from './office.ts';
import { createReach, TOKEN_REFUSED, type Reach } from './reach.ts';
import { applicationKey, signedByDiscord } from './signature.ts';
import { sleep, within } from './sleep.ts';

export type DiscordHttpNeeds = DiscordNeeds & {
  readonly publicKey: string;
  readonly lookEveryMs?: number; // how often Discord is asked where the bot is, and whether it still accepts the token
};

/** Discord over HTTP: what is served, and what keeps an eye on whether Discord can be answered. */
export type DiscordOverHttp = {
  readonly route: Route;
  /** Resolves after the first attempt to reach Discord, even if it failed, or once it takes too long. */
  readonly connect: () => Promise<DiscordConnection>;
};

const BYTES_MAX = 1024 * 1024;
const LOOK_EVERY_MS = 60_000; // there is no connection that could break, so a token that was reset is found by asking
const AGAIN_FIRST_MS = 1_000;
const AGAIN_MAX_MS = 30_000;
const REFUSED_MS = 60_000; // a token that was refused is seldom accepted later, but an operator may just have fixed it

/**
 * Takes Discord's interactions over HTTP. They are dealt with as those of the gateway are; only the first response is another, for it is
 * the answer to the request.
 */
export function discordOverHttp(needs: DiscordHttpNeeds): DiscordOverHttp {
  const closed = new AbortController();
  const office = openOffice(needs, closed.signal);
  const reach = createReach(needs);
  return {
    route: routeOf(needs, office),
    async connect() {
      const looking = new AbortController();
      const looks = keepLooking(office, reach, { everyMs: needs.lookEveryMs ?? LOOK_EVERY_MS, signal: looking.signal });
      const connection = connectionOf(office, {
        state: reach.state,
        stopping: needs.stopping,
        async close() {
          looking.abort();
          reach.settle();
          await within(office.reception.idle(), CLOSE_WITHIN_MS, undefined);
          closed.abort(); // not before: an answer may have to be tried again until it is there
          await looks;
        },
      });
      await within(reach.settled, needs.timeoutMs, undefined);
      return connection;
    },
  };
}

/** Whether Discord accepts the token, and where the bot is, is all that can be known until somebody does something. */
async function keepLooking(
  { whereabouts, register }: Office,
  { become }: Reach,
  { everyMs, signal }: { readonly everyMs: number; readonly signal: AbortSignal },
): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    let waitMs = everyMs;
    try {
      const isNew = await whereabouts.look();
      if (isNew) register();
      failures = 0;
      become('connected', null);
    } catch (fault) {
      if (signal.aborted) return;
      const met = faultOf(fault);
      const isRefused = met.kind === 'refused' && met.status === 401;
      become('lost', isRefused ? TOKEN_REFUSED : faultWords(met));
      waitMs = isRefused ? REFUSED_MS : Math.min(AGAIN_MAX_MS, AGAIN_FIRST_MS * 2 ** failures);
      if (met.kind === 'rate-limited') waitMs = Math.max(waitMs, met.afterMs);
      failures += 1;
    }
    await sleep(waitMs, signal);
  }
}

function routeOf({ publicKey, log }: DiscordHttpNeeds, office: Office): Route {
  const { notes } = office;
  const key = applicationKey(publicKey);
  const answerTo = answering(office);
  return {
    method: 'POST',
    path: DISCORD_PATH,
    bytesMax: BYTES_MAX,
    open: false,
    authentic(asked) {
      const signed = signedByDiscord(asked, key);
      // Discord itself tries wrong signatures now and then, so only a clock that is off is worth a word.
      if (signed === 'outdated') notes.note('signature', OUTDATED);
      if (signed === 'authentic') notes.note('signature', null);
      return signed === 'authentic';
    },
    async answer({ body }: Asked) {
      const raw = parseJson(body.toString('utf8'));
      if (Ping.safeParse(raw).success) return { status: 200, body: { type: InteractionResponseType.Pong } };
      if (raw === undefined) log.warn('discord.unread', { event: 'body' });
      return raw === undefined ? UNREAD : answerTo(raw);
    },
  };
}

const Ping = z.object({ type: Whole.pipe(z.literal(InteractionType.Ping)) });

const OUTDATED =
  'What Discord sends carries a time more than five minutes off. Let this machine set its clock by the network (NTP).';
const UNREAD: Answer = { status: 400, body: 'this is no interaction anybody could be answered for' };
const FAILED: Answer = { status: 503, body: 'this could not be taken' };

/** Deals with an interaction; resolves with its first response, the same one when it is delivered again. */
function answering({ reception, answersBy }: Office): (raw: unknown) => Promise<Answer> {
  const firsts = new Map<string, Promise<Answer>>(); // as many as the reception remembers, oldest first
  return (raw) => {
    const first = Promise.withResolvers<Answer>();
    const give: GiveFirst = async (_asker, { type, data }) => {
      first.resolve({ status: 200, body: data === undefined ? { type } : { type, data } });
      // What reads the database holds the process up: only after a turn of the event loop is the response on its way.
      await turnOfTheEventLoop();
      return true;
    };
    const received = reception.receive(raw, answersBy(give));
    switch (received.kind) {
      case 'unread':
        return Promise.resolve(UNREAD);
      case 'twice':
        return firsts.get(received.interactionId) ?? Promise.resolve(FAILED);
      case 'dealing': {
        firsts.set(received.interactionId, first.promise);
        const [oldest] = firsts.keys();
        if (firsts.size > REMEMBERED_MAX && oldest !== undefined) firsts.delete(oldest);
        void received.dealt.then(() => first.resolve(FAILED));
        return first.promise;
      }
      default:
        return unreachable(received);
    }
  };
}
