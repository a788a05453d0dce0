import type { HeardFacts } from '../domain/order.ts';
import type { OrderStore } from '../ports/store/orders.ts';

/** A show played in rehearsal time: orders arrive when they were placed, and time does its work between them. */
export type Show = {
  readonly nowMs: () => number;
  readonly endsAtMs: number;
  readonly ordersPlayed: () => number;
  readonly orderCount: number;
  /** Moves time to `toMs`, stopping at every order and tick on the way. Time never goes back. */
  readonly playTo: (toMs: number) => Promise<void>;
};

const TICK_MS_MIN = 5_000;
const TICK_MS_MAX = 60_000;
const QUIET_MS = 3_600_000; // a gap this long is a night: once it has begun, time may take larger steps
const QUIET_TICK_MS = 600_000;
/** How long a show is played after its last order: long enough for the last escalation to reach the founder. */
export const AFTERMATH_MS = 12 * 60_000;

/** How long rehearsal time may run before it next looks for something due besides an order. */
function tickStepMs({
  sinceOrderMs,
  untilOrderMs,
  tickMs,
}: {
  sinceOrderMs: number;
  untilOrderMs: number;
  tickMs: number;
}): number {
  return sinceOrderMs > AFTERMATH_MS && untilOrderMs > QUIET_MS ? QUIET_TICK_MS : tickMs;
}

/** Prepares a show. `tick` lets time do its work, `deliver` sends what is due; both are given rehearsal time. */
export function createShow(needs: {
  readonly orders: readonly HeardFacts[]; // by the time they were placed; ties keep their order
  readonly startMs: number;
  readonly record: OrderStore['recordAll'];
  readonly tick: (nowMs: number) => Promise<void>;
  readonly deliver: (nowMs: number) => Promise<void>;
}): Show {
  const { orders, startMs, record, tick, deliver } = needs;
  const timeOf = (index: number) => orders[index]?.facts.version.eventAtMs ?? Number.POSITIVE_INFINITY;
  const lastOrderMs = orders.length === 0 ? startMs : timeOf(orders.length - 1);
  const endsAtMs = lastOrderMs + AFTERMATH_MS;
  const tickMs = Math.min(TICK_MS_MAX, Math.max(TICK_MS_MIN, (endsAtMs - startMs) / 2_000));
  let nowMs = startMs;
  let played = 0;
  let nextTickMs = startMs;

  async function playOrdersDue(): Promise<void> {
    const first = played;
    while (timeOf(played) <= nowMs) played += 1;
    if (played > first) await record(orders.slice(first, played), nowMs);
  }

  return {
    nowMs: () => nowMs,
    endsAtMs,
    orderCount: orders.length,
    ordersPlayed: () => played,
    async playTo(toMs) {
      do {
        nowMs = Math.max(nowMs, Math.min(toMs, nextTickMs, timeOf(played)));
        await playOrdersDue();
        if (nowMs >= nextTickMs) {
          await tick(nowMs);
          const sinceOrderMs = played === 0 ? 0 : nowMs - timeOf(played - 1);
          nextTickMs = nowMs + tickStepMs({ sinceOrderMs, untilOrderMs: timeOf(played) - nowMs, tickMs });
        }
        await deliver(nowMs);
      } while (nowMs < toMs);
    },
  };
}
