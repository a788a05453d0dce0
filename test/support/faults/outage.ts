import { setTimeout as wait } from 'node:timers/promises';
import { visibleText } from '../../fakes/slack/index.ts';
import { postsOf, reckon, type Reckoning } from './reckoning.ts';
import { connected, type Order, type Show } from './show.ts';
import { until } from './until.ts';

/** What takes the database away, and gives it back. */
export type Fault = {
  readonly begin: () => Promise<void> | void;
  readonly end: () => Promise<void> | void;
  readonly lastsMs: number;
};

/** What an order sent, and a command typed, meanwhile came to. */
export type Outage = Reckoning & {
  readonly refused: number; // orders answered 503 with Retry-After
  readonly otherwise: readonly string[]; // orders answered neither so nor 200
  readonly slowestMs: number; // until any of these was answered
  readonly ackSlowestMs: number; // until a command typed meanwhile was acknowledged
  readonly answers: readonly string[]; // what those commands were answered
  readonly backAfterMs: number; // from the end of the fault to the first order taken
};

const ORDER_EVERY_MS = 500;

/** Sells and types while the fault lasts, sends again what was refused, and compares everything once nothing is under way. */
export async function sitOut(show: Show, { begin, end, lastsMs }: Fault): Promise<Outage> {
  await show.start();
  await connected(show);
  await until('the first order', async () => (await show.order({ n: 1, sku: 'HOODIE-M', units: 1 }))?.status === 200);
  await quiet(show);

  await begin();
  const endsMs = performance.now() + lastsMs;
  const outcomes: Outcome[] = [];
  const typed = [typeIn(show, '/stock'), typeIn(show, '/pause all misprint')];
  const sent: Promise<void>[] = [];
  for (let n = 2; performance.now() < endsMs; n += 1) {
    sent.push(sellOnce(show, { n, sku: 'PIN', units: 1 }).then((outcome) => void outcomes.push(outcome)));
    await wait(ORDER_EVERY_MS);
  }
  await end();
  const endedMs = performance.now();
  await until('an order to be taken again', async () => (await show.order({ n: 10_000, sku: 'PIN', units: 1 }))?.status === 200, {
    withinMs: 60_000,
  });
  const backAfterMs = performance.now() - endedMs;
  await Promise.all(sent);
  const commands = await Promise.all(typed);

  for (const { order, status } of outcomes) {
    if (status === 200) continue;
    await until('a refused order to be taken', async () => (await show.order(order))?.status === 200);
  }
  await until('a pause', async () => /paused/iu.test((await typeIn(show, '/pause all misprint')).text));
  await quiet(show);
  const isRefusal = ({ status, retryAfter }: Outcome): boolean => status === 503 && retryAfter !== null;
  return {
    ...(await reckon(show)),
    refused: outcomes.filter(isRefusal).length,
    otherwise: outcomes.filter((one) => one.status !== 200 && !isRefusal(one)).map((one) => JSON.stringify(one)),
    slowestMs: Math.max(0, ...outcomes.map(({ tookMs }) => tookMs)),
    ackSlowestMs: Math.max(...commands.map(({ ackedAfterMs }) => ackedAfterMs)),
    answers: commands.map(({ text }) => text),
    backAfterMs,
  };
}

/** Resolves when every post has gone. */
export function quiet(show: Show, withinMs = 60_000): Promise<void> {
  const gone = async (): Promise<boolean> => (await postsOf(show.engine)).every(({ state }) => state !== 'waiting');
  return until('every post to have gone', gone, { withinMs });
}

type Outcome = {
  readonly order: Order;
  readonly status: number | null;
  readonly retryAfter: string | null;
  readonly tookMs: number;
};

async function sellOnce(show: Show, order: Order): Promise<Outcome> {
  const startedMs = performance.now();
  const answer = await show.order(order);
  return { order, status: answer?.status ?? null, retryAfter: answer?.retryAfter ?? null, tookMs: performance.now() - startedMs };
}

/** A command typed on Slack by Priya, and what she was told in the end. */
export async function typeIn(show: Show, line: string): Promise<{ readonly text: string; readonly ackedAfterMs: number }> {
  const { slack, cast } = show;
  const startedMs = performance.now();
  const act = await slack.slash(cast.slack.people.priya, cast.slack.channels.team, line);
  const ackedAfterMs = performance.now() - startedMs;
  if (!act.acked) return { text: 'the app did not respond', ackedAfterMs };
  // An answer may take longer than a person of the fake waits by itself.
  for (let looks = 0; looks < 4; looks += 1) {
    const text = await act.answer().then(visibleText, () => null);
    if (text !== null) return { text, ackedAfterMs };
  }
  return { text: 'no answer came', ackedAfterMs };
}
