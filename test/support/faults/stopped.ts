import { setTimeout as wait } from 'node:timers/promises';
import { visibleText } from '../../fakes/slack/index.ts';
import type { SetClock } from './clock.ts';
import { quiet, typeIn } from './outage.ts';
import { postsOf, reckon, type Reckoning } from './reckoning.ts';
import { connected, type Show } from './show.ts';
import { until } from './until.ts';

/** What a stop came to: an order sent meanwhile, and what ended meanwhile. */
export type Stopped = Reckoning & {
  readonly orderStatus: number | null;
  readonly answeredAfterMs: number; // from when it went on
  readonly resumedTold: number; // how often Slack's team channel was told that the pause had ended
  readonly doubled: readonly string[]; // posts that were claimed anew and shown twice
};

const PAUSE = '/pause PIN misprint for:2m';

/**
 * Stops the process (SIGSTOP) in the middle of sending, sells meanwhile, and lets it go on. `clock` moves its wall clock ahead by
 * what the stop stands for; without one, the stop is as long as it says.
 */
export async function stopFor(
  show: Show,
  {
    stoppedMs,
    standsForMs,
    clock,
  }: { readonly stoppedMs: number; readonly standsForMs: number; readonly clock: SetClock | null },
): Promise<Stopped> {
  const { slack, cast } = show;
  const { process } = show.process();
  await connected(show);
  await until('a pause', async () => /paused/iu.test((await typeIn(show, PAUSE)).text));
  await quiet(show);
  // Its cards are on their way at that very moment.
  const before = slack.calls.length;
  const crossing = await show.order({ n: 1, sku: 'HOODIE-M', units: 36 });
  if (crossing?.status !== 200) throw new Error('the order was not taken');
  await until('a card to be on its way', () => slack.calls.length > before);
  process.kill('SIGSTOP');
  const meanwhile = show.order({ n: 2, sku: 'PIN', units: 1 });
  await wait(stoppedMs);
  process.kill('SIGCONT');
  const wentOnMs = performance.now();
  await clock?.set(show, standsForMs);
  const answer = await meanwhile;
  const answeredAfterMs = performance.now() - wentOnMs;
  if (answer?.status !== 200)
    await until('the order', async () => (await show.order({ n: 2, sku: 'PIN', units: 1 }))?.status === 200);
  const ended = async (): Promise<boolean> => {
    const { pauses } = show.engine.tables;
    const rows = await show.engine.read((db) => db.select({ resumedAtMs: pauses.resumedAtMs }).from(pauses));
    return rows.every(({ resumedAtMs }) => resumedAtMs !== null);
  };
  await until('the pause to end', ended, { withinMs: 60_000 });
  await quiet(show);
  const texts = slack.messages(cast.slack.channels.team).map((message) => visibleText(message));
  const ringsOfEnd = (await postsOf(show.engine)).filter(({ kind, facts, destinationId }) => {
    const isHere = destinationId === `slack:${cast.slack.channels.team}`;
    return isHere && kind === 'pause-ring' && (facts as { readonly why?: string }).why === 'resumed';
  });
  return {
    ...(await reckon(show)),
    orderStatus: answer?.status ?? null,
    answeredAfterMs,
    resumedTold: ringsOfEnd.length,
    doubled: texts.filter((text, index) => texts.indexOf(text) !== index),
  };
}
