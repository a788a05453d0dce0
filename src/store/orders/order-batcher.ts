import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { ORDER_BATCH_MAX, type HeardFacts } from '../../domain/order.ts';
import type { Heard } from '../../ports/store/orders.ts';

/** SQLite binds at most 32,766 values in one statement, and a batch's SKUs are looked up in one. */
const BATCH_LINES_MAX = 10_000;

/** Turns of the event loop a batch waits for company, at most: each is a fraction of a millisecond, where a commit is a whole one. */
const TURNS_MAX = 3;

/** One fact on its way into the ledger. */
export type Arrival = { readonly heard: HeardFacts; readonly nowMs: number };

type Waiting = Arrival & { readonly resolve: (answer: Heard) => void; readonly reject: (fault: unknown) => void };

/**
 * Gathers facts that arrive while others are being committed, so that a rush shares its commits. Facts are recorded in their order
 * of arrival; each promise settles only after the commit that holds its fact. `recordBatch` answers in the order of its arrivals.
 */
export function orderBatcher(
  recordBatch: (arrivals: readonly Arrival[]) => Promise<readonly PromiseSettledResult<Heard>[]>,
): (heard: HeardFacts, nowMs: number) => Promise<Heard> {
  let queue: Waiting[] = [];
  let running = false;

  async function run(): Promise<void> {
    running = true;
    while (queue.length > 0) {
      await gather();
      const count = batchCount(queue);
      const batch = queue.slice(0, count);
      queue = queue.slice(count);
      await settle(batch);
    }
    running = false;
  }

  /**
   * SQLite answers without ever letting the event loop turn, so nothing could arrive during a batch: turn it before each, and every
   * socket with an order to tell has told it. Again while that brings more: senders answered by the last batch are sending now, and
   * what comes together shares a commit.
   */
  async function gather(): Promise<void> {
    let turns = 0;
    let before;
    do {
      before = queue.length;
      await turnOfTheEventLoop();
      turns += 1;
    } while (turns < TURNS_MAX && queue.length > before && queue.length < ORDER_BATCH_MAX);
  }

  async function settle(batch: readonly Waiting[]): Promise<void> {
    try {
      const answers = await recordBatch(batch);
      for (const [index, { resolve, reject }] of batch.entries()) {
        const answer = answers[index];
        if (answer?.status === 'fulfilled') resolve(answer.value);
        else reject(answer === undefined ? new Error('a batch came back short') : answer.reason);
      }
    } catch (fault) {
      for (const { reject } of batch) reject(fault);
    }
  }

  return (heard, nowMs) =>
    new Promise<Heard>((resolve, reject) => {
      queue.push({ heard, nowMs, resolve, reject });
      if (!running) void run();
    });
}

/** How many of those waiting go together: at least one, and no more than the statements of one transaction can bind. */
function batchCount(queue: readonly Arrival[]): number {
  let lineCount = 0;
  for (const [index, { heard }] of queue.entries()) {
    lineCount += heard.facts.kind === 'order' ? heard.facts.lines.length : 0;
    if (index > 0 && (index >= ORDER_BATCH_MAX || lineCount > BATCH_LINES_MAX)) return index;
  }
  return queue.length;
}
