import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HeardFacts } from '../domain/order.ts';
import { dayAtMs, dayOf, wallToMs } from '../domain/time.ts';
import type { Plan } from '../ports/plan.ts';
import type { AfterShow } from '../ports/store/drops.ts';
import { openSqlite } from '../store/engine/sqlite.ts';
import { openStore } from '../store/store.ts';
import { tickTeams } from '../jobs/ticks.ts';
import { AFTERMATH_MS, createShow, type Show } from './show.ts';
import { openHouse, type House } from './house.ts';
import type { Log } from '../ports/log.ts';
import type { Sender } from '../ports/post.ts';
import type { TeamStore } from '../ports/store.ts';

/** A rehearsal under way: a real store in a temporary file, real posts, a clock that only the show moves. */
export type Rehearsal = {
  readonly team: TeamStore;
  readonly house: House;
  readonly show: Pick<Show, 'nowMs' | 'ordersPlayed' | 'orderCount' | 'endsAtMs'>;
  /** When the show is about to begin: rehearsals skip to here. */
  readonly opensAtMs: number;
  readonly playTo: (toMs: number) => Promise<void>;
  readonly report: () => Promise<AfterShow>;
  readonly close: () => Promise<void>;
};

const BEFORE_MS = 60_000;
const OUTRO_MS = 60_000; // the stream goes on this long after its last order
const TEASERS_MS = 30 * 60_000; // announcements this long before the stream belong to the show

/** When the day begins, when the show does, and when the drop goes live. */
export function timesOf(
  plan: Plan,
  orders: readonly HeardFacts[],
): { readonly startMs: number; readonly opensAtMs: number; readonly liveAtMs: number } {
  const { zone, stream } = plan.drop;
  const streamMs = wallToMs(stream, zone);
  const firstMs = orders[0]?.facts.version.eventAtMs ?? streamMs;
  const liveAtMs = Math.min(streamMs, firstMs);
  const teasers = plan.announcements.map(({ at }) => wallToMs(at, zone)).filter((atMs) => atMs > liveAtMs - TEASERS_MS);
  const opensAtMs = Math.min(liveAtMs, ...teasers) - BEFORE_MS;
  // The morning of the day: the digest and the reminders of nine o'clock are part of it.
  const morningMs = dayAtMs(dayOf(liveAtMs, plan.team.zone), '08:59', plan.team.zone);
  return { startMs: Math.min(morningMs, opensAtMs), opensAtMs, liveAtMs };
}

/** Prepares a rehearsal of a plan with its orders. Nothing of it is kept, and nothing leaves the process but through `sender`. */
export async function openRehearsal(
  { plan, orders }: { readonly plan: Plan; readonly orders: readonly HeardFacts[] },
  needs: { readonly sender: (nowMs: () => number) => Sender; readonly log: Log },
): Promise<Rehearsal> {
  const folder = mkdtempSync(join(tmpdir(), 'showcaller-rehearsal-'));
  const store = openStore(openSqlite(join(folder, 'showcaller.db')));
  const { startMs, opensAtMs, liveAtMs } = timesOf(plan, orders);
  const team = store.team(plan.team.id);
  await store.importPlan({ plan, by: null, nowMs: startMs });

  const clock = { now: (): number => show.nowMs() };
  const house = openHouse({ store, clock, log: needs.log, senders: new Map([['console', needs.sender(clock.now)]]) });
  const show = createShow({
    orders,
    startMs,
    record: team.orders.recordAll,
    tick: (nowMs) => tickTeams({ store, log: needs.log }, nowMs),
    deliver: (nowMs) => house.courier.deliverDue(nowMs),
  });

  // What the producer does that evening, in order.
  const producer = producerOf(plan);
  const duties = [
    { atMs: liveAtMs - 1, act: () => team.drops.start({ ...producer, key: 'rehearsal:start', nowMs: show.nowMs() }) },
    {
      atMs: show.endsAtMs - AFTERMATH_MS + OUTRO_MS,
      act: () => team.drops.end({ ...producer, key: 'rehearsal:end', nowMs: show.nowMs() }),
    },
  ];
  async function playTo(toMs: number): Promise<void> {
    for (let next = duties[0]; next !== undefined && next.atMs <= toMs; next = duties[0]) {
      duties.shift();
      await show.playTo(next.atMs);
      await next.act();
    }
    await show.playTo(toMs);
  }

  return {
    team,
    house,
    show,
    opensAtMs,
    playTo,
    report: () => team.drops.report({ dropId: plan.drop.id, nowMs: show.nowMs() }),
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Who starts and ends the drop, and where. */
function producerOf(plan: Plan) {
  const holds = (role: string) => Object.entries(plan.people).find(([, { roles }]) => roles.some((held) => held === role))?.[0];
  const personId = holds('producer') ?? holds('founder') ?? '';
  const place = { platform: 'console', channel: plan.channels.team?.console ?? 'team' } as const;
  return { asked: plan.drop.id, place, by: { personId, place } };
}
