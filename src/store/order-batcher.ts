import { ORDER_BATCH_MAX, type HeardFacts } from '../domain/order.ts';
import type { Heard } from '../ports/store/orders.ts';

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
    // What arrives in the same turn of the event loop goes together.
    await Promise.resolve();
    while (queue.length > 0) {
      const batch = queue.length <= ORDER_BATCH_MAX ? queue : queue.slice(0, ORDER_BATCH_MAX);
      queue = queue.length <= ORDER_BATCH_MAX ? [] : queue.slice(ORDER_BATCH_MAX);
      await settle(batch);
    }
    running = false;
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
