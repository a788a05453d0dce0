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

const TICKS_WANTED = 1_000; // while orders come; more would make long replays slow
const TICK_MS_MIN = 1_000;
const TICK_MS_MAX = 60_000;
const QUIET_MS = 3_600_000; // with this long until the next order, it is a night or a morning: time may take larger steps
const QUIET_TICK_MS = 600_000; // on whole ten minutes, so that what is due at nine comes at nine
/** How long a show is played after its last order: long enough for the last escalation to reach the founder. */
export const AFTERMATH_MS = 12 * 60_000;

/** The time around orders, in which time's own work matters to the second, shared out among the ticks. */
function tickMsFor(times: readonly number[]): number {
  const busyMs = times.reduce((sum, atMs, index) => sum + Math.min(AFTERMATH_MS, (times[index + 1] ?? Infinity) - atMs), 0);
  return Math.round(Math.min(TICK_MS_MAX, Math.max(TICK_MS_MIN, busyMs / TICKS_WANTED)));
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
  const times = orders.map(({ facts }) => facts.version.eventAtMs);
  const timeOf = (index: number) => times[index] ?? Number.POSITIVE_INFINITY;
  const endsAtMs = (times.at(-1) ?? startMs) + AFTERMATH_MS;
  const tickMs = tickMsFor(times);
  let nowMs = startMs;
  let played = 0;
  let nextTickMs = startMs;

  async function playOrdersDue(): Promise<void> {
    const first = played;
    while (timeOf(played) <= nowMs) played += 1;
    if (played === first) return;
    await record(orders.slice(first, played), nowMs);
    nextTickMs = Math.min(nextTickMs, nowMs + tickMs);
  }

  function tickAfterNow(): number {
    const isQuiet = timeOf(played) - nowMs > QUIET_MS && (played === 0 || nowMs - timeOf(played - 1) > AFTERMATH_MS);
    return isQuiet ? (Math.floor(nowMs / QUIET_TICK_MS) + 1) * QUIET_TICK_MS : nowMs + tickMs;
  }

  return {
    nowMs: () => nowMs,
    endsAtMs,
    orderCount: orders.length,
    ordersPlayed: () => played,
    async playTo(toMs) {
      if (!Number.isSafeInteger(toMs)) throw new RangeError(`rehearsal time is whole milliseconds: ${toMs}`);
      do {
        nowMs = Math.max(nowMs, Math.min(toMs, nextTickMs, timeOf(played)));
        await playOrdersDue();
        if (nowMs >= nextTickMs) {
          await tick(nowMs);
          nextTickMs = tickAfterNow();
        }
        await deliver(nowMs);
      } while (nowMs < toMs);
    },
  };
}
